#pragma once

#include <optional>
#include <string>

#include "services/platform/intake/batch.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/session.h"

namespace anju::microcredit {

// A credit village or credit township.
struct CreditPlace {
  static constexpr absl::string_view kKind = "credit_place";
  std::string id;
  // The division's code: a place is one record, whichever system tells of it.
  std::string key;
  Date recognised_on;
  std::optional<Date> revoked_on;
  // On its recognition; see explain.h.
  std::vector<policy::Decision> decisions;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("recognised_on", recognised_on);
    archive("revoked_on", revoked_on);
    archive("decisions", decisions);
  }
  std::string Division() const { return key; }
  bool village() const { return key.size() == 12; }
  friend bool operator==(const CreditPlace&, const CreditPlace&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const CreditPlace& place);

// A row of anju.microcredit.v1.CreditPlaceRecord.
struct CreditPlaceRecord {
  std::string division;
  Date recognised_on;
  std::optional<Date> revoked_on;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("recognised_on", recognised_on);
    archive("revoked_on", revoked_on);
  }
};

// How a place stood at the end of a day.
struct Standing {
  // Households registered poor, and those of them with a line.
  int64_t poor = 0;
  int64_t rated = 0;
  // Principal outstanding, and that of loans of which anything is overdue.
  int64_t balance_fen = 0;
  int64_t overdue_fen = 0;
};

// How a village or township stood, as the accounts say of those who live there now and lived there on the day.
absl::StatusOr<Standing> StandingOf(roots::Session& session, const std::string& division, Date day);
// Whether a place that stands so may be recognised on `day`; the reason of a no is what Qualify refuses with. Pure.
policy::Decision JudgePlace(const Standing& standing, Date day, const policy::Books& books);
// Whether a place that stands so may be recognised on `day`. Pure. Refuses, in this order, with RATED_SHARE_TOO_LOW
// (also where nobody is registered poor) and OVERDUE_RATE_TOO_HIGH.
absl::Status Qualify(const Standing& standing, Date day, const policy::Books& books);

// Checks a place when it is recognised, not when it is revoked. Refuses, in this order, with DIVISION_NOT_FOUND,
// OUTSIDE_DIVISION, NOT_A_VILLAGE_OR_TOWNSHIP, DATES_REVERSED, DATE_IN_FUTURE, RATED_SHARE_TOO_LOW and
// OVERDUE_RATE_TOO_HIGH.
absl::StatusOr<roots::Outcome> ImportCreditPlace(roots::Session& session, const intake::Batch& batch,
                                                 const CreditPlaceRecord& record);

}  // namespace anju::microcredit
