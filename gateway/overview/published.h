#pragma once

#include <map>
#include <string>
#include <vector>

#include "gateway/overview/compose.h"

// What is published without a token. Everything here is a pure function of values.
//
// Published are counts of persons and of households, rounded down to a multiple of 5, and the ratios of two of them as
// they are published, in whole percent; fewer than 5 is not told apart from nothing. So a number is known to within 5,
// and neither a total less the numbers of its parts, nor the difference of two months, gives away what is below 5:
// whoever computes it is left with at least four numbers that it may be. Where the parts would give away more of one
// another (5 counties with 4 each come to 20, and to nothing else), the total is shown 5 lower. What is not prevented:
// that many such relations together, over months, levels and figures, leave fewer; and that somebody knows some of the
// numbers already.
namespace anju::gateway {

inline constexpr int64_t kSmallestPublished = 5;

// The divisions beneath a division, for all that have some.
using Families = std::map<std::string, std::vector<std::string>, std::less<>>;

// A count as it is published: a multiple of 5, and 0 when it is suppressed. `parts` are the counts of the divisions
// beneath; empty when nothing is published of them.
int64_t PublishedCount(int64_t count, const std::vector<int64_t>& parts);

// Whether an indicator counts persons or households, or is a ratio of two that do.
bool IsPublished(const Catalogue& catalogue, const indicators::v1::Indicator& indicator);

// All published figures of a division, in the order of the catalogue.
void AddPublicFigures(const Catalogue& catalogue, const Sums& sums, const Families& families,
                      absl::string_view division, google::protobuf::RepeatedPtrField<v1::PublicFigure>& figures);

}  // namespace anju::gateway
