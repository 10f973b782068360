#pragma once

#include <memory>

#include "services/platform/base/succession.h"
#include "services/platform/roots/session.h"

namespace anju::roots {

// The changes of codes that are known in a session, for rules that compare codes of different days; never null. Its
// store says them when it begins.
inline std::shared_ptr<const Successions> SuccessionsOf(Session& session) {
  using Known = std::shared_ptr<const Successions>;
  return **session.Once<Known>("successions", [] { return absl::StatusOr<Known>(std::make_shared<Successions>()); });
}

// What that answers in this session.
inline void SaySuccessions(Session& session, const std::shared_ptr<const Successions>& known) {
  using Known = std::shared_ptr<const Successions>;
  session.Once<Known>("successions", [&] { return absl::StatusOr<Known>(known); }).IgnoreError();
}

}  // namespace anju::roots
