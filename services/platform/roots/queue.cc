#include "services/platform/roots/queue.h"

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

}  // namespace anju::roots
