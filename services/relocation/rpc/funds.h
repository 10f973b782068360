#pragma once

#include "absl/functional/function_ref.h"
#include "anju/relocation/v1/funds.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/ledger/books.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/relocation/domain/payments.h"

namespace anju::relocation {

// Translates between the contract of the money and the use cases.
class FundsService final : public v1::Funds::Service {
 public:
  FundsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard);

  grpc::Status ImportPayments(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<type::v1::ImportReceipt, v1::ImportPaymentsRequest>* stream) override;
  grpc::Status GetSettlement(grpc::ServerContext* context, const v1::GetSettlementRequest* request,
                             v1::Settlement* response) override;
  grpc::Status ListSettlements(grpc::ServerContext* context, const v1::ListSettlementsRequest* request,
                               v1::ListSettlementsResponse* response) override;
  grpc::Status ProposeSubsidy(grpc::ServerContext* context, const v1::ProposeSubsidyRequest* request,
                              v1::Settlement* response) override;
  grpc::Status GrantSubsidy(grpc::ServerContext* context, const v1::GrantSubsidyRequest* request,
                            v1::Settlement* response) override;
  grpc::Status DecideSubsidy(grpc::ServerContext* context, const v1::DecideSubsidyRequest* request,
                             v1::Settlement* response) override;
  grpc::Status PaySubsidy(grpc::ServerContext* context, const v1::PaySubsidyRequest* request,
                          v1::Settlement* response) override;
  grpc::Status ReceiveDeposit(grpc::ServerContext* context, const v1::ReceiveDepositRequest* request,
                              v1::Settlement* response) override;
  grpc::Status WithholdDeposit(grpc::ServerContext* context, const v1::WithholdDepositRequest* request,
                               v1::Settlement* response) override;
  grpc::Status ReleaseDeposit(grpc::ServerContext* context, const v1::ReleaseDepositRequest* request,
                              v1::Settlement* response) override;
  grpc::Status ReturnDeposit(grpc::ServerContext* context, const v1::ReturnDepositRequest* request,
                             v1::Settlement* response) override;
  grpc::Status QuoteTitle(grpc::ServerContext* context, const v1::QuoteTitleRequest* request,
                          v1::TitleQuote* response) override;
  grpc::Status PayTitle(grpc::ServerContext* context, const v1::PayTitleRequest* request,
                        v1::Settlement* response) override;
  grpc::Status SettleTitle(grpc::ServerContext* context, const v1::SettleTitleRequest* request,
                           v1::Settlement* response) override;
  grpc::Status ReversePosting(grpc::ServerContext* context, const v1::ReversePostingRequest* request,
                              v1::Settlement* response) override;
  grpc::Status GetSiteAccount(grpc::ServerContext* context, const v1::GetSiteAccountRequest* request,
                              v1::SiteAccount* response) override;

 private:
  // Does `verb` to the money of the case that the request names, within the caller's scope, once per request id.
  using Verb =
      absl::FunctionRef<absl::StatusOr<Settlement>(roots::Session& session, const CaseFunds& before, const Act& act)>;
  template <typename Request>
  grpc::Status Move(grpc::ServerContext* context, const Request* request, v1::Settlement* response, Verb verb);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
  ledger::Books books_;
};

}  // namespace anju::relocation
