#include "services/registry/rpc/divisions.h"

#include "services/platform/base/error.h"
#include "services/platform/records/read.h"

namespace anju::registry {

using enum absl::StatusCode;

template <typename Request>
absl::StatusOr<DivisionChange> DivisionChangesService::Change(
    const rpc::Caller& caller, const Request& request,
    absl::FunctionRef<absl::StatusOr<DivisionChange>(roots::Session&)> step) {
  const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
  std::string answer;
  RETURN_IF_ERROR(store_.ChangeOnce(
      actor, request.request_id(), request.SerializeAsString(),
      [&](roots::Session& session) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const DivisionChange change, step(session));
        return roots::ToJson(change);
      },
      &answer));
  ASSIGN_OR_RETURN(DivisionChange change, roots::FromJson<DivisionChange>(answer));
  // After the commit, because it is the same however often it is done: whoever was interrupted here asks again.
  RETURN_IF_ERROR(
      divisions_.Succeed(change.successions, Month::Of(change.effective_on), change.kind == ChangeKind::kRecode));
  return change;
}

absl::Status DivisionChangesService::CheckCodes(const std::vector<Succession>& successions) {
  const auto retired = [] {
    return Refuse(kFailedPrecondition, "CODE_RETIRED", "a code has been succeeded by another one before",
                  "successions");
  };
  for (const Succession& succession : successions) {
    ASSIGN_OR_RETURN(const Division old, divisions_.Get(succession.old_code));
    if (old.code != succession.old_code && old.code != succession.new_code) return retired();
    const absl::StatusOr<Division> made = divisions_.Get(succession.new_code);
    if (made.ok() && made->code != succession.new_code) return retired();
  }
  return absl::OkStatus();
}

grpc::Status DivisionChangesService::RecordDivisionChange(grpc::ServerContext* context,
                                                          const v1::RecordDivisionChangeRequest* request,
                                                          v1::DivisionChange* response) {
  const auto record = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DivisionChange> {
    ASSIGN_OR_RETURN(const ChangeRequest change, messages::FromProto<ChangeRequest>(*request));
    RETURN_IF_ERROR(CheckSuccessions(change));
    RETURN_IF_ERROR(CheckCodes(change.successions));
    ASSIGN_OR_RETURN(const DivisionChange kept, Change(caller, *request, [&](roots::Session& session) {
                       return registry::RecordDivisionChange(session, change);
                     }));
    return messages::ToProto<v1::DivisionChange>(kept);
  };
  return guard_.Unary<v1::RecordDivisionChangeRequest, v1::DivisionChange>(context, request, response, record);
}

grpc::Status DivisionChangesService::ApplyDivisionChange(grpc::ServerContext* context,
                                                         const v1::ApplyDivisionChangeRequest* request,
                                                         v1::DivisionChange* response) {
  const auto apply = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DivisionChange> {
    const auto step = [&](roots::Session& session) -> absl::StatusOr<DivisionChange> {
      ASSIGN_OR_RETURN(const std::optional<DivisionChange> before, session.Get<DivisionChange>(request->id()));
      if (!before.has_value()) {
        return Refuse(kNotFound, "DIVISION_CHANGE_NOT_FOUND", "there is no change with this id", "id");
      }
      RETURN_IF_ERROR(records::CheckScope(caller, before->division));
      return registry::ApplyDivisionChange(session, *before,
                                           {.by = caller.subject, .today = DayInChina(session.now())});
    };
    ASSIGN_OR_RETURN(const DivisionChange after, Change(caller, *request, step));
    return messages::ToProto<v1::DivisionChange>(after);
  };
  return guard_.Unary<v1::ApplyDivisionChangeRequest, v1::DivisionChange>(context, request, response, apply);
}

grpc::Status DivisionChangesService::ListDivisionChanges(grpc::ServerContext* context,
                                                         const v1::ListDivisionChangesRequest* request,
                                                         v1::ListDivisionChangesResponse* response) {
  return guard_.Unary<v1::ListDivisionChangesRequest, v1::ListDivisionChangesResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<DivisionChange>(store_, *request, &v1::ListDivisionChangesResponse::add_division_changes);
      });
}

}  // namespace anju::registry
