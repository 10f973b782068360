#pragma once

#include "services/platform/notice/notice.h"
#include "services/platform/rpc/identity.h"

namespace anju::approval {

// Who acts, with what their token lets them decide.
inline notice::Act ActOf(const rpc::Caller& caller, absl::Time now) {
  notice::Act act{.by = caller.subject, .on = DayInChina(now), .scope = caller.scope};
  for (const type::v1::Role role : caller.roles) act.roles.push_back(rpc::RoleWord(role));
  return act;
}

}  // namespace anju::approval
