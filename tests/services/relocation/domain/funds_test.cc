#include "services/relocation/domain/funds.h"

#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/homes.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

const FundsTerms kTerms{.subsidy_per_person_fen = 20'000'00,
                        .deposit_fen = 10'000'00,
                        .used = {{.name = "subsidy_per_person_fen", .version = "1", .value = 20'000'00}}};
const Date kToday(2018, 11, 1);
const Act kLi{.by = "li", .on = kToday};
const Act kWang{.by = "wang", .on = kToday};

Unit Home(int64_t cost_price_fen = 126'000'00) {
  return {.id = "u", .key = "450328/county/u1", .site_key = "450328/county/s1", .cost_price_fen = cost_price_fen};
}

// Of a household of three that has moved in.
Case Moved() {
  Case relocation{.id = "c", .key = "450328/county/c1", .household_id = "h", .state = CaseState::kMovedIn};
  relocation.steps = {.declared_on = Date(2016, 2, 10),
                      .verified_on = Date(2016, 3, 1),
                      .approved_on = Date(2016, 4, 1),
                      .allotted_on = Date(2018, 6, 1),
                      .moved_in_on = Date(2018, 7, 28)};
  relocation.site_key = Home().site_key;
  relocation.unit_key = Home().key;
  relocation.household.id = "h";
  relocation.household.residences = {{.since = Date(2016, 1, 1), .village = "450328101202"}};
  for (const char* person : {"p1", "p2", "p3"}) {
    relocation.household.persons.push_back({.person_no = person, .joined_on = Date(2016, 1, 1)});
  }
  return relocation;
}

Case Ended() {
  Case relocation = Moved();
  relocation.steps.allotted_on.reset();
  relocation.steps.moved_in_on.reset();
  relocation.steps.withdrawn_on = Date(2018, 5, 1);
  return relocation;
}

HouseholdPayment Paying(int64_t fen, MoneySource source = MoneySource::kOwn, Date on = kToday) {
  return {.amount_fen = fen, .source = source, .bank_reference = "b1", .paid_on = on};
}

// A settlement as the acts make it, each with what it posted, held against what the settlement says.
class Money {
 public:
  Money() { at.id = "s"; }

  bool Take(const absl::StatusOr<Booked<Settlement>>& booked) {
    if (!booked.ok()) {
      refused = booked.status();
      return false;
    }
    ledger::Journal journal = booked->journal;
    journal.record_id = "s";
    journal.id = ledger::Id("s", booked->after.postings.back().posting_no);
    EXPECT_TRUE(ledger::Check(journal).ok()) << ledger::Check(journal);
    ledger::Add(journal, posted);
    journals.push_back(std::move(journal));
    at = booked->after;
    EXPECT_EQ(posted, Balances(at)) << "after posting " << at.postings.size();
    return true;
  }

  Settlement at = Open(Moved());
  ledger::Balances posted;
  std::vector<ledger::Journal> journals;
  absl::Status refused;
};

int64_t Of(const ledger::Balances& balances, const ledger::Account& account, const std::string& party = "") {
  auto found = balances.find({std::string(account.code), party});
  return found == balances.end() ? 0 : found->second;
}

// How far the money of a case has come.
enum class Stage { kNew, kProposed, kGranted, kPaid, kDeposited, kWithheld, kTitleBegun, kTitlePaid, kSettled };

Settlement Reach(Stage stage) {
  Money money;
  if (stage >= Stage::kProposed) money.at = *ProposeSubsidy(money.at, Moved(), kTerms, kLi);
  if (stage >= Stage::kGranted) money.Take(GrantSubsidy(money.at, kWang));
  if (stage >= Stage::kPaid) money.Take(PaySubsidy(money.at, Moved(), "b0", kToday, kLi));
  if (stage >= Stage::kDeposited) money.Take(ReceiveDeposit(money.at, Moved(), Paying(10'000'00), kTerms, kLi));
  if (stage == Stage::kWithheld) money.Take(WithholdDeposit(money.at, 1, kLi));
  if (stage >= Stage::kTitleBegun) money.Take(PayTitle(money.at, Moved(), Home(), Paying(6'000'00), kLi));
  if (stage >= Stage::kTitlePaid) money.Take(PayTitle(money.at, Moved(), Home(), Paying(50'000'00), kLi));
  if (stage >= Stage::kSettled) money.Take(SettleTitle(money.at, Moved(), Home(), kToday, kLi));
  return money.at;
}

// The whole of it: every act at every stage.
TEST(FundsTest, EveryActAtEveryStage) {
  constexpr char OK[] = "", SG[] = "SUBSIDY_GRANTED", NP[] = "SUBSIDY_NOT_PROPOSED", NG[] = "SUBSIDY_NOT_GRANTED",
                 DL[] = "DEPOSIT_TOO_LARGE", ND[] = "NO_DEPOSIT", NW[] = "DEPOSIT_NOT_WITHHELD",
                 DW[] = "DEPOSIT_WITHHELD", SN[] = "DEPOSIT_STILL_NEEDED", TS[] = "TITLE_SETTLED",
                 US[] = "SUBSIDY_NOT_PAID", PN[] = "PRICE_NOT_PAID", PE[] = "PRICE_EXCEEDED";
  struct Verb {
    std::string name;
    std::function<absl::Status(const Settlement&)> act;
  };
  const Verb verbs[] = {
      {"propose", [](const Settlement& s) { return ProposeSubsidy(s, Moved(), kTerms, kLi).status(); }},
      {"grant", [](const Settlement& s) { return GrantSubsidy(s, kWang).status(); }},
      {"pay", [](const Settlement& s) { return PaySubsidy(s, Moved(), "b", kToday, kLi).status(); }},
      {"receive", [](const Settlement& s) { return ReceiveDeposit(s, Moved(), Paying(1), kTerms, kLi).status(); }},
      {"withhold", [](const Settlement& s) { return WithholdDeposit(s, 1, kLi).status(); }},
      {"release", [](const Settlement& s) { return ReleaseDeposit(s, true, kLi).status(); }},
      {"return", [](const Settlement& s) { return ReturnDeposit(s, Moved(), "b", kToday, kLi).status(); }},
      {"title", [](const Settlement& s) { return PayTitle(s, Moved(), Home(), Paying(1), kLi).status(); }},
      {"settle", [](const Settlement& s) { return SettleTitle(s, Moved(), Home(), kToday, kLi).status(); }},
  };
  // clang-format off
  const struct {
    Stage stage;
    absl::string_view expected[9];
  } table[] = {
      //                   propose grant pay receive withhold release return title settle
      {Stage::kNew,        {OK, NP, NG, OK, ND, NW, ND, OK, PN}},
      {Stage::kProposed,   {OK, OK, NG, OK, ND, NW, ND, US, US}},
      {Stage::kGranted,    {SG, NP, OK, OK, ND, NW, ND, US, US}},
      {Stage::kPaid,       {SG, NP, NG, OK, ND, NW, ND, OK, PN}},
      {Stage::kDeposited,  {SG, NP, NG, DL, OK, NW, SN, OK, PN}},
      {Stage::kWithheld,   {SG, NP, NG, DW, DW, OK, DW, OK, DW}},
      {Stage::kTitleBegun, {SG, NP, NG, DL, OK, NW, SN, OK, PN}},
      {Stage::kTitlePaid,  {SG, NP, NG, DL, OK, NW, SN, PE, OK}},
      {Stage::kSettled,    {SG, NP, NG, TS, ND, NW, ND, TS, TS}},
  };
  // clang-format on
  for (const auto& row : table) {
    const Settlement at = Reach(row.stage);
    for (size_t v = 0; v < std::size(verbs); ++v) {
      const absl::Status status = verbs[v].act(at);
      EXPECT_EQ(ReasonOf(status), row.expected[v]) << verbs[v].name << " at " << static_cast<int>(row.stage);
      EXPECT_EQ(status.ok(), row.expected[v].empty()) << status;
    }
  }
}

TEST(FundsTest, ASubsidyIsForThoseWhoBelongedToTheHousehold) {
  Case relocation = Moved();
  relocation.household.persons[2].left_on = Date(2018, 5, 1);
  const auto allotted = ProposeSubsidy(Open(relocation), relocation, kTerms, kLi);
  EXPECT_EQ(allotted->subsidy.persons, 2);
  EXPECT_EQ(allotted->subsidy.amount_fen, 40'000'00);
  EXPECT_EQ(allotted->subsidy.counted_on, Date(2018, 6, 1));
  relocation.steps.allotted_on.reset();
  EXPECT_EQ(ProposeSubsidy(Open(relocation), relocation, kTerms, kLi)->subsidy.persons, 3);
  relocation.household.persons.clear();
  EXPECT_THAT(ProposeSubsidy(Open(relocation), relocation, kTerms, kLi),
              RefusedWith(kFailedPrecondition, "NO_PERSONS"));
  relocation.steps.approved_on.reset();
  EXPECT_THAT(ProposeSubsidy(Open(relocation), relocation, kTerms, kLi),
              RefusedWith(kFailedPrecondition, "CASE_NOT_APPROVED"));
  EXPECT_THAT(ProposeSubsidy(Open(Ended()), Ended(), kTerms, kLi), RefusedWith(kFailedPrecondition, "CASE_ENDED"));
}

TEST(FundsTest, OthersDecideOnASubsidy) {
  const approval::Flow& flow = NationalSubsidyFlow();
  const Settlement proposed = Reach(Stage::kProposed);
  const approval::Ruling approving{.verdict = approval::Verdict::kApprove};
  EXPECT_THAT(DecideSubsidy(Reach(Stage::kNew), flow, approving, kLi),
              RefusedWith(kFailedPrecondition, "SUBSIDY_NOT_PROPOSED"));
  Settlement begun = proposed;
  begun.title_paid_fen = 1;
  EXPECT_THAT(DecideSubsidy(begun, flow, approving, kLi), RefusedWith(kFailedPrecondition, "TITLE_BEGUN"));
  EXPECT_THAT(DecideSubsidy(proposed, flow, approving, kLi), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  EXPECT_THAT(DecideSubsidy(proposed, flow, approving, Approver("li", kToday)),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  const auto granted = DecideSubsidy(proposed, flow, approving, Approver("wang", kToday));
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->after.subsidy.granted_by, "wang");
  EXPECT_FALSE(granted->journal.entries.empty());
  // What is rejected is no subsidy any more, and the title can be paid for without it.
  const auto rejected = DecideSubsidy(proposed, flow, {.verdict = approval::Verdict::kReject, .reason = "重复"},
                                      Approver("wang", kToday));
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_TRUE(rejected->journal.entries.empty());
  EXPECT_EQ(rejected->after.subsidy, PersonalSubsidy());
  EXPECT_EQ(rejected->after.decisions.back().reason, "SUBSIDY_DROPPED");
  EXPECT_EQ(rejected->after.decisions.back().amount_fen, 0);
  EXPECT_EQ(rejected->after.approvals.back().amount_fen, 60'000'00);
  EXPECT_TRUE(PayTitle(rejected->after, Moved(), Home(), Paying(1), kLi).ok());
}

TEST(FundsTest, ASubsidyIsPaidToTheContractorOfASite) {
  const Settlement granted = Reach(Stage::kGranted);
  Case relocation = Moved();
  relocation.site_key.clear();
  EXPECT_THAT(PaySubsidy(granted, relocation, "b", kToday, kLi), RefusedWith(kFailedPrecondition, "SITE_UNKNOWN"));
  relocation.steps.allotted_on.reset();
  relocation.steps.approved_on.reset();
  EXPECT_THAT(PaySubsidy(granted, relocation, "b", kToday, kLi), RefusedWith(kFailedPrecondition, "CASE_NOT_APPROVED"));
  EXPECT_THAT(PaySubsidy(granted, Ended(), "b", kToday, kLi), RefusedWith(kFailedPrecondition, "CASE_ENDED"));
  EXPECT_THAT(PaySubsidy(granted, Moved(), "b", Date(2018, 10, 31), kLi),
              RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  EXPECT_THAT(PaySubsidy(granted, Moved(), "b", kToday + 1, kLi), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  EXPECT_EQ(Of(Balances(Reach(Stage::kPaid)), kContractor, Home().site_key), 60'000'00);
}

TEST(FundsTest, NoHouseholdBorrowsToMove) {
  const Settlement paid = Reach(Stage::kPaid);
  EXPECT_THAT(ReceiveDeposit(paid, Ended(), Paying(1, MoneySource::kLoan), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  EXPECT_THAT(PayTitle(paid, Moved(), Home(), Paying(1, MoneySource::kLoan), kLi),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  EXPECT_THAT(PayTitle(paid, Moved(), Home(), Paying(0, MoneySource::kLoan), kLi),
              RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  EXPECT_TRUE(PayTitle(paid, Moved(), Home(), Paying(1, MoneySource::kAid), kLi).ok());
}

TEST(FundsTest, ADepositIsWhatThePolicySays) {
  const Settlement paid = Reach(Stage::kPaid);
  EXPECT_THAT(ReceiveDeposit(paid, Moved(), Paying(10'000'01), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "DEPOSIT_TOO_LARGE"));
  const auto part = ReceiveDeposit(paid, Moved(), Paying(4'000'00), kTerms, kLi);
  ASSERT_TRUE(part.ok());
  EXPECT_THAT(ReceiveDeposit(part->after, Moved(), Paying(6'000'01), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "DEPOSIT_TOO_LARGE"));
  EXPECT_EQ(ReceiveDeposit(part->after, Moved(), Paying(6'000'00), kTerms, kLi)->after.deposit_fen, 10'000'00);
  EXPECT_THAT(ReceiveDeposit(paid, Ended(), Paying(1), kTerms, kLi), RefusedWith(kFailedPrecondition, "CASE_ENDED"));
}

TEST(FundsTest, ADepositIsWithheldWhileTheOldHouseStandsTooLong) {
  const Settlement deposited = Reach(Stage::kDeposited);
  EXPECT_THAT(WithholdDeposit(deposited, 0, kLi), RefusedWith(kFailedPrecondition, "OLD_HOUSE_NOT_OVERDUE"));
  const Settlement withheld = Reach(Stage::kWithheld);
  EXPECT_EQ(Of(Balances(withheld), kDepositsWithheld, withheld.key), -10'000'00);
  EXPECT_THAT(ReleaseDeposit(withheld, false, kLi), RefusedWith(kFailedPrecondition, "OLD_HOUSE_STANDS"));
  const auto released = ReleaseDeposit(withheld, true, kLi);
  ASSERT_TRUE(released.ok());
  EXPECT_EQ(Of(Balances(released->after), kDeposits, withheld.key), -10'000'00);
}

TEST(FundsTest, ADepositGoesBackWhenTheCaseEnds) {
  const Settlement deposited = Reach(Stage::kDeposited);
  const auto returned = ReturnDeposit(deposited, Ended(), "b9", kToday, kLi);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_EQ(returned->after.deposit_fen, 0);
  EXPECT_EQ(returned->after.postings.back().deposit_change_fen, -10'000'00);
}

TEST(FundsTest, ATitleCostsWhatSubsidiesAndDepositLeave) {
  const struct {
    int64_t cost, subsidy_used, deposit_used, price, subsidy_left, deposit_left;
  } table[] = {
      {126'000'00, 60'000'00, 10'000'00, 56'000'00, 0, 0},
      {70'000'00, 60'000'00, 10'000'00, 0, 0, 0},
      {70'000'01, 60'000'00, 10'000'00, 1, 0, 0},
      // Never below nothing: what is left of the deposit goes back, and of the subsidies to nobody.
      {69'999'99, 60'000'00, 9'999'99, 0, 0, 1},
      {60'000'00, 60'000'00, 0, 0, 0, 10'000'00},
      {50'000'00, 50'000'00, 0, 0, 10'000'00, 10'000'00},
      {1, 1, 0, 0, 59'999'99, 10'000'00},
  };
  for (const auto& row : table) {
    const auto quote = QuoteTitle(Reach(Stage::kDeposited), Home(row.cost));
    ASSERT_TRUE(quote.ok());
    EXPECT_EQ(quote->subsidy_used_fen, row.subsidy_used) << row.cost;
    EXPECT_EQ(quote->deposit_used_fen, row.deposit_used) << row.cost;
    EXPECT_EQ(quote->price_fen, row.price) << row.cost;
    EXPECT_EQ(quote->remaining_fen, row.price) << row.cost;
    EXPECT_EQ(quote->subsidy_left_fen, row.subsidy_left) << row.cost;
    EXPECT_EQ(quote->deposit_left_fen, row.deposit_left) << row.cost;
    EXPECT_EQ(quote->lines.size(), 6);
  }
  EXPECT_THAT(QuoteTitle(Reach(Stage::kDeposited), Home(0)), RefusedWith(kFailedPrecondition, "COST_PRICE_UNKNOWN"));
}

TEST(FundsTest, ACheapHomeGivesTheDepositBackAndTheSubsidyToNobody) {
  Money money;
  money.at = *ProposeSubsidy(money.at, Moved(), kTerms, kLi);
  ASSERT_TRUE(money.Take(GrantSubsidy(money.at, kWang)));
  ASSERT_TRUE(money.Take(PaySubsidy(money.at, Moved(), "b", kToday, kLi)));
  ASSERT_TRUE(money.Take(ReceiveDeposit(money.at, Moved(), Paying(10'000'00), kTerms, kLi)));
  ASSERT_TRUE(money.Take(SettleTitle(money.at, Moved(), Home(50'000'00), kToday, kLi)));
  EXPECT_EQ(Of(money.posted, kSubsidies, money.at.key), 50'000'00);
  EXPECT_EQ(Of(money.posted, kHomesSettled, Home().site_key), -50'000'00);
  EXPECT_EQ(money.at.deposit_fen, 10'000'00);
  EXPECT_EQ(QuoteTitle(money.at, Home(50'000'00))->deposit_left_fen, 10'000'00);
  ASSERT_TRUE(money.Take(ReturnDeposit(money.at, Moved(), "b", kToday, kLi)));
  EXPECT_EQ(Of(money.posted, kFund), -60'000'00);
}

TEST(FundsTest, ThePriceIsThatOfTheFirstPayment) {
  const Settlement begun = Reach(Stage::kTitleBegun);
  EXPECT_EQ(QuoteTitle(begun, Home(200'000'00))->cost_price_fen, 126'000'00);
  Unit other = Home();
  other.key = "450328/county/u2";
  EXPECT_THAT(PayTitle(begun, Moved(), other, Paying(1), kLi), RefusedWith(kFailedPrecondition, "UNIT_CHANGED"));
  EXPECT_THAT(SettleTitle(begun, Moved(), other, kToday, kLi), RefusedWith(kFailedPrecondition, "UNIT_CHANGED"));
  // What is paid already is not asked for again when a deposit comes later.
  Settlement paid = *ProposeSubsidy(Open(Moved()), Moved(), kTerms, kLi);
  paid = GrantSubsidy(paid, kWang)->after;
  paid = PaySubsidy(paid, Moved(), "b", kToday, kLi)->after;
  paid = PayTitle(paid, Moved(), Home(), Paying(66'000'00), kLi)->after;
  paid = ReceiveDeposit(paid, Moved(), Paying(10'000'00), kTerms, kLi)->after;
  EXPECT_EQ(QuoteTitle(paid, Home())->remaining_fen, 0);
  EXPECT_EQ(QuoteTitle(paid, Home())->deposit_left_fen, 10'000'00);
  EXPECT_TRUE(SettleTitle(paid, Moved(), Home(), kToday, kLi).ok());
  // Nor is what it pays made cheaper by a subsidy of afterwards.
  const Settlement early = PayTitle(Open(Moved()), Moved(), Home(), Paying(1), kLi)->after;
  EXPECT_THAT(ProposeSubsidy(early, Moved(), kTerms, kLi), RefusedWith(kFailedPrecondition, "TITLE_BEGUN"));
  Settlement proposed = Reach(Stage::kProposed);
  proposed.title_paid_fen = 1;
  EXPECT_THAT(GrantSubsidy(proposed, kWang), RefusedWith(kFailedPrecondition, "TITLE_BEGUN"));
}

TEST(FundsTest, AHomeIsPaidForByAHouseholdThatLivesInIt) {
  Case allotted = Moved();
  allotted.steps.moved_in_on.reset();
  EXPECT_THAT(PayTitle(Reach(Stage::kDeposited), allotted, Home(), Paying(1), kLi),
              RefusedWith(kFailedPrecondition, "CASE_NOT_MOVED_IN"));
  EXPECT_THAT(SettleTitle(Reach(Stage::kTitlePaid), allotted, Home(), kToday, kLi),
              RefusedWith(kFailedPrecondition, "CASE_NOT_MOVED_IN"));
}

TEST(FundsTest, OnlyTheLastPostingIsReversed) {
  const Settlement settled = Reach(Stage::kSettled);
  EXPECT_THAT(ReversePosting(settled, 0, false, "r", kWang), RefusedWith(kNotFound, "POSTING_NOT_FOUND"));
  EXPECT_THAT(ReversePosting(settled, 7, false, "r", kWang), RefusedWith(kNotFound, "POSTING_NOT_FOUND"));
  EXPECT_THAT(ReversePosting(settled, 5, false, "r", kWang), RefusedWith(kFailedPrecondition, "POSTING_NOT_LAST"));
  EXPECT_THAT(ReversePosting(settled, 6, true, "r", kLi), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(ReversePosting(settled, 6, true, "r", kWang), RefusedWith(kFailedPrecondition, "TITLE_ISSUED"));
  const auto reversed = ReversePosting(settled, 6, false, "算错", kWang);
  ASSERT_TRUE(reversed.ok()) << reversed.status();
  EXPECT_EQ(reversed->journal.reverses, ledger::Id("s", 6));
  EXPECT_EQ(reversed->after.deposit_fen, 10'000'00);
  EXPECT_THAT(ReversePosting(reversed->after, 6, false, "r", kWang),
              RefusedWith(kFailedPrecondition, "POSTING_REVERSED"));
  EXPECT_THAT(ReversePosting(reversed->after, 7, false, "r", kLi),
              RefusedWith(kFailedPrecondition, "POSTING_IS_REVERSAL"));
  // What was reversed can be done again.
  EXPECT_TRUE(SettleTitle(reversed->after, Moved(), Home(), kToday, kLi).ok());
}

TEST(FundsTest, AMonthOfPostingsIsBounded) {
  Settlement full = Reach(Stage::kPaid);
  full.postings.resize(kMostPostings, full.postings.back());
  EXPECT_THAT(ReceiveDeposit(full, Moved(), Paying(0), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "POSTINGS_TOO_MANY"));
}

// Any acts in any order: each journal comes to nothing, what was posted is what the settlement says, the fund has what
// came in less what went out, and at every date the books balance. Reversing everything leaves nothing.
TEST(FundsTest, NoFenIsEverLost) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random); };
  int settled = 0, reversed = 0;
  for (int round = 0; round < 300; ++round) {
    Money money;
    const Unit unit = Home(pick(0, 9) == 0 ? pick(1, 100) : pick(30'000'00, 150'000'00));
    int64_t in = 0, out = 0;
    Date day(2018, 8, 1);
    for (int step = 0; step < 40; ++step) {
      if (pick(0, 2) == 0) day += pick(0, 3);
      const Act li{.by = "li", .on = day}, wang{.by = "wang", .on = day};
      const auto quote = QuoteTitle(money.at, unit);
      const int64_t amount =
          pick(0, 3) == 0 ? pick(-5, 200'000'00) : std::min(quote->remaining_fen, pick(1, 60'000'00));
      switch (pick(0, 9)) {
        case 0:
          if (auto proposed = ProposeSubsidy(money.at, Moved(), kTerms, li); proposed.ok()) money.at = *proposed;
          break;
        case 1:
          money.Take(GrantSubsidy(money.at, wang));
          break;
        case 2:
          if (money.Take(PaySubsidy(money.at, Moved(), "b", day, li))) out += money.at.subsidy.amount_fen;
          break;
        case 3: {
          const int64_t deposit = pick(1, 10'000'00);
          if (money.Take(ReceiveDeposit(money.at, Moved(), Paying(deposit, MoneySource::kOwn, day), kTerms, li)))
            in += deposit;
          break;
        }
        case 4:
          money.Take(WithholdDeposit(money.at, pick(0, 1), li));
          break;
        case 5:
          money.Take(ReleaseDeposit(money.at, pick(0, 1) == 1, li));
          break;
        case 6: {
          const int64_t deposit = money.at.deposit_fen;
          if (money.Take(ReturnDeposit(money.at, pick(0, 4) == 0 ? Ended() : Moved(), "b", day, li))) out += deposit;
          break;
        }
        case 7:
          if (money.Take(PayTitle(money.at, Moved(), unit, Paying(amount, MoneySource::kOwn, day), li))) in += amount;
          break;
        case 8:
          if (money.Take(SettleTitle(money.at, Moved(), unit, day, li))) ++settled;
          break;
        default: {
          const int64_t fund = Of(money.posted, kFund);
          const auto number = static_cast<int32_t>(pick(0, static_cast<int64_t>(money.at.postings.size()) + 1));
          if (money.Take(ReversePosting(money.at, number, false, "r", {.by = "chen", .on = day}))) {
            ++reversed;
            in += Of(money.posted, kFund) - fund;
          }
        }
      }
      ASSERT_EQ(Of(money.posted, kFund), in - out) << round << " " << step;
      ASSERT_GE(money.at.deposit_fen, 0);
      ASSERT_GE(money.at.title_paid_fen, 0);
    }
    for (Date on(2018, 8, 1); on <= day; on += 7) {
      ledger::Balances until;
      for (const ledger::Journal& journal : money.journals) {
        if (journal.on <= on) ledger::Add(journal, until);
      }
      int64_t sum = 0;
      for (const auto& [account, balance] : until) sum += balance;
      ASSERT_EQ(sum, 0) << Format(on);
    }
    // A reversal is the exact opposite of what it names.
    for (const ledger::Journal& journal : money.journals) {
      if (journal.reverses.empty()) continue;
      const auto original = std::find_if(money.journals.begin(), money.journals.end(),
                                         [&](const ledger::Journal& other) { return other.id == journal.reverses; });
      ASSERT_NE(original, money.journals.end());
      ledger::Balances both;
      ledger::Add(*original, both);
      ledger::Add(journal, both);
      ASSERT_TRUE(both.empty());
    }
    for (auto number = static_cast<int32_t>(money.at.postings.size()); number > 0; --number) {
      const Posting& posting = money.at.postings[number - 1];
      if (posting.reverses != 0 || posting.reversed_by != 0) continue;
      ASSERT_TRUE(money.Take(ReversePosting(money.at, number, false, "r", {.by = "chen", .on = day}))) << money.refused;
    }
    ASSERT_TRUE(money.posted.empty());
    ASSERT_EQ(money.at.deposit_fen, 0);
    ASSERT_EQ(money.at.title, TitleSettlement());
  }
  EXPECT_GT(settled, 3);
  EXPECT_GT(reversed, 50);
}

}  // namespace
}  // namespace anju::relocation
