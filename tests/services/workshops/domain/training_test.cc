#include "services/workshops/domain/training.h"

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class TrainingTest : public WorkshopsStand {};

TEST_P(TrainingTest, BatchesAndClassesCountFromTheirEnd) {
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k1", "b1")), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k1", "b1")), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k2", "b1", Date(2018, 2, 9))), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k3", "b2", Date(2018, 4, 9))), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328"}) {
    EXPECT_EQ(Figure("training_batches", "2018-01", division), 0) << division;
    EXPECT_EQ(Figure("training_batches", "2018-02", division), 1) << division;
    EXPECT_EQ(Figure("training_classes", "2018-02", division), 1) << division;
    EXPECT_EQ(Figure("training_batches", "2018-04", division), 2) << division;
    EXPECT_EQ(Figure("training_classes", "2018-04", division), 3) << division;
  }
  EXPECT_EQ(Figure("training_classes", "2018-04", kTown), 3);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(TrainingTest, AClassThatIsCorrectedTakesItsTraineesAlong) {
  Begin();
  ASSERT_TRUE(stand_.Import(ImportTrainee, ATrainee("k1", "p1")).ok());
  EXPECT_EQ(Figure("trained_persons", "2018-03"), 1);
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k1", "b1", Date(2018, 5, 4))), Outcome::kUpdated);
  EXPECT_EQ(Figure("trained_persons", "2018-04"), 0);
  EXPECT_EQ(Figure("trained_persons", "2018-05"), 1);
  // It belongs to another batch, and the first is empty.
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, AClass("k1", "b2", Date(2018, 6, 4))), Outcome::kUpdated);
  EXPECT_EQ(Figure("training_batches", "2018-06"), 1);
  EXPECT_EQ(Figure("training_classes", "2018-06"), 1);
  EXPECT_EQ(Figure("trained_persons", "2018-05"), 0);
  EXPECT_EQ(Figure("trained_persons", "2018-06"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(TrainingTest, RefusesRowsInOrder) {
  TrainingClassRecord record = AClass("k1", "b1");
  record.location = "450328999";
  record.started_on = record.ended_on + 1;
  EXPECT_THAT(stand_.Import(ImportTrainingClass, record).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  record.location = "451003001001";
  EXPECT_THAT(stand_.Import(ImportTrainingClass, record).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  record.location = "450328";
  EXPECT_THAT(stand_.Import(ImportTrainingClass, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  record.started_on = record.ended_on;
  EXPECT_EQ(*stand_.Import(ImportTrainingClass, record), Outcome::kAdded);
}

INSTANTIATE_TEST_SUITE_P(Engines, TrainingTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
