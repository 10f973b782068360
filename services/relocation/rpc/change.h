#pragma once

#include <string>

#include "services/platform/notice/notice.h"
#include "services/platform/records/read.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::relocation {

// Serves a write that answers the record it changed: keeps the root that `step(session, caller, act)` answers, once per
// request id.
template <typename Root, typename Request, typename Message, typename Step>
grpc::Status ChangeRecord(roots::Store& store, rpc::Guard& guard, grpc::ServerContext* context, const Request* request,
                          Message* response, Step step) {
  const auto change = [&](const rpc::Caller& caller) -> absl::StatusOr<Message> {
    const roots::Actor actor{.subject = caller.subject,
                             .method = rpc::MethodTaking(*Request::descriptor()).name(),
                             .division = caller.scope};
    std::string answer;
    RETURN_IF_ERROR(store.ChangeOnce(
        actor, request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          const notice::Act act{.by = caller.subject, .on = DayInChina(session.now())};
          absl::StatusOr<Root> after = step(session, caller, act);
          if (!after.ok()) return after.status();
          session.Put(*after);
          return roots::ToJson(*after);
        },
        &answer));
    ASSIGN_OR_RETURN(const Root root, roots::FromJson<Root>(answer));
    return records::ToMasked<Message>(root);
  };
  return guard.Unary<Request, Message>(context, request, response, change);
}

}  // namespace anju::relocation
