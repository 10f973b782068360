#include "services/relocation/domain/explain_funds.h"

#include <functional>

#include "services/relocation/domain/explain.h"
#include "services/relocation/domain/two_homes.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using policy::Answer;
using policy::Decision;
using policy::Verdict;

class ExplainFundsTest : public Resettlement {
 protected:
  template <typename Root>
  Answer Ask(const Root& root, absl::string_view rule, const std::string& subject = "") {
    Answer answer;
    const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(answer,
                       Explain(session, root, {.rule = std::string(rule), .subject = subject, .today = Today()}));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return answer;
  }
  // The only thing that was decided by a rule on the case and its money, or the only thing that would be.
  Decision Kept(absl::string_view rule, const std::string& subject = "") {
    return Only(Ask(TheCase(), rule, subject).kept);
  }
  Decision Would(absl::string_view rule, const std::string& subject = "") {
    return Only(Ask(TheCase(), rule, subject).would);
  }
  Decision Only(const std::vector<Decision>& decisions) {
    EXPECT_EQ(decisions.size(), 1u);
    return decisions.empty() ? Decision() : decisions.front();
  }
  Case TheCase() { return Find<Case>("c1"); }

  using Step = std::function<absl::Status(roots::Session&, const CaseFunds&)>;
  void Act(const Step& step) {
    const absl::Status status = stand.store.Change({.subject = "li"}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const CaseFunds funds, FindFunds(session, stand.batch.Key("c1")));
      return step(session, funds);
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  relocation::Act Li() const { return {.by = "li", .on = Today()}; }
  HouseholdPayment Paying(int64_t fen) const {
    return {.amount_fen = fen, .source = MoneySource::kOwn, .bank_reference = "b", .paid_on = Today()};
  }
  void Subsidise() {
    Act([&](roots::Session& session, const CaseFunds& funds) -> absl::Status {
      ASSIGN_OR_RETURN(const Settlement proposed, ProposeSubsidy(session, funds, Li()));
      ASSIGN_OR_RETURN(const Settlement granted,
                       DecideSubsidy(session, {.relocation = funds.relocation, .settlement = proposed},
                                     {.verdict = approval::Verdict::kApprove}, Approver("wang", Today())));
      return PaySubsidy(session, {.relocation = funds.relocation, .settlement = granted},
                        {.bank_reference = "b", .paid_on = Today()}, Li())
          .status();
    });
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ExplainFundsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(ExplainFundsTest, WhatIsNotDecidedYetHasItsAnswerToo) {
  Build();
  Set("450328", kDeposit, 8'000'00, Today());
  ASSERT_TRUE(stand.Import(ImportCase, Declared("c1", "h1")).ok());
  const struct {
    absl::string_view rule, reason;
    int64_t amount_fen;
    std::vector<policy::Used> used;
  } declared[] = {
      {kPersonalSubsidy, "CASE_NOT_APPROVED", 0, {{"subsidy_per_person_fen", "1", 20'000'00}}},
      {kDepositPaid, "", 8'000'00, {{"deposit_fen", "450328/1", 8'000'00}}},
      {kDepositWithheld, "NO_DEPOSIT", 0, {}},
      {kTitlePrice, "UNIT_NOT_ALLOTTED", 0, {}},
      {kSurplusBought, "UNIT_NOT_ALLOTTED", 0, {}},
      {kHasTwoHomes, "NOT_MOVED_IN", 0, {{"idle_kwh_milli", "1", 1'000}, {"idle_months", "1", 3}}},
      {kOldHouseDeadline, "", 0, {{"demolish_within_days", "1", 365}}},
  };
  const auto check = [&](const auto& row) {
    const Decision decision = Would(row.rule);
    EXPECT_EQ(decision.verdict, row.reason.empty() ? Verdict::kYes : Verdict::kNo) << row.rule;
    EXPECT_EQ(decision.reason, row.reason) << row.rule;
    EXPECT_EQ(decision.amount_fen, row.amount_fen) << row.rule;
    EXPECT_EQ(decision.used, row.used) << row.rule;
    EXPECT_EQ(decision.decided_on, Today()) << row.rule;
    EXPECT_TRUE(Ask(TheCase(), row.rule).kept.empty()) << row.rule;
  };
  for (const auto& row : declared) check(row);

  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const decltype(declared) moved = {
      {kPersonalSubsidy, "", 60'000'00, {{"subsidy_per_person_fen", "1", 20'000'00}}},
      {kDepositPaid, "", 8'000'00, {{"deposit_fen", "450328/1", 8'000'00}}},
      {kDepositWithheld, "NO_DEPOSIT", 0, {}},
      {kTitlePrice, "", 126'000'00, {}},
      {kSurplusBought,
       "NO_SURPLUS",
       0,
       {{"area_per_person_centi_sqm", "1", 25'00}, {"buy_back_fen_per_sqm", "1", 1'500'00}}},
      {kHasTwoHomes, "NO_READINGS", 0, {{"idle_kwh_milli", "1", 1'000}, {"idle_months", "1", 3}}},
      {kPersonalSubsidy, "", 60'000'00, {{"subsidy_per_person_fen", "1", 20'000'00}}},
  };
  for (const auto& row : moved) check(row);
  // A mortgage by the day on which it was taken.
  EXPECT_EQ(Would(kMortgageBought, "2016-06-01").verdict, Verdict::kYes);
  const Decision late = Would(kMortgageBought, "2017-01-01");
  EXPECT_EQ(late.reason, "MORTGAGE_OUT_OF_TIME");
  EXPECT_EQ(late.used, (std::vector<policy::Used>{{"mortgages_of_year", "1", 2016}}));
}

TEST_P(ExplainFundsTest, EveryYuanOfATitleIsKept) {
  Build();
  Set("450328", kDeposit, 8'000'00, Today());
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  Subsidise();
  Act([&](roots::Session& session, const CaseFunds& funds) {
    return ReceiveDeposit(session, funds, Paying(5'000'00), Li()).status();
  });
  const Decision deposit = Kept(kDepositPaid, "3");
  EXPECT_EQ(deposit.amount_fen, 5'000'00);
  EXPECT_EQ(deposit.used, (std::vector<policy::Used>{{"deposit_fen", "450328/1", 8'000'00}}));
  EXPECT_EQ(Would(kDepositPaid).amount_fen, 3'000'00);
  Act([&](roots::Session& session, const CaseFunds& funds) {
    return ReceiveDeposit(session, funds, Paying(3'000'00), Li()).status();
  });
  EXPECT_EQ(Would(kDepositPaid).reason, "DEPOSIT_TOO_LARGE");
  EXPECT_EQ(Would(kDepositWithheld).reason, "OLD_HOUSE_NOT_OVERDUE");
  // What the county sets from tomorrow on changes none of it.
  Set("450328", kDeposit, 20'000'00, Today() + 1);
  Set("450328", kSubsidyPerPerson, 30'000'00, Today() + 1);
  stand.clock.Advance(absl::Hours(24));
  Act([&](roots::Session& session, const CaseFunds& funds) {
    return PayTitle(session, funds, Paying(58'000'00), Li()).status();
  });
  Act([&](roots::Session& session, const CaseFunds& funds) {
    return SettleTitle(session, funds, Today(), Li()).status();
  });
  const Decision price = Kept(kTitlePrice);
  EXPECT_EQ(price.subject, stand.batch.Key("u1"));
  EXPECT_EQ(price.amount_fen, 58'000'00);
  EXPECT_EQ(price.inputs, (std::vector<policy::Input>{{"cost_price_fen", "12600000"},
                                                      {"subsidy_fen", "6000000"},
                                                      {"subsidy_used_fen", "6000000"},
                                                      {"deposit_fen", "800000"},
                                                      {"deposit_used_fen", "800000"},
                                                      {"paid_fen", "5800000"}}));
  EXPECT_EQ(price.used, (std::vector<policy::Used>{{"subsidy_per_person_fen", "1", 20'000'00},
                                                   {"deposit_fen", "450328/1", 8'000'00}}));
  // The settlement says the same by itself.
  EXPECT_EQ(Ask(Find<Settlement>("c1"), kTitlePrice).kept, std::vector<Decision>{price});
  EXPECT_TRUE(Ask(Find<Settlement>("c1"), kTitlePrice).would.empty());
}

TEST_P(ExplainFundsTest, AnOldHouseThatStandsTooLongHoldsTheDepositBack) {
  Build();
  Set("450328", kDemolishWithin, 30, Today());
  ASSERT_TRUE(stand.Import(ImportCase, Allotted("c1", "h1", "u1")).ok());
  CaseRecord row = MovedIn("c1", "h1", "u1");
  row.steps.moved_in_on = Today();
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  const Decision deadline = Kept(kOldHouseDeadline);
  EXPECT_EQ(deadline.used, (std::vector<policy::Used>{{"demolish_within_days", "450328/1", 30}}));
  EXPECT_EQ(TheCase().old_house.demolish_by, Today() + 30);
  // The same again is not decided anew, though the county has changed its mind today.
  Set("450328", kDemolishWithin, 60, Today());
  EXPECT_EQ(*stand.Import(ImportCase, row), roots::Outcome::kUnchanged);
  Act([&](roots::Session& session, const CaseFunds& funds) {
    return ReceiveDeposit(session, funds, Paying(10'000'00), Li()).status();
  });
  stand.clock.Advance(absl::Hours(24 * 31));
  EXPECT_EQ(Would(kDepositWithheld).amount_fen, 10'000'00);
  Act([&](roots::Session& session, const CaseFunds& funds) { return WithholdDeposit(session, funds, Li()).status(); });
  const Decision withheld = Kept(kDepositWithheld);
  EXPECT_EQ(withheld.amount_fen, 10'000'00);
  EXPECT_EQ(withheld.inputs[0], (policy::Input{"days_overdue", "1"}));
  EXPECT_TRUE(Ask(TheCase(), kDepositWithheld).would.empty());
}

TEST_P(ExplainFundsTest, ReadingsSayWhetherAHouseholdHasTwoHomes) {
  Build();
  Set("450328", kIdlePower, 2'000, Today());
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  const Month month = Month::Of(Today()).Plus(1);
  const auto read = [&](Home home, int64_t kwh_milli) {
    return stand
        .Import(ImportPowerReading,
                PowerReadingRecord{.household_no = "h1", .home = home, .month = month, .kwh_milli = kwh_milli})
        .ok();
  };
  ASSERT_TRUE(read(Home::kNew, 90'000));
  EXPECT_EQ(Kept(kHasTwoHomes).reason, "ONE_HOME");
  ASSERT_TRUE(read(Home::kOld, 2'001));
  const Decision two = Kept(kHasTwoHomes);
  EXPECT_EQ(two.verdict, Verdict::kYes);
  EXPECT_EQ(two.used, (std::vector<policy::Used>{{"idle_kwh_milli", "450328/1", 2'000}, {"idle_months", "1", 3}}));
  EXPECT_EQ(two.inputs[1], (policy::Input{"old_home_months_in_use", "1"}));
  EXPECT_EQ(two.inputs[3], (policy::Input{"since", Format(month.FirstDay())}));
}

TEST_P(ExplainFundsTest, WhatIsBoughtBackKeepsItsTerms) {
  Build();
  Set("450328", kBuyBackPrice, 2'000'00, Today());
  Set("450328", kMortgageFreeYears, 1, Today());
  ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
  household.persons[2].left_on = Today();
  ASSERT_TRUE(Absorb(household).ok());
  EXPECT_EQ(Would(kSurplusBought).amount_fen, 50'000'00);
  Lease lease;
  Mortgage mortgage;
  Act([&](roots::Session& session, const CaseFunds& funds) -> absl::Status {
    ASSIGN_OR_RETURN(lease, ProposeLease(session, funds.relocation, Li()));
    ASSIGN_OR_RETURN(
        mortgage,
        ProposeMortgage(
            session, funds.relocation,
            {.bank = "样例银行", .contract_no = "m1", .principal_fen = 100'000'00, .taken_on = Date(2016, 6, 1)},
            Li()));
    ASSIGN_OR_RETURN(mortgage, BuyBackMortgage(session, mortgage, {.bank_reference = "b", .paid_on = Today()}, "",
                                               Approver("wang", Today())));
    return absl::OkStatus();
  });
  EXPECT_TRUE(Ask(TheCase(), kSurplusBought).would.empty());
  const Decision surplus = Only(Ask(lease, kSurplusBought).kept);
  EXPECT_EQ(surplus.amount_fen, 50'000'00);
  EXPECT_EQ(surplus.inputs[2], (policy::Input{"surplus_centi_sqm", "2500"}));
  EXPECT_EQ(surplus.used, (std::vector<policy::Used>{{"area_per_person_centi_sqm", "1", 25'00},
                                                     {"buy_back_fen_per_sqm", "450328/1", 2'000'00}}));
  EXPECT_EQ(Only(Ask(lease, kSurplusReturned).would).reason, "LEASE_NOT_PAID");

  EXPECT_EQ(Only(Ask(mortgage, kMortgageBought).kept).amount_fen, 100'000'00);
  const std::vector<policy::Used> terms = {{"mortgage_free_years", "450328/2", 1}, {"mortgage_instalments", "1", 5}};
  EXPECT_EQ(Only(Ask(mortgage, kMortgageTerms).kept).used, terms);
  const Date free_until = *mortgage.free_until;
  mortgage = *ChooseRepaymentPlan(mortgage, {.plan = RepaymentPlan::kInstalments, .rate_bp = 5'00}, Li());
  EXPECT_EQ(Only(Ask(mortgage, kRepaymentPlan).kept).used, terms);
  EXPECT_EQ(Ask(mortgage, kInstalment).would.size(), 5u);
  EXPECT_EQ(Only(Ask(mortgage, kInstalment, "1").would).amount_fen, 25'000'00);
  EXPECT_EQ(Only(Ask(mortgage, kInterestOwed).would).amount_fen, 0);
  const Date year_later(free_until.year() + 1, free_until.month(), free_until.day());
  stand.clock.Advance(absl::Hours(24 * (year_later - Today())));
  EXPECT_EQ(Only(Ask(mortgage, kInterestOwed).would).amount_fen, 5'000'00);
  mortgage = RepayMortgage(mortgage, Paying(2'000'00), Li())->after;
  const Decision interest = Only(Ask(mortgage, kInterestOwed, "2").kept);
  EXPECT_EQ(interest.amount_fen, 2'000'00);
  EXPECT_EQ(interest.inputs[0], (policy::Input{"owed_principal_fen", "10000000"}));
  EXPECT_EQ(interest.used, terms);
}

}  // namespace
}  // namespace anju::relocation
