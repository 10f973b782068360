#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/registry/domain/quality/finding.h"

// Comparison with other departments' lists 大数据比对 [JX1]: their rows are kept, matched with households by ID number
// or household number, and what they say becomes part of what the rules look at.
namespace anju::registry {

// Meters are read once a month; what is older says nothing of today.
inline constexpr size_t kMostReadings = 36;
// Of one household. More is a number that is used for everybody.
inline constexpr size_t kMostListed = 200;

// A row of a department's list, and whom it is about.
struct ListEntry {
  static constexpr absl::string_view kKind = "list_entry";
  std::string id;
  // `<division>/<source>/<list>-<entry_no>`.
  std::string key;
  ListKind list = ListKind::kUnspecified;
  // The department's own number, such as that of the meter or the licence.
  std::string entry_no;
  std::optional<Date> since;
  std::optional<Date> until;
  std::vector<Reading> readings;
  // Empty while no household of the division matches; the person is empty too when it was found by its own number.
  std::string household_id;
  std::string person_no;
  // Of whom it is: the digest of an ID number, so that the number itself is kept in one place only, or the key of a
  // household.
  std::string digest;
  std::string household_key;
  // The division of the file.
  std::string division;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("list", list);
    archive("entry_no", entry_no);
    archive("since", since);
    archive("until", until);
    archive("readings", readings);
    archive("household_id", household_id);
    archive("person_no", person_no);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("digest", digest);
    archive("household_key", household_key);
    archive("division", division);
  }
  std::string Division() const { return division; }
  friend bool operator==(const ListEntry&, const ListEntry&) = default;
};

inline tally::Contributions Contributions(const ListEntry&) { return {}; }

// A row of anju.registry.v1.DepartmentRecord.
struct DepartmentRecord {
  ListKind list = ListKind::kUnspecified;
  std::string entry_no;
  std::string id_number;
  std::string household_no;
  std::optional<Date> since;
  std::optional<Date> until;
  // Of meters.
  std::optional<Month> month;
  int64_t amount_milli = 0;

  void Fields(Archive& archive) {
    archive("list", list);
    archive("entry_no", entry_no);
    archive("id_number", id_number);
    archive("household_no", household_no);
    archive("since", since);
    archive("until", until);
    archive("month", month);
    archive("amount_milli", amount_milli);
  }
};

// What an entry becomes when the department records it so, before it is matched. Pure. Refuses, in this order, with
// NOBODY_NAMED (neither number), DATES_REVERSED, MONTH_MISSING (of a meter), MONTH_NOT_EXPECTED (of another list) and
// AMOUNT_NEGATIVE.
absl::StatusOr<ListEntry> RecordEntry(const std::optional<ListEntry>& before, const DepartmentRecord& record,
                                      const intake::Batch& batch);

// Beside what RecordEntry refuses: TOO_MANY_LISTED.
absl::StatusOr<roots::Outcome> ImportDepartmentRow(roots::Session& session, const intake::Batch& batch,
                                                   const DepartmentRecord& record);

enum class ComparisonState : int32_t { kUnspecified = 0, kRunning = 1, kDone = 2 };

// One run over a list of a division. Counts grow until it is done.
struct Comparison {
  static constexpr absl::string_view kKind = "comparison";
  std::string id;
  // `<division>/<list>/<number>`, counted from 1.
  std::string key;
  std::string division;
  ListKind list = ListKind::kUnspecified;
  ComparisonState state = ComparisonState::kUnspecified;
  std::string started_by;
  Date started_on;
  int32_t entries = 0;
  int32_t matched = 0;
  int32_t unmatched = 0;
  // Matched households, and the findings of this list's rules that stand with them.
  int32_t households = 0;
  int32_t hits = 0;
  // What this run opened and closed.
  int32_t opened = 0;
  int32_t fixed = 0;
  // Where it goes on.
  std::string cursor;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("list", list);
    archive("state", state);
    archive("started_by", started_by);
    archive("started_on", started_on);
    archive("entries", entries);
    archive("matched", matched);
    archive("unmatched", unmatched);
    archive("households", households);
    archive("hits", hits);
    archive("opened", opened);
    archive("fixed", fixed);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("cursor", cursor);
  }
  std::string Division() const { return division; }
  friend bool operator==(const Comparison&, const Comparison&) = default;
};

inline tally::Contributions Contributions(const Comparison&) { return {}; }
std::vector<roots::Name> Links(const Comparison& comparison);

// Begins a run. Refuses with LIST_UNSPECIFIED.
absl::StatusOr<Comparison> StartComparison(roots::Session& session, const std::string& division, ListKind list,
                                           const Deed& deed);
// Matches these entries anew and evaluates their households: the next ones after the cursor; those of other lists are
// left out. `next` empty: they were the last. Refuses, in this order, with COMPARISON_NOT_FOUND, COMPARISON_DONE and
// COMPARISON_BUSY (somebody else has gone on from `cursor`).
absl::StatusOr<Comparison> ContinueComparison(roots::Session& session, const std::string& id, const std::string& cursor,
                                              const std::vector<std::string>& entry_ids, const std::string& next);

}  // namespace anju::registry
