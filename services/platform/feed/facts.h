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
  // Left for another household, in which the same person goes on; what is known of them here goes on as well.
  bool goes_on = false;
  void Fields(Archive& archive) {
    archive("person_no", person_no);
    archive("labour", labour);
    archive("joined_on", joined_on);
    archive("left_on", left_on);
    archive("goes_on", goes_on);
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
  // The code under which records that its systems send are known, when that is not the present one: a county that was
  // recoded goes on under the keys that its records have.
  std::string keyed_as;
  // The codes that the present one succeeded.
  std::vector<std::string> former_codes;
  void Fields(Archive& archive) {
    archive("code", code);
    archive("name", name);
    archive("level", level);
    archive("successor", successor);
    archive("keyed_as", keyed_as);
    archive("former_codes", former_codes);
  }
};

// A measure of follow-up support 后续扶持 that a person of a relocated household has.
struct SupportFact {
  std::string person_no;
  Date since;
  std::optional<Date> until;
  void Fields(Archive& archive) {
    archive("person_no", person_no);
    archive("since", since);
    archive("until", until);
  }
  friend bool operator==(const SupportFact&, const SupportFact&) = default;
};

// That a household has moved in at its new home. Known by the household's id.
struct RelocationFact {
  static constexpr absl::string_view kTopic = "relocation";
  // Most households never move, and the feed tells of those that do.
  static constexpr bool kAsk = false;
  std::string household_id;
  // Nothing: it has not, or no longer.
  std::optional<Date> moved_in_on;
  std::vector<SupportFact> supports;
  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("moved_in_on", moved_in_on);
    archive("supports", supports);
  }
  friend bool operator==(const RelocationFact&, const RelocationFact&) = default;
};

struct LoanFact {
  Date disbursed_on;
  Date matures_on;
  int64_t principal_fen = 0;
  int64_t balance_fen = 0;
  void Fields(Archive& archive) {
    archive("disbursed_on", disbursed_on);
    archive("matures_on", matures_on);
    archive("principal_fen", principal_fen);
    archive("balance_fen", balance_fen);
  }
  friend bool operator==(const LoanFact&, const LoanFact&) = default;
};

// What a household has borrowed. Known by the household's id.
struct CreditFact {
  static constexpr absl::string_view kTopic = "credit";
  static constexpr bool kAsk = false;
  std::string household_id;
  // When it was rated last.
  std::optional<Date> rated_on;
  std::vector<LoanFact> loans;
  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("rated_on", rated_on);
    archive("loans", loans);
  }
  friend bool operator==(const CreditFact&, const CreditFact&) = default;
};

// A contract with a workshop, or an employment elsewhere.
struct JobFact {
  Date since;
  // After which it did not go on; nothing while it does.
  std::optional<Date> until;
  bool workshop = false;
  // The last month that was paid, of a workshop.
  std::optional<Month> paid_until;
  void Fields(Archive& archive) {
    archive("since", since);
    archive("until", until);
    archive("workshop", workshop);
    archive("paid_until", paid_until);
  }
  friend bool operator==(const JobFact&, const JobFact&) = default;
};

// What a person works and has learned. Known by `<key of the household>#<person_no>`.
struct WorkFact {
  static constexpr absl::string_view kTopic = "work";
  static constexpr bool kAsk = false;
  std::string household_id;
  std::string person_no;
  std::vector<JobFact> jobs;
  // When the last training ended.
  std::optional<Date> trained_on;
  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("jobs", jobs);
    archive("trained_on", trained_on);
  }
  friend bool operator==(const WorkFact&, const WorkFact&) = default;
};

// What a household has sold through the channels. Known by the household's id.
struct ProducerFact {
  static constexpr absl::string_view kTopic = "producer";
  static constexpr bool kAsk = false;
  std::string household_id;
  // The day of the last sale; nothing when it has sold nothing.
  std::optional<Date> sold_on;
  // Its shares of all sales.
  int64_t share_fen = 0;
  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("sold_on", sold_on);
    archive("share_fen", share_fen);
  }
  friend bool operator==(const ProducerFact&, const ProducerFact&) = default;
};

}  // namespace anju::feed
