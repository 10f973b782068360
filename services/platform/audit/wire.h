#pragma once

#include "anju/audit/v1/audit.pb.h"
#include "services/platform/audit/entry.h"

namespace anju::audit {

// An entry as it travels, without its place in the chain.
v1::Entry ToProto(const Entry& entry);
Entry FromProto(const v1::Entry& message);

}  // namespace anju::audit
