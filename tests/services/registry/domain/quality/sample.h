#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/registry/domain/quality/rule.h"

namespace anju::registry {

inline constexpr char kHome[] = "450328100201";
inline constexpr char kAway[] = "450328101202";
inline constexpr Date kToday(2018, 11, 1);

// A number by GB 11643 whose check digit is right.
inline std::string IdNumber(absl::string_view area, Date born_on, int sequence) {
  std::string id =
      absl::StrFormat("%s%04d%02d%02d%03d", area, born_on.year(), born_on.month(), born_on.day(), sequence);
  for (const char check : {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'X'}) {
    if (ReadIdNumber(absl::StrCat(id, std::string(1, check))).ok()) return id + check;
  }
  return id + "?";
}

// A poor household of a couple and their son, with which no rule finds anything wrong.
struct Sample {
  Household household{
      .id = "h",
      .key = "450328/county/1",
      .residences = {{.since = Date(2016, 1, 15), .village = kHome}},
      .classifications = {{.since = Date(2016, 1, 15), .household_class = HouseholdClass::kRegisteredPoor}},
      .registered_on = Date(2016, 1, 15),
      .members = {Person("1", "例甲乙", Date(1975, 3, 4), Sex::kMale, Relation::kHead, Labour::kFull),
                  Person("2", "样丙丁", Date(1977, 5, 6), Sex::kFemale, Relation::kSpouse, Labour::kHalf),
                  Person("3", "例戊己", Date(2006, 7, 8), Sex::kMale, Relation::kChild, Labour::kNone)}};
  Others others;
  Date today = kToday;

  static Member Person(std::string no, std::string name, Date born_on, Sex sex, Relation relation, Labour labour) {
    return {.person_no = std::move(no),
            .name = std::move(name),
            .id_number = IdNumber("450328", born_on, sex == Sex::kMale ? 901 : 902),
            .sex = sex,
            .born_on = born_on,
            .relation = relation,
            .labour = labour,
            .joined_on = Date(2016, 1, 15)};
  }

  Member& head() { return household.members[0]; }
  Member& spouse() { return household.members[1]; }
  Member& child() { return household.members[2]; }
  // Gives a member this birth date, and a number that agrees.
  static void Born(Member& member, Date born_on) {
    member.born_on = born_on;
    member.id_number = IdNumber("450328", born_on, member.sex == Sex::kMale ? 901 : 902);
    member.joined_on = std::max(member.joined_on, born_on);
  }
  void Add(Relation relation, Date born_on) {
    const std::string no = absl::StrCat(household.members.size() + 1);
    Member member = Person(no, "试庚辛", born_on, Sex::kMale, relation, Labour::kNone);
    member.id_number = IdNumber("450328", born_on, 801 + 2 * static_cast<int>(household.members.size()));
    household.members.push_back(member);
  }
  void Leave(Date day) {
    for (Member& member : household.members) member.left_on = day;
  }
  void NoLabour() {
    for (Member& member : household.members) member.labour = Labour::kNone;
  }
  void Class(HouseholdClass household_class) { household.classifications[0].household_class = household_class; }
  feed::WorkFact& Work(const std::string& person_no) {
    others.works.push_back({.household_id = "h", .person_no = person_no});
    return others.works.back();
  }
  void Job(const std::string& person_no, Date since, std::optional<Date> until = std::nullopt) {
    Work(person_no).jobs = {{.since = since, .until = until}};
  }
  void Loan(Date disbursed_on, Date matures_on, int64_t balance_fen) {
    others.credit.loans.push_back({.disbursed_on = disbursed_on,
                                   .matures_on = matures_on,
                                   .principal_fen = 50'000'00,
                                   .balance_fen = balance_fen});
  }
  Listed& List(ListKind list, const std::string& person_no = "", std::optional<Date> since = std::nullopt) {
    others.listed.push_back({.entry_id = "e", .list = list, .person_no = person_no, .since = since});
    return others.listed.back();
  }
  void Meter(ListKind list, int64_t a, int64_t b, int64_t c) {
    List(list).readings = {{.month = *ParseMonth("2018-07"), .amount_milli = a},
                           {.month = *ParseMonth("2018-08"), .amount_milli = b},
                           {.month = *ParseMonth("2018-09"), .amount_milli = c}};
  }
  void MoveIn(Date day) { others.relocation.moved_in_on = day; }

  std::set<std::string> Found() const {
    std::set<std::string> found;
    for (const Hit& hit : Evaluate(View(household, others, today))) found.insert(std::string(hit.rule->id));
    return found;
  }
};

// What makes a rule hit, and what just does not.
struct Case {
  const char* rule;
  std::function<void(Sample&)> hit;
  std::function<void(Sample&)> miss;
};

// Runs the cases, and expects that every rule of the family has one.
inline void ExpectCases(const Rules& family, const std::vector<Case>& cases) {
  std::set<std::string> missing;
  for (const Rule& rule : family) missing.insert(std::string(rule.id));
  for (const Case& c : cases) {
    SCOPED_TRACE(c.rule);
    missing.erase(c.rule);
    Sample wrong, right;
    c.hit(wrong);
    c.miss(right);
    EXPECT_TRUE(wrong.Found().contains(c.rule)) << "does not hit";
    EXPECT_FALSE(right.Found().contains(c.rule)) << "hits what is right";
  }
  EXPECT_THAT(missing, ::testing::IsEmpty()) << "rules without a case";
}

}  // namespace anju::registry
