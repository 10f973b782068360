#pragma once

#include "absl/functional/function_ref.h"
#include "anju/relocation/v1/buy_backs.grpc.pb.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/relocation/domain/lease.h"
#include "services/relocation/domain/mortgage.h"

namespace anju::relocation {

// Translates between the contract of what is bought back and the use cases.
class BuyBacksService final : public v1::BuyBacks::Service {
 public:
  BuyBacksService(roots::Store& store, rpc::Guard& guard) : store_(store), guard_(guard) {}

  grpc::Status ProposeLease(grpc::ServerContext* context, const v1::ProposeLeaseRequest* request,
                            v1::Lease* response) override;
  grpc::Status AgreeLease(grpc::ServerContext* context, const v1::AgreeLeaseRequest* request,
                          v1::Lease* response) override;
  grpc::Status DecideLease(grpc::ServerContext* context, const v1::DecideLeaseRequest* request,
                           v1::Lease* response) override;
  grpc::Status PayLease(grpc::ServerContext* context, const v1::PayLeaseRequest* request, v1::Lease* response) override;
  grpc::Status ReturnArea(grpc::ServerContext* context, const v1::ReturnAreaRequest* request,
                          v1::Lease* response) override;
  grpc::Status ReverseLeasePosting(grpc::ServerContext* context, const v1::ReverseLeasePostingRequest* request,
                                   v1::Lease* response) override;
  grpc::Status GetLease(grpc::ServerContext* context, const v1::GetLeaseRequest* request, v1::Lease* response) override;
  grpc::Status ListLeases(grpc::ServerContext* context, const v1::ListLeasesRequest* request,
                          v1::ListLeasesResponse* response) override;
  grpc::Status ProposeMortgage(grpc::ServerContext* context, const v1::ProposeMortgageRequest* request,
                               v1::Mortgage* response) override;
  grpc::Status DecideMortgage(grpc::ServerContext* context, const v1::DecideMortgageRequest* request,
                              v1::Mortgage* response) override;
  grpc::Status BuyBackMortgage(grpc::ServerContext* context, const v1::BuyBackMortgageRequest* request,
                               v1::Mortgage* response) override;
  grpc::Status ChooseRepaymentPlan(grpc::ServerContext* context, const v1::ChooseRepaymentPlanRequest* request,
                                   v1::Mortgage* response) override;
  grpc::Status RepayMortgage(grpc::ServerContext* context, const v1::RepayMortgageRequest* request,
                             v1::Mortgage* response) override;
  grpc::Status ReverseMortgagePosting(grpc::ServerContext* context, const v1::ReverseMortgagePostingRequest* request,
                                      v1::Mortgage* response) override;
  grpc::Status GetMortgage(grpc::ServerContext* context, const v1::GetMortgageRequest* request,
                           v1::MortgageStatement* response) override;
  grpc::Status ListMortgages(grpc::ServerContext* context, const v1::ListMortgagesRequest* request,
                             v1::ListMortgagesResponse* response) override;
  grpc::Status ListOverdueMortgages(grpc::ServerContext* context, const v1::ListOverdueMortgagesRequest* request,
                                    v1::ListOverdueMortgagesResponse* response) override;

 private:
  // Serves a write on the record that the request names, within the caller's scope.
  template <typename Root>
  using Verb = absl::FunctionRef<absl::StatusOr<Root>(roots::Session& session, const Root& before, const Act& act)>;
  template <typename Request>
  grpc::Status MoveLease(grpc::ServerContext* context, const Request* request, v1::Lease* response, Verb<Lease> verb);
  template <typename Request>
  grpc::Status MoveMortgage(grpc::ServerContext* context, const Request* request, v1::Mortgage* response,
                            Verb<Mortgage> verb);

  roots::Store& store_;
  rpc::Guard& guard_;
};

// How a mortgage stands today.
v1::MortgageStatement StatementOf(const Mortgage& mortgage, Date today);

}  // namespace anju::relocation
