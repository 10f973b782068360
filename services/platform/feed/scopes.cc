#include "services/platform/feed/scopes.h"

#include "services/platform/base/error.h"
#include "services/platform/feed/facts.h"

namespace anju::feed {

void Scopes::Resolve(rpc::Caller& caller) {
  if (caller.scope.empty()) return;
  const absl::Time now = store_.clock().Now();
  const std::shared_ptr<const Successions> successions = store_.successions();
  const auto apply = [&](const Resolved& resolved) {
    caller.scope = resolved.scope;
    caller.former_scopes = resolved.former;
    if (successions->size() == 0) return;
    caller.successions = successions;
    caller.parts = successions->Parts(resolved.scope);
    if (caller.parts.size() == 1) caller.scope = caller.parts[0];
  };
  {
    absl::MutexLock lock(&mutex_);
    auto found = remembered_.find(caller.scope);
    if (found != remembered_.end() && now < found->second.until) return apply(found->second);
  }
  // Not under the lock: what others wait for is a read of a database.
  const std::string asked = caller.scope;
  Resolved resolved = Look(asked);
  resolved.until = now + kScopesRemembered;
  apply(resolved);
  absl::MutexLock lock(&mutex_);
  if (remembered_.size() >= kMostScopes) remembered_.clear();
  remembered_[asked] = std::move(resolved);
}

Scopes::Resolved Scopes::Look(const std::string& scope) {
  std::optional<DivisionFact> fact;
  const auto look = [&]() -> absl::Status {
    if (own_ == nullptr) {
      return store_.Look([&](roots::Session& session) -> absl::Status {
        ASSIGN_OR_RETURN(fact, session.FindFact<DivisionFact>(scope));
        return absl::OkStatus();
      });
    }
    ASSIGN_OR_RETURN(const std::vector<roots::Fact> facts, own_->Ask(DivisionFact::kTopic, {scope}));
    if (!facts.empty()) {
      ASSIGN_OR_RETURN(fact, roots::FromJson<DivisionFact>(facts[0].body));
    }
    return absl::OkStatus();
  };
  // What was changed since the start is said by the changes, and in parts; the rest by the registry, or by the token.
  const std::vector<std::string> parts = store_.successions()->Parts(scope);
  if (parts.size() != 1 || parts[0] != scope) return {.scope = scope};
  if (!look().ok() || !fact.has_value()) return {.scope = scope};
  return {.scope = fact->successor.empty() ? scope : fact->successor, .former = fact->former_codes};
}

}  // namespace anju::feed
