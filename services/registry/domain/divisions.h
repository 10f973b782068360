#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/archive.h"
#include "services/platform/base/calendar.h"
#include "services/platform/base/succession.h"

namespace anju::registry {

struct Division {
  std::string code;
  std::string name;
  std::string level;
  std::string parent;
  // The names from the province down.
  std::string full_name;
  std::vector<std::string> former_codes;
  // Of a code that was changed: all that it became.
  std::vector<std::string> parts;

  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
    archive("level", level);
    archive("parent", parent);
    archive("full_name", full_name);
    archive("former_codes", former_codes);
    archive("parts", parts);
  }
};

// That one code, and all codes beneath it, became another.
struct Succession {
  std::string old_code;
  std::string new_code;
  // Empty: the name stays.
  std::string new_name;

  void Fields(Archive& archive) {
    archive("old_code", old_code);
    archive("new_code", new_code);
    archive("new_name", new_name);
  }
  friend bool operator==(const Succession&, const Succession&) = default;
};

// A division that no single code became.
struct Founded {
  std::string code;
  std::string name;

  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
  }
  friend bool operator==(const Founded&, const Founded&) = default;
};

// The tree of divisions, and what became of old codes. Thread-safe.
class Divisions {
 public:
  virtual ~Divisions() = default;
  // By a present or a former code. Refuses with DIVISION_NOT_FOUND.
  virtual absl::StatusOr<Division> Get(absl::string_view code) = 0;
  // As it was called in a month. What was merged or split stays what it was, because its totals ended with it. Refuses
  // with DIVISION_NOT_FOUND.
  virtual absl::StatusOr<Division> GetIn(Month month, absl::string_view code) = 0;
  // The children of `parent`, or with a `query` all beneath it whose name holds the query, by code after `after`; as
  // the tree is now, or was in a month.
  virtual absl::StatusOr<std::vector<Division>> List(absl::string_view parent, absl::string_view query,
                                                     absl::string_view after, int64_t limit,
                                                     std::optional<Month> month) = 0;
  // The code itself and all beneath it that are used, in their order; nothing when it is not used.
  virtual absl::StatusOr<std::vector<std::string>> CodesIn(absl::string_view code) = 0;
  // Puts what is founded and the new codes into the tree, with all that lies beneath the old ones, and resolves the old
  // codes to them from then on. With `keeps_keys` the new code of a county goes on with the keys of the old one. The
  // same again changes nothing.
  virtual absl::Status Succeed(const std::vector<Founded>& founded, const std::vector<Succession>& successions,
                               const std::vector<Became>& became, Month effective, bool keeps_keys) = 0;
};

}  // namespace anju::registry
