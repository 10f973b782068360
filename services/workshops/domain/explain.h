#pragma once

#include "services/workshops/domain/policy.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {

// Why a worker brought the enterprise its subsidy, or would, or would not, as of the last month that is over.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Worker& worker, const policy::Question& question);

}  // namespace anju::workshops
