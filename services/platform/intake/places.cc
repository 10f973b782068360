#include "services/platform/intake/places.h"

#include <algorithm>

namespace anju::intake {
namespace {

// How often a code has become another one.
size_t Age(const Successions& successions, const std::string& code) {
  size_t age = 0;
  for (size_t count = 1; count <= successions.size(); ++count) {
    if (successions.Present(code, count) != successions.Present(code, count - 1)) ++age;
  }
  return age;
}

}  // namespace

bool LiesIn(const Successions& successions, absl::string_view place, absl::string_view division) {
  const std::string present = successions.Present(place);
  const std::vector<std::string> parts = successions.Parts(division);
  return std::any_of(parts.begin(), parts.end(), [&](const std::string& part) { return IsWithin(present, part); });
}

std::vector<std::string> Authorities(const Successions& successions, absl::string_view place,
                                     const std::vector<std::string>& set) {
  std::vector<std::string> codes;
  const auto add = [&](absl::string_view code) {
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.emplace_back(code);
  };
  std::vector<std::string> oldest_last = set;
  std::stable_sort(oldest_last.begin(), oldest_last.end(), [&](const std::string& a, const std::string& b) {
    return Age(successions, a) < Age(successions, b);
  });
  const std::string present = successions.Present(place);
  if (present.size() >= kCountyDigits) {
    for (size_t count = successions.size() + 1; count > 0; --count) {
      const std::string county(CountyOf(successions.Present(place, count - 1)));
      add(county);
      const std::vector<std::string> parts = successions.Parts(county);
      for (const std::string& other : oldest_last) {
        if (successions.Parts(other) == parts) add(other);
      }
    }
  }
  const std::vector<absl::string_view> lineage = Lineage(absl::string_view(present).substr(0, kCountyDigits));
  for (auto above = lineage.rbegin(); above != lineage.rend(); ++above) add(*above);
  return codes;
}

}  // namespace anju::intake
