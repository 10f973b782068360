#include "tests/support/fields.h"

#include "anju/relocation/v1/relocation.pb.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {
namespace {

using testing::ExpectSameFields;

TEST(FieldsTest, EveryStructNamesTheFieldsOfItsMessage) {
  ExpectSameFields<v1::SiteRecord, SiteRecord>();
  ExpectSameFields<v1::UnitRecord, UnitRecord>();
  ExpectSameFields<v1::CaseRecord, CaseRecord>();
  ExpectSameFields<v1::MeasureRecord, MeasureRecord>();
  ExpectSameFields<v1::PublicPostRecord, PublicPostRecord>();
  ExpectSameFields<v1::PublicPost, PublicPost>();
  ExpectSameFields<v1::Site, Site>();
  ExpectSameFields<v1::Measure, Measure>();
  ExpectSameFields<v1::MoveInHouseholdsRequest, Ceremony>();
  ExpectSameFields<v1::MoveInHouseholdsResponse, Moved>();
  ExpectSameFields<v1::Case, Case>();
}

TEST(FieldsTest, ACaseIsShownWithoutWhatItCopied) {
  Case relocation{.id = "1", .state = CaseState::kMovedIn, .steps = {.declared_on = Date(2016, 2, 10)}};
  relocation.measures = {{.measure_no = "m1", .kind = MeasureKind::kServices}};
  relocation.household.persons = {{.person_no = "p1"}};
  const v1::Case shown = records::ToMasked<v1::Case>(relocation);
  EXPECT_EQ(shown.state(), v1::CASE_STATE_MOVED_IN);
  EXPECT_EQ(shown.declared_on(), "2016-02-10");
  EXPECT_EQ(shown.moved_in_on(), "");
  EXPECT_EQ(shown.measures(0).kind(), v1::MEASURE_KIND_SERVICES);
}

TEST(FieldsTest, ACeremonyNamesItsDivision) {
  v1::MoveInHouseholdsRequest request;
  request.set_place("示例广场");
  request.set_moved_in_on("2018-07-28");
  EXPECT_EQ(FieldOf(messages::FromProto<Ceremony>(request).status()), "division");
  request.set_division("451022");
  request.add_cases("451022/county/B00001");
  const auto ceremony = messages::FromProto<Ceremony>(request);
  ASSERT_TRUE(ceremony.ok()) << ceremony.status();
  EXPECT_EQ(ceremony->cases.at(0), "451022/county/B00001");
}

}  // namespace
}  // namespace anju::relocation
