#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/archive.h"

namespace anju::registry {

struct Division {
  std::string code;
  std::string name;
  std::string level;
  std::string parent;
  // The names from the province down.
  std::string full_name;
  std::vector<std::string> former_codes;

  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
    archive("level", level);
    archive("parent", parent);
    archive("full_name", full_name);
    archive("former_codes", former_codes);
  }
};

// The tree of divisions, and what became of old codes. Thread-safe.
class Divisions {
 public:
  virtual ~Divisions() = default;
  // By a present or a former code. Refuses with DIVISION_NOT_FOUND.
  virtual absl::StatusOr<Division> Get(absl::string_view code) = 0;
  // The children of `parent`, or with a `query` all beneath it whose name holds the query, by code after `after`.
  virtual absl::StatusOr<std::vector<Division>> List(absl::string_view parent, absl::string_view query,
                                                     absl::string_view after, int64_t limit) = 0;
};

}  // namespace anju::registry
