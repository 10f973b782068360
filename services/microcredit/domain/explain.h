#pragma once

#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/policy/explain.h"

namespace anju::microcredit {

// The decisions on a household's lines, loans and interest subsidies; and how much it could borrow today.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const CreditAccount& account,
                                       const policy::Question& question);

// The decisions on a fund's compensations; and with the key of a loan as the subject, whether it would compensate that
// one today. Refuses with RECORD_NOT_FOUND when there is no such loan in the fund's county.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const RiskFund& fund, const policy::Question& question);

// Why a credit village or township was recognised; while it is none, whether it would be today.
absl::StatusOr<policy::Answer> Explain(roots::Session& session, const CreditPlace& place,
                                       const policy::Question& question);
// Explains places, by their codes also those that were never recognised.
policy::Explainer ExplainerOfPlaces();

}  // namespace anju::microcredit
