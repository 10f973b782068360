#include "services/registry/rpc/names.h"

#include "services/platform/base/error.h"
#include "services/platform/base/words.h"

namespace anju::registry {

std::vector<std::string> NamesOf(const Household& household) {
  std::vector<std::string> names;
  for (const Member& member : household.members) names.push_back(member.name);
  return names;
}

absl::Status KnownNames::Hide(std::initializer_list<std::string> household_ids, std::string& words) {
  if (words.empty()) return absl::OkStatus();
  std::vector<std::string> names;
  for (const std::string& id : household_ids) {
    const auto [found, is_new] = known_.try_emplace(id);
    if (is_new && !id.empty()) {
      ASSIGN_OR_RETURN(const std::optional<Household> household, store_.Get<Household>(id));
      if (household.has_value()) found->second = NamesOf(*household);
    }
    names.insert(names.end(), found->second.begin(), found->second.end());
  }
  words = HideNames(words, names);
  return absl::OkStatus();
}

}  // namespace anju::registry
