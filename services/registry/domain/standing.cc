#include "services/registry/domain/standing.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

const std::string& PlaceOn(const Household& household, Date day) { return household.VillageOn(day); }
const std::string& PlaceOn(const Village& village, Date) { return village.key; }

// What a place is called in a month; a month is the finest grain of changes of codes.
std::string CalledIn(const Successions& successions, Month month, std::string place) {
  for (size_t change = 0; change < successions.size(); ++change) {
    if (month < successions.since(change)) continue;
    if (std::optional<std::string> next = successions.After(change, place)) place = *std::move(next);
  }
  return place;
}

// What it is on one day more than it is at the end of the month.
template <typename Root>
void AddDifference(const Root& root, const Successions& successions, const Whole& division, Date day,
                   std::map<std::string, int64_t>& sums) {
  const Month month = Month::Of(day);
  const Date last = month.LastDay();
  const auto here_on = [&](Date date) {
    const std::string place = CalledIn(successions, month, PlaceOn(root, date));
    return std::any_of(division.codes.begin(), division.codes.end(),
                       [&](const std::string& code) { return IsWithin(place, code); });
  };
  const bool was_here = here_on(last), is_here = here_on(day);
  for (const Stock& stock : Stocks(root)) {
    const int64_t difference = (is_here && stock.StandsOn(day)) - (was_here && stock.StandsOn(last));
    if (difference != 0) sums[std::string(stock.indicator)] += difference;
  }
}

void AddDays(const Household& household, std::set<Month>& months) {
  const auto add = [&](std::optional<Date> day) {
    if (day.has_value()) months.insert(Month::Of(*day));
  };
  add(household.registered_on);
  add(household.exited_on);
  add(household.low_income_since);
  add(household.low_income_until);
  add(household.ended_on);
  for (const Residence& residence : household.residences) add(residence.since);
  for (const Classification& classification : household.classifications) add(classification.since);
  for (const feed::Relapse& relapse : household.relapses) {
    add(relapse.exited_on);
    add(relapse.fell_back_on);
  }
  for (const Member& member : household.members) {
    add(member.joined_on);
    add(member.left_on);
  }
}

}  // namespace

std::string MonthLink(Month month, absl::string_view county) {
  const Date day = month.FirstDay();
  return absl::StrCat(absl::StrFormat("%04d%02d", day.year(), day.month()), county);
}

std::vector<roots::Name> MonthLinks(const Household& household) {
  std::set<Month> months;
  AddDays(household, months);
  std::vector<roots::Name> links;
  for (const Month month : months) {
    std::set<std::string> counties = {std::string(CountyOf(household.VillageOn(month.FirstDay() - 1)))};
    for (const Residence& residence : household.residences) {
      if (Month::Of(residence.since) == month) counties.insert(std::string(CountyOf(residence.village)));
    }
    for (const std::string& county : counties) {
      links.push_back({.kind = std::string(kMonthLink), .name = MonthLink(month, county)});
    }
  }
  return links;
}

std::vector<roots::Name> MonthLinks(const Village& village) {
  std::set<Month> months = {Month::Of(village.poor_since)};
  if (village.poor_until.has_value()) months.insert(Month::Of(*village.poor_until));
  std::vector<roots::Name> links;
  for (const Month month : months) {
    links.push_back({.kind = std::string(kMonthLink), .name = MonthLink(month, CountyOf(village.key))});
  }
  return links;
}

absl::Status TakeChanges(roots::Session& session, const Successions& successions, const Whole& division, Date day,
                         std::map<std::string, int64_t>& sums) {
  const Month month = Month::Of(day);
  std::set<std::string> changed;
  for (const std::string& county : division.counties) {
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kMonthLink, MonthLink(month, county)));
    changed.insert(ids.begin(), ids.end());
    if (changed.size() > kMostChanges) {
      return Refuse(kFailedPrecondition, "TOO_MANY_CHANGES",
                    absl::StrCat("more than ", kMostChanges,
                                 " records changed in that month: ask for the divisions within, or the end of a month"),
                    "date");
    }
  }
  for (const std::string& id : changed) {
    ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(id));
    if (household.has_value()) {
      AddDifference(*household, successions, division, day, sums);
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<Village> village, session.Get<Village>(id));
    if (village.has_value()) AddDifference(*village, successions, division, day, sums);
  }
  return absl::OkStatus();
}

}  // namespace anju::registry
