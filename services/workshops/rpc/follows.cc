#include "services/workshops/rpc/follows.h"

#include "services/platform/feed/facts.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {
namespace {

template <typename Fact>
std::pair<const std::string, roots::Store::Absorb> Follow(absl::Status (*take)(roots::Session&, const Fact&)) {
  return {std::string(Fact::kTopic), [take](roots::Session& session, const roots::Fact& told) -> absl::Status {
            ASSIGN_OR_RETURN(const Fact fact, roots::FromJson<Fact>(told.body));
            return take(session, fact);
          }};
}

}  // namespace

std::map<std::string, roots::Store::Absorb> Follows() { return {Follow(TakeHousehold), Follow(TakeRelocation)}; }

}  // namespace anju::workshops
