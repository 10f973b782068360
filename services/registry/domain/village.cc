#include "services/registry/domain/village.h"

#include "services/platform/base/error.h"
#include "services/registry/domain/standing.h"

namespace anju::registry {

std::vector<roots::Name> Links(const Village& village) { return MonthLinks(village); }

absl::StatusOr<roots::Outcome> ImportVillage(roots::Session& session, const intake::Batch& batch,
                                             const VillageRecord& record) {
  ASSIGN_OR_RETURN(const std::string code, intake::ResolveVillage(session, batch, record.village, "village"));
  RETURN_IF_ERROR(intake::InOrder(record.poor_since, record.poor_until, "poor_until"));
  ASSIGN_OR_RETURN(const std::optional<Village> before, session.Find<Village>(code));
  Village after = before.value_or(Village{.key = code});
  after.poor_since = record.poor_since;
  // Under another code it goes on as what it was; when that began is said by the former one.
  ASSIGN_OR_RETURN(const std::string origin, intake::KeyDivision(session, record.village));
  if (before.has_value() && origin != code) {
    ASSIGN_OR_RETURN(const std::optional<Village> former, session.Find<Village>(origin));
    const bool goes_on = former.has_value() && former->poor_until == before->poor_since;
    if (goes_on && former->poor_since == record.poor_since) after.poor_since = before->poor_since;
  }
  after.poor_until = record.poor_until;
  if (before == after) return roots::Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? roots::Outcome::kUpdated : roots::Outcome::kAdded;
}

}  // namespace anju::registry
