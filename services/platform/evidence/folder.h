#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju::evidence {

inline constexpr int64_t kLargestFile = 64 << 20;
inline constexpr int64_t kLargestPiece = 2 << 20;

// A folder of files by the hash of their content: `ab/ab12…`. What is begun lies in `incoming/` until its last byte has
// come and the whole has the hash it is said to have. Several processes may share a folder. Thread-safe.
//
// Faults are INTERNAL, or UNAVAILABLE when the disk is full.
class Folder {
 public:
  // Makes the folder when it is not there, and throws away what was begun more than a day ago. An empty path: a folder
  // that takes nothing.
  static absl::StatusOr<Folder> Open(const std::string& path);

  bool takes() const { return !path_.empty(); }

  struct Piece {
    // Who sends it; what different senders have begun is kept apart.
    std::string sender;
    std::string sha256;
    int64_t size_bytes = 0;
    int64_t offset = 0;
    absl::string_view data;
  };
  // How many bytes have come; all of them: the file is kept, on disk for good. What is there already is passed over.
  // Refuses with OFFSET_AHEAD and, when the last byte has come, with EVIDENCE_HASH_WRONG, and forgets the file then.
  absl::StatusOr<int64_t> Add(const Piece& piece);

  // A piece of a file that is kept. INTERNAL when it is not there or was damaged.
  absl::StatusOr<std::string> Read(const std::string& sha256, int64_t offset, int64_t limit) const;

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string PathOf(const std::string& sha256) const;

  std::string path_;
};

}  // namespace anju::evidence
