#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/posting.h"

// The money of a case [JX1]: the personal subsidies, which are paid to the contractor of the site 代扣代建; the deposit
// 保证金, which is withheld while the old house stands longer than it may; and the price of the title. No household
// borrows to move.
namespace anju::relocation {

enum class SubsidyState : int32_t { kUnspecified = 0, kProposed = 1, kGranted = 2, kPaid = 3 };

struct PersonalSubsidy {
  SubsidyState state = SubsidyState::kUnspecified;
  // Members of the household on the day of the allotment, or of the approval when nothing was allotted yet.
  int64_t persons = 0;
  std::optional<Date> counted_on;
  int64_t per_person_fen = 0;
  int64_t amount_fen = 0;
  std::string proposed_by;
  std::optional<Date> proposed_on;
  std::string granted_by;
  std::optional<Date> granted_on;
  // The site whose contractor it was paid to.
  std::string site_key;
  std::optional<Date> paid_on;

  void Fields(Archive& archive) {
    archive("state", state);
    archive("persons", persons);
    archive("counted_on", counted_on);
    archive("per_person_fen", per_person_fen);
    archive("amount_fen", amount_fen);
    archive("proposed_by", proposed_by);
    archive("proposed_on", proposed_on);
    archive("granted_by", granted_by);
    archive("granted_on", granted_on);
    archive("site_key", site_key);
    archive("paid_on", paid_on);
  }
  friend bool operator==(const PersonalSubsidy&, const PersonalSubsidy&) = default;
};

// The price of the title. The unit and its cost are those of the first payment; what is used, of the settlement.
struct TitleSettlement {
  std::optional<Date> settled_on;
  std::string unit_key;
  std::string site_key;
  int64_t cost_price_fen = 0;
  int64_t subsidy_used_fen = 0;
  int64_t deposit_used_fen = 0;

  void Fields(Archive& archive) {
    archive("settled_on", settled_on);
    archive("unit_key", unit_key);
    archive("site_key", site_key);
    archive("cost_price_fen", cost_price_fen);
    archive("subsidy_used_fen", subsidy_used_fen);
    archive("deposit_used_fen", deposit_used_fen);
  }
  friend bool operator==(const TitleSettlement&, const TitleSettlement&) = default;
};

struct Settlement {
  static constexpr absl::string_view kKind = "settlement";
  std::string id;
  // That of the case.
  std::string key;
  std::string case_id;
  std::string household_id;
  // Where the household lived when the first of it was entered: its money stays in those books, wherever it moves.
  std::string division;
  PersonalSubsidy subsidy;
  // In custody, withheld or not.
  int64_t deposit_fen = 0;
  bool deposit_withheld = false;
  // What the household itself has paid of the price.
  int64_t title_paid_fen = 0;
  TitleSettlement title;
  std::vector<Posting> postings;
  // Of its subsidy, by the flow of its county; the last one counts.
  std::vector<approval::Item> approvals;
  // On its subsidy, its deposit and its price; see explain_funds.h.
  std::vector<policy::Decision> decisions;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("case_id", case_id);
    archive("household_id", household_id);
    archive("division", division);
    archive("subsidy", subsidy);
    archive("deposit_fen", deposit_fen);
    archive("deposit_withheld", deposit_withheld);
    archive("title_paid_fen", title_paid_fen);
    archive("title", title);
    archive("postings", postings);
    archive("approvals", approvals);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("decisions", decisions);
  }
  std::string Division() const { return division; }
  friend bool operator==(const Settlement&, const Settlement&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Settlement& settlement);
std::vector<roots::Name> Links(const Settlement& settlement);
ledger::Balances Balances(const Settlement& settlement);
inline std::vector<roots::Decision> Decisions(const Settlement& settlement) {
  return approval::DecisionsOf(settlement.approvals);
}
inline std::vector<roots::Waiting> Waits(const Settlement& settlement) {
  return approval::WaitsOf(settlement.approvals);
}

// What the policy of a day says.
struct FundsTerms {
  int64_t subsidy_per_person_fen = 0;
  int64_t deposit_fen = 0;
  // The parameters that the subsidy and the deposit are measured by.
  std::vector<policy::Used> used;
  std::vector<policy::Used> deposit_used;
};

// What a title costs, as anju.relocation.v1.TitleQuote shows it: cost price less subsidies less deposit, and never
// below 0. The subsidies are used first. What is left of them is not paid out to anybody: the contractor keeps it for
// the site, and it is no longer an expense for this household. What is left of the deposit goes back to the household.
struct TitleQuote {
  int64_t cost_price_fen = 0;
  int64_t subsidy_fen = 0;
  int64_t deposit_fen = 0;
  int64_t subsidy_used_fen = 0;
  int64_t deposit_used_fen = 0;
  int64_t price_fen = 0;
  int64_t paid_fen = 0;
  int64_t remaining_fen = 0;
  int64_t subsidy_left_fen = 0;
  int64_t deposit_left_fen = 0;
  bool settled = false;
  // The computation as sentences, in Chinese, one for each line.
  std::vector<std::string> lines;

  void Fields(Archive& archive) {
    archive("cost_price_fen", cost_price_fen);
    archive("subsidy_fen", subsidy_fen);
    archive("deposit_fen", deposit_fen);
    archive("subsidy_used_fen", subsidy_used_fen);
    archive("deposit_used_fen", deposit_used_fen);
    archive("price_fen", price_fen);
    archive("paid_fen", paid_fen);
    archive("remaining_fen", remaining_fen);
    archive("subsidy_left_fen", subsidy_left_fen);
    archive("deposit_left_fen", deposit_left_fen);
    archive("settled", settled);
    archive("lines", lines);
  }
};

// All rules are pure. Those that move money refuse, before what is said of each, with POSTINGS_TOO_MANY and
// DATES_REVERSED (INVALID_ARGUMENT: after `act.on`, or before the last posting).

// What stands for a deposit of so much, for one that is withheld because the old house stands, and for the price of
// the title, which rests on what was decided on subsidy and deposit. The reason of a no is what the act refuses with.
policy::Decision JudgeDeposit(const Settlement& settlement, const Case& relocation, int64_t amount_fen,
                              const FundsTerms& terms, Date day);
policy::Decision JudgeWithholding(const Settlement& settlement, int64_t days_overdue, Date day);
policy::Decision JudgeTitle(const Settlement& settlement, const Unit& unit, Date day);

// The settlement that a case begins with.
Settlement Open(const Case& relocation);
// Counts the persons and proposes the subsidy; anew as long as it is not granted. Refuses, in this order, with
// CASE_ENDED, CASE_NOT_APPROVED, SUBSIDY_GRANTED, TITLE_BEGUN (the household has paid for it) and NO_PERSONS.
absl::StatusOr<Settlement> ProposeSubsidy(const Settlement& before, const Case& relocation, const FundsTerms& terms,
                                          const Act& act);
// The day whose policy and whose members count. Refuses with CASE_NOT_APPROVED.
absl::StatusOr<Date> SubsidyDay(const Case& relocation);
// Grants what was approved, here or in another system. Refuses, in this order, with SUBSIDY_NOT_PROPOSED and
// TITLE_BEGUN.
absl::StatusOr<Booked<Settlement>> GrantSubsidy(const Settlement& before, const Act& act);
// Decides the step at which a proposed subsidy is, which is granted after the last one; what is rejected or withdrawn
// is no subsidy any more: the reason of that no is SUBSIDY_DROPPED. Refuses, in this order, with SUBSIDY_NOT_PROPOSED,
// TITLE_BEGUN (of an approval) and as approval::Rule does.
absl::StatusOr<Booked<Settlement>> DecideSubsidy(const Settlement& before, const approval::Flow& flow,
                                                 const approval::Ruling& ruling, const Act& act);
// Pays it to the contractor of the case's site. Refuses, in this order, with SUBSIDY_NOT_GRANTED, CASE_ENDED,
// CASE_NOT_APPROVED (any more) and SITE_UNKNOWN (the case names none yet).
absl::StatusOr<Booked<Settlement>> PaySubsidy(const Settlement& before, const Case& relocation,
                                              const std::string& bank_reference, Date paid_on, const Act& act);
// Refuses, in this order, with AMOUNT_NOT_POSITIVE, HOUSEHOLD_BORROWS, CASE_ENDED, TITLE_SETTLED, DEPOSIT_WITHHELD and
// DEPOSIT_TOO_LARGE (more in all than the policy has).
absl::StatusOr<Booked<Settlement>> ReceiveDeposit(const Settlement& before, const Case& relocation,
                                                  const HouseholdPayment& payment, const FundsTerms& terms,
                                                  const Act& act);
// Refuses, in this order, with NO_DEPOSIT, DEPOSIT_WITHHELD and OLD_HOUSE_NOT_OVERDUE.
absl::StatusOr<Booked<Settlement>> WithholdDeposit(const Settlement& before, int64_t days_overdue, const Act& act);
// Refuses, in this order, with DEPOSIT_NOT_WITHHELD and OLD_HOUSE_STANDS.
absl::StatusOr<Booked<Settlement>> ReleaseDeposit(const Settlement& before, bool demolished, const Act& act);
// Pays all of it back. Refuses, in this order, with NO_DEPOSIT, DEPOSIT_WITHHELD and DEPOSIT_STILL_NEEDED (the title is
// not settled, and the case goes on).
absl::StatusOr<Booked<Settlement>> ReturnDeposit(const Settlement& before, const Case& relocation,
                                                 const std::string& bank_reference, Date paid_on, const Act& act);
// Refuses with COST_PRICE_UNKNOWN. Once it is settled: what it was settled at.
absl::StatusOr<TitleQuote> QuoteTitle(const Settlement& settlement, const Unit& unit);
// Refuses, in this order, with AMOUNT_NOT_POSITIVE, HOUSEHOLD_BORROWS, CASE_NOT_MOVED_IN, TITLE_SETTLED, UNIT_CHANGED
// (it has paid for another one), SUBSIDY_NOT_PAID (it is proposed or granted), COST_PRICE_UNKNOWN and PRICE_EXCEEDED.
absl::StatusOr<Booked<Settlement>> PayTitle(const Settlement& before, const Case& relocation, const Unit& unit,
                                            const HouseholdPayment& payment, const Act& act);
// Refuses, in this order, with CASE_NOT_MOVED_IN, TITLE_SETTLED, UNIT_CHANGED, SUBSIDY_NOT_PAID, DEPOSIT_WITHHELD,
// COST_PRICE_UNKNOWN and PRICE_NOT_PAID.
absl::StatusOr<Booked<Settlement>> SettleTitle(const Settlement& before, const Case& relocation, const Unit& unit,
                                               Date on, const Act& act);
// Takes back the last posting that stands, by somebody who did not enter it. `titled`: the title was issued. Refuses,
// in this order, with POSTING_NOT_FOUND, POSTING_IS_REVERSAL, POSTING_REVERSED, POSTING_NOT_LAST, APPROVER_IS_AUTHOR
// and TITLE_ISSUED (its settlement stays as long as the title does).
absl::StatusOr<Booked<Settlement>> ReversePosting(const Settlement& before, int32_t posting_no, bool titled,
                                                  const std::string& reason, const Act& act);

// Use cases.

// That of the case; a new one when it has none.
absl::StatusOr<Settlement> SettlementOf(roots::Session& session, const Case& relocation);
// Refuses with UNIT_NOT_ALLOTTED.
absl::StatusOr<Unit> UnitOf(roots::Session& session, const Case& relocation);
// Whether the title to the home that the case has may be issued, as far as money goes. Refuses with TITLE_NOT_SETTLED.
absl::Status CheckTitleSettled(roots::Session& session, const Case& relocation);

}  // namespace anju::relocation
