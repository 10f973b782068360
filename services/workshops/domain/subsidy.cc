#include "services/workshops/domain/subsidy.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using subsidy::Run;

// What a worker did within a window of months.
struct Work {
  const Contract* last = nullptr;
  std::set<Month> months;
  int64_t paid_fen = 0;
};

Work WorkWithin(const Worker& worker, Month first, Month last, int32_t days) {
  Work work;
  for (const Contract& contract : worker.contracts) {
    const bool runs = Month::Of(contract.signed_on) <= last &&
                      (!contract.ended_on.has_value() || Month::Of(*contract.ended_on) >= first);
    if (!runs) continue;
    if (work.last == nullptr || work.last->signed_on < contract.signed_on) work.last = &contract;
    for (const Pay& pay : contract.pay) {
      if (pay.month < first || pay.month > last) continue;
      work.paid_fen += pay.amount_fen;
      if (pay.days_worked >= days) work.months.insert(pay.month);
    }
  }
  return work;
}

}  // namespace

std::vector<absl::string_view> SubsidyParameters() {
  return {kSubsidyWindow, kSubsidyMonths, kSubsidyDays, kSubsidyPay, kSubsidy};
}

std::optional<subsidy::Item> Judge(const Worker& worker, Month period, const policy::InForce& policy) {
  const Month first = period.Plus(1 - static_cast<int32_t>(policy[kSubsidyWindow]));
  const Work work = WorkWithin(worker, first, period, static_cast<int32_t>(policy[kSubsidyDays]));
  if (work.last == nullptr) return std::nullopt;
  const bool poor = worker.household.RegisteredPoorOn(period.LastDay());
  subsidy::Item item{.root_id = worker.id,
                     .subject = work.last->key,
                     .inputs = {{"from_month", Format(first)},
                                {"to_month", Format(period)},
                                {"registered_poor", poor ? "yes" : "no"},
                                {"months_worked", absl::StrCat(work.months.size())},
                                {"paid_fen", absl::StrCat(work.paid_fen)}}};
  if (!poor) {
    item.reason = "NOT_REGISTERED_POOR";
  } else if (static_cast<int64_t>(work.months.size()) < policy[kSubsidyMonths]) {
    item.reason = "MONTHS_TOO_FEW";
  } else if (work.paid_fen < policy[kSubsidyPay]) {
    item.reason = "PAY_TOO_LOW";
  } else if (worker.subsidy_paid_on.has_value()) {
    item.reason = std::string(kAlreadyPaid);
  } else {
    item.reason = std::string(subsidy::kEligible);
    item.amount_fen = policy[kSubsidy];
  }
  return item;
}

const approval::Flow& SubsidyFlow() {
  static const auto& flow = *new approval::Flow(approval::OneApprover("workshops.subsidy"));
  return flow;
}

absl::StatusOr<Run> ListRun(roots::Session& session, const std::string& division, Month period, const std::string& by) {
  if (period.LastDay() >= DayInChina(session.now())) {
    return Refuse(kInvalidArgument, "PERIOD_NOT_OVER", "list a month after it has ended", "period");
  }
  ASSIGN_OR_RETURN(const std::string county, intake::ResolveDivision(session, division, "division"));
  if (county.size() != kCountyDigits) {
    return Refuse(kInvalidArgument, "NOT_A_COUNTY", "a run is of a county: give its code of 6 digits", "division");
  }
  ASSIGN_OR_RETURN(const std::optional<Run> before, session.Find<Run>(absl::StrCat(county, "/", Format(period))));
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<Worker>(county));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, county));
  const policy::InForce policy = PolicyOn(*books, period.LastDay());
  std::vector<subsidy::Item> items;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<Worker> worker, session.Get<Worker>(id));
    ANJU_CHECK(worker.has_value());
    std::optional<subsidy::Item> item = Judge(*worker, period, policy);
    if (item.has_value()) items.push_back(*std::move(item));
  }
  const Date today = DayInChina(session.now());
  ASSIGN_OR_RETURN(const approval::Flow flow, approval::FlowFor(session, SubsidyFlow(), county, today));
  ASSIGN_OR_RETURN(Run run, subsidy::List(before, county, Format(period), by, today, flow,
                                          {.rule = std::string(kSubsidyRule), .used = policy.Use(SubsidyParameters())},
                                          std::move(items)));
  session.Put(run);
  return run;
}

absl::StatusOr<Run> PayRun(roots::Session& session, const Run& run, Date on) {
  ASSIGN_OR_RETURN(const Month period, ParseMonth(run.period));
  ASSIGN_OR_RETURN(Run paid, subsidy::Pay(run, on, period.LastDay(), DayInChina(session.now())));
  if (run.state == subsidy::RunState::kPaid) return paid;
  // After this point the run is paid.
  for (subsidy::Item& item : paid.items) {
    if (!item.eligible()) continue;
    ASSIGN_OR_RETURN(std::optional<Worker> worker, session.Get<Worker>(item.root_id));
    ANJU_CHECK(worker.has_value());
    if (worker->subsidy_paid_on.has_value()) {
      --paid.eligible;
      ++paid.refused;
      paid.total_fen -= item.amount_fen;
      item.amount_fen = 0;
      item.reason = std::string(kAlreadyPaid);
      continue;
    }
    worker->subsidy_paid_on = on;
    worker->subsidy_fen = item.amount_fen;
    worker->subsidy_run = paid.id;
    session.Put(*worker);
  }
  session.Put(paid);
  return paid;
}

}  // namespace anju::workshops
