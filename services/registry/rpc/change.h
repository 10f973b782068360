#pragma once

#include <string>

#include "anju/registry/v1/registry.pb.h"
#include "services/platform/records/change.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/life.h"

namespace anju::registry {

// Runs an event of a household once per request id, within the caller's scope, and answers the household.
template <typename Request>
absl::StatusOr<v1::Household> ChangeHousehold(roots::Store& store, const rpc::Caller& caller, const Request& request,
                                              absl::FunctionRef<absl::StatusOr<Household>(const Office&)> verb) {
  return records::TakeOnce<Household, v1::Household>(store, caller, request, [&](roots::Session& session) {
    return verb({.session = session,
                 .act = {.by = caller.subject, .today = DayInChina(session.now())},
                 .may = [&](absl::string_view division) { return records::CheckScope(caller, division); }});
  });
}

}  // namespace anju::registry
