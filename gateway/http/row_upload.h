#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/http/upload.h"
#include "gateway/transcoding/transcoding.h"

namespace anju::gateway {

// Refused rows that one receipt for a whole file tells of; all are counted.
inline constexpr int kMaxRefusedTold = 10'000;

struct RowUploadOptions {
  // Else NDJSON, each line a record.
  bool is_csv = true;
  std::string charset;
  // A receipt for each batch as a line, else one for the whole at the end.
  bool wants_lines = false;
};

// Rows of a file on their way into an import, in batches that are made here. The query gives `division`, and perhaps
// `source`
// (`county`), `household_source` and `import_id`: with one, an upload that broke off goes on where the service stands
// when the same file is sent again. Rows that are not fit to be sent count as refused, with those that the service
// refuses. Refuses with FIELD_UNKNOWN and FIELD_REPEATED for the query, CHARSET_UNKNOWN, NOT_A_CSV and what
// RowMapper::Make says of the heading; and with IMPORT_ID_REUSED (ALREADY_EXISTS), before a row is taken, when what
// broke off under this id was another file.
absl::StatusOr<std::unique_ptr<Upload>> OpenRowUpload(const Transcoder::Match& match, const RowUploadOptions& options,
                                                      absl::Time now);

}  // namespace anju::gateway
