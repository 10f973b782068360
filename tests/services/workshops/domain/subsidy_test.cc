#include "services/workshops/domain/subsidy.h"

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using subsidy::RunState;
using ::testing::IsEmpty;
using testing::RefusedWith;

const Month kPeriod = *ParseMonth("2018-05");
const policy::Books kNothingSet;
const policy::InForce kPolicy = PolicyOn(kNothingSet, Date(2018, 5, 31));

// Worked for `months` months up to `last`, for `fen` in each.
Worker Working(int months, int64_t fen, const char* last = "2018-05") {
  const Date since(2015, 1, 1);
  Worker worker{
      .id = "w",
      .household = {.classifications = {{.since = since, .household_class = feed::HouseholdClass::kRegisteredPoor}},
                    .registered_on = since}};
  Contract contract{.key = "c", .signed_on = Date(2016, 1, 1)};
  for (int i = 0; i < months; ++i) {
    contract.pay.push_back({.month = ParseMonth(last)->Plus(-i), .days_worked = 20, .amount_fen = fen});
  }
  worker.contracts = {contract};
  return worker;
}

std::string ReasonFor(const Worker& worker) {
  const std::optional<subsidy::Item> item = Judge(worker, kPeriod, kPolicy);
  if (!item.has_value()) return "";
  EXPECT_EQ(item->amount_fen, item->eligible() ? 1000'00 : 0);
  return item->reason;
}

TEST(Judge, SaysWhyInOrder) {
  EXPECT_EQ(ReasonFor(Working(6, 1000'00)), "ELIGIBLE");
  Worker worker = Working(5, 1199'99);
  worker.subsidy_paid_on = Date(2017, 1, 1);
  worker.household.classifications[0].household_class = feed::HouseholdClass::kGeneral;
  EXPECT_EQ(ReasonFor(worker), "NOT_REGISTERED_POOR");
  worker.household.classifications[0].household_class = feed::HouseholdClass::kRegisteredPoor;
  EXPECT_EQ(ReasonFor(worker), "MONTHS_TOO_FEW");
  worker.contracts[0].pay.push_back({.month = kPeriod.Plus(-11), .days_worked = 1, .amount_fen = 0});
  EXPECT_EQ(ReasonFor(worker), "PAY_TOO_LOW");
  worker.contracts[0].pay.back().amount_fen = 5;
  EXPECT_EQ(ReasonFor(worker), "ALREADY_PAID");
  worker.subsidy_paid_on.reset();
  EXPECT_EQ(ReasonFor(worker), "ELIGIBLE");
}

TEST(Judge, LooksAtTheWindowOnly) {
  // Twelve months up to the period's end: one month of work lies before, and none after counts.
  EXPECT_EQ(ReasonFor(Working(6, 2000'00, "2017-11")), "ELIGIBLE");
  EXPECT_EQ(ReasonFor(Working(6, 2000'00, "2017-10")), "MONTHS_TOO_FEW");
  EXPECT_EQ(ReasonFor(Working(6, 2000'00, "2018-06")), "MONTHS_TOO_FEW");
  // A month without a day of work is no month, and a month with two contracts is one.
  Worker worker = Working(6, 2000'00);
  worker.contracts[0].pay[0].days_worked = 0;
  EXPECT_EQ(ReasonFor(worker), "MONTHS_TOO_FEW");
  worker.contracts.push_back({.key = "d",
                              .signed_on = Date(2018, 1, 1),
                              .pay = {{.month = kPeriod.Plus(-1), .days_worked = 3, .amount_fen = 1}}});
  EXPECT_EQ(ReasonFor(worker), "MONTHS_TOO_FEW");
  worker.contracts[1].pay[0].month = kPeriod;
  EXPECT_EQ(ReasonFor(worker), "ELIGIBLE");
  EXPECT_EQ(Judge(worker, kPeriod, kPolicy)->subject, "d");
  // Whoever had no contract in it is not listed.
  worker = Working(6, 2000'00);
  worker.contracts[0].ended_on = Date(2017, 5, 31);
  EXPECT_EQ(ReasonFor(worker), "");
  EXPECT_EQ(ReasonFor(Worker()), "");
}

class SubsidyTest : public WorkshopsStand {
 protected:
  SubsidyTest() { Begin(); }

  // p1 earns it, p2 worked too little.
  void Work() {
    for (const auto& [person, months] : {std::pair("p1", 9), std::pair("p2", 5)}) {
      const std::string contract = absl::StrCat("c", person);
      ASSERT_TRUE(stand_.Import(ImportContract, AContract(contract, person, Date(2017, 9, 1))).ok());
      for (int i = 0; i < months; ++i) {
        ASSERT_TRUE(stand_.Import(ImportPay, APay(contract, Format(kPeriod.Plus(-i)), 1500'00)).ok());
      }
    }
  }
  absl::StatusOr<subsidy::Run> Do(absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&)> change) {
    return DoOn(stand_.store, change);
  }
  static absl::StatusOr<subsidy::Run> DoOn(roots::Store& store,
                                           absl::FunctionRef<absl::StatusOr<subsidy::Run>(roots::Session&)> change) {
    absl::StatusOr<subsidy::Run> run = absl::UnknownError("not run");
    const absl::Status status = store.Change({}, [&](roots::Session& session) {
      run = change(session);
      return run.status();
    });
    if (!status.ok()) return status;
    return run;
  }
  absl::StatusOr<subsidy::Run> List(const std::string& division = "450328", Month period = kPeriod) {
    return Do([&](roots::Session& session) { return ListRun(session, division, period, "li"); });
  }
  absl::StatusOr<subsidy::Run> Approved(Month period = kPeriod) {
    ASSIGN_OR_RETURN(const subsidy::Run listed, List("450328", period));
    return Approve(listed, "wang");
  }
  absl::StatusOr<subsidy::Run> Approve(const subsidy::Run& run, const std::string& by) {
    return Do([&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
      ASSIGN_OR_RETURN(const std::optional<subsidy::Run> before, session.Get<subsidy::Run>(run.id));
      return subsidy::DecideRun(session, SubsidyFlow(), *before, {.verdict = approval::Verdict::kApprove},
                                {.by = by, .on = DayInChina(session.now()), .roles = {"approver"}, .scope = "450328"});
    });
  }
  absl::StatusOr<subsidy::Run> Pay(const subsidy::Run& run, Date on = Date(2018, 6, 22)) {
    return Do([&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
      ASSIGN_OR_RETURN(const std::optional<subsidy::Run> before, session.Get<subsidy::Run>(run.id));
      return PayRun(session, *before, on);
    });
  }
};

TEST_P(SubsidyTest, IsPaidOnceAtEveryLevel) {
  Work();
  const subsidy::Run listed = *List();
  EXPECT_EQ(List()->id, listed.id);
  EXPECT_EQ(listed.eligible, 1);
  EXPECT_EQ(listed.refused, 1);
  EXPECT_EQ(listed.total_fen, 1000'00);
  EXPECT_THAT(Approve(listed, "li").status(), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Pay(listed).status(), RefusedWith(kFailedPrecondition, "RUN_NOT_APPROVED"));
  const subsidy::Run approved = *Approved();
  EXPECT_THAT(Pay(approved, Date(2018, 5, 30)).status(), RefusedWith(kFailedPrecondition, "DATES_REVERSED"));
  const subsidy::Run paid = *Pay(approved);
  EXPECT_EQ(paid.state, RunState::kPaid);
  EXPECT_EQ(Pay(paid)->total_fen, 1000'00);
  for (const std::string division : {"45", "4503", "450328", kTown, kVillage}) {
    EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-05", division), 0) << division;
    EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-10", division), 1000'00) << division;
    EXPECT_EQ(Figure("workshop_subsidy_paid_in_period", "2018-06", division), 1000'00) << division;
  }
  // A later run finds it paid.
  const subsidy::Run later = *List("450328", kPeriod.Plus(1));
  EXPECT_EQ(later.eligible, 0);
  EXPECT_EQ(later.total_fen, 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SubsidyTest, TwoApprovedRunsPayOnce) {
  Work();
  const subsidy::Run may = *Approved(), june = *Approved(kPeriod.Plus(1));
  ASSERT_EQ(june.eligible, 1);
  ASSERT_TRUE(Pay(may).ok());
  const subsidy::Run paid = *Pay(june, Date(2018, 7, 20));
  EXPECT_EQ(paid.eligible, 0);
  EXPECT_EQ(paid.total_fen, 0);
  EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-10"), 1000'00);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(SubsidyTest, RefusesToListInOrder) {
  stand_.KnowDivision(kTown);
  const Month present = *ParseMonth("2018-11");
  EXPECT_THAT(List("459999", present).status(), RefusedWith(kInvalidArgument, "PERIOD_NOT_OVER"));
  EXPECT_TRUE(List("450328", *ParseMonth("2018-10")).ok());
  EXPECT_THAT(List("459999").status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(List(kTown).status(), RefusedWith(kInvalidArgument, "NOT_A_COUNTY"));
  ASSERT_TRUE(Approved().ok());
  EXPECT_THAT(List().status(), RefusedWith(kFailedPrecondition, "RUN_ALREADY_APPROVED"));
}

// Breaks every statement of a payment in turn: either the run and its workers are paid, or none of them.
TEST_P(SubsidyTest, NoFaultPaysHalf) {
  Work();
  const subsidy::Run approved = *Approved();
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::StatusOr<subsidy::Run> paid = DoOn(store, [&](roots::Session& session) -> absl::StatusOr<subsidy::Run> {
      ASSIGN_OR_RETURN(const std::optional<subsidy::Run> run, session.Get<subsidy::Run>(approved.id));
      return PayRun(session, *run, Date(2018, 6, 22));
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << paid.status();
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-10"), 0) << "statement " << n;
    EXPECT_EQ((*stand_.store.Get<subsidy::Run>(approved.id))->state, RunState::kApproved) << "statement " << n;
    ++broken;
  }
  EXPECT_GT(broken, 4);
  EXPECT_EQ(Figure("workshop_subsidy_paid", "2018-10"), 1000'00);
}

INSTANTIATE_TEST_SUITE_P(Engines, SubsidyTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
