#include "services/microcredit/domain/credit_place.h"

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/indicators.h"
#include "tests/support/recode.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

constexpr char kTownship[] = "450328100";
constexpr char kVillage[] = "450328100201";
const Date kDay(2017, 12, 20);

TEST(QualifyTest, RefusesInOrder) {
  EXPECT_THAT(Qualify({}, kDay, {}), RefusedWith(kFailedPrecondition, "RATED_SHARE_TOO_LOW"));
  EXPECT_THAT(Qualify({.poor = 100, .rated = 79, .balance_fen = 100, .overdue_fen = 6}, kDay, {}),
              RefusedWith(kFailedPrecondition, "RATED_SHARE_TOO_LOW"));
  EXPECT_THAT(Qualify({.poor = 100, .rated = 80, .balance_fen = 100, .overdue_fen = 6}, kDay, {}),
              RefusedWith(kFailedPrecondition, "OVERDUE_RATE_TOO_HIGH"));
  EXPECT_TRUE(Qualify({.poor = 100, .rated = 80, .balance_fen = 100, .overdue_fen = 5}, kDay, {}).ok());
  EXPECT_TRUE(Qualify({.poor = 1, .rated = 1}, kDay, {}).ok());
}

TEST(QualifyTest, SaysWhy) {
  const policy::Decision no = JudgePlace({.poor = 100, .rated = 80, .balance_fen = 100, .overdue_fen = 6}, kDay, {});
  EXPECT_EQ(no.verdict, policy::Verdict::kNo);
  EXPECT_EQ(no.reason, "OVERDUE_RATE_TOO_HIGH");
  EXPECT_EQ(no.inputs[3], (policy::Input{"overdue_fen", "6"}));
  EXPECT_EQ(no.used, (std::vector<policy::Used>{{"place_rated_percent", "1", 80}, {"place_overdue_percent", "1", 5}}));
  EXPECT_EQ(JudgePlace({.poor = 1, .rated = 1}, kDay, {}).verdict, policy::Verdict::kYes);
}

class CreditPlaceTest : public ::testing::TestWithParam<std::string> {
 protected:
  CreditPlaceTest()
      : stand_(GetParam(), {&roots::KindOf<CreditPlace>(), &roots::KindOf<CreditAccount>()}, Catalogue()) {
    for (const char* code : {"450328", kTownship, kVillage, "451021001001"}) stand_.KnowDivision(code);
    for (int i = 1; i <= 5; ++i) Tell(stand_.KnowHousehold(absl::StrCat("h", i), kVillage, 1));
  }
  void Tell(const feed::HouseholdFact& fact) {
    ASSERT_TRUE(stand_.store.Change({}, [&](roots::Session& session) { return FollowHousehold(session, fact); }).ok());
  }
  void Rate(int household, int32_t score = 95) {
    ASSERT_TRUE(stand_
                    .Import(ImportRating, RatingRecord{.rating_no = absl::StrCat("p", household),
                                                       .household_no = absl::StrCat("h", household),
                                                       .rated_on = Date(2016, 2, 1),
                                                       .credit_score = score,
                                                       .labour_score = score,
                                                       .asset_score = score})
                    .ok());
  }
  Stand stand_;
};

TEST_P(CreditPlaceTest, IsRecognisedWhereEnoughAreRated) {
  for (int i = 1; i <= 3; ++i) Rate(i);
  // A grade without a line is no rating that counts.
  Rate(4, 10);
  CreditPlaceRecord row{.division = kVillage, .recognised_on = kDay};
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kFailedPrecondition, "RATED_SHARE_TOO_LOW"));
  Rate(5);
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, row), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, row), Outcome::kUnchanged);
  CreditPlaceRecord township = row;
  township.division = kTownship;
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, township), Outcome::kAdded);
  for (const std::string division : {"45", "4503", "450328", kTownship}) {
    EXPECT_EQ(stand_.Figure("microcredit.credit_villages", division, "2017-12"), 1) << division;
    EXPECT_EQ(stand_.Figure("microcredit.credit_townships", division, "2018-10"), 1) << division;
    EXPECT_EQ(stand_.Figure("microcredit.credit_townships", division, "2017-11"), 0) << division;
  }
  // It is not judged again when it is revoked.
  Tell(stand_.KnowHousehold("h6", kVillage, 1));
  row.revoked_on = Date(2018, 5, 1);
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, row), Outcome::kUpdated);
  EXPECT_EQ(stand_.Figure("microcredit.credit_villages", "45", "2018-05"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(CreditPlaceTest, WhoLivedThereUnderTheOldCodeCounts) {
  for (int i = 1; i <= 5; ++i) Rate(i);
  constexpr char kNow[] = "450399100201";
  testing::Recode(stand_, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  stand_.Know(kVillage, feed::DivisionFact{.code = kVillage, .successor = kNow, .keyed_as = kVillage});
  stand_.Know(kNow, feed::DivisionFact{.code = kNow, .keyed_as = kVillage});
  for (int i = 1; i <= 5; ++i) {
    feed::HouseholdFact fact = stand_.KnowHousehold(absl::StrCat("h", i), kVillage, 1);
    fact.residences.push_back({.since = Date(2018, 6, 1), .village = kNow});
    Tell(fact);
  }
  stand_.batch.division = "450399";
  stand_.batch.key_division = "450328";
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, CreditPlaceRecord{.division = kNow, .recognised_on = kDay}),
            Outcome::kAdded);
}

TEST_P(CreditPlaceTest, RefusesRowsInOrder) {
  for (int i = 1; i <= 5; ++i) Rate(i);
  ASSERT_TRUE(stand_
                  .Import(ImportLoan, LoanRecord{.loan_no = "l1",
                                                 .household_no = "h1",
                                                 .bank = "样例银行",
                                                 .principal_fen = 2'000'000,
                                                 .annual_rate_bp = 475,
                                                 .disbursed_on = Date(2017, 4, 11),
                                                 .matures_on = Date(2019, 4, 11),
                                                 .purpose = Purpose::kPlanting})
                  .ok());
  CreditPlaceRecord row{
      .division = "450328999999", .recognised_on = Date(2015, 12, 20), .revoked_on = Date(2015, 12, 19)};
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  row.division = "451021001001";
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  row.division = "450328";
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE_OR_TOWNSHIP"));
  row.division = kVillage;
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.revoked_on = Date(2018, 11, 2);
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  row.revoked_on.reset();
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kFailedPrecondition, "RATED_SHARE_TOO_LOW"));
  row.recognised_on = Date(2017, 6, 21);
  EXPECT_THAT(stand_.Import(ImportCreditPlace, row), RefusedWith(kFailedPrecondition, "OVERDUE_RATE_TOO_HIGH"));
  row.recognised_on = Date(2017, 6, 20);
  EXPECT_EQ(*stand_.Import(ImportCreditPlace, row), Outcome::kAdded);
}

INSTANTIATE_TEST_SUITE_P(Engines, CreditPlaceTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
