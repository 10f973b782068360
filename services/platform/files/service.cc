#include "services/platform/files/service.h"

namespace anju::files {

grpc::Status FilesService::GetFilePart(grpc::ServerContext* context, const v1::GetFilePartRequest* request,
                                       v1::FilePart* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::FilePart> {
    v1::FilePart part;
    part.set_service(service_);
    ASSIGN_OR_RETURN(std::vector<roots::StoredRoot> linked, store_.Linked(kHouseholdLink, request->household_id()));
    for (const roots::StoredRoot& stored : linked) {
      for (const Exposed& exposed : exposed_) {
        if (exposed.kind != stored.kind->name) continue;
        RETURN_IF_ERROR(records::CheckScope(caller, stored.division));
        exposed.pack(stored.root, *part.add_records());
      }
    }
    if (gather_ == nullptr) return part;
    std::vector<Part> gathered;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(gathered, gather_(session, request->household_id()));
      return absl::OkStatus();
    }));
    for (Part& one : gathered) {
      // A place that is not the caller's tells nothing of whom it has.
      if (caller.Covers(one.division)) *part.add_records() = std::move(one.record);
    }
    return part;
  };
  return guard_.Unary<v1::GetFilePartRequest, v1::FilePart>(context, request, response, get);
}

}  // namespace anju::files
