#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/registry/domain/divisions.h"
#include "services/registry/domain/life.h"
#include "services/registry/domain/village.h"

// Divisions that are merged, split or get other codes on a day. What was counted before stays under the old codes; from
// that day on the households live under the new ones, and whoever is responsible there sees them with their history.
namespace anju::registry {

enum class ChangeKind : int32_t { kUnspecified = 0, kRecode = 1, kMerge = 2, kSplit = 3 };
enum class ChangeState : int32_t { kUnspecified = 0, kRecorded = 1, kApplied = 2 };

// anju.registry.v1.DivisionChange.
struct DivisionChange {
  static constexpr absl::string_view kKind = "division_change";
  std::string id;
  // `<division>/<change_no>`.
  std::string key;
  // In which it all lies.
  std::string division;
  ChangeKind kind = ChangeKind::kUnspecified;
  Date effective_on;
  std::string document;
  std::vector<Succession> successions;
  ChangeState state = ChangeState::kRecorded;
  // How many households have been taken along.
  int64_t moved_households = 0;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("kind", kind);
    archive("effective_on", effective_on);
    archive("document", document);
    archive("successions", successions);
    archive("state", state);
    archive("moved_households", moved_households);
  }
  std::string Division() const { return division; }
};
tally::Contributions Contributions(const DivisionChange& change);

// anju.registry.v1.RecordDivisionChangeRequest.
struct ChangeRequest {
  std::string division;
  std::string change_no;
  ChangeKind kind = ChangeKind::kUnspecified;
  Date effective_on;
  std::string document;
  std::vector<Succession> successions;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("change_no", change_no);
    archive("kind", kind);
    archive("effective_on", effective_on);
    archive("document", document);
    archive("successions", successions);
  }
};

inline constexpr size_t kMostMappings = 2000;

// Whether these codes can become those. Pure. Refuses, in this order, with KIND_UNSPECIFIED, CODES_MISSING,
// TOO_MANY_CODES, and for each with CODE_MALFORMED (both are of a county, a township or a village, and of one level),
// CODE_UNCHANGED, OUTSIDE_DIVISION, CODE_TWICE (an old one, or a new one of a recode) and CODE_SUCCEEDED (one becomes
// what another one was, or lies beneath that) (INVALID_ARGUMENT).
absl::Status CheckSuccessions(const ChangeRequest& request);

// What a code becomes; nothing when it stays. Of several that say something of it the longest says what. Pure.
std::optional<std::string> NewCode(const DivisionChange& change, absl::string_view code);

// The household under its new code from `since` on; one that came later has always lived there. Pure.
Household Rehouse(const Household& before, const std::string& village, Date since);

// Refuses as CheckSuccessions does, and then with CHANGE_NO_TAKEN (ALREADY_EXISTS).
absl::StatusOr<DivisionChange> RecordDivisionChange(roots::Session& session, const ChangeRequest& request);

// How many households one call takes along.
inline constexpr size_t kRehousedAtOnce = 500;

// Takes some households and all poor villages along, each household with an event; APPLIED once none is left. Refuses
// with TOO_EARLY (FAILED_PRECONDITION: it is not in force yet). Applied again it takes along who has come since.
absl::StatusOr<DivisionChange> ApplyDivisionChange(roots::Session& session, const DivisionChange& before,
                                                   const Act& act);

}  // namespace anju::registry
