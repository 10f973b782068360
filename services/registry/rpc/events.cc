#include "services/registry/rpc/events.h"

#include "absl/strings/numbers.h"
#include "services/platform/base/error.h"
#include "services/platform/base/page_token.h"
#include "services/registry/domain/history.h"
#include "services/registry/rpc/change.h"
#include "services/registry/rpc/names.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

// The household with this id, when it lies within the caller's scope now: its whole history goes with it.
absl::StatusOr<Household> FindWithin(roots::Session& session, const rpc::Caller& caller, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Household> household, session.Get<Household>(id));
  if (!household.has_value())
    return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND", "there is no household with this id", "id");
  RETURN_IF_ERROR(records::CheckScope(caller, household->Division()));
  return *std::move(household);
}

}  // namespace

template <typename Value, typename Request>
grpc::Status EventsService::Change(grpc::ServerContext* context, const Request* request, v1::Household* response,
                                   absl::StatusOr<Household> (*verb)(const Office& office, const Value& value)) {
  return guard_.Unary<Request, v1::Household>(
      context, request, response, [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Household> {
        ASSIGN_OR_RETURN(const Value value, messages::FromProto<Value>(*request));
        return ChangeHousehold(store_, caller, *request, [&](const Office& office) { return verb(office, value); });
      });
}

grpc::Status EventsService::RecordBirth(grpc::ServerContext* context, const v1::RecordBirthRequest* request,
                                        v1::Household* response) {
  return Change<Birth>(context, request, response, registry::RecordBirth);
}

grpc::Status EventsService::RecordDeath(grpc::ServerContext* context, const v1::RecordDeathRequest* request,
                                        v1::Household* response) {
  return Change<Death>(context, request, response, registry::RecordDeath);
}

grpc::Status EventsService::SplitHousehold(grpc::ServerContext* context, const v1::SplitHouseholdRequest* request,
                                           v1::Household* response) {
  return Change<Split>(context, request, response, registry::SplitHousehold);
}

grpc::Status EventsService::MergeHouseholds(grpc::ServerContext* context, const v1::MergeHouseholdsRequest* request,
                                            v1::Household* response) {
  return Change<Merger>(context, request, response, registry::MergeHouseholds);
}

grpc::Status EventsService::TransferHousehold(grpc::ServerContext* context, const v1::TransferHouseholdRequest* request,
                                              v1::Household* response) {
  return Change<Move>(context, request, response, registry::TransferHousehold);
}

grpc::Status EventsService::ChangeHead(grpc::ServerContext* context, const v1::ChangeHeadRequest* request,
                                       v1::Household* response) {
  return Change<HeadChange>(context, request, response, registry::ChangeHead);
}

grpc::Status EventsService::TransferMember(grpc::ServerContext* context, const v1::TransferMemberRequest* request,
                                           v1::Household* response) {
  return Change<MemberTransfer>(context, request, response, registry::TransferMember);
}

grpc::Status EventsService::ExitPoverty(grpc::ServerContext* context, const v1::ExitPovertyRequest* request,
                                        v1::Household* response) {
  return Change<Turn>(context, request, response, registry::ExitPoverty);
}

grpc::Status EventsService::FallBack(grpc::ServerContext* context, const v1::FallBackRequest* request,
                                     v1::Household* response) {
  return Change<Turn>(context, request, response, registry::FallBackIntoPoverty);
}

grpc::Status EventsService::DissolveHousehold(grpc::ServerContext* context, const v1::DissolveHouseholdRequest* request,
                                              v1::Household* response) {
  return Change<Turn>(context, request, response, registry::DissolveHousehold);
}

grpc::Status EventsService::CorrectIdentification(grpc::ServerContext* context,
                                                  const v1::CorrectIdentificationRequest* request,
                                                  v1::Household* response) {
  return Change<Identification>(context, request, response, registry::CorrectHouseholdIdentification);
}

grpc::Status EventsService::CorrectEvent(grpc::ServerContext* context, const v1::CorrectEventRequest* request,
                                         v1::Household* response) {
  return Change<Correction>(context, request, response, registry::CorrectEvent);
}

grpc::Status EventsService::ImportIdentificationFindings(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportIdentificationFindingsRequest>* stream) {
  return intake_.Run(context, stream, ImportIdentificationFinding, {"household_no", "found_on", "since"});
}

grpc::Status EventsService::ListHouseholdEvents(grpc::ServerContext* context,
                                                const v1::ListHouseholdEventsRequest* request,
                                                v1::ListHouseholdEventsResponse* response) {
  const auto list = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ListHouseholdEventsResponse> {
    v1::ListHouseholdEventsResponse answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const Household household, FindWithin(session, caller, request->id()));
      int32_t number = 0;
      RETURN_IF_ERROR(CheckPageToken(request->page_token().empty() ||
                                     (absl::SimpleAtoi(request->page_token(), &number) && number >= 0)));
      const FindEvent find = EventsOf(session, household.id);
      const int64_t size = records::PageSize(request->page_size());
      while (number < household.events && answer.events_size() < size) {
        ASSIGN_OR_RETURN(const HouseholdEvent event, find(++number));
        *answer.add_events() = records::ToMasked<v1::HouseholdEvent>(event);
      }
      if (number < household.events) answer.set_next_page_token(absl::StrCat(number));
      return absl::OkStatus();
    }));
    KnownNames names(store_);
    for (v1::HouseholdEvent& event : *answer.mutable_events()) {
      RETURN_IF_ERROR(names.Hide({event.household_id(), event.other_household()}, *event.mutable_reason()));
    }
    return answer;
  };
  return guard_.Unary<v1::ListHouseholdEventsRequest, v1::ListHouseholdEventsResponse>(context, request, response,
                                                                                       list);
}

grpc::Status EventsService::GetHouseholdAsOf(grpc::ServerContext* context, const v1::GetHouseholdAsOfRequest* request,
                                             v1::Household* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Household> {
    ASSIGN_OR_RETURN(const Date day, ParseDate(request->date()));
    std::optional<Household> then;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(then, FindWithin(session, caller, request->id()));
      if (request->known_at().empty()) return absl::OkStatus();
      absl::Time moment;
      if (!absl::ParseTime(absl::RFC3339_full, request->known_at(), &moment, nullptr)) {
        return Refuse(kInvalidArgument, "TIME_MALFORMED", "write a moment as 2018-11-01T12:00:00+08:00", "known_at");
      }
      ASSIGN_OR_RETURN(then, KnownAt(*then, MomentOf(moment), EventsOf(session, then->id)));
      if (then.has_value()) return absl::OkStatus();
      return Refuse(kNotFound, "NOT_KNOWN_THEN", "the household was not known here at that moment", "known_at");
    }));
    then = OnDay(*then, day);
    if (then.has_value()) return records::ToMessage<v1::Household>(*then);
    return Refuse(kNotFound, "NO_HOUSEHOLD_THEN", "it was no household on that day: not yet, or no longer", "date");
  };
  return guard_.Unary<v1::GetHouseholdAsOfRequest, v1::Household>(context, request, response, get);
}

grpc::Status EventsService::GetPersonHistory(grpc::ServerContext* context, const v1::GetPersonHistoryRequest* request,
                                             v1::GetPersonHistoryResponse* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::GetPersonHistoryResponse> {
    v1::GetPersonHistoryResponse answer;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(Household household, FindWithin(session, caller, request->id()));
      const Member* member = roots::Lookup(household.members, &Member::person_no, request->person_no());
      if (member == nullptr) {
        return Refuse(kNotFound, "PERSON_NOT_FOUND", "the household has no member of this number", "person_no");
      }
      ASSIGN_OR_RETURN(const std::vector<Membership> history, HistoryOf(session, PersonId(household, *member)));
      for (const Membership& membership : history) {
        *answer.add_memberships() = messages::ToProto<v1::Membership>(membership);
      }
      return absl::OkStatus();
    }));
    return answer;
  };
  return guard_.Unary<v1::GetPersonHistoryRequest, v1::GetPersonHistoryResponse>(context, request, response, get);
}

}  // namespace anju::registry
