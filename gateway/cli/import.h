#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "anju/type/v1/import.pb.h"
#include "gateway/cli/client.h"
#include "google/protobuf/descriptor.h"

namespace anju::cli {

struct ImportOptions {
  std::string path;
  std::string division;
  std::string source = "county";
  std::string household_source;
  // Rows in a batch, 1 to 1000.
  int batch = 1000;
  // Where the refused rows are written; empty for beside the file.
  std::string refused_path;
};

// What became of a file. received = added + updated + unchanged + refused.
struct ImportOutcome {
  std::string import_id;
  int64_t received = 0, added = 0, updated = 0, unchanged = 0, refused = 0;
  // Rows among them that were taken before the connection broke, and answered nobody: if any of those were refused, why
  // is not known here.
  int64_t earlier = 0;
  // Why, by the row's number.
  std::map<int64_t, type::v1::RefusedRow> refused_rows;
  // Where the refused rows stand; empty when there are none.
  std::string refused_path;
  // Why they could not be written there; OK when they could.
  absl::Status refused_written;
  // Headings that belong to no field.
  std::vector<std::string> unknown_columns;
};

// How an import reaches the world, so that tests can stand in for it.
struct ImportWorld {
  std::function<std::unique_ptr<Exchange>()> open;
  std::function<void(absl::Duration)> sleep;
  // The share of the file that has been read, 0 to 1, and the rows so far. May be empty.
  std::function<void(double, int64_t)> progress;
};

// Batches that may be on their way at a time, and how often in a row a broken connection is made again.
inline constexpr size_t kImportWindow = 4;
inline constexpr int kImportAttempts = 5;

// Sends a CSV file by `method`. A connection that breaks is resumed where the service stands, and so is an import that
// broke off in an earlier run: batches that were taken are not sent again. Rows that cannot be read are not sent; they
// count as refused, like those that the service refuses, and all refused rows are written to a file. The file is read
// to its end before the first row is sent: of one that is no CSV, NOT_A_CSV, nothing is taken. An error in between says
// what was taken before it.
absl::StatusOr<ImportOutcome> Import(const google::protobuf::MethodDescriptor& method, const ImportOptions& options,
                                     const ImportWorld& world);

}  // namespace anju::cli
