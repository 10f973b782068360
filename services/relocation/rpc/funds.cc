#include "services/relocation/rpc/funds.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/chart.h"

namespace anju::relocation {
namespace {

// Of the case with this id or key, as records::FindFor finds it.
absl::StatusOr<CaseFunds> FindFundsFor(roots::Session& session, const rpc::Caller& caller,
                                       const std::string& relocation) {
  return records::FindFor(caller, relocation, [&](const std::string& name) { return FindFunds(session, name); });
}

}  // namespace

FundsService::FundsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
    : store_(store), intake_(intake), guard_(guard), books_(store, FundsChart()) {}

grpc::Status FundsService::ImportPayments(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<type::v1::ImportReceipt, v1::ImportPaymentsRequest>* stream) {
  return intake_.Run(context, stream, ImportPayment, {"payment_no"});
}

grpc::Status FundsService::GetSettlement(grpc::ServerContext* context, const v1::GetSettlementRequest* request,
                                         v1::Settlement* response) {
  return guard_.Unary<v1::GetSettlementRequest, v1::Settlement>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Settlement, Settlement>(store_, caller, request->id(), "SETTLEMENT_NOT_FOUND");
      });
}

grpc::Status FundsService::ListSettlements(grpc::ServerContext* context, const v1::ListSettlementsRequest* request,
                                           v1::ListSettlementsResponse* response) {
  return guard_.Unary<v1::ListSettlementsRequest, v1::ListSettlementsResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Settlement>(store_, *request, &v1::ListSettlementsResponse::add_settlements);
      });
}

template <typename Request>
grpc::Status FundsService::Move(grpc::ServerContext* context, const Request* request, v1::Settlement* response,
                                Verb verb) {
  return records::ChangeRecord<Settlement>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Settlement> {
        ASSIGN_OR_RETURN(const CaseFunds before, FindFundsFor(session, caller, request->id()));
        return verb(session, before, act);
      });
}

grpc::Status FundsService::ProposeSubsidy(grpc::ServerContext* context, const v1::ProposeSubsidyRequest* request,
                                          v1::Settlement* response) {
  return Move(context, request, response, [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::ProposeSubsidy(session, before, act);
  });
}

grpc::Status FundsService::GrantSubsidy(grpc::ServerContext* context, const v1::GrantSubsidyRequest* request,
                                        v1::Settlement* response) {
  const approval::Ruling ruling{
      .verdict = approval::Verdict::kApprove, .step = request->step(), .reason = request->reason()};
  return Move(context, request, response, [&](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::DecideSubsidy(session, before, ruling, act);
  });
}

grpc::Status FundsService::DecideSubsidy(grpc::ServerContext* context, const v1::DecideSubsidyRequest* request,
                                         v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const approval::Ruling ruling, messages::FromProto<approval::Ruling>(*request));
                return relocation::DecideSubsidy(session, before, ruling, act);
              });
}

grpc::Status FundsService::PaySubsidy(grpc::ServerContext* context, const v1::PaySubsidyRequest* request,
                                      v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const BankPayment payment, messages::FromProto<BankPayment>(*request));
                return relocation::PaySubsidy(session, before, payment, act);
              });
}

grpc::Status FundsService::ReceiveDeposit(grpc::ServerContext* context, const v1::ReceiveDepositRequest* request,
                                          v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const HouseholdPayment payment, messages::FromProto<HouseholdPayment>(*request));
                return relocation::ReceiveDeposit(session, before, payment, act);
              });
}

grpc::Status FundsService::WithholdDeposit(grpc::ServerContext* context, const v1::WithholdDepositRequest* request,
                                           v1::Settlement* response) {
  return Move(context, request, response, [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::WithholdDeposit(session, before, act);
  });
}

grpc::Status FundsService::ReleaseDeposit(grpc::ServerContext* context, const v1::ReleaseDepositRequest* request,
                                          v1::Settlement* response) {
  return Move(context, request, response, [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::ReleaseDeposit(session, before, act);
  });
}

grpc::Status FundsService::ReturnDeposit(grpc::ServerContext* context, const v1::ReturnDepositRequest* request,
                                         v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const BankPayment payment, messages::FromProto<BankPayment>(*request));
                return relocation::ReturnDeposit(session, before, payment, act);
              });
}

grpc::Status FundsService::QuoteTitle(grpc::ServerContext* context, const v1::QuoteTitleRequest* request,
                                      v1::TitleQuote* response) {
  const auto quote = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::TitleQuote> {
    TitleQuote answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const CaseFunds funds, FindFundsFor(session, caller, request->id()));
      ASSIGN_OR_RETURN(answer, relocation::QuoteTitle(session, funds));
      return absl::OkStatus();
    }));
    return messages::ToProto<v1::TitleQuote>(answer);
  };
  return guard_.Unary<v1::QuoteTitleRequest, v1::TitleQuote>(context, request, response, quote);
}

grpc::Status FundsService::PayTitle(grpc::ServerContext* context, const v1::PayTitleRequest* request,
                                    v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const HouseholdPayment payment, messages::FromProto<HouseholdPayment>(*request));
                return relocation::PayTitle(session, before, payment, act);
              });
}

grpc::Status FundsService::SettleTitle(grpc::ServerContext* context, const v1::SettleTitleRequest* request,
                                       v1::Settlement* response) {
  return Move(context, request, response, [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::SettleTitle(session, before, act.on, act);
  });
}

grpc::Status FundsService::ReversePosting(grpc::ServerContext* context, const v1::ReversePostingRequest* request,
                                          v1::Settlement* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const CaseFunds& before, const Act& act) -> absl::StatusOr<Settlement> {
                ASSIGN_OR_RETURN(const ReversalRequest reversal, messages::FromProto<ReversalRequest>(*request));
                return relocation::ReversePosting(session, before, reversal, act);
              });
}

grpc::Status FundsService::GetSiteAccount(grpc::ServerContext* context, const v1::GetSiteAccountRequest* request,
                                          v1::SiteAccount* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::SiteAccount> {
    Site site;
    SiteCost cost;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(site, records::FindFor(caller, request->id(),
                                              [&](const std::string& name) { return FindSiteNamed(session, name); }));
      ASSIGN_OR_RETURN(cost, CostOf(session, site));
      return absl::OkStatus();
    }));
    // Of all households of the site, wherever they come from.
    const Date today = DayInChina(store_.clock().Now());
    ASSIGN_OR_RETURN(const ledger::AccountSum paid, books_.Balance(kContractor, site.key, "", today));
    ASSIGN_OR_RETURN(const ledger::AccountSum settled, books_.Balance(kHomesSettled, site.key, "", today));
    v1::SiteAccount answer;
    answer.set_site_key(site.key);
    answer.set_paid_fen(paid.Balance());
    answer.set_settled_fen(settled.Balance());
    answer.set_balance_fen(paid.Balance() - settled.Balance());
    answer.set_units(cost.units);
    answer.set_cost_fen(cost.cost_fen);
    return answer;
  };
  return guard_.Unary<v1::GetSiteAccountRequest, v1::SiteAccount>(context, request, response, get);
}

}  // namespace anju::relocation
