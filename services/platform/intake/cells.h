#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace anju::intake {

// Why a row is not taken, and how to mend it. Holds nothing of the row itself.
struct CellError {
  std::string field;
  std::string reason;
  std::string hint;
};

// Turns the rows of a table into records, by the record's contract alone.
//
// A column is found by its Chinese label or by the field's name. Under the label amounts are written as people write
// them: yuan for `_fen`, square metres for `_centi_sqm`, mu for `_centi_mu`, units for `_milli`, percent for `_bp`; the
// same under the field's name with `_yuan`, `_sqm`, `_mu`, nothing or `_percent` instead. Under the field's own name
// the number is taken as it is stored: fen, and so on.
class RowMapper {
 public:
  // Refuses with NOT_A_CSV when no heading is known, COLUMN_REPEATED, COLUMN_MISSING for a field that every row needs,
  // or COLUMN_DOUBTFUL when a heading that is not known holds the label of a field without a column, or begins it.
  static absl::StatusOr<RowMapper> Make(const google::protobuf::Descriptor& record,
                                        const std::vector<std::string>& heading);

  // Fills `record`. The first thing that is wrong, if anything is: TOO_MANY_CELLS, FIELD_MISSING, NUMBER_MALFORMED,
  // AMOUNT_NEGATIVE, NUMBER_NEGATIVE, ENUM_UNKNOWN or BOOL_MALFORMED. Dates and months are put into the form 2018-10-17
  // and 2018-10 when they can be read; whether they exist is the service's to say.
  std::optional<CellError> Fill(const std::vector<std::string>& cells, google::protobuf::Message& record) const;

  // Headings that belong to no field.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  struct Column {
    const google::protobuf::FieldDescriptor* field = nullptr;
    // Decimal places between what is written and what is stored.
    int places = 0;
  };

  // For each cell of a row; no field for one that is left out.
  std::vector<Column> columns_;
  std::vector<std::string> unknown_;
};

// `text` times 10 to the power of `places`, exactly. Nothing when it is not a number, has more places or is too large.
// `1,234.50` is a number.
std::optional<int64_t> ParseDecimal(absl::string_view text, int places);

// 2018/5/6, 2018-5-6, 2018.5.6, 20180506 and 2018年5月6日 as 2018-05-06; the same for months. What cannot be read
// stays.
std::string NormalDate(absl::string_view text);
std::string NormalMonth(absl::string_view text);

// What people call the field: its Chinese label, or its name.
std::string LabelOf(const google::protobuf::FieldDescriptor& field);

}  // namespace anju::intake
