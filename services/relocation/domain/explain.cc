#include "services/relocation/domain/explain.h"

#include <algorithm>

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/explain_funds.h"
#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/two_homes.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using policy::Decision;

// Whether the case may have a unit that it does not have.
absl::StatusOr<Decision> WouldFit(roots::Session& session, const Case& relocation, const policy::Question& question) {
  ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(question.subject));
  const bool is_near = unit.has_value() && (unit->site_key == relocation.site_key ||
                                            CountyOf(unit->site_location) == CountyOf(relocation.Division()));
  if (!is_near) return Refuse(kNotFound, "RECORD_NOT_FOUND", "there is no unit with this key in the county", "subject");
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

absl::Status AddArea(roots::Session& session, const Case& relocation, const policy::Question& question,
                     policy::Answer& to) {
  if (!question.Asks(kAllottedArea)) return absl::OkStatus();
  if (question.subject.empty()) {
    if (!relocation.unit_key.empty()) {
      // It is checked again on the day of the move.
      if (!relocation.steps.moved_in_on.has_value()) to.would.push_back(JudgeEntry(relocation, question.today));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(Decision decision, MayHave(session, relocation, question.today));
    to.would.push_back(std::move(decision));
  } else if (to.kept.empty() && (question.rule == kAllottedArea || question.subject.find('/') != std::string::npos)) {
    ASSIGN_OR_RETURN(Decision decision, WouldFit(session, relocation, question));
    to.would.push_back(std::move(decision));
  }
  return absl::OkStatus();
}

// What comes after the move, and was not decided yet.
absl::Status AddHomes(roots::Session& session, const Case& relocation, const policy::Question& question,
                      policy::Answer& to) {
  if (!question.subject.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, relocation.Division()));
  const auto decided = [&](absl::string_view rule) {
    return std::any_of(to.kept.begin(), to.kept.end(), [&](const Decision& decision) { return decision.rule == rule; });
  };
  if (question.Asks(kOldHouseDeadline) && !relocation.steps.moved_in_on.has_value()) {
    Case moved = relocation;
    moved.steps.moved_in_on = question.today;
    to.would.push_back(JudgeDeadline(moved, *books));
  }
  if (question.Asks(kHasTwoHomes) && !decided(kHasTwoHomes)) {
    to.would.push_back(
        JudgeTwoHomes(relocation, question.today, PolicyOn(*books, question.today).Use({kIdlePower, kIdleMonths})));
  }
  return absl::OkStatus();
}

absl::Status AddBuyBacks(roots::Session& session, const Case& relocation, const policy::Question& question,
                         policy::Answer& to) {
  if (question.Asks(kSurplusBought)) {
    ASSIGN_OR_RETURN(std::optional<Decision> decision, WouldBuySurplus(session, relocation, question.today));
    if (decision.has_value() && question.Asks(*decision)) to.would.push_back(*std::move(decision));
  }
  if (question.rule != kMortgageBought) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Date taken_on, ParseDate(question.subject));
  ASSIGN_OR_RETURN(const MortgageTerms terms, MortgageTermsOn(session, relocation.Division(), question.today));
  to.would.push_back(JudgeMortgage(relocation, taken_on, terms, question.today));
  return absl::OkStatus();
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
  RETURN_IF_ERROR(AddArea(session, relocation, question, answer));
  RETURN_IF_ERROR(AddHomes(session, relocation, question, answer));
  ASSIGN_OR_RETURN(const Settlement settlement, SettlementOf(session, relocation));
  ASSIGN_OR_RETURN(policy::Answer funds,
                   ExplainFunds(session, {.relocation = relocation, .settlement = settlement}, question));
  std::move(funds.kept.begin(), funds.kept.end(), std::back_inserter(answer.kept));
  std::move(funds.would.begin(), funds.would.end(), std::back_inserter(answer.would));
  RETURN_IF_ERROR(AddBuyBacks(session, relocation, question, answer));
  return answer;
}

}  // namespace anju::relocation
