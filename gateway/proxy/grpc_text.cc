#include "gateway/proxy/grpc_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gateway/proxy/outcome.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/status.h"

namespace anju::gateway {

namespace {

// A message is UTF-8 with what is not printable ASCII in percent signs.
std::string EncodeMessage(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (c >= 0x20 && c <= 0x7E && c != '%') {
      encoded.push_back(c);
    } else {
      absl::StrAppend(&encoded, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    }
  }
  return encoded;
}

std::string DecodeMessage(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) &&
        absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

}  // namespace

std::optional<absl::Duration> ParseTimeout(absl::string_view text) {
  constexpr size_t kMaxDigits = 8;
  int64_t count = 0;
  if (text.size() < 2 || text.size() > kMaxDigits + 1) return std::nullopt;
  const absl::string_view digits = text.substr(0, text.size() - 1);
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) || !absl::SimpleAtoi(digits, &count)) {
    return std::nullopt;
  }
  switch (text.back()) {
    case 'H':
      return absl::Hours(count);
    case 'M':
      return absl::Minutes(count);
    case 'S':
      return absl::Seconds(count);
    case 'm':
      return absl::Milliseconds(count);
    case 'u':
      return absl::Microseconds(count);
    case 'n':
      return absl::Nanoseconds(count);
    default:
      return std::nullopt;
  }
}

std::string TimeoutText(absl::Duration timeout) {
  constexpr int64_t kMost = 99'999'999;
  const int64_t ms = std::max(int64_t{0}, absl::ToInt64Milliseconds(absl::Ceil(timeout, absl::Milliseconds(1))));
  return ms <= kMost ? absl::StrCat(ms, "m") : absl::StrCat(std::min(ms / 1000, kMost), "S");
}

http2::Fields StatusFields(const grpc::Status& outcome) {
  const grpc::Status status = Explained(outcome);
  http2::Fields fields = {{"grpc-status", absl::StrCat(static_cast<int>(status.error_code()))}};
  if (!status.error_message().empty()) fields.emplace_back("grpc-message", EncodeMessage(status.error_message()));
  if (!status.error_details().empty()) {
    std::string details = absl::Base64Escape(status.error_details());
    while (absl::EndsWith(details, "=")) details.pop_back();
    fields.emplace_back("grpc-status-details-bin", std::move(details));
  }
  return fields;
}

grpc::Status StatusOf(const http2::Fields& fields) {
  int code = 0;
  if (!absl::SimpleAtoi(http2::Find(fields, "grpc-status"), &code) || code < 0 || code > 16) {
    return {grpc::StatusCode::UNKNOWN, "the answer came without a status"};
  }
  if (code == 0) return grpc::Status::OK;
  std::string details;
  absl::Base64Unescape(http2::Find(fields, "grpc-status-details-bin"), &details);
  return {static_cast<grpc::StatusCode>(code), DecodeMessage(http2::Find(fields, "grpc-message")), details};
}

absl::Status EncodingUnknown() {
  return Refuse(absl::StatusCode::kUnimplemented, "ENCODING_UNKNOWN",
                "send the request uncompressed: grpc-encoding: identity");
}

absl::Status MessageTooLarge() {
  return Refuse(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE",
                absl::StrCat("a message has at most ", rpc::kMaxMessageBytes, " bytes"));
}

absl::Status MessageMalformed(absl::string_view sentence) {
  return Refuse(absl::StatusCode::kInvalidArgument, "MESSAGE_MALFORMED", sentence);
}

std::string PrefixOf(size_t message_bytes) {
  std::string prefix(kPrefixBytes, '\0');
  for (size_t i = 1; i < kPrefixBytes; ++i)
    prefix[i] = static_cast<char>(message_bytes >> (8 * (kPrefixBytes - 1 - i)));
  return prefix;
}

grpc::Status MessageMeter::Pass(const uint8_t* bytes, size_t size) {
  while (size > 0) {
    if (missing_ == 0) {
      const size_t taken = std::min(size, kPrefixBytes - prefix_bytes_);
      std::copy_n(bytes, taken, prefix_ + prefix_bytes_);
      prefix_bytes_ += taken;
      bytes += taken;
      size -= taken;
      if (prefix_bytes_ < kPrefixBytes) return grpc::Status::OK;
      prefix_bytes_ = 0;
      ++messages_;
      if (prefix_[0] != 0) return rpc::ToGrpc(EncodingUnknown());
      for (size_t i = 1; i < kPrefixBytes; ++i) missing_ = missing_ << 8 | prefix_[i];
      if (missing_ > rpc::kMaxMessageBytes) return rpc::ToGrpc(MessageTooLarge());
      message_bytes_ = missing_;
    }
    const size_t passed = std::min<uint64_t>(size, missing_);
    missing_ -= passed;
    bytes += passed;
    size -= passed;
  }
  return grpc::Status::OK;
}

}  // namespace anju::gateway
