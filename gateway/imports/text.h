#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/intake/csv.h"

namespace anju::gateway {

// So much of a text is looked at together to tell its encoding.
inline constexpr size_t kTextWindow = 64 * 1024;

// Turns an upload, of which only so much is held, into UTF-8 as it comes. The encoding is the one that was said; when
// none was, it is that of the first window in which there is anything but ASCII: UTF-8 when all of it is, else GB18030,
// as Excel in China saves CSV.
class UploadText {
 public:
  // `charset` as a Content-Type says it, or empty. Refuses with CHARSET_UNKNOWN (INVALID_ARGUMENT).
  static absl::StatusOr<UploadText> Make(absl::string_view charset);

  // What is known of the text after this piece; `last` says that no more follows. Refuses with NOT_A_CSV
  // (INVALID_ARGUMENT) what is no text, or not of its encoding.
  absl::StatusOr<std::string> Decode(absl::string_view piece, bool last);

 private:
  absl::StatusOr<std::string> DecodeKnown(absl::string_view piece, bool last);

  std::optional<intake::Encoding> encoding_;
  std::string window_;
  intake::EncodingDetector detector_;
  std::unique_ptr<intake::Gb18030Decoder> decoder_;
};

}  // namespace anju::gateway
