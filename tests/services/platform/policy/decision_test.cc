#include "services/platform/policy/decision.h"

#include <gtest/gtest.h>

#include "services/platform/base/error.h"

namespace anju::policy {
namespace {

Decision On(const std::string& rule, const std::string& subject, Date day) {
  return {.rule = rule, .subject = subject, .verdict = Verdict::kYes, .decided_on = day};
}

TEST(DecisionTest, TheLastOneOfARuleAndSubjectIsKept) {
  std::vector<Decision> decisions;
  Keep(decisions, On("area", "u1", Date(2018, 6, 1)));
  Keep(decisions, On("area", "u2", Date(2018, 6, 2)));
  Keep(decisions, On("span", "u1", Date(2018, 6, 3)));
  Keep(decisions, On("area", "u1", Date(2018, 6, 4)));
  ASSERT_EQ(decisions.size(), 3u);
  EXPECT_EQ(decisions[0].subject, "u2");
  EXPECT_EQ(decisions[2].decided_on, Date(2018, 6, 4));
  // The same again is the same, in its place.
  const std::vector<Decision> before = decisions;
  Keep(decisions, before[0]);
  EXPECT_EQ(decisions, before);
}

TEST(DecisionTest, AQuestionNamesARuleASubjectBothOrNeither) {
  const std::vector<Decision> decisions = {On("area", "u1", Date(2018, 6, 1)), On("area", "u2", Date(2018, 6, 1)),
                                           On("span", "1", Date(2018, 6, 1))};
  struct Row {
    const char* rule;
    const char* subject;
    size_t answers;
  };
  for (const Row& row : {Row{"", "", 3}, {"area", "", 2}, {"", "u1", 1}, {"area", "1", 0}, {"span", "1", 1}}) {
    EXPECT_EQ(Asked(decisions, {.rule = row.rule, .subject = row.subject}).size(), row.answers)
        << row.rule << "/" << row.subject;
  }
}

TEST(DecisionTest, ARefusalIsANoWithItsReason) {
  const Decision no = Judged("rule", Refuse(absl::StatusCode::kFailedPrecondition, "TOO_LATE", "come earlier"));
  EXPECT_EQ(no.rule, "rule");
  EXPECT_EQ(no.verdict, Verdict::kNo);
  EXPECT_EQ(no.reason, "TOO_LATE");
  EXPECT_EQ(Judged("rule", absl::OkStatus()).verdict, Verdict::kYes);
  EXPECT_EQ(Judged("rule", absl::OkStatus()).reason, "");
}

TEST(DecisionTest, WhatARuleUsedIsGatheredOnce) {
  const std::vector<Decision> decisions = {{.rule = "a", .used = {{"x", "1", 5}}},
                                           {.rule = "b", .used = {{"y", "1", 6}}},
                                           {.rule = "a", .used = {{"x", "1", 5}, {"x", "450328/1", 7}}}};
  std::vector<Used> used;
  AddUsed(decisions, "a", used);
  EXPECT_EQ(used, (std::vector<Used>{{"x", "1", 5}, {"x", "450328/1", 7}}));
}

}  // namespace
}  // namespace anju::policy
