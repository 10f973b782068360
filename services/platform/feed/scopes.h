#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/identity.h"

namespace anju::feed {

// For how long what a division's code became is remembered, and of how many.
inline constexpr absl::Duration kScopesRemembered = absl::Seconds(10);
inline constexpr size_t kMostScopes = 1000;

// Resolves the divisions that tokens name: a county that got another code keeps its old tokens. Knows what this service
// has been told of divisions, and asks nobody, so that no call waits for another service. Thread-safe.
class Scopes {
 public:
  // `own` is who knows the divisions themselves, or null.
  Scopes(roots::Store& store, roots::FactSource* own) : store_(store), own_(own) {}

  // Puts the present code into `scope`, and the codes that it succeeded beside it. A code that is not known stays.
  void Resolve(rpc::Caller& caller);

 private:
  struct Resolved {
    std::string scope;
    std::vector<std::string> former;
    absl::Time until;
  };
  Resolved Look(const std::string& scope);

  roots::Store& store_;
  roots::FactSource* const own_;
  absl::Mutex mutex_;
  std::map<std::string, Resolved> remembered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::feed
