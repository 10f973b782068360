#include "gateway/imports/batches.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "anju/registry/v1/registry.pb.h"
#include "protos/contracts.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::RefusedWith;
using ::testing::ElementsAre;
using enum absl::StatusCode;
using registry::v1::ImportHouseholdsRequest;

const google::protobuf::MethodDescriptor& Method() {
  return *google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(
      "anju.registry.v1.Registry.ImportHouseholds");
}

class BatchesTest : public ::testing::Test {
 protected:
  BatchesTest() {
    type::v1::ImportBatch head;
    head.set_import_id("i");
    head.set_division("450328");
    batches_.emplace(Method(), head, 2);
    EXPECT_TRUE(batches_->SetHeading({"户编号", "村代码", "户类型", "建档日期", "备注"}).ok());
  }
  std::string Add(int64_t row, const std::string& no, const std::string& kind = "建档立卡贫困户") {
    const auto refused =
        batches_->Add(intake::CsvRow{.number = row, .cells = {no, "450328101202", kind, "2016-01-15", ""}});
    return refused.has_value() ? absl::StrCat(refused->row(), " ", refused->reason()) : "";
  }
  // `number: first row [numbers] rows last`.
  std::vector<std::string> TakeAll() {
    std::vector<std::string> taken;
    while (std::optional<Batch> batch = batches_->Take()) {
      const auto& request = static_cast<const ImportHouseholdsRequest&>(*batch->request);
      EXPECT_EQ(batch->rows, request.rows_size());
      EXPECT_EQ(batch->number, request.batch().number());
      EXPECT_EQ(request.batch().import_id(), "i");
      std::vector<std::string> rows;
      for (const auto& row : request.rows()) rows.push_back(row.household_no());
      taken.push_back(absl::StrCat(request.batch().number(), ": ", request.batch().first_row(), " [",
                                   absl::StrJoin(request.batch().row_numbers(), ","), "] ", absl::StrJoin(rows, ","),
                                   request.batch().last() ? " last" : ""));
    }
    return taken;
  }

  std::optional<Batches> batches_;
};

TEST_F(BatchesTest, ABatchIsCompleteWhenTheNextRowHasCome) {
  EXPECT_EQ(Add(2, "a"), "");
  EXPECT_EQ(Add(3, "b"), "");
  EXPECT_THAT(TakeAll(), ElementsAre());
  EXPECT_EQ(Add(4, "c"), "");
  EXPECT_THAT(TakeAll(), ElementsAre("1: 2 [] a,b"));
  batches_->Finish();
  EXPECT_THAT(TakeAll(), ElementsAre("2: 4 [] c last"));
  batches_->Finish();
  EXPECT_THAT(TakeAll(), ElementsAre());
}

TEST_F(BatchesTest, NumbersRowsThatAreNotConsecutive) {
  EXPECT_EQ(Add(2, "a"), "");
  EXPECT_EQ(Add(3, "b", "nothing"), "3 ENUM_UNKNOWN");
  EXPECT_EQ(Add(5, "c"), "");
  batches_->Finish();
  EXPECT_THAT(TakeAll(), ElementsAre("1: 2 [2,5] a,c last"));
}

TEST_F(BatchesTest, TakesRecordsToo) {
  for (int64_t line : {1, 2}) {
    auto record = std::make_unique<registry::v1::HouseholdRecord>();
    record->set_household_no("a");
    batches_->Add(line, std::move(record));
  }
  batches_->Finish();
  // Which row is of a record that came before is for the service to say.
  EXPECT_THAT(TakeAll(), ElementsAre("1: 1 [] a,a last"));
}

TEST_F(BatchesTest, KnowsItsColumns) {
  EXPECT_THAT(batches_->unknown_columns(), ElementsAre("备注"));
  EXPECT_THAT(batches_->SetHeading({"x", "y"}), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  const auto question = batches_->Question();
  EXPECT_EQ(static_cast<const ImportHouseholdsRequest&>(*question).batch().number(), 0);
}

TEST(IsImportTest, IsAStreamOfRowsWithReceipts) {
  int imports = 0;
  for (const auto* contract : AllContracts()) {
    for (int i = 0; i < contract->method_count(); ++i) imports += IsImport(*contract->method(i)) ? 1 : 0;
  }
  EXPECT_GT(imports, 40);
  EXPECT_TRUE(IsImport(Method()));
  EXPECT_FALSE(IsImport(*Method().service()->FindMethodByName("GetHousehold")));
}

}  // namespace
}  // namespace anju::gateway
