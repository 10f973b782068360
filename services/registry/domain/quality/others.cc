#include "services/registry/domain/quality/others.h"

#include "services/platform/roots/outcome.h"
#include "services/registry/domain/household.h"

namespace anju::registry {
namespace {

template <typename Change>
absl::Status Adjust(roots::Session& session, const std::string& household_id, Change change) {
  ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(household_id));
  if (!household.has_value()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::optional<Others> before, session.Find<Others>(household_id));
  Others after = before.value_or(Others{.key = household_id});
  after.village = household->Division();
  change(after);
  session.Put(after);
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeRelocation(roots::Session& session, const feed::RelocationFact& fact) {
  return Adjust(session, fact.household_id, [&](Others& others) { others.relocation = fact; });
}

absl::Status TakeCredit(roots::Session& session, const feed::CreditFact& fact) {
  return Adjust(session, fact.household_id, [&](Others& others) { others.credit = fact; });
}

absl::Status TakeWork(roots::Session& session, const feed::WorkFact& fact) {
  return Adjust(session, fact.household_id,
                [&](Others& others) { roots::Keep(others.works, fact, &feed::WorkFact::person_no); });
}

absl::Status TakeProducer(roots::Session& session, const feed::ProducerFact& fact) {
  return Adjust(session, fact.household_id, [&](Others& others) { others.producer = fact; });
}

}  // namespace anju::registry
