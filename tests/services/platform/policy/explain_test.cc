#include "services/platform/policy/explain.h"

#include <gtest/gtest.h>

#include "anju/policy/v1/policy.pb.h"
#include "tests/support/fields.h"
#include "tests/support/stand.h"

namespace anju::policy {
namespace {

using anju::testing::RefusedWith;
using enum absl::StatusCode;

const Catalogue& Sample() {
  static const auto& sample = *new Catalogue(
      {{.name = "area",
        .label_zh = "面积",
        .unit = "centi_sqm",
        .greatest = 6000,
        .defaults = {{.since = Date(2016, 1, 1), .value = 2500, .document = "规划", .text = "不超过25平方米"}}}},
      {{.name = "fits", .label_zh = "以人定房"}});
  return sample;
}

// A record on which something was decided.
struct Flat {
  static constexpr absl::string_view kKind = "flat";
  std::string id;
  std::string key;
  std::vector<Decision> decisions;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("decisions", decisions);
  }
  std::string Division() const { return "450328"; }
};
tally::Contributions Contributions(const Flat&) { return {}; }
absl::StatusOr<Answer> Explain(roots::Session&, const Flat& flat, const Question& question) {
  return Answer{.kept = Asked(flat.decisions, question),
                .would = {{.rule = "fits", .verdict = Verdict::kNo, .decided_on = question.today}}};
}

class ExplainTest : public ::testing::TestWithParam<std::string> {
 protected:
  ExplainTest() : stand(GetParam(), {&roots::KindOf<Flat>()}, {}) {}

  absl::StatusOr<std::vector<Explained>> Ask(const Inquiry& asked) {
    absl::StatusOr<std::vector<Explained>> explained = absl::UnknownError("not run");
    const absl::Status status = stand.store.Look([&](roots::Session& session) {
      explained = ExplainDecisions(session, Sample(), {ExplainerOf<Flat>()}, asked, &division);
      return explained.status();
    });
    if (!status.ok()) return status;
    return explained;
  }

  testing::Stand stand;
  std::string division;
};

INSTANTIATE_TEST_SUITE_P(Engines, ExplainTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(ExplainTest, SaysWhatWasDecidedByWhichVersionAndWhatWouldBe) {
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            Book book{.key = "450328",
                                      .settings = {{.name = "area",
                                                    .division = "450328",
                                                    .version = "450328/1",
                                                    .since = Date(2018, 10, 1),
                                                    .value = 3000,
                                                    .document = "县文件"}}};
                            session.Put(book);
                            Flat flat{.key = "450328/county/f1"};
                            flat.decisions = {{.rule = "fits",
                                               .verdict = Verdict::kYes,
                                               .decided_on = Date(2018, 9, 1),
                                               .inputs = {{.name = "persons", .value = "3"}},
                                               .used = {{.name = "area", .version = "1", .value = 2500},
                                                        {.name = "area", .version = "450328/1", .value = 3000},
                                                        {.name = "gone", .version = "7", .value = 9}}}};
                            session.Put(flat);
                            return absl::OkStatus();
                          })
                  .ok());
  const auto explained = Ask({.kind = "flat", .id = "450328/county/f1"});
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(division, "450328");
  ASSERT_EQ(explained->size(), 2u);
  const Explained& kept = (*explained)[0];
  EXPECT_TRUE(kept.taken);
  EXPECT_EQ(kept.label_zh, "以人定房");
  EXPECT_EQ(kept.values[0].text, "不超过25平方米");
  EXPECT_EQ(kept.values[0].division, "");
  EXPECT_EQ(kept.values[1].document, "县文件");
  EXPECT_EQ(kept.values[1].division, "450328");
  EXPECT_EQ(kept.values[2].value, 9);
  EXPECT_FALSE(kept.values[2].since.has_value());
  EXPECT_FALSE((*explained)[1].taken);
  EXPECT_EQ((*explained)[1].decided_on, Date(2018, 11, 1));
}

TEST_P(ExplainTest, WhatCannotBeExplainedIsRefused) {
  EXPECT_THAT(Ask({.kind = "house", .id = "x", .rule = "x"}), RefusedWith(kInvalidArgument, "KIND_UNKNOWN"));
  EXPECT_THAT(Ask({.kind = "flat", .id = "x", .rule = "x"}), RefusedWith(kInvalidArgument, "RULE_UNKNOWN"));
  EXPECT_THAT(Ask({.kind = "flat", .id = "x"}), RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
  EXPECT_THAT(Ask({.kind = "flat", .id = "4/5/x"}), RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
}

TEST(ListTest, ShowsTheWholeHistoryFromTheTop) {
  const auto setting = [](const char* version, int64_t value) {
    return Setting{.name = "area",
                   .version = version,
                   .since = Date(2018, 3, 1),
                   .value = value,
                   .confirmed_on = Date(2018, 2, 1)};
  };
  const Books books = {{.key = "450328", .settings = {setting("450328/1", 3000), {.name = "other"}}},
                       {.key = "45", .settings = {setting("45/1", 2700)}}};
  const auto listed = List(Sample(), books, Date(2018, 3, 1), "");
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ((*listed)[0].in_force.version, "450328/1");
  ASSERT_EQ((*listed)[0].history.size(), 3u);
  EXPECT_EQ((*listed)[0].history[0].version, "1");
  EXPECT_EQ((*listed)[0].history[2].version, "450328/1");
  EXPECT_EQ(List(Sample(), books, Date(2018, 2, 28), "area")->front().in_force.version, "1");
  EXPECT_THAT(List(Sample(), books, Date(2018, 3, 1), "x"), RefusedWith(kNotFound, "PARAMETER_NOT_FOUND"));
}

TEST(FieldsTest, EveryStructNamesTheFieldsOfItsMessage) {
  testing::ExpectSameFields<v1::Setting, Setting>();
  testing::ExpectSameFields<v1::Parameter, Listed>();
  testing::ExpectSameFields<v1::Input, Input>();
  testing::ExpectSameFields<v1::Value, Value>();
  testing::ExpectSameFields<v1::Decision, Explained>();
  testing::ExpectSameFields<v1::ExplainDecisionRequest, Inquiry>();
}

}  // namespace
}  // namespace anju::policy
