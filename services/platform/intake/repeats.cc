#include "services/platform/intake/repeats.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anju/type/v1/options.pb.h"
#include "google/protobuf/text_format.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/intake/cells.h"

namespace anju::intake {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using type::v1::ImportBatch;
using enum absl::StatusCode;

std::pair<uint64_t, uint64_t> Digest(const std::string& content) {
  const std::string digest = Sha256(content);
  return {std::stoull(digest.substr(0, 16), nullptr, 16), std::stoull(digest.substr(16, 16), nullptr, 16)};
}

}  // namespace

int64_t RowNumber(const ImportBatch& batch, int row) {
  return row < batch.row_numbers_size() ? batch.row_numbers(row) : batch.first_row() + row;
}

Repeats::Repeats(const google::protobuf::Descriptor& row, const std::vector<absl::string_view>& identity) {
  std::vector<std::string> labels;
  for (absl::string_view name : identity) {
    identity_.push_back(row.FindFieldByName(std::string(name)));
    ANJU_CHECK(identity_.back() != nullptr);
    labels.push_back(LabelOf(*identity_.back()));
  }
  labels_ = absl::StrJoin(labels, ", ");
}

absl::Status Repeats::Add(const ImportBatch& batch, const Message& row, int index) {
  const std::string import_now =
      absl::StrJoin({batch.import_id(), batch.division(), batch.source(), batch.household_source()}, "\n");
  if (import_now != import_ || (batch.number() <= 1 && index == 0) || seen_.size() == kMaxRowsRemembered) seen_.clear();
  import_ = import_now;
  std::string identity;
  for (const FieldDescriptor* field : identity_) {
    const bool is_there = row.GetReflection()->HasField(row, field);
    if (!is_there && field->options().GetExtension(type::v1::required)) return absl::OkStatus();
    // Texts come quoted, so that two fields are never taken for one.
    std::string text;
    TextFormat::PrintFieldValueToString(row, field, -1, &text);
    absl::StrAppend(&identity, text, ",");
  }
  const First here{.batch = batch.number(), .index = index, .number = RowNumber(batch, index)};
  const auto [first, is_new] = seen_.try_emplace(Digest(identity), here);
  const First& known = first->second;
  if (is_new || (known.batch == here.batch && known.index == here.index)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "ROW_REPEATED",
                absl::StrCat("row ", known.number, " has the same ", labels_, "; keep one of them"),
                identity_.front()->name());
}

}  // namespace anju::intake
