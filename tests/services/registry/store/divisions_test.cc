#include "services/registry/store/divisions.h"

#include "services/platform/feed/facts.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

class DivisionsTest : public ::testing::TestWithParam<std::string> {
 protected:
  DivisionsTest() : database_(GetParam()), divisions_(*database_) {
    EXPECT_TRUE(storage::Migrate(*database_, "service", SqlDivisions::Migrations()).ok());
    const absl::Status loaded = divisions_.Load(ANJU_SOURCE_DIR "/services/registry/divisions");
    EXPECT_TRUE(loaded.ok()) << loaded;
  }
  absl::Status Succeed(const std::vector<Succession>& successions, Date on, bool keeps_keys) {
    std::vector<Became> became;
    for (const auto& [old_code, new_code, name] : successions) became.push_back({old_code, new_code});
    return divisions_.Succeed({}, successions, became, Month::Of(on), keeps_keys);
  }
  testing::TestDatabase database_;
  SqlDivisions divisions_;
  int64_t version_ = 0;
};

TEST_P(DivisionsTest, HoldsBothProvincesToTheVillage) {
  EXPECT_EQ(divisions_.List("", "", "", 100, std::nullopt)->size(), 2);
  EXPECT_EQ(divisions_.List("45", "", "", 100, std::nullopt)->size(), 14);
  const auto village = divisions_.Get("450328100201");
  ASSERT_TRUE(village.ok()) << village.status();
  EXPECT_EQ(village->level, "village");
  EXPECT_EQ(village->parent, "450328100");
  EXPECT_EQ(village->full_name.rfind("广西壮族自治区桂林市龙胜各族自治县", 0), 0);
  // Loading again changes nothing.
  EXPECT_TRUE(divisions_.Load(ANJU_SOURCE_DIR "/services/registry/divisions").ok());
  EXPECT_EQ(divisions_.List("45", "", "", 100, std::nullopt)->size(), 14);
}

TEST_P(DivisionsTest, ResolvesOldCodesAtEveryLevel) {
  EXPECT_EQ(divisions_.Get("451021")->code, "451003");
  EXPECT_THAT(divisions_.Get("451003")->former_codes, ::testing::ElementsAre("451021"));
  const auto first = divisions_.List("451003", "", "", 1, std::nullopt);
  ASSERT_EQ(first->size(), 1);
  const std::string township = (*first)[0].code;
  EXPECT_EQ(divisions_.Get("451021" + township.substr(6))->code, township);
  const auto facts = divisions_.Ask("division", {"451021" + township.substr(6), "450328", "999999"});
  ASSERT_EQ(facts->size(), 2);
  EXPECT_EQ(roots::FromJson<feed::DivisionFact>((*facts)[0].body)->successor, township);
  EXPECT_EQ(roots::FromJson<feed::DivisionFact>((*facts)[1].body)->successor, "");
}

TEST_P(DivisionsTest, AChangeMakesNewCodesAndResolvesOldOnes) {
  const auto ask = [&](const std::string& code) {
    const auto facts = divisions_.Ask("division", {code});
    EXPECT_EQ(facts->size(), 1);
    EXPECT_EQ((*facts)[0].version, 1 + version_);
    return *roots::FromJson<feed::DivisionFact>((*facts)[0].body);
  };
  version_ = 2;
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(Succeed({{"450328", "450382", "龙胜市"}}, Date(2018, 8, 1), true).ok());
    version_ = 3;
    EXPECT_EQ(divisions_.Get("450328")->code, "450382");
    EXPECT_EQ(divisions_.Get("450328100201")->code, "450382100201");
    EXPECT_EQ(divisions_.Get("450382")->name, "龙胜市");
    EXPECT_EQ(divisions_.Get("450382100201")->full_name.rfind("广西壮族自治区桂林市龙胜市", 0), 0);
    EXPECT_EQ(divisions_.Get("450382100201")->parent, "450382100");
    // Both codes send records that have the keys of before.
    EXPECT_EQ(ask("450328").keyed_as, "450328");
    EXPECT_EQ(ask("450382").keyed_as, "450328");
    EXPECT_EQ(ask("450382100").keyed_as, "450328100");
  }
  // Of one village, and once more of the county, which keeps its own keys by now.
  ASSERT_TRUE(Succeed({{"450382100201", "450327100299", ""}}, Date(2018, 9, 1), false).ok());
  ASSERT_TRUE(Succeed({{"450382", "450327", ""}}, Date(2018, 10, 1), false).ok());
  version_ = 5;
  EXPECT_EQ(divisions_.Get("450328100201")->code, "450327100299");
  EXPECT_EQ(divisions_.Get("450328100202")->code, "450327100202");
  EXPECT_EQ(ask("450328").keyed_as, "450328");
  EXPECT_EQ(ask("450382").keyed_as, "450328");
  EXPECT_EQ(ask("450327").keyed_as, "");
  // Retired codes are not listed.
  const auto counties = divisions_.List("4503", "", "", 100, std::nullopt);
  for (const Division& county : *counties) {
    EXPECT_TRUE(county.code != "450328" && county.code != "450382") << county.code;
  }
}

TEST_P(DivisionsTest, AMonthHasTheTreeOfThen) {
  const Month july = Month::Of(Date(2018, 7, 1)), august = july.Plus(1);
  const auto counties = [&](std::optional<Month> month) {
    std::set<std::string> codes;
    const auto listed = divisions_.List("4503", "", "", 100, month);
    for (const Division& county : *listed) codes.insert(county.code);
    return codes;
  };
  const std::set<std::string> before = counties(std::nullopt);
  // Two counties become one, and a township of a third is founded as a county.
  const std::vector<Became> became = {{"450328", "450398", true},
                                      {"450328100", "450398100"},
                                      {"450329", "450398", true},
                                      {"450329100", "450398200"},
                                      {"450327100", "450399100", false}};
  const std::vector<Succession> named = {{"450328", "450398", "合并县"}};
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(divisions_.Succeed({{"450399", "新县"}}, named, became, august, false).ok());
  }
  EXPECT_EQ(counties(july), before);
  std::set<std::string> after = before;
  for (const char* gone : {"450328", "450329"}) after.erase(gone);
  for (const char* made : {"450398", "450399"}) after.insert(made);
  EXPECT_EQ(counties(august), after);
  EXPECT_EQ(counties(std::nullopt), after);
  EXPECT_EQ(divisions_.Get("450399")->full_name, "广西壮族自治区桂林市新县");
  EXPECT_EQ(divisions_.Get("450398")->name, "合并县");
  EXPECT_EQ(divisions_.List("450399", "", "", 100, std::nullopt)->size(), 1);
  EXPECT_EQ(divisions_.List("450398", "", "", 100, std::nullopt)->size(), 2);
  // An old code is itself in the months before, and a county that was merged in all.
  EXPECT_EQ(divisions_.Get("450328")->code, "450398");
  for (const Month month : {july, august}) EXPECT_EQ(divisions_.GetIn(month, "450328")->code, "450328");
  EXPECT_EQ(divisions_.GetIn(july, "450329100201")->code, "450329100201");
  EXPECT_EQ(divisions_.GetIn(august, "450329100201")->code, "450398200201");
  // What came with the files is resolved in every month.
  EXPECT_EQ(divisions_.GetIn(july, "451021")->code, "451003");
  EXPECT_EQ(divisions_.CodesIn("450328")->size(), 0);
  EXPECT_EQ(divisions_.CodesIn("450398100")->front(), "450398100");
  // Townships go on under the keys that they had.
  EXPECT_EQ(roots::FromJson<feed::DivisionFact>(divisions_.Ask("division", {"450398200"})->front().body)->keyed_as,
            "450329100");
}

TEST_P(DivisionsTest, SearchesByName) {
  const auto found = divisions_.List("45", "龙胜各族", "", 10, std::nullopt);
  ASSERT_EQ(found->size(), 1);
  EXPECT_EQ((*found)[0].code, "450328");
  // Neither a wildcard nor a quote is more than a character.
  EXPECT_EQ(divisions_.List("45", "'; DROP TABLE divisions; --", "", 10, std::nullopt)->size(), 0);
  // What LIKE takes for anything stands for itself, and is in no name.
  for (const char* nothing : {"%", "_", "%%", "!", "\\", "%龙胜%各族%", "龙胜_族"}) {
    EXPECT_EQ(divisions_.List("45", nothing, "", 10, std::nullopt)->size(), 0) << nothing;
  }
  // A division is found by the name that it had.
  for (const char* former : {"田阳县", "平果县"}) {
    const auto renamed = divisions_.List("", former, "", 10, std::nullopt);
    ASSERT_EQ(renamed->size(), 1) << former;
    EXPECT_EQ(renamed->front().code, former == std::string("田阳县") ? "451003" : "451082");
  }
}

TEST_P(DivisionsTest, RefusesWhatIsNoDivision) {
  for (const char* code : {"", "4", "459999", "abcdef", "450328999999"}) {
    EXPECT_THAT(divisions_.Get(code), RefusedWith(kNotFound, "DIVISION_NOT_FOUND")) << code;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, DivisionsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
