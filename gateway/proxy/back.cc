#include "gateway/proxy/back.h"

#include <algorithm>
#include <utility>

namespace anju::gateway {

namespace {

// How long a connection may be silent while somebody waits for an answer, before it is asked, and then given up.
constexpr absl::Duration kSilence = absl::Seconds(10);
// Services decide how many streams they take at once; nghttp2 waits for that.
constexpr uint32_t kNoStreamsOfTheirs = 0;

}  // namespace

void Standing::Ended() {
  if (tokens_ < kTokens) ++tokens_;
}

void Standing::Failed() {
  if (tokens_ > 0) tokens_ -= kCostOfAFailure;
}

Back::Back(http2::Loop& loop, Standing& standing)
    : http2::Session(Side::kClient, kNoStreamsOfTheirs), loop_(loop), standing_(standing) {}

void Back::Open(std::shared_ptr<http2::Wire> wire) {
  http2::Session::Open(std::move(wire));
  LookAfter();
}

void Back::LookAfter() {
  loop_.Set(absl::Now() + kSilence, [weak = weak_from_this()] {
    const std::shared_ptr<Back> self = weak.lock();
    if (self == nullptr || !self->open()) return;
    if (!self->streams_.empty() && !self->IsStillThere()) return self->HangUp();
    self->LookAfter();
  });
}

bool Back::IsFit() const { return open() && nghttp2_session_check_request_allowed(nghttp2()) != 0; }

int32_t Back::Send(const http2::Fields& fields, Body& body, Stream& stream) {
  const std::vector<nghttp2_nv> nv = http2::ToNv(fields);
  const nghttp2_data_provider provider = http2::ProviderOf(body);
  const int32_t id = nghttp2_submit_request(nghttp2(), nullptr, nv.data(), nv.size(), &provider, nullptr);
  if (id <= 0) return 0;
  streams_[id].stream = &stream;
  Wake();
  return id;
}

void Back::Leave(int32_t stream) {
  if (streams_.erase(stream) == 0 || !open()) return;
  Reset(stream, NGHTTP2_CANCEL);
}

bool Back::OnField(int32_t stream, std::string name, std::string value) {
  const auto found = streams_.find(stream);
  if (found != streams_.end()) found->second.fields.emplace_back(std::move(name), std::move(value));
  return true;
}

void Back::OnFields(int32_t stream, bool ended) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  Entry& entry = found->second;
  http2::Fields fields = std::exchange(entry.fields, {});
  entry.ended = ended;
  Stream& who = *entry.stream;
  if (!std::exchange(entry.has_head, true)) {
    who.OnHead(std::move(fields), ended);
  } else {
    who.OnTrailers(std::move(fields));
  }
}

void Back::OnData(int32_t stream, const uint8_t* bytes, size_t size) {
  const auto found = streams_.find(stream);
  if (found != streams_.end()) found->second.stream->OnBody(bytes, size);
}

void Back::OnEnd(int32_t stream) {
  // A body without trailers has no status.
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  found->second.ended = true;
  found->second.stream->OnTrailers({});
}

void Back::OnClosed(int32_t stream, uint32_t code) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  const Entry entry = std::move(found->second);
  streams_.erase(found);
  if (!entry.ended) entry.stream->OnBroken(code == NGHTTP2_REFUSED_STREAM ? Broken::kUnseen : Broken::kLost);
}

void Back::Gone() {
  const std::shared_ptr<Back> self = shared_from_this();
  Forget();
  if (has_heard()) standing_.SeenNow();
  for (auto& [id, entry] : std::exchange(streams_, {})) {
    if (!entry.ended) entry.stream->OnBroken(has_spoken() ? Broken::kLost : Broken::kUnseen);
  }
}

Backs::Backs(http2::Loop& loop, std::vector<Place> places) : loop_(loop) {
  for (Place& place : places) services_.push_back({.place = std::move(place), .open = {}});
}

std::shared_ptr<Back> Backs::Reach(size_t place) {
  Service& service = services_[place];
  auto& open = service.open;
  open.erase(std::remove_if(open.begin(), open.end(), [](const auto& back) { return !back->IsFit(); }), open.end());
  const auto least = std::min_element(open.begin(), open.end(),
                                      [](const auto& a, const auto& b) { return a->streams() < b->streams(); });
  if (least != open.end() && ((*least)->streams() < kStreamsBeforeTheNext || open.size() >= kMaxConnections)) {
    if ((*least)->has_heard()) service.place.standing->SeenNow();
    return *least;
  }
  const absl::Time now = absl::Now();
  if (open.empty() && now - service.dialled < kPause) return nullptr;
  service.dialled = now;
  auto back = std::make_shared<Back>(loop_, *service.place.standing);
  http2::Dial(loop_, service.place.address, service.place.tls, back);
  open.push_back(back);
  return back;
}

void Backs::Close() {
  for (Service& service : services_) {
    for (const auto& back : std::exchange(service.open, {})) back->HangUp();
  }
}

}  // namespace anju::gateway
