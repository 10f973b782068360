#include "services/platform/policy/policy.h"

#include <gtest/gtest.h>

#include "tests/support/recode.h"
#include "tests/support/stand.h"

namespace anju::policy {
namespace {

using anju::testing::RefusedWith;
using enum absl::StatusCode;

const Catalogue& Sample() {
  static const auto& sample = *new Catalogue(
      {{.name = "area",
        .unit = "centi_sqm",
        .least = 1000,
        .greatest = 6000,
        .defaults = {{.since = Date(2016, 1, 1), .value = 2500}, {.since = Date(2018, 1, 1), .value = 2600}}},
       {.name = "days", .greatest = 9, .defaults = {{.value = 5}}}},
      {{.name = "fits"}});
  return sample;
}

Setting Set(const std::string& division, int64_t value, Date since, bool confirmed = true) {
  Setting setting{.name = "area", .division = division, .version = division + "/1", .since = since, .value = value};
  if (confirmed) setting.confirmed_on = since;
  return setting;
}

TEST(InForceTest, TheMostLocalValueOfTheDayHolds) {
  const Books books = {
      {.key = "450328",
       .settings = {Set("450328", 3000, Date(2018, 6, 1)), Set("450328", 3100, Date(2018, 8, 1), /*confirmed=*/false)}},
      {.key = "4503", .settings = {Set("4503", 2800, Date(2018, 7, 1))}},
      {.key = "45", .settings = {Set("45", 2700, Date(2018, 3, 1))}}};
  const Books above(books.begin() + 1, books.end());
  struct Row {
    Date day;
    int64_t county, prefecture, country;
  };
  for (const Row& row : {Row{Date(2010, 1, 1), 2500, 2500, 2500},
                         {Date(2017, 12, 31), 2500, 2500, 2500},
                         {Date(2018, 1, 1), 2600, 2600, 2600},
                         {Date(2018, 3, 1), 2700, 2700, 2600},
                         {Date(2018, 5, 31), 2700, 2700, 2600},
                         {Date(2018, 6, 1), 3000, 2700, 2600},
                         {Date(2018, 7, 1), 3000, 2800, 2600},
                         {Date(2018, 9, 1), 3000, 2800, 2600}}) {
    EXPECT_EQ(InForce(Sample(), books, row.day)["area"], row.county) << Format(row.day);
    EXPECT_EQ(InForce(Sample(), above, row.day)["area"], row.prefecture) << Format(row.day);
    EXPECT_EQ(InForce(Sample(), {}, row.day)["area"], row.country) << Format(row.day);
  }
  EXPECT_EQ(InForce(Sample(), books, Date(2018, 9, 1))["days"], 5);
}

TEST(InForceTest, WhoInheritsFollowsTheLevelAboveAgain) {
  Setting back = Set("450328", 0, Date(2018, 9, 1));
  back.inherits = true;
  const Books books = {{.key = "450328", .settings = {Set("450328", 3000, Date(2018, 6, 1)), back}},
                       {.key = "45", .settings = {Set("45", 2700, Date(2018, 3, 1))}}};
  EXPECT_EQ(InForce(Sample(), books, Date(2018, 8, 31))["area"], 3000);
  EXPECT_EQ(InForce(Sample(), books, Date(2018, 9, 1))["area"], 2700);
}

TEST(InForceTest, ADecisionKeepsNameVersionAndValue) {
  const Books books = {{.key = "450328", .settings = {Set("450328", 3000, Date(2018, 6, 1))}}};
  EXPECT_EQ(InForce(Sample(), books, Date(2018, 6, 1)).Use({"area", "days"}),
            (std::vector<Used>{{.name = "area", .version = "450328/1", .value = 3000},
                               {.name = "days", .version = "1", .value = 5}}));
  EXPECT_EQ(InForce(Sample(), {}, Date(2018, 6, 1)).Use({"area"})[0].version, "2");
}

TEST(ProposeTest, RefusesInOrder) {
  Book book{.key = "450328", .settings = {Set("450328", 3000, Date(2018, 12, 1))}};
  Book full = book;
  full.settings.resize(kMostSettings, Set("450328", 3000, Date(2018, 11, 1)));
  const Date today(2018, 11, 1);
  struct Row {
    const Book* book;
    int64_t value;
    bool inherits;
    Date since;
    absl::StatusCode code;
    const char* reason;
  };
  for (const Row& row : {Row{&full, 999, false, today - 1, kInvalidArgument, "VALUE_OUT_OF_RANGE"},
                         {&full, 6001, false, today - 1, kInvalidArgument, "VALUE_OUT_OF_RANGE"},
                         {&full, 6001, true, today - 1, kInvalidArgument, "SINCE_PASSED"},
                         {&book, 1000, false, Date(2018, 11, 30), kFailedPrecondition, "SINCE_BEFORE_NEWEST"},
                         {&full, 6000, false, Date(2018, 12, 1), kFailedPrecondition, "SETTINGS_TOO_MANY"},
                         {&book, 6000, false, Date(2018, 12, 1), kOk, ""}}) {
    const auto after =
        Propose(*row.book, *Sample().Find("area"),
                {.name = "area", .value = row.value, .inherits = row.inherits, .since = row.since}, "li", today);
    EXPECT_EQ(after.status().code(), row.code) << row.reason;
    EXPECT_EQ(ReasonOf(after.status()), row.reason);
  }
}

TEST(ProposeTest, AProposalHoldsNothingYet) {
  const Date today(2018, 11, 1);
  const Book after = *Propose({.key = "450328"}, *Sample().Find("area"), {.value = 3000, .since = today}, "li", today);
  EXPECT_EQ(after.settings[0].version, "450328/1");
  EXPECT_EQ(InForce(Sample(), {after}, today)["area"], 2600);
  EXPECT_EQ(InForce(Sample(), {*Confirm(after, "450328/1", "wang", today)}, today)["area"], 3000);
}

TEST(ConfirmTest, RefusesInOrder) {
  const Date today(2018, 11, 1);
  const auto proposed = [&](Date since, int number) {
    Setting setting = Set("450328", 3000, since, /*confirmed=*/false);
    setting.version = "450328/" + std::to_string(number);
    setting.proposed_by = "li";
    return setting;
  };
  Setting old = proposed(today - 1, 1);
  Setting superseded = proposed(today, 2);
  Setting newest = proposed(today + 30, 3);
  newest.confirmed_on = today - 5;
  Setting early = proposed(today + 10, 4);
  Setting good = proposed(today + 30, 5);
  const Book book{.key = "450328", .settings = {old, superseded, newest, early, good}};
  struct Row {
    const char* version;
    const char* by;
    absl::StatusCode code;
    const char* reason;
  };
  for (const Row& row : {Row{"450328/9", "li", kNotFound, "SETTING_NOT_FOUND"},
                         {"", "li", kNotFound, "SETTING_NOT_FOUND"},
                         {"450328/3", "li", kFailedPrecondition, "SETTING_CONFIRMED"},
                         {"450328/1", "li", kFailedPrecondition, "APPROVER_IS_AUTHOR"},
                         {"450328/1", "wang", kInvalidArgument, "SINCE_PASSED"},
                         {"450328/2", "wang", kFailedPrecondition, "SETTING_SUPERSEDED"},
                         {"450328/4", "wang", kFailedPrecondition, "SINCE_BEFORE_NEWEST"},
                         {"450328/5", "wang", kOk, ""}}) {
    const auto after = Confirm(book, row.version, row.by, today);
    EXPECT_EQ(after.status().code(), row.code) << row.version << row.by;
    EXPECT_EQ(ReasonOf(after.status()), row.reason) << row.version << row.by;
  }
  const Book after = *Confirm(book, "450328/5", "wang", today);
  EXPECT_EQ(after.settings[4].confirmed_by, "wang");
  EXPECT_EQ(after.settings[4].confirmed_on, today);
  // Nothing else has changed.
  EXPECT_TRUE(std::equal(book.settings.begin(), book.settings.begin() + 4, after.settings.begin()));
}

class PolicyStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  PolicyStoreTest() : stand(GetParam(), {}, {}) {
    for (const char* code : {"45", "4503", "450328", "450328101"}) stand.KnowDivision(code);
    stand.Know("450399", feed::DivisionFact{.code = "450399", .successor = "450328"});
  }

  absl::StatusOr<Setting> Propose(const std::string& division, int64_t value, Date since,
                                  const std::string& name = "area") {
    return Run([&](roots::Session& session) {
      return ProposeSetting(session, Sample(),
                            {.division = division, .name = name, .value = value, .since = since, .document = "x"},
                            "li");
    });
  }
  absl::StatusOr<Setting> Confirm(const std::string& version) {
    return Run([&](roots::Session& session) { return ConfirmSetting(session, version, "wang"); });
  }
  int64_t Holds(const std::string& division, Date day) {
    int64_t value = 0;
    EXPECT_TRUE(stand.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const Books* books, BooksOf(session, division));
                      value = InForce(Sample(), *books, day)["area"];
                      return absl::OkStatus();
                    })
                    .ok());
    return value;
  }

  const Date today = Date(2018, 11, 1);
  testing::Stand stand;

  absl::StatusOr<Setting> Run(absl::FunctionRef<absl::StatusOr<Setting>(roots::Session&)> step) {
    absl::StatusOr<Setting> setting = absl::UnknownError("not run");
    const absl::Status status = stand.store.Change({.subject = "li"}, [&](roots::Session& session) {
      setting = step(session);
      return setting.status();
    });
    if (!status.ok()) return status;
    return setting;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, PolicyStoreTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

TEST_P(PolicyStoreTest, ACountyOverridesItsProvinceFromItsDayOn) {
  ASSERT_TRUE(Confirm(Propose("45", 2700, today)->version).ok());
  const Setting proposed = *Propose("450328", 3000, today + 10);
  EXPECT_EQ(proposed.version, "450328/1");
  EXPECT_EQ(Holds("450328101202", today + 10), 2700);
  EXPECT_EQ(Confirm(proposed.version)->confirmed_by, "wang");
  EXPECT_EQ(Holds("450328101202", today + 9), 2700);
  EXPECT_EQ(Holds("450328101202", today + 10), 3000);
  EXPECT_EQ(Holds("450329", today + 10), 2700);
  EXPECT_EQ(Holds("36", today + 10), 2600);
  EXPECT_EQ(Holds("", today + 10), 2600);
}

TEST_P(PolicyStoreTest, WhatCannotBeSetIsRefused) {
  EXPECT_THAT(Propose("9", 1, today - 1, "nothing"), RefusedWith(kNotFound, "PARAMETER_NOT_FOUND"));
  EXPECT_THAT(Propose("450399999", 1, today - 1), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(Propose("450328101", 1, today - 1), RefusedWith(kInvalidArgument, "BELOW_COUNTY"));
  EXPECT_THAT(Propose("450328", 1, today - 1), RefusedWith(kInvalidArgument, "VALUE_OUT_OF_RANGE"));
  EXPECT_THAT(Confirm("450328/1"), RefusedWith(kNotFound, "SETTING_NOT_FOUND"));
  EXPECT_THAT(Confirm(""), RefusedWith(kNotFound, "SETTING_NOT_FOUND"));
}

TEST_P(PolicyStoreTest, AnOldCodeIsResolved) { EXPECT_EQ(Propose("450399", 3000, today)->version, "450328/1"); }

TEST_P(PolicyStoreTest, WhatACountyHasSetGoesOnUnderItsNewCodeUntilItIsSetAnew) {
  ASSERT_TRUE(Confirm(Propose("45", 2700, today)->version).ok());
  ASSERT_TRUE(Confirm(Propose("450328", 3000, today)->version).ok());
  testing::Recode(stand, "2018-11", {{.old_code = "450328", .new_code = "450388"}});
  for (const char* code : {"45", "450388"}) stand.KnowDivision(code);
  for (const char* place : {"450328", "450328101202", "450388", "450388101202"}) {
    EXPECT_EQ(Holds(place, today), 3000) << place;
  }
  ASSERT_TRUE(Confirm(Propose("450388", 3500, today + 5)->version).ok());
  for (const char* place : {"450328", "450328101202", "450388", "450388101202"}) {
    EXPECT_EQ(Holds(place, today + 4), 3000) << place;
    EXPECT_EQ(Holds(place, today + 5), 3500) << place;
  }
  // Who inherits follows the level above, not the book of the old code.
  const auto back = Run([&](roots::Session& session) {
    return ProposeSetting(session, Sample(),
                          {.division = "450388", .name = "area", .inherits = true, .since = today + 9}, "li");
  });
  ASSERT_TRUE(Confirm(back->version).ok());
  for (const char* place : {"450328101202", "450388"}) EXPECT_EQ(Holds(place, today + 9), 2700) << place;
}

TEST_P(PolicyStoreTest, WhatMergedCountiesHaveSetHoldsForWhatIsTheirs) {
  stand.KnowDivision("450329");
  ASSERT_TRUE(Confirm(Propose("450328", 3000, today)->version).ok());
  ASSERT_TRUE(Confirm(Propose("450329", 3200, today)->version).ok());
  testing::Recode(stand, "2018-11",
                  {{.old_code = "450328", .new_code = "450388", .alone = true},
                   {.old_code = "450328101", .new_code = "450388101"},
                   {.old_code = "450328102", .new_code = "450388102"},
                   {.old_code = "450329", .new_code = "450388", .alone = true},
                   {.old_code = "450329101", .new_code = "450388301"}});
  stand.KnowDivision("450388");
  EXPECT_EQ(Holds("450328101202", today), 3000);
  EXPECT_EQ(Holds("450329101202", today), 3200);
  EXPECT_EQ(Holds("450388101202", today), 2600);
  EXPECT_EQ(Holds("450388", today), 2600);
  ASSERT_TRUE(Confirm(Propose("450388", 2900, today)->version).ok());
  for (const char* place : {"450328101202", "450329101202", "450388101202", "450388"}) {
    EXPECT_EQ(Holds(place, today), 2900) << place;
  }
}

TEST_P(PolicyStoreTest, EveryVersionStaysKnown) {
  ASSERT_TRUE(Confirm(Propose("450328", 3000, today)->version).ok());
  ASSERT_TRUE(Confirm(Propose("450328", 3500, today)->version).ok());
  EXPECT_EQ(Holds("450328", today), 3500);
  const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
    for (const Used& used : {Used{"area", "1", 2500}, {"area", "450328/1", 3000}, {"area", "450328/2", 3500}}) {
      ASSIGN_OR_RETURN(const std::optional<Setting> setting, FindUsed(session, Sample(), used));
      EXPECT_EQ(setting->value, used.value);
    }
    for (const Used& used :
         {Used{"area", "3"}, {"area", "0"}, {"area", "x"}, {"gone", "1"}, {"area", "450328/9"}, {"area", "36/1"}}) {
      ASSIGN_OR_RETURN(const std::optional<Setting> setting, FindUsed(session, Sample(), used));
      EXPECT_FALSE(setting.has_value()) << used.name << used.version;
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(PolicyStoreTest, ABookCountsInNoFigure) {
  ASSERT_TRUE(Confirm(Propose("450328", 3000, today)->version).ok());
  EXPECT_TRUE(stand.Recount().empty());
}

}  // namespace
}  // namespace anju::policy
