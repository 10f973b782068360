#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "anju/type/v1/import.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anju::intake {

// Rows among which a second one of a record is noticed; beyond them the memory begins anew.
inline constexpr size_t kMaxRowsRemembered = 1 << 18;

// The number in the sender's file of the row with this index in a batch.
int64_t RowNumber(const type::v1::ImportBatch& batch, int row);

// Notices that a row is of the same record as an earlier row of its import: the last of such rows would win, and the
// same rows again would change the record every time.
class Repeats {
 public:
  // `identity`: the fields of a row that together say which record it is of.
  Repeats(const google::protobuf::Descriptor& row, const std::vector<absl::string_view>& identity);

  // Refuses with ROW_REPEATED the row with this index in a batch. A row that lacks what every row needs is nobody's,
  // and the same row of a batch that is sent again is no second one. With another import the memory begins anew.
  absl::Status Add(const type::v1::ImportBatch& batch, const google::protobuf::Message& row, int index);

 private:
  struct First {
    int32_t batch = 0;
    int index = 0;
    int64_t number = 0;
  };

  std::vector<const google::protobuf::FieldDescriptor*> identity_;
  // What people call those.
  std::string labels_;
  // By the first half of the SHA-256 of what identifies the record.
  absl::flat_hash_map<std::pair<uint64_t, uint64_t>, First> seen_;
  // What the batches of the import at hand have in common.
  std::string import_;
};

}  // namespace anju::intake
