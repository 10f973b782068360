#include "services/relocation/rpc/disclosure.h"

#include "anju/relocation/v1/relocation.pb.h"
#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/relocation/domain/disclosure.h"
#include "services/relocation/rpc/sites.h"

namespace anju::relocation {
namespace {

constexpr absl::string_view kNoDisclosure = "DISCLOSURE_NOT_FOUND";

}  // namespace

grpc::Status DisclosuresService::ImportDisclosures(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportDisclosuresRequest>* stream) {
  return intake_.Run(context, stream, ImportDisclosure, {"disclosure_no"});
}

grpc::Status DisclosuresService::PublishDisclosure(grpc::ServerContext* context,
                                                   const v1::PublishDisclosureRequest* request,
                                                   v1::Disclosure* response) {
  return records::ChangeRecord<Disclosure>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Disclosure> {
        ASSIGN_OR_RETURN(const Publication asked, messages::FromProto<Publication>(*request));
        ASSIGN_OR_RETURN(const Site site, FindSiteFor(session, caller, asked.site));
        return relocation::PublishDisclosure(session, site, asked, act);
      });
}

grpc::Status DisclosuresService::GetDisclosure(grpc::ServerContext* context, const v1::GetDisclosureRequest* request,
                                               v1::Disclosure* response) {
  return guard_.Unary<v1::GetDisclosureRequest, v1::Disclosure>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Disclosure, Disclosure>(store_, caller, request->id(), kNoDisclosure);
      });
}

grpc::Status DisclosuresService::ListDisclosures(grpc::ServerContext* context,
                                                 const v1::ListDisclosuresRequest* request,
                                                 v1::ListDisclosuresResponse* response) {
  return guard_.Unary<v1::ListDisclosuresRequest, v1::ListDisclosuresResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Disclosure>(store_, *request, &v1::ListDisclosuresResponse::add_disclosures);
      });
}

grpc::Status DisclosuresService::ListFinanceArrears(grpc::ServerContext* context,
                                                    const v1::ListFinanceArrearsRequest* request,
                                                    v1::ListFinanceArrearsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListFinanceArrearsResponse> {
    ASSIGN_OR_RETURN(const v1::ListSitesResponse sites,
                     records::List<Site>(store_, *request, &v1::ListSitesResponse::add_sites));
    v1::ListFinanceArrearsResponse arrears;
    arrears.set_next_page_token(sites.next_page_token());
    const Date today = DayInChina(store_.clock().Now());
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      for (const v1::Site& shown : sites.sites()) {
        ASSIGN_OR_RETURN(const std::optional<Site> site, session.Get<Site>(shown.id()));
        if (!site.has_value()) continue;
        ASSIGN_OR_RETURN(const std::vector<Month> months, Arrears(session, *site, today));
        if (months.empty()) continue;
        v1::FinanceArrears& owed = *arrears.add_communities();
        owed.set_site_id(site->id);
        owed.set_site_key(site->key);
        for (const Month month : months) owed.add_months(Format(month));
      }
      return absl::OkStatus();
    }));
    return arrears;
  };
  return guard_.Unary<v1::ListFinanceArrearsRequest, v1::ListFinanceArrearsResponse>(context, request, response, list);
}

}  // namespace anju::relocation
