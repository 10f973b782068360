#include "services/relocation/rpc/buy_backs.h"

#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/platform/records/read.h"

namespace anju::relocation {
namespace {

// What a request names by its id or key, as records::FindFor finds it.
absl::StatusOr<Case> FindCaseFor(roots::Session& session, const rpc::Caller& caller, const std::string& relocation) {
  return records::FindFor(caller, relocation, [&](const std::string& name) { return FindCaseNamed(session, name); });
}
absl::StatusOr<Lease> FindLeaseFor(roots::Session& session, const rpc::Caller& caller, const std::string& lease) {
  return records::FindFor(caller, lease, [&](const std::string& name) { return FindLease(session, name); });
}
absl::StatusOr<Mortgage> FindMortgageFor(roots::Session& session, const rpc::Caller& caller,
                                         const std::string& mortgage) {
  return records::FindFor(caller, mortgage, [&](const std::string& name) { return FindMortgage(session, name); });
}

}  // namespace

v1::MortgageStatement StatementOf(const Mortgage& mortgage, Date today) {
  v1::MortgageStatement statement;
  *statement.mutable_mortgage() = records::ToMasked<v1::Mortgage>(mortgage);
  for (const Instalment& instalment : ScheduleOf(mortgage)) {
    *statement.add_schedule() = messages::ToProto<v1::Instalment>(instalment);
  }
  const Standing standing = StandingOn(mortgage, today);
  statement.set_principal_fen(standing.principal_fen);
  statement.set_interest_fen(standing.interest_fen);
  // What is due today can still be paid in time.
  statement.set_overdue_fen(StandingOn(mortgage, today - 1).overdue_fen());
  if (const std::optional<Date> due = NextDue(mortgage); due.has_value()) statement.set_next_due_on(Format(*due));
  return statement;
}

template <typename Request>
grpc::Status BuyBacksService::MoveLease(grpc::ServerContext* context, const Request* request, v1::Lease* response,
                                        Verb<Lease> verb) {
  return records::ChangeRecord<Lease>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Lease> {
        ASSIGN_OR_RETURN(const Lease before, FindLeaseFor(session, caller, request->id()));
        return verb(session, before, act);
      });
}

template <typename Request>
grpc::Status BuyBacksService::MoveMortgage(grpc::ServerContext* context, const Request* request, v1::Mortgage* response,
                                           Verb<Mortgage> verb) {
  return records::ChangeRecord<Mortgage>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Mortgage> {
        ASSIGN_OR_RETURN(const Mortgage before, FindMortgageFor(session, caller, request->id()));
        return verb(session, before, act);
      });
}

grpc::Status BuyBacksService::ProposeLease(grpc::ServerContext* context, const v1::ProposeLeaseRequest* request,
                                           v1::Lease* response) {
  return records::ChangeRecord<Lease>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Lease> {
        ASSIGN_OR_RETURN(const Case relocation, FindCaseFor(session, caller, request->id()));
        return relocation::ProposeLease(session, relocation, act);
      });
}

grpc::Status BuyBacksService::AgreeLease(grpc::ServerContext* context, const v1::AgreeLeaseRequest* request,
                                         v1::Lease* response) {
  const approval::Ruling ruling{
      .verdict = approval::Verdict::kApprove, .step = request->step(), .reason = request->reason()};
  return MoveLease(context, request, response, [&](roots::Session& session, const Lease& before, const Act& act) {
    return relocation::DecideLease(session, before, ruling, act);
  });
}

grpc::Status BuyBacksService::DecideLease(grpc::ServerContext* context, const v1::DecideLeaseRequest* request,
                                          v1::Lease* response) {
  return MoveLease(context, request, response,
                   [&](roots::Session& session, const Lease& before, const Act& act) -> absl::StatusOr<Lease> {
                     ASSIGN_OR_RETURN(const approval::Ruling ruling, messages::FromProto<approval::Ruling>(*request));
                     return relocation::DecideLease(session, before, ruling, act);
                   });
}

grpc::Status BuyBacksService::PayLease(grpc::ServerContext* context, const v1::PayLeaseRequest* request,
                                       v1::Lease* response) {
  return MoveLease(context, request, response,
                   [&](roots::Session& session, const Lease& before, const Act& act) -> absl::StatusOr<Lease> {
                     ASSIGN_OR_RETURN(const BankPayment payment, messages::FromProto<BankPayment>(*request));
                     ASSIGN_OR_RETURN(Booked<Lease> booked, relocation::PayLease(before, payment, act));
                     return Keep(session, std::move(booked));
                   });
}

grpc::Status BuyBacksService::ReturnArea(grpc::ServerContext* context, const v1::ReturnAreaRequest* request,
                                         v1::Lease* response) {
  return MoveLease(context, request, response,
                   [&](roots::Session& session, const Lease& before, const Act& act) -> absl::StatusOr<Lease> {
                     ASSIGN_OR_RETURN(const HouseholdPayment payment, messages::FromProto<HouseholdPayment>(*request));
                     ASSIGN_OR_RETURN(Booked<Lease> booked, relocation::ReturnArea(before, payment, act));
                     return Keep(session, std::move(booked));
                   });
}

grpc::Status BuyBacksService::ReverseLeasePosting(grpc::ServerContext* context,
                                                  const v1::ReverseLeasePostingRequest* request, v1::Lease* response) {
  return MoveLease(context, request, response,
                   [&](roots::Session& session, const Lease& before, const Act& act) -> absl::StatusOr<Lease> {
                     ASSIGN_OR_RETURN(const ReversalRequest reversal, messages::FromProto<ReversalRequest>(*request));
                     return relocation::ReverseLeasePosting(session, before, reversal, act);
                   });
}

grpc::Status BuyBacksService::GetLease(grpc::ServerContext* context, const v1::GetLeaseRequest* request,
                                       v1::Lease* response) {
  return guard_.Unary<v1::GetLeaseRequest, v1::Lease>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Lease, Lease>(store_, caller, request->id(), "LEASE_NOT_FOUND");
  });
}

grpc::Status BuyBacksService::ListLeases(grpc::ServerContext* context, const v1::ListLeasesRequest* request,
                                         v1::ListLeasesResponse* response) {
  return guard_.Unary<v1::ListLeasesRequest, v1::ListLeasesResponse>(
      context, request, response,
      [&](const rpc::Caller&) { return records::List<Lease>(store_, *request, &v1::ListLeasesResponse::add_leases); });
}

grpc::Status BuyBacksService::ProposeMortgage(grpc::ServerContext* context, const v1::ProposeMortgageRequest* request,
                                              v1::Mortgage* response) {
  return records::ChangeRecord<Mortgage>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Mortgage> {
        ASSIGN_OR_RETURN(const MortgageRequest mortgage, messages::FromProto<MortgageRequest>(*request));
        ASSIGN_OR_RETURN(const Case relocation, FindCaseFor(session, caller, request->id()));
        return relocation::ProposeMortgage(session, relocation, mortgage, act);
      });
}

grpc::Status BuyBacksService::DecideMortgage(grpc::ServerContext* context, const v1::DecideMortgageRequest* request,
                                             v1::Mortgage* response) {
  return MoveMortgage(context, request, response,
                      [&](roots::Session& session, const Mortgage& before, const Act& act) -> absl::StatusOr<Mortgage> {
                        ASSIGN_OR_RETURN(const approval::Ruling ruling,
                                         messages::FromProto<approval::Ruling>(*request));
                        return relocation::DecideMortgage(session, before, ruling, act);
                      });
}

grpc::Status BuyBacksService::BuyBackMortgage(grpc::ServerContext* context, const v1::BuyBackMortgageRequest* request,
                                              v1::Mortgage* response) {
  return MoveMortgage(context, request, response,
                      [&](roots::Session& session, const Mortgage& before, const Act& act) -> absl::StatusOr<Mortgage> {
                        ASSIGN_OR_RETURN(const BankPayment payment, messages::FromProto<BankPayment>(*request));
                        return relocation::BuyBackMortgage(session, before, payment, request->step(), act);
                      });
}

grpc::Status BuyBacksService::ChooseRepaymentPlan(grpc::ServerContext* context,
                                                  const v1::ChooseRepaymentPlanRequest* request,
                                                  v1::Mortgage* response) {
  return MoveMortgage(context, request, response,
                      [&](roots::Session&, const Mortgage& before, const Act& act) -> absl::StatusOr<Mortgage> {
                        ASSIGN_OR_RETURN(const PlanRequest plan, messages::FromProto<PlanRequest>(*request));
                        return relocation::ChooseRepaymentPlan(before, plan, act);
                      });
}

grpc::Status BuyBacksService::RepayMortgage(grpc::ServerContext* context, const v1::RepayMortgageRequest* request,
                                            v1::Mortgage* response) {
  return MoveMortgage(context, request, response,
                      [&](roots::Session& session, const Mortgage& before, const Act& act) -> absl::StatusOr<Mortgage> {
                        ASSIGN_OR_RETURN(const HouseholdPayment payment,
                                         messages::FromProto<HouseholdPayment>(*request));
                        ASSIGN_OR_RETURN(Booked<Mortgage> booked, relocation::RepayMortgage(before, payment, act));
                        return Keep(session, std::move(booked));
                      });
}

grpc::Status BuyBacksService::ReverseMortgagePosting(grpc::ServerContext* context,
                                                     const v1::ReverseMortgagePostingRequest* request,
                                                     v1::Mortgage* response) {
  return MoveMortgage(
      context, request, response,
      [&](roots::Session& session, const Mortgage& before, const Act& act) -> absl::StatusOr<Mortgage> {
        ASSIGN_OR_RETURN(const ReversalRequest reversal, messages::FromProto<ReversalRequest>(*request));
        ASSIGN_OR_RETURN(Booked<Mortgage> booked,
                         relocation::ReverseMortgagePosting(before, reversal.posting_no, reversal.reason, act));
        return Keep(session, std::move(booked));
      });
}

grpc::Status BuyBacksService::GetMortgage(grpc::ServerContext* context, const v1::GetMortgageRequest* request,
                                          v1::MortgageStatement* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::MortgageStatement> {
    Mortgage mortgage;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(mortgage, FindMortgageFor(session, caller, request->id()));
      return absl::OkStatus();
    }));
    return StatementOf(mortgage, DayInChina(store_.clock().Now()));
  };
  return guard_.Unary<v1::GetMortgageRequest, v1::MortgageStatement>(context, request, response, get);
}

grpc::Status BuyBacksService::ListMortgages(grpc::ServerContext* context, const v1::ListMortgagesRequest* request,
                                            v1::ListMortgagesResponse* response) {
  return guard_.Unary<v1::ListMortgagesRequest, v1::ListMortgagesResponse>(
      context, request, response, [&](const rpc::Caller&) {
        return records::List<Mortgage>(store_, *request, &v1::ListMortgagesResponse::add_mortgages);
      });
}

grpc::Status BuyBacksService::ListOverdueMortgages(grpc::ServerContext* context,
                                                   const v1::ListOverdueMortgagesRequest* request,
                                                   v1::ListOverdueMortgagesResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListOverdueMortgagesResponse> {
    const Date today = DayInChina(store_.clock().Now());
    return records::ListQueue<Mortgage, v1::ListOverdueMortgagesResponse>(
        store_, kMortgagesDue, today - 1, *request,
        [&](const Mortgage& mortgage, v1::ListOverdueMortgagesResponse& to) {
          *to.add_mortgages() = StatementOf(mortgage, today);
        });
  };
  return guard_.Unary<v1::ListOverdueMortgagesRequest, v1::ListOverdueMortgagesResponse>(context, request, response,
                                                                                         list);
}

}  // namespace anju::relocation
