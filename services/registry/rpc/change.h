#pragma once

#include <string>

#include "anju/registry/v1/registry.pb.h"
#include "services/platform/records/read.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/life.h"

namespace anju::registry {

// Runs an event of a household once per request id, within the caller's scope, and answers the household.
template <typename Request>
absl::StatusOr<v1::Household> ChangeHousehold(roots::Store& store, const rpc::Caller& caller, const Request& request,
                                              absl::FunctionRef<absl::StatusOr<Household>(const Office&)> verb) {
  const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
  std::string answer;
  RETURN_IF_ERROR(store.ChangeOnce(
      actor, request.request_id(), request.SerializeAsString(),
      [&](roots::Session& session) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(
            const Household household,
            verb({.session = session,
                  .act = {.by = caller.subject, .today = DayInChina(session.now())},
                  .may = [&](absl::string_view division) { return records::CheckScope(caller, division); }}));
        return roots::ToJson(household);
      },
      &answer));
  ASSIGN_OR_RETURN(const Household household, roots::FromJson<Household>(answer));
  return records::ToMasked<v1::Household>(household);
}

}  // namespace anju::registry
