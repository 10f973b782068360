#include "gateway/imports/text.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "services/platform/base/error.h"

namespace anju::gateway {

using enum absl::StatusCode;
using intake::Encoding;

absl::StatusOr<UploadText> UploadText::Make(absl::string_view charset) {
  UploadText text;
  if (charset.empty()) return text;
  const auto is = [&](absl::string_view name) { return absl::EqualsIgnoreCase(charset, name); };
  if (is("utf-8") || is("utf8") || is("us-ascii")) {
    text.encoding_ = Encoding::kUtf8;
  } else if (is("gb18030") || is("gbk") || is("gb2312")) {
    text.encoding_ = Encoding::kGb18030;
  } else {
    return Refuse(kInvalidArgument, "CHARSET_UNKNOWN", "send UTF-8 or GB18030, or say no charset");
  }
  return text;
}

absl::StatusOr<std::string> UploadText::Decode(absl::string_view piece, bool last) {
  if (encoding_.has_value()) return DecodeKnown(piece, last);
  // In whole windows, so that the answer does not depend on how the bytes were cut into pieces.
  std::string known;
  while (!encoding_.has_value()) {
    const size_t size = std::min(kTextWindow - window_.size(), piece.size());
    window_.append(piece.data(), size);
    piece.remove_prefix(size);
    const bool is_last = last && piece.empty();
    if (window_.size() < kTextWindow && !is_last) return known;
    const std::string window = std::exchange(window_, std::string());
    if (std::any_of(window.begin(), window.end(), [](unsigned char c) { return c >= 0x80; })) {
      intake::EncodingDetector detector;
      detector.Feed(window);
      encoding_ = detector.MayBeUtf8() ? Encoding::kUtf8 : Encoding::kGb18030;
    }
    ASSIGN_OR_RETURN(const std::string text, DecodeKnown(window, is_last));
    known += text;
    if (is_last) return known;
  }
  ASSIGN_OR_RETURN(const std::string rest, DecodeKnown(piece, last));
  return known + rest;
}

absl::StatusOr<std::string> UploadText::DecodeKnown(absl::string_view piece, bool last) {
  detector_.Feed(piece);
  ASSIGN_OR_RETURN(const Encoding found, detector_.Found());
  if (encoding_ == Encoding::kGb18030) {
    if (decoder_ == nullptr) decoder_ = std::make_unique<intake::Gb18030Decoder>();
    return decoder_->Decode(piece, last);
  }
  if (!detector_.MayBeUtf8() || (last && found != Encoding::kUtf8)) {
    return Refuse(kInvalidArgument, "NOT_A_CSV",
                  "the text is not UTF-8 throughout; if it is GB18030, say Content-Type: text/csv; charset=gb18030");
  }
  return std::string(piece);
}

}  // namespace anju::gateway
