#include "services/relocation/domain/mortgage.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "services/platform/ledger/books.h"
#include "services/relocation/domain/chart.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

const MortgageTerms kTerms{
    .taken_from = Date(2016, 1, 1), .taken_until = Date(2016, 12, 31), .free_years = 5, .instalments = 5};
const Date kBought(2018, 3, 1);
const Date kFree(2023, 3, 1);

Case Moved() {
  Case relocation{.id = "c", .key = "450328/county/c1", .household_id = "h", .state = CaseState::kMovedIn};
  relocation.steps = {.declared_on = Date(2016, 2, 10), .moved_in_on = Date(2016, 11, 28)};
  relocation.household.residences = {{.since = Date(2016, 1, 1), .village = "450328101202"}};
  return relocation;
}

Act On(Date day, const std::string& by = "li") { return {.by = by, .on = day}; }

HouseholdPayment Paying(int64_t fen, Date on, MoneySource source = MoneySource::kOwn) {
  return {.amount_fen = fen, .source = source, .bank_reference = "b", .paid_on = on};
}

Mortgage Proposed(int64_t principal_fen) {
  Mortgage mortgage = *ProposeMortgage(
      std::nullopt, Moved(),
      {.bank = "样例银行", .contract_no = "m1", .principal_fen = principal_fen, .taken_on = Date(2016, 6, 1)}, kTerms,
      On(kBought));
  mortgage.id = "m";
  return mortgage;
}

absl::StatusOr<Mortgage> Decided(const Mortgage& mortgage, approval::Verdict verdict, const std::string& by = "wang") {
  return DecideMortgage(mortgage, NationalMortgageFlow(), {.verdict = verdict, .reason = "r"}, Approver(by, kBought));
}
Mortgage Approved(int64_t principal_fen) { return *Decided(Proposed(principal_fen), approval::Verdict::kApprove); }

Mortgage Held(int64_t principal_fen, int32_t rate_bp = 0) {
  Mortgage held =
      BuyBackMortgage(Approved(principal_fen), {.bank_reference = "b", .paid_on = kBought}, kTerms, On(kBought, "wang"))
          ->after;
  if (rate_bp == 0) return held;
  return *ChooseRepaymentPlan(held, {.plan = RepaymentPlan::kInstalments, .rate_bp = rate_bp}, On(kFree));
}

TEST(MortgageTest, AScheduleComesToThePrincipal) {
  EXPECT_THAT(Schedule(100'000'00, kFree, 1, 0),
              ElementsAre(Instalment{.number = 1, .due_on = kFree, .principal_fen = 100'000'00}));
  const std::vector<Instalment> schedule = Schedule(100'000'03, kFree, 5, 4'75);
  EXPECT_THAT(
      schedule,
      ElementsAre(
          Instalment{.number = 1, .due_on = Date(2024, 3, 1), .principal_fen = 2000001, .interest_fen = 475000},
          Instalment{.number = 2, .due_on = Date(2025, 3, 1), .principal_fen = 2000000, .interest_fen = 380000},
          Instalment{.number = 3, .due_on = Date(2026, 3, 1), .principal_fen = 2000001, .interest_fen = 285000},
          Instalment{.number = 4, .due_on = Date(2027, 3, 1), .principal_fen = 2000000, .interest_fen = 190000},
          Instalment{.number = 5, .due_on = Date(2028, 3, 1), .principal_fen = 2000001, .interest_fen = 95000}));
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 1000; ++round) {
    const int64_t principal = std::uniform_int_distribution<int64_t>(1, kLargestMortgage)(random);
    int64_t sum = 0;
    for (const Instalment& instalment : Schedule(principal, kFree, 5, 4'35)) {
      EXPECT_GE(instalment.principal_fen, 0);
      sum += instalment.principal_fen;
    }
    EXPECT_EQ(sum, principal);
  }
}

TEST(MortgageTest, TheDayItEndsMayBeNone) {
  EXPECT_EQ(Schedule(100, Date(2020, 2, 29), 5, 100)[0].due_on, Date(2021, 3, 1));
}

TEST(MortgageTest, MortgagesOf2016AreBoughtBack) {
  const MortgageRequest request{
      .bank = "样例银行", .contract_no = "m1", .principal_fen = 1, .taken_on = Date(2016, 6, 1)};
  const auto propose = [&](MortgageRequest changed, const Case& relocation = Moved(),
                           std::optional<Mortgage> before = std::nullopt) {
    return ProposeMortgage(before, relocation, changed, kTerms, On(kBought));
  };
  EXPECT_TRUE(propose(request).ok());
  MortgageRequest wrong = request;
  wrong.principal_fen = 0;
  wrong.taken_on = Date(2015, 12, 31);
  EXPECT_THAT(propose(wrong, Case()), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  wrong.principal_fen = kLargestMortgage + 1;
  EXPECT_THAT(propose(wrong, Case()), RefusedWith(kInvalidArgument, "MORTGAGE_TOO_LARGE"));
  wrong.principal_fen = kLargestMortgage;
  EXPECT_THAT(propose(wrong, Case(), Held(1)), RefusedWith(kFailedPrecondition, "CASE_NOT_MOVED_IN"));
  EXPECT_THAT(propose(wrong, Moved(), Held(1)), RefusedWith(kFailedPrecondition, "MORTGAGE_OUT_OF_TIME"));
  wrong.taken_on = Date(2017, 1, 1);
  EXPECT_THAT(propose(wrong), RefusedWith(kFailedPrecondition, "MORTGAGE_OUT_OF_TIME"));
  EXPECT_THAT(propose(request, Moved(), Held(1)), RefusedWith(kFailedPrecondition, "MORTGAGE_HELD"));
}

TEST(MortgageTest, TwoPersonsBuyBack) {
  const BankPayment payment{.bank_reference = "b", .paid_on = kBought};
  EXPECT_THAT(Decided(Proposed(1), approval::Verdict::kApprove, "li"),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Decided(Approved(1), approval::Verdict::kReject), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  EXPECT_THAT(Decided(Held(1), approval::Verdict::kApprove), RefusedWith(kFailedPrecondition, "MORTGAGE_NOT_PROPOSED"));
  const Mortgage rejected = *Decided(Proposed(1), approval::Verdict::kReject);
  EXPECT_THAT(BuyBackMortgage(rejected, payment, kTerms, On(kBought)),
              RefusedWith(kFailedPrecondition, "MORTGAGE_NOT_APPROVED"));
  EXPECT_THAT(BuyBackMortgage(Approved(1), payment, kTerms, On(kBought)),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(BuyBackMortgage(Held(1), payment, kTerms, On(kBought)),
              RefusedWith(kFailedPrecondition, "MORTGAGE_NOT_PROPOSED"));
  EXPECT_THAT(
      BuyBackMortgage(Approved(1), {.bank_reference = "b", .paid_on = Date(2016, 5, 31)}, kTerms, On(kBought, "zhao")),
      RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  // Who approved it stands there, whoever pays the bank.
  EXPECT_EQ(BuyBackMortgage(Approved(1), payment, kTerms, On(kBought, "zhao"))->after.approved_by, "wang");
  const Mortgage held = Held(100'000'00);
  EXPECT_EQ(held.free_until, kFree);
  EXPECT_EQ(held.plan, RepaymentPlan::kAtOnce);
}

TEST(MortgageTest, ThePlanIsChosenInTime) {
  const Mortgage held = Held(100);
  const auto choose = [&](const Mortgage& mortgage, RepaymentPlan plan, int32_t rate, Date on) {
    return ReasonOf(ChooseRepaymentPlan(mortgage, {.plan = plan, .rate_bp = rate}, On(on)).status());
  };
  EXPECT_EQ(choose(Proposed(1), RepaymentPlan::kInstalments, 0, kFree + 1), "MORTGAGE_NOT_HELD");
  EXPECT_EQ(choose(held, RepaymentPlan::kInstalments, 0, kFree + 1), "RATE_OUT_OF_RANGE");
  EXPECT_EQ(choose(held, RepaymentPlan::kInstalments, kHighestRate + 1, kFree), "RATE_OUT_OF_RANGE");
  EXPECT_EQ(choose(held, RepaymentPlan::kAtOnce, 1, kFree), "RATE_OUT_OF_RANGE");
  EXPECT_EQ(choose(held, RepaymentPlan::kInstalments, 1, kFree + 1), "PLAN_FIXED");
  EXPECT_EQ(choose(held, RepaymentPlan::kInstalments, kHighestRate, kFree), "");
  EXPECT_EQ(choose(held, RepaymentPlan::kAtOnce, 0, kFree), "");
}

TEST(MortgageTest, AtOnceThereIsNeverInterest) {
  const Mortgage held = Held(100'000'00);
  EXPECT_EQ(NextDue(held), kFree);
  EXPECT_EQ(StandingOn(held, kFree - 1).overdue_fen(), 0);
  EXPECT_EQ(StandingOn(held, kFree).overdue_fen(), 100'000'00);
  EXPECT_EQ(StandingOn(held, Date(2030, 1, 1)).overdue_fen(), 100'000'00);
  const Mortgage part = RepayMortgage(held, Paying(40'000'00, Date(2020, 1, 1)), On(Date(2020, 1, 1)))->after;
  EXPECT_EQ(StandingOn(part, kFree).overdue_fen(), 60'000'00);
  EXPECT_EQ(StandingOn(part, Date(2019, 12, 31)).principal_fen, 100'000'00);
  const auto repaid = RepayMortgage(part, Paying(60'000'00, Date(2025, 1, 1)), On(Date(2025, 1, 1)));
  ASSERT_TRUE(repaid.ok());
  EXPECT_EQ(repaid->after.state, MortgageState::kRepaid);
  EXPECT_EQ(repaid->after.interest_paid_fen, 0);
  EXPECT_EQ(NextDue(repaid->after), std::nullopt);
}

TEST(MortgageTest, InstalmentsArePaidWithTheInterestOfTheYear) {
  Mortgage mortgage = Held(100'000'00, 5'00);
  EXPECT_EQ(NextDue(mortgage), Date(2024, 3, 1));
  for (int year = 1; year <= 5; ++year) {
    const Date due(2023 + year, 3, 1);
    const int64_t interest = (6 - year) * 1'000'00;
    EXPECT_EQ(NextDue(mortgage), due);
    EXPECT_EQ(StandingOn(mortgage, due - 1).overdue_fen(), 0);
    EXPECT_EQ(StandingOn(mortgage, due).overdue_fen(), 20'000'00 + interest);
    const auto paid = RepayMortgage(mortgage, Paying(20'000'00 + interest, due), On(due));
    ASSERT_TRUE(paid.ok()) << paid.status();
    EXPECT_EQ(paid->after.postings.back().interest_fen, interest);
    mortgage = paid->after;
    EXPECT_EQ(StandingOn(mortgage, due).overdue_fen(), 0);
  }
  EXPECT_EQ(mortgage.state, MortgageState::kRepaid);
  EXPECT_EQ(mortgage.interest_paid_fen, 15'000'00);
}

TEST(MortgageTest, EarlyPaymentsSaveInterestAndShortenTheEnd) {
  // Half of it before interest runs, so that the instalments are half as large.
  Mortgage mortgage = *ChooseRepaymentPlan(RepayMortgage(Held(100'000'00), Paying(50'000'00, kFree), On(kFree))->after,
                                           {.plan = RepaymentPlan::kInstalments, .rate_bp = 5'00}, On(kFree));
  EXPECT_EQ(ScheduleOf(mortgage)[0].principal_fen, 10'000'00);
  EXPECT_EQ(ScheduleOf(mortgage)[0].interest_fen, 2'500'00);
  // 183 of 366 days: half a year's interest first, the rest is principal.
  const Date half(2023, 8, 31);
  ASSERT_EQ(half - kFree, 183);
  const auto early = RepayMortgage(mortgage, Paying(21'250'00, half), On(half));
  EXPECT_EQ(early->after.postings.back().interest_fen, 1'250'00);
  mortgage = early->after;
  // Two instalments are paid, a year's interest on what is left is not.
  EXPECT_EQ(NextDue(mortgage), Date(2024, 3, 1));
  EXPECT_EQ(StandingOn(mortgage, Date(2024, 3, 1)).overdue_principal_fen, 0);
  EXPECT_EQ(StandingOn(mortgage, Date(2024, 3, 1)).interest_fen, 750'00);
  const auto rest = RepayMortgage(mortgage, Paying(30'750'00, Date(2024, 3, 1)), On(Date(2024, 3, 1)));
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->after.state, MortgageState::kRepaid);
}

TEST(MortgageTest, RefusesRepayments) {
  const Mortgage mortgage = Held(100'000'00, 5'00);
  const Date half(2023, 8, 31);
  EXPECT_THAT(RepayMortgage(mortgage, Paying(0, half), On(half)), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  EXPECT_THAT(RepayMortgage(Proposed(1), Paying(1, half, MoneySource::kLoan), On(half)),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  EXPECT_THAT(RepayMortgage(Proposed(1), Paying(1, half), On(half)),
              RefusedWith(kFailedPrecondition, "MORTGAGE_NOT_HELD"));
  EXPECT_THAT(RepayMortgage(mortgage, Paying(102'500'01, half), On(half)),
              RefusedWith(kFailedPrecondition, "OVERPAID"));
  EXPECT_THAT(RepayMortgage(mortgage, Paying(1, half), On(half - 1)), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  EXPECT_EQ(RepayMortgage(mortgage, Paying(102'500'00, half), On(half))->after.state, MortgageState::kRepaid);
}

// Any payments and reversals in any order: what was posted is what the mortgage says, the interest of a year is never
// more than a year's interest on what was owed, and reversing everything leaves nothing.
TEST(MortgageTest, NoFenIsEverLost) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random); };
  for (int round = 0; round < 200; ++round) {
    const int64_t principal = pick(1, 200'000'00);
    Mortgage at = Approved(principal);
    ledger::Balances posted;
    const auto take = [&](const absl::StatusOr<Booked<Mortgage>>& booked) {
      if (!booked.ok()) return false;
      ledger::Journal journal = booked->journal;
      journal.record_id = "m";
      journal.id = ledger::Id("m", booked->after.postings.back().posting_no);
      EXPECT_TRUE(ledger::Check(journal).ok()) << ledger::Check(journal);
      ledger::Add(journal, posted);
      at = booked->after;
      EXPECT_EQ(posted, Balances(at));
      return true;
    };
    ASSERT_TRUE(take(BuyBackMortgage(at, {.bank_reference = "b", .paid_on = kBought}, kTerms, On(kBought, "wang"))));
    if (pick(0, 2) > 0) {
      at = *ChooseRepaymentPlan(
          at, {.plan = RepaymentPlan::kInstalments, .rate_bp = static_cast<int32_t>(pick(1, kHighestRate))},
          On(kBought));
    }
    Date day = kBought;
    for (int step = 0; step < 30; ++step) {
      day += pick(0, 200);
      if (pick(0, 5) == 0) {
        take(ReverseMortgagePosting(at, static_cast<int32_t>(pick(2, 30)), "r", On(day, "chen")));
      } else {
        take(RepayMortgage(at, Paying(pick(1, principal), day), On(day)));
      }
      const Standing standing = StandingOn(at, day);
      ASSERT_EQ(standing.principal_fen, at.principal_fen - at.principal_paid_fen);
      ASSERT_GE(standing.interest_fen, 0);
      ASSERT_LE(standing.overdue_principal_fen, standing.principal_fen);
      ASSERT_EQ(NextDue(at).has_value(), at.state == MortgageState::kHeld);
    }
    for (auto number = static_cast<int32_t>(at.postings.size()); number > 0; --number) {
      if (!at.postings[number - 1].Stands()) continue;
      ASSERT_TRUE(take(ReverseMortgagePosting(at, number, "r", On(day, "chen"))));
    }
    ASSERT_TRUE(posted.empty());
    ASSERT_EQ(at.state, MortgageState::kProposed);
  }
}

class MortgageStoreTest : public Resettlement {};

TEST_P(MortgageStoreTest, CountsPostsAndWaits) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  ledger::Books books(stand.store, FundsChart());
  const auto change = [&](auto step) { return stand.store.Change({.subject = "li"}, step); };
  ASSERT_TRUE(
      change([&](roots::Session& session) -> absl::Status {
        ASSIGN_OR_RETURN(const Case relocation, FindCaseNamed(session, stand.batch.Key("c1")));
        return ProposeMortgage(
                   session, relocation,
                   {.bank = "样例银行", .contract_no = "m1", .principal_fen = 80'000'00, .taken_on = Date(2016, 6, 1)},
                   On(Date(2018, 9, 1)))
            .status();
      }).ok());
  const auto step = [&](auto rule) {
    return change([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Mortgage> before, session.Find<Mortgage>(stand.batch.Key("c1")));
      ASSIGN_OR_RETURN(Booked<Mortgage> booked, rule(session, *before));
      return Keep(session, std::move(booked)).status();
    });
  };
  const Date today(2018, 11, 1);
  ASSERT_TRUE(change([&](roots::Session& session) -> absl::Status {
                ASSIGN_OR_RETURN(const std::optional<Mortgage> before, session.Find<Mortgage>(stand.batch.Key("c1")));
                return BuyBackMortgage(session, *before, {.bank_reference = "b", .paid_on = Date(2018, 9, 10)}, "",
                                       Approver("wang", today))
                    .status();
              }).ok());
  ASSERT_TRUE(step([&](roots::Session&, const Mortgage& before) {
                return RepayMortgage(before, Paying(30'000'00, Date(2018, 10, 8)), On(today));
              }).ok());
  EXPECT_EQ(Figure("mortgage_balance", kVillage, "2018-09"), 80'000'00);
  EXPECT_EQ(Figure("mortgage_balance", "45", "2018-10"), 50'000'00);
  EXPECT_EQ(books.Balance(kMortgages, std::nullopt, "45", Date(2018, 9, 30))->Balance(), 80'000'00);
  EXPECT_EQ(books.Balance(kMortgages, std::nullopt, "45", Date(2018, 10, 31))->Balance(), 50'000'00);
  EXPECT_THAT(books.Check()->discrepancies, IsEmpty());
  EXPECT_THAT(stand.Recount(), IsEmpty());
  const auto waiting = [&](Date until) {
    return stand.store.Queue(kMortgagesDue, "4503", until, "", 10)->roots.size();
  };
  EXPECT_EQ(waiting(Date(2023, 9, 9)), 0);
  EXPECT_EQ(waiting(Date(2023, 9, 10)), 1);
  ASSERT_TRUE(step([&](roots::Session&, const Mortgage& before) {
                return RepayMortgage(before, Paying(50'000'00, today), On(today));
              }).ok());
  EXPECT_EQ(waiting(Date(2099, 1, 1)), 0);
  EXPECT_EQ(Figure("mortgage_balance", "45", "2018-11"), 0);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, MortgageStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
