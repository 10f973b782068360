#include "gateway/overview/published.h"

#include <algorithm>

namespace anju::gateway {
namespace {

using indicators::v1::Indicator;

// In 0.01 of a percent.
constexpr int64_t kWholePercent = 100;

int64_t RoundedDown(int64_t count) { return std::max<int64_t>(count, 0) / kSmallestPublished * kSmallestPublished; }

bool CountsPeople(const Indicator* indicator) {
  return indicator != nullptr && indicator->kind() != indicators::v1::INDICATOR_KIND_RATIO &&
         (indicator->unit() == "person" || indicator->unit() == "household");
}

int64_t CountOf(const Sums& sums, const Families& families, const std::string& indicator, absl::string_view division) {
  std::vector<int64_t> parts;
  if (auto family = families.find(division); family != families.end()) {
    for (const std::string& part : family->second) parts.push_back(sums.At(indicator, part));
  }
  return PublishedCount(sums.At(indicator, division), parts);
}

}  // namespace

int64_t PublishedCount(int64_t count, const std::vector<int64_t>& parts) {
  const int64_t shown = RoundedDown(count);
  const auto others = static_cast<int64_t>(parts.size()) - 1;
  if (others < 1) return shown;
  // What rounding took from all parts together is at least this much, and from each of them at most 4.
  int64_t taken = shown;
  for (int64_t part : parts) taken -= RoundedDown(part);
  const bool gives_away = taken - others * (kSmallestPublished - 1) >= 2;
  return gives_away ? shown - kSmallestPublished : shown;
}

bool IsPublished(const Catalogue& catalogue, const Indicator& indicator) {
  if (indicator.kind() != indicators::v1::INDICATOR_KIND_RATIO) return CountsPeople(&indicator);
  return CountsPeople(catalogue.Find(indicator.numerator())) && CountsPeople(catalogue.Find(indicator.denominator()));
}

void AddPublicFigures(const Catalogue& catalogue, const Sums& sums, const Families& families,
                      absl::string_view division, google::protobuf::RepeatedPtrField<v1::PublicFigure>& figures) {
  for (const Indicator& indicator : catalogue.indicators()) {
    if (!IsPublished(catalogue, indicator)) continue;
    v1::PublicFigure& figure = *figures.Add();
    figure.set_id(indicator.id());
    figure.set_unit(indicator.unit());
    figure.set_label_zh(indicator.label_zh());
    figure.set_label_en(indicator.label_en());
    figure.set_kind(indicator.kind());
    int64_t least = 0;
    if (indicator.kind() == indicators::v1::INDICATOR_KIND_RATIO) {
      const int64_t numerator = CountOf(sums, families, indicator.numerator(), division);
      const int64_t denominator = CountOf(sums, families, indicator.denominator(), division);
      least = std::min(numerator, denominator);
      // Of what is published anyway, so that it tells nothing new.
      if (least > 0) figure.set_value((200 * numerator + denominator) / (2 * denominator) * kWholePercent);
    } else {
      least = CountOf(sums, families, indicator.id(), division);
      if (least > 0) figure.set_value(least);
    }
    figure.set_suppressed(least == 0);
  }
}

}  // namespace anju::gateway
