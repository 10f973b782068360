#pragma once

#include "absl/functional/function_ref.h"
#include "anju/registry/v1/events.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/registry/domain/life.h"

namespace anju::registry {

// Translates between the contract of events and the use cases.
class EventsService final : public v1::HouseholdEvents::Service {
 public:
  EventsService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status RecordBirth(grpc::ServerContext* context, const v1::RecordBirthRequest* request,
                           v1::Household* response) override;
  grpc::Status RecordDeath(grpc::ServerContext* context, const v1::RecordDeathRequest* request,
                           v1::Household* response) override;
  grpc::Status SplitHousehold(grpc::ServerContext* context, const v1::SplitHouseholdRequest* request,
                              v1::Household* response) override;
  grpc::Status MergeHouseholds(grpc::ServerContext* context, const v1::MergeHouseholdsRequest* request,
                               v1::Household* response) override;
  grpc::Status TransferHousehold(grpc::ServerContext* context, const v1::TransferHouseholdRequest* request,
                                 v1::Household* response) override;
  grpc::Status ChangeHead(grpc::ServerContext* context, const v1::ChangeHeadRequest* request,
                          v1::Household* response) override;
  grpc::Status TransferMember(grpc::ServerContext* context, const v1::TransferMemberRequest* request,
                              v1::Household* response) override;
  grpc::Status ExitPoverty(grpc::ServerContext* context, const v1::ExitPovertyRequest* request,
                           v1::Household* response) override;
  grpc::Status FallBack(grpc::ServerContext* context, const v1::FallBackRequest* request,
                        v1::Household* response) override;
  grpc::Status DissolveHousehold(grpc::ServerContext* context, const v1::DissolveHouseholdRequest* request,
                                 v1::Household* response) override;
  grpc::Status CorrectIdentification(grpc::ServerContext* context, const v1::CorrectIdentificationRequest* request,
                                     v1::Household* response) override;
  grpc::Status ImportIdentificationFindings(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<Receipt, v1::ImportIdentificationFindingsRequest>* stream) override;
  grpc::Status CorrectEvent(grpc::ServerContext* context, const v1::CorrectEventRequest* request,
                            v1::Household* response) override;
  grpc::Status ListHouseholdEvents(grpc::ServerContext* context, const v1::ListHouseholdEventsRequest* request,
                                   v1::ListHouseholdEventsResponse* response) override;
  grpc::Status GetHouseholdAsOf(grpc::ServerContext* context, const v1::GetHouseholdAsOfRequest* request,
                                v1::Household* response) override;
  grpc::Status GetPersonHistory(grpc::ServerContext* context, const v1::GetPersonHistoryRequest* request,
                                v1::GetPersonHistoryResponse* response) override;

 private:
  // Keeps the event that `verb` records, once per request id, and answers the household that it answers.
  template <typename Value, typename Request>
  grpc::Status Change(grpc::ServerContext* context, const Request* request, v1::Household* response,
                      absl::StatusOr<Household> (*verb)(const Office& office, const Value& value));

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::registry
