#include "gateway/proxy/transit.h"

#include <algorithm>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

namespace {

// A request of at most so much is kept so that it can be sent again: those under way may be many.
constexpr size_t kKeptBytes = 64 * 1024;
constexpr absl::Duration kFirstPause = absl::Milliseconds(25), kLongestPause = absl::Milliseconds(500);
// Of one call, before anything of an answer came.
constexpr int kMaxFailures = 4;

// What a service says besides the answer, as far as its caller may see it: what is in our own words. The rest tells of
// the connection, or of the server that the service runs on.
constexpr absl::string_view kOwnWords = "x-anju-";

http2::Fields Outgoing(const http2::Fields& fields) {
  http2::Fields passed;
  for (const auto& field : fields) {
    if (absl::StartsWith(field.first, kOwnWords)) passed.push_back(field);
  }
  return passed;
}

grpc::Status NotOneMessage() { return rpc::ToGrpc(MessageMalformed("the call is not one message")); }

void Append(http2::Fields& fields, http2::Fields more) {
  for (auto& field : more) fields.push_back(std::move(field));
}

}  // namespace

Journey::Journey(Switchboard& switchboard, const Route& route, Visit visit, Envelope envelope)
    : switchboard_(&switchboard),
      route_(route),
      visit_(std::move(visit)),
      envelope_(std::move(envelope)),
      path_(PathOf(*route.method)),
      service_(switchboard.services()[static_cast<size_t>(route.peer)]) {
  const bool is_stream = route.method->client_streaming() || route.method->server_streaming();
  if (!is_stream) envelope_.deadline = std::min(envelope_.deadline, absl::Now() + kDefaultDeadline);
}

Journey::Journey(Envelope envelope, absl::string_view path)
    : envelope_(std::move(envelope)), path_(path), service_("gateway") {}

http2::Fields Journey::Headers() const {
  if (switchboard_ == nullptr) return {};
  http2::Fields headers = {{"authorization", envelope_.authorization},
                           {"x-request-id", envelope_.request_id},
                           {"traceparent", rpc::Traceparent(visit_.trace)}};
  const std::pair<absl::string_view, const std::string*> carried[] = {{"tracestate", &visit_.trace.state},
                                                                      {kServiceHeader, &envelope_.service},
                                                                      {rpc::kPurposeHeader, &envelope_.purpose}};
  for (const auto& [name, value] : carried) {
    if (!value->empty()) headers.emplace_back(name, *value);
  }
  return headers;
}

void Journey::Finish(const grpc::Status& outcome, int64_t received, int64_t sent, size_t answer_bytes) {
  if (switchboard_ == nullptr) return;
  rpc::Metrics::Method* const counters = switchboard_->guard().CountersOf(*route_.method);
  rpc::Metrics::Received(counters, received);
  rpc::Metrics::Sent(counters, sent);
  switchboard_->Finish(visit_, rpc::FromGrpc(outcome));
  visit_.place.Spend(answer_bytes);
  visit_.place = Limits::Place();
}

void Transit::Pipe::Append(const uint8_t* more, size_t size) {
  bytes.append(reinterpret_cast<const char*>(more), size);
  if (bytes.size() > kKeptBytes) LetGo();
}

void Transit::Pipe::LetGo() {
  keep = false;
  Trim();
}

void Transit::Pipe::Trim() {
  if (keep || (at < bytes.size() && at < kKeptBytes)) return;
  bytes.erase(0, at);
  told -= at;
  at = 0;
}

size_t Transit::Pipe::Read(uint8_t* to, size_t size) {
  const size_t copied = std::min(size, bytes.size() - at);
  std::copy_n(reinterpret_cast<const uint8_t*>(bytes.data()) + at, copied, to);
  at += copied;
  // Only now may as much more come.
  if (at > told && source != nullptr) source->Consume(source_stream, at - told);
  told = std::max(told, at);
  Trim();
  return copied;
}

bool Transit::Pipe::Ended(http2::Fields& last) {
  if (!ended || at < bytes.size()) return false;
  last = trailers;
  drained = true;
  return true;
}

Transit::Transit(Front& front, int32_t stream, Backs& backs, size_t place, const http2::Fields& head, Journey journey)
    : front_(front),
      front_session_(&front),
      stream_(stream),
      backs_(backs),
      place_(place),
      journey_(std::move(journey)) {
  up_.keep = true;
  request_ = {{":method", "POST"},        {":scheme", "http"},
              {":path", journey_.path()}, {":authority", journey_.service()},
              {"te", "trailers"},         {"content-type", std::string(http2::Find(head, "content-type"))}};
  Append(request_, journey_.Headers());
  if (const absl::Time deadline = journey_.envelope().deadline; deadline != absl::InfiniteFuture()) {
    deadline_ = front_.loop().Set(deadline, [this] {
      deadline_.reset();
      Fail(grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "the deadline has passed"));
    });
  }
  Send();
}

Transit::~Transit() {
  Leave();
  for (const auto& alarm : {deadline_, again_}) {
    if (alarm.has_value()) front_.loop().CallOff(*alarm);
  }
}

void Transit::Send() {
  ++attempts_;
  back_ = backs_.Reach(place_);
  http2::Fields fields = request_;
  if (deadline_.has_value()) {
    fields.emplace_back("grpc-timeout", TimeoutText(journey_.envelope().deadline - absl::Now()));
  }
  back_session_ = back_.get();
  back_stream_ = back_ == nullptr ? 0 : back_->Send(fields, up_, *this);
  if (back_stream_ == 0) OnBroken(Back::Broken::kUnseen);
}

void Transit::OnData(const uint8_t* bytes, size_t size) {
  if (finished_) return front_.Consume(stream_, size);
  if (const grpc::Status passed = up_meter_.Pass(bytes, size); !passed.ok()) return Fail(passed);
  if (journey_.takes_one() && up_meter_.messages() > 1) return Fail(NotOneMessage());
  if (const absl::Status held = journey_.Hold(up_meter_.open_bytes()); !held.ok()) return Fail(rpc::ToGrpc(held));
  up_.Append(bytes, size);
  if (back_stream_ != 0) back_->Resume(back_stream_);
}

void Transit::OnEnd() {
  if (finished_) return;
  // The library of the services takes half a message for the end of a stream.
  if (!up_meter_.complete()) return Fail(rpc::ToGrpc(MessageMalformed("the call ended within a message")));
  if (journey_.takes_one() && up_meter_.messages() != 1) return Fail(NotOneMessage());
  up_.ended = true;
  if (back_stream_ != 0) back_->Resume(back_stream_);
}

void Transit::OnLeft() {
  Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the caller has gone"));
  Leave();
}

void Transit::OnHead(http2::Fields fields, bool ended) {
  const grpc::Status outcome = ended ? Outcome(fields) : grpc::Status::OK;
  // Nothing but a status, and one that says that nothing was done: the service, or what answers for it, is ending.
  const bool has_failed =
      outcome.error_code() == grpc::StatusCode::UNAVAILABLE || outcome.error_code() == grpc::StatusCode::CANCELLED;
  if (has_failed && MayTryAgain(Back::Broken::kLost)) {
    Close();
    return TryAgain();
  }
  answered_ = true;
  up_.LetGo();
  http2::Fields head = {{":status", "200"}, {"content-type", "application/grpc"}};
  if (!journey_.envelope().request_id.empty()) head.emplace_back("x-request-id", journey_.envelope().request_id);
  Append(head, Outgoing(fields));
  if (!ended) return front_.Answer(stream_, head, &down_);
  Finish(outcome);
  Close();
  Append(head, StatusFields(outcome));
  front_.Answer(stream_, head, nullptr);
}

void Transit::OnBody(const uint8_t* bytes, size_t size) {
  down_meter_.Pass(bytes, size);
  answer_bytes_ += size;
  down_.Append(bytes, size);
  front_.Resume(stream_);
}

void Transit::OnTrailers(http2::Fields fields) {
  const grpc::Status outcome = Outcome(fields);
  Finish(outcome);
  down_.trailers = StatusFields(outcome);
  Append(down_.trailers, Outgoing(fields));
  down_.ended = true;
  Close();
  front_.Resume(stream_);
}

grpc::Status Transit::Outcome(const http2::Fields& fields) const {
  const grpc::Status status = StatusOf(fields);
  if (status.error_code() == grpc::StatusCode::UNIMPLEMENTED && status.error_message().empty()) {
    return rpc::ToGrpc(NotServed(journey_.service()));
  }
  return status;
}

void Transit::OnBroken(Back::Broken how) {
  back_stream_ = 0;
  back_session_ = nullptr;
  if (finished_) return;
  if (MayTryAgain(how)) return TryAgain();
  Fail(rpc::ToGrpc(NotThere(journey_.service())));
}

bool Transit::MayTryAgain(Back::Broken how) {
  Standing& standing = backs_.standing(place_);
  // Too long to be kept, or answered in part.
  const bool is_whole = up_.keep && !answered_;
  if (how == Back::Broken::kUnseen) return is_whole && standing.IsWorthWaitingFor();
  standing.Failed();
  return is_whole && journey_.may_be_repeated() && ++failures_ < kMaxFailures && standing.MayTryAgain();
}

void Transit::TryAgain() {
  // From now on, so that nothing is dropped of what must be sent again.
  up_.at = 0;
  up_.drained = false;
  static thread_local absl::BitGen random;
  const absl::Duration pause = std::min(kFirstPause * (1 << std::min(attempts_, 10)), kLongestPause);
  again_ = front_.loop().Set(absl::Now() + pause * absl::Uniform(random, 0.5, 1.0), [this] {
    again_.reset();
    Send();
  });
}

void Transit::Fail(const grpc::Status& status) {
  Finish(status);
  Leave();
  if (!std::exchange(answered_, true)) return front_.Refuse(stream_, status, journey_.envelope().request_id);
  down_.trailers = StatusFields(status);
  down_.ended = true;
  front_.Resume(stream_);
}

void Transit::Close() {
  // A request that was not read to its end is not sent any further.
  if (!up_.drained) return Leave();
  back_stream_ = 0;
}

void Transit::Leave() {
  const int32_t stream = std::exchange(back_stream_, 0);
  back_session_ = nullptr;
  if (stream != 0) back_->Leave(stream);
}

void Transit::Finish(const grpc::Status& outcome) {
  if (std::exchange(finished_, true)) return;
  for (auto* alarm : {&deadline_, &again_}) {
    if (alarm->has_value()) front_.loop().CallOff(**alarm);
    alarm->reset();
  }
  if (outcome.error_code() != grpc::StatusCode::UNAVAILABLE) backs_.standing(place_).Ended();
  journey_.Finish(outcome, up_meter_.messages(), down_meter_.messages(), answer_bytes_);
}

}  // namespace anju::gateway
