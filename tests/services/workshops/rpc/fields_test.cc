#include <set>

#include "anju/workshops/v1/workshops.pb.h"
#include "gmock/gmock.h"
#include "services/platform/messages/archive.h"
#include "services/platform/records/read.h"
#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {
namespace {

template <typename Message>
std::vector<std::string> Declared() {
  std::vector<std::string> names;
  const google::protobuf::Descriptor* descriptor = Message::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) names.push_back(descriptor->field(i)->name());
  return names;
}

template <typename Message, typename Value>
void ExpectSame() {
  const std::vector<std::string> named = messages::FieldNames([](Archive& archive) {
    Value value;
    if constexpr (requires { value.Shown(archive); }) {
      value.Shown(archive);
    } else {
      value.Fields(archive);
    }
  });
  EXPECT_THAT(named, ::testing::UnorderedElementsAreArray(Declared<Message>())) << Message::descriptor()->name();
}

TEST(Fields, OfRecordsAndResourcesAreThoseOfTheContract) {
  ExpectSame<v1::EnterpriseRecord, EnterpriseRecord>();
  ExpectSame<v1::WorkshopRecord, WorkshopRecord>();
  ExpectSame<v1::ContractRecord, ContractRecord>();
  ExpectSame<v1::PayRecord, PayRecord>();
  ExpectSame<v1::TrainingClassRecord, TrainingClassRecord>();
  ExpectSame<v1::TraineeRecord, TraineeRecord>();
  ExpectSame<v1::EmploymentRecord, EmploymentRecord>();
  ExpectSame<v1::Enterprise, Enterprise>();
  ExpectSame<v1::Workshop, Workshop>();
  ExpectSame<v1::Worker, Worker>();
  ExpectSame<v1::Contract, Contract>();
  ExpectSame<v1::Pay, Pay>();
  ExpectSame<v1::Training, Training>();
  ExpectSame<v1::Employment, Employment>();
  ExpectSame<v1::SubsidyRun, subsidy::Run>();
  ExpectSame<v1::SubsidyItem, subsidy::Item>();
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
  const auto run = records::ToMasked<v1::SubsidyRun>(subsidy::Run{.id = "r1", .items = {{.root_id = "w1"}}});
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
