#include "services/microcredit/domain/explain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"
#include "services/platform/subsidy/run.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using policy::Decision;
using policy::Verdict;

Decision CouldBorrow(const CreditAccount& account, const policy::Books& books, Date today) {
  const policy::InForce policy = PolicyOn(books, today);
  const Rating* rating = account.RatingOn(today);
  const int64_t line_fen = rating == nullptr ? 0 : rating->line_fen;
  const int64_t owed_fen = account.BalanceOn(today);
  std::string reason;
  if (!account.household.RegisteredPoorOn(today)) {
    reason = "NOT_REGISTERED_POOR";
  } else if (rating == nullptr) {
    reason = "NOT_RATED";
  } else if (owed_fen >= line_fen) {
    reason = "LINE_EXCEEDED";
  }
  return {.rule = std::string(kLoanRule),
          .verdict = reason.empty() ? Verdict::kYes : Verdict::kNo,
          .amount_fen = reason.empty() ? std::min(line_fen - owed_fen, policy[kLargestLoan]) : 0,
          .reason = reason,
          .decided_on = today,
          .inputs = {{"line_fen", absl::StrCat(line_fen)}, {"owed_fen", absl::StrCat(owed_fen)}},
          .used = policy.Use({kLargestLoan, kLongestTerm})};
}

// What was decided on the subsidies that were paid, from the runs that paid them.
absl::Status AddSubsidies(roots::Session& session, const CreditAccount& account, const policy::Question& question,
                          std::vector<Decision>& to) {
  for (const Loan& loan : account.loans) {
    if (!question.subject.empty() && question.subject != loan.key) continue;
    for (const PaidSubsidy& paid : loan.subsidies) {
      ASSIGN_OR_RETURN(const std::optional<subsidy::Run> run, session.Get<subsidy::Run>(paid.run_id));
      if (!run.has_value()) continue;
      ASSIGN_OR_RETURN(policy::Answer answer,
                       Explain(session, *run, policy::Question{.subject = loan.key, .today = question.today}));
      to.insert(to.end(), answer.kept.begin(), answer.kept.end());
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const CreditAccount& account,
                                       const policy::Question& question) {
  policy::Answer answer{.kept = policy::Asked(account.decisions, question)};
  if (question.Asks(kSubsidyRule)) RETURN_IF_ERROR(AddSubsidies(session, account, question, answer.kept));
  if (question.Asks(kLoanRule) && question.subject.empty()) {
    ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, account.Division()));
    answer.would.push_back(CouldBorrow(account, *books, question.today));
  }
  return answer;
}

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const RiskFund& fund,
                                       const policy::Question& question) {
  policy::Answer answer{.kept = policy::Asked(fund.decisions, question)};
  if (!question.Asks(kCompensationRule) || question.subject.empty() || !answer.kept.empty()) return answer;
  ASSIGN_OR_RETURN(const std::optional<CreditAccount> account,
                   session.FindNamed<CreditAccount>(kLoanName, question.subject));
  if (!account.has_value() || !intake::LiesIn(session, account->Division(), fund.Division())) {
    return Refuse(kNotFound, "RECORD_NOT_FOUND", "there is no loan or movement with this key", "subject");
  }
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, fund.Division()));
  const FundMovement nothing{
      .kind = FundMovementKind::kCompensation, .moved_on = question.today, .loan_key = question.subject};
  answer.would.push_back(JudgeCompensation(fund, *account->FindLoan(question.subject), nothing, *books));
  return answer;
}

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const CreditPlace& place,
                                       const policy::Question& question) {
  policy::Answer answer{.kept = policy::Asked(place.decisions, question)};
  const bool stands = !place.id.empty() && !place.revoked_on.has_value();
  if (stands || !question.Asks(kPlaceRule) || !question.subject.empty()) return answer;
  ASSIGN_OR_RETURN(const Standing standing, StandingOf(session, place.key, question.today));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, place.key));
  answer.would.push_back(JudgePlace(standing, question.today, *books));
  return answer;
}

policy::Explainer ExplainerOfPlaces() {
  return {.kind = CreditPlace::kKind,
          .explain = [](roots::Session& session, const std::string& id, const policy::Question& question,
                        std::string* division) -> absl::StatusOr<std::optional<policy::Answer>> {
            ASSIGN_OR_RETURN(std::optional<CreditPlace> place, session.Get<CreditPlace>(id));
            if (!place.has_value()) {
              ASSIGN_OR_RETURN(place, session.Find<CreditPlace>(id));
            }
            const bool is_place = IsDivisionCode(id) && (id.size() == 12 || id.size() == 9);
            if (!place.has_value() && !is_place) return std::optional<policy::Answer>();
            const CreditPlace asked = place.value_or(CreditPlace{.key = id});
            *division = asked.Division();
            ASSIGN_OR_RETURN(policy::Answer answer, Explain(session, asked, question));
            return std::optional<policy::Answer>(std::move(answer));
          }};
}

}  // namespace anju::microcredit
