#include "gateway/http/compression.h"

#include <zlib.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;

namespace {

// With a header and a checksum of gzip around it.
constexpr int kGzipWindow = 15 + 16;
// Answers are made once and sent often, or small: the fastest level costs a third of the default one and saves nearly
// as much.
constexpr int kLevel = 1;
constexpr size_t kPieceBytes = 64 * 1024;

absl::Status NotGzip() {
  return Refuse(kInvalidArgument, "BODY_MALFORMED", "the body is not gzip, or has been cut off");
}

Bytef* In(absl::string_view bytes) { return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data())); }

// How much a caller wants `coding`, 0 to 1; negative when nothing is said of it.
double WeightOf(absl::string_view accept_encoding, absl::string_view coding) {
  for (absl::string_view part : absl::StrSplit(accept_encoding, ',')) {
    const std::pair<absl::string_view, absl::string_view> sides = absl::StrSplit(part, absl::MaxSplits(';', 1));
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(sides.first), coding)) continue;
    const absl::string_view parameter = absl::StripAsciiWhitespace(sides.second);
    double weight = 1;
    if (absl::StartsWithIgnoreCase(parameter, "q=") && !absl::SimpleAtod(parameter.substr(2), &weight)) weight = 0;
    return std::clamp(weight, 0.0, 1.0);
  }
  return -1;
}

}  // namespace

bool AcceptsGzip(absl::string_view accept_encoding, size_t size) {
  const double any = WeightOf(accept_encoding, "*");
  double gzip = WeightOf(accept_encoding, "gzip");
  if (gzip < 0) gzip = WeightOf(accept_encoding, "x-gzip");
  if (gzip < 0) gzip = any;
  double identity = WeightOf(accept_encoding, "identity");
  if (identity < 0) identity = any;
  return gzip > 0 && gzip >= identity && (size >= kMinCompressed || identity == 0);
}

std::string Gzip(absl::string_view bytes) {
  z_stream stream = {};
  ANJU_CHECK(deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = In(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  ANJU_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

struct Gunzip::State {
  z_stream stream = {};
  bool has_ended = false;
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) { ANJU_CHECK(inflateInit2(&state_->stream, kGzipWindow) == Z_OK); }
Gunzip::~Gunzip() { inflateEnd(&state_->stream); }

absl::Status Gunzip::Feed(absl::string_view piece, size_t limit, std::string& out) {
  z_stream& stream = state_->stream;
  stream.next_in = In(piece);
  stream.avail_in = static_cast<uInt>(piece.size());
  std::string buffer(kPieceBytes, '\0');
  while (stream.avail_in > 0 || stream.avail_out == 0) {
    if (state_->has_ended) {
      if (stream.avail_in == 0) return absl::OkStatus();
      ANJU_CHECK(inflateReset(&stream) == Z_OK);
      state_->has_ended = false;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    const int outcome = inflate(&stream, Z_NO_FLUSH);
    if (outcome != Z_OK && outcome != Z_STREAM_END && outcome != Z_BUF_ERROR) return NotGzip();
    const size_t size = buffer.size() - stream.avail_out;
    if (out.size() + size > limit) {
      return Refuse(kInvalidArgument, "BODY_TOO_LARGE", absl::StrCat("a body has at most ", limit, " bytes here"));
    }
    out.append(buffer.data(), size);
    state_->has_ended = outcome == Z_STREAM_END;
    if (outcome == Z_BUF_ERROR) break;
  }
  return absl::OkStatus();
}

absl::Status Gunzip::Finish() const { return state_->has_ended ? absl::OkStatus() : NotGzip(); }

}  // namespace anju::gateway
