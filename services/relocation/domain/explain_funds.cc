#include "services/relocation/domain/explain_funds.h"

#include <algorithm>

#include "services/platform/base/error.h"
#include "services/relocation/domain/homes.h"

namespace anju::relocation {
namespace {

using policy::Answer;
using policy::Decision;
using policy::Question;

void AddWould(Decision decision, const Question& question, Answer& to) {
  if (question.Asks(decision)) to.would.push_back(std::move(decision));
}

// A no of today that there is nothing more to say of.
Decision No(absl::string_view rule, const absl::Status& status, Date today) {
  Decision decision = policy::Judged(rule, status);
  decision.decided_on = today;
  return decision;
}

absl::StatusOr<Decision> WouldPropose(roots::Session& session, const CaseFunds& funds, Date today) {
  const Date day = SubsidyDay(funds.relocation).value_or(today);
  ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, funds.relocation, day));
  absl::StatusOr<Settlement> proposed = ProposeSubsidy(funds.settlement, funds.relocation, terms, {.on = today});
  if (proposed.ok()) return proposed->decisions.back();
  Decision no = No(kPersonalSubsidy, proposed.status(), today);
  no.used = terms.used;
  return no;
}

absl::StatusOr<Decision> WouldPrice(roots::Session& session, const CaseFunds& funds, Date today) {
  const absl::StatusOr<Unit> unit = UnitOf(session, funds.relocation);
  if (unit.ok()) return JudgeTitle(funds.settlement, *unit, today);
  if (!IsRefusal(unit.status())) return unit.status();
  return No(kTitlePrice, unit.status(), today);
}

}  // namespace

absl::StatusOr<Answer> ExplainFunds(roots::Session& session, const CaseFunds& funds, const Question& question) {
  const Settlement& settlement = funds.settlement;
  Answer answer{.kept = policy::Asked(settlement.decisions, question)};
  if (question.Asks(kPersonalSubsidy) && settlement.subsidy.state == SubsidyState::kUnspecified) {
    ASSIGN_OR_RETURN(Decision decision, WouldPropose(session, funds, question.today));
    AddWould(std::move(decision), question, answer);
  }
  if (question.Asks(kDepositPaid)) {
    ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, funds.relocation, question.today));
    // Where all of it is there, one fen more is too much.
    const int64_t rest = std::max<int64_t>(1, terms.deposit_fen - settlement.deposit_fen);
    AddWould(JudgeDeposit(settlement, funds.relocation, rest, terms, question.today), question, answer);
  }
  if (question.Asks(kDepositWithheld) && !settlement.deposit_withheld) {
    const int64_t overdue = DaysOverdue(funds.relocation, question.today);
    AddWould(JudgeWithholding(settlement, overdue, question.today), question, answer);
  }
  if (question.Asks(kTitlePrice) && !settlement.title.settled_on.has_value()) {
    ASSIGN_OR_RETURN(Decision decision, WouldPrice(session, funds, question.today));
    AddWould(std::move(decision), question, answer);
  }
  return answer;
}

absl::StatusOr<Answer> Explain(roots::Session& session, const Settlement& settlement, const Question& question) {
  ASSIGN_OR_RETURN(const CaseFunds funds, FindFunds(session, settlement.key));
  return ExplainFunds(session, funds, question);
}

absl::StatusOr<Answer> Explain(roots::Session&, const Lease& lease, const Question& question) {
  Answer answer{.kept = policy::Asked(lease.decisions, question)};
  AddWould(JudgeReturn(lease, question.today), question, answer);
  return answer;
}

absl::StatusOr<Answer> Explain(roots::Session&, const Mortgage& mortgage, const Question& question) {
  Answer answer{.kept = policy::Asked(mortgage.decisions, question)};
  AddWould(JudgeInterest(mortgage, question.today), question, answer);
  if (mortgage.state != MortgageState::kHeld) return answer;
  for (Decision& decision : JudgeInstalments(mortgage, question.today)) {
    AddWould(std::move(decision), question, answer);
  }
  return answer;
}

absl::StatusOr<std::optional<Decision>> WouldBuySurplus(roots::Session& session, const Case& relocation, Date today) {
  ASSIGN_OR_RETURN(const std::optional<Lease> open, session.FindNamed<Lease>(kOpenLease, relocation.key));
  if (open.has_value()) return std::optional<Decision>();
  const absl::StatusOr<Unit> unit = UnitOf(session, relocation);
  if (!unit.ok() && !IsRefusal(unit.status())) return unit.status();
  if (!unit.ok()) return No(kSurplusBought, unit.status(), today);
  ASSIGN_OR_RETURN(const LeaseTerms terms, LeaseTermsOn(session, *unit, today));
  return JudgeSurplus(relocation, *unit, terms, today);
}

}  // namespace anju::relocation
