#pragma once

#include "services/relocation/domain/assembly.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/domain/hall.h"
#include "services/relocation/domain/plot.h"

namespace anju::relocation {

// Who was given the plot; with the key of a household as the subject, whether it may have it today.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Plot& plot, const policy::Question& question);
// The elections and the seats.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Assembly& assembly,
                                       const policy::Question& question);
// By when a request is due, and was before it was reopened; of one that is closed, by when it would be if it were
// reopened today.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const HallRequest& request,
                                       const policy::Question& question);
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Disclosure& disclosure,
                                       const policy::Question& question);
// Which accounts it owes today: of every month that is due, or of the one that is the subject. Refuses with
// MONTH_MALFORMED.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Site& site, const policy::Question& question);

}  // namespace anju::relocation
