#include "services/platform/base/succession.h"

#include <gmock/gmock.h>

namespace anju {
namespace {

using ::testing::ElementsAre;

const Month kJune{.index = 2018 * 12 + 5};

// Two counties become one, part by part; a village of the first goes to a third county.
const std::vector<Became> kMerger = {{"450328", "450399", true}, {"450328100", "450399100"},
                                     {"450328101", "450399101"}, {"450328101202", "450330200001"},
                                     {"450329", "450399", true}, {"450329100", "450399200"}};

TEST(NewCode, IsWhatTheLongestCodeSays) {
  const Successions merger({{.key = "1", .since = kJune, .became = kMerger}});
  const struct {
    const char* code;
    std::optional<std::string> after;
  } rows[] = {
      {"450328100201", "450399100201"},
      {"450328101201", "450399101201"},
      {"450328101202", "450330200001"},
      {"450329100201", "450399200201"},
      {"450328", "450399"},
      {"450327100201", std::nullopt},
      // Nothing is said of what is not named beneath a code that speaks for itself alone.
      {"450328102", std::nullopt},
      {"4503", std::nullopt},
      {"no code", std::nullopt},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(NewCode(kMerger, row.code), row.after) << row.code;
    EXPECT_EQ(merger.After(0, row.code), row.after) << row.code;
    EXPECT_EQ(merger.Present(row.code), row.after.value_or(row.code)) << row.code;
  }
}

TEST(Successions, OfSeveralChangesEachGoesOnWithTheLast) {
  const Successions changes({{.key = "1", .since = kJune, .became = kMerger},
                             {.key = "2", .since = kJune.Plus(2), .became = {{"450399", "450388"}}},
                             {.key = "3", .since = kJune.Plus(3), .became = {{"450388100", "450331100"}}}});
  EXPECT_EQ(changes.size(), 3);
  EXPECT_EQ(changes.since(1), kJune.Plus(2));
  EXPECT_EQ(changes.Present("450328100201"), "450331100201");
  EXPECT_EQ(changes.Present("450328100201", 2), "450388100201");
  EXPECT_EQ(changes.Present("450328100201", 0), "450328100201");
  EXPECT_EQ(changes.Present("450329"), "450388");
}

TEST(Successions, PartsAreAllThatACodeBecame) {
  const Successions merger({{.key = "1", .since = kJune, .became = kMerger}});
  EXPECT_THAT(merger.Parts("450328"), ElementsAre("450330200001", "450399100", "450399101"));
  EXPECT_THAT(merger.Parts("450329"), ElementsAre("450399200"));
  EXPECT_THAT(merger.Parts("450328101"), ElementsAre("450330200001", "450399101"));
  // What is used is itself, whatever has left it.
  for (const char* code : {"450399", "450330", "4503", "", "no code"})
    EXPECT_THAT(merger.Parts(code), ElementsAre(code));
  const Successions recode({{.key = "1", .since = kJune, .became = {{"450328", "450399"}}}});
  EXPECT_THAT(recode.Parts("450328"), ElementsAre("450399"));
  EXPECT_THAT(recode.Parts("450328100201"), ElementsAre("450399100201"));
  const Successions split({{.key = "1", .since = kJune, .became = {{"450328", "450398"}, {"450328101", "450399101"}}},
                           {.key = "2", .since = kJune, .became = {{"450398100", "450397100"}}}});
  EXPECT_THAT(split.Parts("450328"), ElementsAre("450398", "450399101"));
  EXPECT_THAT(split.Parts("450328100"), ElementsAre("450397100"));
  EXPECT_THAT(split.Parts("450398"), ElementsAre("450398"));
}

}  // namespace
}  // namespace anju
