#include "services/platform/rpc/trace.h"

#include <algorithm>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace anju::rpc {
namespace {

// version "-" trace id "-" span id "-" flags.
constexpr size_t kTraceAt = 3, kSpanAt = 36, kFlagsAt = 53, kSize = 55;

thread_local const Trace* current = nullptr;

uint64_t Random() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  // All zeroes are no id.
  uint64_t number = 0;
  while (number == 0) number = generator();
  return number;
}

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f'); });
}

// False when it is no traceparent. A later version may have more behind the flags.
bool Parse(absl::string_view text, Trace& trace) {
  if (text.size() < kSize || text[kTraceAt - 1] != '-' || text[kSpanAt - 1] != '-' || text[kFlagsAt - 1] != '-') {
    return false;
  }
  const absl::string_view version = text.substr(0, 2), flags = text.substr(kFlagsAt, 2);
  if (version == "ff" || (version == "00" && text.size() != kSize) || (text.size() > kSize && text[kSize] != '-')) {
    return false;
  }
  const absl::string_view high = text.substr(kTraceAt, 16), low = text.substr(kTraceAt + 16, 16),
                          span = text.substr(kSpanAt, 16);
  if (!IsHex(version) || !IsHex(high) || !IsHex(low) || !IsHex(span) || !IsHex(flags)) return false;
  uint32_t bits = 0;
  if (!absl::SimpleHexAtoi(high, &trace.id_high) || !absl::SimpleHexAtoi(low, &trace.id_low) ||
      !absl::SimpleHexAtoi(span, &trace.span) || !absl::SimpleHexAtoi(flags, &bits)) {
    return false;
  }
  trace.sampled = (bits & 1) != 0;
  return (trace.id_high != 0 || trace.id_low != 0) && trace.span != 0;
}

bool MayPass(absl::string_view state) {
  return state.size() <= kMaxTraceStateBytes &&
         std::all_of(state.begin(), state.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
}

}  // namespace

std::string Trace::trace_id() const {
  return absl::StrCat(absl::Hex(id_high, absl::kZeroPad16), absl::Hex(id_low, absl::kZeroPad16));
}
std::string Trace::span_id() const { return absl::StrCat(absl::Hex(span, absl::kZeroPad16)); }

Trace ChildOf(absl::string_view traceparent, absl::string_view tracestate) {
  Trace trace;
  if (Parse(traceparent, trace)) {
    if (MayPass(tracestate)) trace.state = std::string(tracestate);
  } else {
    trace = Trace{.id_high = Random(), .id_low = Random()};
  }
  trace.span = Random();
  return trace;
}

std::string Traceparent(const Trace& trace) {
  return absl::StrCat("00-", trace.trace_id(), "-", trace.span_id(), trace.sampled ? "-01" : "-00");
}

TraceScope::TraceScope(const Trace& trace) : before_(current) { current = &trace; }
TraceScope::~TraceScope() { current = before_; }

const Trace* CurrentTrace() { return current; }

void PassOn(const Trace& trace, grpc::ClientContext& context) {
  context.AddMetadata("traceparent", Traceparent(trace));
  if (!trace.state.empty()) context.AddMetadata("tracestate", trace.state);
}

}  // namespace anju::rpc
