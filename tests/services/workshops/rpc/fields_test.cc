#include "tests/support/fields.h"

#include <set>

#include "anju/type/v1/subsidy.pb.h"
#include "anju/workshops/v1/workshops.pb.h"
#include "gmock/gmock.h"
#include "services/platform/records/read.h"
#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {
namespace {

using testing::ExpectSameFields;

TEST(Fields, OfRecordsAndResourcesAreThoseOfTheContract) {
  ExpectSameFields<v1::EnterpriseRecord, EnterpriseRecord>();
  ExpectSameFields<v1::WorkshopRecord, WorkshopRecord>();
  ExpectSameFields<v1::ContractRecord, ContractRecord>();
  ExpectSameFields<v1::PayRecord, PayRecord>();
  ExpectSameFields<v1::TrainingClassRecord, TrainingClassRecord>();
  ExpectSameFields<v1::TraineeRecord, TraineeRecord>();
  ExpectSameFields<v1::EmploymentRecord, EmploymentRecord>();
  ExpectSameFields<v1::Enterprise, Enterprise>();
  ExpectSameFields<v1::Workshop, Workshop>();
  ExpectSameFields<v1::Worker, Worker>();
  ExpectSameFields<v1::Contract, Contract>();
  ExpectSameFields<v1::Pay, Pay>();
  ExpectSameFields<v1::Training, Training>();
  ExpectSameFields<v1::Employment, Employment>();
  ExpectSameFields<type::v1::SubsidyRun, subsidy::Run>();
  ExpectSameFields<type::v1::SubsidyItem, subsidy::Item>();
}

// The values arrive too: a field of another type would stop here.
TEST(Fields, OfAWorkerAreAnsweredWithoutItsHousehold) {
  Worker worker{.id = "w1",
                .person_no = "p1",
                .relocated_on = Date(2017, 6, 1),
                .contracts = {{.contract_no = "c1", .pay = {{.month = *ParseMonth("2018-05"), .amount_fen = 7}}}},
                .trainings = {{.class_key = "k1"}},
                .employments = {{.employment_no = "j1"}},
                .subsidy_fen = 3};
  const auto message = records::ToMasked<v1::Worker>(worker);
  EXPECT_EQ(message.id(), "w1");
  EXPECT_EQ(message.relocated_on(), "2017-06-01");
  EXPECT_EQ(message.contracts(0).pay(0).month(), "2018-05");
  EXPECT_EQ(message.trainings(0).class_key(), "k1");
  EXPECT_EQ(message.employments(0).employment_no(), "j1");
  const auto enterprise = records::ToMasked<v1::Enterprise>(Enterprise{.id = "e1", .workshops = {{.key = "v1"}}});
  EXPECT_EQ(enterprise.workshops(0).key(), "v1");
  const auto run = records::ToMasked<type::v1::SubsidyRun>(subsidy::Run{.id = "r1", .items = {{.root_id = "w1"}}});
  EXPECT_EQ(run.items(0).root_id(), "w1");
}

TEST(Fields, AreReadFromEveryRecord) {
  v1::PayRecord pay;
  pay.set_contract_no("c1");
  pay.set_month("2018-05");
  pay.set_days_worked(3);
  EXPECT_EQ(messages::FromProto<PayRecord>(pay)->pay.days_worked, 3);
  v1::TraineeRecord trainee;
  trainee.set_class_no("k1");
  trainee.set_household_no("h1");
  trainee.set_person_no("p1");
  EXPECT_EQ(messages::FromProto<TraineeRecord>(trainee)->class_no, "k1");
}

}  // namespace
}  // namespace anju::workshops
