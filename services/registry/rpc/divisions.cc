#include "services/registry/rpc/divisions.h"

#include "services/platform/base/error.h"
#include "services/platform/records/read.h"

namespace anju::registry {

using enum absl::StatusCode;

template <typename Request>
absl::StatusOr<DivisionChange> DivisionChangesService::Change(
    const rpc::Caller& caller, const Request& request,
    absl::FunctionRef<absl::StatusOr<DivisionChange>(roots::BatchSession&)> step) {
  const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
  std::string answer;
  RETURN_IF_ERROR(store_.ChangeOnce(
      actor, request.request_id(), request.SerializeAsString(),
      [&](roots::BatchSession& session) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const DivisionChange change, step(session));
        return roots::ToJson(change);
      },
      &answer));
  return roots::FromJson<DivisionChange>(answer);
}

absl::StatusOr<DivisionChange> DivisionChangesService::Find(roots::Session& session, const rpc::Caller& caller,
                                                            const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<DivisionChange> change, session.Get<DivisionChange>(id));
  if (!change.has_value()) {
    return Refuse(kNotFound, "DIVISION_CHANGE_NOT_FOUND", "there is no change with this id", "id");
  }
  RETURN_IF_ERROR(records::CheckScope(caller, change->division));
  return *std::move(change);
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
    // Whoever asks again is answered what was answered, whatever has become of the codes since.
    const absl::StatusOr<std::vector<Became>> became =
        WorkOut(change, [&](absl::string_view code) { return divisions_.CodesIn(code); });
    const auto step = [&](roots::BatchSession& session) -> absl::StatusOr<DivisionChange> {
      RETURN_IF_ERROR(became.status());
      return registry::RecordDivisionChange(session, change, *became);
    };
    ASSIGN_OR_RETURN(const DivisionChange kept, Change(caller, *request, step));
    return messages::ToProto<v1::DivisionChange>(kept);
  };
  return guard_.Unary<v1::RecordDivisionChangeRequest, v1::DivisionChange>(context, request, response, record);
}

grpc::Status DivisionChangesService::ApplyDivisionChange(grpc::ServerContext* context,
                                                         const v1::ApplyDivisionChangeRequest* request,
                                                         v1::DivisionChange* response) {
  const auto apply = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DivisionChange> {
    ASSIGN_OR_RETURN(std::optional<DivisionChange> known, store_.Get<DivisionChange>(request->id()));
    std::vector<Became> became;
    if (known.has_value() && known->state == ChangeState::kRecorded) {
      // The tree may be another one than when it was recorded.
      RETURN_IF_ERROR(records::CheckScope(caller, known->division));
      RETURN_IF_ERROR(CheckCodes(known->successions));
      ASSIGN_OR_RETURN(became, WorkOut(*known, [&](absl::string_view code) { return divisions_.CodesIn(code); }));
    }
    const auto step = [&](roots::BatchSession& session) -> absl::StatusOr<DivisionChange> {
      ASSIGN_OR_RETURN(DivisionChange before, Find(session, caller, request->id()));
      if (before.state == ChangeState::kRecorded) before.became = became;
      ASSIGN_OR_RETURN(
          const DivisionChange after,
          registry::ApplyDivisionChange(session, before, {.by = caller.subject, .today = DayInChina(session.now())}));
      RETURN_IF_ERROR(roots::Store::KeepChange(
          session.transaction(), {.key = after.key, .since = Month::Of(after.effective_on), .became = after.became}));
      return after;
    };
    ASSIGN_OR_RETURN(const DivisionChange after, Change(caller, *request, step));
    // After the commit, because it is the same however often it is done: whoever was interrupted here asks again.
    RETURN_IF_ERROR(divisions_.Succeed(after.founded, after.successions, after.became, Month::Of(after.effective_on),
                                       after.kind == ChangeKind::kRecode));
    return messages::ToProto<v1::DivisionChange>(after);
  };
  return guard_.Unary<v1::ApplyDivisionChangeRequest, v1::DivisionChange>(context, request, response, apply);
}

grpc::Status DivisionChangesService::WithdrawDivisionChange(grpc::ServerContext* context,
                                                            const v1::WithdrawDivisionChangeRequest* request,
                                                            v1::DivisionChange* response) {
  const auto withdraw = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::DivisionChange> {
    const auto step = [&](roots::BatchSession& session) -> absl::StatusOr<DivisionChange> {
      ASSIGN_OR_RETURN(const DivisionChange before, Find(session, caller, request->id()));
      return registry::WithdrawDivisionChange(session, before);
    };
    ASSIGN_OR_RETURN(const DivisionChange after, Change(caller, *request, step));
    return messages::ToProto<v1::DivisionChange>(after);
  };
  return guard_.Unary<v1::WithdrawDivisionChangeRequest, v1::DivisionChange>(context, request, response, withdraw);
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
