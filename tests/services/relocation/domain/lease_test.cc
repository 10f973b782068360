#include "services/relocation/domain/lease.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "services/platform/ledger/books.h"
#include "services/relocation/domain/chart.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;

const LeaseTerms kTerms{.area_per_person_centi_sqm = 25'00,
                        .price_fen_per_sqm = 1'500'00,
                        .used = {{"area_per_person_centi_sqm", "1", 25'00}, {"buy_back_fen_per_sqm", "1", 1'500'00}}};
const Date kToday(2018, 11, 1);
const Act kLi{.by = "li", .on = kToday};

Unit Home() { return {.id = "u", .key = "450328/county/u1", .area_centi_sqm = 112'35}; }

feed::HouseholdFact Household(int persons) {
  feed::HouseholdFact household{.id = "h", .residences = {{.since = Date(2016, 1, 1), .village = "450328101202"}}};
  for (int i = 0; i < persons; ++i) {
    household.persons.push_back({.person_no = absl::StrCat("p", i), .joined_on = Date(2016, 1, 1)});
  }
  return household;
}

Case Moved(int persons = 3) {
  Case relocation{.id = "c", .key = "450328/county/c1", .household_id = "h", .state = CaseState::kMovedIn};
  relocation.steps = {.declared_on = Date(2016, 2, 10), .moved_in_on = Date(2016, 11, 28)};
  relocation.household = Household(persons);
  return relocation;
}

Lease Proposed() {
  Lease lease = *ProposeLease(std::nullopt, "450328/county/c1/1", Moved(), Home(), kTerms, kLi);
  lease.id = "l";
  return lease;
}
absl::StatusOr<Booked<Lease>> Approve(const Lease& lease, const feed::HouseholdFact& household, const std::string& by) {
  return DecideLease(lease, household, NationalLeaseFlow(), {.verdict = approval::Verdict::kApprove},
                     Approver(by, kToday));
}
Lease Agreed() { return Approve(Proposed(), Household(3), "wang")->after; }
Lease Paid() { return PayLease(Agreed(), {.bank_reference = "b", .paid_on = kToday}, kLi)->after; }

HouseholdPayment Paying(int64_t fen, MoneySource source = MoneySource::kOwn) {
  return {.amount_fen = fen, .source = source, .bank_reference = "b", .paid_on = kToday};
}

TEST(LeaseTest, TheSurplusIsWhatIsMoreThanTheyMayHave) {
  const struct {
    int64_t area, persons, surplus, price;
  } table[] = {
      {75'00, 3, 0, 0},  {75'01, 3, 1, 15'00},        {112'35, 3, 37'35, 56'025'00}, {112'35, 4, 12'35, 18'525'00},
      {112'35, 5, 0, 0}, {30'00, 0, 30'00, 45'000'00}};
  for (const auto& row : table) {
    EXPECT_EQ(Surplus(row.area, 25'00, row.persons), row.surplus);
    EXPECT_EQ(PriceOfArea(row.surplus, 1'500'00), row.price);
  }
  // Half up, once.
  EXPECT_EQ(PriceOfArea(1, 149), 1);
  EXPECT_EQ(PriceOfArea(1, 150), 2);
}

TEST(LeaseTest, ALeaseIsProposedOfASurplus) {
  const Lease lease = Proposed();
  EXPECT_EQ(lease.bought_centi_sqm, 37'35);
  EXPECT_EQ(lease.amount_fen, 56'025'00);
  Case allotted = Moved(5);
  allotted.steps.moved_in_on.reset();
  EXPECT_THAT(ProposeLease(std::nullopt, "k", allotted, Home(), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "CASE_NOT_MOVED_IN"));
  EXPECT_THAT(ProposeLease(std::nullopt, "k", Moved(5), Home(), kTerms, kLi),
              RefusedWith(kFailedPrecondition, "NO_SURPLUS"));
}

TEST(LeaseTest, TwoPersonsAgree) {
  EXPECT_THAT(Approve(Agreed(), Household(4), "li"), RefusedWith(kFailedPrecondition, "LEASE_NOT_PROPOSED"));
  EXPECT_THAT(Approve(Proposed(), Household(4), "li"), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Approve(Proposed(), Household(4), "wang"), RefusedWith(kFailedPrecondition, "SURPLUS_CHANGED"));
  const auto rejected =
      DecideLease(Proposed(), Household(4), NationalLeaseFlow(),
                  {.verdict = approval::Verdict::kReject, .reason = "人口有变"}, Approver("wang", kToday));
  ASSERT_TRUE(rejected.ok()) << rejected.status();
  EXPECT_EQ(rejected->after.state, LeaseState::kProposed);
  EXPECT_TRUE(rejected->after.postings.empty());
  EXPECT_THAT(Approve(rejected->after, Household(3), "wang"), RefusedWith(kFailedPrecondition, "NOT_UNDER_WAY"));
  const Lease agreed = Agreed();
  EXPECT_EQ(agreed.owned_centi_sqm, 37'35);
  EXPECT_EQ(agreed.leased_centi_sqm, 37'35);
}

TEST(LeaseTest, AnAreaIsPaidOnce) {
  const BankPayment payment{.bank_reference = "b", .paid_on = kToday};
  EXPECT_THAT(PayLease(Proposed(), payment, kLi), RefusedWith(kFailedPrecondition, "LEASE_NOT_AGREED"));
  EXPECT_THAT(PayLease(Paid(), payment, kLi), RefusedWith(kFailedPrecondition, "LEASE_PAID"));
}

TEST(LeaseTest, AHouseholdThatGrowsLeasesLess) {
  feed::HouseholdFact household = Household(3);
  household.persons.push_back({.person_no = "baby", .joined_on = Date(2019, 5, 1)});
  const Lease paid = Paid();
  EXPECT_EQ(Remeasure(paid, household, Date(2019, 4, 30)).leased_centi_sqm, 37'35);
  const Lease smaller = Remeasure(paid, household, Date(2019, 5, 1));
  EXPECT_EQ(smaller.leased_centi_sqm, 12'35);
  EXPECT_EQ(smaller.state, LeaseState::kAgreed);
  household.persons.push_back({.person_no = "bride", .joined_on = Date(2019, 8, 8)});
  const Lease ended = Remeasure(paid, household, Date(2020, 1, 1));
  EXPECT_EQ(ended.state, LeaseState::kEnded);
  EXPECT_EQ(ended.ended_on, Date(2019, 8, 8));
  EXPECT_EQ(ended.leased_centi_sqm, 0);
  EXPECT_EQ(ended.owned_centi_sqm, 37'35);
  // It was told wrongly: nobody came.
  EXPECT_EQ(Remeasure(ended, Household(3), Date(2020, 1, 1)).state, LeaseState::kAgreed);
  // One that shrinks does not lease more than was bought.
  EXPECT_EQ(Remeasure(paid, Household(2), kToday + 1).leased_centi_sqm, 37'35);
  // Nothing is leased before it is agreed.
  EXPECT_EQ(Remeasure(Proposed(), household, Date(2020, 1, 1)), Proposed());
}

TEST(LeaseTest, WhatIsNoSurplusGoesBackForWhatWasPaid) {
  const Lease smaller = Remeasure(Paid(), Household(4), kToday);
  EXPECT_THAT(ReturnArea(smaller, Paying(0), kLi), RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  EXPECT_THAT(ReturnArea(smaller, Paying(1, MoneySource::kLoan), kLi),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  EXPECT_THAT(ReturnArea(Remeasure(Agreed(), Household(4), kToday), Paying(1), kLi),
              RefusedWith(kFailedPrecondition, "LEASE_NOT_PAID"));
  EXPECT_THAT(ReturnArea(Paid(), Paying(1), kLi), RefusedWith(kFailedPrecondition, "NOTHING_TO_RETURN"));
  EXPECT_THAT(ReturnArea(smaller, Paying(37'499'99), kLi), RefusedWith(kFailedPrecondition, "AMOUNT_DIFFERS"));
  const Lease returned = ReturnArea(smaller, Paying(37'500'00), kLi)->after;
  EXPECT_EQ(returned.owned_centi_sqm, 12'35);
  const Lease ended = Remeasure(returned, Household(5), kToday);
  EXPECT_FALSE(ended.Closed());
  const Lease closed = ReturnArea(ended, Paying(18'525'00), kLi)->after;
  EXPECT_TRUE(closed.Closed());
  EXPECT_TRUE(Balances(closed).empty());
  EXPECT_TRUE(Names(closed).empty());
  // Whatever is told afterwards.
  EXPECT_EQ(Remeasure(closed, Household(1), kToday), closed);
}

// Any acts and any changes of the household in any order: what was posted is what the lease says, and reversing
// everything leaves nothing.
TEST(LeaseTest, NoFenIsEverLost) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int64_t from, int64_t to) { return std::uniform_int_distribution<int64_t>(from, to)(random); };
  int closed = 0;
  for (int round = 0; round < 300; ++round) {
    const LeaseTerms terms{.area_per_person_centi_sqm = 25'00, .price_fen_per_sqm = pick(1, 3'000'00)};
    int persons = 3;
    Lease at = *ProposeLease(std::nullopt, "450328/county/c1/1", Moved(), Home(), terms, kLi);
    at.id = "l";
    if (at.amount_fen == 0) continue;
    ledger::Balances posted;
    const auto take = [&](const absl::StatusOr<Booked<Lease>>& booked) {
      if (!booked.ok()) return false;
      ledger::Journal journal = booked->journal;
      journal.record_id = "l";
      journal.id = ledger::Id("l", booked->after.postings.back().posting_no);
      EXPECT_TRUE(ledger::Check(journal).ok()) << ledger::Check(journal);
      ledger::Add(journal, posted);
      at = booked->after;
      EXPECT_EQ(posted, Balances(at));
      return true;
    };
    for (int step = 0; step < 25; ++step) {
      const int64_t price = PriceOfArea(at.owned_centi_sqm, at.price_fen_per_sqm) -
                            PriceOfArea(at.leased_centi_sqm, at.price_fen_per_sqm);
      switch (pick(0, 5)) {
        case 0:
          take(Approve(at, Household(persons), "wang"));
          break;
        case 1:
          take(PayLease(at, {.bank_reference = "b", .paid_on = kToday}, kLi));
          break;
        case 2:
          take(ReturnArea(at, Paying(price), kLi));
          break;
        case 3:
          take(ReverseLeasePosting(at, static_cast<int32_t>(pick(0, 12)), "r", Household(persons),
                                   {.by = "chen", .on = kToday}));
          break;
        default:
          persons = static_cast<int>(pick(2, 6));
          at = Remeasure(at, Household(persons), kToday);
      }
      ASSERT_GE(at.owned_centi_sqm, at.leased_centi_sqm);
      ASSERT_LE(at.owned_centi_sqm, at.bought_centi_sqm);
    }
    if (at.Closed()) ++closed;
    for (auto number = static_cast<int32_t>(at.postings.size()); number > 0; --number) {
      if (!at.postings[number - 1].Stands()) continue;
      ASSERT_TRUE(take(ReverseLeasePosting(at, number, "r", Household(persons), {.by = "chen", .on = kToday})));
    }
    ASSERT_TRUE(posted.empty());
    ASSERT_EQ(at.state, LeaseState::kProposed);
  }
  EXPECT_GT(closed, 0);
}

class LeaseStoreTest : public Resettlement {
 protected:
  absl::StatusOr<Lease> Propose(const std::string& case_no) {
    absl::StatusOr<Lease> proposed;
    const absl::Status status = stand.store.Change({.subject = "li"}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Case relocation, FindCaseNamed(session, stand.batch.Key(case_no)));
      proposed = ProposeLease(session, relocation, {.by = "li", .on = kToday});
      return proposed.status();
    });
    if (!status.ok()) return status;
    return proposed;
  }
  absl::Status Step(const std::string& id, const std::function<absl::StatusOr<Booked<Lease>>(const Lease&)>& rule) {
    return stand.store.Change({.subject = "li"}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Lease before, FindLease(session, id));
      ASSIGN_OR_RETURN(Booked<Lease> booked, rule(before));
      return Keep(session, std::move(booked)).status();
    });
  }
  Lease Find(const std::string& id) { return *stand.store.Get<Lease>(id).value(); }
};

TEST_P(LeaseStoreTest, FollowsTheHousehold) {
  Build();
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  EXPECT_THAT(Propose("c1"), RefusedWith(kFailedPrecondition, "NO_SURPLUS"));
  household.persons[2].left_on = Date(2018, 9, 1);
  ASSERT_TRUE(Absorb(household).ok());
  const auto lease = Propose("c1");
  ASSERT_TRUE(lease.ok()) << lease.status();
  EXPECT_EQ(lease->bought_centi_sqm, 25'00);
  // A proposal is made anew, one lease of a case.
  EXPECT_EQ(Propose("c1")->id, lease->id);
  ASSERT_TRUE(Step(lease->id, [&](const Lease& before) { return Approve(before, household, "wang"); }).ok());
  EXPECT_THAT(Propose("c1"), RefusedWith(kFailedPrecondition, "LEASE_OPEN"));
  household.persons.push_back({.person_no = "p4", .joined_on = Date(2018, 10, 31)});
  const auto follow = [&] {
    return stand.store.Change({}, [&](roots::Session& session) { return FollowLeases(session, household); });
  };
  ASSERT_TRUE(follow().ok());
  EXPECT_EQ(Find(lease->id).state, LeaseState::kEnded);
  EXPECT_EQ(Find(lease->id).ended_on, kToday);
  ledger::Books books(stand.store, FundsChart());
  EXPECT_EQ(books.Balance(kAreasBought, std::nullopt, kVillage, kToday)->Balance(), 25 * 1'500'00);
  EXPECT_THAT(books.Check()->discrepancies, IsEmpty());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, LeaseStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
