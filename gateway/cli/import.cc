#include "gateway/cli/import.h"

#include <algorithm>
#include <deque>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "gateway/imports/batches.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/intake/cells.h"
#include "services/platform/intake/csv.h"
#include "services/platform/rpc/status.h"

namespace anju::cli {
namespace {

using gateway::Batch;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using type::v1::ImportBatch;
using type::v1::ImportReceipt;
using type::v1::RefusedRow;
using enum absl::StatusCode;

constexpr absl::Duration kFirstBackoff = absl::Milliseconds(500);
constexpr size_t kImportIdDigits = 32;

// Reads a file into batches, always the same ones.
class BatchReader {
 public:
  BatchReader(const MethodDescriptor& method, const ImportOptions& options, ImportOutcome& outcome)
      : method_(method), options_(options), outcome_(outcome) {}

  absl::Status Open() {
    ASSIGN_OR_RETURN(file_, intake::CsvFile::Open(options_.path));
    // The batch's size is part of the id: other batches would not continue where these broke off.
    outcome_.import_id =
        Sha256(absl::StrJoin({file_->digest(), method_.input_type()->full_name(), options_.division, options_.source,
                              options_.household_source, absl::StrCat(options_.batch)},
                             "\n"))
            .substr(0, kImportIdDigits);
    RETURN_IF_ERROR(Begin());
    RETURN_IF_ERROR(ReadThrough());
    return Begin();
  }

  // From the first row again.
  absl::Status Begin() {
    file_->Rewind();
    ended_ = false;
    intake::CsvRow heading;
    ASSIGN_OR_RETURN(const bool found, file_->Next(heading));
    if (!found) return Refuse(kInvalidArgument, "NOT_A_CSV", "the file is empty");
    heading_ = heading.cells;
    ImportBatch head;
    head.set_import_id(outcome_.import_id);
    head.set_division(options_.division);
    head.set_source(options_.source);
    head.set_household_source(options_.household_source);
    batches_.emplace(method_, std::move(head), options_.batch);
    RETURN_IF_ERROR(batches_->SetHeading(heading_));
    outcome_.unknown_columns = batches_->unknown_columns();
    return absl::OkStatus();
  }

  // The request that asks where the import stands.
  std::unique_ptr<Message> Question() const { return batches_->Question(); }

  // The next batch, or none at the end.
  absl::StatusOr<std::optional<Batch>> Next() {
    while (true) {
      if (std::optional<Batch> batch = batches_->Take(); batch.has_value() || ended_) return batch;
      intake::CsvRow row;
      ASSIGN_OR_RETURN(const bool found, file_->Next(row));
      ended_ = !found;
      if (ended_) {
        batches_->Finish();
      } else if (std::optional<RefusedRow> refused = batches_->Add(row)) {
        outcome_.refused_rows[row.number] = *std::move(refused);
        ++outcome_.received;
        ++outcome_.refused;
      }
    }
  }

  // Writes the refused rows as they stand in the file, with the reasons beside them.
  absl::Status WriteRefused(const std::string& path) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    // With the mark, or Excel takes it for GB18030.
    out << "\xEF\xBB\xBF";
    std::vector<std::string> heading = heading_;
    heading.insert(heading.end(), {"行号", "字段", "原因", "提示"});
    out << intake::CsvLine(intake::WithoutFormulas(heading));
    file_->Rewind();
    intake::CsvRow row;
    while (true) {
      ASSIGN_OR_RETURN(const bool found, file_->Next(row));
      if (!found) break;
      auto refused = outcome_.refused_rows.find(row.number);
      if (refused == outcome_.refused_rows.end()) continue;
      const RefusedRow& why = refused->second;
      row.cells.resize(std::max(row.cells.size(), heading_.size()));
      row.cells.insert(row.cells.end(), {absl::StrCat(why.row()), Label(why.field()), why.reason(), why.hint()});
      out << intake::CsvLine(intake::WithoutFormulas(row.cells));
    }
    out.close();
    return out ? absl::OkStatus() : absl::UnavailableError(absl::StrCat("cannot write ", path));
  }

  double Share() const {
    return file_->bytes() == 0 ? 1 : static_cast<double>(file_->bytes_read()) / static_cast<double>(file_->bytes());
  }

 private:
  // A file that is no table to its end is found before the first row is sent: of half a table nothing is taken.
  absl::Status ReadThrough() {
    intake::CsvRow row;
    while (true) {
      ASSIGN_OR_RETURN(const bool found, file_->Next(row));
      if (!found) return absl::OkStatus();
    }
  }

  std::string Label(const std::string& field) const {
    const FieldDescriptor* found = batches_->record().FindFieldByName(field);
    return found == nullptr ? field : intake::LabelOf(*found);
  }

  const MethodDescriptor& method_;
  const ImportOptions& options_;
  ImportOutcome& outcome_;
  std::unique_ptr<intake::CsvFile> file_;
  std::vector<std::string> heading_;
  std::optional<gateway::Batches> batches_;
  bool ended_ = false;
};

// Sends the batches, over as many connections as it takes.
class Sender {
 public:
  Sender(BatchReader& reader, ImportOutcome& outcome, const ImportWorld& world)
      : reader_(reader), outcome_(outcome), world_(world) {}

  // An error says what was taken before it.
  absl::Status Send() {
    const absl::Status end = SendAll();
    if (end.ok()) return end;
    Ask();
    if (served_.received() == 0) return end;
    absl::Status told(end.code(), absl::StrCat(end.message(), "; before that ", served_.received(),
                                               " rows were taken (", served_.added(), " added, ", served_.updated(),
                                               " updated, ", served_.unchanged(), " unchanged, ", served_.refused(),
                                               " refused) and the rest was not: send the whole file again"));
    end.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) { told.SetPayload(type, payload); });
    return told;
  }

 private:
  // What became of the batches that were on their way when the connection ended.
  void Ask() {
    if (pending_.empty()) return;
    std::unique_ptr<Exchange> exchange = world_.open();
    ImportReceipt stand;
    if (!exchange->Send(*reader_.Question()).ok() || !exchange->Receive(stand).ok()) return;
    if (stand.number() >= taken_) served_ = std::move(stand);
  }

  absl::Status SendAll() {
    int failed = 0;
    while (true) {
      const int32_t before = taken_;
      const absl::Status status = Attempt();
      if (status.ok()) AddServed();
      const std::optional<absl::Duration> delay = rpc::RetryDelay(status);
      // Out of order: the same file is coming by another connection too, perhaps an earlier one of ours that broke.
      if (status.code() != kUnavailable && !delay.has_value() && ReasonOf(status) != "BATCH_OUT_OF_ORDER")
        return status;
      failed = taken_ > before ? 1 : failed + 1;
      if (failed > kImportAttempts) return status;
      world_.sleep(std::max(kFirstBackoff * (1 << (failed - 1)), delay.value_or(absl::ZeroDuration())));
    }
  }

  // One connection, from the question where the service stands to the end of the file.
  absl::Status Attempt() {
    std::unique_ptr<Exchange> exchange = world_.open();
    ImportReceipt stand;
    RETURN_IF_ERROR(exchange->Send(*reader_.Question()));
    RETURN_IF_ERROR(exchange->Receive(stand));
    RETURN_IF_ERROR(Resume(stand));

    // Those of an earlier connection that were not taken go first; all of `pending_` up to `sent` is on its way.
    size_t sent = 0;
    while (true) {
      while (sent < kImportWindow) {
        if (sent == pending_.size()) {
          ASSIGN_OR_RETURN(std::optional<Batch> batch, NextUntaken());
          if (!batch.has_value()) break;
          pending_.push_back(*std::move(batch));
        }
        RETURN_IF_ERROR(exchange->Send(*pending_[sent].request));
        ++sent;
      }
      if (sent == 0) {
        // Every batch has been answered, so it no longer matters how the connection ends.
        const absl::Status end = exchange->Close();
        return end.code() == kUnavailable ? absl::OkStatus() : end;
      }
      ImportReceipt receipt;
      RETURN_IF_ERROR(exchange->Receive(receipt));
      RETURN_IF_ERROR(Take(receipt));
      --sent;
    }
  }

  // `stand` says which batch was taken last, and what became of the rows so far.
  absl::Status Resume(const ImportReceipt& stand) {
    if (stand.number() < taken_) {
      // It took the last batch, and the import begins anew; or it has lost what it knew. The same rows again change
      // nothing, so the safe way is to send them all.
      pending_.clear();
      outcome_ = ImportOutcome{.import_id = outcome_.import_id};
      RETURN_IF_ERROR(reader_.Begin());
    }
    taken_ = stand.number();
    served_ = stand;
    while (!pending_.empty() && pending_.front().number <= taken_) {
      outcome_.earlier += pending_.front().rows;
      pending_.pop_front();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<Batch>> NextUntaken() {
    while (true) {
      ASSIGN_OR_RETURN(std::optional<Batch> batch, reader_.Next());
      if (!batch.has_value() || batch->number > taken_) return batch;
      outcome_.earlier += batch->rows;
    }
  }

  absl::Status Take(const ImportReceipt& receipt) {
    const Batch& batch = pending_.front();
    if (receipt.number() != batch.number) {
      return absl::InternalError(
          absl::StrCat("the service answered batch ", receipt.number(), " instead of ", batch.number));
    }
    served_.set_received(served_.received() + receipt.received());
    served_.set_added(served_.added() + receipt.added());
    served_.set_updated(served_.updated() + receipt.updated());
    served_.set_unchanged(served_.unchanged() + receipt.unchanged());
    served_.set_refused(served_.refused() + receipt.refused());
    for (const RefusedRow& row : receipt.refused_rows()) outcome_.refused_rows[row.row()] = row;
    taken_ = batch.number;
    pending_.pop_front();
    if (world_.progress) world_.progress(reader_.Share(), served_.received());
    return absl::OkStatus();
  }

  // To what was refused here comes what the service answered.
  void AddServed() {
    outcome_.received += served_.received();
    outcome_.added += served_.added();
    outcome_.updated += served_.updated();
    outcome_.unchanged += served_.unchanged();
    outcome_.refused += served_.refused();
  }

  BatchReader& reader_;
  ImportOutcome& outcome_;
  const ImportWorld& world_;
  // The sum of the service's answers.
  ImportReceipt served_;
  std::deque<Batch> pending_;
  int32_t taken_ = 0;
};

std::string BesideTheFile(const std::string& path) {
  return absl::StrCat(absl::EndsWithIgnoreCase(path, ".csv") ? path.substr(0, path.size() - 4) : path, "-refused.csv");
}

}  // namespace

absl::StatusOr<ImportOutcome> Import(const MethodDescriptor& method, const ImportOptions& options,
                                     const ImportWorld& world) {
  if (options.batch < 1 || options.batch > gateway::kMaxBatchRows) {
    return Refuse(kInvalidArgument, "BATCH_OUT_OF_RANGE",
                  absl::StrCat("a batch has 1 to ", gateway::kMaxBatchRows, " rows"));
  }
  ImportOutcome outcome;
  BatchReader reader(method, options, outcome);
  RETURN_IF_ERROR(reader.Open());
  RETURN_IF_ERROR(Sender(reader, outcome, world).Send());
  if (!outcome.refused_rows.empty()) {
    outcome.refused_path = options.refused_path.empty() ? BesideTheFile(options.path) : options.refused_path;
    // The import has happened: what became of it is answered in any case.
    outcome.refused_written = reader.WriteRefused(outcome.refused_path);
  }
  return outcome;
}

}  // namespace anju::cli
