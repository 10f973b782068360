#pragma once

#include <optional>
#include <string>

#include "services/platform/approval/act.h"
#include "services/platform/base/error.h"
#include "services/platform/notice/notice.h"
#include "services/platform/records/read.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

// The writes of every kind of record: once per request id, within the caller's scope.
namespace anju::records {

// Takes a step once per request id and answers, as a message, what `step(session)` answered.
template <typename Root, typename Message, typename Request, typename Step>
absl::StatusOr<Message> TakeOnce(roots::Store& store, const rpc::Caller& caller, const Request& request, Step step) {
  const roots::Actor actor = ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
  std::string answer;
  RETURN_IF_ERROR(store.ChangeOnce(
      actor, request.request_id(), request.SerializeAsString(),
      [&](roots::Session& session) -> absl::StatusOr<std::string> {
        absl::StatusOr<Root> after = step(session);
        if (!after.ok()) return after.status();
        return roots::ToJson(*after);
      },
      &answer));
  ASSIGN_OR_RETURN(const Root root, roots::FromJson<Root>(answer));
  return ToMasked<Message>(root);
}

// Serves a write that answers the record it changed: keeps the root that `step(session, caller, act)` answers, once per
// request id.
template <typename Root, typename Request, typename Message, typename Step>
grpc::Status ChangeRecord(roots::Store& store, rpc::Guard& guard, grpc::ServerContext* context, const Request* request,
                          Message* response, Step step) {
  const auto change = [&](const rpc::Caller& caller) {
    return TakeOnce<Root, Message>(store, caller, *request, [&](roots::Session& session) -> absl::StatusOr<Root> {
      absl::StatusOr<Root> after = step(session, caller, approval::ActOf(caller, session.now()));
      if (after.ok()) session.Put(*after);
      return after;
    });
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
        RETURN_IF_ERROR(CheckScope(caller, before->Division()));
        return verb(session, *before, act);
      });
}

}  // namespace anju::records
