#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju::evidence {

inline constexpr int64_t kLargestFile = 64 << 20;
inline constexpr int64_t kLargestPiece = 2 << 20;
// Files that a sender has begun and not ended. Who begins more lets go of what they began first.
inline constexpr size_t kMostBegun = 32;

// A folder of files by the hash of their content: `ab/ab12…`. What is begun lies in `incoming/`, apart for each sender
// and each division, until its last byte has come and the whole has the hash it is said to have; whether the folder has
// the same file from somebody else changes nothing until then. Several processes may share a folder. Thread-safe.
//
// Faults are INTERNAL, or UNAVAILABLE when the disk is full.
class Folder {
 public:
  // Makes the folder when it is not there, and throws away what was begun more than a day ago, as does whoever begins
  // something. An empty path: a folder that takes nothing.
  static absl::StatusOr<Folder> Open(const std::string& path);

  bool takes() const { return !path_.empty(); }

  struct Piece {
    // Who sends it, and for which division.
    std::string sender, division;
    std::string sha256;
    int64_t size_bytes = 0;
    int64_t offset = 0;
    absl::string_view data;
  };
  struct Progress {
    int64_t bytes = 0;
    // These are the whole file, which is on disk for good.
    bool whole = false;
  };
  // How much has come. What is there already is passed over. Refuses with OFFSET_AHEAD and, when the last byte has
  // come, with EVIDENCE_HASH_WRONG, and forgets then what has come. ABORTED when that was forgotten meanwhile.
  absl::StatusOr<Progress> Add(const Piece& piece);
  // Forgets what has come of a file that is wholly kept: to be called once that is recorded, so that the last piece may
  // be sent again until then.
  void Forget(const Piece& piece) const;

  // Whether a file of this size is kept.
  bool Has(const std::string& sha256, int64_t size_bytes) const;
  // A piece of a file that is kept. INTERNAL when it is not there or was damaged.
  absl::StatusOr<std::string> Read(const std::string& sha256, int64_t offset, int64_t limit) const;

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string PathOf(const std::string& sha256) const;
  std::string IncomingPathOf(const Piece& piece) const;

  std::string path_;
};

}  // namespace anju::evidence
