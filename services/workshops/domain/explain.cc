#include "services/workshops/domain/explain.h"

#include "services/platform/base/error.h"
#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/subsidy.h"

namespace anju::workshops {

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Worker& worker,
                                       const policy::Question& question) {
  policy::Answer answer;
  if (!question.Asks(kSubsidyRule)) return answer;
  if (!worker.subsidy_run.empty()) {
    ASSIGN_OR_RETURN(const std::optional<subsidy::Run> run, session.Get<subsidy::Run>(worker.subsidy_run));
    ANJU_CHECK(run.has_value());
    return Explain(session, *run, {.subject = worker.id, .today = question.today});
  }
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, worker.Division()));
  const Month period = Month::Of(question.today).Plus(-1);
  const policy::InForce policy = PolicyOn(*books, period.LastDay());
  const std::optional<subsidy::Item> item = Judge(worker, period, policy);
  if (!item.has_value() || (!question.subject.empty() && question.subject != item->subject)) return answer;
  answer.would.push_back({.rule = std::string(kSubsidyRule),
                          .subject = item->subject,
                          .verdict = item->eligible() ? policy::Verdict::kYes : policy::Verdict::kNo,
                          .amount_fen = item->amount_fen,
                          .reason = item->eligible() ? "" : item->reason,
                          .decided_on = question.today,
                          .inputs = item->inputs,
                          .used = policy.Use(SubsidyParameters())});
  return answer;
}

}  // namespace anju::workshops
