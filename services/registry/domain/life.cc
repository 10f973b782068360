#include "services/registry/domain/life.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

absl::Status NotFound() { return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "there is no household with this id", "id"); }

absl::Status CheckDay(Date on, Date today, absl::string_view field) {
  if (on <= today) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DATE_IN_FUTURE", "what has not happened yet cannot be recorded", field);
}

absl::Status CheckLives(const Household& household, Date on, absl::string_view field) {
  if (household.ended_on.has_value()) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_ENDED",
                  absl::StrCat("the household ended on ", Format(*household.ended_on)), "id");
  }
  if (on < household.registered_on) {
    return Refuse(kFailedPrecondition, "BEFORE_REGISTRATION",
                  absl::StrCat("the household was registered on ", Format(household.registered_on)), field);
  }
  return absl::OkStatus();
}

absl::Status Check(const Household& household, Date on, Date today, absl::string_view field = "happened_on") {
  RETURN_IF_ERROR(CheckDay(on, today, field));
  return CheckLives(household, on, field);
}

absl::Status Reversed(Date since, absl::string_view what, absl::string_view field = "happened_on") {
  return Refuse(kFailedPrecondition, "DATES_REVERSED", absl::StrCat(what, " ", Format(since), ": give a later date"),
                field);
}

absl::Status CheckSinceMove(const Household& household, Date on) {
  const Date since = household.residences.back().since;
  return on >= since ? absl::OkStatus() : Reversed(since, "the household has lived in its village since");
}

bool IsPresent(const Member& member) { return !member.left_on.has_value(); }

int64_t Present(const Household& household) {
  return std::count_if(household.members.begin(), household.members.end(), IsPresent);
}

absl::StatusOr<Member*> FindMember(Household& household, const std::string& person_no, Date on,
                                   absl::string_view field = "person_no") {
  Member* member = roots::Lookup(household.members, &Member::person_no, person_no);
  if (member == nullptr) {
    return Refuse(kNotFound, "PERSON_NOT_FOUND", "the household has no member of this number", field);
  }
  if (!IsPresent(*member) || member->joined_on > on) {
    return Refuse(kFailedPrecondition, "NOT_A_MEMBER",
                  "the person was not in the household on that day, or has left it", field);
  }
  return member;
}

void Leave(Member& member, Date on, Leaving as) {
  member.left_on = on;
  member.left_as = as;
}

void Become(Member& member, Relation relation, Date on) {
  if (member.relation == relation) return;
  if (member.relations.empty()) {
    member.relations.push_back({.since = std::min(member.joined_on, on), .relation = member.relation});
  }
  if (member.relations.back().since == on) {
    member.relations.back().relation = relation;
  } else {
    member.relations.push_back({.since = on, .relation = relation});
  }
  member.relation = relation;
}

// The member's number in a household that may know it already, such as that of one who comes back.
std::string FreeNumber(Household& household, const std::string& person_no) {
  std::string number = person_no;
  for (int i = 2; roots::Lookup(household.members, &Member::person_no, number) != nullptr; ++i) {
    number = absl::StrCat(person_no, "/", i);
  }
  return number;
}

// The member of `from` as one of `into` since `on`.
void Arrive(const Household& from, Member member, Relation relation, Date on, Household& into) {
  member.person_id = PersonId(from, member);
  member.person_no = FreeNumber(into, member.person_no);
  member.relation = relation;
  member.relations.clear();
  member.joined_on = on;
  member.left_on.reset();
  member.left_as = Leaving::kUnspecified;
  member.entered_at.clear();
  into.members.push_back(std::move(member));
}

absl::Status CheckRoom(const Household& household) {
  if (household.members.size() <= kMostMembers) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "TOO_MANY_MEMBERS",
                absl::StrCat("a household has at most ", kMostMembers, " members, those who have left included"));
}

absl::Status RelationUnknown() {
  return Refuse(kInvalidArgument, "RELATION_UNKNOWN", "give the relation of those who are concerned, and one head only",
                "relations");
}

// What is said of a member, `otherwise` when nothing is.
Relation Said(const std::vector<MemberRelation>& relations, const std::string& person_no, Relation otherwise) {
  for (const MemberRelation& said : relations) {
    if (said.person_no == person_no) return said.relation;
  }
  return otherwise;
}

// Whether each relation is one, of somebody among `persons`, and no second head.
absl::Status CheckRelations(const std::vector<MemberRelation>& relations, const std::set<std::string>& persons) {
  for (const MemberRelation& said : relations) {
    if (said.relation < Relation::kSpouse || said.relation > Relation::kOther || !persons.contains(said.person_no)) {
      return RelationUnknown();
    }
  }
  return absl::OkStatus();
}

std::set<std::string> PresentNumbers(const Household& household) {
  std::set<std::string> numbers;
  for (const Member& member : household.members) {
    if (IsPresent(member)) numbers.insert(member.person_no);
  }
  return numbers;
}

absl::Status CheckOther(const Household& before, const Household& other, Date on) {
  if (before.id == other.id) {
    return Refuse(kInvalidArgument, "SAME_HOUSEHOLD", "name another household", "into");
  }
  RETURN_IF_ERROR(CheckLives(other, on, "happened_on"));
  RETURN_IF_ERROR(CheckSinceMove(before, on));
  return CheckSinceMove(other, on);
}

// What a household that is split off has of the old one from that day on.
Household Offspring(const Household& before, const std::string& key, const std::string& village, Date on) {
  Household made{.key = key,
                 .residences = {{.since = on, .village = village}},
                 .classifications = {{.since = on, .household_class = before.ClassOn(on)}},
                 .registered_on = on,
                 .exited_on = before.exited_on,
                 .relapses = before.relapses,
                 .split_from = before.id};
  for (const Classification& later : before.classifications) {
    if (later.since > on) made.classifications.push_back(later);
  }
  if (before.low_income_since.has_value() && before.low_income_until.value_or(on + 1) > on) {
    made.low_income_since = std::max(*before.low_income_since, on);
    made.low_income_until = before.low_income_until;
  }
  return made;
}

absl::Status CheckPoor(const Household& household, Date on) {
  if (household.ClassOn(on) == HouseholdClass::kRegisteredPoor) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NOT_REGISTERED_POOR", "the household was not registered poor on that day",
                "happened_on");
}

}  // namespace

absl::StatusOr<Household> Bear(const Household& before, const Birth& birth, Date today) {
  RETURN_IF_ERROR(Check(before, birth.born_on, today, "born_on"));
  Household copy = before;
  if (roots::Lookup(copy.members, &Member::person_no, birth.person_no) != nullptr) {
    return Refuse(kAlreadyExists, "PERSON_NO_TAKEN", "the household has a member of this number", "person_no");
  }
  Outcome outcome = Outcome::kUnchanged;
  return RecordMember(before,
                      {.person_no = birth.person_no,
                       .name = birth.name,
                       .id_number = birth.id_number,
                       .sex = birth.sex,
                       .born_on = birth.born_on,
                       .relation = birth.relation,
                       .labour = Labour::kNone,
                       .joined_on = birth.born_on},
                      &outcome);
}

absl::StatusOr<Household> Die(const Household& before, const Death& death, Date today) {
  RETURN_IF_ERROR(Check(before, death.died_on, today, "died_on"));
  Household after = before;
  ASSIGN_OR_RETURN(Member * member, FindMember(after, death.person_no, death.died_on));
  Leave(*member, death.died_on, Leaving::kDeath);
  return after;
}

absl::StatusOr<Two> Divide(const Household& before, const Split& split, const std::string& key,
                           const std::string& village, Date today) {
  const Date on = split.happened_on;
  RETURN_IF_ERROR(Check(before, on, today));
  RETURN_IF_ERROR(CheckSinceMove(before, on));
  const std::set<std::string> leaving(split.person_nos.begin(), split.person_nos.end());
  if (leaving.empty()) {
    return Refuse(kInvalidArgument, "PERSONS_MISSING", "name the members who leave", "person_nos");
  }
  if (leaving.size() < split.person_nos.size()) {
    return Refuse(kInvalidArgument, "PERSON_TWICE", "name each member once", "person_nos");
  }
  Two two{.left = before, .joined = Offspring(before, key, village, on)};
  std::vector<Member*> members;
  for (const std::string& person_no : split.person_nos) {
    ASSIGN_OR_RETURN(Member * member, FindMember(two.left, person_no, on, "person_nos"));
    members.push_back(member);
  }
  if (!leaving.contains(split.head)) {
    return Refuse(kInvalidArgument, "HEAD_NOT_AMONG", "the head of the new household is one of those who leave",
                  "head");
  }
  RETURN_IF_ERROR(CheckRelations(split.relations, leaving));
  if (static_cast<int64_t>(members.size()) == Present(before)) {
    return Refuse(kFailedPrecondition, "NOBODY_STAYS", "if all leave, the household moves: transfer it", "person_nos");
  }
  for (Member* member : members) {
    const Relation relation =
        member->person_no == split.head ? Relation::kHead : Said(split.relations, member->person_no, Relation::kOther);
    Arrive(before, *member, relation, on, two.joined);
    Leave(*member, on, Leaving::kSplit);
  }
  return two;
}

absl::StatusOr<Two> Unite(const Household& before, const Household& into, const Merger& merger, Date today) {
  const Date on = merger.happened_on;
  RETURN_IF_ERROR(Check(before, on, today));
  RETURN_IF_ERROR(CheckOther(before, into, on));
  RETURN_IF_ERROR(CheckRelations(merger.relations, PresentNumbers(before)));
  Two two{.left = before, .joined = into};
  for (Member& member : two.left.members) {
    if (!IsPresent(member)) continue;
    if (member.joined_on > on) return Reversed(member.joined_on, "a member joined on");
    Arrive(before, member, Said(merger.relations, member.person_no, Relation::kOther), on, two.joined);
    Leave(member, on, Leaving::kMerge);
  }
  two.left.ended_on = on;
  two.left.ended_as = Ending::kMerge;
  two.left.merged_into = into.id;
  RETURN_IF_ERROR(CheckRoom(two.joined));
  return two;
}

absl::StatusOr<Household> MoveTo(const Household& before, const std::string& village, Date on, Date today) {
  RETURN_IF_ERROR(Check(before, on, today));
  const Residence& last = before.residences.back();
  if (on <= last.since) return Reversed(last.since, "the household has lived in its village since");
  if (village == last.village) {
    return Refuse(kFailedPrecondition, "VILLAGE_UNCHANGED", "the household lives in this village", "village");
  }
  Household after = before;
  after.residences.push_back({.since = on, .village = village});
  return after;
}

absl::StatusOr<Household> Succeed(const Household& before, const HeadChange& change, Date today) {
  const Date on = change.happened_on;
  RETURN_IF_ERROR(Check(before, on, today));
  for (const Member& member : before.members) {
    if (!member.relations.empty() && on <= member.relations.back().since) {
      return Reversed(member.relations.back().since, "the head changed on");
    }
  }
  Household after = before;
  ASSIGN_OR_RETURN(Member * head, FindMember(after, change.head, on, "head"));
  if (head->relation == Relation::kHead) {
    return Refuse(kFailedPrecondition, "HEAD_UNCHANGED", "this member is the head", "head");
  }
  std::set<std::string> others = PresentNumbers(before);
  others.erase(change.head);
  RETURN_IF_ERROR(CheckRelations(change.relations, others));
  for (Member& member : after.members) {
    if (!IsPresent(member) || &member == head) continue;
    const Relation now = member.relation == Relation::kHead ? Relation::kOther : member.relation;
    Become(member, Said(change.relations, member.person_no, now), on);
  }
  Become(*head, Relation::kHead, on);
  return after;
}

absl::StatusOr<Two> Transfer(const Household& before, const Household& into, const MemberTransfer& transfer,
                             Date today) {
  const Date on = transfer.happened_on;
  RETURN_IF_ERROR(Check(before, on, today));
  RETURN_IF_ERROR(CheckOther(before, into, on));
  Two two{.left = before, .joined = into};
  ASSIGN_OR_RETURN(Member * member, FindMember(two.left, transfer.person_no, on));
  if (transfer.relation < Relation::kSpouse || transfer.relation > Relation::kOther) return RelationUnknown();
  if (Present(before) == 1) {
    return Refuse(kFailedPrecondition, "LAST_MEMBER", "nobody would stay: merge the household into the other one",
                  "person_no");
  }
  Arrive(before, *member, transfer.relation, on, two.joined);
  Leave(*member, on, Leaving::kTransfer);
  RETURN_IF_ERROR(CheckRoom(two.joined));
  return two;
}

absl::StatusOr<Household> Exit(const Household& before, Date on, Date today) {
  RETURN_IF_ERROR(Check(before, on, today));
  RETURN_IF_ERROR(CheckPoor(before, on));
  if (before.exited_on.has_value()) {
    return Refuse(kFailedPrecondition, "EXITED_ALREADY",
                  absl::StrCat("the household left poverty on ", Format(*before.exited_on)), "id");
  }
  if (!before.relapses.empty() && on <= before.relapses.back().fell_back_on) {
    return Reversed(before.relapses.back().fell_back_on, "the household has been poor again since");
  }
  Household after = before;
  after.exited_on = on;
  return after;
}

absl::StatusOr<Household> FallBack(const Household& before, Date on, Date today) {
  RETURN_IF_ERROR(Check(before, on, today));
  RETURN_IF_ERROR(CheckPoor(before, on));
  if (!before.exited_on.has_value()) {
    return Refuse(kFailedPrecondition, "NOT_EXITED", "the household has not left poverty", "id");
  }
  if (on <= *before.exited_on) return Reversed(*before.exited_on, "the household left poverty on");
  Household after = before;
  after.relapses.push_back({.exited_on = *before.exited_on, .fell_back_on = on});
  after.exited_on.reset();
  return after;
}

absl::StatusOr<Household> Dissolve(const Household& before, const Turn& turn, Date today) {
  const Date on = turn.happened_on;
  RETURN_IF_ERROR(Check(before, on, today));
  if (turn.reason.empty()) {
    return Refuse(kInvalidArgument, "REASON_MISSING", "say why the household is dissolved", "reason");
  }
  RETURN_IF_ERROR(CheckSinceMove(before, on));
  Household after = before;
  for (Member& member : after.members) {
    if (!IsPresent(member)) continue;
    if (member.joined_on > on) return Reversed(member.joined_on, "a member joined on");
    Leave(member, on, Leaving::kDissolution);
  }
  after.ended_on = on;
  after.ended_as = Ending::kDissolution;
  return after;
}

absl::StatusOr<Household> CorrectIdentification(const Household& before, const Identification& identification,
                                                Date today) {
  const auto& [id, misjudged, found_on, household_class, since, reason] = identification;
  RETURN_IF_ERROR(Check(before, found_on, today, "found_on"));
  if (misjudged != Misjudged::kMissed && misjudged != Misjudged::kWrong) {
    return Refuse(kInvalidArgument, "MISJUDGED_UNSPECIFIED", "was the household missed, or wrongly identified?",
                  "misjudged");
  }
  if ((misjudged == Misjudged::kMissed) != (household_class == HouseholdClass::kRegisteredPoor)) {
    return Refuse(kInvalidArgument, "CLASS_DISAGREES",
                  "who was missed is registered poor, and who was wrongly identified is not", "household_class");
  }
  if (since < found_on) return Reversed(found_on, "it was found on", "since");
  ASSIGN_OR_RETURN(Household after, Reclassify(before, household_class, since));
  after.identification_findings.push_back({.misjudged = misjudged, .found_on = found_on});
  return after;
}

Household TakeBack(const Household& now, const Household& before) {
  if (!before.residences.empty()) return before;
  Household never = now;
  for (Member& member : never.members) Leave(member, member.joined_on, Leaving::kTakenBack);
  never.ended_on = now.registered_on;
  never.ended_as = Ending::kTakenBack;
  return never;
}

namespace {

absl::StatusOr<Household> FindHousehold(const Office& office, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Household> household, office.session.Get<Household>(id));
  if (!household.has_value()) return NotFound();
  RETURN_IF_ERROR(office.may(household->Division()));
  return *std::move(household);
}

// Keeps an event of one household.
absl::StatusOr<Household> Keep(const Office& office, const Household& before, absl::StatusOr<Household> after,
                               HouseholdEvent event) {
  if (!after.ok()) return after.status();
  event.by = office.act.by;
  RETURN_IF_ERROR(KeepEvent(office.session, before, *after, std::move(event)));
  return after;
}

// Keeps an event of two households, in both; `joined` is nothing when the event makes that household.
absl::Status KeepBoth(const Office& office, const Household& left, const std::optional<Household>& joined, Two& two,
                      HouseholdEvent event) {
  event.by = office.act.by;
  // So that a new household has an id that the event of the other one can name.
  if (!joined.has_value()) office.session.Put(two.joined);
  event.other_household = two.joined.id;
  event.other_number = (joined.has_value() ? joined->events : 0) + 1;
  RETURN_IF_ERROR(KeepEvent(office.session, left, two.left, event));
  event.other_household = left.id;
  event.other_number = two.left.events;
  event.person_nos.clear();
  for (size_t i = joined.has_value() ? joined->members.size() : 0; i < two.joined.members.size(); ++i) {
    event.person_nos.push_back(two.joined.members[i].person_no);
  }
  return KeepEvent(office.session, joined, two.joined, event);
}

// A present village; of whatever county, so that a household can move away.
absl::StatusOr<std::string> ResolveVillage(const Office& office, const std::string& code) {
  ASSIGN_OR_RETURN(std::string village, intake::ResolveDivision(office.session, code, "village"));
  if (village.size() == 12) return village;
  return Refuse(kInvalidArgument, "NOT_A_VILLAGE", "give the 12-digit code of a village", "village");
}

}  // namespace

absl::StatusOr<Household> RecordBirth(const Office& office, const Birth& birth) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, birth.id));
  return Keep(office, before, Bear(before, birth, office.act.today),
              {.kind = EventKind::kBirth, .happened_on = birth.born_on, .person_nos = {birth.person_no}});
}

absl::StatusOr<Household> RecordDeath(const Office& office, const Death& death) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, death.id));
  return Keep(office, before, Die(before, death, office.act.today),
              {.kind = EventKind::kDeath, .happened_on = death.died_on, .person_nos = {death.person_no}});
}

absl::StatusOr<Household> SplitHousehold(const Office& office, const Split& split) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, split.id));
  std::string village = before.Division();
  if (!split.village.empty()) {
    ASSIGN_OR_RETURN(village, ResolveVillage(office, split.village));
  }
  // The new household is one of the same system.
  const std::string key = absl::StrCat(before.key.substr(0, before.key.rfind('/') + 1), split.household_no);
  ASSIGN_OR_RETURN(const std::optional<Household> other, office.session.Find<Household>(key));
  if (other.has_value() || split.household_no.empty()) {
    return Refuse(kAlreadyExists, "HOUSEHOLD_NO_TAKEN", "give the new household a number that no other one has",
                  "household_no");
  }
  ASSIGN_OR_RETURN(Two two, Divide(before, split, key, village, office.act.today));
  RETURN_IF_ERROR(KeepBoth(office, before, std::nullopt, two,
                           {.kind = EventKind::kSplit,
                            .happened_on = split.happened_on,
                            .reason = split.reason,
                            .person_nos = split.person_nos}));
  return two.joined;
}

absl::StatusOr<Household> MergeHouseholds(const Office& office, const Merger& merger) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, merger.id));
  ASSIGN_OR_RETURN(const Household into, FindHousehold(office, merger.into));
  ASSIGN_OR_RETURN(Two two, Unite(before, into, merger, office.act.today));
  const std::set<std::string> persons = PresentNumbers(before);
  RETURN_IF_ERROR(KeepBoth(office, before, into, two,
                           {.kind = EventKind::kMerge,
                            .happened_on = merger.happened_on,
                            .reason = merger.reason,
                            .person_nos = {persons.begin(), persons.end()}}));
  return two.joined;
}

absl::StatusOr<Household> TransferHousehold(const Office& office, const Move& move) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, move.id));
  ASSIGN_OR_RETURN(const std::string village, ResolveVillage(office, move.village));
  return Keep(office, before, MoveTo(before, village, move.happened_on, office.act.today),
              {.kind = EventKind::kMove, .happened_on = move.happened_on, .reason = move.reason});
}

absl::StatusOr<Household> ChangeHead(const Office& office, const HeadChange& change) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, change.id));
  return Keep(office, before, Succeed(before, change, office.act.today),
              {.kind = EventKind::kHeadChange, .happened_on = change.happened_on, .person_nos = {change.head}});
}

absl::StatusOr<Household> TransferMember(const Office& office, const MemberTransfer& transfer) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, transfer.id));
  ASSIGN_OR_RETURN(const Household into, FindHousehold(office, transfer.into));
  ASSIGN_OR_RETURN(Two two, Transfer(before, into, transfer, office.act.today));
  RETURN_IF_ERROR(KeepBoth(office, before, into, two,
                           {.kind = EventKind::kMemberTransfer,
                            .happened_on = transfer.happened_on,
                            .reason = transfer.reason,
                            .person_nos = {transfer.person_no}}));
  return two.joined;
}

absl::StatusOr<Household> ReclassifyHousehold(const Office& office, const std::string& id,
                                              HouseholdClass household_class, Date since) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, id));
  RETURN_IF_ERROR(CheckLives(before, before.registered_on, "since"));
  return Keep(office, before, Reclassify(before, household_class, since),
              {.kind = EventKind::kReclassification, .happened_on = since});
}

absl::StatusOr<Household> ExitPoverty(const Office& office, const Turn& turn) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, turn.id));
  return Keep(office, before, Exit(before, turn.happened_on, office.act.today),
              {.kind = EventKind::kExit, .happened_on = turn.happened_on, .reason = turn.reason});
}

absl::StatusOr<Household> FallBackIntoPoverty(const Office& office, const Turn& turn) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, turn.id));
  return Keep(office, before, FallBack(before, turn.happened_on, office.act.today),
              {.kind = EventKind::kFallBack, .happened_on = turn.happened_on, .reason = turn.reason});
}

absl::StatusOr<Household> DissolveHousehold(const Office& office, const Turn& turn) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, turn.id));
  return Keep(office, before, Dissolve(before, turn, office.act.today),
              {.kind = EventKind::kDissolution, .happened_on = turn.happened_on, .reason = turn.reason});
}

absl::StatusOr<Household> CorrectHouseholdIdentification(const Office& office, const Identification& identification) {
  ASSIGN_OR_RETURN(const Household before, FindHousehold(office, identification.id));
  return Keep(
      office, before, CorrectIdentification(before, identification, office.act.today),
      {.kind = EventKind::kIdentification, .happened_on = identification.found_on, .reason = identification.reason});
}

namespace {

// Whether the event is the last one of its household that stands.
absl::Status CheckLast(const Household& household, const HouseholdEvent& event, const FindEvent& find) {
  if (event.kind == EventKind::kCorrection || event.kind == EventKind::kDivisionChange) {
    return Refuse(kFailedPrecondition, "NOT_CORRECTABLE",
                  "a correction is corrected by recording what is true, a change of divisions by another one",
                  "number");
  }
  ASSIGN_OR_RETURN(const int32_t last, LastStanding(household.events, find));
  if (last > event.number) {
    return Refuse(kFailedPrecondition, "LATER_EVENTS",
                  absl::StrCat("event ", last, " of household ", household.id, " came later: take it back first"),
                  "number");
  }
  if (last < event.number) {
    return Refuse(kFailedPrecondition, "EVENT_CORRECTED", "the event has been taken back", "number");
  }
  return absl::OkStatus();
}

absl::StatusOr<HouseholdEvent> FindCorrectable(const Office& office, const Household& household, int32_t number) {
  const FindEvent find = EventsOf(office.session, household.id);
  ASSIGN_OR_RETURN(HouseholdEvent event, find(number));
  RETURN_IF_ERROR(CheckLast(household, event, find));
  return event;
}

}  // namespace

absl::StatusOr<Household> CorrectEvent(const Office& office, const Correction& correction) {
  ASSIGN_OR_RETURN(const Household now, FindHousehold(office, correction.id));
  if (correction.number < 1 || correction.number > now.events) {
    return Refuse(kNotFound, "EVENT_NOT_FOUND", "the household has no event of this number", "number");
  }
  if (correction.reason.empty()) {
    return Refuse(kInvalidArgument, "REASON_MISSING", "say why the event is taken back", "reason");
  }
  struct Back {
    Household now;
    Household after;
    int32_t number = 0;
  };
  ASSIGN_OR_RETURN(const HouseholdEvent event, FindCorrectable(office, now, correction.number));
  std::vector<Back> backs = {{now, TakeBack(now, event.before), event.number}};
  if (!event.other_household.empty()) {
    ASSIGN_OR_RETURN(const Household other, FindHousehold(office, event.other_household));
    ASSIGN_OR_RETURN(const HouseholdEvent twin, FindCorrectable(office, other, event.other_number));
    backs.push_back({other, TakeBack(other, twin.before), twin.number});
    // ID numbers are let go in one household before they are taken in the other.
    if (Names(backs[1].after).size() < Names(backs[1].now).size()) std::swap(backs[0], backs[1]);
  }
  for (Back& back : backs) {
    RETURN_IF_ERROR(KeepEvent(office.session, back.now, back.after,
                              {.kind = EventKind::kCorrection,
                               .happened_on = office.act.today,
                               .by = office.act.by,
                               .reason = correction.reason,
                               .corrects = back.number}));
  }
  return backs[0].after.id == now.id ? backs[0].after : backs.back().after;
}

absl::StatusOr<Outcome> ImportIdentificationFinding(roots::Session& session, const intake::Batch& batch,
                                                    const IdentificationRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<Household> before,
                   session.Find<Household>(batch.HouseholdKey(record.household_no)));
  if (!before.has_value()) return NotFound();
  const IdentificationFinding finding{.misjudged = record.misjudged, .found_on = record.found_on};
  const Classification classification{.since = record.since, .household_class = record.household_class};
  const auto knows = [](const auto& list, const auto& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
  };
  if (knows(before->identification_findings, finding) && knows(before->classifications, classification)) {
    return Outcome::kUnchanged;
  }
  ASSIGN_OR_RETURN(Household after, CorrectIdentification(*before,
                                                          {.id = before->id,
                                                           .misjudged = record.misjudged,
                                                           .found_on = record.found_on,
                                                           .household_class = record.household_class,
                                                           .since = record.since},
                                                          DayInChina(session.now())));
  RETURN_IF_ERROR(KeepEvent(session, before, after,
                            {.kind = EventKind::kIdentification, .happened_on = record.found_on, .by = batch.source}));
  return Outcome::kUpdated;
}

}  // namespace anju::registry
