#include "services/microcredit/domain/correction.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/interest_subsidy.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/codes.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using subsidy::Run;
using subsidy::RunState;

bool GoesOn(const Loan& before, const Loan& after) {
  return before.SameTerms(after) && before.repayments.size() <= after.repayments.size() &&
         std::equal(before.repayments.begin(), before.repayments.end(), after.repayments.begin());
}

// The counties that may have acted on a loan, under all codes that are known of them.
std::set<std::string> CountiesOf(roots::Session& session, const CreditAccount& account, const Loan& loan) {
  std::set<std::string> counties = {std::string(CountyOf(loan.key))};
  for (const feed::Residence& residence : account.household.residences) {
    counties.emplace(CountyOf(residence.village));
    counties.emplace(CountyOf(roots::SuccessionsOf(session)->Present(residence.village)));
  }
  return counties;
}

bool Holds(const Run& run, const Loan& loan) {
  // One that was taken out of its flow is listed anew before anybody approves it.
  const bool in_force = run.state != RunState::kListed || run.approvals.empty() ||
                        run.approvals.back().state == approval::State::kUnderWay;
  return in_force && std::any_of(run.items.begin(), run.items.end(), [&](const subsidy::Item& item) {
           return item.subject == loan.key && item.eligible();
         });
}

absl::Status SubsidyStands(const std::string& quarter, const std::string& run_id, bool decided) {
  return Refuse(
      kFailedPrecondition, "SUBSIDY_STANDS",
      absl::StrCat("subsidy run ", run_id, " rests on the interest of ", quarter,
                   decided ? " and is approved: what it rests on is not changed any more; send the difference "
                             "as a repayment of a later day"
                           : " as it is known: withdraw the run with DecideSubsidyRun, send this again, and "
                             "list the run anew"));
}

absl::Status CheckSubsidies(roots::Session& session, const std::set<std::string>& counties, const Loan& before,
                            const Loan& after) {
  const Date today = DayInChina(session.now());
  for (const std::string& county : counties) {
    ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, county));
    for (const PaidSubsidy& paid : before.subsidies) {
      ASSIGN_OR_RETURN(const Quarter quarter, ParseQuarter(paid.quarter, *books));
      if (ChangesSubsidy(before, after, quarter, today)) return SubsidyStands(paid.quarter, paid.run_id, true);
    }
    const Month first = Month::Of(std::min(before.disbursed_on, after.disbursed_on));
    for (Month month = first.Plus(-(first.index % 3)); month <= Month::Of(today); month = month.Plus(3)) {
      const std::string name = absl::StrCat(month.index / 12, "Q", month.index % 12 / 3 + 1);
      ASSIGN_OR_RETURN(const Quarter quarter, ParseQuarter(name, *books));
      if (!ChangesSubsidy(before, after, quarter, today)) continue;
      ASSIGN_OR_RETURN(const std::optional<Run> run, session.Find<Run>(absl::StrCat(county, "/", name)));
      if (run.has_value() && Holds(*run, before)) return SubsidyStands(name, run->id, run->state != RunState::kListed);
    }
  }
  return absl::OkStatus();
}

absl::Status CheckCompensations(roots::Session& session, const std::set<std::string>& counties, const Loan& before,
                                const Loan& after) {
  for (const std::string& county : counties) {
    ASSIGN_OR_RETURN(const std::optional<RiskFund> fund, session.Find<RiskFund>(county));
    if (!fund.has_value()) continue;
    ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, county));
    if (CheckLosses(*fund, before, *books).ok() && !CheckLosses(*fund, after, *books).ok()) {
      return Refuse(kFailedPrecondition, "COMPENSATION_STANDS",
                    "the risk fund has compensated a loss that this loan would not have had: correct that movement "
                    "first",
                    "loan_no");
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckCorrection(roots::Session& session, const CreditAccount& account, const Loan& before,
                             const Loan& after) {
  if (GoesOn(before, after)) return absl::OkStatus();
  const std::set<std::string> counties = CountiesOf(session, account, before);
  RETURN_IF_ERROR(CheckSubsidies(session, counties, before, after));
  return CheckCompensations(session, counties, before, after);
}

}  // namespace anju::microcredit
