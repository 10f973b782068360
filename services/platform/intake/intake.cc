#include "services/platform/intake/intake.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/ids.h"
#include "services/platform/base/words.h"
#include "services/platform/intake/digest.h"
#include "services/platform/intake/places.h"
#include "services/platform/records/read.h"

namespace anju::intake {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using storage::Rows;
using type::v1::ImportBatch;
using type::v1::ImportReceipt;

constexpr size_t kMostRows = 1000;
constexpr size_t kLongestImportId = 64;
constexpr size_t kLongestSource = 32;

constexpr absl::string_view kImport =
    "SELECT number, content, finished, receipt, totals FROM imports WHERE subject = $1 AND method = $2 AND import_id = "
    "$3";
constexpr absl::string_view kKeepImport =
    "INSERT INTO imports (subject, method, import_id, number, content, finished, receipt, totals) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (subject, method, import_id) DO UPDATE SET "
    "number = excluded.number, content = excluded.content, finished = excluded.finished, receipt = excluded.receipt, "
    "totals = excluded.totals";
constexpr absl::string_view kForgetImport = "DELETE FROM imports WHERE subject = $1 AND method = $2 AND import_id = $3";

bool IsSource(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestSource && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_' || c == '-';
  });
}

absl::Status Check(const ImportBatch& batch, size_t rows) {
  if (batch.import_id().empty() || batch.import_id().size() > kLongestImportId) {
    return Refuse(kInvalidArgument, "IMPORT_ID_MALFORMED", "give an import_id of 1 to 64 characters",
                  "batch.import_id");
  }
  if (batch.number() < 0 || (batch.number() == 0 && rows > 0)) {
    return Refuse(kInvalidArgument, "BATCH_NUMBER_MALFORMED", "batches count up from 1; batch 0 carries no rows",
                  "batch.number");
  }
  if (rows > kMostRows) {
    return Refuse(kInvalidArgument, "BATCH_TOO_LARGE", absl::StrCat("send at most ", kMostRows, " rows in a batch"),
                  "rows");
  }
  if (!IsSource(batch.source()) || (!batch.household_source().empty() && !IsSource(batch.household_source()))) {
    return Refuse(kInvalidArgument, "SOURCE_MALFORMED",
                  "name the sending system with 1 to 32 small letters, digits, - or _", "batch.source");
  }
  if (batch.row_numbers_size() != 0 && static_cast<size_t>(batch.row_numbers_size()) != rows) {
    return Refuse(kInvalidArgument, "ROW_NUMBERS_MISMATCH", "give a number for every row or for none",
                  "batch.row_numbers");
  }
  return absl::OkStatus();
}

// A file of a township has its county's keys, so that its numbers are those of the county's own file.
absl::StatusOr<std::string> CountyInKeys(roots::Session& session, const std::string& division) {
  ASSIGN_OR_RETURN(std::string code, KeyDivision(session, division));
  if (code.size() <= kCountyDigits) return code;
  return KeyDivision(session, CountyOf(code));
}

// Numbers of a county reach all its records, and a township writes its own alone, whoever sends its file.
absl::StatusOr<Outcome> WithinReach(roots::BatchSession& session, const Batch& batch, size_t mark, Outcome outcome) {
  if (batch.division.size() <= kCountyDigits) return outcome;
  const std::vector<std::string> places = session.PlacesSince(mark);
  if (std::all_of(places.begin(), places.end(),
                  [&](const std::string& place) { return LiesIn(session, place, batch.division); })) {
    return outcome;
  }
  return Refuse(kPermissionDenied, "RECORD_ELSEWHERE",
                absl::StrCat("the file is of ", batch.division,
                             ", and what this row would write lies elsewhere in the county: is the number another "
                             "record's? The county's own file may say it"));
}

void Refused(int64_t row, const absl::Status& refusal, ImportReceipt& receipt) {
  receipt.set_refused(receipt.refused() + 1);
  type::v1::RefusedRow& refused = *receipt.add_refused_rows();
  refused.set_row(row);
  refused.set_field(FieldOf(refusal));
  refused.set_reason(ReasonOf(refusal));
  refused.set_hint(std::string(refusal.message()));
}

void Count(Outcome outcome, ImportReceipt& receipt) {
  switch (outcome) {
    case Outcome::kAdded:
      return receipt.set_added(receipt.added() + 1);
    case Outcome::kUpdated:
      return receipt.set_updated(receipt.updated() + 1);
    case Outcome::kUnchanged:
      return receipt.set_unchanged(receipt.unchanged() + 1);
  }
}

void AddTotals(const ImportReceipt& receipt, ImportReceipt& totals) {
  totals.set_received(totals.received() + receipt.received());
  totals.set_added(totals.added() + receipt.added());
  totals.set_updated(totals.updated() + receipt.updated());
  totals.set_unchanged(totals.unchanged() + receipt.unchanged());
  totals.set_refused(totals.refused() + receipt.refused());
}

// Receipts are kept as base64, because the tables know texts and no bytes.
std::string ToText(const ImportReceipt& receipt) { return absl::Base64Escape(receipt.SerializeAsString()); }

ImportReceipt FromText(const std::string& text) {
  std::string bytes;
  ImportReceipt receipt;
  ANJU_CHECK(absl::Base64Unescape(text, &bytes) && receipt.ParseFromString(bytes));
  return receipt;
}

}  // namespace

absl::StatusOr<ImportReceipt> Intake::Take(const rpc::Caller& caller, const std::string& method,
                                           const ImportBatch& sent, const google::protobuf::Message& request,
                                           size_t rows, bool keyed, Apply apply) {
  RETURN_IF_ERROR(Check(sent, rows));
  const std::string bytes = request.SerializeAsString(), digest = Sha256(bytes);
  const roots::Actor actor = records::ActorOf(caller, method);
  const std::vector<storage::Value> name = {caller.subject, method, sent.import_id()};
  ImportReceipt answer;
  RETURN_IF_ERROR(store_.Change(actor, [&](roots::BatchSession& session) -> absl::Status {
    answer.Clear();
    ASSIGN_OR_RETURN(std::string division, ResolveDivision(session, sent.division(), "batch.division"));
    // What was merged or split goes on with the codes that it had.
    const std::vector<std::string> parts = store_.successions()->Parts(sent.division());
    if (parts.size() > 1) division = sent.division();
    if (!caller.Covers(division)) {
      return Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "your token is for another division", "batch.division");
    }
    if (keyed && division.size() < kCountyDigits) {
      return Refuse(kInvalidArgument, "DIVISION_ABOVE_COUNTY",
                    "the records of a file are known by the numbers of their county: send a file for each county",
                    "batch.division");
    }
    ASSIGN_OR_RETURN(Rows known, session.transaction().Query(kImport, name));
    const bool finished = !known.empty() && known[0].Int(2) != 0;
    const int64_t last = known.empty() ? 0 : known[0].Int(0);
    ImportReceipt totals = known.empty() ? ImportReceipt() : FromText(known[0].Text(4));
    answer.set_import_id(sent.import_id());
    answer.set_number(sent.number());
    if (sent.number() == 0) {
      if (finished) return session.transaction().Execute(kForgetImport, name);
      AddTotals(totals, answer);
      answer.set_number(static_cast<int32_t>(last));
      answer.set_digest(totals.digest());
      return absl::OkStatus();
    }
    if (!known.empty() && sent.number() == last && known[0].Text(1) == digest) {
      answer = FromText(known[0].Text(3));
      return absl::OkStatus();
    }
    if (sent.number() != (finished ? 1 : last + 1)) {
      return Refuse(kFailedPrecondition, "BATCH_OUT_OF_ORDER",
                    absl::StrCat("batch ", last, " was taken last; ask with batch 0 where the import stands"),
                    "batch.number");
    }
    if (finished) totals.Clear();
    ASSIGN_OR_RETURN(const std::string key_division, CountyInKeys(session, sent.division()));
    const Batch batch{.division = division,
                      .source = sent.source(),
                      .household_source = sent.household_source().empty() ? sent.source() : sent.household_source(),
                      .key_division = key_division};
    answer.set_received(static_cast<int64_t>(rows));
    for (size_t row = 0; row < rows; ++row) {
      const size_t mark = session.Mark();
      absl::StatusOr<Outcome> outcome = apply(session, batch, row);
      if (outcome.ok()) outcome = WithinReach(session, batch, mark, *outcome);
      if (outcome.ok()) {
        Count(*outcome, answer);
        continue;
      }
      if (!IsRefusal(outcome.status())) return outcome.status();
      session.TakeBack(mark);
      session.Doubt();
      Refused(RowNumber(sent, static_cast<int>(row)), outcome.status(), answer);
    }
    AddTotals(answer, totals);
    // Not for an import that began before there were digests.
    if (sent.number() == 1 || !totals.digest().empty()) totals.set_digest(DigestAfter(totals.digest(), bytes));
    return session.transaction().Execute(kKeepImport, {caller.subject, method, sent.import_id(), int64_t{sent.number()},
                                                       digest, int64_t{sent.last()}, ToText(answer), ToText(totals)});
  }));
  return answer;
}

}  // namespace anju::intake
