#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/registry/domain/divisions.h"
#include "services/registry/domain/life.h"
#include "services/registry/domain/village.h"

// Divisions that are merged, split or get other codes on a day. What was counted before stays under the old codes; from
// that day on everything lies and counts under the new ones, in every service (platform/tally/follow.h), the households
// with a residence and an event of their own, and whoever is responsible there sees it with its history.
namespace anju::registry {

enum class ChangeKind : int32_t { kUnspecified = 0, kRecode = 1, kMerge = 2, kSplit = 3 };
enum class ChangeState : int32_t { kUnspecified = 0, kRecorded = 1, kApplied = 2, kApplying = 3, kWithdrawn = 4 };

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
  std::vector<Founded> founded;
  // What became of each code, in full.
  std::vector<Became> became;

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
    archive("founded", founded);
    archive("became", became);
  }
  std::string Division() const { return division; }
};
tally::Contributions Contributions(const DivisionChange& change);
// A CodeChange, once it is in force.
std::optional<roots::Told> Tell(const DivisionChange& change);

// anju.registry.v1.RecordDivisionChangeRequest.
struct ChangeRequest {
  std::string division;
  std::string change_no;
  ChangeKind kind = ChangeKind::kUnspecified;
  Date effective_on;
  std::string document;
  std::vector<Succession> successions;
  std::vector<Founded> founded;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("change_no", change_no);
    archive("kind", kind);
    archive("effective_on", effective_on);
    archive("document", document);
    archive("successions", successions);
    archive("founded", founded);
  }
};

inline constexpr size_t kMostMappings = 2000;
// Of all codes that are named or follow from those that are: a prefecture has some 2,000 villages.
inline constexpr size_t kMostBecame = 20'000;

// Whether these codes can become those. Pure. Refuses, in this order, with KIND_UNSPECIFIED, CODES_MISSING,
// TOO_MANY_CODES, and for each with CODE_MALFORMED (both are of a county, a township or a village, and of one level),
// CODE_UNCHANGED, OUTSIDE_DIVISION, CODE_TWICE (an old one, or a new one of a recode) and CODE_SUCCEEDED (one becomes
// what another one was, or lies beneath that) (INVALID_ARGUMENT).
absl::Status CheckSuccessions(const ChangeRequest& request);

// The code itself and all beneath it that are used, in their order; nothing when it is not used.
using CodesIn = absl::FunctionRef<absl::StatusOr<std::vector<std::string>>(absl::string_view)>;

// What becomes of each code. One whose new code is not its alone, because others become it too or it is used already,
// is said of part by part, so that nobody's share is mistaken for the whole. Refuses with CODES_COLLIDE (two that are
// not named would become one), PARENT_NOT_FOUND (a new code lies in no division that is used, new or founded) and
// TOO_MANY_CODES (INVALID_ARGUMENT).
absl::StatusOr<std::vector<Became>> WorkOut(const ChangeRequest& request, CodesIn codes_in);
absl::StatusOr<std::vector<Became>> WorkOut(const DivisionChange& change, CodesIn codes_in);

// The household under its new code from `since` on; one that came later has always lived there. Pure.
Household Rehouse(const Household& before, const std::string& village, Date since);

// Refuses as CheckSuccessions does, and then with CHANGE_NO_TAKEN (ALREADY_EXISTS).
absl::StatusOr<DivisionChange> RecordDivisionChange(roots::Session& session, const ChangeRequest& request,
                                                    const std::vector<Became>& became);

// Refuses with CHANGE_IN_FORCE (FAILED_PRECONDITION).
absl::StatusOr<DivisionChange> WithdrawDivisionChange(roots::Session& session, const DivisionChange& before);

// How many households one call takes along.
inline constexpr size_t kRehousedAtOnce = 500;

// Puts the change into force, takes some households and all poor villages along, each household with an event; APPLIED
// once none is left. Refuses with CHANGE_WITHDRAWN and TOO_EARLY (FAILED_PRECONDITION: it is not in force yet). Applied
// again it takes along who has come since.
absl::StatusOr<DivisionChange> ApplyDivisionChange(roots::Session& session, const DivisionChange& before,
                                                   const Act& act);

}  // namespace anju::registry
