#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/platform/base/archive.h"
#include "services/platform/base/calendar.h"

// What became of the codes of divisions that were recoded, merged or split.
namespace anju {

struct Became {
  std::string old_code;
  std::string new_code;
  // It says nothing of the codes beneath, each of which is named too; else they keep their last digits.
  bool alone = false;

  void Fields(Archive& archive) {
    archive("old_code", old_code);
    archive("new_code", new_code);
    archive("alone", alone);
  }
  friend bool operator==(const Became&, const Became&) = default;
};

// A change of codes as the registry tells it, known by its key.
struct CodeChange {
  static constexpr absl::string_view kTopic = "division_change";
  static constexpr bool kAsk = false;
  std::string key;
  // What counts in this month or later counts under the new codes.
  Month since;
  std::vector<Became> became;

  void Fields(Archive& archive) {
    archive("key", key);
    archive("since", since);
    archive("became", became);
  }
};

// What this code became by one change; nothing when it stays. Of several that say something of it the longest does.
std::optional<std::string> NewCode(const std::vector<Became>& became, absl::string_view code);

// All changes, in their order. Immutable, and safe for many threads.
class Successions {
 public:
  Successions() = default;
  explicit Successions(const std::vector<CodeChange>& changes);

  size_t size() const { return changes_.size(); }
  Month since(size_t change) const { return changes_[change].since; }
  // As NewCode, by the change with this number, counted from 0.
  std::optional<std::string> After(size_t change, absl::string_view code) const;
  // What a code is called after the first `count` changes.
  std::string Present(absl::string_view code, size_t count) const;
  std::string Present(absl::string_view code) const { return Present(code, size()); }
  // All that a code became: itself while it is used, one code when it was recoded, those of its parts when it was
  // merged or split. Nobody who had the old code has more than these, and nobody has the old one who has fewer.
  std::vector<std::string> Parts(absl::string_view code) const;

 private:
  struct Step {
    std::string new_code;
    bool alone = false;
  };
  struct Change {
    Month since;
    std::map<std::string, Step, std::less<>> steps;
  };
  static std::optional<std::string> Find(const Change& change, absl::string_view code);
  static std::vector<std::string> PartsBy(const Change& change, const std::string& code);

  std::vector<Change> changes_;
};

}  // namespace anju
