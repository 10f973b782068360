#pragma once

#include "google/protobuf/message.h"
#include "services/platform/base/clock.h"
#include "services/platform/rpc/identity.h"
#include "services/platform/storage/database.h"

namespace anju::audit {

// Keeps that the caller is about to be answered this personal data, and what for. Nothing is kept of an answer that
// holds none, unless it says nothing at all: that there is nobody has been said, too.
absl::Status Keep(storage::Database& database, const Clock& clock, const rpc::Caller& caller,
                  const google::protobuf::Message& answer);

}  // namespace anju::audit
