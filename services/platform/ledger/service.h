#pragma once

#include "anju/ledger/v1/ledger.grpc.pb.h"
#include "services/platform/ledger/books.h"
#include "services/platform/rpc/guard.h"

namespace anju::ledger {

// Opens the books of a service.
class LedgerService final : public v1::Ledger::Service {
 public:
  LedgerService(roots::Store& store, rpc::Guard& guard, Chart chart) : books_(store, std::move(chart)), guard_(guard) {}

  grpc::Status GetBalance(grpc::ServerContext* context, const v1::GetBalanceRequest* request,
                          v1::AccountBalance* response) override;
  grpc::Status GetTrialBalance(grpc::ServerContext* context, const v1::GetTrialBalanceRequest* request,
                               v1::TrialBalance* response) override;
  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           v1::ListEntriesResponse* response) override;
  grpc::Status CheckLedger(grpc::ServerContext* context, const v1::CheckLedgerRequest* request,
                           v1::CheckLedgerResponse* response) override;

 private:
  Books books_;
  rpc::Guard& guard_;
};

}  // namespace anju::ledger
