#include "gateway/overview/desk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/today.h"

namespace anju::gateway {

using enum absl::StatusCode;
using google::protobuf::MethodDescriptor;

namespace {

// How long a service's catalogue, and the registry's word on a division, are taken for granted.
constexpr absl::Duration kRemember = absl::Seconds(60);
constexpr absl::Duration kRememberPlaces = absl::Seconds(10);
// Codes remembered; both provinces have about 50,000 divisions.
constexpr size_t kMaxPlaces = 200'000;
// As the indicators contract has it.
constexpr size_t kMaxDivisions = 500;
// Since when something is published, of counties and what lies above them.
constexpr Month kPublishedSince{.index = 2014 * 12};
constexpr absl::Duration kHealthPatience = absl::Seconds(2);

Desk::Bytes Serialise(const google::protobuf::Message& message) {
  return std::make_shared<const std::string>(message.SerializeAsString());
}

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::NanosecondsToTimestamp(absl::ToUnixNanos(time));
}

template <typename Message>
void SetAsOf(const Sums& sums, Message& message) {
  if (sums.as_of().has_value()) *message.mutable_as_of() = ToTimestamp(*sums.as_of());
}

// Either code may lie within the scope: a county that was renamed keeps its old tokens and gets new ones.
bool Covers(const rpc::Caller& caller, absl::string_view asked, absl::string_view present) {
  return caller.Covers(asked) || caller.Covers(present);
}

absl::Status OutsideScope() {
  return Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "this division lies outside the one your token is for", "division");
}

absl::Status DivisionNotFound() {
  return Refuse(kNotFound, "DIVISION_NOT_FOUND", "there is no division with this code; search /v1/divisions",
                "division");
}

std::string OverviewKey(absl::string_view division, Span span, bool with_children) {
  return absl::StrCat("anju:answer:overview:", division, ":", Format(span.from), ":", Format(span.to), ":",
                      with_children ? "children" : "alone");
}

// A span of months that have all begun.
absl::StatusOr<Span> SpanUntil(absl::Time now, absl::string_view from, absl::string_view to,
                               absl::string_view to_field) {
  ASSIGN_OR_RETURN(const Span span, ParseSpan(from, to, "from_month", to_field));
  RETURN_IF_ERROR(CheckHasBegun(span.to, DayInChina(now), to_field));
  return span;
}

absl::StatusOr<Span> SpanOf(const v1::GetOverviewRequest& request, absl::Time now) {
  return SpanUntil(now, request.from_month(), request.month(), "month");
}

// The month of what is published. Before it is over, a number could be watched as it grows.
absl::StatusOr<Month> CheckPublished(const v1::GetPublicOverviewRequest& request, absl::Time now) {
  if (!IsDivisionCode(request.division()) || request.division().size() > kCountyDigits) {
    return Refuse(kInvalidArgument, "DIVISION_NOT_PUBLISHED",
                  "figures are published of provinces, prefectures and counties", "division");
  }
  ASSIGN_OR_RETURN(const Span span, ParseSpan("", request.month(), "month", "month"));
  if (span.to < kPublishedSince || span.to >= Month::Of(DayInChina(now))) {
    return Refuse(kInvalidArgument, "MONTH_NOT_PUBLISHED", "figures are published of months since 2014 that are over",
                  "month");
  }
  return span.to;
}

std::string PublicKey(absl::string_view division, absl::string_view month) {
  return absl::StrCat("anju:answer:public:", division, ":", month);
}

template <typename Request>
absl::StatusOr<Request> Parse(const std::string& bytes) {
  Request request;
  if (request.ParseFromString(bytes)) return request;
  return Refuse(kInvalidArgument, "REQUEST_MALFORMED", "the request is not a message of the method's type");
}

}  // namespace

Desk::Desk(const Peers& peers, cache::Answers& answers, const Clock& clock, rpc::TokenFile& token)
    : peers_(peers), answers_(answers), clock_(clock), token_(token), catalogues_(peers.all().size()) {}

Desk::Bytes Desk::Near(const MethodDescriptor& method, const std::string& bytes, const rpc::Caller& caller) {
  if (method.name() == "GetPublicOverview") {
    const auto request = Parse<v1::GetPublicOverviewRequest>(bytes);
    if (!request.ok() || !CheckPublished(*request, clock_.Now()).ok()) return nullptr;
    const std::optional<Place> place = Remembered(request->division(), kRemember);
    return place.has_value() ? answers_.Near(PublicKey(place->code, request->month())) : nullptr;
  }
  if (method.name() != "GetOverview") return nullptr;
  const auto request = Parse<v1::GetOverviewRequest>(bytes);
  if (!request.ok()) return nullptr;
  const auto span = SpanOf(*request, clock_.Now());
  if (!span.ok()) return nullptr;
  const std::optional<Place> place = Remembered(request->division(), kRememberPlaces);
  if (!place.has_value() || !place->parts.empty() || !Covers(caller, request->division(), place->code)) return nullptr;
  return answers_.Near(OverviewKey(place->code, *span, request->children()));
}

absl::StatusOr<Desk::Bytes> Desk::Answer(const MethodDescriptor& method, const std::string& bytes,
                                         const rpc::Caller& caller, const Errand& given) {
  Errand errand = given;
  errand.deadline = std::min(errand.deadline, absl::Now() + kPatience);
  const std::string& name = method.name();
  if (name == "GetOverview") {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::GetOverviewRequest>(bytes));
    return GetOverview(request, caller, errand);
  }
  if (name == "GetPublicOverview") {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::GetPublicOverviewRequest>(bytes));
    return GetPublicOverview(request, errand);
  }
  if (name == "GetRanking") {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::GetRankingRequest>(bytes));
    return GetRanking(request, caller, errand);
  }
  if (name == "GetTrend") {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::GetTrendRequest>(bytes));
    return GetTrend(request, caller, errand);
  }
  if (name == "GetHouseholdFile") {
    ASSIGN_OR_RETURN(const auto request, Parse<v1::GetHouseholdFileRequest>(bytes));
    return GetHouseholdFile(request, errand);
  }
  if (name == "ListAllIndicators") return ListAllIndicators(errand);
  if (name == "GetHealth") return GetHealth(caller, errand);
  return absl::UnimplementedError(absl::StrCat(method.full_name(), " is not answered here"));
}

absl::StatusOr<Desk::Bytes> Desk::GetOverview(const v1::GetOverviewRequest& request, const rpc::Caller& caller,
                                              const Errand& errand) {
  ASSIGN_OR_RETURN(const Span span, SpanOf(request, clock_.Now()));
  ASSIGN_OR_RETURN(const Place place, ResolveFor(caller, request.division(), span.to, errand));
  return answers_.Get(OverviewKey(place.code, span, request.children()), place.code, errand.deadline,
                      [&] { return MakeOverview(place, span, request.children(), errand); });
}

absl::StatusOr<std::string> Desk::MakeOverview(const Place& place, Span span, bool with_children,
                                               const Errand& errand) {
  ASSIGN_OR_RETURN(const Catalogue catalogue, GetCatalogue(errand));
  std::vector<std::string> divisions = {place.code};
  std::vector<Child> children;
  if (with_children) {
    ASSIGN_OR_RETURN(children, Children(place, span.to, errand));
    for (const Child& child : children) divisions.push_back(child.code);
  }
  ASSIGN_OR_RETURN(const Sums sums, AskSums(divisions, span, nullptr, false, errand));
  v1::Overview overview;
  overview.set_division(place.code);
  overview.set_name(place.name);
  overview.set_from_month(Format(span.from));
  overview.set_month(Format(span.to));
  AddFigures(catalogue, sums, place.code, *overview.mutable_indicators());
  for (const Child& child : children) {
    v1::DivisionFigures& figures = *overview.add_children();
    figures.set_division(child.code);
    figures.set_name(child.name);
    AddFigures(catalogue, sums, child.code, *figures.mutable_indicators());
  }
  SetAsOf(sums, overview);
  return overview.SerializeAsString();
}

absl::StatusOr<Desk::Bytes> Desk::GetPublicOverview(const v1::GetPublicOverviewRequest& request, const Errand& given) {
  ASSIGN_OR_RETURN(const Month month, CheckPublished(request, clock_.Now()));
  // Nobody's token but the gateway's own, and no purpose of anybody.
  ASSIGN_OR_RETURN(const std::string token, token_.Read());
  const Errand errand = {
      .authorization = absl::StrCat("Bearer ", token), .request_id = given.request_id, .deadline = given.deadline};
  ASSIGN_OR_RETURN(const Place place, Resolve(request.division(), errand));
  return answers_.Get(PublicKey(place.code, Format(month)), place.code, errand.deadline,
                      [&] { return MakePublicOverview(place, month, errand); });
}

absl::StatusOr<Families> Desk::PublishedBeneath(const std::string& division, Month month, const Errand& errand,
                                                std::vector<Child>& children) {
  Families families;
  if (division.size() >= kCountyDigits) return families;
  ASSIGN_OR_RETURN(children, Children({.code = division}, month, errand));
  for (const Child& child : children) {
    families[division].push_back(child.code);
    std::vector<Child> grandchildren;
    ASSIGN_OR_RETURN(Families beneath, PublishedBeneath(child.code, month, errand, grandchildren));
    families.merge(beneath);
  }
  return families;
}

absl::StatusOr<std::string> Desk::MakePublicOverview(const Place& place, Month month, const Errand& errand) {
  ASSIGN_OR_RETURN(const Catalogue catalogue, GetCatalogue(errand));
  std::vector<Child> children;
  ASSIGN_OR_RETURN(const Families families, PublishedBeneath(place.code, month, errand, children));
  std::vector<std::string> divisions = {place.code};
  for (const auto& [division, beneath] : families) divisions.insert(divisions.end(), beneath.begin(), beneath.end());
  ASSIGN_OR_RETURN(const Sums sums, AskSums(divisions, {.from = month, .to = month}, nullptr, false, errand));
  v1::PublicOverview overview;
  overview.set_division(place.code);
  overview.set_name(place.name);
  overview.set_month(Format(month));
  AddPublicFigures(catalogue, sums, families, place.code, *overview.mutable_figures());
  for (const Child& child : children) {
    v1::PublicFigures& figures = *overview.add_children();
    figures.set_division(child.code);
    figures.set_name(child.name);
    AddPublicFigures(catalogue, sums, families, child.code, *figures.mutable_figures());
  }
  SetAsOf(sums, overview);
  return overview.SerializeAsString();
}

absl::StatusOr<Desk::Subject> Desk::CheckSubject(absl::string_view division, absl::string_view indicator, Span span,
                                                 const rpc::Caller& caller, const Errand& errand) {
  Subject subject;
  subject.span = span;
  ASSIGN_OR_RETURN(subject.place, ResolveFor(caller, division, span.to, errand));
  ASSIGN_OR_RETURN(subject.catalogue, GetCatalogue(errand));
  subject.indicator = subject.catalogue.Find(indicator);
  if (subject.indicator == nullptr) {
    return Refuse(kNotFound, "INDICATOR_NOT_FOUND", "there is no such indicator; see /v1/indicators", "indicator");
  }
  return subject;
}

absl::StatusOr<Desk::Bytes> Desk::GetRanking(const v1::GetRankingRequest& request, const rpc::Caller& caller,
                                             const Errand& errand) {
  ASSIGN_OR_RETURN(const Span span, SpanUntil(clock_.Now(), request.from_month(), request.month(), "month"));
  ASSIGN_OR_RETURN(const Subject subject, CheckSubject(request.division(), request.indicator(), span, caller, errand));
  const Place& place = subject.place;
  const std::string key = absl::StrCat("anju:answer:ranking:", place.code, ":", subject.indicator->id(), ":",
                                       Format(span.from), ":", Format(span.to));
  return answers_.Get(key, place.code, errand.deadline, [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::vector<Child> children, Children(place, span.to, errand));
    std::vector<std::string> divisions;
    for (const Child& child : children) divisions.push_back(child.code);
    ASSIGN_OR_RETURN(const Sums sums, AskSums(divisions, span, subject.indicator, false, errand));
    v1::Ranking ranking;
    ranking.set_division(place.code);
    ranking.set_month(Format(span.to));
    for (v1::RankedDivision& row : Rank(*subject.indicator, sums, children)) *ranking.add_rows() = std::move(row);
    SetAsOf(sums, ranking);
    return ranking.SerializeAsString();
  });
}

absl::StatusOr<Desk::Bytes> Desk::GetTrend(const v1::GetTrendRequest& request, const rpc::Caller& caller,
                                           const Errand& errand) {
  ASSIGN_OR_RETURN(const Span span, SpanUntil(clock_.Now(), request.from_month(), request.to_month(), "to_month"));
  if (span.to.index - span.from.index + 1 > kMaxTrendMonths) {
    return Refuse(kInvalidArgument, "SPAN_TOO_LONG", absl::StrCat("a trend has at most ", kMaxTrendMonths, " months"),
                  "from_month");
  }
  ASSIGN_OR_RETURN(const Subject subject, CheckSubject(request.division(), request.indicator(), span, caller, errand));
  const Place& place = subject.place;
  const std::string key = absl::StrCat("anju:answer:trend:", place.code, ":", subject.indicator->id(), ":",
                                       Format(span.from), ":", Format(span.to));
  return answers_.Get(key, place.code, errand.deadline, [&]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Sums sums, AskSums({place.code}, span, subject.indicator, true, errand));
    v1::Trend trend;
    trend.set_division(place.code);
    trend.set_name(place.name);
    for (v1::TrendPoint& point : MakeTrend(*subject.indicator, sums, place.code, span)) {
      *trend.add_points() = std::move(point);
    }
    SetAsOf(sums, trend);
    return trend.SerializeAsString();
  });
}

absl::StatusOr<Desk::Bytes> Desk::GetHouseholdFile(const v1::GetHouseholdFileRequest& request, const Errand& errand) {
  v1::HouseholdFile file;
  file.set_household_id(request.household_id());
  auto parts = peers_.GetFileParts(errand, request.household_id());
  // The registry knows whether there is such a household and whose it is; its no goes first, then any other.
  const int registry = peers_.Find(kRegistry);
  if (registry >= 0) {
    const auto& part = parts[static_cast<size_t>(registry)];
    RETURN_IF_ERROR(part.status());
    if (part->records().empty()) {
      return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND",
                    "there is no household with this id; search /v1/households by division and number for it",
                    "household_id");
    }
  }
  for (const auto& part : parts) {
    if (IsRefusal(part.status())) return part.status();
  }
  for (auto& part : parts) {
    RETURN_IF_ERROR(part.status());
    *file.add_parts() = *std::move(part);
  }
  return Serialise(file);
}

absl::StatusOr<Desk::Bytes> Desk::ListAllIndicators(const Errand& errand) {
  ASSIGN_OR_RETURN(const Catalogue catalogue, GetCatalogue(errand));
  v1::ListAllIndicatorsResponse response;
  for (const indicators::v1::Indicator& indicator : catalogue.indicators()) *response.add_indicators() = indicator;
  return Serialise(response);
}

absl::StatusOr<Desk::Bytes> Desk::GetHealth(const rpc::Caller& caller, const Errand& given) {
  Errand errand = given;
  errand.deadline = std::min(errand.deadline, absl::Now() + kHealthPatience);
  const std::vector<absl::Status> healths = peers_.CheckHealth(errand.deadline);

  // As of when its figures are complete, a service says with any of them: the cheapest question that the caller may
  // ask.
  std::string division = caller.scope;
  if (division.empty()) {
    const auto provinces = peers_.ListChildren(errand, "", "");
    if (provinces.ok() && !provinces->empty()) division = provinces->front().code();
  }
  std::vector<Peers::Question> questions;
  for (size_t i = 0; i < healths.size() && !division.empty(); ++i) {
    indicators::v1::QueryIndicatorsRequest request;
    request.add_divisions(division);
    request.set_to_month(Format(Month::Of(DayInChina(clock_.Now()))));
    absl::MutexLock lock(&mutex_);
    for (const auto& indicator : catalogues_[i].listed.indicators()) {
      if (indicator.kind() == indicators::v1::INDICATOR_KIND_RATIO) continue;
      request.add_indicators(indicator.id());
      break;
    }
    questions.push_back({.peer = static_cast<int>(i), .request = request});
  }
  const auto answers = peers_.Query(errand, questions);

  v1::Health health;
  health.set_serving(true);
  for (size_t i = 0; i < healths.size(); ++i) {
    v1::ServiceHealth& service = *health.add_services();
    service.set_service(peers_.all()[i].name);
    service.set_serving(healths[i].ok());
    if (!healths[i].ok()) {
      service.set_message(std::string(healths[i].message()));
      health.set_serving(false);
    }
    if (i < answers.size() && answers[i].ok() && answers[i]->has_as_of()) {
      *service.mutable_as_of() = answers[i]->as_of();
    }
  }
  return Serialise(health);
}

absl::StatusOr<std::vector<Child>> Desk::Children(const Place& place, Month month, const Errand& errand) {
  ASSIGN_OR_RETURN(std::vector<registry::v1::Division> divisions,
                   peers_.ListChildren(errand, place.code, Format(month)));
  std::vector<Child> children;
  for (registry::v1::Division& division : divisions) {
    children.push_back({.code = division.code(), .name = division.name()});
  }
  return children;
}

std::optional<Desk::Place> Desk::Remembered(absl::string_view code, absl::Duration max_age) {
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  auto found = places_.find(std::string(code));
  if (found == places_.end() || now - found->second.asked_at >= max_age) return std::nullopt;
  return found->second.place;
}

absl::StatusOr<Desk::Place> Desk::Resolve(absl::string_view code, const Errand& errand) {
  if (!IsDivisionCode(code)) return DivisionNotFound();
  if (auto place = Remembered(code, kRememberPlaces); place.has_value()) return *std::move(place);
  absl::StatusOr<registry::v1::Division> division = peers_.GetDivision(errand, code, "");
  if (!division.ok()) {
    if (division.status().code() == kNotFound) return DivisionNotFound();
    if (IsRefusal(division.status())) return division.status();
    // The registry is away. Divisions change once in years: what it once said will do, for an answer that is stored.
    if (auto place = Remembered(code, absl::InfiniteDuration()); place.has_value()) return *std::move(place);
    return division.status();
  }
  Place place = {.code = division->code(),
                 .name = division->name(),
                 .parts = {division->parts().begin(), division->parts().end()}};
  const absl::Time now = clock_.Now();
  absl::MutexLock lock(&mutex_);
  if (places_.size() >= kMaxPlaces) places_.clear();
  places_[std::string(code)] = KnownPlace{.place = place, .asked_at = now};
  return place;
}

std::vector<std::string> Desk::AllOf(const Place& place) {
  return place.parts.empty() ? std::vector<std::string>{place.code} : place.parts;
}

absl::StatusOr<Desk::Place> Desk::ResolveFor(const rpc::Caller& caller, absl::string_view code, Month month,
                                             const Errand& errand) {
  ASSIGN_OR_RETURN(Place place, Resolve(code, errand));
  if (place.parts.empty() && Covers(caller, code, place.code)) return place;
  // Somebody's code was changed: what is asked for and what they have are compared part by part.
  if (!caller.scope.empty()) {
    const absl::StatusOr<Place> own = Resolve(caller.scope, errand);
    if (!own.ok()) return own.status().code() == kNotFound ? OutsideScope() : own.status();
    const std::vector<std::string> held = AllOf(*own), asked = AllOf(place);
    const bool all = std::all_of(asked.begin(), asked.end(), [&](const std::string& part) {
      return std::any_of(held.begin(), held.end(), [&](const std::string& one) { return IsWithin(part, one); });
    });
    if (!all) return OutsideScope();
  }
  if (place.parts.empty()) return place;
  ASSIGN_OR_RETURN(const registry::v1::Division then, peers_.GetDivision(errand, code, Format(month)));
  place.code = then.code();
  place.name = then.name();
  return place;
}

absl::StatusOr<Catalogue> Desk::GetCatalogue(const Errand& errand) {
  const absl::Time now = clock_.Now();
  const auto assemble = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    Catalogue catalogue;
    for (const KnownCatalogue& known : catalogues_) catalogue.Add(known.listed);
    return catalogue;
  };
  {
    absl::MutexLock lock(&mutex_);
    if (std::all_of(catalogues_.begin(), catalogues_.end(),
                    [&](const KnownCatalogue& known) { return now - known.asked_at < kRemember; })) {
      return assemble();
    }
  }
  auto listed = peers_.ListIndicators(errand);
  absl::MutexLock lock(&mutex_);
  for (size_t i = 0; i < listed.size(); ++i) {
    if (listed[i].ok()) {
      catalogues_[i] = KnownCatalogue{.listed = *std::move(listed[i]), .asked_at = now};
    } else if (catalogues_[i].asked_at == absl::InfinitePast()) {
      return listed[i].status();
    }
  }
  return assemble();
}

absl::StatusOr<Sums> Desk::AskSums(const std::vector<std::string>& divisions, Span span,
                                   const indicators::v1::Indicator* indicator, bool monthly, const Errand& errand) {
  // Whom to ask for which sums; nothing means all.
  std::map<int, std::vector<std::string>> wanted;
  if (indicator == nullptr) {
    for (size_t i = 0; i < peers_.all().size(); ++i) wanted[static_cast<int>(i)] = {};
  } else {
    for (const std::string& sum : SumsOf(*indicator)) {
      const int peer = peers_.Find(ServiceOf(sum));
      if (peer < 0) return absl::InternalError(absl::StrCat("no service has the sum ", sum));
      wanted[peer].push_back(sum);
    }
  }
  std::vector<Peers::Question> questions;
  for (size_t first = 0; first < divisions.size(); first += kMaxDivisions) {
    indicators::v1::QueryIndicatorsRequest request;
    request.set_from_month(Format(span.from));
    request.set_to_month(Format(span.to));
    request.set_monthly(monthly);
    for (size_t i = first; i < std::min(divisions.size(), first + kMaxDivisions); ++i) {
      request.add_divisions(divisions[i]);
    }
    for (const auto& [peer, sums] : wanted) {
      request.mutable_indicators()->Assign(sums.begin(), sums.end());
      questions.push_back({.peer = peer, .request = request});
    }
  }
  Sums sums;
  for (const auto& answer : peers_.Query(errand, questions)) {
    RETURN_IF_ERROR(answer.status());
    sums.Add(*answer);
  }
  return sums;
}

}  // namespace anju::gateway
