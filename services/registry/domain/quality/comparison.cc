#include "services/registry/domain/quality/comparison.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/id_number.h"
#include "services/platform/base/ids.h"
#include "services/platform/intake/places.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kComparisonsLink = "comparisons";

bool IsMetered(ListKind list) { return list == ListKind::kPower || list == ListKind::kWater; }

std::string SeriesOf(absl::string_view division, ListKind list) {
  return absl::StrCat(division, "/", static_cast<int>(list));
}

void KeepReading(std::vector<Reading>& readings, const Reading& reading) {
  auto at = std::find_if(readings.begin(), readings.end(),
                         [&](const Reading& known) { return known.month >= reading.month; });
  if (at != readings.end() && at->month == reading.month) {
    *at = reading;
  } else {
    readings.insert(at, reading);
  }
  if (readings.size() > kMostReadings) readings.erase(readings.begin());
}

// Whom the entry is about, among the households of its division.
absl::Status Match(roots::Session& session, ListEntry& entry) {
  entry.household_id.clear();
  entry.person_no.clear();
  std::optional<Household> household;
  if (!entry.digest.empty()) {
    ASSIGN_OR_RETURN(household, session.FindNamed<Household>(kIdNumberName, entry.digest));
  } else {
    ASSIGN_OR_RETURN(household, session.Find<Household>(entry.household_key));
  }
  if (!household.has_value() || !intake::LiesIn(session, household->Division(), entry.division)) {
    return absl::OkStatus();
  }
  entry.household_id = household->id;
  for (const Member& member : household->members) {
    if (entry.digest.empty() || member.id_number.empty() || member.left_on.has_value()) continue;
    if (Sha256(member.id_number) == entry.digest) entry.person_no = member.person_no;
  }
  return absl::OkStatus();
}

absl::StatusOr<Others> OthersOf(roots::Session& session, const std::string& household_id) {
  ASSIGN_OR_RETURN(std::optional<Others> known, session.Find<Others>(household_id));
  if (known.has_value()) return *std::move(known);
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(household_id));
  return Others{.key = household_id, .village = household->Division()};
}

// Puts the entry, and says what it says to the household that it is about, and no more to the one that it was about.
absl::Status Keep(roots::Session& session, const std::optional<ListEntry>& before, ListEntry& after) {
  session.Put(after);
  if (before.has_value() && !before->household_id.empty() && before->household_id != after.household_id) {
    ASSIGN_OR_RETURN(Others others, OthersOf(session, before->household_id));
    std::erase_if(others.listed, [&](const Listed& listed) { return listed.entry_id == after.id; });
    session.Put(others);
  }
  if (after.household_id.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Others others, OthersOf(session, after.household_id));
  roots::Keep(others.listed,
              {.entry_id = after.id,
               .list = after.list,
               .person_no = after.person_no,
               .since = after.since,
               .until = after.until,
               .readings = after.readings},
              &Listed::entry_id);
  if (others.listed.size() > kMostListed) {
    return Refuse(kFailedPrecondition, "TOO_MANY_LISTED",
                  absl::StrCat("a household has at most ", kMostListed, " entries: is this number somebody's own?"),
                  "id_number");
  }
  session.Put(others);
  return absl::OkStatus();
}

// Whether the entry is the first of its list with its household, so that each household is counted once.
absl::StatusOr<bool> IsFirst(roots::Session& session, const ListEntry& entry) {
  ASSIGN_OR_RETURN(const Others others, OthersOf(session, entry.household_id));
  return std::none_of(others.listed.begin(), others.listed.end(),
                      [&](const Listed& listed) { return listed.list == entry.list && listed.entry_id < entry.id; });
}

}  // namespace

absl::StatusOr<ListEntry> RecordEntry(const std::optional<ListEntry>& before, const DepartmentRecord& record,
                                      const intake::Batch& batch) {
  if (record.id_number.empty() && record.household_no.empty()) {
    return Refuse(kInvalidArgument, "NOBODY_NAMED", "give the ID number or the household's number", "id_number");
  }
  if (record.since.has_value()) RETURN_IF_ERROR(intake::InOrder(*record.since, record.until, "until"));
  if (IsMetered(record.list) && !record.month.has_value()) {
    return Refuse(kInvalidArgument, "MONTH_MISSING", "say which month the meter counted", "month");
  }
  if (!IsMetered(record.list) && record.month.has_value()) {
    return Refuse(kInvalidArgument, "MONTH_NOT_EXPECTED", "only lists of power and water have months", "month");
  }
  if (record.amount_milli < 0) {
    return Refuse(kInvalidArgument, "AMOUNT_NEGATIVE", "a meter counts 0 or more", "amount_milli");
  }
  ListEntry after = before.value_or(ListEntry{.division = batch.division});
  after.list = record.list;
  after.entry_no = record.entry_no;
  after.digest = record.id_number.empty() ? "" : Sha256(NormalIdNumber(record.id_number));
  after.household_key = record.id_number.empty() ? batch.HouseholdKey(record.household_no) : "";
  after.since = record.since;
  after.until = record.until;
  if (record.month.has_value()) {
    KeepReading(after.readings, {.month = *record.month, .amount_milli = record.amount_milli});
  }
  return after;
}

absl::StatusOr<Outcome> ImportDepartmentRow(roots::Session& session, const intake::Batch& batch,
                                            const DepartmentRecord& record) {
  const std::string key = batch.Key(absl::StrCat(static_cast<int>(record.list), "-", record.entry_no));
  ASSIGN_OR_RETURN(const std::optional<ListEntry> before, session.Find<ListEntry>(key));
  ASSIGN_OR_RETURN(ListEntry after, RecordEntry(before, record, batch));
  after.key = key;
  RETURN_IF_ERROR(Match(session, after));
  if (before == after) return Outcome::kUnchanged;
  RETURN_IF_ERROR(Keep(session, before, after));
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

std::vector<roots::Name> Links(const Comparison& comparison) {
  return {{.kind = std::string(kComparisonsLink), .name = SeriesOf(comparison.division, comparison.list)}};
}

absl::StatusOr<Comparison> StartComparison(roots::Session& session, const std::string& division, ListKind list,
                                           const Deed& deed) {
  if (list < ListKind::kHousing || list > ListKind::kMarriage) {
    return Refuse(kInvalidArgument, "LIST_UNSPECIFIED", "name the list to compare with", "list");
  }
  const std::string series = SeriesOf(division, list);
  ASSIGN_OR_RETURN(const std::vector<std::string> earlier, session.LinkedIds(kComparisonsLink, series));
  return Comparison{.key = absl::StrCat(series, "/", earlier.size() + 1),
                    .division = division,
                    .list = list,
                    .state = ComparisonState::kRunning,
                    .started_by = deed.by,
                    .started_on = deed.on};
}

absl::StatusOr<Comparison> ContinueComparison(roots::Session& session, const std::string& id, const std::string& cursor,
                                              const std::vector<std::string>& entry_ids, const std::string& next) {
  ASSIGN_OR_RETURN(std::optional<Comparison> found, session.Get<Comparison>(id));
  if (!found.has_value()) {
    return Refuse(kNotFound, "COMPARISON_NOT_FOUND", "there is no comparison with this id", "id");
  }
  Comparison comparison = *std::move(found);
  if (comparison.state == ComparisonState::kDone) {
    return Refuse(kFailedPrecondition, "COMPARISON_DONE", "it is done; begin another one to compare again");
  }
  if (comparison.cursor != cursor) {
    return Refuse(kFailedPrecondition, "COMPARISON_BUSY", "somebody else goes on with it; look at it again later");
  }
  for (const std::string& entry_id : entry_ids) {
    ASSIGN_OR_RETURN(const std::optional<ListEntry> before, session.Get<ListEntry>(entry_id));
    if (!before.has_value() || before->list != comparison.list) continue;
    ListEntry after = *before;
    RETURN_IF_ERROR(Match(session, after));
    if (after != *before) RETURN_IF_ERROR(Keep(session, before, after));
    ++comparison.entries;
    ++(after.household_id.empty() ? comparison.unmatched : comparison.matched);
    if (after.household_id.empty()) continue;
    ASSIGN_OR_RETURN(const bool first, IsFirst(session, after));
    if (!first) continue;
    ASSIGN_OR_RETURN(const Evaluation evaluation, EvaluateHousehold(session, after.household_id, comparison.list));
    ++comparison.households;
    comparison.hits += evaluation.of_list;
    comparison.opened += evaluation.opened;
    comparison.fixed += evaluation.fixed;
  }
  comparison.cursor = next;
  if (next.empty()) comparison.state = ComparisonState::kDone;
  return comparison;
}

}  // namespace anju::registry
