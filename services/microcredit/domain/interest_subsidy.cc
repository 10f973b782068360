#include "services/microcredit/domain/interest_subsidy.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using subsidy::Item;
using subsidy::Run;

constexpr absl::string_view kAlreadyPaid = "ALREADY_PAID";
constexpr absl::string_view kPurposeViolation = "PURPOSE_VIOLATION";
constexpr absl::string_view kNotPaid = "NOT_PAID";
constexpr absl::string_view kPaidLate = "PAID_LATE";

bool IsSubsidised(const Loan& loan, const std::string& quarter) {
  return std::any_of(loan.subsidies.begin(), loan.subsidies.end(),
                     [&](const PaidSubsidy& paid) { return paid.quarter == quarter; });
}

std::string ReasonOf(const Loan& loan, const Quarter& quarter, bool unpaid, bool late) {
  if (IsSubsidised(loan, quarter.name)) return std::string(kAlreadyPaid);
  if (loan.purpose == Purpose::kLentOn) return std::string(kPurposeViolation);
  if (unpaid) return std::string(kNotPaid);
  return std::string(late ? kPaidLate : subsidy::kEligible);
}

// Takes an item out of the run's sum.
void Withdraw(Run& run, Item& item) {
  item.reason = std::string(kAlreadyPaid);
  run.total_fen -= item.amount_fen;
  --run.eligible;
  ++run.refused;
}

}  // namespace

absl::StatusOr<Quarter> ParseQuarter(absl::string_view text, const policy::Books& books) {
  int year = 0, number = 0;
  const bool well_formed = text.size() == 6 && text[4] == 'Q' && text[0] != '+' && text[0] != '-' &&
                           absl::SimpleAtoi(text.substr(0, 4), &year) && absl::SimpleAtoi(text.substr(5), &number) &&
                           year >= 1900 && year < 2200 && number >= 1 && number <= 4;
  if (!well_formed) {
    return Refuse(kInvalidArgument, "PERIOD_MALFORMED", "write the quarter as 2018Q3", "period");
  }
  const Date before(year, number * 3 - 2, 1);
  const Date settled_on = NextSettlement(before);
  const Date after = NextSettlement(AddMonths(before, -3));
  return Quarter{.name = std::string(text),
                 .after = after,
                 .settled_on = settled_on,
                 .grace_until = settled_on + PolicyOn(books, settled_on)[kGraceDays]};
}

std::optional<Item> Judge(const std::string& account_id, const Loan& loan, const Quarter& quarter, Date today) {
  if (loan.disbursed_on >= quarter.settled_on) return std::nullopt;
  const int64_t grace_days = quarter.grace_until - quarter.settled_on;
  int64_t interest_fen = 0;
  std::optional<Date> last_due_on, last_paid_on;
  bool unpaid = false, late = false;
  for (const Due& due : StatementOn(loan, today).dues) {
    if (due.due_on <= quarter.after || due.due_on > quarter.settled_on) continue;
    interest_fen += due.interest_fen;
    last_due_on = due.due_on;
    if (due.paid_on.has_value()) last_paid_on = due.paid_on;
    unpaid |= !due.paid_on.has_value();
    late |= due.paid_on.has_value() && *due.paid_on > due.due_on + grace_days;
  }
  if (interest_fen == 0) return std::nullopt;
  return Item{.root_id = account_id,
              .subject = loan.key,
              .amount_fen = interest_fen,
              .reason = ReasonOf(loan, quarter, unpaid, late),
              .inputs = {{"interest_fen", absl::StrCat(interest_fen)},
                         {"due_on", Format(*last_due_on)},
                         {"paid_on", unpaid ? "" : Format(*last_paid_on)},
                         {"grace_until", Format(quarter.grace_until)}}};
}

bool ChangesSubsidy(const Loan& before, const Loan& after, const Quarter& quarter, Date today) {
  // What the books say, whether it was paid or not.
  const auto judge = [&](Loan loan) {
    loan.subsidies.clear();
    return Judge("", loan, quarter, today);
  };
  const std::optional<Item> was = judge(before), is = judge(after);
  if (!was.has_value() || !was->eligible()) return false;
  return !is.has_value() || !is->eligible() || is->amount_fen != was->amount_fen;
}

const approval::Flow& SubsidyFlow() {
  static const auto& flow = *new approval::Flow(approval::OneApprover("microcredit.interest_subsidy"));
  return flow;
}

absl::StatusOr<Run> ListRun(roots::Session& session, const std::string& division, const std::string& period,
                            const std::string& by) {
  ASSIGN_OR_RETURN(const std::string county, intake::ResolveDivision(session, division, "division"));
  if (county.size() != kCountyDigits) {
    return Refuse(kInvalidArgument, "NOT_A_COUNTY", "a run is of a county: give its code of 6 digits", "division");
  }
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, county));
  ASSIGN_OR_RETURN(const Quarter quarter, ParseQuarter(period, *books));
  const Date today = DayInChina(session.now());
  if (today <= quarter.grace_until) {
    return Refuse(kInvalidArgument, "PERIOD_NOT_OVER",
                  absl::StrCat("interest of this quarter can be paid until ", Format(quarter.grace_until),
                               "; list it after that day"),
                  "period");
  }
  ASSIGN_OR_RETURN(const std::optional<Run> before, session.Find<Run>(absl::StrCat(county, "/", period)));
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<CreditAccount>(county));
  std::vector<Item> items;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<CreditAccount> account, session.Get<CreditAccount>(id));
    if (!account.has_value()) continue;
    for (const Loan& loan : account->loans) {
      if (std::optional<Item> item = Judge(id, loan, quarter, today); item.has_value()) {
        items.push_back(*std::move(item));
      }
    }
  }
  subsidy::Grounds grounds{.rule = std::string(kSubsidyRule),
                           .used = PolicyOn(*books, quarter.settled_on).Use({kGraceDays})};
  ASSIGN_OR_RETURN(const approval::Flow flow, approval::FlowFor(session, SubsidyFlow(), county, today));
  ASSIGN_OR_RETURN(Run run,
                   subsidy::List(before, county, period, by, today, flow, std::move(grounds), std::move(items)));
  session.Put(run);
  return run;
}

absl::StatusOr<Run> FindRun(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Run> run, session.Get<Run>(id));
  if (run.has_value()) return *std::move(run);
  return Refuse(kNotFound, "RUN_NOT_FOUND", "there is no subsidy run with this id", "id");
}

absl::StatusOr<Run> PayRun(roots::Session& session, const Run& before, Date paid_on) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.division));
  ASSIGN_OR_RETURN(const Quarter quarter, ParseQuarter(before.period, *books));
  ASSIGN_OR_RETURN(Run after, subsidy::Pay(before, paid_on, quarter.settled_on, DayInChina(session.now())));
  if (before.state == subsidy::RunState::kPaid) return after;
  for (Item& item : after.items) {
    if (!item.eligible()) continue;
    ASSIGN_OR_RETURN(std::optional<CreditAccount> account, session.Get<CreditAccount>(item.root_id));
    ANJU_CHECK(account.has_value());
    Loan* loan = roots::Lookup(account->loans, &Loan::key, item.subject);
    ANJU_CHECK(loan != nullptr);
    if (IsSubsidised(*loan, quarter.name)) {
      Withdraw(after, item);
      continue;
    }
    loan->subsidies.push_back(
        {.quarter = quarter.name, .amount_fen = item.amount_fen, .paid_on = paid_on, .run_id = after.id});
    session.Put(*account);
  }
  session.Put(after);
  return after;
}

}  // namespace anju::microcredit
