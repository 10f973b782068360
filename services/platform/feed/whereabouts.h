#pragma once

#include <string>
#include <vector>

#include "services/platform/base/archive.h"

namespace anju::feed {

// Which households a person has been recorded in, as the registry answers when it is asked; it is never told. Known by
// `<household id>:<person_no>` of any of them.
struct WhereaboutsFact {
  static constexpr absl::string_view kTopic = "person";
  std::vector<std::string> households;
  void Fields(Archive& archive) { archive("households", households); }
};

}  // namespace anju::feed
