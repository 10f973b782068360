#include "services/relocation/domain/explain_community.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

using policy::Answer;
using policy::Decision;
using policy::Question;

absl::StatusOr<Decision> WouldGive(roots::Session& session, const Plot& plot, const Question& question) {
  const auto household = FindResident(session, question.subject, plot.site_key, question.today, "subject");
  if (!household.ok()) {
    if (!IsRefusal(household.status())) return household.status();
    Decision no = policy::Judged(kPlotGiven, household.status());
    no.decided_on = question.today;
    return no;
  }
  ASSIGN_OR_RETURN(const PlotHolder holder, FindHolder(session, household->id));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, plot.site_location));
  return JudgeHolding(holder, {.plot_key = plot.key, .since = question.today}, *books);
}

}  // namespace

absl::StatusOr<Answer> Explain(roots::Session& session, const Plot& plot, const Question& question) {
  Answer answer{.kept = policy::Asked(plot.decisions, question)};
  if (answer.kept.empty() && question.Asks(kPlotGiven) && !question.subject.empty()) {
    ASSIGN_OR_RETURN(Decision decision, WouldGive(session, plot, question));
    answer.would.push_back(std::move(decision));
  }
  return answer;
}

absl::StatusOr<Answer> Explain(roots::Session&, const Assembly& assembly, const Question& question) {
  Answer answer{.kept = policy::Asked(assembly.decisions, question)};
  if (!question.Asks(kSeatWon)) return answer;
  for (const Election& election : assembly.elections) {
    for (const Seat& seat : election.seats) {
      Decision decision = JudgeSeat(assembly, election, seat);
      if (question.Asks(decision)) answer.kept.push_back(std::move(decision));
    }
  }
  return answer;
}

absl::StatusOr<Answer> Explain(roots::Session& session, const HallRequest& request, const Question& question) {
  Answer answer{.kept = policy::Asked(request.decisions, question)};
  if (request.state != RequestState::kClosed || !question.Asks(kHallDue)) return answer;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, request.site_location));
  Due due = DueOn(request.kind, question.today, *books);
  if (question.Asks(due.decision)) answer.would.push_back(std::move(due.decision));
  return answer;
}

absl::StatusOr<Answer> Explain(roots::Session&, const Disclosure& disclosure, const Question& question) {
  return Answer{.kept = policy::Asked(disclosure.decisions, question)};
}

absl::StatusOr<Answer> Explain(roots::Session& session, const Site& site, const Question& question) {
  Answer answer;
  if (!question.Asks(kFinanceDisclosed) || !site.community) return answer;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  std::vector<Month> months = FinanceDue(site, question.today, *books);
  if (!question.subject.empty()) {
    ASSIGN_OR_RETURN(const Month month, ParseMonth(question.subject));
    months = {month};
  }
  for (const Month month : months) {
    ASSIGN_OR_RETURN(const bool disclosed, IsDisclosed(session, site.key, month));
    answer.would.push_back(JudgeFinance(month, disclosed, question.today, *books));
  }
  return answer;
}

}  // namespace anju::relocation
