#pragma once

#include <string>
#include <vector>

#include "services/registry/domain/life.h"

// One person in two households: found by links, so that no pairs are compared, and decided by a person.
namespace anju::registry {

enum class Likeness : int32_t {
  kUnspecified = 0,
  // The same name, birth date and sex.
  kSameData = 1,
  // The same ID number but for the century or the check digit: 15 and 18 digits of one number.
  kSameNumber = 2,
  // The same name, and an ID number with two neighbouring digits exchanged.
  kTransposed = 3,
};

// How alike two persons are; nothing when they are not. Pure.
Likeness Compare(const Member& first, const Member& second);

// The links under which those stand who may be the same, within one county: present members only. The first one, for
// who has a birth date, says name, birth date and sex; the one for who has an ID number its digits in whatever order.
inline constexpr absl::string_view kTwinLink = "twin";
std::vector<std::string> TwinLinks(absl::string_view county, const Member& member);

// Which of these links stand under more than one household.
class Twins {
 public:
  virtual ~Twins() = default;
  // Of a county, in their order after `after`.
  virtual absl::StatusOr<std::vector<std::string>> Shared(absl::string_view county, absl::string_view after,
                                                          int64_t limit) = 0;
};

// That two persons who look alike are two; anju.registry.v1.DuplicateRuling.
struct DuplicateRuling {
  static constexpr absl::string_view kKind = "duplicate_ruling";
  std::string id;
  // Their PersonIds, the lesser first.
  std::string key;
  std::string division;
  std::string reason;
  std::string by;
  Date ruled_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("reason", reason);
    archive("by", by);
    archive("ruled_on", ruled_on);
  }
  std::string Division() const { return division; }
};
tally::Contributions Contributions(const DuplicateRuling& ruling);

// Two members who may be one; anju.registry.v1.DuplicateCandidate.
struct DuplicateCandidate {
  Likeness likeness = Likeness::kUnspecified;
  std::string first_household;
  std::string first_person_no;
  std::string first_name;
  std::string first_village;
  std::string second_household;
  std::string second_person_no;
  std::string second_name;
  std::string second_village;

  void Fields(Archive& archive) {
    archive("likeness", likeness);
    archive("first_household", first_household);
    archive("first_person_no", first_person_no);
    archive("first_name", first_name);
    archive("first_village", first_village);
    archive("second_household", second_household);
    archive("second_person_no", second_person_no);
    archive("second_name", second_name);
    archive("second_village", second_village);
  }
};

// Under one link no more households are looked at: more would be a mistake of the file.
inline constexpr size_t kMostTwins = 20;

// The pairs under one link of which one lives in `division` and nobody has ruled that they are two. A pair that stands
// under two links is found under the first.
absl::StatusOr<std::vector<DuplicateCandidate>> CandidatesUnder(roots::Session& session, const std::string& link,
                                                                absl::string_view division);

// anju.registry.v1.MergePersonsRequest and MarkNotDuplicateRequest.
struct Pair {
  std::string id;
  std::string person_no;
  std::string other_household;
  std::string other_person_no;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("person_no", person_no);
    archive("other_household", other_household);
    archive("other_person_no", other_person_no);
    archive("reason", reason);
  }
};

// Lets the membership in `other` count nowhere: it never was one. The person keeps the number, the ID number too if it
// was known there only. Pure. Refuses, in this order, with REASON_MISSING, SAME_HOUSEHOLD (INVALID_ARGUMENT),
// HOUSEHOLD_ENDED (FAILED_PRECONDITION), PERSON_NOT_FOUND (NOT_FOUND), NOT_A_MEMBER and NOT_ALIKE
// (FAILED_PRECONDITION).
absl::StatusOr<Two> MergePair(const Household& kept, const Household& other, const Pair& pair);

// Use cases: HOUSEHOLD_NOT_FOUND first, then as MergePair does; the second one at last with RULED_ALREADY
// (ALREADY_EXISTS). Both answer the household that `id` names.
absl::StatusOr<Household> MergePersons(const Office& office, const Pair& pair);
absl::StatusOr<Household> MarkNotDuplicate(const Office& office, const Pair& pair);

}  // namespace anju::registry
