#include "services/relocation/rpc/service.h"

#include "services/platform/base/error.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {

grpc::Status RelocationService::ImportSites(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportSitesRequest>* stream) {
  return intake_.Run(context, stream, ImportSite);
}

grpc::Status RelocationService::ImportUnits(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportUnitsRequest>* stream) {
  return intake_.Run(context, stream, ImportUnit);
}

grpc::Status RelocationService::ImportCases(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportCasesRequest>* stream) {
  return intake_.Run(context, stream, ImportCase);
}

grpc::Status RelocationService::ImportMeasures(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportMeasuresRequest>* stream) {
  return intake_.Run(context, stream, ImportMeasure);
}

grpc::Status RelocationService::ImportPublicPosts(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportPublicPostsRequest>* stream) {
  return intake_.Run(context, stream, ImportPublicPost);
}

grpc::Status RelocationService::GetSite(grpc::ServerContext* context, const v1::GetSiteRequest* request,
                                        v1::Site* response) {
  return guard_.Unary<v1::GetSiteRequest, v1::Site>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Site, Site>(store_, caller, request->id(), "SITE_NOT_FOUND");
  });
}

grpc::Status RelocationService::ListSites(grpc::ServerContext* context, const v1::ListSitesRequest* request,
                                          v1::ListSitesResponse* response) {
  return guard_.Unary<v1::ListSitesRequest, v1::ListSitesResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Site>(store_, *request, &v1::ListSitesResponse::add_sites);
  });
}

grpc::Status RelocationService::GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request,
                                        v1::Case* response) {
  return guard_.Unary<v1::GetCaseRequest, v1::Case>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Case, Case>(store_, caller, request->id(), "CASE_NOT_FOUND");
  });
}

grpc::Status RelocationService::ListCases(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                                          v1::ListCasesResponse* response) {
  return guard_.Unary<v1::ListCasesRequest, v1::ListCasesResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Case>(store_, *request, &v1::ListCasesResponse::add_cases);
  });
}

grpc::Status RelocationService::MoveInHouseholds(grpc::ServerContext* context,
                                                 const v1::MoveInHouseholdsRequest* request,
                                                 v1::MoveInHouseholdsResponse* response) {
  const auto move_in = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::MoveInHouseholdsResponse> {
    ASSIGN_OR_RETURN(const Ceremony ceremony, messages::FromProto<Ceremony>(*request));
    const roots::Actor actor{.subject = caller.subject, .method = "MoveInHouseholds", .division = request->division()};
    std::string answer;
    RETURN_IF_ERROR(store_.ChangeOnce(
        actor, request->request_id(), request->SerializeAsString(),
        [&](roots::Session& session) -> absl::StatusOr<std::string> {
          ASSIGN_OR_RETURN(const Moved moved, relocation::MoveInHouseholds(session, ceremony));
          return roots::ToJson(moved);
        },
        &answer));
    ASSIGN_OR_RETURN(const Moved moved, roots::FromJson<Moved>(answer));
    return messages::ToProto<v1::MoveInHouseholdsResponse>(moved);
  };
  return guard_.Unary<v1::MoveInHouseholdsRequest, v1::MoveInHouseholdsResponse>(context, request, response, move_in);
}

}  // namespace anju::relocation
