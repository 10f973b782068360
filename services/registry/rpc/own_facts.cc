#include "services/registry/rpc/own_facts.h"

#include "services/platform/base/error.h"
#include "services/platform/feed/whereabouts.h"
#include "services/platform/roots/json.h"
#include "services/registry/domain/person.h"

namespace anju::registry {

absl::StatusOr<std::vector<roots::Fact>> OwnFacts::Ask(absl::string_view topic, const std::vector<std::string>& keys) {
  if (topic != feed::WhereaboutsFact::kTopic) return divisions_.Ask(topic, keys);
  std::vector<roots::Fact> facts;
  RETURN_IF_ERROR(store_->Look([&](roots::Session& session) -> absl::Status {
    for (const std::string& key : keys) {
      feed::WhereaboutsFact fact;
      ASSIGN_OR_RETURN(fact.households, HouseholdsOf(session, key));
      facts.push_back({.topic = std::string(topic), .key = key, .body = roots::ToJson(fact)});
    }
    return absl::OkStatus();
  }));
  return facts;
}

}  // namespace anju::registry
