#include "gateway/cli/show.h"

#include <google/protobuf/util/json_util.h>

#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "anju/type/v1/options.pb.h"
#include "gateway/cli/table.h"
#include "services/platform/base/china.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/cells.h"

namespace anju::cli {
namespace {

using gateway::v1::Figure;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using indicators::v1::ReportedFigure;

// More would not be read on a terminal; the file holds them all.
constexpr size_t kShownRefusals = 10;
// A published percentage comes in 0.0001 of a percent.
constexpr int64_t kReportedPerPercent = 10'000;

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%E3S",
                          absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()), China());
}

void ShowAsOf(std::ostream& out, bool has, const google::protobuf::Timestamp& time) {
  if (has) out << "\nas of 截至 " << TimeText(time) << " (UTC+8)\n";
}

std::string Name(const std::string& name, const std::string& code) {
  return name.empty() ? code : absl::StrCat(name, " ", code);
}

// 355400 as 35.54%, without zeros that were not published.
std::string ReportedPercent(int64_t value) {
  std::string text = absl::StrFormat("%d.%04d", value / kReportedPerPercent, std::abs(value % kReportedPerPercent));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return absl::StrCat(text, "%");
}

std::string ScalarText(const Message& message, const FieldDescriptor& field, int index) {
  const auto& reflection = *message.GetReflection();
  const bool many = index >= 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: {
      int64_t value = 0;
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32) {
        value = many ? reflection.GetRepeatedInt32(message, &field, index) : reflection.GetInt32(message, &field);
      } else {
        value = many ? reflection.GetRepeatedInt64(message, &field, index) : reflection.GetInt64(message, &field);
      }
      for (absl::string_view unit : {"fen", "centi_sqm"}) {
        if (absl::EndsWith(field.name(), absl::StrCat("_", unit))) return Amount(value, unit);
      }
      return absl::EndsWith(field.name(), "_bp") ? Amount(value, "percent") : absl::StrCat(value);
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      return (many ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field)) ? "是"
                                                                                                               : "否";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const auto* value =
          many ? reflection.GetRepeatedEnum(message, &field, index) : reflection.GetEnum(message, &field);
      const std::string& label = value->options().GetExtension(anju::type::v1::value_label);
      return label.empty() ? value->name() : label;
    }
    case FieldDescriptor::CPPTYPE_STRING:
      return many ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
    default:
      return "";
  }
}

// A record with its fields beneath it, and records within it further in.
void ShowRecord(std::ostream& out, const Message& message, int depth) {
  const std::string indent(2 * depth, ' ');
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      out << indent << intake::LabelOf(*field) << ": ";
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
        out << ScalarText(message, *field, field->is_repeated() ? i : -1) << "\n";
        continue;
      }
      out << "\n";
      ShowRecord(out,
                 field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field),
                 depth + 1);
    }
  }
}

void ShowChildren(std::ostream& out, const gateway::v1::Overview& overview) {
  Table table{.heading = {"", Name(overview.name(), overview.division())}, .numeric = {false, true}, .rows = {}};
  std::vector<std::map<std::string, std::string>> columns;
  for (const auto& child : overview.children()) {
    table.heading.push_back(Name(child.name(), child.division()));
    table.numeric.push_back(true);
    auto& column = columns.emplace_back();
    for (const Figure& figure : child.indicators()) column[figure.id()] = FigureText(figure);
  }
  for (const Figure& figure : overview.indicators()) {
    std::vector<std::string> row = {figure.label_zh(), FigureText(figure)};
    for (const auto& column : columns) {
      auto found = column.find(figure.id());
      row.push_back(found == column.end() ? "-" : found->second);
    }
    table.rows.push_back(std::move(row));
  }
  out << "\n";
  table.Print(out);
}

}  // namespace

std::string FigureText(const Figure& figure) {
  if (!figure.has_value()) return "-";
  const bool ratio = figure.kind() == indicators::v1::INDICATOR_KIND_RATIO;
  return Amount(figure.value(), ratio ? "percent" : absl::string_view(figure.unit()));
}

std::string DiscrepancyText(const Figure& figure) {
  if (!figure.discrepancy() || !figure.has_reported()) return "";
  const ReportedFigure& reported = figure.reported();
  const bool ratio = figure.kind() == indicators::v1::INDICATOR_KIND_RATIO;
  return absl::StrCat("≠ published 公布 ", reported.at_least() ? "≥" : "",
                      ratio ? ReportedPercent(reported.value()) : Amount(reported.value(), figure.unit()),
                      reported.source().empty() ? "" : absl::StrCat(" (", reported.source(), ")"));
}

void Show(std::ostream& out, const gateway::v1::Overview& overview) {
  out << Name(overview.name(), overview.division()) << "  "
      << (overview.from_month().empty() ? "" : absl::StrCat(overview.from_month(), " – ")) << overview.month()
      << "\n\n";
  Table table{.heading = {"指标", "数值", "id", ""}, .numeric = {false, true}, .rows = {}};
  for (const Figure& figure : overview.indicators()) {
    table.rows.push_back({figure.label_zh(), FigureText(figure), figure.id(), DiscrepancyText(figure)});
  }
  table.Print(out);
  if (overview.children_size() > 0) ShowChildren(out, overview);
  ShowAsOf(out, overview.has_as_of(), overview.as_of());
}

void Show(std::ostream& out, const gateway::v1::Ranking& ranking) {
  if (ranking.rows_size() > 0) out << ranking.rows(0).figure().label_zh() << "  ";
  out << ranking.month() << "\n\n";
  Table table{.heading = {"名次", "区划", "代码", "数值", ""}, .numeric = {true, false, false, true}, .rows = {}};
  for (const auto& row : ranking.rows()) {
    table.rows.push_back({row.rank() == 0 ? "-" : absl::StrCat(row.rank()), row.name(), row.division(),
                          FigureText(row.figure()), DiscrepancyText(row.figure())});
  }
  table.Print(out);
  ShowAsOf(out, ranking.has_as_of(), ranking.as_of());
}

void Show(std::ostream& out, const gateway::v1::Trend& trend) {
  out << Name(trend.name(), trend.division());
  if (trend.points_size() > 0) out << "  " << trend.points(0).figure().label_zh();
  out << "\n\n";
  Table table{.heading = {"月份", "数值", ""}, .numeric = {false, true}, .rows = {}};
  for (const auto& point : trend.points()) {
    table.rows.push_back({point.month(), FigureText(point.figure()), DiscrepancyText(point.figure())});
  }
  table.Print(out);
  ShowAsOf(out, trend.has_as_of(), trend.as_of());
}

void Show(std::ostream& out, const gateway::v1::HouseholdFile& file) {
  out << "household " << file.household_id() << "\n";
  for (const auto& part : file.parts()) {
    out << "\n[" << part.service() << "]\n";
    if (part.records().empty()) out << "  -\n";
    for (const auto& record : part.records()) {
      const std::string& url = record.type_url();
      const auto* type =
          google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(url.substr(url.rfind('/') + 1));
      if (type == nullptr) {
        out << "  " << url << ": unknown to this version of anjuctl\n";
        continue;
      }
      std::unique_ptr<Message> message(
          google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
      out << "  " << type->name() << "\n";
      if (record.UnpackTo(message.get())) ShowRecord(out, *message, 2);
    }
  }
}

void Show(std::ostream& out, const gateway::v1::ListAllIndicatorsResponse& catalogue) {
  Table table{.heading = {"id", "指标", "indicator", "kind", "unit", "made of"}, .numeric = {}, .rows = {}};
  for (const auto& indicator : catalogue.indicators()) {
    const bool ratio = indicator.kind() == indicators::v1::INDICATOR_KIND_RATIO;
    const bool stock = indicator.kind() == indicators::v1::INDICATOR_KIND_STOCK;
    table.rows.push_back({indicator.id(), indicator.label_zh(), indicator.label_en(),
                          ratio   ? "ratio"
                          : stock ? "stock"
                                  : "flow",
                          indicator.unit(),
                          ratio ? absl::StrCat(indicator.numerator(), " / ", indicator.denominator()) : ""});
  }
  table.Print(out);
}

void Show(std::ostream& out, const gateway::v1::Health& health) {
  Table table{.heading = {"service", "serving", "as of", ""}, .numeric = {}, .rows = {}};
  for (const auto& service : health.services()) {
    table.rows.push_back({service.service(), service.serving() ? "yes" : "NO",
                          service.has_as_of() ? TimeText(service.as_of()) : "-", service.message()});
  }
  table.Print(out);
  out << "\n" << (health.serving() ? "all is well" : "not everything is serving") << "\n";
}

void Show(std::ostream& out, const ImportOutcome& outcome) {
  Table table{.heading = {"", "rows"}, .numeric = {false, true}, .rows = {}};
  table.rows = {{"received 收到", Grouped(outcome.received)},
                {"added 新增", Grouped(outcome.added)},
                {"updated 更新", Grouped(outcome.updated)},
                {"unchanged 未变", Grouped(outcome.unchanged)},
                {"refused 退回", Grouped(outcome.refused)}};
  if (outcome.earlier > 0) table.rows.push_back({"of them before it broke off 其中中断前", Grouped(outcome.earlier)});
  table.Print(out);
  if (const int64_t untold = outcome.refused - static_cast<int64_t>(outcome.refused_rows.size()); untold > 0) {
    out << "\n" << untold << " rows were refused before the import broke off; send the file again to see why\n";
  }
  if (outcome.refused_rows.empty()) return;
  out << "\n";
  Table refused{.heading = {"row 行", "field 字段", "reason 原因", "hint 提示"}, .numeric = {true}, .rows = {}};
  for (const auto& [number, row] : outcome.refused_rows) {
    if (refused.rows.size() == kShownRefusals) break;
    refused.rows.push_back({absl::StrCat(number), row.field(), row.reason(), row.hint()});
  }
  refused.Print(out);
  if (outcome.refused_rows.size() > kShownRefusals) {
    out << "and " << outcome.refused_rows.size() - kShownRefusals << " more\n";
  }
  if (outcome.refused_written.ok()) out << "\nthe refused rows are in " << outcome.refused_path << "\n";
}

absl::Status ShowJson(std::ostream& out, const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  options.add_whitespace = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) {
    return absl::InternalError("the answer cannot be written as JSON");
  }
  out << text;
  return absl::OkStatus();
}

void ShowJson(std::ostream& out, const ImportOutcome& outcome) {
  nlohmann::ordered_json json = {{"import_id", outcome.import_id},
                                 {"received", outcome.received},
                                 {"added", outcome.added},
                                 {"updated", outcome.updated},
                                 {"unchanged", outcome.unchanged},
                                 {"refused", outcome.refused},
                                 {"earlier", outcome.earlier},
                                 {"refused_file", outcome.refused_path},
                                 {"unknown_columns", outcome.unknown_columns},
                                 {"refused_rows", nlohmann::json::array()}};
  for (const auto& [number, row] : outcome.refused_rows) {
    json["refused_rows"].push_back(
        {{"row", number}, {"field", row.field()}, {"reason", row.reason()}, {"hint", row.hint()}});
  }
  out << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

}  // namespace anju::cli
