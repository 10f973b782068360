#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/registry/domain/event.h"

// Households as they were.
namespace anju::registry {

// The household at the end of a day: where it had lived until then, as what, and who was a member then and what to the
// head. Nothing when it was no household on that day. Pure.
std::optional<Household> OnDay(const Household& household, Date day);

// The household as it was known at a moment, as MomentOf writes it: as it was before the first event that was entered
// later, without what was entered later. Nothing when it was not known. Reads a few of its events only.
absl::StatusOr<std::optional<Household>> KnownAt(const Household& now, const std::string& moment,
                                                 const FindEvent& find);

// A membership of one person; anju.registry.v1.Membership.
struct Membership {
  std::string household_id;
  std::string person_no;
  Relation relation = Relation::kUnspecified;
  Date joined_on;
  std::optional<Date> left_on;
  Leaving left_as = Leaving::kUnspecified;
  std::string village;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("relation", relation);
    archive("joined_on", joined_on);
    archive("left_on", left_on);
    archive("left_as", left_as);
    archive("village", village);
  }
};

// All memberships of the person with this PersonId, by the day of joining, those that were taken back or were a
// duplicate's left out.
absl::StatusOr<std::vector<Membership>> HistoryOf(roots::Session& session, const std::string& person_id);

}  // namespace anju::registry
