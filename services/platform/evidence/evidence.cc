#include "services/platform/evidence/evidence.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"

namespace anju::evidence {
namespace {

using enum absl::StatusCode;

constexpr absl::string_view kLink = "evidence";

}  // namespace

std::vector<roots::Name> Links(const KeptFile& file) { return {{.kind = std::string(kLink), .name = file.sha256}}; }

bool IsHash(absl::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isdigit(c) || (c >= 'a' && c <= 'f');
         });
}

absl::Status CheckKept(roots::Session& session, absl::string_view county, const std::vector<Evidence>& files) {
  for (const Evidence& file : files) {
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kLink, file.sha256));
    std::optional<KeptFile> found;
    for (const std::string& id : ids) {
      ASSIGN_OR_RETURN(found, session.Get<KeptFile>(id));
      if (!found.has_value()) continue;
      const std::string& sender = found->division;
      if (intake::LiesIn(session, sender, county) || intake::LiesIn(session, county, sender)) break;
      found.reset();
    }
    if (!found.has_value()) {
      return Refuse(kFailedPrecondition, "EVIDENCE_NOT_FOUND",
                    absl::StrCat("upload the file with the hash ", file.sha256, " first"), "evidence");
    }
    if (found->size_bytes != file.size_bytes) {
      return Refuse(kFailedPrecondition, "EVIDENCE_SIZE_WRONG",
                    absl::StrCat("the file with the hash ", file.sha256, " has ", found->size_bytes, " bytes"),
                    "evidence");
    }
  }
  return absl::OkStatus();
}

}  // namespace anju::evidence
