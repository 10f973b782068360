#include "services/relocation/domain/mortgage.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using ledger::Journal;

constexpr absl::string_view kHousehold = "household";
// A rate is in hundredths of a percent.
constexpr int64_t kWhole = 100'00;

Date Years(Date from, int32_t years) { return Date(from.year() + years, from.month(), from.day()); }

int64_t HalfUp(int64_t number, int64_t divisor) { return (2 * number + divisor) / (2 * divisor); }

// Plays the payments of a mortgage one after the other.
class Account {
 public:
  explicit Account(const Mortgage& mortgage)
      : mortgage_(mortgage), principal_(mortgage.principal_fen), begun_(*mortgage.free_until), last_(begun_) {}

  // Charges every year that has ended by then.
  void Advance(Date day) {
    if (mortgage_.plan != RepaymentPlan::kInstalments) return;
    while (last_ < day) {
      const Date end = Years(*mortgage_.free_until, years_ + 1);
      const Date next = std::min(end, day);
      fen_days_ += principal_ * (next - last_);
      last_ = next;
      if (next != end) continue;
      Charge(end);
      ++years_;
      begun_ = end;
      fen_days_ = charged_ = 0;
    }
  }

  // Answers the part that is interest.
  int64_t Pay(Date day, int64_t amount_fen) {
    Advance(day);
    if (last_ > begun_) Charge(Years(*mortgage_.free_until, years_ + 1));
    const int64_t interest = std::min(interest_, amount_fen);
    interest_ -= interest;
    principal_ -= amount_fen - interest;
    if (day <= *mortgage_.free_until) owed_then_ = principal_;
    return interest;
  }

  int64_t principal() const { return principal_; }
  int64_t interest() const { return interest_; }
  // The principal when the time without interest ended.
  int64_t owed_then() const { return owed_then_.value_or(mortgage_.principal_fen); }

 private:
  // The interest of the year that ends then, as far as it has run, less what of it was charged before.
  void Charge(Date end) {
    const int64_t run = HalfUp(fen_days_ * mortgage_.rate_bp, kWhole * (end - begun_));
    interest_ += run - charged_;
    charged_ = run;
  }

  const Mortgage& mortgage_;
  int64_t principal_;
  int64_t interest_ = 0;
  std::optional<int64_t> owed_then_;
  // The year that runs: since when, how far, how many ended before, and principal times days in it.
  Date begun_, last_;
  int32_t years_ = 0;
  int64_t fen_days_ = 0;
  int64_t charged_ = 0;
};

Account Play(const Mortgage& mortgage, Date until) {
  Account account(mortgage);
  for (const Posting& posting : mortgage.postings) {
    if (posting.act == FundsAct::kRepayMortgage && posting.Stands() && posting.on <= until) {
      account.Pay(posting.on, posting.amount_fen);
    }
  }
  account.Advance(until);
  return account;
}

std::vector<Instalment> ScheduleFrom(const Mortgage& mortgage, int64_t principal_fen) {
  const bool at_once = mortgage.plan != RepaymentPlan::kInstalments;
  return Schedule(principal_fen, *mortgage.free_until, at_once ? 1 : mortgage.instalments,
                  at_once ? 0 : mortgage.rate_bp);
}

// The last day on which something was paid.
std::optional<Date> LastPayment(const Mortgage& mortgage) {
  std::optional<Date> last;
  for (const Posting& posting : mortgage.postings) {
    if (posting.act == FundsAct::kRepayMortgage && posting.Stands()) last = posting.on;
  }
  return last;
}

Journal JournalOf(const Mortgage& at, const Posting& posting) {
  Journal journal{.division = at.division, .on = posting.on, .reason = ReasonOfAct(posting.act)};
  if (posting.act == FundsAct::kBuyBackMortgage) {
    Enter(kMortgages, at.key, posting.amount_fen, journal);
    Enter(kFund, "", -posting.amount_fen, journal);
  } else {
    ANJU_CHECK(posting.act == FundsAct::kRepayMortgage);
    Enter(kFund, "", posting.amount_fen, journal);
    Enter(kMortgages, at.key, posting.interest_fen - posting.amount_fen, journal);
    Enter(kMortgageInterest, at.key, -posting.interest_fen, journal);
  }
  return journal;
}

Booked<Mortgage> Take(const Mortgage& at, Mortgage after, Posting posting) {
  Journal journal = JournalOf(at, posting);
  return Book(std::move(after), std::move(posting), std::move(journal));
}

absl::Status CheckHeld(const Mortgage& mortgage) {
  if (mortgage.state == MortgageState::kHeld) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "MORTGAGE_NOT_HELD", "the mortgage was not bought back, or is repaid");
}

absl::Status CheckProposed(const Mortgage& mortgage) {
  if (mortgage.state == MortgageState::kProposed) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "MORTGAGE_NOT_PROPOSED", "only a mortgage that is proposed is bought back");
}

absl::Status CheckTime(const Case& relocation, Date taken_on, const MortgageTerms& terms) {
  if (!relocation.steps.moved_in_on.has_value()) {
    return Refuse(kFailedPrecondition, "CASE_NOT_MOVED_IN",
                  "mortgages are bought back of households that have moved in");
  }
  if (taken_on >= terms.taken_from && taken_on <= terms.taken_until) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "MORTGAGE_OUT_OF_TIME",
                absl::StrCat("mortgages taken from ", Format(terms.taken_from), " to ", Format(terms.taken_until),
                             " are bought back"),
                "taken_on");
}

// What is decided on a mortgage that is held, by the terms on which it was bought back.
policy::Decision JudgeHeld(absl::string_view rule, const Mortgage& mortgage, Date day) {
  policy::Decision decision = policy::Judged(rule, CheckHeld(mortgage));
  decision.decided_on = day;
  policy::AddUsed(mortgage.decisions, kMortgageTerms, decision.used);
  return decision;
}

std::string PlanWord(RepaymentPlan plan) { return plan == RepaymentPlan::kInstalments ? "instalments" : "at_once"; }

}  // namespace

std::vector<roots::Name> Links(const Mortgage& mortgage) {
  std::vector<roots::Name> links = {{.kind = std::string(kHousehold), .name = mortgage.household_id}};
  if (const std::optional<Date> due = NextDue(mortgage); due.has_value()) {
    const std::vector<roots::Name> waiting = roots::QueueLinks(kMortgagesDue, mortgage.division, *due);
    links.insert(links.end(), waiting.begin(), waiting.end());
  }
  return links;
}

ledger::Balances Balances(const Mortgage& mortgage) {
  ledger::Balances balances;
  if (!mortgage.bought_on.has_value()) return balances;
  const int64_t owed = mortgage.principal_fen - mortgage.principal_paid_fen;
  ledger::Add(kMortgages, mortgage.key, owed, balances);
  ledger::Add(kMortgageInterest, mortgage.key, -mortgage.interest_paid_fen, balances);
  ledger::Add(kFund, "", mortgage.interest_paid_fen - owed, balances);
  return balances;
}

std::vector<Instalment> Schedule(int64_t principal_fen, Date free_until, int32_t instalments, int32_t rate_bp) {
  std::vector<Instalment> schedule;
  int64_t paid = 0;
  for (int32_t number = 1; number <= instalments; ++number) {
    const int64_t until_then = HalfUp(principal_fen * number, instalments);
    // At once, it is due when the time without interest ends; in instalments, a year later for the first time.
    schedule.push_back({.number = number,
                        .due_on = Years(free_until, instalments == 1 ? 0 : number),
                        .principal_fen = until_then - paid,
                        .interest_fen = HalfUp((principal_fen - paid) * rate_bp, kWhole)});
    paid = until_then;
  }
  return schedule;
}

Standing StandingOn(const Mortgage& mortgage, Date day) {
  if (!mortgage.bought_on.has_value()) return {};
  const Account account = Play(mortgage, day);
  Standing standing{.principal_fen = account.principal(), .interest_fen = account.interest()};
  int64_t due = 0;
  for (const Instalment& instalment : ScheduleFrom(mortgage, account.owed_then())) {
    if (instalment.due_on <= day) due += instalment.principal_fen;
  }
  standing.overdue_principal_fen = std::max<int64_t>(0, due - (account.owed_then() - account.principal()));
  return standing;
}

std::vector<Instalment> ScheduleOf(const Mortgage& mortgage) {
  if (!mortgage.bought_on.has_value()) return {};
  return ScheduleFrom(mortgage, Play(mortgage, *mortgage.free_until).owed_then());
}

std::optional<Date> NextDue(const Mortgage& mortgage) {
  if (mortgage.state != MortgageState::kHeld) return std::nullopt;
  const Date paid_on = std::max(LastPayment(mortgage).value_or(*mortgage.free_until), *mortgage.free_until);
  const Account account = Play(mortgage, paid_on);
  if (account.interest() > 0) return paid_on;
  std::optional<Date> next;
  int64_t due = 0;
  for (const Instalment& instalment : ScheduleFrom(mortgage, account.owed_then())) {
    due += instalment.principal_fen;
    // A year's interest falls due although its instalment was paid before.
    const bool interest = mortgage.plan == RepaymentPlan::kInstalments && instalment.due_on > paid_on;
    if (due > account.owed_then() - account.principal() || interest) {
      next = instalment.due_on;
      break;
    }
  }
  return next;
}

policy::Decision JudgeMortgage(const Case& relocation, Date taken_on, const MortgageTerms& terms, Date day) {
  policy::Decision decision = policy::Judged(kMortgageBought, CheckTime(relocation, taken_on, terms));
  decision.decided_on = day;
  decision.inputs = {{"taken_on", Format(taken_on)}};
  decision.used = terms.bought_by;
  return decision;
}

policy::Decision JudgeInterest(const Mortgage& mortgage, Date day) {
  policy::Decision decision = JudgeHeld(kInterestOwed, mortgage, day);
  if (decision.verdict == policy::Verdict::kNo) return decision;
  Account account = Play(mortgage, day);
  // Charges the interest up to this day.
  account.Pay(day, 0);
  decision.amount_fen = account.interest();
  decision.inputs = {{"owed_principal_fen", absl::StrCat(account.principal())},
                     {"free_until", Format(*mortgage.free_until)},
                     {"plan", PlanWord(mortgage.plan)},
                     {"rate_bp", absl::StrCat(mortgage.rate_bp)}};
  return decision;
}

std::vector<policy::Decision> JudgeInstalments(const Mortgage& mortgage, Date day) {
  std::vector<policy::Decision> decisions;
  for (const Instalment& instalment : ScheduleOf(mortgage)) {
    policy::Decision decision = JudgeHeld(kInstalment, mortgage, day);
    decision.subject = absl::StrCat(instalment.number);
    decision.amount_fen = instalment.principal_fen + instalment.interest_fen;
    decision.inputs = {{"due_on", Format(instalment.due_on)},
                       {"principal_fen", absl::StrCat(instalment.principal_fen)},
                       {"interest_fen", absl::StrCat(instalment.interest_fen)},
                       {"rate_bp", absl::StrCat(mortgage.rate_bp)}};
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

absl::StatusOr<Mortgage> ProposeMortgage(const std::optional<Mortgage>& before, const Case& relocation,
                                         const MortgageRequest& request, const MortgageTerms& terms, const Act& act) {
  if (request.principal_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a mortgage is at least 1 fen", "principal_fen");
  }
  if (request.principal_fen > kLargestMortgage) {
    return Refuse(kInvalidArgument, "MORTGAGE_TOO_LARGE",
                  absl::StrCat("a mortgage is at most ", kLargestMortgage, " fen"), "principal_fen");
  }
  RETURN_IF_ERROR(CheckTime(relocation, request.taken_on, terms));
  if (before.has_value() && before->state != MortgageState::kProposed) {
    return Refuse(kFailedPrecondition, "MORTGAGE_HELD", "the household's mortgage was bought back already");
  }
  policy::Decision decision = JudgeMortgage(relocation, request.taken_on, terms, act.on);
  decision.amount_fen = request.principal_fen;
  Mortgage after{.id = before.has_value() ? before->id : "",
                 .key = relocation.key,
                 .household_id = relocation.household_id,
                 .division = before.has_value() ? before->division : relocation.Division(),
                 .state = MortgageState::kProposed,
                 .bank = request.bank,
                 .contract_no = request.contract_no,
                 .principal_fen = request.principal_fen,
                 .taken_on = request.taken_on,
                 .proposed_by = act.by,
                 .proposed_on = act.on,
                 .postings = before.has_value() ? before->postings : std::vector<Posting>(),
                 .approvals = before.has_value() ? before->approvals : std::vector<approval::Item>(),
                 .decisions = before.has_value() ? before->decisions : std::vector<policy::Decision>()};
  policy::Keep(after.decisions, std::move(decision));
  return after;
}

absl::StatusOr<Mortgage> DecideMortgage(const Mortgage& before, const approval::Flow& flow,
                                        const approval::Ruling& ruling, const Act& act) {
  RETURN_IF_ERROR(CheckProposed(before));
  // It waits for the bank to be paid; a payment that is taken back leaves it approved.
  if (approval::IsApproved(before.approvals)) {
    return Refuse(kFailedPrecondition, "NOT_UNDER_WAY", "it is approved already: buy it back");
  }
  Mortgage after = before;
  ASSIGN_OR_RETURN(after.approvals,
                   approval::Rule(before.approvals, flow,
                                  {.amount_fen = before.principal_fen, .authors = {before.proposed_by}}, ruling, act));
  return after;
}

absl::StatusOr<Booked<Mortgage>> BuyBackMortgage(const Mortgage& before, const BankPayment& payment,
                                                 const MortgageTerms& terms, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckProposed(before));
  if (!approval::IsApproved(before.approvals)) {
    return Refuse(kFailedPrecondition, "MORTGAGE_NOT_APPROVED",
                  "others have to approve it first: DecideMortgage tells at which step it is");
  }
  if (before.proposed_by == act.by) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody approves what they entered: ask somebody else");
  }
  RETURN_IF_ERROR(intake::InOrder(before.taken_on, payment.paid_on, "paid_on"));
  Mortgage after = before;
  after.state = MortgageState::kHeld;
  after.approved_by = before.approvals.back().history.back().by;
  after.bought_on = payment.paid_on;
  after.free_until = Years(payment.paid_on, terms.free_years);
  after.instalments = terms.instalments;
  after.plan = RepaymentPlan::kAtOnce;
  policy::Keep(after.decisions, {.rule = std::string(kMortgageTerms),
                                 .verdict = policy::Verdict::kYes,
                                 .amount_fen = before.principal_fen,
                                 .decided_on = payment.paid_on,
                                 .inputs = {{"bought_on", Format(payment.paid_on)},
                                            {"free_until", Format(*after.free_until)},
                                            {"instalments", absl::StrCat(after.instalments)}},
                                 .used = terms.repaid_by});
  return Take(before, std::move(after),
              {.act = FundsAct::kBuyBackMortgage,
               .amount_fen = before.principal_fen,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference});
}

absl::StatusOr<Mortgage> ChooseRepaymentPlan(const Mortgage& before, const PlanRequest& request, const Act& act) {
  RETURN_IF_ERROR(CheckHeld(before));
  const bool instalments = request.plan == RepaymentPlan::kInstalments;
  if (instalments ? request.rate_bp < 1 || request.rate_bp > kHighestRate : request.rate_bp != 0) {
    return Refuse(kInvalidArgument, "RATE_OUT_OF_RANGE",
                  "instalments bear the bank's rate, from 0.01% to 24% a year; at once there is no interest",
                  "rate_bp");
  }
  if (act.on > *before.free_until) {
    return Refuse(kFailedPrecondition, "PLAN_FIXED",
                  absl::StrCat("the plan was to be chosen by ", Format(*before.free_until)));
  }
  Mortgage after = before;
  after.plan = request.plan;
  after.rate_bp = request.rate_bp;
  policy::Decision decision = JudgeHeld(kRepaymentPlan, before, act.on);
  decision.inputs = {{"plan", PlanWord(request.plan)},
                     {"rate_bp", absl::StrCat(request.rate_bp)},
                     {"free_until", Format(*before.free_until)}};
  policy::Keep(after.decisions, std::move(decision));
  return after;
}

absl::StatusOr<Booked<Mortgage>> RepayMortgage(const Mortgage& before, const HouseholdPayment& payment,
                                               const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckPayment(payment));
  RETURN_IF_ERROR(CheckHeld(before));
  Account account = Play(before, payment.paid_on);
  // Tells what is owed with the interest up to this day.
  account.Pay(payment.paid_on, 0);
  if (payment.amount_fen > account.principal() + account.interest()) {
    return Refuse(kFailedPrecondition, "OVERPAID",
                  absl::StrCat("only ", account.principal() + account.interest(), " fen are owed on that day"),
                  "amount_fen");
  }
  const int64_t interest = account.Pay(payment.paid_on, payment.amount_fen);
  policy::Decision decision = JudgeInterest(before, payment.paid_on);
  decision.subject = absl::StrCat(before.postings.size() + 1);
  decision.amount_fen = interest;
  Mortgage after = before;
  policy::Keep(after.decisions, std::move(decision));
  after.interest_paid_fen += interest;
  after.principal_paid_fen += payment.amount_fen - interest;
  if (after.principal_paid_fen == after.principal_fen) after.state = MortgageState::kRepaid;
  return Take(before, std::move(after),
              {.act = FundsAct::kRepayMortgage,
               .amount_fen = payment.amount_fen,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference,
               .source = payment.source,
               .interest_fen = interest});
}

absl::StatusOr<Booked<Mortgage>> ReverseMortgagePosting(const Mortgage& before, int32_t posting_no,
                                                        const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  ASSIGN_OR_RETURN(const Posting* posting, FindReversible(before.postings, posting_no, act));
  Mortgage after = before;
  if (posting->act == FundsAct::kBuyBackMortgage) {
    after.state = MortgageState::kProposed;
    after.approved_by.clear();
    after.bought_on.reset();
    after.free_until.reset();
    after.instalments = after.rate_bp = 0;
    after.plan = RepaymentPlan::kUnspecified;
  } else {
    after.state = MortgageState::kHeld;
    after.interest_paid_fen -= posting->interest_fen;
    after.principal_paid_fen -= posting->amount_fen - posting->interest_fen;
  }
  return BookReversal(std::move(after), posting_no, JournalOf(before, *posting), reason, act);
}

absl::StatusOr<MortgageTerms> MortgageTermsOn(roots::Session& session, const std::string& division, Date day) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, division));
  const policy::InForce policy = PolicyOn(*books, day);
  const int64_t year = policy[kMortgagesOfYear];
  return MortgageTerms{.taken_from = Date(year, 1, 1),
                       .taken_until = Date(year, 12, 31),
                       .free_years = static_cast<int32_t>(policy[kMortgageFreeYears]),
                       .instalments = static_cast<int32_t>(policy[kMortgageInstalments]),
                       .bought_by = policy.Use({kMortgagesOfYear}),
                       .repaid_by = policy.Use({kMortgageFreeYears, kMortgageInstalments})};
}

absl::StatusOr<Mortgage> ProposeMortgage(roots::Session& session, const Case& relocation,
                                         const MortgageRequest& request, const Act& act) {
  ASSIGN_OR_RETURN(const std::optional<Mortgage> before, session.Find<Mortgage>(relocation.key));
  ASSIGN_OR_RETURN(const MortgageTerms terms, MortgageTermsOn(session, relocation.Division(), act.on));
  ASSIGN_OR_RETURN(Mortgage after, ProposeMortgage(before, relocation, request, terms, act));
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalMortgageFlow(), after.Division(), act.on));
  ASSIGN_OR_RETURN(after.approvals, approval::Propose(std::move(after.approvals), flow, after.principal_fen, act));
  session.Put(after);
  return after;
}

absl::StatusOr<Mortgage> DecideMortgage(roots::Session& session, const Mortgage& before, const approval::Ruling& ruling,
                                        const Act& act) {
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalMortgageFlow(), before.Division(), act.on));
  ASSIGN_OR_RETURN(Mortgage after, DecideMortgage(before, flow, ruling, act));
  session.Put(after);
  return after;
}

absl::StatusOr<Mortgage> BuyBackMortgage(roots::Session& session, const Mortgage& before, const BankPayment& payment,
                                         const std::string& step, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  Mortgage approved = before;
  if (!approval::IsApproved(before.approvals)) {
    ASSIGN_OR_RETURN(approved,
                     DecideMortgage(session, before, {.verdict = approval::Verdict::kApprove, .step = step}, act));
  }
  ASSIGN_OR_RETURN(const MortgageTerms terms, MortgageTermsOn(session, before.division, payment.paid_on));
  ASSIGN_OR_RETURN(Booked<Mortgage> booked, BuyBackMortgage(approved, payment, terms, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Mortgage> FindMortgage(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Mortgage> found, session.Get<Mortgage>(id));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "MORTGAGE_NOT_FOUND", "there is no mortgage with this id", "id");
}

}  // namespace anju::relocation
