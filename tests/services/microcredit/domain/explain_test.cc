#include "services/microcredit/domain/explain.h"

#include "services/microcredit/domain/indicators.h"
#include "services/microcredit/domain/interest_subsidy.h"
#include "tests/support/recode.h"
#include "tests/support/setting.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using anju::testing::RefusedWith;
using policy::Decision;
using policy::Verdict;
using roots::Outcome;
using enum absl::StatusCode;

class ExplainTest : public ::testing::TestWithParam<std::string> {
 protected:
  ExplainTest()
      : stand(GetParam(),
              {&roots::KindOf<RiskFund>(), &roots::KindOf<CreditAccount>(), &roots::KindOf<CreditPlace>(),
               &roots::KindOf<subsidy::Run>()},
              Catalogue()) {
    stand.KnowDivision("450328");
    stand.KnowHousehold("h1", "450328100201", 3);
    stand.KnowHousehold("h2", "450328100201", 3);
  }

  void Set(absl::string_view name, int64_t value) { testing::SetParameter(stand, Policies(), name, value); }
  RatingRecord Rating(const std::string& household_no, Date day) {
    return {.rating_no = "p-" + household_no,
            .household_no = household_no,
            .rated_on = day,
            .credit_score = 90,
            .labour_score = 90,
            .asset_score = 50};
  }
  LoanRecord Lending(const std::string& household_no, Date day, int64_t principal_fen) {
    return {.loan_no = "l-" + household_no,
            .household_no = household_no,
            .bank = "样例银行",
            .principal_fen = principal_fen,
            .annual_rate_bp = 425,
            .disbursed_on = day,
            .matures_on = AddMonths(day, 12),
            .purpose = Purpose::kPlanting};
  }
  template <typename Root>
  absl::StatusOr<policy::Answer> Ask(const std::string& key, absl::string_view rule, const std::string& subject = "") {
    absl::StatusOr<policy::Answer> answer = absl::UnknownError("not run");
    const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Root> root, session.Find<Root>(key));
      answer = Explain(session, *root, {.rule = std::string(rule), .subject = subject, .today = Today()});
      return answer.status();
    });
    if (!status.ok()) return status;
    return answer;
  }
  Date Today() const { return DayInChina(stand.clock.Now()); }
  static std::string Account(const std::string& household_no) { return "450328/county/" + household_no; }

  testing::Stand stand;
};

INSTANTIATE_TEST_SUITE_P(Engines, ExplainTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(ExplainTest, ALineKeepsTheScorecardThatSetIt) {
  ASSERT_EQ(*stand.Import(ImportRating, Rating("h1", Today())), Outcome::kAdded);
  const Decision old = Ask<CreditAccount>(Account("h1"), kLineRule)->kept.at(0);
  // 60% of 90, 25% of 90 and 15% of 50.
  EXPECT_EQ(old.inputs[3].value, "8400");
  EXPECT_EQ(old.amount_fen, 30'000'00);
  EXPECT_EQ(old.used[0], (policy::Used{"credit_weight", "1", 60}));
  EXPECT_EQ(old.used.back(), (policy::Used{"grade_aa_line_fen", "1", 30'000'00}));

  Set("asset_weight", 0);
  Set("grade_aaa_line_fen", 40'000'00);
  EXPECT_EQ(*stand.Import(ImportRating, Rating("h1", Today())), Outcome::kUnchanged);
  EXPECT_EQ(Ask<CreditAccount>(Account("h1"), kLineRule)->kept.at(0), old);
  ASSERT_EQ(*stand.Import(ImportRating, Rating("h2", Today())), Outcome::kAdded);
  const Decision yes = Ask<CreditAccount>(Account("h2"), kLineRule)->kept.at(0);
  EXPECT_EQ(yes.inputs[3].value, "9000");
  EXPECT_EQ(yes.amount_fen, 40'000'00);
  EXPECT_EQ(yes.used.back().version, "450328/2");
}

TEST_P(ExplainTest, ALoanKeepsItsLimitsAndWhoHasNoneIsToldTheRest) {
  ASSERT_TRUE(stand.Import(ImportRating, Rating("h1", Today())).ok());
  Decision could = Ask<CreditAccount>(Account("h1"), kLoanRule)->would.at(0);
  EXPECT_EQ(could.verdict, Verdict::kYes);
  EXPECT_EQ(could.amount_fen, 30'000'00);
  Set(kLargestLoan, 20'000'00);
  EXPECT_EQ(Ask<CreditAccount>(Account("h1"), kLoanRule)->would.at(0).amount_fen, 20'000'00);
  EXPECT_THAT(stand.Import(ImportLoan, Lending("h1", Today(), 20'000'01)),
              RefusedWith(kFailedPrecondition, "PRINCIPAL_ABOVE_LIMIT"));
  // A day before, the old limit holds; but the household was not rated yet.
  EXPECT_THAT(stand.Import(ImportLoan, Lending("h1", Today() - 1, 20'000'01)),
              RefusedWith(kFailedPrecondition, "NOT_RATED"));
  ASSERT_TRUE(stand.Import(ImportLoan, Lending("h1", Today(), 20'000'00)).ok());
  const Decision lent = Ask<CreditAccount>(Account("h1"), kLoanRule)->kept.at(0);
  EXPECT_EQ(lent.subject, "450328/county/l-h1");
  EXPECT_EQ(lent.used[0], (policy::Used{"largest_loan_fen", "450328/1", 20'000'00}));
  EXPECT_EQ(lent.used[2].name, "base_rate_one_year_bp");
  EXPECT_EQ(lent.inputs[3].value, "2000000");
  could = Ask<CreditAccount>(Account("h1"), kLoanRule)->would.at(0);
  EXPECT_EQ(could.amount_fen, 10'000'00);
  EXPECT_THAT(stand.Recount(), ::testing::IsEmpty());
}

TEST_P(ExplainTest, ASubsidyIsExplainedByTheRunThatPaidIt) {
  ASSERT_TRUE(stand.Import(ImportRating, Rating("h1", Date(2018, 6, 1))).ok());
  ASSERT_TRUE(stand.Import(ImportLoan, Lending("h1", Date(2018, 6, 20), 10'000'00)).ok());
  // 92 days at 4.25%.
  ASSERT_TRUE(
      stand
          .Import(ImportRepayment,
                  RepaymentRecord{
                      .repayment_no = "r1", .loan_no = "l-h1", .paid_on = Date(2018, 9, 20), .amount_fen = 10861})
          .ok());
  const absl::Status paid = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const subsidy::Run listed, ListRun(session, "450328", "2018Q3", "li"));
    ASSIGN_OR_RETURN(
        const subsidy::Run approved,
        subsidy::DecideRun(session, SubsidyFlow(), listed, {.verdict = approval::Verdict::kApprove},
                           {.by = "wang", .on = DayInChina(session.now()), .roles = {"approver"}, .scope = "450328"}));
    return PayRun(session, approved, Today()).status();
  });
  ASSERT_TRUE(paid.ok()) << paid;
  const policy::Answer answer = *Ask<CreditAccount>(Account("h1"), kSubsidyRule);
  ASSERT_EQ(answer.kept.size(), 1u);
  EXPECT_EQ(answer.kept[0].amount_fen, 10861);
  EXPECT_EQ(answer.kept[0].used, (std::vector<policy::Used>{{"subsidy_grace_days", "1", 10}}));
  EXPECT_EQ(answer.kept[0].inputs.back().value, "2018-09-30");
}

TEST_P(ExplainTest, ACompensationKeepsItsShare) {
  using enum FundMovementKind;
  ASSERT_TRUE(stand.Import(ImportRating, Rating("h1", Date(2016, 2, 1))).ok());
  LoanRecord lost = Lending("h1", Date(2017, 4, 11), 20'000'00);
  lost.annual_rate_bp = 0;
  ASSERT_TRUE(stand.Import(ImportLoan, lost).ok());
  ASSERT_TRUE(stand
                  .Import(ImportFundMovement, FundMovementRecord{.movement_no = "f1",
                                                                 .kind = kContribution,
                                                                 .amount_fen = 100'000'00,
                                                                 .moved_on = Date(2016, 1, 18)})
                  .ok());
  const Decision would = Ask<RiskFund>("450328", kCompensationRule, "450328/county/l-h1")->would.at(0);
  EXPECT_EQ(would.verdict, Verdict::kYes);
  EXPECT_EQ(would.inputs[2].value, "2000000");
  EXPECT_THAT(Ask<RiskFund>("450328", kCompensationRule, "450328/county/l9"),
              RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
  Set(kCompensationShare, 90);
  FundMovementRecord row{.movement_no = "f2",
                         .kind = kCompensation,
                         .amount_fen = 18'000'00,
                         .moved_on = Today() - 1,
                         .loan_no = "l-h1",
                         .poverty_office_doc = "1",
                         .finance_bureau_doc = "2",
                         .platform_company_doc = "3"};
  EXPECT_THAT(stand.Import(ImportFundMovement, row), RefusedWith(kFailedPrecondition, "COMPENSATION_ABOVE_SHARE"));
  row.moved_on = Today();
  ASSERT_TRUE(stand.Import(ImportFundMovement, row).ok());
  EXPECT_EQ(*stand.Import(ImportFundMovement, row), Outcome::kUnchanged);
  const Decision kept = Ask<RiskFund>("450328", kCompensationRule)->kept.at(0);
  EXPECT_EQ(kept.subject, "450328/county/f2");
  EXPECT_EQ(kept.amount_fen, 18'000'00);
  EXPECT_EQ(kept.used[1], (policy::Used{"compensation_percent", "450328/1", 90}));
}

TEST_P(ExplainTest, AFundCompensatesItsLoansAfterItsCountyWasRecoded) {
  ASSERT_TRUE(stand.Import(ImportRating, Rating("h1", Date(2016, 2, 1))).ok());
  LoanRecord lost = Lending("h1", Date(2017, 4, 11), 20'000'00);
  lost.annual_rate_bp = 0;
  ASSERT_TRUE(stand.Import(ImportLoan, lost).ok());
  ASSERT_TRUE(stand
                  .Import(ImportFundMovement, FundMovementRecord{.movement_no = "f1",
                                                                 .kind = FundMovementKind::kContribution,
                                                                 .amount_fen = 100'000'00,
                                                                 .moved_on = Date(2016, 1, 18)})
                  .ok());
  testing::Recode(stand, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(auto account, session.Find<CreditAccount>(Account("h1")));
                            account->household.residences.push_back({.since = Today(), .village = "450399100201"});
                            session.Put(*account);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(Ask<RiskFund>("450328", kCompensationRule, "450328/county/l-h1")->would.at(0).verdict, Verdict::kYes);
}

TEST_P(ExplainTest, APlaceIsExplainedBeforeAndAfterItIsRecognised) {
  constexpr char kVillage[] = "450328100201";
  stand.KnowDivision(kVillage);
  const auto ask = [&](const std::string& id, std::string* division) {
    std::optional<policy::Answer> answer;
    const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(answer, ExplainerOfPlaces().explain(session, id, {.today = Today()}, division));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  };
  std::string division;
  // One of two is rated.
  ASSERT_TRUE(stand.Import(ImportRating, Rating("h1", Today())).ok());
  const feed::HouseholdFact other = stand.KnowHousehold("h2", kVillage, 3);
  const auto follow = [&](roots::Session& session) { return FollowHousehold(session, other); };
  ASSERT_TRUE(stand.store.Change({}, follow).ok());
  const Decision no = ask(kVillage, &division)->would.at(0);
  EXPECT_EQ(division, kVillage);
  EXPECT_EQ(no.reason, "RATED_SHARE_TOO_LOW");
  EXPECT_EQ(no.inputs[1], (policy::Input{"rated_households", "1"}));
  Set("place_rated_percent", 50);
  EXPECT_EQ(ask(kVillage, &division)->would.at(0).verdict, Verdict::kYes);
  ASSERT_TRUE(stand.Import(ImportCreditPlace, CreditPlaceRecord{.division = kVillage, .recognised_on = Today()}).ok());
  const policy::Answer kept = *ask(kVillage, &division);
  EXPECT_TRUE(kept.would.empty());
  EXPECT_EQ(kept.kept.at(0).used[0], (policy::Used{"place_rated_percent", "450328/1", 50}));
  EXPECT_FALSE(ask("450328", &division).has_value());
}

}  // namespace
}  // namespace anju::microcredit
