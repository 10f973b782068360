#include "services/workshops/domain/enterprise.h"

#include <algorithm>

#include "services/platform/base/error.h"
#include "services/workshops/domain/credit_code.h"
#include "services/workshops/domain/move.h"

namespace anju::workshops {

using enum absl::StatusCode;
using roots::Outcome;

namespace {

// Two that had one code before codes were claimed may both be corrected in all else.
absl::Status CheckCodeIsFree(roots::Session& session, const std::optional<Enterprise>& before,
                             const Enterprise& after) {
  if (after.left_on.has_value()) return absl::OkStatus();
  const bool had = before.has_value() && !before->left_on.has_value() && before->credit_code == after.credit_code;
  if (had) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kCreditCodeName, after.credit_code));
  if (holder.empty() || holder == after.id) return absl::OkStatus();
  return Refuse(
      kAlreadyExists, "CREDIT_CODE_TAKEN",
      "another enterprise has this credit code: send it under that one's number, or record when that one left",
      "credit_code");
}

}  // namespace

const Workshop* Enterprise::FindWorkshop(absl::string_view workshop_key) const {
  auto found = std::find_if(workshops.begin(), workshops.end(),
                            [&](const Workshop& workshop) { return workshop.key == workshop_key; });
  return found == workshops.end() ? nullptr : &*found;
}

std::vector<roots::Name> Names(const Enterprise& enterprise) {
  std::vector<roots::Name> names;
  for (const Workshop& workshop : enterprise.workshops) {
    names.push_back({.kind = std::string(kWorkshopName), .name = workshop.key});
  }
  if (!enterprise.left_on.has_value()) {
    names.push_back({.kind = std::string(kCreditCodeName), .name = enterprise.credit_code});
  }
  return names;
}

absl::StatusOr<Enterprise> Record(const std::optional<Enterprise>& before, const EnterpriseRecord& record,
                                  const std::string& key, const std::string& location) {
  if (record.jobs_offered < 0) {
    return Refuse(kInvalidArgument, "AMOUNT_NEGATIVE", "the number of jobs is 0 or more", "jobs_offered");
  }
  RETURN_IF_ERROR(intake::InOrder(record.entered_on, record.left_on, "left_on"));
  Enterprise after = before.value_or(Enterprise{.key = key});
  after.credit_code = record.credit_code;
  after.name = record.name;
  after.location = location;
  after.in_park = record.in_park;
  after.above_scale = record.above_scale;
  after.jobs_offered = record.jobs_offered;
  after.entered_on = record.entered_on;
  after.left_on = record.left_on;
  return after;
}

absl::StatusOr<Workshop> ReadWorkshop(const WorkshopRecord& record, const std::string& key,
                                      const std::string& location) {
  if (record.floor_area_centi_sqm < 1) {
    return Refuse(kInvalidArgument, "AREA_NOT_POSITIVE", "a workshop has a floor area", "floor_area_centi_sqm");
  }
  if (record.recognised_on.has_value() && !record.checked_on.has_value()) {
    return Refuse(kInvalidArgument, "NOT_CHECKED", "a workshop is checked on site before it is recognised",
                  "checked_on");
  }
  if (record.recognised_on.has_value()) {
    RETURN_IF_ERROR(intake::InOrder(*record.checked_on, record.recognised_on, "recognised_on"));
  }
  if (record.revoked_on.has_value()) {
    // What was never recognised cannot be revoked.
    RETURN_IF_ERROR(
        intake::InOrder(record.recognised_on.value_or(*record.revoked_on + 1), record.revoked_on, "revoked_on"));
  }
  return Workshop{.workshop_no = record.workshop_no,
                  .key = key,
                  .name = record.name,
                  .kind = record.kind,
                  .location = location,
                  .floor_area_centi_sqm = record.floor_area_centi_sqm,
                  .checked_on = record.checked_on,
                  .recognised_on = record.recognised_on,
                  .revoked_on = record.revoked_on};
}

absl::StatusOr<Outcome> ImportEnterprise(roots::Session& session, const intake::Batch& batch,
                                         const EnterpriseRecord& record) {
  RETURN_IF_ERROR(CheckCreditCode(record.credit_code));
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  const std::string key = batch.Key(record.enterprise_no);
  ASSIGN_OR_RETURN(const std::optional<Enterprise> before, session.Find<Enterprise>(key));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, before->location, location));
  }
  ASSIGN_OR_RETURN(Enterprise after, Record(before, record, key, location));
  if (before == after) return Outcome::kUnchanged;
  RETURN_IF_ERROR(CheckCodeIsFree(session, before, after));
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportWorkshop(roots::Session& session, const intake::Batch& batch,
                                       const WorkshopRecord& record) {
  ASSIGN_OR_RETURN(std::optional<Enterprise> enterprise, session.Find<Enterprise>(batch.Key(record.enterprise_no)));
  if (!enterprise.has_value()) {
    return Refuse(kNotFound, "ENTERPRISE_NOT_FOUND", "import the enterprise before its workshops", "enterprise_no");
  }
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  if (const Workshop* known = roots::Lookup(enterprise->workshops, &Workshop::key, batch.Key(record.workshop_no))) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, known->location, location));
  }
  ASSIGN_OR_RETURN(Workshop workshop, ReadWorkshop(record, batch.Key(record.workshop_no), location));
  // After this point the row is taken.
  ASSIGN_OR_RETURN(const std::optional<Workshop> moved,
                   TakeFromOther(session, kWorkshopName, workshop.key, enterprise->id, &Enterprise::workshops));
  const Outcome outcome = roots::Keep(enterprise->workshops, std::move(workshop), &Workshop::key);
  if (outcome != Outcome::kUnchanged) session.Put(*enterprise);
  return moved.has_value() ? Outcome::kUpdated : outcome;
}

}  // namespace anju::workshops
