#include "services/registry/rpc/follows.h"

#include "services/registry/domain/quality/others.h"

namespace anju::registry {
namespace {

template <typename Fact>
std::pair<const std::string, roots::Store::Absorb> Follow(absl::Status (*take)(roots::Session&, const Fact&)) {
  return {std::string(Fact::kTopic), [take](roots::Session& session, const roots::Fact& told) -> absl::Status {
            ASSIGN_OR_RETURN(const Fact fact, roots::FromJson<Fact>(told.body));
            return take(session, fact);
          }};
}

}  // namespace

std::map<std::string, roots::Store::Absorb> Follows() {
  return {Follow(TakeRelocation), Follow(TakeCredit), Follow(TakeWork), Follow(TakeProducer)};
}

}  // namespace anju::registry
