#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "services/platform/messages/archive.h"

namespace anju::testing {

inline std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

// Expects that a struct names exactly the fields of its message, so that nothing is lost between them.
template <typename Message, typename Value>
void ExpectSameFields() {
  Value value;
  const std::vector<std::string> named = messages::FieldNames([&](Archive& archive) {
    if constexpr (requires { value.Shown(archive); }) {
      value.Shown(archive);
    } else {
      value.Fields(archive);
    }
  });
  std::vector<std::string> expected;
  for (int i = 0; i < Message::descriptor()->field_count(); ++i) {
    expected.push_back(Message::descriptor()->field(i)->name());
  }
  EXPECT_EQ(Sorted(named), Sorted(expected)) << Message::descriptor()->full_name();
}

}  // namespace anju::testing
