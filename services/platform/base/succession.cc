#include "services/platform/base/succession.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"

namespace anju {

std::optional<std::string> NewCode(const std::vector<Became>& became, absl::string_view code) {
  const Became* longest = nullptr;
  for (const Became& one : became) {
    if (one.alone ? code != one.old_code : !IsWithin(code, one.old_code)) continue;
    if (longest == nullptr || one.old_code.size() > longest->old_code.size()) longest = &one;
  }
  if (longest == nullptr) return std::nullopt;
  return absl::StrCat(longest->new_code, code.substr(longest->old_code.size()));
}

Successions::Successions(const std::vector<CodeChange>& changes) {
  for (const CodeChange& change : changes) {
    Change& kept = changes_.emplace_back();
    kept.since = change.since;
    for (const Became& became : change.became) {
      kept.steps[became.old_code] = {.new_code = became.new_code, .alone = became.alone};
    }
  }
}

// As NewCode, which reads a list once; this one is asked of every contribution.
std::optional<std::string> Successions::Find(const Change& change, absl::string_view code) {
  const std::vector<absl::string_view> lineage = Lineage(code);
  for (auto above = lineage.rbegin(); above != lineage.rend(); ++above) {
    auto step = change.steps.find(*above);
    if (step == change.steps.end() || (step->second.alone && *above != code)) continue;
    return absl::StrCat(step->second.new_code, code.substr(above->size()));
  }
  return std::nullopt;
}

std::optional<std::string> Successions::After(size_t change, absl::string_view code) const {
  return Find(changes_[change], code);
}

std::string Successions::Present(absl::string_view code, size_t count) const {
  std::string present(code);
  for (size_t i = 0; i < count; ++i) {
    if (std::optional<std::string> next = Find(changes_[i], present)) present = *std::move(next);
  }
  return present;
}

std::vector<std::string> Successions::PartsBy(const Change& change, const std::string& code) {
  const std::optional<std::string> next = Find(change, code);
  // What has left a code that is still used is no part of it any more.
  if (!next.has_value()) return {code};
  std::vector<std::string> parts;
  auto own = change.steps.find(code);
  if (own == change.steps.end() || !own->second.alone) parts.push_back(*next);
  const std::string end = PrefixEnd(code);
  for (auto step = change.steps.upper_bound(code); step != change.steps.end() && step->first < end; ++step) {
    if (!step->second.alone) parts.push_back(step->second.new_code);
  }
  if (parts.empty()) parts.push_back(*next);
  return parts;
}

std::vector<std::string> Successions::Parts(absl::string_view code) const {
  std::vector<std::string> parts = {std::string(code)};
  for (const Change& change : changes_) {
    std::vector<std::string> next;
    for (const std::string& part : parts) {
      for (std::string& one : PartsBy(change, part)) next.push_back(std::move(one));
    }
    std::sort(next.begin(), next.end());
    next.erase(std::unique(next.begin(), next.end()), next.end());
    parts = std::move(next);
  }
  return parts;
}

}  // namespace anju
