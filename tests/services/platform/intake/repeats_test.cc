#include "services/platform/intake/repeats.h"

#include "absl/strings/str_cat.h"
#include "anju/registry/v1/registry.pb.h"
#include "anju/workshops/v1/workshops.pb.h"
#include "gmock/gmock.h"
#include "services/platform/base/error.h"
#include "tests/support/refused.h"

namespace anju::intake {
namespace {

using ::anju::testing::RefusedWith;
using enum absl::StatusCode;
using type::v1::ImportBatch;

registry::v1::HouseholdRecord Household(const std::string& no, const std::string& since = "2016-01-15") {
  registry::v1::HouseholdRecord record;
  record.set_household_no(no);
  record.set_registered_on(since);
  return record;
}

ImportBatch Batch(const std::string& id, int32_t number) {
  ImportBatch batch;
  batch.set_import_id(id);
  batch.set_number(number);
  batch.set_first_row(100 * number);
  return batch;
}

Repeats OfHouseholds() { return Repeats(*registry::v1::HouseholdRecord::descriptor(), {"household_no"}); }

TEST(RepeatsTest, OneRowForARecord) {
  Repeats repeats = OfHouseholds();
  const ImportBatch batch = Batch("i", 1);
  EXPECT_TRUE(repeats.Add(batch, Household("a"), 0).ok());
  EXPECT_TRUE(repeats.Add(batch, Household("b"), 1).ok());
  // Whatever else the rows say.
  for (const char* since : {"2016-01-15", "2016-03-01", "2016/1/15"}) {
    const absl::Status repeated = repeats.Add(batch, Household("a", since), 2);
    EXPECT_THAT(repeated, RefusedWith(kInvalidArgument, "ROW_REPEATED"));
    EXPECT_EQ(FieldOf(repeated), "household_no");
    EXPECT_EQ(repeated.message(), "row 100 has the same 户编号; keep one of them");
  }
  // Rows of nobody, whose fault is another.
  EXPECT_TRUE(repeats.Add(batch, Household(""), 3).ok());
  EXPECT_TRUE(repeats.Add(batch, Household(""), 4).ok());
}

TEST(RepeatsTest, SeveralFieldsIdentifyTogether) {
  Repeats repeats(*workshops::v1::PayRecord::descriptor(), {"contract_no", "month"});
  int index = 0;
  const auto add = [&](const std::string& contract, const std::string& month) {
    workshops::v1::PayRecord record;
    record.set_contract_no(contract);
    record.set_month(month);
    return repeats.Add(Batch("i", 1), record, index++);
  };
  EXPECT_TRUE(add("1", "2019-01").ok());
  EXPECT_TRUE(add("1", "2019-02").ok());
  EXPECT_TRUE(add("2", "2019-01").ok());
  const absl::Status repeated = add("1", "2019-02");
  EXPECT_THAT(repeated, RefusedWith(kInvalidArgument, "ROW_REPEATED"));
  EXPECT_THAT(std::string(repeated.message()), ::testing::HasSubstr("row 101 has the same 合同编号, "));
}

TEST(RepeatsTest, AcrossTheBatchesOfAnImport) {
  Repeats repeats = OfHouseholds();
  EXPECT_TRUE(repeats.Add(Batch("i", 1), Household("a"), 0).ok());
  EXPECT_TRUE(repeats.Add(Batch("i", 1), Household("b"), 1).ok());
  const absl::Status repeated = repeats.Add(Batch("i", 2), Household("b"), 0);
  EXPECT_THAT(repeated, RefusedWith(kInvalidArgument, "ROW_REPEATED"));
  EXPECT_THAT(std::string(repeated.message()), ::testing::HasSubstr("row 101 "));
  EXPECT_TRUE(repeats.Add(Batch("i", 2), Household("c"), 1).ok());
  // The same batch again, after its answer was lost.
  EXPECT_TRUE(repeats.Add(Batch("i", 2), Household("c"), 1).ok());
  // Another import, and the same one anew.
  EXPECT_TRUE(repeats.Add(Batch("j", 2), Household("a"), 0).ok());
  EXPECT_TRUE(repeats.Add(Batch("j", 1), Household("a"), 0).ok());
}

TEST(RepeatsTest, RowsHaveTheNumbersOfTheirFile) {
  ImportBatch batch = Batch("i", 1);
  EXPECT_EQ(RowNumber(batch, 3), 103);
  batch.add_row_numbers(7);
  EXPECT_EQ(RowNumber(batch, 0), 7);
}

TEST(RepeatsTest, RemembersSoManyRows) {
  Repeats repeats = OfHouseholds();
  for (size_t i = 0; i < kMaxRowsRemembered; ++i) {
    ASSERT_TRUE(repeats.Add(Batch("i", 2), Household(absl::StrCat(i)), static_cast<int>(i)).ok());
  }
  EXPECT_TRUE(repeats.Add(Batch("i", 3), Household("0"), 0).ok());
}

}  // namespace
}  // namespace anju::intake
