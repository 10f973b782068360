#include "services/workshops/domain/indicators.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
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

int64_t Sum(const tally::Contributions& parts, absl::string_view name, Month month) {
  int64_t sum = 0;
  for (const tally::Contribution& part : parts) {
    if (part.indicator.substr(10) == name && part.month <= month) sum += part.amount;
  }
  return sum;
}

// A full labourer of a registered-poor household that moved in on 2017-05-10, with a contract, a business and a
// transfer since 2017-05-01 and a training that ended on 2018-03-20.
Worker AWorker() {
  return {
      .person_no = "p1",
      .relocated_on = Date(2017, 5, 10),
      .contracts = {{.signed_on = Date(2017, 5, 1)}},
      .trainings = {{.ended_on = Date(2018, 3, 20), .attendance_percent = 100}},
      .employments = {{.kind = EmploymentKind::kSelfEmployed, .started_on = Date(2017, 5, 1)},
                      {.kind = EmploymentKind::kTransferred, .started_on = Date(2017, 5, 1)}},
      .household = {
          .residences = {{.since = Date(2016, 1, 1), .village = kVillage}},
          .classifications = {{.since = Date(2016, 1, 1), .household_class = feed::HouseholdClass::kRegisteredPoor}},
          .registered_on = Date(2016, 1, 1),
          .persons = {{.person_no = "p1", .labour = feed::Labour::kFull, .joined_on = Date(2016, 1, 1)}}}};
}

constexpr absl::string_view kPresent[] = {"workshop_workers", "poor_labourers_working", "self_employed"};
constexpr absl::string_view kPresentRelocated[] = {"workshop_relocated_workers", "stable_employment_relocated"};
constexpr absl::string_view kPresentLabourers[] = {"trained_relocated_recently", "transferred_relocated_labourers"};
constexpr absl::string_view kForEver[] = {"trained_persons",      "trained_poor_persons", "trained_relocated_persons",
                                          "trained_person_times", "newly_transferred",    "transferred_relocated"};

struct Member {
  const char* what;
  feed::PersonFact fact;
  // In 2018-08.
  bool present, relocated, labourer;
};

// As the tester found it: a labourer who died on 2018-07-10 worked on.
TEST(Worker, CountsWhileTheyAreThere) {
  using feed::Labour;
  const Member members[] = {
      {"stays", {.labour = Labour::kFull}, true, true, true},
      {"cannot work", {.labour = Labour::kNone}, true, true, false},
      {"died", {.labour = Labour::kFull, .left_on = Date(2018, 7, 10)}, false, false, false},
      {"goes on elsewhere",
       {.labour = Labour::kFull, .left_on = Date(2018, 7, 10), .goes_on = true},
       true,
       false,
       false},
      {"leaves later", {.labour = Labour::kFull, .left_on = Date(2018, 9, 1)}, true, true, true},
      {"somebody else", {.person_no = "p2", .labour = Labour::kFull}, false, false, false},
  };
  for (Member member : members) {
    if (member.fact.person_no.empty()) member.fact.person_no = "p1";
    member.fact.joined_on = Date(2016, 1, 1);
    Worker worker = AWorker();
    worker.household.persons = {member.fact};
    const tally::Contributions parts = Contributions(worker);
    const Month august = *ParseMonth("2018-08");
    for (const auto name : kPresent) EXPECT_EQ(Sum(parts, name, august), member.present) << member.what << " " << name;
    for (const auto name : kPresentRelocated) {
      EXPECT_EQ(Sum(parts, name, august), member.relocated) << member.what << " " << name;
    }
    for (const auto name : kPresentLabourers) {
      EXPECT_EQ(Sum(parts, name, august), member.labourer) << member.what << " " << name;
    }
    for (const auto name : kForEver) EXPECT_EQ(Sum(parts, name, august), 1) << member.what << " " << name;
  }
}

// Whatever is recorded: who counts above the line of a ratio counts below it, as relocation counts.
TEST(Worker, NeverCountsWhoIsNoRelocatedMember) {
  std::mt19937 random(20181);
  const auto upto = [&](int most) { return static_cast<int>(random() % static_cast<unsigned>(most + 1)); };
  const auto day = [&] { return Date(2017, 1, 1) + upto(900); };
  const auto maybe = [&](Date from) { return upto(1) ? std::optional(from + upto(600)) : std::nullopt; };
  for (int round = 0; round < 2000; ++round) {
    Worker worker = AWorker();
    worker.relocated_on = day();
    feed::PersonFact& person = worker.household.persons[0];
    person.joined_on = day();
    person.left_on = maybe(person.joined_on);
    person.goes_on = person.left_on.has_value() && upto(1);
    person.labour = static_cast<feed::Labour>(upto(4));
    worker.contracts.clear(), worker.employments.clear(), worker.trainings.clear();
    for (int i = upto(3); i > 0; --i) {
      const Date from = day();
      worker.contracts.push_back({.signed_on = from, .ended_on = maybe(from)});
      const Date start = day();
      worker.employments.push_back(
          {.kind = static_cast<EmploymentKind>(1 + upto(2)), .started_on = start, .ended_on = maybe(start)});
      worker.trainings.push_back({.ended_on = day(), .attendance_percent = 80});
    }
    const tally::Contributions parts = Contributions(worker);
    for (Month month = *ParseMonth("2017-01"); month < *ParseMonth("2022-01"); month = month.Plus(1)) {
      const Date last = month.LastDay();
      const bool member = *worker.relocated_on <= last && person.joined_on <= last &&
                          (!person.left_on.has_value() || *person.left_on > last);
      const bool labourer = member && feed::CanWork(person.labour);
      for (const auto name : kPresentRelocated) ASSERT_LE(Sum(parts, name, month), member) << round << " " << name;
      for (const auto name : kPresentLabourers) ASSERT_LE(Sum(parts, name, month), labourer) << round << " " << name;
    }
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
