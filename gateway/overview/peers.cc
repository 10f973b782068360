#include "gateway/overview/peers.h"

#include <algorithm>
#include <deque>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/guard.h"
#include "services/platform/rpc/status.h"
#include "services/platform/rpc/trace.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

constexpr int kDivisionsPerPage = 1000;
// A province's townships would be 2; a tree that never ends is not followed.
constexpr int kMaxPages = 100;

}  // namespace

void AddSent(absl::string_view name, const std::string& value, grpc::ClientContext& context) {
  const bool may_pass =
      !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
  if (may_pass) context.AddMetadata(std::string(name), value);
}

void Prepare(const Errand& errand, grpc::ClientContext& context) {
  AddSent("authorization", errand.authorization, context);
  AddSent("x-request-id", errand.request_id, context);
  AddSent(rpc::kPurposeHeader, errand.purpose, context);
  if (const rpc::Trace* trace = rpc::CurrentTrace(); trace != nullptr) rpc::PassOn(*trace, context);
  context.set_deadline(absl::ToChronoTime(std::min(errand.deadline, absl::Now() + kPatience)));
}

Peer Peer::At(absl::string_view name, absl::string_view address, const rpc::Tls& tls, rpc::Repeat repeat) {
  return {.name = std::string(name),
          .address = std::string(address),
          .tls = tls,
          .channel = rpc::Connect(address, tls, repeat)};
}

Peers::Peers(std::vector<Peer> peers, absl::Duration away)
    : peers_(std::move(peers)), away_(away), seen_(new Seen[peers_.size()]) {
  // What has not been tried yet may be starting too.
  for (size_t i = 0; i < peers_.size(); ++i) seen_[i].at = Clock::now();
  for (const Peer& peer : peers_) {
    stubs_.push_back(Stubs{.indicators = indicators::v1::Indicators::NewStub(peer.channel),
                           .files = files::v1::Files::NewStub(peer.channel)});
    if (peer.name == kRegistry) registry_ = registry::v1::Registry::NewStub(peer.channel);
  }
}

std::vector<std::string> Peers::Names() const {
  std::vector<std::string> names;
  for (const Peer& peer : peers_) names.push_back(peer.name);
  return names;
}

int Peers::Find(absl::string_view name) const {
  for (size_t i = 0; i < peers_.size(); ++i) {
    if (peers_[i].name == name) return static_cast<int>(i);
  }
  return -1;
}

void Peers::Await(int peer, grpc::ClientContext& context) const {
  if (away_ <= absl::ZeroDuration()) return;
  std::atomic<Clock::time_point>& seen = seen_[static_cast<size_t>(peer)].at;
  const Clock::time_point now = Clock::now();
  if (peers_[static_cast<size_t>(peer)].channel->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) {
    seen.store(now, std::memory_order_relaxed);
    context.set_wait_for_ready(true);
  } else if (absl::FromChrono(now - seen.load(std::memory_order_relaxed)) < away_) {
    context.set_wait_for_ready(true);
    context.set_deadline(std::min(context.deadline(), absl::ToChronoTime(absl::Now() + away_)));
  }
}

absl::Status Peers::Outcome(int peer, const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const absl::Status outcome = rpc::FromGrpc(status);
  if (IsRefusal(outcome)) return outcome;
  const std::string& name = peers_[static_cast<size_t>(peer)].name;
  switch (outcome.code()) {
    case kInternal:
    case kUnknown:
    case kDataLoss:
      return absl::InternalError(absl::StrCat("the service ", name, " failed"));
    case kDeadlineExceeded:
      return absl::UnavailableError(absl::StrCat("the service ", name, " did not answer in time; try again"));
    default:
      return absl::UnavailableError(absl::StrCat("the service ", name, " is not there; try again"));
  }
}

template <typename Request, typename Response, typename Start>
std::vector<absl::StatusOr<Response>> Peers::AskAll(const Errand& errand, const std::vector<int>& peers,
                                                    const std::vector<Request>& requests, Start start) const {
  struct Call {
    grpc::ClientContext context;
    Response response;
    grpc::Status status;
  };
  if (peers.empty()) return {};
  std::deque<Call> calls(peers.size());
  absl::BlockingCounter left(static_cast<int>(peers.size()));
  for (size_t i = 0; i < peers.size(); ++i) {
    Call& call = calls[i];
    Prepare(errand, call.context);
    Await(peers[i], call.context);
    start(stubs_[static_cast<size_t>(peers[i])], &call.context, &requests[requests.size() == 1 ? 0 : i], &call.response,
          [&call, &left](grpc::Status status) {
            call.status = std::move(status);
            left.DecrementCount();
          });
  }
  left.Wait();
  std::vector<absl::StatusOr<Response>> answers;
  for (size_t i = 0; i < peers.size(); ++i) {
    const absl::Status outcome = Outcome(peers[i], calls[i].status);
    if (outcome.ok()) {
      answers.emplace_back(std::move(calls[i].response));
    } else {
      answers.emplace_back(outcome);
    }
  }
  return answers;
}

namespace {

std::vector<int> UpTo(size_t size) {
  std::vector<int> indices;
  for (size_t i = 0; i < size; ++i) indices.push_back(static_cast<int>(i));
  return indices;
}

}  // namespace

std::vector<absl::StatusOr<indicators::v1::ListIndicatorsResponse>> Peers::ListIndicators(const Errand& errand) const {
  return AskAll<indicators::v1::ListIndicatorsRequest, indicators::v1::ListIndicatorsResponse>(
      errand, UpTo(peers_.size()), {indicators::v1::ListIndicatorsRequest()},
      [](const Stubs& stubs, auto* context, const auto* request, auto* response, auto done) {
        stubs.indicators->async()->ListIndicators(context, request, response, std::move(done));
      });
}

std::vector<absl::StatusOr<files::v1::FilePart>> Peers::GetFileParts(const Errand& errand,
                                                                     absl::string_view household_id) const {
  files::v1::GetFilePartRequest request;
  request.set_household_id(std::string(household_id));
  return AskAll<files::v1::GetFilePartRequest, files::v1::FilePart>(
      errand, UpTo(peers_.size()), {request},
      [](const Stubs& stubs, auto* context, const auto* request, auto* response, auto done) {
        stubs.files->async()->GetFilePart(context, request, response, std::move(done));
      });
}

std::vector<absl::StatusOr<indicators::v1::QueryIndicatorsResponse>> Peers::Query(
    const Errand& errand, const std::vector<Question>& questions) const {
  std::vector<int> peers;
  std::vector<indicators::v1::QueryIndicatorsRequest> requests;
  for (const Question& question : questions) {
    peers.push_back(question.peer);
    requests.push_back(question.request);
  }
  return AskAll<indicators::v1::QueryIndicatorsRequest, indicators::v1::QueryIndicatorsResponse>(
      errand, peers, requests, [](const Stubs& stubs, auto* context, const auto* request, auto* response, auto done) {
        stubs.indicators->async()->QueryIndicators(context, request, response, std::move(done));
      });
}

absl::StatusOr<registry::v1::Division> Peers::GetDivision(const Errand& errand, absl::string_view code,
                                                          absl::string_view month) const {
  if (registry_ == nullptr) return absl::UnavailableError("the gateway was given no registry");
  grpc::ClientContext context;
  Prepare(errand, context);
  Await(Find(kRegistry), context);
  registry::v1::GetDivisionRequest request;
  request.set_code(std::string(code));
  request.set_month(std::string(month));
  registry::v1::Division division;
  RETURN_IF_ERROR(Outcome(Find(kRegistry), registry_->GetDivision(&context, request, &division)));
  return division;
}

absl::StatusOr<std::vector<registry::v1::Division>> Peers::ListChildren(const Errand& errand, absl::string_view parent,
                                                                        absl::string_view month) const {
  if (registry_ == nullptr) return absl::UnavailableError("the gateway was given no registry");
  std::vector<registry::v1::Division> children;
  registry::v1::ListDivisionsRequest request;
  request.set_parent(std::string(parent));
  request.set_month(std::string(month));
  request.set_page_size(kDivisionsPerPage);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    Prepare(errand, context);
    Await(Find(kRegistry), context);
    registry::v1::ListDivisionsResponse response;
    RETURN_IF_ERROR(Outcome(Find(kRegistry), registry_->ListDivisions(&context, request, &response)));
    for (registry::v1::Division& division : *response.mutable_divisions()) children.push_back(std::move(division));
    if (response.next_page_token().empty()) return children;
    request.set_page_token(response.next_page_token());
  }
  return absl::InternalError(absl::StrCat("the children of ", parent, " do not end"));
}

std::vector<absl::Status> Peers::CheckHealth(absl::Time deadline) const {
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer response;
    grpc::Status status;
  };
  std::deque<Call> calls(peers_.size());
  absl::BlockingCounter left(static_cast<int>(peers_.size()));
  for (size_t i = 0; i < peers_.size(); ++i) {
    Call& call = calls[i];
    Prepare(Errand{.deadline = deadline}, call.context);
    // An empty HealthCheckRequest: the server as a whole.
    const grpc::Slice nothing;
    call.request = grpc::ByteBuffer(&nothing, 1);
    grpc::GenericStub(peers_[i].channel)
        .UnaryCall(&call.context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &call.request, &call.response,
                   [&call, &left](grpc::Status status) {
                     call.status = std::move(status);
                     left.DecrementCount();
                   });
  }
  left.Wait();
  std::vector<absl::Status> outcomes;
  for (size_t i = 0; i < peers_.size(); ++i) {
    absl::Status outcome = Outcome(static_cast<int>(i), calls[i].status);
    grpc::Slice answer;
    // HealthCheckResponse{status: SERVING} is the two bytes of field 1 = 1.
    if (outcome.ok() && !(calls[i].response.DumpToSingleSlice(&answer).ok() && answer.size() == 2 &&
                          answer.begin()[0] == 0x08 && answer.begin()[1] == 0x01)) {
      outcome = absl::UnavailableError(absl::StrCat("the service ", peers_[i].name, " says that it is not serving"));
    }
    outcomes.push_back(outcome);
  }
  return outcomes;
}

}  // namespace anju::gateway
