#pragma once

#include <optional>
#include <string>

#include "services/platform/approval/act.h"
#include "services/platform/base/error.h"
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
    const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
    std::string answer;
    RETURN_IF_ERROR(store.ChangeOnce(
        actor, request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          absl::StatusOr<Root> after = step(session, caller, approval::ActOf(caller, session.now()));
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

// The same for the record with the request's id, within the caller's scope; `not_found` says that there is none.
template <typename Root, typename Request, typename Message, typename Verb>
grpc::Status ChangeById(roots::Store& store, rpc::Guard& guard, grpc::ServerContext* context, const Request* request,
                        Message* response, absl::string_view not_found, Verb verb) {
  return ChangeRecord<Root>(
      store, guard, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const notice::Act& act) -> absl::StatusOr<Root> {
        ASSIGN_OR_RETURN(const std::optional<Root> before, session.Get<Root>(request->id()));
        if (!before.has_value()) {
          return Refuse(absl::StatusCode::kNotFound, not_found, "there is no record with this id", "id");
        }
        RETURN_IF_ERROR(records::CheckScope(caller, before->Division()));
        return verb(session, *before, act);
      });
}

}  // namespace anju::relocation
