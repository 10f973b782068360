#include "services/workshops/domain/worker.h"

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

TEST(Pay, FitsItsContract) {
  const Contract contract{.signed_on = Date(2018, 1, 20), .ended_on = Date(2018, 4, 2)};
  const struct {
    const char* month;
    int32_t days;
    int64_t fen;
    const char* reason;
  } rows[] = {
      {"2017-12", 32, -1, "MONTH_OUTSIDE_CONTRACT"},
      {"2018-05", 32, -1, "MONTH_OUTSIDE_CONTRACT"},
      {"2018-01", 32, -1, "AMOUNT_NEGATIVE"},
      {"2018-02", 29, 1'000'000'01, "AMOUNT_TOO_LARGE"},
      {"2018-02", 29, 0, "DAYS_OUT_OF_RANGE"},
      {"2018-02", -1, 0, "DAYS_OUT_OF_RANGE"},
      {"2018-02", 28, 1'000'000'00, ""},
      {"2018-02", 28, 0, ""},
      {"2018-01", 0, 5, ""},
      {"2018-04", 2, 5, ""},
  };
  for (const auto& row : rows) {
    const absl::Status status =
        CheckPay(contract, {.month = *ParseMonth(row.month), .days_worked = row.days, .amount_fen = row.fen});
    EXPECT_EQ(ReasonOf(status), row.reason) << row.month << " " << row.days;
  }
}

class WorkerTest : public WorkshopsStand {
 protected:
  WorkerTest() { Begin(); }
};

TEST_P(WorkerTest, AMonthIsPaidOnceItHasCome) {
  ASSERT_TRUE(stand_.Import(ImportContract, AContract("c1", "p1", Date(2017, 9, 4))).ok());
  EXPECT_THAT(stand_.Import(ImportPay, APay("c1", "2099-01", 1500'00)),
              RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  EXPECT_TRUE(stand_.Import(ImportPay, APay("c1", Format(Month::Of(DayInChina(stand_.clock.Now()))), 1500'00)).ok());
}

TEST_P(WorkerTest, CountsAtEveryLevelWhileAContractRuns) {
  const Date signed_on(2017, 9, 4);
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c1", "p1", signed_on)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c1", "p1", signed_on)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportPay, APay("c1", "2017-09", 1500'00)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportPay, APay("c1", "2017-09", 1500'00)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportPay, APay("c1", "2017-09", 1600'00)), Outcome::kUpdated);
  // A contract that is sent again keeps its pay, and a second contract of the same person counts once.
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c1", "p1", signed_on)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c2", "p1", Date(2018, 1, 3))), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportPay, APay("c2", "2018-01", 400'00)), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", kTown, kVillage}) {
    EXPECT_EQ(Figure("workshop_workers", "2017-08", division), 0) << division;
    EXPECT_EQ(Figure("workshop_workers", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("poor_labourers_working", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("wages_paid", "2017-12", division), 1600'00) << division;
    EXPECT_EQ(Figure("wages_paid", "2018-01", division), 2000'00) << division;
    EXPECT_EQ(Figure("wages_paid_in_period", "2018-01", division), 400'00) << division;
  }
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c1", "p1", signed_on, Date(2018, 2, 1))), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c2", "p1", Date(2018, 1, 3), Date(2018, 7, 1))),
            Outcome::kUpdated);
  EXPECT_EQ(Figure("workshop_workers", "2018-06"), 1);
  EXPECT_EQ(Figure("workshop_workers", "2018-07"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(WorkerTest, AContractMayGoToAnotherPersonWithItsPay) {
  ASSERT_TRUE(stand_.Import(ImportContract, AContract("c1", "p1", Date(2017, 9, 4))).ok());
  ASSERT_TRUE(stand_.Import(ImportPay, APay("c1", "2017-09", 1500'00)).ok());
  EXPECT_EQ(*stand_.Import(ImportContract, AContract("c1", "p2", Date(2017, 9, 4))), Outcome::kUpdated);
  EXPECT_EQ(Figure("workshop_workers", "2018-10"), 1);
  EXPECT_EQ(Figure("wages_paid", "2018-10"), 1500'00);
  EXPECT_EQ(*stand_.Import(ImportPay, APay("c1", "2017-09", 1500'00)), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(WorkerTest, TrainingCountsFromItsEndWhenAttended) {
  EXPECT_EQ(*stand_.Import(ImportTrainee, ATrainee("k1", "p1", 80)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTrainee, ATrainee("k1", "p1", 80)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportTrainee, ATrainee("k1", "p2", 79)), Outcome::kAdded);
  ASSERT_TRUE(stand_.Import(ImportTrainingClass, AClass("k2", "b1", Date(2018, 5, 4))).ok());
  EXPECT_EQ(*stand_.Import(ImportTrainee, ATrainee("k2", "p1")), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", kTown, kVillage}) {
    EXPECT_EQ(Figure("trained_persons", "2018-02", division), 0) << division;
    EXPECT_EQ(Figure("trained_persons", "2018-03", division), 1) << division;
    EXPECT_EQ(Figure("trained_poor_persons", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("trained_person_times", "2018-10", division), 2) << division;
    EXPECT_EQ(Figure("trained_relocated_persons", "2018-10", division), 0) << division;
  }
  ASSERT_TRUE(MoveIn(Date(2018, 4, 10)).ok());
  EXPECT_EQ(Figure("trained_relocated_persons", "2018-03"), 0);
  EXPECT_EQ(Figure("trained_relocated_persons", "2018-04"), 1);
  EXPECT_EQ(Figure("trained_relocated_recently", "2019-04"), 1);
  EXPECT_EQ(Figure("trained_relocated_recently", "2019-05"), 0);
  EXPECT_EQ(*stand_.Import(ImportTrainee, ATrainee("k1", "p2", 100)), Outcome::kUpdated);
  EXPECT_EQ(Figure("trained_persons", "2018-03"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(WorkerTest, EmploymentBecomesStableAndTransferIsForEver) {
  using enum EmploymentKind;
  ASSERT_TRUE(MoveIn(Date(2017, 3, 15)).ok());
  EmploymentRecord record = AnEmployment("j1", "p1", kTransferred, Date(2017, 2, 20), Date(2017, 12, 28));
  EXPECT_EQ(*stand_.Import(ImportEmployment, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportEmployment, record), Outcome::kUnchanged);
  EXPECT_EQ(Figure("newly_transferred", "2017-02"), 1);
  EXPECT_EQ(Figure("transferred_relocated", "2017-02"), 0);
  EXPECT_EQ(Figure("transferred_relocated", "2017-03"), 1);
  EXPECT_EQ(Figure("transferred_relocated", "2018-10"), 1);
  EXPECT_EQ(Figure("stable_employment_relocated", "2017-07"), 0);
  EXPECT_EQ(Figure("stable_employment_relocated", "2017-08"), 1);
  EXPECT_EQ(Figure("stable_employment_relocated", "2017-12"), 0);
  EXPECT_EQ(Figure("poor_labourers_working", "2017-11"), 1);
  EXPECT_EQ(Figure("poor_labourers_working", "2017-12"), 0);
  // A business of their own beside a contract: the person counts once.
  ASSERT_TRUE(stand_.Import(ImportEmployment, AnEmployment("j2", "p1", kSelfEmployed, Date(2018, 1, 2))).ok());
  ASSERT_TRUE(stand_.Import(ImportContract, AContract("c1", "p1", Date(2018, 1, 10))).ok());
  EXPECT_EQ(Figure("self_employed", "2018-10"), 1);
  EXPECT_EQ(Figure("stable_employment_relocated", "2018-06"), 0);
  EXPECT_EQ(Figure("stable_employment_relocated", "2018-07"), 1);
  EXPECT_EQ(Figure("workshop_relocated_workers", "2018-01"), 1);
  // The number was written down for somebody else.
  record.person_no = "p2";
  EXPECT_EQ(*stand_.Import(ImportEmployment, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("newly_transferred", "2018-10"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(WorkerTest, AMoveToAnotherVillageKeepsItsHistory) {
  ASSERT_TRUE(stand_.Import(ImportContract, AContract("c1", "p1", Date(2017, 9, 4))).ok());
  ASSERT_TRUE(stand_.Import(ImportPay, APay("c1", "2017-09", 1500'00)).ok());
  household_.residences.push_back({.since = Date(2018, 8, 20), .village = kOther});
  ASSERT_TRUE(Follow(household_.key, household_).ok());
  EXPECT_EQ(Figure("workshop_workers", "2018-07", kVillage), 1);
  EXPECT_EQ(Figure("workshop_workers", "2018-07", kOther), 0);
  EXPECT_EQ(Figure("workshop_workers", "2018-08", kVillage), 0);
  EXPECT_EQ(Figure("workshop_workers", "2018-08", kOther), 1);
  EXPECT_EQ(Figure("wages_paid", "2018-08", kOther), 1500'00);
  EXPECT_EQ(Figure("workshop_workers", "2018-08", "450328"), 1);
  // Who is poor no longer does not count as such.
  household_.classifications.push_back({.since = Date(2018, 9, 5), .household_class = feed::HouseholdClass::kGeneral});
  ASSERT_TRUE(Follow(household_.key, household_).ok());
  EXPECT_EQ(Figure("poor_labourers_working", "2018-08"), 1);
  EXPECT_EQ(Figure("poor_labourers_working", "2018-09"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(WorkerTest, RefusesContractsInOrder) {
  household_.persons[1].labour = feed::Labour::kNone;
  ASSERT_TRUE(Follow(household_.key, household_).ok());
  ContractRecord record = AContract("c1", "p9", Date(2017, 5, 31), Date(2017, 5, 1));
  record.workshop_no = "w9";
  record.household_no = "h9";
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kNotFound, "WORKSHOP_NOT_FOUND"));
  record.workshop_no = "w1";
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  record.household_no = "h1";
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  record.person_no = "p2";
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kFailedPrecondition, "NO_LABOUR"));
  record.person_no = "p1";
  EXPECT_THAT(stand_.Import(ImportContract, record).status(),
              RefusedWith(kFailedPrecondition, "WORKSHOP_NOT_RECOGNISED"));
  record.signed_on = Date(2017, 9, 1);
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  record.ended_on.reset();
  ASSERT_EQ(*stand_.Import(ImportContract, record), Outcome::kAdded);
  EXPECT_THAT(stand_.Import(ImportPay, APay("c9", "2016-01", -1)).status(),
              RefusedWith(kNotFound, "CONTRACT_NOT_FOUND"));
  EXPECT_THAT(stand_.Import(ImportPay, APay("c1", "2016-01", -1)).status(),
              RefusedWith(kInvalidArgument, "MONTH_OUTSIDE_CONTRACT"));
  ASSERT_TRUE(stand_.Import(ImportPay, APay("c1", "2018-03", 1)).ok());
  // It cannot have ended before a month that was paid.
  record.ended_on = Date(2018, 2, 28);
  EXPECT_THAT(stand_.Import(ImportContract, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

TEST_P(WorkerTest, RefusesTraineesAndEmploymentsInOrder) {
  household_.persons[1].labour = feed::Labour::kNone;
  ASSERT_TRUE(Follow(household_.key, household_).ok());
  TraineeRecord trainee = ATrainee("k9", "p9", 101);
  trainee.household_no = "h9";
  EXPECT_THAT(stand_.Import(ImportTrainee, trainee).status(), RefusedWith(kNotFound, "CLASS_NOT_FOUND"));
  trainee.class_no = "k1";
  EXPECT_THAT(stand_.Import(ImportTrainee, trainee).status(), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  trainee.household_no = "h1";
  EXPECT_THAT(stand_.Import(ImportTrainee, trainee).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  trainee.person_no = "p2";
  EXPECT_THAT(stand_.Import(ImportTrainee, trainee).status(), RefusedWith(kInvalidArgument, "ATTENDANCE_OUT_OF_RANGE"));

  EmploymentRecord employment = AnEmployment("j1", "p9", EmploymentKind::kLocal, Date(2018, 1, 2), Date(2018, 1, 1));
  employment.household_no = "h9";
  EXPECT_THAT(stand_.Import(ImportEmployment, employment).status(), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  employment.household_no = "h1";
  EXPECT_THAT(stand_.Import(ImportEmployment, employment).status(), RefusedWith(kNotFound, "PERSON_NOT_FOUND"));
  employment.person_no = "p2";
  EXPECT_THAT(stand_.Import(ImportEmployment, employment).status(), RefusedWith(kFailedPrecondition, "NO_LABOUR"));
  employment.person_no = "p1";
  EXPECT_THAT(stand_.Import(ImportEmployment, employment).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

TEST_P(WorkerTest, NoFaultLeavesFiguresBehind) {
  int broken = 0;
  for (int n = 1;; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, Kinds(), nullptr, [](const auto&) {});
    const absl::Status status = store.Change({}, [&](roots::Session& session) -> absl::Status {
      const Date signed_on(2017, 9, 4);
      RETURN_IF_ERROR(ImportContract(session, stand_.batch, AContract("c1", "p1", signed_on)).status());
      RETURN_IF_ERROR(ImportPay(session, stand_.batch, APay("c1", "2017-10", 7)).status());
      return ImportTrainee(session, stand_.batch, ATrainee("k1", "p1")).status();
    });
    ASSERT_THAT(stand_.Recount(), IsEmpty()) << "statement " << n << ": " << status;
    if (!faulty.failed()) break;
    EXPECT_EQ(Figure("wages_paid", "2018-10"), 0) << "statement " << n << ": " << status;
    ++broken;
  }
  EXPECT_GT(broken, 10);
  EXPECT_EQ(Figure("wages_paid", "2018-10"), 7);
  EXPECT_EQ(Figure("trained_persons", "2018-10"), 1);
}

TEST(Worker, TellsWhatItWorksAndHasLearned) {
  const Worker worker{
      .key = "450328/county/1#2",
      .household_id = "h",
      .person_no = "2",
      .contracts = {{.signed_on = Date(2018, 3, 1),
                     .pay = {{.month = *ParseMonth("2018-05")}, {.month = *ParseMonth("2018-04")}}}},
      .trainings = {{.ended_on = Date(2018, 2, 1)}, {.ended_on = Date(2017, 2, 1)}},
      .employments = {{.started_on = Date(2016, 1, 1), .ended_on = Date(2017, 1, 1)}},
  };
  const roots::Told told = *Tell(worker);
  EXPECT_EQ(told.topic, feed::WorkFact::kTopic);
  EXPECT_EQ(told.key, worker.key);
  const feed::WorkFact expected{
      .household_id = "h",
      .person_no = "2",
      .jobs = {{.since = Date(2018, 3, 1), .workshop = true, .paid_until = *ParseMonth("2018-05")},
               {.since = Date(2016, 1, 1), .until = Date(2017, 1, 1)}},
      .trained_on = Date(2018, 2, 1)};
  EXPECT_EQ(*roots::FromJson<feed::WorkFact>(told.body), expected);
}

INSTANTIATE_TEST_SUITE_P(Engines, WorkerTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
