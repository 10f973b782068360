#include "tests/support/fields.h"

#include "anju/registry/v1/division_changes.pb.h"
#include "anju/registry/v1/duplicates.pb.h"
#include "anju/registry/v1/events.pb.h"
#include "anju/registry/v1/figures.pb.h"
#include "anju/registry/v1/quality.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "services/registry/domain/division_change.h"
#include "services/registry/domain/divisions.h"
#include "services/registry/domain/duplicates.h"
#include "services/registry/domain/history.h"
#include "services/registry/domain/household.h"
#include "services/registry/domain/life.h"
#include "services/registry/domain/plan.h"
#include "services/registry/domain/quality/comparison.h"
#include "services/registry/domain/village.h"

namespace anju::registry {
namespace {

TEST(Fields, AreThoseOfTheContract) {
  testing::ExpectSameFields<v1::VillageRecord, VillageRecord>();
  testing::ExpectSameFields<v1::HouseholdRecord, HouseholdRecord>();
  testing::ExpectSameFields<v1::PersonRecord, PersonRecord>();
  testing::ExpectSameFields<v1::IdentificationFindingRecord, IdentificationRecord>();
  testing::ExpectSameFields<v1::HouseholdEvent, HouseholdEvent>();
  testing::ExpectSameFields<v1::MemberRelation, MemberRelation>();
  testing::ExpectSameFields<v1::Membership, Membership>();
  testing::ExpectSameFields<v1::RelationSince, RelationSince>();
  testing::ExpectSameFields<v1::Relapse, feed::Relapse>();
  testing::ExpectSameFields<v1::IdentificationFinding, IdentificationFinding>();
  testing::ExpectSameFields<v1::Household, Household>();
  testing::ExpectSameFields<v1::Member, Member>();
  testing::ExpectSameFields<v1::Residence, Residence>();
  testing::ExpectSameFields<v1::Classification, Classification>();
  testing::ExpectSameFields<v1::Division, Division>();
  testing::ExpectSameFields<v1::ExitPlanRecord, ExitPlanRecord>();
  testing::ExpectSameFields<v1::ExitPlan, ExitPlan>();
  testing::ExpectSameFields<v1::DivisionChange, DivisionChange>();
  testing::ExpectSameFields<v1::Succession, Succession>();
  testing::ExpectSameFields<v1::DuplicateCandidate, DuplicateCandidate>();
  testing::ExpectSameFields<v1::PopulationRecord, PopulationRecord>();
  testing::ExpectSameFields<v1::PlanYear, PlanYear>();
  testing::ExpectSameFields<v1::Finding, Finding>();
  testing::ExpectSameFields<v1::FindingMove, FindingMove>();
  testing::ExpectSameFields<v1::Evaluation, Evaluation>();
  testing::ExpectSameFields<v1::DepartmentRecord, DepartmentRecord>();
  testing::ExpectSameFields<v1::ListEntry, ListEntry>();
  testing::ExpectSameFields<v1::Reading, Reading>();
  testing::ExpectSameFields<v1::Comparison, Comparison>();
}

}  // namespace
}  // namespace anju::registry
