#include "services/registry/domain/household.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/id_number.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/today.h"
#include "services/registry/domain/duplicates.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/standing.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

std::string NumberOf(const Household& household) { return household.key.substr(household.key.rfind('/') + 1); }

absl::Status NotFound() {
  return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "import the household before its members", "household_no");
}

// The name under which an ID number is claimed. A digest, so that the number stands in one place only.
roots::Name Claim(const std::string& id_number) {
  return {.kind = std::string(kIdNumberName), .name = Sha256(id_number)};
}

// Whether who left so stands in another household now. A duplicate stood there all along, and counts there.
bool GoesOn(Leaving as) { return as == Leaving::kSplit || as == Leaving::kMerge || as == Leaving::kTransfer; }

// Whether a row says no more of the household's class than what it is or was known to be: which of its classes the
// sender means by the day of identification, the row does not say.
bool IsKnownClass(const HouseholdRecord& record, const Household& known) {
  const Classification& last = known.classifications.back();
  if (record.household_class == last.household_class && record.registered_on == known.registered_on) return true;
  const Classification said{.since = record.registered_on, .household_class = record.household_class};
  return std::find(known.classifications.begin(), known.classifications.end(), said) != known.classifications.end();
}

// The class and the registration. What only ever was one thing is corrected; what has changed is kept.
absl::Status TakeClass(const HouseholdRecord& record, Household& household) {
  if (household.classifications.size() > 1) {
    if (IsKnownClass(record, household)) return absl::OkStatus();
    const bool corrects_first = record.household_class == household.classifications[0].household_class &&
                                record.registered_on < household.classifications[1].since;
    if (!corrects_first) {
      return Refuse(
          kFailedPrecondition, "CLASS_KEPT_HERE",
          absl::StrCat("the household has been of another class until ", Format(household.classifications.back().since),
                       ", and this row has no day for a change: use ReclassifyHousehold, or CorrectEvent"),
          "household_class");
    }
  }
  Residence& first = household.residences.front();
  if (first.since == household.registered_on) {
    if (household.residences.size() > 1 && household.residences[1].since <= record.registered_on) {
      return Refuse(
          kFailedPrecondition, "RESIDENCE_KEPT_HERE",
          absl::StrCat("the household moved on ", Format(household.residences[1].since), ", and was registered before"),
          "registered_on");
    }
    first.since = record.registered_on;
  }
  household.classifications.front() = {.since = record.registered_on, .household_class = record.household_class};
  household.registered_on = record.registered_on;
  return absl::OkStatus();
}

absl::Status ResidenceKeptHere(const Household& household) {
  return Refuse(kFailedPrecondition, "RESIDENCE_KEPT_HERE",
                absl::StrCat("the household moved on ", Format(household.residences.back().since),
                             ": send the day on which it moved to this village, or use TransferHousehold"),
                "village");
}

// Where the household lives. A row with a day is a move, or corrects the last one; a row without one says where it
// lives or lived.
absl::Status TakeResidence(const HouseholdRecord& record, const std::string& village, Household& household) {
  std::vector<Residence>& residences = household.residences;
  if (!record.resident_since.has_value()) {
    if (residences.size() == 1) residences[0].village = village;
    const bool is_known = village == household.VillageOn(record.registered_on) || village == household.Division();
    return is_known ? absl::OkStatus() : ResidenceKeptHere(household);
  }
  const Date since = *record.resident_since;
  auto at = std::find_if(residences.begin(), residences.end(),
                         [since](const Residence& known) { return known.since >= since; });
  if (at == residences.end() || at->since != since) {
    residences.insert(at, {.since = since, .village = village});
    return absl::OkStatus();
  }
  if (at->village != village && at + 1 != residences.end()) return ResidenceKeptHere(household);
  at->village = village;
  return absl::OkStatus();
}

// The exits after a record that says when the household left poverty. A file from before a relapse says what was then.
absl::Status TakeExit(const HouseholdRecord& record, Household& household) {
  if (household.relapses.empty()) {
    household.exited_on = record.exited_on;
    return absl::OkStatus();
  }
  if (!record.exited_on.has_value()) return absl::OkStatus();
  for (const feed::Relapse& relapse : household.relapses) {
    if (relapse.exited_on == *record.exited_on) return absl::OkStatus();
  }
  if (*record.exited_on < household.relapses.back().fell_back_on) {
    return Refuse(kFailedPrecondition, "EXIT_KEPT_HERE",
                  "the household has been poor again since, and its exits are other days: correct them by an event",
                  "exited_on");
  }
  household.exited_on = record.exited_on;
  return absl::OkStatus();
}

}  // namespace

Relation Member::RelationOn(Date day) const {
  Relation found = relations.empty() ? relation : relations.front().relation;
  for (const RelationSince& change : relations) {
    if (change.since <= day) found = change.relation;
  }
  return found;
}

const std::string& Household::VillageOn(Date day) const {
  const Residence* found = &residences.front();
  for (const Residence& residence : residences) {
    if (residence.since <= day) found = &residence;
  }
  return found->village;
}

HouseholdClass Household::ClassOn(Date day) const {
  HouseholdClass found = classifications.front().household_class;
  for (const Classification& classification : classifications) {
    if (classification.since <= day) found = classification.household_class;
  }
  return found;
}

bool Household::PoorOn(Date day) const {
  const std::vector<tally::Span> spans = PoorSpans(*this);
  return std::any_of(spans.begin(), spans.end(), [day](const tally::Span& span) {
    return span.from <= day && (!span.until.has_value() || *span.until > day);
  });
}

std::vector<tally::Span> PoorSpans(const Household& household) {
  std::vector<tally::Span> spells;
  Date from = household.registered_on;
  for (const feed::Relapse& relapse : household.relapses) {
    spells.push_back({.from = from, .until = relapse.exited_on});
    from = relapse.fell_back_on;
  }
  spells.push_back({.from = from, .until = household.exited_on});
  std::vector<tally::Span> spans;
  for (size_t i = 0; i < household.classifications.size(); ++i) {
    if (household.classifications[i].household_class != HouseholdClass::kRegisteredPoor) continue;
    tally::Span registered{.from = household.classifications[i].since};
    if (i + 1 < household.classifications.size()) registered.until = household.classifications[i + 1].since;
    for (const tally::Span& spell : spells) {
      std::optional<tally::Span> both = Intersect(registered, spell);
      if (both.has_value()) both = Intersect(*both, household.Life());
      if (both.has_value()) spans.push_back(*both);
    }
  }
  return spans;
}

std::string PersonId(const Household& household, const Member& member) {
  return member.person_id.empty() ? absl::StrCat(household.id, ":", member.person_no) : member.person_id;
}

std::string MomentOf(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()); }

std::vector<roots::Name> Links(const Household& household) {
  std::vector<roots::Name> links = {{.kind = "household", .name = household.id},
                                    {.kind = "search", .name = NumberOf(household)}};
  for (const Member& member : household.members) {
    links.push_back({.kind = "search", .name = member.name});
    if (!member.id_number.empty()) links.push_back({.kind = "search", .name = member.id_number});
    if (!member.person_id.empty()) links.push_back({.kind = "person", .name = member.person_id});
    if (household.ended_on.has_value()) continue;
    for (std::string& link : TwinLinks(CountyOf(household.Division()), member)) {
      links.push_back({.kind = std::string(kTwinLink), .name = std::move(link)});
    }
  }
  for (roots::Name& link : MonthLinks(household)) links.push_back(std::move(link));
  return links;
}

std::vector<roots::Name> Names(const Household& household) {
  std::vector<roots::Name> names;
  if (household.ended_on.has_value()) return names;
  for (const Member& member : household.members) {
    if (!member.id_number.empty() && !member.left_on.has_value()) names.push_back(Claim(member.id_number));
  }
  return names;
}

std::optional<roots::Told> Tell(const Household& household) {
  feed::HouseholdFact fact{.id = household.id,
                           .key = household.key,
                           .residences = household.residences,
                           .classifications = household.classifications,
                           .registered_on = household.registered_on,
                           .exited_on = household.exited_on,
                           .relapses = household.relapses,
                           .ended_on = household.ended_on};
  for (const Member& member : household.members) {
    fact.persons.push_back({.person_no = member.person_no,
                            .labour = member.labour,
                            .joined_on = member.joined_on,
                            .left_on = member.left_on,
                            .goes_on = GoesOn(member.left_as)});
  }
  return roots::Told{.topic = feed::HouseholdFact::kTopic, .key = household.key, .body = roots::ToJson(fact)};
}

absl::StatusOr<Household> Record(const std::optional<Household>& before, const HouseholdRecord& record,
                                 const std::string& key, const std::string& village) {
  RETURN_IF_ERROR(intake::InOrder(record.registered_on, record.exited_on, "exited_on"));
  RETURN_IF_ERROR(intake::InOrder(record.registered_on, record.resident_since, "resident_since"));
  if (record.low_income_until.has_value()) {
    RETURN_IF_ERROR(intake::InOrder(record.low_income_since.value_or(*record.low_income_until + 1),
                                    record.low_income_until, "low_income_until"));
  }
  Household after = before.value_or(Household{.key = key});
  if (before.has_value()) {
    RETURN_IF_ERROR(TakeClass(record, after));
    RETURN_IF_ERROR(TakeResidence(record, village, after));
  } else {
    after.residences = {{.since = record.resident_since.value_or(record.registered_on), .village = village}};
    after.classifications = {{.since = record.registered_on, .household_class = record.household_class}};
    after.registered_on = record.registered_on;
  }
  RETURN_IF_ERROR(TakeExit(record, after));
  after.low_income_since = record.low_income_since;
  after.low_income_until = record.low_income_until;
  after.cause = record.cause;
  after.income_fen = record.income_fen;
  return after;
}

absl::StatusOr<Household> RecordMember(const Household& before, Member member, Outcome* outcome) {
  RETURN_IF_ERROR(intake::InOrder(member.joined_on, member.left_on, "left_on"));
  if (!member.id_number.empty()) {
    member.id_number = NormalIdNumber(member.id_number);
    ASSIGN_OR_RETURN(const Identity identity, ReadIdNumber(member.id_number));
    if (member.born_on.value_or(identity.born_on) != identity.born_on) {
      return Refuse(kInvalidArgument, "BIRTH_DISAGREES", "the birth date is not the one in the ID number", "born_on");
    }
    if (member.sex != Sex::kUnspecified && member.sex != identity.sex) {
      return Refuse(kInvalidArgument, "SEX_DISAGREES", "the sex is not the one in the ID number", "sex");
    }
    member.born_on = identity.born_on;
    member.sex = identity.sex;
  }
  Household after = before;
  if (const Member* known = roots::Lookup(after.members, &Member::person_no, member.person_no); known != nullptr) {
    member.left_as = known->left_as;
    if (known->left_as != Leaving::kUnspecified) member.left_on = known->left_on;
    member.relations = known->relations;
    if (!known->relations.empty()) member.relation = known->relation;
    member.person_id = known->person_id;
    member.entered_at = known->entered_at;
  }
  *outcome = roots::Keep(after.members, std::move(member), &Member::person_no);
  if (after.members.size() > kMostMembers) {
    return Refuse(kFailedPrecondition, "TOO_MANY_MEMBERS",
                  absl::StrCat("a household has at most ", kMostMembers,
                               " members, those who have left included: is this column the household's number?"),
                  "household_no");
  }
  if (*outcome != Outcome::kUnchanged && before.ended_on.has_value()) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_ENDED",
                  absl::StrCat("the household ended on ", Format(*before.ended_on), ": its members are elsewhere"),
                  "household_no");
  }
  return after;
}

absl::StatusOr<Household> Reclassify(const Household& before, HouseholdClass household_class, Date since) {
  if (household_class < HouseholdClass::kRegisteredPoor || household_class > HouseholdClass::kGeneral) {
    return Refuse(kInvalidArgument, "CLASS_UNSPECIFIED", "name the class the household now belongs to",
                  "household_class");
  }
  const Classification& last = before.classifications.back();
  if (since <= last.since) {
    return Refuse(
        kFailedPrecondition, "DATES_REVERSED",
        absl::StrCat("the household has been in its present class since ", Format(last.since), "; give a later date"),
        "since");
  }
  if (last.household_class == household_class) {
    return Refuse(kFailedPrecondition, "CLASS_UNCHANGED", "the household is of this class already", "household_class");
  }
  Household after = before;
  after.classifications.push_back({.since = since, .household_class = household_class});
  return after;
}

absl::Status CheckIdNumbers(roots::Session& session, const std::optional<Household>& before, const Household& after) {
  const std::vector<roots::Name> claims = Names(after);
  const std::vector<roots::Name> known = before.has_value() ? Names(*before) : std::vector<roots::Name>();
  for (const roots::Name& claim : claims) {
    const bool twice = std::count(claims.begin(), claims.end(), claim) > 1;
    if (!twice && std::find(known.begin(), known.end(), claim) != known.end()) continue;
    ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(claim.kind, claim.name));
    if (!twice && (holder.empty() || holder == after.id)) continue;
    return Refuse(kAlreadyExists, "ID_NUMBER_TAKEN",
                  "a present member of a household has this ID number: correct it, or record when that one left",
                  "id_number");
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> ImportHousehold(roots::Session& session, const intake::Batch& batch,
                                        const HouseholdRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.registered_on, DayInChina(session.now()), "registered_on"));
  ASSIGN_OR_RETURN(std::string village, intake::ResolveVillage(session, batch, record.village, "village"));
  const std::string key = batch.Key(record.household_no);
  ASSIGN_OR_RETURN(const std::optional<Household> before, session.Find<Household>(key));
  if (before.has_value()) {
    // Where it lived then, or lives now, may have got another code since.
    const std::string& then = before->VillageOn(record.resident_since.value_or(record.registered_on));
    ASSIGN_OR_RETURN(const std::string kept, intake::KeepCode(session, then, village));
    if (kept != then && !record.resident_since.has_value()) {
      ASSIGN_OR_RETURN(village, intake::KeepCode(session, before->Division(), village));
    } else {
      village = kept;
    }
  }
  ASSIGN_OR_RETURN(Household after, Record(before, record, key, village));
  if (before == after) return Outcome::kUnchanged;
  if (before.has_value()) {
    RETURN_IF_ERROR(KeepRecorded(session, batch, *before, after));
    return Outcome::kUpdated;
  }
  after.entered_at = MomentOf(session.now());
  session.Put(after);
  return Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportPerson(roots::Session& session, const intake::Batch& batch, const PersonRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.member.born_on, DayInChina(session.now()), "born_on"));
  RETURN_IF_ERROR(CheckHasCome(record.member.joined_on, DayInChina(session.now()), "joined_on"));
  ASSIGN_OR_RETURN(const std::optional<Household> before,
                   session.Find<Household>(batch.HouseholdKey(record.household_no)));
  if (!before.has_value()) return NotFound();
  Member member = record.member;
  member.entered_at = MomentOf(session.now());
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Household after, RecordMember(*before, std::move(member), &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  // Who is added before there is any event says when they were entered; from then on events say what was before them.
  if (outcome == Outcome::kAdded && before->events == 0) {
    RETURN_IF_ERROR(CheckIdNumbers(session, before, after));
    session.Put(after);
  } else {
    RETURN_IF_ERROR(KeepRecorded(session, batch, *before, after));
  }
  return outcome;
}

}  // namespace anju::registry
