#include "services/registry/domain/quality/rule.h"

#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

TEST(Library, HoldsDistinctRulesThatSayAllTheyMust) {
  std::set<absl::string_view> ids, titles, explanations;
  for (const Rule* rule : Library()) {
    SCOPED_TRACE(std::string(rule->id));
    EXPECT_TRUE(ids.insert(rule->id).second);
    EXPECT_TRUE(titles.insert(rule->title_zh).second);
    EXPECT_TRUE(titles.insert(rule->title_en).second);
    EXPECT_TRUE(explanations.insert(rule->explanation).second);
    EXPECT_GE(rule->severity, Severity::kNotice);
    EXPECT_GE(rule->mender, Mender::kVillage);
    EXPECT_GT(rule->days, 0);
    EXPECT_EQ((rule->household != nullptr) + (rule->present != nullptr) + (rule->anybody != nullptr), 1);
    EXPECT_EQ(rule->list != ListKind::kUnspecified, rule->id.substr(0, 1) == "C");
    EXPECT_EQ(FindRule(rule->id), rule);
  }
  EXPECT_GE(ids.size(), 80u);
  EXPECT_EQ(FindRule("P999"), nullptr);
}

TEST(Evaluate, FindsNothingWrongWithAHouseholdThatIsRight) { EXPECT_THAT(Sample().Found(), ::testing::IsEmpty()); }

TEST(Evaluate, NamesThePersonAndAsksAboutTheAbsentOnlyWhereItMatters) {
  Sample sample;
  sample.spouse().id_number = "";
  sample.child().id_number = "";
  sample.child().left_on = Date(2018, 1, 1);
  std::vector<std::string> hits;
  for (const Hit& hit : Evaluate(View(sample.household, sample.others, sample.today))) {
    hits.push_back(absl::StrCat(hit.rule->id, "/", hit.person_no));
  }
  EXPECT_THAT(hits, ::testing::ElementsAre("P001/2"));
}

TEST(Evaluate, AsksNothingOfAHouseholdThatHasEnded) {
  Sample sample;
  sample.Leave(kToday);
  EXPECT_THAT(sample.Found(), ::testing::Contains("H004"));
  sample.household.ended_on = kToday;
  EXPECT_THAT(sample.Found(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace anju::registry
