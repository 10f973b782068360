#include "services/registry/rpc/household_file.h"

#include "anju/registry/v1/events.pb.h"
#include "anju/registry/v1/quality.pb.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/quality/finding.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";

class HouseholdFileTest : public ::testing::TestWithParam<std::string> {};

TEST_P(HouseholdFileTest, EventsAndFindingsGoWithTheHousehold) {
  testing::Stand stand(GetParam(),
                       {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<Finding>()},
                       Catalogue());
  for (const char* code : {"450328", kVillage, kOther}) stand.KnowDivision(code);
  HouseholdRecord record{.household_no = "h1",
                         .village = kVillage,
                         .household_class = HouseholdClass::kRegisteredPoor,
                         .registered_on = Date(2016, 1, 15)};
  ASSERT_TRUE(stand.Import(ImportHousehold, record).ok());
  record.exited_on = Date(2017, 12, 1);
  ASSERT_TRUE(stand.Import(ImportHousehold, record).ok());
  std::string id;
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(const auto household, session.Find<Household>(stand.batch.Key("h1")));
                            id = household->id;
                            Finding finding{.key = id + "/H001/",
                                            .household_id = id,
                                            .rule_id = "H001",
                                            .state = FindingState::kOpen,
                                            .opened_on = Date(2018, 1, 1),
                                            .due_on = Date(2018, 2, 1),
                                            .places = household->residences};
                            session.Put(finding);
                            return absl::OkStatus();
                          })
                  .ok());
  record.village = kOther;
  record.resident_since = Date(2018, 8, 20);
  ASSERT_TRUE(stand.Import(ImportHousehold, record).ok());

  std::vector<files::Part> parts, nobody;
  ASSERT_TRUE(stand.store
                  .Look([&](roots::Session& session) -> absl::Status {
                    ASSIGN_OR_RETURN(parts, PartsOfHousehold(session, id));
                    ASSIGN_OR_RETURN(nobody, PartsOfHousehold(session, "nobody"));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_TRUE(nobody.empty());
  ASSERT_EQ(parts.size(), 3);
  for (const files::Part& part : parts) EXPECT_EQ(part.division, kOther);
  for (const int32_t number : {1, 2}) {
    v1::HouseholdEvent event;
    ASSERT_TRUE(parts[static_cast<size_t>(number - 1)].record.UnpackTo(&event));
    EXPECT_EQ(event.number(), number);
    EXPECT_EQ(event.household_id(), id);
  }
  v1::Finding finding;
  ASSERT_TRUE(parts[2].record.UnpackTo(&finding));
  EXPECT_EQ(finding.rule_id(), "H001");
}

INSTANTIATE_TEST_SUITE_P(Engines, HouseholdFileTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
