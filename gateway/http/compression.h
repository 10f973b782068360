#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace anju::gateway {

// Below this an answer is sent as it is: compressed it would hardly be smaller.
inline constexpr size_t kMinCompressed = 1024;

// Whether a caller who says this in Accept-Encoding is sent an answer of `size` bytes as gzip: they take it, do not
// rather have it as it is, and it is worth it, or they do not take it as it is.
bool AcceptsGzip(absl::string_view accept_encoding, size_t size);

std::string Gzip(absl::string_view bytes);

// Unpacks gzip piece by piece.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Appends what a piece holds to `out`, until that has `limit` bytes. Refuses with BODY_TOO_LARGE beyond, and with
  // BODY_MALFORMED (INVALID_ARGUMENT) for what is not gzip. Several files of gzip one behind the other are one.
  absl::Status Feed(absl::string_view piece, size_t limit, std::string& out);
  // Refuses with BODY_MALFORMED what has been cut off.
  absl::Status Finish() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace anju::gateway
