#include "services/workshops/domain/enterprise.h"

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class EnterpriseTest : public WorkshopsStand {};

TEST_P(EnterpriseTest, CountsAtEveryLevelUntilItLeaves) {
  EnterpriseRecord record = AnEnterprise("e1");
  EXPECT_EQ(*stand_.Import(ImportEnterprise, record), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportEnterprise, record), Outcome::kUnchanged);
  for (const std::string division : {"45", "4503", "450328", kTown}) {
    EXPECT_EQ(Figure("enterprises", "2016-03", division), 1) << division;
    EXPECT_EQ(Figure("park_enterprises", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("park_enterprises_above_scale", "2018-10", division), 1) << division;
    EXPECT_EQ(Figure("park_jobs_offered", "2018-10", division), 250) << division;
    EXPECT_EQ(Figure("jobs_offered", "2016-02", division), 0) << division;
  }
  record.left_on = Date(2018, 5, 3);
  record.jobs_offered = 300;
  EXPECT_EQ(*stand_.Import(ImportEnterprise, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("jobs_offered", "2018-04"), 300);
  EXPECT_EQ(Figure("jobs_offered", "2018-05"), 0);
  record.in_park = false;
  EXPECT_EQ(*stand_.Import(ImportEnterprise, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("park_enterprises", "2018-04"), 0);
  EXPECT_EQ(Figure("enterprises", "2018-04"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EnterpriseTest, AWorkshopCountsWhileItIsRecognised) {
  ASSERT_TRUE(stand_.Import(ImportEnterprise, AnEnterprise("e1")).ok());
  WorkshopRecord record = AWorkshop("w1", "e1");
  record.recognised_on.reset();
  EXPECT_EQ(*stand_.Import(ImportWorkshop, record), Outcome::kAdded);
  EXPECT_EQ(Figure("workshops", "2018-10"), 0);
  record = AWorkshop("w1", "e1");
  EXPECT_EQ(*stand_.Import(ImportWorkshop, record), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportWorkshop, record), Outcome::kUnchanged);
  ASSERT_TRUE(stand_.Import(ImportWorkshop, AWorkshop("w2", "e1")).ok());
  // The enterprise recorded again keeps its workshops.
  EXPECT_EQ(*stand_.Import(ImportEnterprise, AnEnterprise("e1")), Outcome::kUnchanged);
  for (const std::string division : {"45", "4503", "450328", kTown, kVillage}) {
    EXPECT_EQ(Figure("workshops", "2017-06", division), 2) << division;
    EXPECT_EQ(Figure("workshop_floor_area", "2017-06", division), 600'00) << division;
  }
  EXPECT_EQ(Figure("workshop_founding_enterprises", "2017-05"), 0);
  EXPECT_EQ(Figure("workshop_founding_enterprises", "2017-06"), 1);
  record.revoked_on = Date(2018, 6, 22);
  EXPECT_EQ(*stand_.Import(ImportWorkshop, record), Outcome::kUpdated);
  EXPECT_EQ(Figure("workshops", "2018-05"), 2);
  EXPECT_EQ(Figure("workshops", "2018-06"), 1);
  EXPECT_EQ(Figure("workshop_founding_enterprises", "2018-06"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EnterpriseTest, AWorkshopMayGoToAnotherEnterprise) {
  for (const char* number : {"e1", "e2"}) ASSERT_TRUE(stand_.Import(ImportEnterprise, AnEnterprise(number)).ok());
  ASSERT_TRUE(stand_.Import(ImportWorkshop, AWorkshop("w1", "e1")).ok());
  EXPECT_EQ(*stand_.Import(ImportWorkshop, AWorkshop("w1", "e2")), Outcome::kUpdated);
  EXPECT_EQ(Figure("workshops", "2018-10"), 1);
  // In one transaction the one that takes may be written before the one that gives.
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            RETURN_IF_ERROR(ImportWorkshop(session, stand_.batch, AWorkshop("w2", "e1")).status());
                            return ImportWorkshop(session, stand_.batch, AWorkshop("w1", "e1")).status();
                          })
                  .ok());
  EXPECT_EQ(Figure("workshops", "2018-10"), 2);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EnterpriseTest, RefusesEnterprisesInOrder) {
  EnterpriseRecord record = AnEnterprise("e1");
  record.credit_code = "91350100M000100Y4";
  record.location = "450328999";
  record.jobs_offered = -1;
  record.left_on = Date(2015, 1, 1);
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kInvalidArgument, "CREDIT_CODE_MALFORMED"));
  record.credit_code = "91350100M000100Y44";
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kInvalidArgument, "CREDIT_CODE_CHECKSUM"));
  record.credit_code = "91350100M000100Y43";
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  record.location = "451003001001";
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  record.location = kTown;
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kInvalidArgument, "AMOUNT_NEGATIVE"));
  record.jobs_offered = 0;
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
}

TEST_P(EnterpriseTest, ACodeBelongsToOneThatHasNotLeft) {
  EnterpriseRecord first = AnEnterprise("e1"), second = AnEnterprise("e2");
  second.credit_code = first.credit_code;
  ASSERT_EQ(*stand_.Import(ImportEnterprise, first), Outcome::kAdded);
  EXPECT_THAT(stand_.Import(ImportEnterprise, second).status(), RefusedWith(kAlreadyExists, "CREDIT_CODE_TAKEN"));
  // Within one transaction, too.
  EXPECT_THAT(
      stand_.store.Change({},
                          [&](roots::Session& session) -> absl::Status {
                            RETURN_IF_ERROR(ImportEnterprise(session, stand_.batch, AnEnterprise("e2")).status());
                            second.enterprise_no = "e3";
                            second.credit_code = AnEnterprise("e2").credit_code;
                            return ImportEnterprise(session, stand_.batch, second).status();
                          }),
      RefusedWith(kAlreadyExists, "CREDIT_CODE_TAKEN"));
  second = AnEnterprise("e2");
  ASSERT_EQ(*stand_.Import(ImportEnterprise, second), Outcome::kAdded);
  second.credit_code = first.credit_code;
  EXPECT_THAT(stand_.Import(ImportEnterprise, second).status(), RefusedWith(kAlreadyExists, "CREDIT_CODE_TAKEN"));
  EXPECT_EQ(Figure("enterprises", "2018-10"), 2);
  // Who left makes room, and cannot come back while another has the code.
  first.left_on = Date(2018, 5, 1);
  EXPECT_EQ(*stand_.Import(ImportEnterprise, first), Outcome::kUpdated);
  EXPECT_EQ(*stand_.Import(ImportEnterprise, second), Outcome::kUpdated);
  first.left_on.reset();
  EXPECT_THAT(stand_.Import(ImportEnterprise, first).status(), RefusedWith(kAlreadyExists, "CREDIT_CODE_TAKEN"));
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(EnterpriseTest, RefusesWorkshopsInOrder) {
  ASSERT_TRUE(stand_.Import(ImportEnterprise, AnEnterprise("e1")).ok());
  WorkshopRecord record = AWorkshop("w1", "e9");
  record.location = "450328999999";
  record.floor_area_centi_sqm = 0;
  record.checked_on.reset();
  record.revoked_on = Date(2017, 1, 1);
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kNotFound, "ENTERPRISE_NOT_FOUND"));
  record.enterprise_no = "e1";
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  record.location = "451003001001";
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  record.location = kVillage;
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "AREA_NOT_POSITIVE"));
  record.floor_area_centi_sqm = 1;
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "NOT_CHECKED"));
  record.checked_on = Date(2017, 6, 2);
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  record.checked_on = Date(2017, 6, 1);
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  // Revoked without ever having been recognised.
  record.recognised_on.reset();
  EXPECT_THAT(stand_.Import(ImportWorkshop, record).status(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  record.revoked_on.reset();
  EXPECT_EQ(*stand_.Import(ImportWorkshop, record), Outcome::kAdded);
}

INSTANTIATE_TEST_SUITE_P(Engines, EnterpriseTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
