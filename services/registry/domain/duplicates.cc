#include "services/registry/domain/duplicates.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

constexpr size_t kDigestLength = 24;

// What 15 and 18 digits of one number have in common: no century, no check digit.
std::string Core(const std::string& id_number) {
  if (id_number.size() == 15) return id_number;
  if (id_number.size() != 18) return "";
  return absl::StrCat(id_number.substr(0, 6), id_number.substr(8, 9));
}

bool Transposed(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return false;
  const auto first = std::mismatch(a.begin(), a.end(), b.begin());
  if (first.first == a.end() || first.first + 1 == a.end()) return false;
  std::string swapped = b;
  std::swap(swapped[first.second - b.begin()], swapped[first.second - b.begin() + 1]);
  return swapped == a;
}

bool SameData(const Member& a, const Member& b) {
  return a.born_on.has_value() && a.name == b.name && a.born_on == b.born_on && a.sex == b.sex;
}

// Digits and small letters only, so that every database has the links in the same order.
std::string Link(absl::string_view county, absl::string_view what) {
  return absl::StrCat(county, Sha256(what).substr(0, kDigestLength));
}

std::string KeyOf(std::string a, std::string b) {
  if (b < a) std::swap(a, b);
  return absl::StrCat(a, "|", b);
}

absl::StatusOr<Member*> FindPresent(Household& household, const std::string& person_no, absl::string_view field) {
  Member* member = roots::Lookup(household.members, &Member::person_no, person_no);
  if (member == nullptr) {
    return Refuse(kNotFound, "PERSON_NOT_FOUND", "the household has no member of this number", field);
  }
  if (member->left_on.has_value()) {
    return Refuse(kFailedPrecondition, "NOT_A_MEMBER", "the person has left the household", field);
  }
  return member;
}

absl::StatusOr<Household> FindHousehold(const Office& office, const std::string& id, absl::string_view field) {
  ASSIGN_OR_RETURN(std::optional<Household> household, office.session.Get<Household>(id));
  if (!household.has_value()) {
    return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "there is no household with this id", field);
  }
  RETURN_IF_ERROR(office.may(household->Division()));
  return *std::move(household);
}

}  // namespace

Likeness Compare(const Member& first, const Member& second) {
  if (SameData(first, second)) return Likeness::kSameData;
  const std::string a = Core(first.id_number), b = Core(second.id_number);
  if (a.empty() || b.empty()) return Likeness::kUnspecified;
  if (a == b) return Likeness::kSameNumber;
  return first.name == second.name && Transposed(a, b) ? Likeness::kTransposed : Likeness::kUnspecified;
}

std::vector<std::string> TwinLinks(absl::string_view county, const Member& member) {
  std::vector<std::string> links;
  if (member.left_on.has_value()) return links;
  if (member.born_on.has_value()) {
    links.push_back(Link(county, absl::StrCat(member.name, "|", Format(*member.born_on), "|", member.sex)));
  }
  if (std::string core = Core(member.id_number); !core.empty()) {
    std::sort(core.begin(), core.end());
    links.push_back(Link(county, core));
  }
  return links;
}

tally::Contributions Contributions(const DuplicateRuling&) { return {}; }

absl::StatusOr<std::vector<DuplicateCandidate>> CandidatesUnder(roots::Session& session, const std::string& link,
                                                                absl::string_view division) {
  struct Found {
    Household household;
    Member member;
  };
  ASSIGN_OR_RETURN(std::vector<std::string> ids, session.LinkedIds(kTwinLink, link));
  if (ids.size() > kMostTwins) ids.resize(kMostTwins);
  std::vector<Found> found;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<Household> household, session.Get<Household>(id));
    if (!household.has_value()) continue;
    for (const Member& member : household->members) {
      const std::vector<std::string> links = TwinLinks(CountyOf(household->Division()), member);
      if (std::find(links.begin(), links.end(), link) != links.end()) found.push_back({*household, member});
    }
  }
  std::vector<DuplicateCandidate> candidates;
  for (size_t i = 0; i < found.size(); ++i) {
    for (size_t j = i + 1; j < found.size(); ++j) {
      const auto& [a, first] = found[i];
      const auto& [b, second] = found[j];
      const Likeness likeness = Compare(first, second);
      if (a.id == b.id || likeness == Likeness::kUnspecified) continue;
      if (!IsWithin(a.Division(), division) && !IsWithin(b.Division(), division)) continue;
      // Who is alike in their data stands under that link too.
      if (likeness == Likeness::kSameData && TwinLinks(CountyOf(a.Division()), first).front() != link) continue;
      ASSIGN_OR_RETURN(const auto ruling,
                       session.Find<DuplicateRuling>(KeyOf(PersonId(a, first), PersonId(b, second))));
      if (ruling.has_value()) continue;
      candidates.push_back({.likeness = likeness,
                            .first_household = a.id,
                            .first_person_no = first.person_no,
                            .first_name = first.name,
                            .first_village = a.Division(),
                            .second_household = b.id,
                            .second_person_no = second.person_no,
                            .second_name = second.name,
                            .second_village = b.Division()});
    }
  }
  return candidates;
}

absl::StatusOr<Two> MergePair(const Household& kept, const Household& other, const Pair& pair) {
  if (pair.reason.empty()) return Refuse(kInvalidArgument, "REASON_MISSING", "say how you know", "reason");
  if (kept.id == other.id) {
    return Refuse(kInvalidArgument, "SAME_HOUSEHOLD", "twice in one household: let the file say that one left",
                  "other_household");
  }
  for (const Household* household : {&kept, &other}) {
    if (household->ended_on.has_value()) {
      return Refuse(kFailedPrecondition, "HOUSEHOLD_ENDED",
                    absl::StrCat("household ", household->id, " ended on ", Format(*household->ended_on)));
    }
  }
  Two two{.left = other, .joined = kept};
  ASSIGN_OR_RETURN(Member * stays, FindPresent(two.joined, pair.person_no, "person_no"));
  ASSIGN_OR_RETURN(Member * goes, FindPresent(two.left, pair.other_person_no, "other_person_no"));
  if (Compare(*stays, *goes) == Likeness::kUnspecified) {
    return Refuse(kFailedPrecondition, "NOT_ALIKE", "neither their data nor their ID numbers are alike");
  }
  if (stays->id_number.empty()) {
    stays->id_number = goes->id_number;
    stays->born_on = goes->born_on;
    stays->sex = goes->sex;
  }
  goes->left_on = goes->joined_on;
  goes->left_as = Leaving::kDuplicate;
  return two;
}

absl::StatusOr<Household> MergePersons(const Office& office, const Pair& pair) {
  ASSIGN_OR_RETURN(const Household kept, FindHousehold(office, pair.id, "id"));
  ASSIGN_OR_RETURN(const Household other, FindHousehold(office, pair.other_household, "other_household"));
  ASSIGN_OR_RETURN(Two two, MergePair(kept, other, pair));
  const auto event = [&](const std::string& person_no, const Household& second, int32_t number) {
    return HouseholdEvent{.kind = EventKind::kDuplicate,
                          .happened_on = office.act.today,
                          .by = office.act.by,
                          .reason = pair.reason,
                          .person_nos = {person_no},
                          .other_household = second.id,
                          .other_number = number};
  };
  // The ID number is let go in one household before it is taken in the other.
  RETURN_IF_ERROR(KeepEvent(office.session, other, two.left, event(pair.other_person_no, kept, kept.events + 1)));
  RETURN_IF_ERROR(KeepEvent(office.session, kept, two.joined, event(pair.person_no, other, two.left.events)));
  return two.joined;
}

absl::StatusOr<Household> MarkNotDuplicate(const Office& office, const Pair& pair) {
  ASSIGN_OR_RETURN(const Household first, FindHousehold(office, pair.id, "id"));
  ASSIGN_OR_RETURN(const Household second, FindHousehold(office, pair.other_household, "other_household"));
  RETURN_IF_ERROR(MergePair(first, second, pair).status());
  const auto person = [](Household household, const std::string& person_no) {
    return PersonId(household, *roots::Lookup(household.members, &Member::person_no, person_no));
  };
  const std::string key = KeyOf(person(first, pair.person_no), person(second, pair.other_person_no));
  ASSIGN_OR_RETURN(const auto known, office.session.Find<DuplicateRuling>(key));
  if (known.has_value()) return Refuse(kAlreadyExists, "RULED_ALREADY", "that these are two persons is known");
  DuplicateRuling ruling{.key = key,
                         .division = first.Division(),
                         .reason = pair.reason,
                         .by = office.act.by,
                         .ruled_on = office.act.today};
  office.session.Put(ruling);
  return first;
}

}  // namespace anju::registry
