#include "gateway/http/row_upload.h"

#include <set>
#include <utility>

#include "absl/strings/strip.h"
#include "anju/type/v1/import.pb.h"
#include "gateway/imports/batches.h"
#include "gateway/imports/text.h"
#include "gateway/transcoding/fields.h"
#include "gateway/transcoding/json.h"
#include "google/rpc/status.pb.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/intake/digest.h"

namespace anju::gateway {

using enum absl::StatusCode;
using type::v1::ImportBatch;
using type::v1::ImportReceipt;
using type::v1::RefusedRow;

namespace {

constexpr char kDefaultSource[] = "county";

class RowUpload final : public Upload {
 public:
  RowUpload(const Transcoder::Match& match, ImportBatch head, bool resumes, const RowUploadOptions& options,
            UploadText text)
      : is_csv_(options.is_csv),
        wants_lines_(options.wants_lines),
        text_(std::move(text)),
        batches_(*match.method, std::move(head)),
        awaits_standing_(resumes) {
    if (resumes) ready_.push_back(batches_.Question()->SerializeAsString());
    totals_.set_import_id(batches_.head().import_id());
  }

  absl::Status Feed(absl::string_view piece) override { return Take(piece, /*last=*/false); }
  absl::Status Finish() override {
    RETURN_IF_ERROR(Take("", /*last=*/true));
    if (is_csv_ && !has_heading_) return Refuse(kInvalidArgument, "NOT_A_CSV", "the file is empty");
    batches_.Finish();
    RETURN_IF_ERROR(CollectBatches());
    return left_out_ < taken_ ? CheckLeftOut() : absl::OkStatus();
  }
  // What the service has taken already is known before the first batch is made.
  bool MayFeed() const override { return !awaits_standing_ && Upload::MayFeed(); }

  absl::StatusOr<std::string> Answered(const std::string& message) override {
    ImportReceipt receipt;
    if (!receipt.ParseFromString(message)) return absl::InternalError("a service's answer could not be read");
    if (std::exchange(awaits_standing_, false)) {
      taken_ = receipt.number();
      taken_digest_ = receipt.digest();
      if (taken_ == 0) return std::string();
    }
    for (RefusedRow& row : *refused_.mutable_refused_rows()) *receipt.add_refused_rows() = std::move(row);
    receipt.set_received(receipt.received() + refused_.received());
    receipt.set_refused(receipt.refused() + refused_.refused());
    refused_.Clear();
    return Tell(std::move(receipt));
  }
  absl::StatusOr<std::string> Last() override {
    if (refused_.received() > 0) {
      refused_.set_import_id(totals_.import_id());
      refused_.set_number(totals_.number());
      ASSIGN_OR_RETURN(std::string line, Tell(std::exchange(refused_, ImportReceipt())));
      if (wants_lines_) return line;
    }
    if (wants_lines_) return std::string();
    return WriteJson(totals_);
  }
  bool IsLines() const override { return wants_lines_; }

  grpc::Status Explain(const grpc::Status& status) const override {
    if (totals_.received() == 0) return status;
    google::rpc::Status details;
    if (!details.ParseFromString(status.error_details())) details.Clear();
    details.set_code(status.error_code());
    details.set_message(status.error_message());
    details.add_details()->PackFrom(totals_);
    return {status.error_code(), status.error_message(), details.SerializeAsString()};
  }
  std::vector<std::string> UnknownColumns() const override { return batches_.unknown_columns(); }

 private:
  absl::Status Take(absl::string_view piece, bool last) {
    ASSIGN_OR_RETURN(const std::string text, text_.Decode(piece, last));
    const auto take = [this](int64_t number, absl::string_view line) {
      TakeRecord(number, line);
      return absl::OkStatus();
    };
    if (is_csv_) {
      std::deque<intake::CsvRow> rows;
      RETURN_IF_ERROR(csv_.Feed(text, rows));
      if (last) RETURN_IF_ERROR(csv_.Finish(rows));
      for (const intake::CsvRow& row : rows) RETURN_IF_ERROR(TakeRow(row));
    } else {
      RETURN_IF_ERROR(lines_.Feed(text, take));
      if (last) RETURN_IF_ERROR(lines_.Finish(take));
    }
    return CollectBatches();
  }

  absl::Status TakeRow(const intake::CsvRow& row) {
    if (!std::exchange(has_heading_, true)) return batches_.SetHeading(row.cells);
    if (std::optional<RefusedRow> refused = batches_.Add(row)) RefuseRow(*std::move(refused));
    return absl::OkStatus();
  }

  void TakeRecord(int64_t number, absl::string_view line) {
    std::unique_ptr<google::protobuf::Message> record = NewMessage(batches_.record());
    if (const absl::Status read = ReadJson(line, *record); !read.ok()) {
      RefusedRow refused;
      refused.set_row(number);
      refused.set_field(FieldOf(read));
      refused.set_reason(ReasonOf(read));
      refused.set_hint(std::string(read.message()));
      RefuseRow(std::move(refused));
    } else {
      batches_.Add(number, std::move(record));
    }
  }

  void RefuseRow(RefusedRow row) {
    refused_.set_received(refused_.received() + 1);
    refused_.set_refused(refused_.refused() + 1);
    if (refused_.refused_rows_size() < kMaxRefusedTold) *refused_.add_refused_rows() = std::move(row);
  }

  absl::Status CollectBatches() {
    while (std::optional<Batch> batch = batches_.Take()) {
      std::string request = batch->request->SerializeAsString();
      if (batch->number > taken_) {
        ready_.push_back(std::move(request));
        continue;
      }
      left_out_ = batch->number;
      left_out_digest_ = intake::DigestAfter(left_out_digest_, request);
      if (left_out_ == taken_) RETURN_IF_ERROR(CheckLeftOut());
    }
    return absl::OkStatus();
  }

  // The batches that are not sent again must be those that were taken.
  absl::Status CheckLeftOut() {
    if (taken_digest_.empty() || left_out_digest_ == taken_digest_) return absl::OkStatus();
    // Of this file nothing was taken.
    totals_.Clear();
    return Refuse(kAlreadyExists, "IMPORT_ID_REUSED",
                  "this import_id was used for another file, which broke off; send this one under an id of its own",
                  "import_id");
  }

  // Adds a receipt to the whole, and makes a line of it when lines are wanted.
  absl::StatusOr<std::string> Tell(ImportReceipt receipt) {
    totals_.set_number(receipt.number());
    totals_.set_received(totals_.received() + receipt.received());
    totals_.set_added(totals_.added() + receipt.added());
    totals_.set_updated(totals_.updated() + receipt.updated());
    totals_.set_unchanged(totals_.unchanged() + receipt.unchanged());
    totals_.set_refused(totals_.refused() + receipt.refused());
    if (wants_lines_) {
      ASSIGN_OR_RETURN(std::string json, WriteJson(receipt));
      return json + "\n";
    }
    for (RefusedRow& row : *receipt.mutable_refused_rows()) {
      if (totals_.refused_rows_size() >= kMaxRefusedTold) break;
      *totals_.add_refused_rows() = std::move(row);
    }
    return std::string();
  }

  const bool is_csv_, wants_lines_;
  UploadText text_;
  intake::CsvParser csv_;
  LineSplitter lines_;
  Batches batches_;
  bool has_heading_ = false;
  bool awaits_standing_;
  // The last batch that an earlier upload brought in, and the last one that was left out for that; with the digests of
  // all up to there.
  int32_t taken_ = 0, left_out_ = 0;
  std::string taken_digest_, left_out_digest_;
  // Rows refused here since the last receipt.
  ImportReceipt refused_;
  ImportReceipt totals_;
};

absl::StatusOr<ImportBatch> ReadHead(const Variables& query) {
  static const std::set<std::string>& kNames =
      *new std::set<std::string>{"division", "source", "household_source", "import_id"};
  ImportBatch head;
  head.set_source(kDefaultSource);
  std::set<std::string> seen;
  for (const auto& [path, text] : query) {
    const std::string name(absl::StripPrefix(path, "batch."));
    if (!kNames.contains(name)) return Unknown(path);
    if (!seen.insert(name).second) {
      return Refuse(kInvalidArgument, "FIELD_REPEATED", "the address gives this field twice", path);
    }
    RETURN_IF_ERROR(SetField(head, name, text));
  }
  return head;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Upload>> OpenRowUpload(const Transcoder::Match& match, const RowUploadOptions& options,
                                                      absl::Time now) {
  ASSIGN_OR_RETURN(ImportBatch head, ReadHead(match.query));
  ASSIGN_OR_RETURN(UploadText text, UploadText::Make(options.charset));
  const bool resumes = !head.import_id().empty();
  if (!resumes) head.set_import_id(NewId(now));
  return std::make_unique<RowUpload>(match, std::move(head), resumes, options, std::move(text));
}

}  // namespace anju::gateway
