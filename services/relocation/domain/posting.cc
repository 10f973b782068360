#include "services/relocation/domain/posting.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::relocation {

using enum absl::StatusCode;

absl::string_view ReasonOfAct(FundsAct act) {
  switch (act) {
    case FundsAct::kGrantSubsidy:
      return "SUBSIDY_GRANTED";
    case FundsAct::kPaySubsidy:
      return "SUBSIDY_PAID";
    case FundsAct::kReceiveDeposit:
      return "DEPOSIT_RECEIVED";
    case FundsAct::kWithholdDeposit:
      return "DEPOSIT_WITHHELD";
    case FundsAct::kReleaseDeposit:
      return "DEPOSIT_RELEASED";
    case FundsAct::kReturnDeposit:
      return "DEPOSIT_RETURNED";
    case FundsAct::kPayTitle:
      return "TITLE_PAID";
    case FundsAct::kSettleTitle:
      return "TITLE_SETTLED";
    case FundsAct::kAgreeLease:
      return "AREA_BOUGHT";
    case FundsAct::kPayLease:
      return "AREA_PAID";
    case FundsAct::kReturnArea:
      return "AREA_RETURNED";
    case FundsAct::kBuyBackMortgage:
      return "MORTGAGE_BOUGHT_BACK";
    case FundsAct::kRepayMortgage:
      return "MORTGAGE_REPAID";
    default:
      ANJU_CHECK(act == FundsAct::kReverse);
      return "REVERSED";
  }
}

absl::Status CheckPosting(const std::vector<Posting>& postings, Date on, const Act& act, absl::string_view field) {
  if (postings.size() >= kMostPostings) {
    return Refuse(kFailedPrecondition, "POSTINGS_TOO_MANY",
                  absl::StrCat("at most ", kMostPostings, " postings are kept of one record"));
  }
  if (on > act.on) return Refuse(kInvalidArgument, "DATES_REVERSED", "this day has not come yet", field);
  if (postings.empty()) return absl::OkStatus();
  return intake::InOrder(postings.back().on, on, field);
}

absl::Status CheckPayment(const HouseholdPayment& payment) {
  if (payment.amount_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a payment is at least 1 fen", "amount_fen");
  }
  if (payment.source == MoneySource::kLoan) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_BORROWS",
                  "no household borrows to move: take no borrowed money, and help the household in another way",
                  "source");
  }
  return absl::OkStatus();
}

absl::StatusOr<const Posting*> FindReversible(const std::vector<Posting>& postings, int32_t posting_no,
                                              const Act& act) {
  if (posting_no < 1 || posting_no > static_cast<int32_t>(postings.size())) {
    return Refuse(kNotFound, "POSTING_NOT_FOUND", "there is no posting with this number", "posting_no");
  }
  const Posting& posting = postings[posting_no - 1];
  if (posting.reverses != 0) {
    return Refuse(kFailedPrecondition, "POSTING_IS_REVERSAL", "a reversal is not reversed: enter what is right anew");
  }
  if (posting.reversed_by != 0) return Refuse(kFailedPrecondition, "POSTING_REVERSED", "it was reversed before");
  const bool last =
      std::all_of(postings.begin() + posting_no, postings.end(), [](const Posting& later) { return !later.Stands(); });
  if (!last)
    return Refuse(kFailedPrecondition, "POSTING_NOT_LAST", "what came after it rests on it: reverse that first");
  if (posting.by == act.by) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody reverses what they entered: ask somebody else");
  }
  return &posting;
}

void Enter(const ledger::Account& account, const std::string& party, int64_t amount_fen, ledger::Journal& to) {
  if (amount_fen != 0) to.entries.push_back({.account = &account, .party = party, .amount_fen = amount_fen});
}

FundsAct ActOf(const std::vector<Posting>& postings, const Posting& posting) {
  return posting.reverses == 0 ? posting.act : postings[posting.reverses - 1].act;
}

absl::StatusOr<Case> FindCaseNamed(roots::Session& session, const std::string& name) {
  // An id has no slash, and a key has.
  const bool is_key = name.find('/') != std::string::npos;
  ASSIGN_OR_RETURN(std::optional<Case> found, is_key ? session.Find<Case>(name) : session.Get<Case>(name));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "CASE_NOT_FOUND", "there is no case with this id or key", "id");
}

}  // namespace anju::relocation
