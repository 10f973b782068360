#include "services/platform/evidence/folder.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::evidence {
namespace {

using enum absl::StatusCode;
namespace fs = std::filesystem;

constexpr absl::string_view kIncoming = "incoming";
constexpr std::chrono::hours kForgetAfter(24);
constexpr size_t kReadAtOnce = 1 << 20;

absl::Status Fault(absl::string_view what, const std::string& path) {
  const int error = errno;
  return absl::Status(error == ENOSPC || error == EDQUOT ? kUnavailable : kInternal,
                      absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(error)));
}

// A file that is closed when it is left.
class File {
 public:
  File(const std::string& path, int flags) : descriptor_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool opened() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  int64_t size() const {
    struct stat status {};
    return fstat(descriptor_, &status) == 0 ? status.st_size : -1;
  }
  // Whether it has another name.
  bool is_linked() const {
    struct stat status {};
    return fstat(descriptor_, &status) == 0 && status.st_nlink > 1;
  }
  // Keeps everybody else out until it is closed. False: it bears this name no longer.
  bool Hold(const std::string& path) const {
    while (flock(descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) return false;
    }
    struct stat held {
    }, named{};
    return fstat(descriptor_, &held) == 0 && stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino;
  }

 private:
  const int descriptor_;
};

// What lies at `offset`, as far as the file goes.
absl::StatusOr<std::string> ReadAt(const File& file, int64_t offset, size_t limit, const std::string& path) {
  std::string data(limit, '\0');
  size_t filled = 0;
  while (filled < limit) {
    const ssize_t got =
        pread(file.descriptor(), data.data() + filled, limit - filled, offset + static_cast<int64_t>(filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Fault("read", path);
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  data.resize(filled);
  return data;
}

absl::Status WriteAt(const File& file, int64_t offset, absl::string_view data, const std::string& path) {
  while (!data.empty()) {
    const ssize_t wrote = pwrite(file.descriptor(), data.data(), data.size(), offset);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return Fault("write", path);
    offset += wrote;
    data.remove_prefix(static_cast<size_t>(wrote));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> HashOf(const File& file, const std::string& path) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ANJU_CHECK(digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1);
  for (int64_t offset = 0;;) {
    ASSIGN_OR_RETURN(const std::string data, ReadAt(file, offset, kReadAtOnce, path));
    if (data.empty()) break;
    ANJU_CHECK(EVP_DigestUpdate(digest.get(), data.data(), data.size()) == 1);
    offset += static_cast<int64_t>(data.size());
  }
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ANJU_CHECK(EVP_DigestFinal_ex(digest.get(), hash, &size) == 1);
  return absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash), size));
}

// A name is on disk for good once its folder is.
absl::Status SyncFolder(const std::string& path) {
  const File folder(path, O_RDONLY | O_DIRECTORY);
  if (!folder.opened() || fsync(folder.descriptor()) != 0) return Fault("keep", path);
  return absl::OkStatus();
}

std::string SenderPrefix(const std::string& sender) { return absl::StrCat(Sha256(sender).substr(0, 16), "-"); }

// What has been begun under names that start so, the oldest first. What was left for a day is thrown away, whoever
// began it.
std::vector<fs::path> Begun(const std::string& incoming, absl::string_view prefix) {
  std::vector<std::pair<fs::file_time_type, fs::path>> begun;
  std::error_code error;
  for (const fs::directory_entry& file : fs::directory_iterator(incoming, error)) {
    const auto touched = file.last_write_time(error);
    if (error) continue;
    if (touched < fs::file_time_type::clock::now() - kForgetAfter) {
      fs::remove(file.path(), error);
    } else if (absl::StartsWith(file.path().filename().string(), prefix)) {
      begun.emplace_back(touched, file.path());
    }
  }
  std::sort(begun.begin(), begun.end());
  std::vector<fs::path> paths;
  for (auto& [touched, path] : begun) paths.push_back(std::move(path));
  return paths;
}

void MakeRoom(const std::string& incoming, const std::string& sender) {
  const std::vector<fs::path> begun = Begun(incoming, SenderPrefix(sender));
  std::error_code error;
  for (size_t n = 0; n + kMostBegun <= begun.size(); ++n) fs::remove(begun[n], error);
}

// On disk before it bears its name. Somebody else may have sent the same file; then theirs bears it.
absl::Status Name(const File& file, const std::string& path, const std::string& kept) {
  if (fsync(file.descriptor()) != 0) return Fault("keep", path);
  const fs::path home = fs::path(kept).parent_path();
  std::error_code error;
  fs::create_directories(home, error);
  if (link(path.c_str(), kept.c_str()) != 0 && errno != EEXIST) {
    return errno == ENOENT ? absl::AbortedError("begin again") : Fault("keep", kept);
  }
  RETURN_IF_ERROR(SyncFolder(home.string()));
  return SyncFolder(home.parent_path().string());
}

}  // namespace

absl::StatusOr<Folder> Folder::Open(const std::string& path) {
  if (path.empty()) return Folder("");
  std::error_code error;
  const fs::path incoming = fs::path(path) / std::string(kIncoming);
  fs::create_directories(incoming, error);
  if (error) return absl::InvalidArgumentError(absl::StrCat("cannot make the folder ", path, ": ", error.message()));
  Begun(incoming.string(), "");
  return Folder(path);
}

std::string Folder::PathOf(const std::string& sha256) const {
  return absl::StrCat(path_, "/", sha256.substr(0, 2), "/", sha256);
}

std::string Folder::IncomingPathOf(const Piece& piece) const {
  return absl::StrCat(path_, "/", kIncoming, "/", SenderPrefix(piece.sender), Sha256(piece.division).substr(0, 16), "-",
                      piece.sha256);
}

absl::StatusOr<Folder::Progress> Folder::Add(const Piece& piece) {
  const std::string path = IncomingPathOf(piece);
  std::error_code error;
  if (!fs::exists(path, error)) MakeRoom(absl::StrCat(path_, "/", kIncoming), piece.sender);
  const File file(path, O_RDWR | O_CREAT);
  if (!file.opened()) return Fault("open", path);
  if (!file.Hold(path)) return absl::AbortedError("begin again");
  const int64_t had = file.size();
  if (had < 0) return Fault("open", path);
  // It is the file that is kept, and nothing is written into that any more.
  if (file.is_linked()) return Progress{.bytes = had, .whole = true};
  if (piece.offset > had) {
    return Refuse(kFailedPrecondition, "OFFSET_AHEAD", absl::StrCat(had, " bytes have come: go on from there"),
                  "offset");
  }
  const int64_t end = piece.offset + static_cast<int64_t>(piece.data.size());
  if (end > had) RETURN_IF_ERROR(WriteAt(file, piece.offset, piece.data, path));
  const int64_t has = std::max(had, end);
  if (has < piece.size_bytes) return Progress{.bytes = has};
  ASSIGN_OR_RETURN(const std::string hash, HashOf(file, path));
  if (hash != piece.sha256) {
    fs::remove(path, error);
    return Refuse(kInvalidArgument, "EVIDENCE_HASH_WRONG",
                  "what was sent has another hash: send the file again from the beginning", "sha256");
  }
  RETURN_IF_ERROR(Name(file, path, PathOf(piece.sha256)));
  return Progress{.bytes = has, .whole = true};
}

void Folder::Forget(const Piece& piece) const {
  std::error_code error;
  fs::remove(IncomingPathOf(piece), error);
}

bool Folder::Has(const std::string& sha256, int64_t size_bytes) const {
  std::error_code error;
  return fs::file_size(PathOf(sha256), error) == static_cast<uintmax_t>(size_bytes) && !error;
}

absl::StatusOr<std::string> Folder::Read(const std::string& sha256, int64_t offset, int64_t limit) const {
  const std::string path = PathOf(sha256);
  const File file(path, O_RDONLY);
  if (!file.opened()) return Fault("read", path);
  return ReadAt(file, offset, static_cast<size_t>(limit), path);
}

}  // namespace anju::evidence
