#include "services/registry/rpc/duplicates.h"

#include "absl/strings/match.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/page_token.h"
#include "services/registry/rpc/change.h"

namespace anju::registry {

grpc::Status DuplicatesService::ListDuplicates(grpc::ServerContext* context, const v1::ListDuplicatesRequest* request,
                                               v1::ListDuplicatesResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListDuplicatesResponse> {
    if (!IsDivisionCode(request->division()) || request->division().size() < kCountyDigits) {
      return Refuse(absl::StatusCode::kInvalidArgument, "DIVISION_TOO_LARGE",
                    "persons are compared within a county: name one, or a division within it", "division");
    }
    const int64_t size = records::PageSize(request->page_size());
    const std::string county(CountyOf(request->division()));
    RETURN_IF_ERROR(CheckPageToken(request->page_token().empty() || absl::StartsWith(request->page_token(), county)));
    ASSIGN_OR_RETURN(const std::vector<std::string> links, twins_.Shared(county, request->page_token(), size));
    v1::ListDuplicatesResponse answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      for (const std::string& link : links) {
        ASSIGN_OR_RETURN(const auto candidates, CandidatesUnder(session, link, request->division()));
        for (const DuplicateCandidate& candidate : candidates) {
          *answer.add_candidates() = messages::ToProto<v1::DuplicateCandidate>(candidate);
        }
      }
      return absl::OkStatus();
    }));
    if (static_cast<int64_t>(links.size()) == size) answer.set_next_page_token(links.back());
    return answer;
  };
  return guard_.Unary<v1::ListDuplicatesRequest, v1::ListDuplicatesResponse>(context, request, response, list);
}

grpc::Status DuplicatesService::MergePersons(grpc::ServerContext* context, const v1::MergePersonsRequest* request,
                                             v1::Household* response) {
  return guard_.Unary<v1::MergePersonsRequest, v1::Household>(
      context, request, response, [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Household> {
        ASSIGN_OR_RETURN(const Pair pair, messages::FromProto<Pair>(*request));
        return ChangeHousehold(store_, caller, *request,
                               [&](const Office& office) { return registry::MergePersons(office, pair); });
      });
}

grpc::Status DuplicatesService::MarkNotDuplicate(grpc::ServerContext* context,
                                                 const v1::MarkNotDuplicateRequest* request, v1::Household* response) {
  return guard_.Unary<v1::MarkNotDuplicateRequest, v1::Household>(
      context, request, response, [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Household> {
        ASSIGN_OR_RETURN(const Pair pair, messages::FromProto<Pair>(*request));
        return ChangeHousehold(store_, caller, *request,
                               [&](const Office& office) { return registry::MarkNotDuplicate(office, pair); });
      });
}

}  // namespace anju::registry
