#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::workshops {

enum class WorkshopKind : int32_t { kUnspecified = 0, kFactory = 1, kHomeBased = 2 };

// An employment workshop 就业扶贫车间.
struct Workshop {
  std::string workshop_no;
  std::string key;
  std::string name;
  WorkshopKind kind = WorkshopKind::kUnspecified;
  std::string location;
  int64_t floor_area_centi_sqm = 0;
  std::optional<Date> checked_on;
  std::optional<Date> recognised_on;
  std::optional<Date> revoked_on;

  bool RecognisedOn(Date day) const {
    return recognised_on.has_value() && *recognised_on <= day && (!revoked_on.has_value() || day < *revoked_on);
  }
  void Fields(Archive& archive) {
    archive("workshop_no", workshop_no);
    archive("key", key);
    archive("name", name);
    archive("kind", kind);
    archive("location", location);
    archive("floor_area_centi_sqm", floor_area_centi_sqm);
    archive("checked_on", checked_on);
    archive("recognised_on", recognised_on);
    archive("revoked_on", revoked_on);
  }
  friend bool operator==(const Workshop&, const Workshop&) = default;
};

// An enterprise, in a park or not, and its workshops.
struct Enterprise {
  static constexpr absl::string_view kKind = "enterprise";
  std::string id;
  // `<division>/<source>/<enterprise_no>`.
  std::string key;
  std::string credit_code;
  std::string name;
  std::string location;
  bool in_park = false;
  bool above_scale = false;
  int64_t jobs_offered = 0;
  Date entered_on;
  std::optional<Date> left_on;
  std::vector<Workshop> workshops;

  const Workshop* FindWorkshop(absl::string_view workshop_key) const;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("credit_code", credit_code);
    archive("name", name);
    archive("location", location);
    archive("in_park", in_park);
    archive("above_scale", above_scale);
    archive("jobs_offered", jobs_offered);
    archive("entered_on", entered_on);
    archive("left_on", left_on);
    archive("workshops", workshops);
  }
  std::string Division() const { return location; }
  friend bool operator==(const Enterprise&, const Enterprise&) = default;
};

// The kind of name under which an enterprise is found by one of its workshops.
inline constexpr absl::string_view kWorkshopName = "workshop";
// The kind of name under which a credit code is claimed.
inline constexpr absl::string_view kCreditCodeName = "credit_code";

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Enterprise& enterprise);
// A workshop belongs to one enterprise, and a credit code to one that has not left.
std::vector<roots::Name> Names(const Enterprise& enterprise);

// A row of anju.workshops.v1.EnterpriseRecord.
struct EnterpriseRecord {
  std::string enterprise_no;
  std::string credit_code;
  std::string name;
  std::string location;
  bool in_park = false;
  bool above_scale = false;
  int64_t jobs_offered = 0;
  Date entered_on;
  std::optional<Date> left_on;

  void Fields(Archive& archive) {
    archive("enterprise_no", enterprise_no);
    archive("credit_code", credit_code);
    archive("name", name);
    archive("location", location);
    archive("in_park", in_park);
    archive("above_scale", above_scale);
    archive("jobs_offered", jobs_offered);
    archive("entered_on", entered_on);
    archive("left_on", left_on);
  }
};

// A row of anju.workshops.v1.WorkshopRecord.
struct WorkshopRecord {
  std::string workshop_no;
  std::string enterprise_no;
  std::string name;
  WorkshopKind kind = WorkshopKind::kUnspecified;
  std::string location;
  int64_t floor_area_centi_sqm = 0;
  std::optional<Date> checked_on;
  std::optional<Date> recognised_on;
  std::optional<Date> revoked_on;

  void Fields(Archive& archive) {
    archive("workshop_no", workshop_no);
    archive("enterprise_no", enterprise_no);
    archive("name", name);
    archive("kind", kind);
    archive("location", location);
    archive("floor_area_centi_sqm", floor_area_centi_sqm);
    archive("checked_on", checked_on);
    archive("recognised_on", recognised_on);
    archive("revoked_on", revoked_on);
  }
};

// What an enterprise becomes when it is recorded so. Its workshops stay. Pure. Refuses, in this order, with
// AMOUNT_NEGATIVE and DATES_REVERSED.
absl::StatusOr<Enterprise> Record(const std::optional<Enterprise>& before, const EnterpriseRecord& record,
                                  const std::string& key, const std::string& location);

// The workshop that a row describes. Pure. Refuses, in this order, with AREA_NOT_POSITIVE, NOT_CHECKED (recognised
// without an on-site check) and DATES_REVERSED.
absl::StatusOr<Workshop> ReadWorkshop(const WorkshopRecord& record, const std::string& key,
                                      const std::string& location);

// Use cases. An enterprise is refused, after all else, with CREDIT_CODE_TAKEN (ALREADY_EXISTS).
absl::StatusOr<roots::Outcome> ImportEnterprise(roots::Session& session, const intake::Batch& batch,
                                                const EnterpriseRecord& record);
absl::StatusOr<roots::Outcome> ImportWorkshop(roots::Session& session, const intake::Batch& batch,
                                              const WorkshopRecord& record);

}  // namespace anju::workshops
