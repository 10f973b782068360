#include "services/registry/domain/event.h"

#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

TEST(LastStanding, LooksPastWhatWasTakenBack) {
  const auto event = [](EventKind kind, int32_t corrects = 0) {
    HouseholdEvent made{.kind = kind};
    made.corrects = corrects;
    return made;
  };
  const HouseholdEvent birth = event(EventKind::kBirth), exit = event(EventKind::kExit);
  const struct {
    std::vector<HouseholdEvent> events;
    int32_t last;
  } rows[] = {
      {{}, 0},
      {{birth}, 1},
      {{birth, exit}, 2},
      {{birth, exit, event(EventKind::kCorrection, 2)}, 1},
      {{birth, exit, event(EventKind::kCorrection, 2), event(EventKind::kCorrection, 1)}, 0},
      {{birth, event(EventKind::kCorrection, 1), exit}, 3},
  };
  for (const auto& row : rows) {
    const auto find = [&](int32_t number) -> absl::StatusOr<HouseholdEvent> { return row.events[number - 1]; };
    EXPECT_EQ(*LastStanding(static_cast<int32_t>(row.events.size()), find), row.last) << row.events.size();
  }
}

class EventTest : public ::testing::TestWithParam<std::string> {};

TEST_P(EventTest, AHouseholdHasAtMostSoMany) {
  testing::Stand stand(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>()}, {});
  const Date day(2016, 1, 15);
  Household household{.key = "k",
                      .residences = {{.since = day, .village = "450328100201"}},
                      .classifications = {{.since = day, .household_class = HouseholdClass::kGeneral}},
                      .registered_on = day,
                      .events = kMostEvents - 1};
  const auto keep = [&] {
    return stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Household> before, session.Find<Household>("k"));
      Household after = before.value_or(household);
      if (!before.has_value()) {
        session.Put(after);
        before = after;
      }
      return KeepEvent(session, before, after, {.kind = EventKind::kExit, .happened_on = day});
    });
  };
  EXPECT_TRUE(keep().ok());
  EXPECT_THAT(keep(), RefusedWith(kFailedPrecondition, "TOO_MANY_EVENTS"));
}

INSTANTIATE_TEST_SUITE_P(Engines, EventTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
