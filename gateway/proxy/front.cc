#include "gateway/proxy/front.h"

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gateway/proxy/grpc_text.h"
#include "gateway/proxy/own_call.h"
#include "gateway/proxy/transit.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

namespace {

constexpr uint32_t kMaxStreams = 128;
constexpr size_t kMaxFields = 64;
// Headers that are too many are read on up to here, so that their caller can be told.
constexpr size_t kMaxRefusedBytes = 4 * http2::kMaxHeaderBytes;
// Every so often a connection is looked at.
constexpr absl::Duration kLook = absl::Seconds(10);
// Callers begin a new connection now and then, so that they spread over the gateways that there are.
constexpr absl::Duration kAge = absl::Minutes(5);
// The longest that a caller takes nothing of what is sent.
constexpr absl::Duration kStuck = absl::Seconds(30);
// Callers who have not heard that no more calls are taken may begin one for so long.
constexpr absl::Duration kLastCalls = absl::Milliseconds(200);

constexpr absl::string_view kIdentity = "identity";

http2::Fields RefusalFields(const grpc::Status& status, absl::string_view request_id) {
  http2::Fields head = {{":status", "200"}, {"content-type", "application/grpc"}};
  if (!request_id.empty()) head.emplace_back("x-request-id", request_id);
  for (auto& field : StatusFields(status)) head.push_back(std::move(field));
  return head;
}

// `application/grpc`, or with the one coding of messages that is known here.
bool IsGrpc(absl::string_view content_type) {
  absl::string_view type = content_type.substr(0, content_type.find(';'));
  return type == "application/grpc" || type == "application/grpc+proto";
}

// Bytes are written in base64, several values with commas between them.
bool IsBinary(absl::string_view values) {
  std::string bytes;
  const std::vector<absl::string_view> parts = absl::StrSplit(values, ',');
  return absl::c_all_of(parts, [&](absl::string_view value) { return absl::Base64Unescape(value, &bytes); });
}

// What no caller of gRPC is told.
http2::Fields ForeignFields(absl::string_view http_status, http2::Fields more, const absl::Status& refusal) {
  http2::Fields head = {{":status", std::string(http_status)}};
  for (auto& field : more) head.push_back(std::move(field));
  for (auto& field : StatusFields(rpc::ToGrpc(refusal))) head.push_back(std::move(field));
  return head;
}

// A second one of these would let a caller say two things at once.
bool MayStandOnce(absl::string_view name) {
  return name == "authorization" || name == "content-type" || name == "grpc-encoding" || name == "grpc-timeout" ||
         name == kServiceHeader || name == rpc::kPurposeHeader || name == kAddressHeader;
}

}  // namespace

absl::StatusOr<Envelope> ReadEnvelope(const http2::Fields& head, absl::string_view address, const rpc::Guard& guard) {
  Envelope envelope = {.authorization = std::string(http2::Find(head, "authorization")),
                       .request_id = guard.RequestId(http2::Find(head, "x-request-id")),
                       .traceparent = std::string(http2::Find(head, "traceparent")),
                       .service = std::string(http2::Find(head, kServiceHeader)),
                       .tracestate = std::string(http2::Find(head, "tracestate")),
                       .purpose = std::string(http2::Find(head, rpc::kPurposeHeader)),
                       .address = std::string(address),
                       .said_address = std::string(http2::Find(head, kAddressHeader))};
  // Whoever drops it on the way drops trailers, too, and with them what became of a call.
  if (http2::Find(head, "te") != "trailers") {
    return anju::Refuse(absl::StatusCode::kInvalidArgument, "TE_MISSING", "gRPC is sent with te: trailers");
  }
  for (const auto& [name, value] : head) {
    if (absl::EndsWith(name, "-bin") && !IsBinary(value)) {
      return anju::Refuse(absl::StatusCode::kInvalidArgument, "METADATA_MALFORMED",
                          "what is called -bin is written in base64");
    }
  }
  if (const absl::string_view text = http2::Find(head, "grpc-timeout"); !text.empty()) {
    const std::optional<absl::Duration> timeout = ParseTimeout(text);
    if (!timeout.has_value()) {
      return anju::Refuse(absl::StatusCode::kInvalidArgument, "TIMEOUT_MALFORMED",
                          "grpc-timeout is up to eight digits and a unit: 100m");
    }
    envelope.deadline = absl::Now() + *timeout;
  }
  return envelope;
}

Front::Front(Desk& desk) : http2::Session(Side::kServer, kMaxStreams), desk_(desk) {}
Front::~Front() = default;

void Front::Open(std::shared_ptr<http2::Wire> wire) {
  address_ = wire->PeerAddress();
  http2::Session::Open(std::move(wire));
  LookAfter();
}

void Front::LookAfter() {
  desk_.loop.Set(absl::Now() + kLook, [weak = weak_from_this()] {
    const std::shared_ptr<Front> self = weak.lock();
    if (self == nullptr || !self->open()) return;
    const absl::Time now = absl::Now();
    // Whoever connects and says nothing, or does not listen, has no claim to a place.
    if (!self->has_heard() || now - self->wire()->StuckSince() > kStuck) return self->HangUp();
    if (!self->slots_.empty() && !self->IsStillThere()) return self->HangUp();
    if (now - self->begun_ > kAge) self->Drain();
    self->LookAfter();
  });
}

void Front::OnBegin(int32_t stream, bool is_first) {
  if (is_first) slots_.try_emplace(stream);
}

bool Front::OnField(int32_t stream, std::string name, std::string value) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return false;
  Slot& slot = found->second;
  slot.head_bytes += name.size() + value.size();
  // Of trailers of a request nothing is wanted.
  if (slot.begun || !slot.refusal.ok()) return slot.head_bytes <= kMaxRefusedBytes;
  if (slot.head_bytes > http2::kMaxHeaderBytes || slot.head.size() >= kMaxFields) {
    slot.refusal = anju::Refuse(
        absl::StatusCode::kInvalidArgument, "HEAD_TOO_LARGE",
        absl::StrCat("a call has at most ", kMaxFields, " headers of ", http2::kMaxHeaderBytes, " bytes in all"));
  } else if (MayStandOnce(name) && !http2::Find(slot.head, name).empty()) {
    slot.refusal = anju::Refuse(absl::StatusCode::kInvalidArgument, "REQUEST_MALFORMED",
                                absl::StrCat("the header ", name, " stands twice"));
  } else {
    slot.head.emplace_back(std::move(name), std::move(value));
  }
  return true;
}

void Front::OnFields(int32_t stream, bool ended) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return;
  if (!std::exchange(found->second.begun, true)) {
    const http2::Fields head = std::exchange(found->second.head, {});
    if (const absl::Status refusal = found->second.refusal; !refusal.ok()) {
      Refuse(stream, rpc::ToGrpc(refusal));
    } else {
      std::unique_ptr<Call> call = Begin(stream, head);
      slots_[stream].call = std::move(call);
    }
  }
  if (ended) OnEnd(stream);
}

std::unique_ptr<Front::Call> Front::Begin(int32_t stream, const http2::Fields& head) {
  // Other clients of HTTP/2 are told in a way of theirs, too.
  if (http2::Find(head, ":method") != "POST") {
    const auto refusal = anju::Refuse(absl::StatusCode::kUnimplemented, "HTTP_METHOD_NOT_ALLOWED", "gRPC is POST");
    Answer(stream, ForeignFields("405", {{"allow", "POST"}}, refusal), nullptr);
    return nullptr;
  }
  if (!IsGrpc(http2::Find(head, "content-type"))) {
    const auto refusal =
        anju::Refuse(absl::StatusCode::kInvalidArgument, "MEDIA_TYPE_UNKNOWN", "this port speaks gRPC");
    Answer(stream, ForeignFields("415", {}, refusal), nullptr);
    return nullptr;
  }
  // A small packed message may be a gigabyte unpacked; nobody behind the door is to find out.
  if (const absl::string_view encoding = http2::Find(head, "grpc-encoding");
      !encoding.empty() && encoding != kIdentity) {
    http2::Fields fields = RefusalFields(rpc::ToGrpc(EncodingUnknown()), "");
    fields.emplace_back("grpc-accept-encoding", kIdentity);
    Answer(stream, fields, nullptr);
    return nullptr;
  }
  const absl::string_view path = http2::Find(head, ":path");
  Switchboard& switchboard = desk_.switchboard;
  absl::StatusOr<Envelope> envelope = ReadEnvelope(head, address_, switchboard.guard());
  if (!envelope.ok()) {
    Refuse(stream, rpc::ToGrpc(envelope.status()));
    return nullptr;
  }
  // Health and reflection.
  if (absl::StartsWith(path, "/grpc.")) {
    return std::make_unique<Transit>(*this, stream, desk_.backs, desk_.own_place, head,
                                     Journey(*std::move(envelope), path));
  }
  const absl::StatusOr<Route> route = FindRoute(path, envelope->service, switchboard.services());
  if (!route.ok()) {
    const absl::Status charged = switchboard.Charge(envelope->address, envelope->said_address);
    Refuse(stream, rpc::ToGrpc(charged.ok() ? route.status() : charged), envelope->request_id);
    return nullptr;
  }
  absl::StatusOr<Visit> visit = switchboard.Admit(*envelope, *route);
  if (!visit.ok()) {
    Refuse(stream, rpc::ToGrpc(visit.status()), envelope->request_id);
    return nullptr;
  }
  if (route->peer < 0) {
    return std::make_unique<OwnCall>(*this, stream, switchboard, desk_.own_calls, *route, *std::move(visit),
                                     *std::move(envelope));
  }
  return std::make_unique<Transit>(*this, stream, desk_.backs, static_cast<size_t>(route->peer), head,
                                   Journey(switchboard, *route, *std::move(visit), *std::move(envelope)));
}

void Front::OnData(int32_t stream, const uint8_t* bytes, size_t size) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return;
  // What is said after the answer goes nowhere.
  if (found->second.call == nullptr) return Consume(stream, size);
  found->second.call->OnData(bytes, size);
}

void Front::OnEnd(int32_t stream) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return;
  found->second.said_all = true;
  if (found->second.call != nullptr) found->second.call->OnEnd();
}

void Front::OnClosed(int32_t stream, uint32_t) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return;
  const Slot slot = std::move(found->second);
  slots_.erase(found);
  if (slot.call != nullptr && !slot.answered_all) slot.call->OnLeft();
}

void Front::OnSentEnd(int32_t stream) {
  const auto found = slots_.find(stream);
  if (found == slots_.end()) return;
  found->second.answered_all = true;
  // The caller need not say the rest.
  if (!found->second.said_all) Reset(stream, NGHTTP2_NO_ERROR);
}

bool Front::Has(int32_t stream, const Call& call) const {
  const auto found = slots_.find(stream);
  return found != slots_.end() && found->second.call.get() == &call;
}

void Front::Answer(int32_t stream, const http2::Fields& head, Body* body) {
  const std::vector<nghttp2_nv> nv = http2::ToNv(head);
  nghttp2_data_provider provider = {};
  if (body != nullptr) provider = http2::ProviderOf(*body);
  nghttp2_submit_response(nghttp2(), stream, nv.data(), nv.size(), body == nullptr ? nullptr : &provider);
  Wake();
}

void Front::Refuse(int32_t stream, const grpc::Status& status, absl::string_view request_id) {
  Answer(stream, RefusalFields(status, request_id), nullptr);
}

void Front::Drain() {
  if (!open()) return;
  nghttp2_submit_shutdown_notice(nghttp2());
  Wake();
  desk_.loop.Set(absl::Now() + kLastCalls, [weak = weak_from_this()] {
    const std::shared_ptr<Front> self = weak.lock();
    if (self == nullptr || !self->open()) return;
    nghttp2_submit_goaway(self->nghttp2(), NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(self->nghttp2()),
                          NGHTTP2_NO_ERROR, nullptr, 0);
    self->Wake();
  });
}

void Front::Gone() {
  const std::shared_ptr<Front> self = shared_from_this();
  Forget();
  auto slots = std::exchange(slots_, {});
  for (auto& [stream, slot] : slots) {
    if (slot.call != nullptr && !slot.answered_all) slot.call->OnLeft();
  }
  desk_.gone(*this);
}

}  // namespace anju::gateway
