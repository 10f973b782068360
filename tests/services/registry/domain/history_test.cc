#include "services/registry/domain/history.h"

#include <map>

#include "tests/services/registry/domain/chronicle.h"

namespace anju::registry {
namespace {

using ::testing::IsEmpty;

class HistoryTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HistoryTest, EveryDayIsAsAPlainRegisterHasIt) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  Chronicle chronicle(GetParam(), seed);
  for (int i = 0; i < 150; ++i) chronicle.Step();
  EXPECT_GT(chronicle.done, 30);
  EXPECT_GT(chronicle.taken_back, 0);
  const std::vector<Household> all = chronicle.All();
  Register plain;
  size_t next = 0;
  for (Date day = kBegin; day < kBegin + 700; ++day) {
    for (; next < chronicle.entries.size() && chronicle.entries[next].on <= day; ++next) {
      plain.Replay(chronicle.entries[next]);
    }
    std::map<std::string, std::string> household_of, village_of;
    std::map<std::string, int64_t> persons, poor;
    for (const Household& household : all) {
      const std::optional<Household> then = OnDay(household, day);
      if (!then.has_value()) continue;
      const std::string number = Chronicle::NumberOf(household);
      village_of[number] = then->Division();
      EXPECT_EQ(household.PoorOn(day), plain.poor[number]) << number << " " << day;
      EXPECT_EQ(then->PoorOn(day), plain.poor[number]) << number << " " << day;
      for (const Member& member : then->members) {
        EXPECT_TRUE(household_of.emplace(member.name, number).second) << member.name << " is in two places on " << day;
        persons[then->Division()] += 1;
        if (plain.poor[number]) poor[then->Division()] += 1;
      }
    }
    ASSERT_EQ(household_of, plain.household_of) << day;
    ASSERT_EQ(village_of, plain.village_of) << day;
    const Month month = Month::Of(day);
    if (day != month.LastDay()) continue;
    for (const std::string& village : kVillages) {
      ASSERT_EQ(chronicle.stand.Figure("registry.persons", village, Format(month)), persons[village]) << day;
      ASSERT_EQ(chronicle.stand.Figure("registry.poor_persons", village, Format(month)), poor[village]) << day;
    }
  }
  EXPECT_THAT(chronicle.stand.Recount(), IsEmpty());
}

TEST_P(HistoryTest, EveryMomentIsKnownAsItWasKnown) {
  const uint32_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  Chronicle chronicle(GetParam(), seed);
  std::vector<std::pair<std::string, std::map<std::string, Household>>> moments;
  for (int i = 0; i < 60; ++i) {
    chronicle.Step();
    std::map<std::string, Household> known;
    for (const Household& household : chronicle.All()) known[household.id] = household;
    moments.emplace_back(MomentOf(chronicle.stand.clock.Now()), std::move(known));
  }
  const absl::Status status = chronicle.stand.store.Look([&](roots::Session& session) -> absl::Status {
    for (const Household& household : chronicle.All()) {
      for (const auto& [moment, known] : moments) {
        ASSIGN_OR_RETURN(const auto then, KnownAt(household, moment, EventsOf(session, household.id)));
        const auto expected = known.find(household.id);
        EXPECT_EQ(then.has_value(), expected != known.end()) << moment;
        if (then.has_value() && expected != known.end()) {
          EXPECT_EQ(*then, expected->second) << moment;
        }
      }
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(HistoryTest, APersonIsOneInAllTheirHouseholds) {
  Chronicle chronicle(GetParam(), 1);
  for (int i = 0; i < 150; ++i) chronicle.Step();
  const std::vector<Household> all = chronicle.All();
  std::map<std::string, size_t> memberships;
  for (const Household& household : all) {
    for (const Member& member : household.members) {
      if (member.left_as != Leaving::kTakenBack) ++memberships[member.name];
    }
  }
  int several = 0;
  const absl::Status status = chronicle.stand.store.Look([&](roots::Session& session) -> absl::Status {
    for (const Household& household : all) {
      for (const Member& member : household.members) {
        ASSIGN_OR_RETURN(const auto history, HistoryOf(session, PersonId(household, member)));
        EXPECT_EQ(history.size(), memberships[member.name]) << member.name;
        several += history.size() > 1;
        for (size_t i = 1; i < history.size(); ++i) EXPECT_EQ(history[i - 1].left_on, history[i].joined_on);
      }
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_GT(several, 3);
}

INSTANTIATE_TEST_SUITE_P(Engines, HistoryTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
