#include "services/platform/intake/cells.h"

#include "absl/strings/str_cat.h"
#include "anju/channels/v1/channels.pb.h"
#include "anju/microcredit/v1/microcredit.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "anju/workshops/v1/workshops.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/refused.h"

namespace anju::intake {
namespace {

using anju::testing::RefusedWith;
using ::testing::ElementsAre;
using enum absl::StatusCode;

TEST(ParseDecimalTest, ExactOrNothing) {
  struct Row {
    const char* text;
    int places;
    std::optional<int64_t> value;
  };
  const Row rows[] = {
      {"0", 2, 0},
      {"1", 2, 100},
      {"1.5", 2, 150},
      {"1.50", 2, 150},
      {"1.500", 2, 150},
      {".5", 2, 50},
      {"5.", 2, 500},
      {"+1", 0, 1},
      {"-1.25", 2, -125},
      {"12.00", 0, 12},
      {"1,234.50", 2, 123450},
      {"1,234,567", 0, 1234567},
      {"0.1", 2, 10},
      {"92233720368547758.07", 2, 9223372036854775807},
      {"92233720368547758.08", 2, std::nullopt},
      {"1.005", 2, std::nullopt},
      {"12.5", 0, std::nullopt},
      {"", 2, std::nullopt},
      {".", 2, std::nullopt},
      {"-", 2, std::nullopt},
      {"--1", 2, std::nullopt},
      {"1.2.3", 2, std::nullopt},
      {"1 000", 2, std::nullopt},
      {"1,23", 2, std::nullopt},
      {",123", 2, std::nullopt},
      {"1234,567", 2, std::nullopt},
      {"1,234567", 2, std::nullopt},
      {"1.2E+05", 2, std::nullopt},
      {"0x10", 2, std::nullopt},
      {"１２", 2, std::nullopt},
      {"12元", 2, std::nullopt},
      {"NaN", 2, std::nullopt},
  };
  for (const Row& row : rows) EXPECT_EQ(ParseDecimal(row.text, row.places), row.value) << row.text;
}

TEST(NormalDateTest, AsExcelWritesThem) {
  for (const char* text : {"2018-05-06", "2018-5-6", "2018/5/6", "2018/05/06", "2018.5.6", "20180506", "2018年5月6日",
                           "2018/5/6 0:00", "2018-05-06 00:00:00"}) {
    EXPECT_EQ(NormalDate(text), "2018-05-06") << text;
  }
  for (const char* text : {"", "5/6/2018", "18-5-6", "2018-5", "yesterday", "2018-5-6-7", "2018/5-6", "43226"}) {
    EXPECT_EQ(NormalDate(text), text);
  }
  for (const char* text : {"2018-10", "2018/10", "2018.10", "201810", "2018年10月"}) {
    EXPECT_EQ(NormalMonth(text), "2018-10") << text;
  }
  EXPECT_EQ(NormalMonth("10-2018"), "10-2018");
}

using anju::microcredit::v1::LoanRecord;
using anju::registry::v1::HouseholdRecord;
using anju::registry::v1::PersonRecord;

const std::vector<std::string> kHouseholdHeading = {"户编号", "村代码", "户类型", "建档日期"};

TEST(RowMapperTest, EveryKindOfRecordCanBeMapped) {
  // By label throughout, which also shows that no record has a label twice.
  for (const auto* message :
       {HouseholdRecord::descriptor(), anju::relocation::v1::SiteRecord::descriptor(), LoanRecord::descriptor(),
        anju::workshops::v1::PayRecord::descriptor(), anju::channels::v1::SaleRecord::descriptor()}) {
    const auto& file = *message->file();
    for (int i = 0; i < file.message_type_count(); ++i) {
      const auto& record = *file.message_type(i);
      if (!record.name().ends_with("Record")) continue;
      std::vector<std::string> labels, names;
      for (int j = 0; j < record.field_count(); ++j) {
        labels.push_back(LabelOf(*record.field(j)));
        names.push_back(record.field(j)->name());
      }
      for (const auto& heading : {labels, names}) {
        auto mapper = RowMapper::Make(record, heading);
        EXPECT_TRUE(mapper.ok()) << record.full_name() << ": " << mapper.status();
        EXPECT_TRUE(mapper->unknown().empty()) << record.full_name();
      }
    }
  }
}

TEST(RowMapperTest, HeadingsThatDoNotDo) {
  const auto& type = *HouseholdRecord::descriptor();
  auto heading = kHouseholdHeading;
  EXPECT_THAT(RowMapper::Make(type, {"a", "b"}), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(RowMapper::Make(type, {}), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(RowMapper::Make(type, {"户编号", "household_no"}), RefusedWith(kInvalidArgument, "COLUMN_REPEATED"));
  heading.pop_back();
  EXPECT_THAT(RowMapper::Make(type, heading), RefusedWith(kInvalidArgument, "COLUMN_MISSING"));
}

// Every person would be there, and none with a number.
TEST(RowMapperTest, AColumnThatIsNearlyKnownIsNotLost) {
  const auto& type = *PersonRecord::descriptor();
  std::vector<std::string> heading;
  for (int i = 0; i < type.field_count(); ++i) heading.push_back(LabelOf(*type.field(i)));
  const auto number = std::find(heading.begin(), heading.end(), "身份证号");
  ASSERT_NE(number, heading.end());
  for (const char* nearly : {"身份证号码", "公民身份证号", "身份证"}) {
    *number = nearly;
    EXPECT_THAT(RowMapper::Make(type, heading), RefusedWith(kInvalidArgument, "COLUMN_DOUBTFUL")) << nearly;
  }
  // With the column itself beside it there is no doubt, nor with something else.
  heading.push_back("身份证号");
  EXPECT_TRUE(RowMapper::Make(type, heading).ok());
  *number = "备注";
  heading.pop_back();
  EXPECT_THAT(RowMapper::Make(type, heading)->unknown(), ElementsAre("备注"));
}

TEST(RowMapperTest, ARowBecomesARecord) {
  auto mapper = RowMapper::Make(*HouseholdRecord::descriptor(),
                                {"\xEF\xBB\xBF户编号", " Village ", "备注", "户类型", "建档日期", ""});
  ASSERT_TRUE(mapper.ok()) << mapper.status();
  EXPECT_EQ(mapper->unknown(), std::vector<std::string>{"备注"});
  HouseholdRecord record;
  EXPECT_FALSE(mapper->Fill({"=\"007\"", "\t450328100201　", "x", "边缘户", "2015/11/1", "", " "}, record).has_value());
  EXPECT_EQ(record.household_no(), "007");
  EXPECT_EQ(record.village(), "450328100201");
  EXPECT_EQ(record.household_class(), anju::registry::v1::HOUSEHOLD_CLASS_BORDERLINE);
  EXPECT_EQ(record.registered_on(), "2015-11-01");
}

TEST(RowMapperTest, EnumsByLabelNameAndShortName) {
  auto mapper = *RowMapper::Make(*HouseholdRecord::descriptor(), kHouseholdHeading);
  for (const char* word : {"建档立卡贫困户", "HOUSEHOLD_CLASS_REGISTERED_POOR", "REGISTERED_POOR", "registered_poor"}) {
    HouseholdRecord record;
    EXPECT_FALSE(mapper.Fill({"1", "2", word, "3"}, record).has_value()) << word;
    EXPECT_EQ(record.household_class(), anju::registry::v1::HOUSEHOLD_CLASS_REGISTERED_POOR);
  }
}

TEST(RowMapperTest, AmountsByHeading) {
  struct Row {
    const google::protobuf::Descriptor* type;
    const char* field;
    const char* heading;
    const char* cell;
    int64_t value;
  };
  const auto* loan = LoanRecord::descriptor();
  const auto* unit = anju::relocation::v1::UnitRecord::descriptor();
  const auto* relocation = anju::relocation::v1::CaseRecord::descriptor();
  const auto* sale = anju::channels::v1::SaleRecord::descriptor();
  const Row rows[] = {
      {loan, "principal_fen", "放款金额", "50000", 5'000'000},
      {loan, "principal_fen", "principal_yuan", "50,000.01", 5'000'001},
      {loan, "principal_fen", "principal_fen", "50000", 50'000},
      {loan, "annual_rate_bp", "年利率", "4.75%", 475},
      {loan, "annual_rate_bp", "annual_rate_percent", "4.75", 475},
      {loan, "annual_rate_bp", "annual_rate_bp", "475", 475},
      {unit, "area_centi_sqm", "建筑面积", "98.5", 9'850},
      {unit, "area_centi_sqm", "area_sqm", "98.5", 9'850},
      {unit, "area_centi_sqm", "area_centi_sqm", "98", 98},
      {relocation, "reclaimed_centi_mu", "复垦面积", "0.85", 85},
      {relocation, "reclaimed_centi_mu", "reclaimed_mu", "0.85", 85},
      {sale, "quantity_milli", "数量", "1.5", 1'500},
      {sale, "quantity_milli", "quantity", "1.5", 1'500},
      {sale, "quantity_milli", "quantity_milli", "15", 15},
  };
  for (const Row& row : rows) {
    std::vector<std::string> heading, cells;
    for (int i = 0; i < row.type->field_count(); ++i) {
      const auto* field = row.type->field(i);
      if (field->name() == row.field) {
        heading.push_back(row.heading), cells.push_back(row.cell);
        continue;
      }
      heading.push_back(field->name());
      cells.push_back(field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_ENUM
                          ? field->enum_type()->value(1)->name()
                          : "1");
    }
    auto mapper = RowMapper::Make(*row.type, heading);
    ASSERT_TRUE(mapper.ok()) << mapper.status();
    std::unique_ptr<google::protobuf::Message> record(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(row.type)->New());
    const auto error = mapper->Fill(cells, *record);
    ASSERT_FALSE(error.has_value()) << error->field << error->reason;
    const auto* field = row.type->FindFieldByName(row.field);
    const int64_t value = field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT32
                              ? record->GetReflection()->GetInt32(*record, field)
                              : record->GetReflection()->GetInt64(*record, field);
    EXPECT_EQ(value, row.value) << row.heading;
  }
}

// What WithoutFormulas put before a cell of the refused rows is not taken for a part of it.
TEST(RowMapperTest, AnApostropheBeforeAFormulaIsTakenAway) {
  auto mapper = *RowMapper::Make(*anju::workshops::v1::PayRecord::descriptor(),
                                 {"'=contract", "contract_no", "month", "days_worked", "工资金额"});
  EXPECT_EQ(mapper.unknown(), std::vector<std::string>{"=contract"});
  for (const char* number : {"=1", "@a", "-a", "+a", "=\"b\"&1"}) {
    anju::workshops::v1::PayRecord pay;
    ASSERT_FALSE(mapper.Fill({"", absl::StrCat("'", number), "2018-05", "20", "'+1500"}, pay).has_value()) << number;
    EXPECT_EQ(pay.contract_no(), number);
    EXPECT_EQ(pay.amount_fen(), 1500'00);
  }
  anju::workshops::v1::PayRecord pay;
  ASSERT_FALSE(mapper.Fill({"", "'s", "2018-05", "20", "1500"}, pay).has_value());
  EXPECT_EQ(pay.contract_no(), "'s");
}

TEST(RowMapperTest, WhatIsWrongWithARow) {
  auto mapper = *RowMapper::Make(*anju::channels::v1::ProductRecord::descriptor(), [] {
    std::vector<std::string> names;
    for (int i = 0; i < anju::channels::v1::ProductRecord::descriptor()->field_count(); ++i) {
      names.push_back(anju::channels::v1::ProductRecord::descriptor()->field(i)->name());
    }
    return names;
  }());
  anju::channels::v1::ProductRecord product;
  std::vector<std::string> cells(anju::channels::v1::ProductRecord::descriptor()->field_count(), "1");
  ASSERT_FALSE(mapper.Fill(cells, product).has_value());
  cells[anju::channels::v1::ProductRecord::descriptor()->FindFieldByName("traceable")->index()] = "perhaps";
  EXPECT_EQ(mapper.Fill(cells, product)->reason, "BOOL_MALFORMED");

  auto pay = *RowMapper::Make(*anju::workshops::v1::PayRecord::descriptor(),
                              {"contract_no", "month", "days_worked", "工资金额"});
  struct Row {
    std::vector<std::string> cells;
    const char* field;
    const char* reason;
  };
  const Row rows[] = {
      {{"", "x", "x", "x"}, "contract_no", "FIELD_MISSING"},
      {{"C1", "　", "x", "x"}, "month", "FIELD_MISSING"},
      {{"C1", "2018-05", "x", "-1"}, "days_worked", "NUMBER_MALFORMED"},
      {{"C1", "2018-05", "20.5", "-1"}, "days_worked", "NUMBER_MALFORMED"},
      {{"C1", "2018-05", "99999999999", "-1"}, "days_worked", "NUMBER_MALFORMED"},
      {{"C1", "2018-05", "-1", "-1"}, "days_worked", "NUMBER_NEGATIVE"},
      {{"C1", "2018-05", "20", "-1"}, "amount_fen", "AMOUNT_NEGATIVE"},
      {{"C1", "2018-05", "20", "1.234"}, "amount_fen", "NUMBER_MALFORMED"},
      {{"C1", "2018-05", "20"}, "amount_fen", "FIELD_MISSING"},
      {{"C1", "2018-05", "20", "1", "x"}, "", "TOO_MANY_CELLS"},
  };
  for (const Row& row : rows) {
    anju::workshops::v1::PayRecord record;
    const auto error = pay.Fill(row.cells, record);
    ASSERT_TRUE(error.has_value()) << row.reason;
    EXPECT_EQ(error->field, row.field);
    EXPECT_EQ(error->reason, row.reason);
    EXPECT_FALSE(error->hint.empty());
  }
  auto household = *RowMapper::Make(*HouseholdRecord::descriptor(), kHouseholdHeading);
  for (const char* word : {"贫困", "HOUSEHOLD_CLASS_UNSPECIFIED", "1"}) {
    HouseholdRecord record;
    EXPECT_EQ(household.Fill({"1", "2", word, "3"}, record)->reason, "ENUM_UNKNOWN") << word;
  }
}

}  // namespace
}  // namespace anju::intake
