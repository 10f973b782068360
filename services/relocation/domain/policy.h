#pragma once

#include "services/platform/policy/policy.h"

// What the rules of relocation are measured by, and the decisions that are kept of them.
namespace anju::relocation {

// 以人定房: no household is given more floor area than this for each of its members. The county of the site sets it.
inline constexpr absl::string_view kAreaPerPerson = "area_per_person_centi_sqm";
// Each of the three notices 三榜公示 hangs at least so many days. The county of the household sets it.
inline constexpr absl::string_view kShortestNotice = "shortest_notice_days";
// 占新腾旧: so many days after the move the old house has to be gone, unless another day was agreed. The county of the
// household sets it.
inline constexpr absl::string_view kDemolishWithin = "demolish_within_days";
// The personal subsidy of a household, for each of its members, and its deposit. The county of the site sets them.
inline constexpr absl::string_view kSubsidyPerPerson = "subsidy_per_person_fen";
inline constexpr absl::string_view kDeposit = "deposit_fen";
// What surplus floor area is bought back at, for a square metre. The county of the site sets it.
inline constexpr absl::string_view kBuyBackPrice = "buy_back_fen_per_sqm";
// Mortgages taken in this year are bought back; for so many years they bear no interest, and then they are repaid at
// once or in so many yearly instalments. The county of the household sets them.
inline constexpr absl::string_view kMortgagesOfYear = "mortgages_of_year";
inline constexpr absl::string_view kMortgageFreeYears = "mortgage_free_years";
inline constexpr absl::string_view kMortgageInstalments = "mortgage_instalments";

// Two homes 两头住: a home uses no power when it uses at most so much in a month, and the new one is unused once it has
// been so for so many months. The county of the household sets them.
inline constexpr absl::string_view kIdlePower = "idle_kwh_milli";
inline constexpr absl::string_view kIdleMonths = "idle_months";

// Rules. The subject of an area, of a surplus and of a title's price is the key of the unit, that of a span the number
// of the notice, that of what is paid the number of the posting, that of an instalment its own.
inline constexpr absl::string_view kAllottedArea = "allotted_area";
inline constexpr absl::string_view kNoticeSpan = "notice_span";
inline constexpr absl::string_view kApproval = "approval";
inline constexpr absl::string_view kOldHouseDeadline = "old_house_deadline";
inline constexpr absl::string_view kHasTwoHomes = "two_homes";
inline constexpr absl::string_view kPersonalSubsidy = "personal_subsidy";
inline constexpr absl::string_view kDepositPaid = "deposit";
inline constexpr absl::string_view kDepositWithheld = "deposit_withheld";
inline constexpr absl::string_view kTitlePrice = "title_price";
inline constexpr absl::string_view kSurplusBought = "surplus";
inline constexpr absl::string_view kSurplusReturned = "surplus_returned";
inline constexpr absl::string_view kMortgageBought = "mortgage";
inline constexpr absl::string_view kMortgageTerms = "mortgage_terms";
inline constexpr absl::string_view kRepaymentPlan = "repayment_plan";
inline constexpr absl::string_view kInterestOwed = "mortgage_interest";
inline constexpr absl::string_view kInstalment = "instalment";

const policy::Catalogue& Policies();

inline policy::InForce PolicyOn(const policy::Books& books, Date day) { return {Policies(), books, day}; }

}  // namespace anju::relocation
