#pragma once

#include <vector>

#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/policy.h"

// What the rules of communities at sites are measured by, and the decisions that are kept of them. The county of the
// site sets all of it.
namespace anju::relocation {

// A household has at most so many micro-plots at a time.
inline constexpr absl::string_view kPlotsPerHousehold = "plots_per_household";
// An election counts when more than this share of those who may vote did, and who is elected into a committee has more
// than this share of the votes that were cast; in hundredths of a percent.
inline constexpr absl::string_view kTurnoutAbove = "election_turnout_above_bp";
inline constexpr absl::string_view kVotesAbove = "committee_votes_above_bp";
// Nobody is elected for longer.
inline constexpr absl::string_view kLongestTerm = "longest_term_months";
// A disclosure hangs at least so many days, and the accounts of a month are disclosed by this day of the next one.
inline constexpr absl::string_view kShortestDisclosure = "shortest_disclosure_days";
inline constexpr absl::string_view kFinanceByDay = "finance_disclosed_by_day";
// A request of this kind to the service hall is due after so many working days.
absl::string_view HallWorkingDays(RequestKind kind);

// Rules. The subject of a plot is the id of the household, that of an election its number, that of a seat
// `<election_no>/<household_id>`, that of a due date the day from which it is counted, that of accounts their month.
inline constexpr absl::string_view kPlotGiven = "plot_given";
inline constexpr absl::string_view kElectionTerm = "election_term";
inline constexpr absl::string_view kElectionTurnout = "election_turnout";
inline constexpr absl::string_view kSeatWon = "seat_won";
inline constexpr absl::string_view kHallDue = "hall_request_due";
inline constexpr absl::string_view kDisclosureSpan = "disclosure_span";
inline constexpr absl::string_view kFinanceDisclosed = "finance_disclosed";

// Their part of the catalogue.
std::vector<policy::Parameter> CommunityParameters();
std::vector<policy::Rule> CommunityRules();

}  // namespace anju::relocation
