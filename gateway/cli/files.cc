#include "gateway/cli/files.h"

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace anju::cli {

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  if (!file || !(text << file.rdbuf())) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return text.str();
}

}  // namespace anju::cli
