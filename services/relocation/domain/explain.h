#pragma once

#include "services/relocation/domain/case.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {

// The decisions on a case and on its money. What is not decided yet: whether it would be approved; the area that it may
// have, and with the key of a unit as the subject, whether it may have that one, and whether it may move into the one
// that it was allotted; by when the old house would have to go; whether it has two homes; whether a surplus would be
// bought, and a mortgage taken on the day that is the subject. The money as ExplainFunds does. Refuses with
// RECORD_NOT_FOUND when there is no such unit.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Case& relocation,
                                       const policy::Question& question);

}  // namespace anju::relocation
