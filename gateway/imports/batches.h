#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "anju/type/v1/import.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/platform/intake/cells.h"
#include "services/platform/intake/csv.h"

namespace anju::gateway {

// Rows in a batch, as the services take them.
inline constexpr int kMaxBatchRows = 1'000;

// Whether rows go in by this method: a stream of requests with `batch` and `rows`, a receipt for each.
bool IsImport(const google::protobuf::MethodDescriptor& method);

// The field of an import's request that holds the rows.
const google::protobuf::FieldDescriptor& RowsOf(const google::protobuf::MethodDescriptor& method);

// A request of an import.
struct Batch {
  int32_t number = 0;
  int64_t rows = 0;
  // Of the method's input type.
  std::unique_ptr<google::protobuf::Message> request;
};

// Makes the batches of an import from its rows as they come: the same rows always make the same batches, so that one
// that broke off can be taken up again.
class Batches {
 public:
  // `head` holds what all batches have in common: the import's id, the division and the sources. `rows` is how many a
  // batch holds, 1 to kMaxBatchRows. `method` is an import.
  Batches(const google::protobuf::MethodDescriptor& method, type::v1::ImportBatch head, int rows = kMaxBatchRows);

  // The heading of a table whose rows follow. Refuses as intake::RowMapper::Make does.
  absl::Status SetHeading(const std::vector<std::string>& cells);

  // Takes a row, or says why it is not fit to be sent, as RowMapper::Fill does. A row that came before is for the
  // service to refuse, which knows by what a record is known.
  std::optional<type::v1::RefusedRow> Add(const intake::CsvRow& row);
  void Add(int64_t number, std::unique_ptr<google::protobuf::Message> record);

  // No more rows come; what is at hand becomes the last batch.
  void Finish();

  // The next batch that is complete, in their order.
  std::optional<Batch> Take();

  // The request that asks where the import stands.
  std::unique_ptr<google::protobuf::Message> Question() const;

  const type::v1::ImportBatch& head() const { return head_; }
  const google::protobuf::Descriptor& record() const { return *rows_field_.message_type(); }
  // Headings that belong to no field.
  const std::vector<std::string>& unknown_columns() const { return unknown_; }

 private:
  std::unique_ptr<google::protobuf::Message> MakeRequest(type::v1::ImportBatch** head) const;
  void Close(bool is_last);

  const google::protobuf::Descriptor& type_;
  const google::protobuf::FieldDescriptor& batch_field_;
  const google::protobuf::FieldDescriptor& rows_field_;
  const type::v1::ImportBatch head_;
  const int rows_;
  std::optional<intake::RowMapper> mapper_;
  std::vector<std::string> unknown_;

  // The batch that is being filled.
  std::optional<Batch> open_;
  type::v1::ImportBatch* open_head_ = nullptr;
  bool consecutive_ = true;
  size_t bytes_ = 0;
  int32_t number_ = 0;
  std::deque<Batch> complete_;
};

}  // namespace anju::gateway
