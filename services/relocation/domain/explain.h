#pragma once

#include "services/relocation/domain/case.h"
#include "services/relocation/domain/funds.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {

// The decisions on a case. What is not decided yet: whether it would be approved, and the area that it may have: with
// the key of a unit as the subject, whether it may have that one. Refuses with RECORD_NOT_FOUND when there is no such
// unit.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Case& relocation,
                                       const policy::Question& question);

// What was decided on the personal subsidy of a household.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Settlement& settlement,
                                       const policy::Question& question);

}  // namespace anju::relocation
