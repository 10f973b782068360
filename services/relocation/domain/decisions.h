#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/moves.h"

// Many cases decided at once, each with a verdict of its own.
namespace anju::relocation {

inline constexpr size_t kMostRulings = 1000;

// anju.relocation.v1.CaseRuling.
struct CaseRuling {
  // An id, or a key `<division>/<source>/<case_no>`.
  std::string relocation;
  approval::Ruling ruling;

  void Fields(Archive& archive) {
    archive("case", relocation);
    ruling.Fields(archive);
  }
};

// anju.relocation.v1.DecideCasesRequest.
struct CaseRulings {
  std::vector<CaseRuling> rulings;

  void Fields(Archive& archive) { archive("rulings", rulings); }
};

// What became of one of them.
struct CaseOutcome {
  // As it was named.
  std::string relocation;
  // Afterwards; unspecified when it was refused.
  CaseState state = CaseState::kUnspecified;
  // Which step is to be decided next; empty when none is.
  std::string step;
  // Why it was refused, and what to do; empty when it was decided.
  std::string reason;
  std::string hint;

  void Fields(Archive& archive) {
    archive("case", relocation);
    archive("state", state);
    archive("step", step);
    archive("reason", reason);
    archive("hint", hint);
  }
  friend bool operator==(const CaseOutcome&, const CaseOutcome&) = default;
};

// anju.relocation.v1.DecideCasesResponse.
struct CaseOutcomes {
  int32_t decided = 0;
  int32_t refused = 0;
  // In the order of the request.
  std::vector<CaseOutcome> outcomes;

  void Fields(Archive& archive) {
    archive("decided", decided);
    archive("refused", refused);
    archive("outcomes", outcomes);
  }
};

// Decides each case as DecideCase does, and puts those that go on; one that is refused holds up no other. Refuses the
// whole, in this order, with BATCH_EMPTY and BATCH_TOO_LARGE, and one of them with CASE_NOT_FOUND, OUTSIDE_SCOPE,
// CASE_REPEATED, and as DecideCase does.
absl::StatusOr<CaseOutcomes> DecideCases(roots::Session& session, const CaseRulings& batch, const Act& act);

}  // namespace anju::relocation
