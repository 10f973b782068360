#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/posting.h"

// Mortgage buy-back 产权质押 [JX1]: mortgages that households took to move in 2016 were bought back from the banks,
// with the home in pledge. For five years there is no interest; then the principal is due at once and still without
// interest, or in five yearly instalments at the bank's rate.
namespace anju::relocation {

// The queue of mortgages with something due, by the day on which it is.
inline constexpr absl::string_view kMortgagesDue = "mortgages_due";

// 10 million yuan; so a year's interest is computed within 64 bits.
inline constexpr int64_t kLargestMortgage = 10'000'000'00;
// 24% a year, in hundredths of a percent.
inline constexpr int32_t kHighestRate = 24'00;

enum class MortgageState : int32_t { kUnspecified = 0, kProposed = 1, kHeld = 2, kRepaid = 3 };
enum class RepaymentPlan : int32_t { kUnspecified = 0, kAtOnce = 1, kInstalments = 2 };

struct Mortgage {
  static constexpr absl::string_view kKind = "mortgage";
  std::string id;
  // That of the case.
  std::string key;
  std::string household_id;
  // Where the household lived when it was proposed.
  std::string division;
  MortgageState state = MortgageState::kUnspecified;
  std::string bank;
  std::string contract_no;
  int64_t principal_fen = 0;
  Date taken_on;
  std::string proposed_by;
  std::optional<Date> proposed_on;
  std::string approved_by;
  std::optional<Date> bought_on;
  // Until then, included, there is no interest.
  std::optional<Date> free_until;
  int32_t instalments = 0;
  RepaymentPlan plan = RepaymentPlan::kUnspecified;
  // The bank's yearly rate in hundredths of a percent; 0 at once.
  int32_t rate_bp = 0;
  int64_t principal_paid_fen = 0;
  int64_t interest_paid_fen = 0;
  std::vector<Posting> postings;
  // By the flow of its county; the last one counts.
  std::vector<approval::Item> approvals;
  // On its terms and its interest; see explain_funds.h.
  std::vector<policy::Decision> decisions;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("division", division);
    archive("state", state);
    archive("bank", bank);
    archive("contract_no", contract_no);
    archive("principal_fen", principal_fen);
    archive("taken_on", taken_on);
    archive("proposed_by", proposed_by);
    archive("proposed_on", proposed_on);
    archive("approved_by", approved_by);
    archive("bought_on", bought_on);
    archive("free_until", free_until);
    archive("instalments", instalments);
    archive("plan", plan);
    archive("rate_bp", rate_bp);
    archive("principal_paid_fen", principal_paid_fen);
    archive("interest_paid_fen", interest_paid_fen);
    archive("postings", postings);
    archive("approvals", approvals);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("decisions", decisions);
  }
  std::string Division() const { return division; }
  friend bool operator==(const Mortgage&, const Mortgage&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Mortgage& mortgage);
std::vector<roots::Name> Links(const Mortgage& mortgage);
ledger::Balances Balances(const Mortgage& mortgage);
inline std::vector<roots::Decision> Decisions(const Mortgage& mortgage) {
  return approval::DecisionsOf(mortgage.approvals);
}
inline std::vector<roots::Waiting> Waits(const Mortgage& mortgage) { return approval::WaitsOf(mortgage.approvals); }

// anju.relocation.v1.ProposeMortgageRequest.
struct MortgageRequest {
  std::string bank;
  std::string contract_no;
  int64_t principal_fen = 0;
  Date taken_on;

  void Fields(Archive& archive) {
    archive("bank", bank);
    archive("contract_no", contract_no);
    archive("principal_fen", principal_fen);
    archive("taken_on", taken_on);
  }
};

// anju.relocation.v1.ChooseRepaymentPlanRequest.
struct PlanRequest {
  RepaymentPlan plan = RepaymentPlan::kUnspecified;
  int32_t rate_bp = 0;

  void Fields(Archive& archive) {
    archive("plan", plan);
    archive("rate_bp", rate_bp);
  }
};

// What the policy of a day says.
struct MortgageTerms {
  // Mortgages of these days are bought back, both included.
  Date taken_from;
  Date taken_until;
  int32_t free_years = 0;
  int32_t instalments = 0;
  // The parameters by which it is bought back, and by which it is repaid.
  std::vector<policy::Used> bought_by;
  std::vector<policy::Used> repaid_by;
};

struct Instalment {
  // From 1.
  int32_t number = 0;
  Date due_on;
  int64_t principal_fen = 0;
  int64_t interest_fen = 0;

  void Fields(Archive& archive) {
    archive("number", number);
    archive("due_on", due_on);
    archive("principal_fen", principal_fen);
    archive("interest_fen", interest_fen);
  }
  friend bool operator==(const Instalment&, const Instalment&) = default;
};

// The instalments of a principal that is owed when the time without interest ends, one each year, each with a year's
// interest on what is owed until then; with a rate of 0 and one instalment, due at once. Pure. The parts of the
// principal come to the principal exactly; each amount is rounded half up once.
std::vector<Instalment> Schedule(int64_t principal_fen, Date free_until, int32_t instalments, int32_t rate_bp);

// How a mortgage stands at the end of a day.
struct Standing {
  int64_t principal_fen = 0;
  // Interest that fell due and was not paid.
  int64_t interest_fen = 0;
  // Of the principal, what should have been paid by then.
  int64_t overdue_principal_fen = 0;

  int64_t overdue_fen() const { return overdue_principal_fen + interest_fen; }
};
// Interest runs by the day on what is owed, falls due at the end of each year and with every payment, and is rounded
// half up once a year. Early payments make the last instalments smaller. Pure; payments after the day are left out.
Standing StandingOn(const Mortgage& mortgage, Date day);
// What it has to pay when, from its early payments on; nothing before it is bought back.
std::vector<Instalment> ScheduleOf(const Mortgage& mortgage);
// The next day on which something is due, as it stands after its last payment; nothing when all is paid.
std::optional<Date> NextDue(const Mortgage& mortgage);

// All rules are pure. Those that move money refuse first as CheckPosting does.

// Whether a mortgage that was taken on that day is bought back of the household; the reason of a no is
// CASE_NOT_MOVED_IN or MORTGAGE_OUT_OF_TIME.
policy::Decision JudgeMortgage(const Case& relocation, Date taken_on, const MortgageTerms& terms, Date day);
// The interest that is owed on a day if it is paid on then.
policy::Decision JudgeInterest(const Mortgage& mortgage, Date day);
// What there is to pay when, as the schedule has it.
std::vector<policy::Decision> JudgeInstalments(const Mortgage& mortgage, Date day);

// `before`: the proposal that is made anew. Refuses, in this order, with AMOUNT_NOT_POSITIVE, MORTGAGE_TOO_LARGE,
// CASE_NOT_MOVED_IN, MORTGAGE_OUT_OF_TIME (not taken in the time of which mortgages are bought back) and MORTGAGE_HELD.
absl::StatusOr<Mortgage> ProposeMortgage(const std::optional<Mortgage>& before, const Case& relocation,
                                         const MortgageRequest& request, const MortgageTerms& terms, const Act& act);
// Decides the step at which a proposed mortgage is; once the last one approved it, it can be bought back. Refuses, in
// this order, with MORTGAGE_NOT_PROPOSED, NOT_UNDER_WAY (approved already) and as approval::Rule does.
absl::StatusOr<Mortgage> DecideMortgage(const Mortgage& before, const approval::Flow& flow,
                                        const approval::Ruling& ruling, const Act& act);
// Pays the bank for what was approved. Refuses, in this order, with MORTGAGE_NOT_PROPOSED, MORTGAGE_NOT_APPROVED,
// APPROVER_IS_AUTHOR and DATES_REVERSED (before it was taken).
absl::StatusOr<Booked<Mortgage>> BuyBackMortgage(const Mortgage& before, const BankPayment& payment,
                                                 const MortgageTerms& terms, const Act& act);
// Refuses, in this order, with MORTGAGE_NOT_HELD, RATE_OUT_OF_RANGE (for instalments from 0.01% to 24%, else 0) and
// PLAN_FIXED (the time without interest is over).
absl::StatusOr<Mortgage> ChooseRepaymentPlan(const Mortgage& before, const PlanRequest& request, const Act& act);
// Pays interest that fell due first, then principal. Refuses, in this order, as CheckPayment does and with
// MORTGAGE_NOT_HELD and OVERPAID.
absl::StatusOr<Booked<Mortgage>> RepayMortgage(const Mortgage& before, const HouseholdPayment& payment, const Act& act);
// Refuses as FindReversible does.
absl::StatusOr<Booked<Mortgage>> ReverseMortgagePosting(const Mortgage& before, int32_t posting_no,
                                                        const std::string& reason, const Act& act);

// Use cases.
absl::StatusOr<MortgageTerms> MortgageTermsOn(roots::Session& session, const std::string& division, Date day);
absl::StatusOr<Mortgage> ProposeMortgage(roots::Session& session, const Case& relocation,
                                         const MortgageRequest& request, const Act& act);
absl::StatusOr<Mortgage> DecideMortgage(roots::Session& session, const Mortgage& before, const approval::Ruling& ruling,
                                        const Act& act);
// Approves the step at which it is, when that was not done, and pays the bank; the step has to be the last one.
absl::StatusOr<Mortgage> BuyBackMortgage(roots::Session& session, const Mortgage& before, const BankPayment& payment,
                                         const std::string& step, const Act& act);
// Refuses with MORTGAGE_NOT_FOUND.
absl::StatusOr<Mortgage> FindMortgage(roots::Session& session, const std::string& id);

}  // namespace anju::relocation
