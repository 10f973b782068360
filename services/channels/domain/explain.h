#pragma once

#include "services/channels/domain/channel.h"
#include "services/channels/domain/policy.h"
#include "services/channels/domain/sale.h"

namespace anju::channels {

// Why a sale's product was good enough for its channel; of channels that take any nothing was decided.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Sale& sale, const policy::Question& question);

// Whether the channel would take a product today: the subject is the key of one from the same system. Refuses with
// RECORD_NOT_FOUND when there is none.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Channel& channel,
                                       const policy::Question& question);

}  // namespace anju::channels
