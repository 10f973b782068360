#pragma once

#include <string>

#include "services/platform/policy/policy.h"
#include "tests/support/stand.h"

namespace anju::testing {

// A parameter of the county 450328, or of another division, is set from today on, and confirmed.
inline void SetParameter(Stand& stand, const policy::Catalogue& catalogue, absl::string_view name, int64_t value,
                         const std::string& division = "450328") {
  const policy::Proposal proposal{
      .division = division, .name = std::string(name), .value = value, .since = DayInChina(stand.clock.Now())};
  const absl::Status status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const policy::Setting setting, policy::ProposeSetting(session, catalogue, proposal, "li"));
    return policy::ConfirmSetting(session, setting.version, "wang").status();
  });
  ASSERT_TRUE(status.ok()) << status;
}

}  // namespace anju::testing
