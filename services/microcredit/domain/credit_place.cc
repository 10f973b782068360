#include "services/microcredit/domain/credit_place.h"

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/platform/base/today.h"
#include "services/platform/intake/places.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// Where the household lived on a day; before its first residence, in that.
const std::string& VillageOn(const feed::HouseholdFact& household, Date day) {
  const feed::Residence* found = &household.residences.front();
  for (const feed::Residence& residence : household.residences) {
    if (residence.since <= day) found = &residence;
  }
  return found->village;
}

void Add(const CreditAccount& account, Date day, Standing& to) {
  if (account.household.RegisteredPoorOn(day)) {
    ++to.poor;
    const Rating* rating = account.RatingOn(day);
    if (rating != nullptr && rating->line_fen > 0) ++to.rated;
  }
  for (const Loan& loan : account.loans) {
    const Statement books = StatementOn(loan, day);
    to.balance_fen += books.balance_fen;
    if (books.overdue_since.has_value()) to.overdue_fen += books.balance_fen;
  }
}

}  // namespace

// Who was never rated has an account too, since the registry told of them (FollowHousehold). A row that comes faster
// than the registry's feed may miss some of them and find the share too high; a county sends its households before it
// rates them, so that the feed, which is a second behind, has long brought them when places are recognised by hand.
absl::StatusOr<Standing> StandingOf(roots::Session& session, const std::string& division, Date day) {
  const std::string present = roots::SuccessionsOf(session)->Present(division);
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<CreditAccount>(present));
  Standing standing;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<CreditAccount> account, session.Get<CreditAccount>(id));
    // Where it lived may have had another code then.
    if (account.has_value() && intake::LiesIn(session, VillageOn(account->household, day), present)) {
      Add(*account, day, standing);
    }
  }
  return standing;
}

absl::Status Qualify(const Standing& standing, Date day, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, day);
  if (standing.poor == 0 || standing.rated * 100 < standing.poor * policy[kPlaceRated]) {
    return Refuse(kFailedPrecondition, "RATED_SHARE_TOO_LOW",
                  absl::StrCat(standing.rated, " of ", standing.poor, " registered poor households had a line; ",
                               policy[kPlaceRated], "% must"),
                  "recognised_on");
  }
  if (standing.overdue_fen * 100 > standing.balance_fen * policy[kPlaceOverdue]) {
    return Refuse(kFailedPrecondition, "OVERDUE_RATE_TOO_HIGH",
                  absl::StrCat(Yuan(standing.overdue_fen), " of ", Yuan(standing.balance_fen),
                               " were overdue; at most ", policy[kPlaceOverdue], "% may"),
                  "recognised_on");
  }
  return absl::OkStatus();
}

policy::Decision JudgePlace(const Standing& standing, Date day, const policy::Books& books) {
  policy::Decision decision = policy::Judged(kPlaceRule, Qualify(standing, day, books));
  decision.decided_on = day;
  decision.inputs = {{"poor_households", absl::StrCat(standing.poor)},
                     {"rated_households", absl::StrCat(standing.rated)},
                     {"balance_fen", absl::StrCat(standing.balance_fen)},
                     {"overdue_fen", absl::StrCat(standing.overdue_fen)}};
  decision.used = PolicyOn(books, day).Use({kPlaceRated, kPlaceOverdue});
  return decision;
}

absl::StatusOr<Outcome> ImportCreditPlace(roots::Session& session, const intake::Batch& batch,
                                          const CreditPlaceRecord& record) {
  ASSIGN_OR_RETURN(const std::string division, intake::ResolveWithin(session, batch, record.division, "division"));
  if (division.size() != 12 && division.size() != 9) {
    return Refuse(kInvalidArgument, "NOT_A_VILLAGE_OR_TOWNSHIP",
                  "give the code of a village (12 digits) or of a township (9 digits)", "division");
  }
  RETURN_IF_ERROR(intake::InOrder(record.recognised_on, record.revoked_on, "revoked_on"));
  const Date today = DayInChina(session.now());
  RETURN_IF_ERROR(CheckHasCome(record.recognised_on, today, "recognised_on"));
  RETURN_IF_ERROR(CheckHasCome(record.revoked_on, today, "revoked_on"));
  // Under another code a place goes on as what it was.
  ASSIGN_OR_RETURN(const std::string key, intake::KeyDivision(session, record.division));
  ASSIGN_OR_RETURN(const std::optional<CreditPlace> before, session.Find<CreditPlace>(key));
  CreditPlace after = before.value_or(CreditPlace{.key = key});
  after.recognised_on = record.recognised_on;
  after.revoked_on = record.revoked_on;
  if (before == after) return Outcome::kUnchanged;
  if (!before.has_value() || before->recognised_on != after.recognised_on) {
    ASSIGN_OR_RETURN(const Standing standing, StandingOf(session, division, after.recognised_on));
    ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, division));
    RETURN_IF_ERROR(Qualify(standing, after.recognised_on, *books));
    policy::Keep(after.decisions, JudgePlace(standing, after.recognised_on, *books));
  }
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

}  // namespace anju::microcredit
