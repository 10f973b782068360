#include "services/platform/roots/queue.h"

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/division.h"

namespace anju::roots {

std::vector<Name> QueueLinks(absl::string_view queue, absl::string_view division, Date day) {
  std::vector<Name> links;
  for (const absl::string_view above : Lineage(division)) {
    links.push_back({.kind = QueueKind(queue, above), .name = QueueLink(above, day)});
  }
  return links;
}

std::string QueueKind(absl::string_view queue, absl::string_view division) {
  return absl::StrCat(queue, "/", division.size());
}

std::string QueueLink(absl::string_view division, Date day) {
  return absl::StrFormat("%s%04d%02d%02d", division, day.year(), day.month(), day.day());
}

namespace {

constexpr size_t kDayDigits = 8;

// The division of a link of a queue; empty for any other link.
absl::string_view DivisionOf(const Name& link) {
  const absl::string_view name(link.name);
  if (name.size() <= kDayDigits) return "";
  const absl::string_view division = name.substr(0, name.size() - kDayDigits);
  return IsDivisionCode(division) && absl::EndsWith(link.kind, absl::StrCat("/", division.size())) ? division : "";
}

}  // namespace

void FollowQueues(const Successions& successions, size_t count, std::vector<Name>& links) {
  // By queue and day: where something waits, the divisions above left out.
  std::map<std::pair<std::string, std::string>, std::set<std::string>> waiting;
  std::vector<Name> kept;
  for (Name& link : links) {
    const absl::string_view division = DivisionOf(link);
    if (division.empty()) {
      kept.push_back(std::move(link));
      continue;
    }
    waiting[{link.kind.substr(0, link.kind.rfind('/')), link.name.substr(division.size())}].emplace(division);
  }
  for (const auto& [where, divisions] : waiting) {
    const auto& [queue, day] = where;
    for (auto division = divisions.begin(); division != divisions.end(); ++division) {
      // In their order what lies beneath comes next.
      if (std::next(division) != divisions.end() && IsWithin(*std::next(division), *division)) continue;
      const std::string present = successions.Present(*division, count);
      for (const absl::string_view above : Lineage(present)) {
        kept.push_back({.kind = QueueKind(queue, above), .name = absl::StrCat(above, day)});
      }
    }
  }
  links = std::move(kept);
}

}  // namespace anju::roots
