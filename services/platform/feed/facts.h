#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/base/archive.h"
#include "services/platform/base/calendar.h"
#include "services/platform/tally/contribution.h"

// The facts that services tell one another, as values. A follower keeps copies of them on its own records.
namespace anju::feed {

enum class HouseholdClass : int32_t { kUnspecified = 0, kRegisteredPoor = 1, kBorderline = 2, kGeneral = 3 };
enum class Labour : int32_t { kUnspecified = 0, kNone = 1, kHalf = 2, kFull = 3, kSkilled = 4 };

inline bool CanWork(Labour labour) { return labour >= Labour::kHalf; }

struct Residence {
  Date since;
  std::string village;
  void Fields(Archive& archive) {
    archive("since", since);
    archive("village", village);
  }
  friend bool operator==(const Residence&, const Residence&) = default;
};

struct Classification {
  Date since;
  HouseholdClass household_class = HouseholdClass::kUnspecified;
  void Fields(Archive& archive) {
    archive("since", since);
    archive("household_class", household_class);
  }
  friend bool operator==(const Classification&, const Classification&) = default;
};

// A household had left poverty, and was poor again 返贫.
struct Relapse {
  Date exited_on;
  Date fell_back_on;
  void Fields(Archive& archive) {
    archive("exited_on", exited_on);
    archive("fell_back_on", fell_back_on);
  }
  friend bool operator==(const Relapse&, const Relapse&) = default;
};

// A member of a household, without anything personal.
struct PersonFact {
  std::string person_no;
  Labour labour = Labour::kUnspecified;
  Date joined_on;
  std::optional<Date> left_on;
  void Fields(Archive& archive) {
    archive("person_no", person_no);
    archive("labour", labour);
    archive("joined_on", joined_on);
    archive("left_on", left_on);
  }
  friend bool operator==(const PersonFact&, const PersonFact&) = default;
};

// What the registry tells of a household. Known by its key, `<division>/<source>/<household_no>`.
struct HouseholdFact {
  static constexpr absl::string_view kTopic = "household";
  // One that is not known here is asked for: a record must not be refused because the feed is a second behind.
  static constexpr bool kAsk = true;
  std::string id;
  std::string key;
  std::vector<Residence> residences;
  std::vector<Classification> classifications;
  Date registered_on;
  // When it last left poverty; nothing while it is poor.
  std::optional<Date> exited_on;
  std::vector<PersonFact> persons;
  // The exits before, in their order.
  std::vector<Relapse> relapses;
  // From that day on it is no household any more, and has no members.
  std::optional<Date> ended_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("residences", residences);
    archive("classifications", classifications);
    archive("registered_on", registered_on);
    archive("exited_on", exited_on);
    archive("persons", persons);
    archive("relapses", relapses);
    archive("ended_on", ended_on);
  }
  friend bool operator==(const HouseholdFact&, const HouseholdFact&) = default;

  // Where it lives now.
  std::string Village() const { return residences.empty() ? "" : residences.back().village; }
  // Where it has lived, for tally::AddStock.
  std::vector<tally::Place> Places() const;
  // Its class on a day; the first class before the first classification.
  HouseholdClass ClassOn(Date day) const;
  // Registered poor on a day, whether or not it has left poverty, and not ended.
  bool RegisteredPoorOn(Date day) const;
  const PersonFact* FindPerson(absl::string_view person_no) const;
  // Members on a day.
  int64_t PersonsOn(Date day) const;
};

// One division of the national tree, known by its code.
struct DivisionFact {
  static constexpr absl::string_view kTopic = "division";
  static constexpr bool kAsk = true;
  std::string code;
  std::string name;
  // province, prefecture, county, township, village.
  std::string level;
  // Of a code that is no longer used: the code that succeeded it.
  std::string successor;
  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
    archive("level", level);
    archive("successor", successor);
  }
};

// That a household has moved in at its new home. Known by the household's id.
struct RelocationFact {
  static constexpr absl::string_view kTopic = "relocation";
  // Most households never move, and the feed tells of those that do.
  static constexpr bool kAsk = false;
  std::string household_id;
  // Nothing: it has not, or no longer.
  std::optional<Date> moved_in_on;
  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("moved_in_on", moved_in_on);
  }
  friend bool operator==(const RelocationFact&, const RelocationFact&) = default;
};

}  // namespace anju::feed
