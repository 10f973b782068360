#include "services/workshops/domain/indicators.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using ::testing::IsEmpty;

TEST(Catalogue, HasEachFigureOnceAndRatiosHaveTwoSums) {
  std::set<absl::string_view> ids;
  for (const tally::Indicator& indicator : Catalogue()) {
    EXPECT_TRUE(ids.insert(indicator.id).second) << indicator.id;
    EXPECT_EQ(indicator.id.substr(0, 10), "workshops.");
    EXPECT_EQ(indicator.kind == tally::IndicatorKind::kRatio, !indicator.numerator.empty()) << indicator.id;
    EXPECT_EQ(indicator.numerator.empty(), indicator.denominator.empty()) << indicator.id;
  }
}

class OrdersTest : public WorkshopsStand {
 protected:
  // All figures of every month, in two villages and above.
  static std::map<std::string, int64_t> All(testing::Stand& stand) {
    const absl::StatusOr<tally::Answer> answer = stand.figures.Ask({.divisions = {"45", kVillage, kOther},
                                                                    .from = ParseMonth("2017-08").value(),
                                                                    .to = ParseMonth("2018-10").value(),
                                                                    .monthly = true});
    std::map<std::string, int64_t> all;
    for (const tally::Sum& sum : answer.value().sums) {
      if (sum.value != 0) all[absl::StrCat(sum.indicator, " ", sum.division, " ", Format(*sum.month))] = sum.value;
    }
    return all;
  }
};

// Whatever came first, the training or the move, the figures are the same. Each order begins with an empty database.
TEST_P(OrdersTest, TheFiguresAreTheSameInEveryOrder) {
  using enum EmploymentKind;
  std::map<std::string, int64_t> expected;
  std::vector<int> order = {0, 1, 2, 3};
  do {
    testing::Stand stand(GetParam(), Kinds(), Catalogue());
    for (const char* code : {"450328", kTown, kVillage, kOther}) stand.KnowDivision(code);
    feed::HouseholdFact household = stand.KnowHousehold("h1", kVillage, 3);
    ASSERT_TRUE(stand.Import(ImportEnterprise, AnEnterprise("e1")).ok());
    ASSERT_TRUE(stand.Import(ImportWorkshop, AWorkshop("w1", "e1")).ok());
    ASSERT_TRUE(stand.Import(ImportTrainingClass, AClass("k1", "b1")).ok());
    const auto follow = [&](absl::string_view topic, const std::string& key, const std::string& body) {
      return stand.store.TakeFacts(
          topic, {{.sequence = 1'000'000, .topic = std::string(topic), .key = key, .body = body, .version = 1'000'000}},
          Follows().at(std::string(topic)));
    };
    const std::function<absl::Status()> steps[] = {
        [&] {
          household.residences.push_back({.since = Date(2018, 4, 9), .village = kOther});
          household.classifications.push_back(
              {.since = Date(2018, 8, 1), .household_class = feed::HouseholdClass::kGeneral});
          return follow(feed::HouseholdFact::kTopic, household.key, roots::ToJson(household));
        },
        [&] {
          const feed::RelocationFact fact{.household_id = household.id, .moved_in_on = Date(2018, 3, 25)};
          return follow(feed::RelocationFact::kTopic, household.id, roots::ToJson(fact));
        },
        [&] { return stand.Import(ImportTrainee, ATrainee("k1", "p1")).status(); },
        [&]() -> absl::Status {
          RETURN_IF_ERROR(stand.Import(ImportContract, AContract("c1", "p1", Date(2017, 9, 4))).status());
          RETURN_IF_ERROR(stand.Import(ImportPay, APay("c1", "2017-10", 1500'00)).status());
          RETURN_IF_ERROR(
              stand.Import(ImportEmployment, AnEmployment("j2", "p2", kSelfEmployed, Date(2018, 2, 1))).status());
          return stand.Import(ImportEmployment, AnEmployment("j1", "p1", kTransferred, Date(2017, 8, 1))).status();
        },
    };
    std::string taken;
    for (const int step : order) {
      absl::StrAppend(&taken, step);
      const absl::Status status = steps[step]();
      ASSERT_TRUE(status.ok()) << taken << ": " << status;
    }
    EXPECT_THAT(stand.Recount(), IsEmpty()) << taken;
    const std::map<std::string, int64_t> found = All(stand);
    if (expected.empty()) expected = found;
    ASSERT_EQ(found, expected) << taken;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(expected["workshops.trained_relocated_persons 45 2018-03"], 1);
  EXPECT_EQ(expected["workshops.workshop_relocated_workers 450328101202 2018-04"], 1);
  EXPECT_EQ(expected["workshops.poor_labourers_working 45 2018-04"], 2);
  EXPECT_EQ(expected.count("workshops.poor_labourers_working 45 2018-08"), 0u);
  EXPECT_EQ(expected["workshops.stable_employment_relocated 45 2018-08"], 2);
}

INSTANTIATE_TEST_SUITE_P(Engines, OrdersTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
