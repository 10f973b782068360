#pragma once

#include <string>
#include <utility>
#include <vector>

#include "services/platform/approval/proposal.h"
#include "services/platform/ledger/journal.h"
#include "services/relocation/domain/moves.h"

// What the roots that hold money have in common: the acts that move it, taken down one after the other, each with its
// journal `<id of the root>/<posting_no>`, and how the last of them is taken back.
namespace anju::relocation {

enum class FundsAct : int32_t {
  kUnspecified = 0,
  kGrantSubsidy = 1,
  kPaySubsidy = 2,
  kReceiveDeposit = 3,
  kWithholdDeposit = 4,
  kReleaseDeposit = 5,
  kReturnDeposit = 6,
  kPayTitle = 7,
  kSettleTitle = 8,
  kReverse = 9,
  kAgreeLease = 10,
  kPayLease = 11,
  kReturnArea = 12,
  kBuyBackMortgage = 13,
  kRepayMortgage = 14
};

// Where a household has its money from.
enum class MoneySource : int32_t { kUnspecified = 0, kOwn = 1, kAid = 2, kLoan = 3 };

// On one root, reversals included.
inline constexpr size_t kMostPostings = 500;

struct Posting {
  // From 1 on its root.
  int32_t posting_no = 0;
  FundsAct act = FundsAct::kUnspecified;
  int64_t amount_fen = 0;
  // What it changed the deposit in custody by.
  int64_t deposit_change_fen = 0;
  // The day of the journal: of a payment, the bank's.
  Date on;
  std::string by;
  std::string bank_reference;
  MoneySource source = MoneySource::kUnspecified;
  // Of a reversal.
  std::string reason;
  // Of a reversal: what it takes back; of what was taken back: by which; else 0.
  int32_t reverses = 0;
  int32_t reversed_by = 0;
  // The key of the row that brought it; empty when it was entered here.
  std::string record;
  // Of a repayment: the part of it that is interest.
  int64_t interest_fen = 0;
  // Of an area that a household takes back, in 0.01 m².
  int64_t area_centi_sqm = 0;

  // Whether it was neither taken back nor takes back.
  bool Stands() const { return reverses == 0 && reversed_by == 0; }
  void Fields(Archive& archive) {
    archive("posting_no", posting_no);
    archive("act", act);
    archive("amount_fen", amount_fen);
    archive("deposit_change_fen", deposit_change_fen);
    archive("on", on);
    archive("by", by);
    archive("bank_reference", bank_reference);
    archive("source", source);
    archive("reason", reason);
    archive("reverses", reverses);
    archive("reversed_by", reversed_by);
    archive("record", record);
    archive("interest_fen", interest_fen);
    archive("area_centi_sqm", area_centi_sqm);
  }
  friend bool operator==(const Posting&, const Posting&) = default;
};

// A payment of a household.
struct HouseholdPayment {
  int64_t amount_fen = 0;
  MoneySource source = MoneySource::kUnspecified;
  std::string bank_reference;
  Date paid_on;

  void Fields(Archive& archive) {
    archive("amount_fen", amount_fen);
    archive("source", source);
    archive("bank_reference", bank_reference);
    archive("paid_on", paid_on);
  }
};

// A payment to or for a household.
struct BankPayment {
  std::string bank_reference;
  Date paid_on;

  void Fields(Archive& archive) {
    archive("bank_reference", bank_reference);
    archive("paid_on", paid_on);
  }
};

struct ReversalRequest {
  int32_t posting_no = 0;
  std::string reason;

  void Fields(Archive& archive) {
    archive("posting_no", posting_no);
    archive("reason", reason);
  }
};

// A root as it is after an act, and what was posted with it; a journal without entries: nothing was. The journal gets
// its id when the root has one.
template <typename Root>
struct Booked {
  Root after;
  ledger::Journal journal;
};

// How the journals name the reason of an act.
absl::string_view ReasonOfAct(FundsAct act);

// Pure. Refuses with POSTINGS_TOO_MANY, and with DATES_REVERSED when `on` has not come yet or is before the last
// posting.
absl::Status CheckPosting(const std::vector<Posting>& postings, Date on, const Act& act, absl::string_view field);
// Pure. Refuses, in this order, with AMOUNT_NOT_POSITIVE and HOUSEHOLD_BORROWS.
absl::Status CheckPayment(const HouseholdPayment& payment);
// The last posting that stands, when `act.by` may take it back. Pure. Refuses, in this order, with POSTING_NOT_FOUND,
// POSTING_IS_REVERSAL, POSTING_REVERSED, POSTING_NOT_LAST and APPROVER_IS_AUTHOR.
absl::StatusOr<const Posting*> FindReversible(const std::vector<Posting>& postings, int32_t posting_no, const Act& act);

// Adds an entry unless it is nothing.
void Enter(const ledger::Account& account, const std::string& party, int64_t amount_fen, ledger::Journal& to);

// Takes a posting down on `after`, with the journal that it posted.
template <typename Root>
Booked<Root> Book(Root after, Posting posting, ledger::Journal journal) {
  posting.posting_no = static_cast<int32_t>(after.postings.size()) + 1;
  after.postings.push_back(std::move(posting));
  return {.after = std::move(after), .journal = std::move(journal)};
}

// Takes down that `posting_no` was taken back. `after`: the root as it was before that; `original`: what it had posted.
template <typename Root>
Booked<Root> BookReversal(Root after, int32_t posting_no, ledger::Journal original, const std::string& reason,
                          const Act& act) {
  Posting& taken_back = after.postings[posting_no - 1];
  taken_back.reversed_by = static_cast<int32_t>(after.postings.size()) + 1;
  original.id = ledger::Id(after.id, posting_no);
  ledger::Journal journal = ledger::Reverse(original, "", act.on, ReasonOfAct(FundsAct::kReverse));
  Posting reversal{.act = FundsAct::kReverse,
                   .amount_fen = -taken_back.amount_fen,
                   .deposit_change_fen = -taken_back.deposit_change_fen,
                   .on = act.on,
                   .by = act.by,
                   .reason = reason,
                   .reverses = posting_no,
                   .interest_fen = -taken_back.interest_fen,
                   .area_centi_sqm = -taken_back.area_centi_sqm};
  return Book(std::move(after), std::move(reversal), std::move(journal));
}

// Puts the root and posts the journal, if there is one.
template <typename Root>
absl::StatusOr<Root> Keep(roots::Session& session, Booked<Root> booked) {
  session.Put(booked.after);
  if (booked.journal.entries.empty()) return std::move(booked.after);
  booked.journal.record_id = booked.after.id;
  booked.journal.id = ledger::Id(booked.after.id, booked.after.postings.back().posting_no);
  RETURN_IF_ERROR(session.Post(booked.journal));
  return std::move(booked.after);
}

// What the act of a posting was, which a reversal has from what it takes back.
FundsAct ActOf(const std::vector<Posting>& postings, const Posting& posting);

// By the id or the key of the case. Refuses with CASE_NOT_FOUND.
absl::StatusOr<Case> FindCaseNamed(roots::Session& session, const std::string& name);

}  // namespace anju::relocation
