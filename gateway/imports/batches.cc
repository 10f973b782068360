#include "gateway/imports/batches.h"

#include "services/platform/base/error.h"

namespace anju::gateway {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using intake::CellError;
using type::v1::ImportBatch;
using type::v1::RefusedRow;

namespace {

// Well below the limit of a message, whatever the rows hold.
constexpr size_t kMaxBatchBytes = 2 * 1024 * 1024;

}  // namespace

bool IsImport(const MethodDescriptor& method) {
  const auto* batch = method.input_type()->FindFieldByName("batch");
  const auto* rows = method.input_type()->FindFieldByName("rows");
  return method.client_streaming() && method.server_streaming() && batch != nullptr && rows != nullptr &&
         batch->message_type() == ImportBatch::descriptor() && rows->is_repeated() &&
         method.output_type() == type::v1::ImportReceipt::descriptor();
}

const google::protobuf::FieldDescriptor& RowsOf(const MethodDescriptor& method) {
  return *method.input_type()->FindFieldByName("rows");
}

Batches::Batches(const MethodDescriptor& method, ImportBatch head, int rows)
    : type_(*method.input_type()),
      batch_field_(*type_.FindFieldByName("batch")),
      rows_field_(RowsOf(method)),
      head_(std::move(head)),
      rows_(rows) {
  ANJU_CHECK(rows >= 1 && rows <= kMaxBatchRows);
}

absl::Status Batches::SetHeading(const std::vector<std::string>& cells) {
  ASSIGN_OR_RETURN(mapper_, intake::RowMapper::Make(record(), cells));
  unknown_ = mapper_->unknown();
  return absl::OkStatus();
}

std::optional<RefusedRow> Batches::Add(const intake::CsvRow& row) {
  std::unique_ptr<Message> message(MessageFactory::generated_factory()->GetPrototype(&record())->New());
  if (const std::optional<CellError> error = mapper_->Fill(row.cells, *message)) {
    RefusedRow refused;
    refused.set_row(row.number);
    refused.set_field(error->field);
    refused.set_reason(error->reason);
    refused.set_hint(error->hint);
    return refused;
  }
  Add(row.number, std::move(message));
  return std::nullopt;
}

void Batches::Add(int64_t number, std::unique_ptr<Message> message) {
  // Closed only now, because only now it is known that it is not the last.
  if (open_.has_value() && (open_->rows == rows_ || bytes_ >= kMaxBatchBytes)) Close(/*is_last=*/false);
  if (!open_.has_value()) {
    open_ = Batch{.number = ++number_, .rows = 0, .request = MakeRequest(&open_head_)};
    open_head_->set_number(number_);
    open_head_->set_first_row(number);
    consecutive_ = true;
    bytes_ = 0;
  }
  consecutive_ &= number == open_head_->first_row() + open_->rows;
  open_head_->add_row_numbers(number);
  bytes_ += message->ByteSizeLong();
  open_->request->GetReflection()->AddAllocatedMessage(open_->request.get(), &rows_field_, message.release());
  ++open_->rows;
}

void Batches::Close(bool is_last) {
  if (consecutive_) open_head_->clear_row_numbers();
  open_head_->set_last(is_last);
  complete_.push_back(*std::move(open_));
  open_.reset();
}

void Batches::Finish() {
  if (open_.has_value()) Close(/*is_last=*/true);
}

std::optional<Batch> Batches::Take() {
  if (complete_.empty()) return std::nullopt;
  Batch batch = std::move(complete_.front());
  complete_.pop_front();
  return batch;
}

std::unique_ptr<Message> Batches::Question() const {
  ImportBatch* head = nullptr;
  return MakeRequest(&head);
}

std::unique_ptr<Message> Batches::MakeRequest(ImportBatch** head) const {
  std::unique_ptr<Message> request(MessageFactory::generated_factory()->GetPrototype(&type_)->New());
  *head = static_cast<ImportBatch*>(request->GetReflection()->MutableMessage(request.get(), &batch_field_, nullptr));
  **head = head_;
  return request;
}

}  // namespace anju::gateway
