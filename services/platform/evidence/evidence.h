#pragma once

#include <string>
#include <vector>

#include "services/platform/base/archive.h"
#include "services/platform/roots/session.h"

// Files that show something, known by the SHA-256 of their content. The content lies in a folder (folder.h); that it is
// there is a record like any other, so that a rule can ask for it in its transaction.
namespace anju::evidence {

// What a record says of a file that it rests on.
struct Evidence {
  std::string name;
  // 64 lower-case hexadecimal digits.
  std::string sha256;
  int64_t size_bytes = 0;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("sha256", sha256);
    archive("size_bytes", size_bytes);
  }
  friend bool operator==(const Evidence&, const Evidence&) = default;
};

// That a division has sent a file, wholly, and that it is what its hash says.
struct KeptFile {
  static constexpr absl::string_view kKind = "evidence_file";
  std::string id;
  // `<division>/<sha256>`.
  std::string key;
  std::string division;
  std::string sha256;
  int64_t size_bytes = 0;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("division", division);
    archive("sha256", sha256);
    archive("size_bytes", size_bytes);
  }
  std::string Division() const { return division; }
  friend bool operator==(const KeptFile&, const KeptFile&) = default;
};

// Adds to no figure.
inline tally::Contributions Contributions(const KeptFile&) { return {}; }
// Found by its hash, whoever sent it.
std::vector<roots::Name> Links(const KeptFile& file);

bool IsHash(absl::string_view text);

// Whether every file was sent beforehand, by a division that lies in `county` or above it. Refuses with
// EVIDENCE_NOT_FOUND, and EVIDENCE_SIZE_WRONG when its size is said to be another one.
absl::Status CheckKept(roots::Session& session, absl::string_view county, const std::vector<Evidence>& files);

}  // namespace anju::evidence
