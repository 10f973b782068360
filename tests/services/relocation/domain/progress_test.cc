#include "services/relocation/domain/progress.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "services/relocation/domain/indicators.h"

namespace anju::relocation {
namespace {

Case Approved(int persons, std::optional<Date> moved_in_on) {
  Case relocation{.steps = {.declared_on = Date(2018, 1, 1),
                            .verified_on = Date(2018, 1, 1),
                            .approved_on = Date(2018, 2, 1),
                            .moved_in_on = moved_in_on}};
  for (int i = 0; i < persons; ++i) relocation.household.persons.push_back({.joined_on = Date(2016, 1, 1)});
  return relocation;
}

TEST(ProgressTest, CountsWhatWasSoOnTheDay) {
  SiteRecords records{
      .site = {.id = "1", .key = "s1", .planned_units = 4},
      .units = {{.completed_on = Date(2018, 5, 1)}, {.completed_on = Date(2018, 7, 1)}, {}},
      .cases = {Approved(3, Date(2018, 6, 1)), Approved(4, Date(2018, 8, 1)), Approved(2, {})},
      .issues = {{.severity = Severity::kSerious, .found_on = Date(2018, 3, 1), .closed_on = Date(2018, 4, 1)},
                 {.severity = Severity::kMinor, .found_on = Date(2018, 3, 1)},
                 {.severity = Severity::kSerious, .found_on = Date(2018, 7, 2)}}};
  records.works.milestones = {{.planned_on = Date(2018, 6, 1)}};
  records.cases.push_back(Approved(5, {}));
  records.cases.back().steps.withdrawn_on = Date(2018, 3, 1);
  const SiteProgress progress = ProgressOf(records, Date(2018, 7, 1));
  EXPECT_EQ(progress.units_planned, 4);
  EXPECT_EQ(progress.units_completed, 2);
  EXPECT_EQ(progress.households_to_move, 3);
  EXPECT_EQ(progress.persons_to_move, 9);
  EXPECT_EQ(progress.households_moved, 1);
  EXPECT_EQ(progress.persons_moved, 3);
  EXPECT_EQ(progress.moved_bp, 3333);
  EXPECT_EQ(progress.days_late, 30);
  EXPECT_EQ(progress.open_issues, 1);
  EXPECT_EQ(progress.serious_issues, 0);
  EXPECT_EQ(ProgressOf(records, Date(2018, 1, 31)).households_to_move, 0);
}

TEST(ProgressTest, SharesAreRoundedHalfUp) {
  EXPECT_EQ(ShareBp(0, 0), 0);
  EXPECT_EQ(ShareBp(1, 3), 3333);
  EXPECT_EQ(ShareBp(2, 3), 6667);
  EXPECT_EQ(ShareBp(1, 20'000), 1);
  EXPECT_EQ(ShareBp(5, 5), 10'000);
}

TEST(ProgressTest, TheLaggingSitesComeFirst) {
  std::vector<SiteProgress> sites = {{.site_key = "a", .moved_bp = 9000, .days_late = 3},
                                     {.site_key = "b", .moved_bp = 2000, .days_late = 0},
                                     {.site_key = "c", .moved_bp = 9000, .days_late = 40},
                                     {.site_key = "d", .moved_bp = 2000, .days_late = 0, .open_issues = 1},
                                     {.site_key = "e", .moved_bp = 1000, .days_late = 3}};
  LaggingFirst(sites);
  std::string keys;
  for (const SiteProgress& site : sites) keys += site.site_key;
  EXPECT_EQ(keys, "ceadb");
}

TEST(ProgressTest, TheLaggingDivisionsComeFirst) {
  std::vector<DivisionProgress> divisions = {
      {.division = "1"},
      {.division = "2", .households_to_move = 9, .moved_bp = 9000},
      {.division = "3", .households_to_move = 9, .moved_bp = 100},
      {.division = "4", .households_to_move = 9, .moved_bp = 9000, .milestones_overdue = 2},
      {.division = "5", .households_to_move = 9, .moved_bp = 9000, .open_issues = 7}};
  LaggingFirst(divisions);
  std::string keys;
  for (const DivisionProgress& division : divisions) keys += division.division;
  EXPECT_EQ(keys, "34521");
}

TEST(ProgressTest, ADivisionIsMadeOfItsFigures) {
  const DivisionProgress progress = ProgressOf("450328", {{"relocation.households_to_move", 8},
                                                          {"relocation.households_moved_in", 2},
                                                          {"relocation.quality_issues_open", 3},
                                                          {"relocation.sites", 99}});
  EXPECT_EQ(progress.households_to_move, 8);
  EXPECT_EQ(progress.moved_bp, 2500);
  EXPECT_EQ(progress.open_issues, 3);
  // Every figure it is made of is in the catalogue.
  for (const std::string& id : ProgressIndicators()) {
    EXPECT_TRUE(std::any_of(Catalogue().begin(), Catalogue().end(), [&](const tally::Indicator& indicator) {
      return indicator.id == id;
    })) << id;
  }
}

}  // namespace
}  // namespace anju::relocation
