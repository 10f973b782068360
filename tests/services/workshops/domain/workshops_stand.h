#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/subsidy/run.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/indicators.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"
#include "services/workshops/rpc/follows.h"
#include "tests/support/stand.h"

namespace anju::workshops {

inline constexpr char kTown[] = "450328100";
inline constexpr char kVillage[] = "450328100201";
inline constexpr char kOther[] = "450328101202";

inline std::vector<const roots::Kind*> Kinds() {
  return {&roots::KindOf<Enterprise>(), &roots::KindOf<TrainingBatch>(), &roots::KindOf<Worker>(),
          &roots::KindOf<subsidy::Run>()};
}

// A county with an enterprise e1, its workshop w1 recognised since 2017-06, a class k1 of batch b1 that ended on
// 2018-03-20, and households h1 and h2 with the members p1 to p3.
class WorkshopsStand : public ::testing::TestWithParam<std::string> {
 protected:
  WorkshopsStand() : stand_(GetParam(), Kinds(), Catalogue()) {
    for (const char* code : {"450328", kTown, kVillage, kOther, "451003001001"}) stand_.KnowDivision(code);
    household_ = stand_.KnowHousehold("h1", kVillage, 3);
    stand_.KnowHousehold("h2", kOther, 3);
  }

  void Begin() {
    ASSERT_TRUE(stand_.Import(ImportEnterprise, AnEnterprise("e1")).ok());
    ASSERT_TRUE(stand_.Import(ImportWorkshop, AWorkshop("w1", "e1")).ok());
    ASSERT_TRUE(stand_.Import(ImportTrainingClass, AClass("k1", "b1")).ok());
  }

  static EnterpriseRecord AnEnterprise(const std::string& number) {
    return {.enterprise_no = number,
            .credit_code = number == "e1"   ? "91350100M000100Y43"
                           : number == "e2" ? "91350100M000100Y56"
                                            : "91350100M000100Y69",
            .name = "样例（虚构）",
            .location = kTown,
            .in_park = true,
            .above_scale = true,
            .jobs_offered = 250,
            .entered_on = Date(2016, 3, 1)};
  }
  static WorkshopRecord AWorkshop(const std::string& number, const std::string& enterprise) {
    return {.workshop_no = number,
            .enterprise_no = enterprise,
            .name = "样例车间",
            .kind = WorkshopKind::kFactory,
            .location = kVillage,
            .floor_area_centi_sqm = 300'00,
            .checked_on = Date(2017, 5, 20),
            .recognised_on = Date(2017, 6, 1)};
  }
  static ContractRecord AContract(const std::string& number, const std::string& person, Date signed_on,
                                  std::optional<Date> ended_on = std::nullopt) {
    return {.contract_no = number,
            .workshop_no = "w1",
            .household_no = "h1",
            .person_no = person,
            .kind = ContractKind::kPiecework,
            .signed_on = signed_on,
            .ended_on = ended_on};
  }
  static PayRecord APay(const std::string& contract, const std::string& month, int64_t fen, int32_t days = 20) {
    return {.contract_no = contract, .pay = {.month = *ParseMonth(month), .days_worked = days, .amount_fen = fen}};
  }
  static TrainingClassRecord AClass(const std::string& number, const std::string& batch,
                                    Date ended_on = Date(2018, 3, 20)) {
    return {.class_no = number,
            .batch_no = batch,
            .occupation = "缝纫工",
            .location = kTown,
            .started_on = ended_on - 10,
            .ended_on = ended_on};
  }
  static TraineeRecord ATrainee(const std::string& held, const std::string& person, int32_t percent = 90) {
    return {.class_no = held, .household_no = "h1", .person_no = person, .attendance_percent = percent};
  }
  static EmploymentRecord AnEmployment(const std::string& number, const std::string& person, EmploymentKind kind,
                                       Date started_on, std::optional<Date> ended_on = std::nullopt) {
    return {.employment_no = number,
            .household_no = "h1",
            .person_no = person,
            .kind = kind,
            .started_on = started_on,
            .ended_on = ended_on};
  }

  // What the feed brings.
  template <typename Fact>
  absl::Status Follow(const std::string& key, const Fact& fact) {
    const int64_t next = 1'000'000 + ++told_;
    return stand_.store.TakeFacts(Fact::kTopic,
                                  {{.sequence = next,
                                    .topic = std::string(Fact::kTopic),
                                    .key = key,
                                    .body = roots::ToJson(fact),
                                    .version = next}},
                                  Follows().at(std::string(Fact::kTopic)));
  }
  absl::Status MoveIn(std::optional<Date> on) {
    return Follow(household_.id, feed::RelocationFact{.household_id = household_.id, .moved_in_on = on});
  }

  int64_t Figure(const std::string& name, const std::string& month, const std::string& division = "45") {
    return stand_.Figure("workshops." + name, division, month);
  }

  testing::Stand stand_;
  // h1 as the registry tells of it.
  feed::HouseholdFact household_;

 private:
  int64_t told_ = 0;
};

}  // namespace anju::workshops
