#include "services/relocation/domain/explain.h"

#include "services/relocation/domain/explain_funds.h"
#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/payments.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using anju::testing::RefusedWith;
using policy::Decision;
using policy::Verdict;
using enum absl::StatusCode;

class ExplainTest : public Resettlement {
 protected:
  absl::StatusOr<policy::Answer> Ask(const std::string& number, absl::string_view rule, const std::string& subject) {
    const Case relocation = Find<Case>(number);
    absl::StatusOr<policy::Answer> answer = absl::UnknownError("not run");
    const absl::Status status = stand.store.Look([&](roots::Session& session) {
      answer = Explain(session, relocation,
                       {.rule = std::string(rule), .subject = subject, .today = DayInChina(session.now())});
      return answer.status();
    });
    if (!status.ok()) return status;
    return answer;
  }
  // The case of h1 or h2, approved in another system, is given a unit today.
  absl::Status GiveUnit(const std::string& number, const std::string& unit) {
    return stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(Case relocation, FindCase(session, Find<Case>(number).id));
      ASSIGN_OR_RETURN(const std::optional<Unit> flat, session.Find<Unit>(stand.batch.Key(unit)));
      ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, flat->site_location));
      ASSIGN_OR_RETURN(Case after, AllotDrawn(relocation, *flat, false, "", {.by = "li", .on = Today()}, *books));
      session.Put(after);
      return absl::OkStatus();
    });
  }
  void ImportApproved(const std::string& number, const std::string& household_no) {
    CaseRecord row = Declared(number, household_no);
    row.steps.verified_on = Date(2016, 3, 1);
    row.steps.approved_on = Date(2016, 4, 1);
    row.site_no = "s1";
    ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  }
  void ImportUnitOf(const std::string& number, int64_t area) {
    UnitRecord row = UnitRow(number, "s1");
    row.area_centi_sqm = area;
    ASSERT_TRUE(stand.Import(ImportUnit, row).ok());
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ExplainTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(ExplainTest, ACountyOverridesFromItsDayOnlyAndOldDecisionsKeepTheirVersion) {
  Build();
  ImportUnitOf("large", 90'00);
  ImportApproved("c1", "h1");
  ImportApproved("c2", "h2");
  const std::string large = stand.batch.Key("large");
  // 75 m² are just right for three by the national default, 90 m² are too much.
  ASSERT_TRUE(GiveUnit("c1", "u1").ok());
  EXPECT_THAT(GiveUnit("c2", "large"), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
  Set("450328", kAreaPerPerson, 30'00, Today() + 10);
  stand.clock.Advance(absl::Hours(24 * 9));
  EXPECT_THAT(GiveUnit("c2", "large"), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
  const Decision no = Ask("c2", kAllottedArea, large)->would.at(0);
  EXPECT_EQ(no.verdict, Verdict::kNo);
  EXPECT_EQ(no.reason, "UNIT_TOO_LARGE");
  EXPECT_EQ(no.inputs[0].value, "3");
  EXPECT_EQ(no.inputs[1].value, "9000");
  EXPECT_EQ(no.inputs[2].value, "7500");
  EXPECT_EQ(no.used, (std::vector<policy::Used>{{"area_per_person_centi_sqm", "1", 2500}}));

  stand.clock.Advance(absl::Hours(24));
  EXPECT_EQ(Ask("c2", kAllottedArea, large)->would.at(0).verdict, Verdict::kYes);
  ASSERT_TRUE(GiveUnit("c2", "large").ok());
  const Decision yes = Ask("c2", kAllottedArea, "")->kept.at(0);
  EXPECT_EQ(yes.used, (std::vector<policy::Used>{{"area_per_person_centi_sqm", "450328/1", 3000}}));
  EXPECT_EQ(yes.decided_on, Today());
  // What was decided before is explained by what it was decided by.
  const Decision old = Ask("c1", "", "")->kept.at(0);
  EXPECT_EQ(old.used, (std::vector<policy::Used>{{"area_per_person_centi_sqm", "1", 2500}}));
  EXPECT_EQ(old.subject, stand.batch.Key("u1"));
  EXPECT_TRUE(stand.Recount().empty());
}

TEST_P(ExplainTest, AnotherCountyIsNotTouched) {
  stand.KnowDivision("450329");
  Set("450329", kAreaPerPerson, 60'00, Today());
  Build();
  ImportUnitOf("large", 90'00);
  ImportApproved("c1", "h1");
  EXPECT_THAT(GiveUnit("c1", "large"), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
}

TEST_P(ExplainTest, WhatIsImportedAgainIsNotDecidedAgain) {
  Build();
  CaseRecord row = Allotted("c1", "h1", "u1");
  row.steps.allotted_on = Today();
  ASSERT_EQ(*stand.Import(ImportCase, row), roots::Outcome::kAdded);
  Set("450328", kAreaPerPerson, 20'00, Today());
  EXPECT_EQ(*stand.Import(ImportCase, row), roots::Outcome::kUnchanged);
  EXPECT_EQ(Ask("c1", kAllottedArea, "")->kept.at(0).used[0].version, "1");
  // A household that has changed, or another unit, is judged by what holds now.
  row.unit_no = "u2";
  EXPECT_THAT(stand.Import(ImportCase, row), RefusedWith(kFailedPrecondition, "UNIT_TOO_LARGE"));
}

TEST_P(ExplainTest, TheSpanOfANoticeAndTheApprovalAreKept) {
  Set("450328", kShortestNotice, 7, Today());
  CaseRecord row = Declared("c1", "h1");
  row.steps.verified_on = Date(2016, 3, 1);
  ASSERT_TRUE(stand.Import(ImportCase, row).ok());
  const Decision early = Ask("c1", kApproval, "")->would.at(0);
  EXPECT_EQ(early.verdict, Verdict::kNo);
  EXPECT_EQ(early.reason, "NOTICE_NOT_CLEAN");

  const auto change = [&](auto step) {
    return stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Case before, FindCase(session, Find<Case>("c1").id));
      ASSIGN_OR_RETURN(Case after, step(session, before));
      session.Put(after);
      return absl::OkStatus();
    });
  };
  NoticeRequest request{.purpose = NoticePurpose::kBefore,
                        .posting = {.places = {kVillage}, .span_days = 6, .day_kind = notice::DayKind::kCalendar}};
  const auto open = [&](roots::Session& session, const Case& before) {
    return OpenCaseNotice(session, before, request, {.by = "li", .on = Today()});
  };
  EXPECT_THAT(change(open), RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  request.posting.span_days = 7;
  ASSERT_TRUE(change(open).ok());
  const Decision span = Ask("c1", kNoticeSpan, "1")->kept.at(0);
  EXPECT_EQ(span.inputs[1].value, "7");
  EXPECT_EQ(span.used[0].version, "450328/1");

  stand.clock.Advance(absl::Hours(24 * 8));
  ASSERT_TRUE(change([&](roots::Session&, const Case& before) {
                return CloseNotice(before, 1, {.by = "li", .on = Today()});
              }).ok());
  EXPECT_EQ(Ask("c1", kApproval, "")->would.at(0).verdict, Verdict::kYes);
  ASSERT_TRUE(change([&](roots::Session& session, const Case& before) {
                return DecideCase(session, before, {.verdict = approval::Verdict::kApprove}, Approver("wang", Today()));
              }).ok());
  const policy::Answer answer = *Ask("c1", kApproval, "");
  EXPECT_TRUE(answer.would.empty());
  EXPECT_EQ(answer.kept.at(0).inputs[0].value, "1");
}

TEST_P(ExplainTest, APersonalSubsidyKeepsItsAmountAPerson) {
  Set("450328", kSubsidyPerPerson, 25'000'00, Today());
  Build();
  ImportApproved("c1", "h1");
  ASSERT_TRUE(GiveUnit("c1", "u1").ok());
  policy::Answer answer;
  const absl::Status status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const CaseFunds funds, FindFunds(session, stand.batch.Key("c1")));
    ASSIGN_OR_RETURN(const Settlement proposed, ProposeSubsidy(session, funds, {.by = "li", .on = Today()}));
    ASSIGN_OR_RETURN(answer, Explain(session, proposed, {}));
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(answer.kept.at(0).amount_fen, 75'000'00);
  EXPECT_EQ(answer.kept.at(0).inputs[0].value, "3");
  EXPECT_EQ(answer.kept.at(0).used, (std::vector<policy::Used>{{"subsidy_per_person_fen", "450328/1", 25'000'00}}));
}

TEST_P(ExplainTest, WhoHasNoUnitYetIsToldHowLargeItMayBe) {
  Build();
  ImportApproved("c1", "h1");
  const Decision decision = Ask("c1", kAllottedArea, "")->would.at(0);
  EXPECT_EQ(decision.inputs, (std::vector<policy::Input>{{"persons", "3"}, {"most_area_centi_sqm", "7500"}}));
  EXPECT_THAT(Ask("c1", kAllottedArea, "450328/county/u9"), RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
}

}  // namespace
}  // namespace anju::relocation
