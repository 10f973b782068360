#include "gateway/http2/session.h"

#include "services/platform/base/error.h"

namespace anju::gateway::http2 {

namespace {

constexpr size_t kFillBytes = 64 * 1024;
// For all streams of a connection together; each has its own window besides.
constexpr int32_t kConnectionWindowBytes = 16 * 1024 * 1024;

ssize_t ReadBody(nghttp2_session* session, int32_t stream, uint8_t* to, size_t size, uint32_t* flags,
                 nghttp2_data_source* source, void*) {
  auto& body = *static_cast<Session::Body*>(source->ptr);
  const size_t copied = body.Read(to, size);
  Fields trailers;
  if (body.Ended(trailers)) {
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      const std::vector<nghttp2_nv> nv = ToNv(trailers);
      if (nghttp2_submit_trailer(session, stream, nv.data(), nv.size()) != 0) return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return static_cast<ssize_t>(copied);
  }
  if (copied == 0) return NGHTTP2_ERR_DEFERRED;
  return static_cast<ssize_t>(copied);
}

bool ChangesInEveryCall(absl::string_view name) {
  return name == "x-request-id" || name == "traceparent" || name == "grpc-timeout";
}

}  // namespace

absl::string_view Find(const Fields& fields, absl::string_view name) {
  for (const auto& [field, value] : fields) {
    if (field == name) return value;
  }
  return "";
}

std::vector<nghttp2_nv> ToNv(const Fields& fields) {
  std::vector<nghttp2_nv> nv;
  nv.reserve(fields.size());
  for (const auto& [name, value] : fields) {
    nv.push_back(
        {.name = reinterpret_cast<uint8_t*>(const_cast<char*>(name.data())),
         .value = reinterpret_cast<uint8_t*>(const_cast<char*>(value.data())),
         .namelen = name.size(),
         .valuelen = value.size(),
         .flags = static_cast<uint8_t>(ChangesInEveryCall(name) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE)});
  }
  return nv;
}

nghttp2_data_provider ProviderOf(Session::Body& body) {
  nghttp2_data_provider provider = {};
  provider.source.ptr = &body;
  provider.read_callback = ReadBody;
  return provider;
}

// From C to the session. What is about no stream is nghttp2's own business.
struct Session::Callbacks {
  static Session& Of(void* self) { return *static_cast<Session*>(self); }

  static int OnBegin(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    if (frame->hd.type == NGHTTP2_HEADERS) {
      Of(self).OnBegin(frame->hd.stream_id, frame->headers.cat != NGHTTP2_HCAT_HEADERS);
    }
    return 0;
  }
  static int OnField(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name, size_t name_size,
                     const uint8_t* value, size_t value_size, uint8_t, void* self) {
    if (frame->hd.type != NGHTTP2_HEADERS) return 0;
    const bool taken = Of(self).OnField(frame->hd.stream_id, {reinterpret_cast<const char*>(name), name_size},
                                        {reinterpret_cast<const char*>(value), value_size});
    return taken ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }
  static int OnFrame(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const bool ended = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (frame->hd.type == NGHTTP2_HEADERS) Of(self).OnFields(frame->hd.stream_id, ended);
    if (frame->hd.type == NGHTTP2_DATA && ended) Of(self).OnEnd(frame->hd.stream_id);
    return 0;
  }
  static int OnData(nghttp2_session* session, uint8_t, int32_t stream, const uint8_t* bytes, size_t size, void* self) {
    // The connection goes on for the other streams; the stream itself waits for who passes it on.
    nghttp2_session_consume_connection(session, size);
    Of(self).OnData(stream, bytes, size);
    return 0;
  }
  static int OnClosed(nghttp2_session*, int32_t stream, uint32_t code, void* self) {
    Of(self).OnClosed(stream, code);
    return 0;
  }
  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* self) {
    const bool is_message = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (is_message && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) Of(self).OnSentEnd(frame->hd.stream_id);
    return 0;
  }
};

Session::Session(Side side, uint32_t max_streams) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_option* option = nullptr;
  ANJU_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0 && nghttp2_option_new(&option) == 0);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Callbacks::OnBegin);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::OnField);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Callbacks::OnFrame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::OnData);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::OnClosed);
  nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Callbacks::OnSent);
  nghttp2_option_set_no_auto_window_update(option, 1);
  // Closed streams are kept for priorities only, which nobody here looks at.
  nghttp2_option_set_no_closed_streams(option, 1);
  nghttp2_session* session = nullptr;
  ANJU_CHECK((side == Side::kServer ? nghttp2_session_server_new2(&session, callbacks, this, option)
                                    : nghttp2_session_client_new2(&session, callbacks, this, option)) == 0);
  session_.reset(session);
  nghttp2_session_callbacks_del(callbacks);
  nghttp2_option_del(option);
  std::vector<nghttp2_settings_entry> settings = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindowBytes},
                                                  {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kMaxHeaderBytes}};
  if (side == Side::kServer) settings.push_back({NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, max_streams});
  if (side == Side::kClient) settings.push_back({NGHTTP2_SETTINGS_ENABLE_PUSH, 0});
  ANJU_CHECK(nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  ANJU_CHECK(nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kConnectionWindowBytes) == 0);
}

Session::~Session() = default;

bool Session::Take(const uint8_t* bytes, size_t size) {
  heard_ = heard_more_ = true;
  return nghttp2_session_mem_recv(session_.get(), bytes, size) == static_cast<ssize_t>(size);
}

void Session::Fill(std::string& out) {
  spoken_ = true;
  while (out.size() < kFillBytes) {
    const uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
    if (size <= 0) return;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  }
}

bool Session::Finished() const {
  return nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0;
}

void Session::Resume(int32_t stream) {
  // A stream that has ended meanwhile has nothing to resume.
  nghttp2_session_resume_data(session_.get(), stream);
  Wake();
}

void Session::Consume(int32_t stream, size_t size) {
  nghttp2_session_consume_stream(session_.get(), stream, size);
  Wake();
}

bool Session::IsStillThere() {
  const bool heard = std::exchange(heard_more_, false), asked = std::exchange(asked_, !heard);
  if (heard) return true;
  if (asked) return false;
  nghttp2_submit_ping(session_.get(), NGHTTP2_FLAG_NONE, nullptr);
  Wake();
  return true;
}

void Session::HangUp() {
  if (wire_ != nullptr) wire_->Close();
}

void Session::Reset(int32_t stream, uint32_t code) {
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, code);
  Wake();
}

}  // namespace anju::gateway::http2
