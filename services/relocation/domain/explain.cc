#include "services/relocation/domain/explain.h"

#include "services/platform/base/error.h"
#include "services/relocation/domain/moves.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using policy::Decision;

// Whether the case may have a unit that it does not have.
absl::StatusOr<Decision> WouldFit(roots::Session& session, const Case& relocation, const policy::Question& question) {
  ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(question.subject));
  if (!unit.has_value()) return Refuse(kNotFound, "RECORD_NOT_FOUND", "there is no unit with this key", "subject");
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, unit->site_location));
  return JudgeArea(relocation, *unit, *books, question.today);
}

// How large a unit the case may have: a yes to any up to that.
absl::StatusOr<Decision> MayHave(roots::Session& session, const Case& relocation, Date today) {
  const std::string& where = relocation.site_location.empty() ? relocation.Division() : relocation.site_location;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, where));
  Decision decision = JudgeArea(relocation, Unit(), *books, today);
  std::erase_if(decision.inputs, [](const policy::Input& input) { return input.name == "unit_area_centi_sqm"; });
  return decision;
}

absl::StatusOr<Decision> WouldBeApproved(roots::Session& session, const Case& relocation, Date today) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, relocation.Division()));
  absl::StatusOr<Decision> approved = JudgeApproval(relocation, today, *books);
  if (approved.ok()) return approved;
  return Decision{.rule = std::string(kApproval),
                  .verdict = policy::Verdict::kNo,
                  .reason = ReasonOf(approved.status()),
                  .decided_on = today,
                  .inputs = {{.name = "notices", .value = std::to_string(relocation.notices.size())}},
                  .used = PolicyOn(*books, today).Use({kShortestNotice})};
}

}  // namespace

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Case& relocation,
                                       const policy::Question& question) {
  policy::Answer answer{.kept = policy::Asked(relocation.decisions, question)};
  if (question.Asks(kApproval) && question.subject.empty() && !relocation.steps.approved_on.has_value() &&
      !relocation.steps.EndedOn().has_value()) {
    ASSIGN_OR_RETURN(Decision decision, WouldBeApproved(session, relocation, question.today));
    answer.would.push_back(std::move(decision));
  }
  if (!question.Asks(kAllottedArea)) return answer;
  if (question.subject.empty()) {
    if (!relocation.unit_key.empty()) return answer;
    ASSIGN_OR_RETURN(Decision decision, MayHave(session, relocation, question.today));
    answer.would.push_back(std::move(decision));
  } else if (answer.kept.empty() &&
             (question.rule == kAllottedArea || question.subject.find('/') != std::string::npos)) {
    ASSIGN_OR_RETURN(Decision decision, WouldFit(session, relocation, question));
    answer.would.push_back(std::move(decision));
  }
  return answer;
}

absl::StatusOr<policy::Answer> Explain(roots::Session&, const Settlement& settlement,
                                       const policy::Question& question) {
  return policy::Answer{.kept = policy::Asked(settlement.decisions, question)};
}

}  // namespace anju::relocation
