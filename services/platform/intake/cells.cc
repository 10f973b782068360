#include "services/platform/intake/cells.h"

#include <algorithm>
#include <limits>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "anju/type/v1/options.pb.h"
#include "services/platform/base/error.h"

namespace anju::intake {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using enum absl::StatusCode;

// How an amount is stored, and how people write it.
struct Unit {
  absl::string_view stored;
  absl::string_view written;
  int places;
};
constexpr Unit kUnits[] = {{"_fen", "_yuan", 2},
                           {"_centi_sqm", "_sqm", 2},
                           {"_centi_mu", "_mu", 2},
                           {"_milli", "", 3},
                           {"_bp", "_percent", 2}};

const Unit* UnitOf(absl::string_view field) {
  for (const Unit& unit : kUnits) {
    if (absl::EndsWith(field, unit.stored)) return &unit;
  }
  return nullptr;
}

// Without the white space, of any script, that Excel and people leave around a cell, nor the ="…" that keeps Excel from
// taking an ID number for a number.
absl::string_view Bare(absl::string_view cell) {
  constexpr absl::string_view kWide[] = {"\xE3\x80\x80", "\xC2\xA0", "\xEF\xBB\xBF"};
  for (bool more = true; more;) {
    const size_t before = cell.size();
    cell = absl::StripAsciiWhitespace(cell);
    for (absl::string_view space : kWide) {
      while (absl::ConsumePrefix(&cell, space) || absl::ConsumeSuffix(&cell, space)) continue;
    }
    more = cell.size() != before;
  }
  // See WithoutFormulas.
  if (cell.size() > 1 && cell[0] == '\'' && absl::string_view("=+-@\t\r").find(cell[1]) != absl::string_view::npos) {
    cell = absl::StripAsciiWhitespace(cell.substr(1));
  }
  absl::string_view inner = cell;
  if (absl::ConsumePrefix(&inner, "=\"") && absl::ConsumeSuffix(&inner, "\"")) return inner;
  return cell;
}

// LOAN_STATE_ of LoanState.
std::string Prefix(const google::protobuf::EnumDescriptor& type) {
  std::string prefix;
  for (const char c : type.name()) {
    if (absl::ascii_isupper(static_cast<unsigned char>(c)) && !prefix.empty()) prefix.push_back('_');
    prefix.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
  }
  return prefix + "_";
}

const EnumValueDescriptor* FindValue(const google::protobuf::EnumDescriptor& type, absl::string_view word) {
  const std::string name = absl::AsciiStrToUpper(word), prefix = Prefix(type);
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor* value = type.value(i);
    // Nobody can mean UNSPECIFIED.
    if (value->number() == 0) continue;
    if (value->options().GetExtension(anju::type::v1::value_label) == word || value->name() == name ||
        value->name() == prefix + name) {
      return value;
    }
  }
  return nullptr;
}

std::string Words(const google::protobuf::EnumDescriptor& type) {
  std::vector<std::string> words;
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& label = type.value(i)->options().GetExtension(anju::type::v1::value_label);
    if (type.value(i)->number() != 0) words.push_back(label.empty() ? type.value(i)->name() : label);
  }
  return absl::StrJoin(words, ", ");
}

std::optional<bool> ParseBool(absl::string_view text) {
  const std::string word = absl::AsciiStrToLower(text);
  for (const char* yes : {"是", "有", "true", "yes", "1"}) {
    if (word == yes) return true;
  }
  for (const char* no : {"否", "无", "false", "no", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool IsDate(absl::string_view field) {
  return absl::EndsWith(field, "_on") || absl::EndsWith(field, "since") || absl::EndsWith(field, "until");
}
bool IsMonth(absl::string_view field) { return field == "month" || absl::EndsWith(field, "_month"); }

// The whole numbers in `text` between `separators`; empty when there is anything else.
std::vector<int> Parts(absl::string_view text, const std::vector<absl::string_view>& separators) {
  std::vector<int> parts;
  for (size_t i = 0; i < separators.size(); ++i) {
    const size_t digits = std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit) - text.begin();
    int number = 0;
    if (digits == 0 || digits > 4 || !absl::SimpleAtoi(text.substr(0, digits), &number)) return {};
    parts.push_back(number);
    text.remove_prefix(digits);
    if (!absl::ConsumePrefix(&text, separators[i])) return {};
  }
  return text.empty() ? parts : std::vector<int>();
}

absl::string_view Whole(absl::string_view text) {
  // Excel writes a date with a time of midnight.
  for (absl::string_view midnight : {" 00:00:00", " 0:00:00", " 00:00", " 0:00"}) {
    if (absl::ConsumeSuffix(&text, midnight)) break;
  }
  return text;
}

CellError Wrong(const FieldDescriptor& field, absl::string_view reason, absl::string_view hint) {
  return {.field = field.name(), .reason = std::string(reason), .hint = absl::StrCat(LabelOf(field), ": ", hint)};
}

std::optional<CellError> SetNumber(const FieldDescriptor& field, int places, absl::string_view text, Message& record) {
  // A percent sign is how people write a rate.
  if (absl::EndsWith(field.name(), "_bp") || absl::EndsWith(field.name(), "_percent")) {
    absl::ConsumeSuffix(&text, "%") || absl::ConsumeSuffix(&text, "％");
  }
  const bool is_32 = field.cpp_type() == FieldDescriptor::CPPTYPE_INT32;
  const std::optional<int64_t> number = ParseDecimal(text, places);
  if (!number.has_value() ||
      (is_32 && (*number > std::numeric_limits<int32_t>::max() || *number < std::numeric_limits<int32_t>::min()))) {
    return Wrong(field, "NUMBER_MALFORMED",
                 places == 0 ? "write a whole number in digits"
                             : absl::StrCat("write a number in digits, with at most ", places, " decimal places"));
  }
  if (*number < 0) {
    return Wrong(field, absl::EndsWith(field.name(), "_fen") ? "AMOUNT_NEGATIVE" : "NUMBER_NEGATIVE",
                 "write zero or more");
  }
  if (is_32) {
    record.GetReflection()->SetInt32(&record, &field, static_cast<int32_t>(*number));
  } else {
    record.GetReflection()->SetInt64(&record, &field, *number);
  }
  return std::nullopt;
}

std::optional<CellError> SetField(const FieldDescriptor& field, int places, absl::string_view text, Message& record) {
  const auto& reflection = *record.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return SetNumber(field, places, text, record);
    case FieldDescriptor::CPPTYPE_BOOL: {
      const std::optional<bool> value = ParseBool(text);
      if (!value.has_value()) return Wrong(field, "BOOL_MALFORMED", "write 是 or 否");
      reflection.SetBool(&record, &field, *value);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      const EnumValueDescriptor* value = FindValue(*field.enum_type(), text);
      if (value == nullptr) {
        return Wrong(field, "ENUM_UNKNOWN", absl::StrCat("write one of ", Words(*field.enum_type())));
      }
      reflection.SetEnum(&record, &field, value);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      reflection.SetString(&record, &field,
                           IsDate(field.name())    ? NormalDate(text)
                           : IsMonth(field.name()) ? NormalMonth(text)
                                                   : std::string(text));
      return std::nullopt;
    default:
      // Records are flat, as tables are.
      ANJU_CHECK(false);
      return std::nullopt;
  }
}

}  // namespace

std::string LabelOf(const FieldDescriptor& field) {
  const std::string& label = field.options().GetExtension(anju::type::v1::label);
  return label.empty() ? field.name() : label;
}

std::optional<int64_t> ParseDecimal(absl::string_view text, int places) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) absl::ConsumePrefix(&text, "+");
  const size_t dot = text.find('.');
  const absl::string_view whole = text.substr(0, dot);
  absl::string_view fraction = dot == absl::string_view::npos ? absl::string_view() : text.substr(dot + 1);
  if (whole.empty() && fraction.empty()) return std::nullopt;
  while (absl::EndsWith(fraction, "0")) fraction.remove_suffix(1);
  if (fraction.size() > static_cast<size_t>(places)) return std::nullopt;

  // Commas stand before every third digit from the right, or nowhere.
  const size_t comma = whole.find(',');
  std::string digits;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool grouped = comma != absl::string_view::npos && (whole.size() - i) % 4 == 0;
    if ((whole[i] == ',') != grouped || (grouped && i == 0)) return std::nullopt;
    if (!grouped) digits.push_back(whole[i]);
  }
  digits.append(fraction.data(), fraction.size());
  digits.append(places - fraction.size(), '0');
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit)) return std::nullopt;
  int64_t value = 0;
  if (digits.empty() || !absl::SimpleAtoi(digits, &value)) return std::nullopt;
  return negative ? -value : value;
}

std::string NormalDate(absl::string_view text) {
  const absl::string_view day = Whole(text);
  std::vector<int> parts;
  for (const auto& separators : std::vector<std::vector<absl::string_view>>{
           {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}}) {
    if (parts.empty()) parts = Parts(day, separators);
  }
  if (parts.empty() && day.size() == 8 && std::all_of(day.begin(), day.end(), absl::ascii_isdigit)) {
    return absl::StrCat(day.substr(0, 4), "-", day.substr(4, 2), "-", day.substr(6));
  }
  if (parts.empty() || parts[0] < 1000) return std::string(text);
  return absl::StrFormat("%04d-%02d-%02d", parts[0], parts[1], parts[2]);
}

std::string NormalMonth(absl::string_view text) {
  const absl::string_view month = Whole(text);
  std::vector<int> parts;
  for (const auto& separators :
       std::vector<std::vector<absl::string_view>>{{"-", ""}, {"/", ""}, {".", ""}, {"年", "月"}}) {
    if (parts.empty()) parts = Parts(month, separators);
  }
  if (parts.empty() && month.size() == 6 && std::all_of(month.begin(), month.end(), absl::ascii_isdigit)) {
    return absl::StrCat(month.substr(0, 4), "-", month.substr(4));
  }
  if (parts.empty() || parts[0] < 1000) return std::string(text);
  return absl::StrFormat("%04d-%02d", parts[0], parts[1]);
}

namespace {

std::vector<std::string> LabelsOf(const Descriptor& record) {
  std::vector<std::string> labels;
  for (int i = 0; i < record.field_count(); ++i) labels.push_back(LabelOf(*record.field(i)));
  return labels;
}

// 身份证号码 for 身份证号: what is in it would be lost without a word.
bool MayBeMeant(absl::string_view title, absl::string_view label) {
  return absl::StrContains(title, label) || absl::StartsWith(label, title);
}

}  // namespace

absl::StatusOr<RowMapper> RowMapper::Make(const Descriptor& record, const std::vector<std::string>& heading) {
  // What each field may be called. A field's own name comes first: `quantity_milli` is stored thousandths.
  std::map<std::string, Column, std::less<>> known;
  for (int i = 0; i < record.field_count(); ++i) {
    const FieldDescriptor* field = record.field(i);
    const Unit* unit = UnitOf(field->name());
    known.emplace(field->name(), Column{.field = field, .places = 0});
    const int places = unit == nullptr ? 0 : unit->places;
    known.emplace(LabelOf(*field), Column{.field = field, .places = places});
    if (unit != nullptr) {
      known.emplace(absl::StrCat(absl::StripSuffix(field->name(), unit->stored), unit->written),
                    Column{.field = field, .places = places});
    }
  }

  RowMapper mapper;
  std::vector<const FieldDescriptor*> seen;
  for (const std::string& cell : heading) {
    const absl::string_view title = Bare(cell);
    auto found = known.find(std::string(title));
    if (found == known.end()) found = known.find(absl::AsciiStrToLower(title));
    if (found == known.end()) {
      mapper.columns_.emplace_back();
      if (!title.empty()) mapper.unknown_.emplace_back(title);
      continue;
    }
    const FieldDescriptor* field = found->second.field;
    if (std::find(seen.begin(), seen.end(), field) != seen.end()) {
      return Refuse(kInvalidArgument, "COLUMN_REPEATED",
                    absl::StrCat("the column ", LabelOf(*field), " stands twice in the heading"), field->name());
    }
    seen.push_back(field);
    mapper.columns_.push_back(found->second);
  }
  if (seen.empty()) {
    return Refuse(kInvalidArgument, "NOT_A_CSV",
                  absl::StrCat("the first row is not a heading with commas between known columns, which are ",
                               absl::StrJoin(LabelsOf(record), ", ")));
  }
  for (int i = 0; i < record.field_count(); ++i) {
    const FieldDescriptor* field = record.field(i);
    if (std::find(seen.begin(), seen.end(), field) != seen.end()) continue;
    if (field->options().GetExtension(anju::type::v1::required)) {
      return Refuse(kInvalidArgument, "COLUMN_MISSING",
                    absl::StrCat("the heading lacks the column ", LabelOf(*field), " (", field->name(), ")"),
                    field->name());
    }
    for (const std::string& title : mapper.unknown_) {
      if (!MayBeMeant(title, LabelOf(*field))) continue;
      return Refuse(kInvalidArgument, "COLUMN_DOUBTFUL",
                    absl::StrCat("a column that is not known is called almost as ", LabelOf(*field), " (",
                                 field->name(), "): call it so, or leave it out"),
                    field->name());
    }
  }
  return mapper;
}

std::optional<CellError> RowMapper::Fill(const std::vector<std::string>& cells, Message& record) const {
  for (size_t i = columns_.size(); i < cells.size(); ++i) {
    if (!Bare(cells[i]).empty()) {
      return CellError{.field = "",
                       .reason = "TOO_MANY_CELLS",
                       .hint = "the row has more cells than the heading; put a cell with a comma into quotation marks"};
    }
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    const FieldDescriptor* field = columns_[i].field;
    if (field == nullptr) continue;
    const absl::string_view text = i < cells.size() ? Bare(cells[i]) : absl::string_view();
    if (text.empty()) {
      if (field->options().GetExtension(anju::type::v1::required)) {
        return Wrong(*field, "FIELD_MISSING", "every row needs this cell");
      }
      continue;
    }
    if (auto error = SetField(*field, columns_[i].places, text, record)) return error;
  }
  return std::nullopt;
}

}  // namespace anju::intake
