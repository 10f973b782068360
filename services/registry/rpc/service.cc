#include "services/registry/rpc/service.h"

#include "absl/strings/match.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/id_number.h"
#include "services/platform/base/page_token.h"
#include "services/platform/intake/places.h"
#include "services/platform/records/read.h"
#include "services/registry/domain/household.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/village.h"
#include "services/registry/rpc/change.h"

namespace anju::registry {

grpc::Status RegistryService::ImportVillages(grpc::ServerContext* context,
                                             grpc::ServerReaderWriter<Receipt, v1::ImportVillagesRequest>* stream) {
  return intake_.Run(context, stream, ImportVillage, {"village"});
}

grpc::Status RegistryService::ImportHouseholds(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportHouseholdsRequest>* stream) {
  return intake_.Run(context, stream, ImportHousehold, {"household_no"});
}

grpc::Status RegistryService::ImportPersons(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportPersonsRequest>* stream) {
  return intake_.Run(context, stream, ImportPerson, {"household_no", "person_no"});
}

grpc::Status RegistryService::GetHousehold(grpc::ServerContext* context, const v1::GetHouseholdRequest* request,
                                           v1::Household* response) {
  return guard_.Unary<v1::GetHouseholdRequest, v1::Household>(
      context, request, response, [&](const rpc::Caller& caller) {
        return records::Get<v1::Household, Household>(store_, caller, request->id(), "HOUSEHOLD_NOT_FOUND");
      });
}

grpc::Status RegistryService::ListHouseholds(grpc::ServerContext* context, const v1::ListHouseholdsRequest* request,
                                             v1::ListHouseholdsResponse* response) {
  const auto list = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::ListHouseholdsResponse> {
    if (request->query().empty()) {
      return records::List<Household>(store_, *request, &v1::ListHouseholdsResponse::add_households);
    }
    RETURN_IF_ERROR(CheckPageToken(request->page_token().empty()));
    const std::string query = NormalIdNumber(request->query());
    // What a mask leaves open is soon tried through.
    if (caller.purpose.empty() && ReadIdNumber(query).ok()) {
      return Refuse(
          absl::StatusCode::kPermissionDenied, "PURPOSE_MISSING",
          absl::StrCat("a search by ID number is for who sees ID numbers: say what for in ", rpc::kPurposeHeader),
          "query");
    }
    ASSIGN_OR_RETURN(std::vector<roots::StoredRoot> found, store_.Linked("search", query));
    // To whom names are never shown, they are not found by name either.
    const bool may_see = caller.Has(type::v1::ROLE_OFFICER) || caller.Has(type::v1::ROLE_AUDITOR);
    v1::ListHouseholdsResponse answer;
    for (const roots::StoredRoot& stored : found) {
      if (!may_see && !absl::EndsWith(stored.key, absl::StrCat("/", query))) continue;
      if (!intake::LiesIn(*store_.successions(), stored.division, request->division())) continue;
      if (answer.households_size() == records::PageSize(request->page_size())) break;
      *answer.add_households() = records::ToMessage<v1::Household>(*std::any_cast<Household>(&stored.root));
    }
    return answer;
  };
  return guard_.Unary<v1::ListHouseholdsRequest, v1::ListHouseholdsResponse>(context, request, response, list);
}

grpc::Status RegistryService::ReclassifyHousehold(grpc::ServerContext* context,
                                                  const v1::ReclassifyHouseholdRequest* request,
                                                  v1::Household* response) {
  const auto reclassify = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Household> {
    ASSIGN_OR_RETURN(const Date since, ParseDate(request->since()));
    return ChangeHousehold(store_, caller, *request, [&](const Office& office) {
      return registry::ReclassifyHousehold(office, request->id(),
                                           static_cast<HouseholdClass>(request->household_class()), since);
    });
  };
  return guard_.Unary<v1::ReclassifyHouseholdRequest, v1::Household>(context, request, response, reclassify);
}

namespace {

// Empty: now.
absl::StatusOr<std::optional<Month>> MonthOf(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return ParseMonth(text);
}

// As it is called in a month, or now.
absl::StatusOr<Division> FindIn(Divisions& divisions, std::optional<Month> month, const std::string& code) {
  return month.has_value() ? divisions.GetIn(*month, code) : divisions.Get(code);
}

}  // namespace

grpc::Status RegistryService::GetDivision(grpc::ServerContext* context, const v1::GetDivisionRequest* request,
                                          v1::Division* response) {
  const auto get = [&](const rpc::Caller&) -> absl::StatusOr<v1::Division> {
    ASSIGN_OR_RETURN(const std::optional<Month> month, MonthOf(request->month()));
    ASSIGN_OR_RETURN(Division division, FindIn(divisions_, month, request->code()));
    division.parts = store_.successions()->Parts(request->code());
    if (division.parts == std::vector<std::string>{request->code()}) division.parts.clear();
    return messages::ToProto<v1::Division>(division);
  };
  return guard_.Unary<v1::GetDivisionRequest, v1::Division>(context, request, response, get);
}

grpc::Status RegistryService::ListDivisions(grpc::ServerContext* context, const v1::ListDivisionsRequest* request,
                                            v1::ListDivisionsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListDivisionsResponse> {
    const int64_t size = request->page_size() == 0 ? 500 : records::PageSize(request->page_size());
    RETURN_IF_ERROR(CheckPageToken(request->page_token().empty() || IsDivisionCode(request->page_token())));
    if (!request->parent().empty() && !IsDivisionCode(request->parent())) {
      return Refuse(absl::StatusCode::kInvalidArgument, "DIVISION_MALFORMED",
                    "a division code has 2, 4, 6, 9 or 12 digits", "parent");
    }
    ASSIGN_OR_RETURN(const std::optional<Month> month, MonthOf(request->month()));
    ASSIGN_OR_RETURN(std::vector<Division> found,
                     divisions_.List(request->parent(), request->query(), request->page_token(), size, month));
    // What is no division has no empty list.
    if (found.empty() && !request->parent().empty()) {
      const absl::Status known = FindIn(divisions_, month, request->parent()).status();
      if (IsRefusal(known)) return Refuse(known.code(), ReasonOf(known), known.message(), "parent");
      RETURN_IF_ERROR(known);
    }
    v1::ListDivisionsResponse answer;
    for (const Division& division : found) *answer.add_divisions() = messages::ToProto<v1::Division>(division);
    if (static_cast<int64_t>(found.size()) == size) answer.set_next_page_token(found.back().code);
    return answer;
  };
  return guard_.Unary<v1::ListDivisionsRequest, v1::ListDivisionsResponse>(context, request, response, list);
}

}  // namespace anju::registry
