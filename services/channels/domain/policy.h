#pragma once

#include "services/channels/domain/channel_kind.h"
#include "services/platform/policy/policy.h"

namespace anju::channels {

// What the rules of channels are measured by. The county where the channel is, or which runs the route, sets it. What
// figures count is a definition, the same everywhere, and no parameter: a standard product has all that can be asked of
// it (product.h), and which channels have stalls (channel.h) is what their kind means.

// What no single sale, and neither amount of a tour group, reaches: more is a slip of the decimal point.
inline constexpr absl::string_view kLargestAmount = "largest_amount_fen";

// Whether a product needs this where a channel takes standard ones only.
inline constexpr absl::string_view kTrademarkNeeded = "trademark_needed";
inline constexpr absl::string_view kPackagingNeeded = "packaging_needed";
inline constexpr absl::string_view kLicenceNeeded = "production_licence_needed";
inline constexpr absl::string_view kResidueTestNeeded = "residue_test_needed";
inline constexpr absl::string_view kTraceabilityNeeded = "traceability_needed";

// The parameter that says whether channels of this kind take standard products only; the others take any. A kind that
// is unspecified is a bug.
absl::string_view StandardOnlyOf(ChannelKind kind);

// The rule; kept on sales through channels that take standard products only.
inline constexpr absl::string_view kStandardRule = "standard_product";

const policy::Catalogue& Policies();

inline policy::InForce PolicyOn(const policy::Books& books, Date day) { return {Policies(), books, day}; }

}  // namespace anju::channels
