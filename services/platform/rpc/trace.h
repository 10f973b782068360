#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "grpcpp/client_context.h"

namespace anju::rpc {

// One span of a trace, as W3C's trace context has it.
struct Trace {
  uint64_t id_high = 0, id_low = 0;
  uint64_t span = 0;
  // The caller's wish that the trace be recorded.
  bool sampled = false;
  // What tracing systems tell each other, passed on as it came.
  std::string state;

  // 32 and 16 hexadecimal digits.
  std::string trace_id() const;
  std::string span_id() const;
};

// The longest `tracestate` that is passed on.
inline constexpr size_t kMaxTraceStateBytes = 512;

// A new span in the trace of a caller who sent these headers; in a new trace when `traceparent` is missing or is none.
Trace ChildOf(absl::string_view traceparent, absl::string_view tracestate = "");

// The `traceparent` that the span sends to those it calls.
std::string Traceparent(const Trace& trace);

// The span that this thread works for: every line of its log carries the ids, and calls to peers pass them on. The
// trace must outlive the scope; scopes end in the reverse order in which they began.
class TraceScope {
 public:
  explicit TraceScope(const Trace& trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  const Trace* const before_;
};

// Null when this thread works for none.
const Trace* CurrentTrace();

// Makes a call to a peer part of the trace.
void PassOn(const Trace& trace, grpc::ClientContext& context);

}  // namespace anju::rpc
