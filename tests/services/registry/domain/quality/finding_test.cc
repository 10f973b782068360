#include "services/registry/domain/quality/finding.h"

#include "services/registry/domain/indicators.h"
#include "tests/services/registry/domain/quality/sample.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Stand;

const Rule& Missing() { return *FindRule("P001"); }

Finding In(FindingState state) {
  Finding finding = OnHit(std::nullopt, {.rule = &Missing(), .person_no = "2"}, Sample().household, kToday);
  finding.id = "f";
  const Deed deed{.by = "worker", .on = kToday};
  if (state == FindingState::kConfirmed) return *Confirm(finding, "", deed);
  if (state == FindingState::kFixed) return OnClear(finding, kToday);
  if (state == FindingState::kWaived) return *Waive(finding, "as it is", {.by = "approver", .on = kToday});
  return finding;
}

TEST(Finding, OpensWithItsRulesDeadline) {
  const Finding finding = In(FindingState::kOpen);
  EXPECT_EQ(finding.key, "h/P001/2");
  EXPECT_EQ(finding.state, FindingState::kOpen);
  EXPECT_EQ(finding.opened_on, kToday);
  EXPECT_EQ(finding.due_on, kToday + Missing().days);
  EXPECT_EQ(finding.mender, Mender::kVillage);
  EXPECT_EQ(finding.Division(), kHome);
}

// Every state against everything that can be done to it: the state afterwards, or the reason of the refusal.
TEST(Finding, GoesThroughItsStates) {
  using enum FindingState;
  const Deed other{.by = "other", .on = kToday + 3};
  struct Row {
    FindingState state;
    FindingState hit, clear;
    const char *confirm, *waive, *assign;
  };
  const Row table[] = {
      {kOpen, kOpen, kFixed, "", "", ""},
      {kConfirmed, kConfirmed, kFixed, "FINDING_CONFIRMED", "", ""},
      {kFixed, kOpen, kFixed, "FINDING_CLOSED", "FINDING_CLOSED", "FINDING_CLOSED"},
      {kWaived, kWaived, kFixed, "FINDING_CLOSED", "FINDING_CLOSED", "FINDING_CLOSED"},
  };
  for (const Row& row : table) {
    SCOPED_TRACE(static_cast<int>(row.state));
    const Finding before = In(row.state);
    EXPECT_EQ(OnHit(before, {.rule = &Missing(), .person_no = "2"}, Sample().household, kToday + 3).state, row.hit);
    EXPECT_EQ(OnClear(before, kToday + 3).state, row.clear);
    const auto expect = [&](const absl::StatusOr<Finding>& after, const char* reason, FindingState state) {
      if (*reason == 0) {
        ASSERT_TRUE(after.ok()) << after.status();
        EXPECT_EQ(after->state, state);
      } else {
        EXPECT_THAT(after.status(), RefusedWith(kFailedPrecondition, reason));
      }
    };
    expect(Confirm(before, "seen", other), row.confirm, kConfirmed);
    expect(Waive(before, "right", other), row.waive, kWaived);
    expect(Assign(before, Mender::kCounty, std::nullopt, other), row.assign, row.state);
  }
}

TEST(Finding, RefusesInOrder) {
  const Deed worker{.by = "worker", .on = kToday};
  Finding finding = In(FindingState::kConfirmed);
  EXPECT_THAT(Waive(finding, "", worker).status(), RefusedWith(kInvalidArgument, "REASON_MISSING"));
  EXPECT_THAT(Waive(finding, "right", worker).status(), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_THAT(Assign(finding, Mender::kUnspecified, kToday - 1, worker).status(),
              RefusedWith(kInvalidArgument, "MENDER_UNSPECIFIED"));
  EXPECT_THAT(Assign(finding, Mender::kVillage, kToday - 1, worker).status(),
              RefusedWith(kInvalidArgument, "DUE_IN_THE_PAST"));
  EXPECT_THAT(Assign(finding, Mender::kVillage, finding.due_on, worker).status(),
              RefusedWith(kFailedPrecondition, "ASSIGNMENT_UNCHANGED"));
  EXPECT_EQ(Assign(finding, Mender::kVillage, kToday, worker)->due_on, kToday);
  finding.history.resize(kMostMoves);
  EXPECT_THAT(Confirm(finding, "", worker).status(), RefusedWith(kFailedPrecondition, "FINDING_BUSY"));
}

TEST(Finding, WhoAssignedItDoesNotWaiveIt) {
  const Finding assigned =
      *Assign(In(FindingState::kOpen), Mender::kCounty, std::nullopt, {.by = "officer", .on = kToday});
  EXPECT_THAT(Waive(assigned, "right", {.by = "officer", .on = kToday}).status(),
              RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  EXPECT_TRUE(Waive(assigned, "right", {.by = "approver", .on = kToday}).ok());
}

// A record that is put wrong and right all day long leaves no trail of it.
TEST(Finding, WrongAgainOnTheSameDayIsAsThoughItHadNotBeenRight) {
  for (const FindingState state : {FindingState::kOpen, FindingState::kConfirmed, FindingState::kWaived}) {
    const Finding before = In(state);
    EXPECT_EQ(OnHit(OnClear(before, kToday), {.rule = &Missing(), .person_no = "2"}, Sample().household, kToday),
              before);
  }
}

class FindingsTest : public ::testing::TestWithParam<std::string> {
 protected:
  FindingsTest()
      : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()},
               Catalogue()) {
    sample_.household.id.clear();
  }

  // Puts the sample as it is now and evaluates it.
  Evaluation Evaluated() {
    Evaluation result;
    const absl::Status status =
        stand_.store.Change({.subject = "tester"}, [&](roots::Session& session) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<Household> before, session.Find<Household>(sample_.household.key));
          if (before.has_value()) sample_.household.id = before->id;
          session.Put(sample_.household);
          ASSIGN_OR_RETURN(result, EvaluateHousehold(session, sample_.household.id));
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return result;
  }
  std::vector<Finding> Findings() {
    std::vector<Finding> findings;
    const auto linked = stand_.store.Linked(kFindingsLink, sample_.household.id);
    EXPECT_TRUE(linked.ok()) << linked.status();
    for (const roots::StoredRoot& stored : *linked) {
      findings.push_back(*std::any_cast<Finding>(&stored.root));
    }
    return findings;
  }
  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand_.Figure("registry." + name, division, month);
  }

  Stand stand_;
  Sample sample_;
};

TEST_P(FindingsTest, OpenCloseAndOpenAgain) {
  sample_.spouse().id_number = "";
  EXPECT_EQ(Evaluated().opened, 1);
  EXPECT_EQ(Evaluated().changed, 0);
  ASSERT_THAT(Findings(), SizeIs(1));
  EXPECT_EQ(Findings()[0].key, sample_.household.id + "/P001/2");
  EXPECT_EQ(Figure("findings_open", kHome, "2018-11"), 1);
  EXPECT_EQ(Figure("findings_opened", "45", "2018-11"), 1);

  stand_.clock.Advance(absl::Hours(24 * 40));
  sample_.spouse().id_number = Sample().spouse().id_number;
  const Evaluation fixed = Evaluated();
  EXPECT_EQ(fixed.fixed, 1);
  EXPECT_EQ(fixed.standing, 0);
  EXPECT_EQ(Findings()[0].state, FindingState::kFixed);
  EXPECT_EQ(Figure("findings_open", kHome, "2018-12"), 0);
  EXPECT_EQ(Figure("findings_closed", kHome, "2018-12"), 1);

  stand_.clock.Advance(absl::Hours(24 * 40));
  sample_.spouse().id_number = "";
  EXPECT_EQ(Evaluated().opened, 1);
  ASSERT_THAT(Findings(), SizeIs(1));
  EXPECT_EQ(Findings()[0].state, FindingState::kOpen);
  EXPECT_EQ(Findings()[0].opened_on, Date(2019, 1, 20));
  EXPECT_EQ(Figure("findings_open", kHome, "2019-01"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

// While files come in, a household is wrong until its persons have come: that is no flow of findings.
TEST_P(FindingsTest, WithinADayTheyLeaveNoTrace) {
  sample_.spouse().id_number = "";
  EXPECT_EQ(Evaluated().opened, 1);
  sample_.spouse().id_number = Sample().spouse().id_number;
  EXPECT_EQ(Evaluated().fixed, 1);
  for (const char* figure : {"findings_open", "findings_opened", "findings_closed"}) {
    EXPECT_EQ(Figure(figure, kHome, "2018-11"), 0) << figure;
  }
  // What is found again and stays counts from its first day.
  sample_.spouse().id_number = "";
  EXPECT_EQ(Evaluated().opened, 1);
  EXPECT_EQ(Figure("findings_opened", kHome, "2018-11"), 1);
  stand_.clock.Advance(absl::Hours(24));
  sample_.spouse().id_number = Sample().spouse().id_number;
  EXPECT_EQ(Evaluated().fixed, 1);
  EXPECT_EQ(Figure("findings_opened", kHome, "2018-11"), 1);
  EXPECT_EQ(Figure("findings_closed", kHome, "2018-11"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(FindingsTest, GoWhereTheHouseholdGoes) {
  sample_.spouse().id_number = "";
  Evaluated();
  stand_.clock.Advance(absl::Hours(24 * 40));
  sample_.household.residences.push_back({.since = Date(2018, 12, 1), .village = kAway});
  const Evaluation moved = Evaluated();
  EXPECT_EQ(moved.opened + moved.fixed, 0);
  EXPECT_EQ(moved.changed, 1);
  EXPECT_EQ(Findings()[0].Division(), kAway);
  EXPECT_EQ(Figure("findings_open", kHome, "2018-11"), 1);
  EXPECT_EQ(Figure("findings_open", kHome, "2018-12"), 0);
  EXPECT_EQ(Figure("findings_open", kAway, "2018-12"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(FindingsTest, AnUnknownHouseholdIsNothing) {
  EXPECT_TRUE(stand_.store
                  .Change({.subject = "tester"},
                          [](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(const Evaluation evaluation, EvaluateHousehold(session, "nobody"));
                            EXPECT_EQ(evaluation.households, 0);
                            EXPECT_THAT(FindFinding(session, "none").status(),
                                        RefusedWith(kNotFound, "FINDING_NOT_FOUND"));
                            return absl::OkStatus();
                          })
                  .ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, FindingsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
