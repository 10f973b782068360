#include <grpcpp/grpcpp.h>

#include "services/platform/intake/intake.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/indicators.h"
#include "services/registry/domain/village.h"
#include "services/registry/rpc/service.h"
#include "services/registry/store/divisions.h"
#include "tests/support/identity.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using testing::Stand;
using testing::TestIdentity;
using type::v1::ImportReceipt;

constexpr char kVillage[] = "450328100201";

// Rows as another system sends them, without a client that looks at them before.
class ImportsTest : public ::testing::TestWithParam<std::string> {
 protected:
  ImportsTest()
      : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<Village>()},
               Catalogue()),
        identity_(stand_.clock),
        divisions_(*stand_.database),
        intake_(stand_.store, identity_.guard()),
        service_(stand_.store, intake_, identity_.guard(), divisions_) {
    for (const char* code : {"450328", kVillage}) stand_.KnowDivision(code);
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::Registry::NewStub(server_->InProcessChannel({}));
  }
  ~ImportsTest() override { server_->Shutdown(); }

  // The receipts of an import of these batches, each of households and the days on which they were registered.
  using Rows = std::vector<std::pair<std::string, std::string>>;
  std::vector<ImportReceipt> Send(const std::vector<Rows>& batches) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({"officer"}, "450328"));
    auto stream = stub_->ImportHouseholds(&context);
    std::vector<ImportReceipt> receipts;
    int64_t row = 2;
    for (size_t i = 0; i < batches.size(); ++i) {
      v1::ImportHouseholdsRequest request;
      auto& batch = *request.mutable_batch();
      batch.set_import_id("i");
      batch.set_number(static_cast<int32_t>(i + 1));
      batch.set_division("450328");
      batch.set_source("county");
      batch.set_first_row(row);
      batch.set_last(i + 1 == batches.size());
      for (const auto& [number, day] : batches[i]) {
        auto& record = *request.add_rows();
        record.set_household_no(number);
        record.set_village(kVillage);
        record.set_household_class(v1::HOUSEHOLD_CLASS_REGISTERED_POOR);
        record.set_registered_on(day);
        ++row;
      }
      EXPECT_TRUE(stream->Write(request));
      EXPECT_TRUE(stream->Read(&receipts.emplace_back()));
    }
    stream->WritesDone();
    const grpc::Status end = stream->Finish();
    EXPECT_TRUE(end.ok()) << end.error_message();
    return receipts;
  }

  Stand stand_;
  TestIdentity identity_;
  SqlDivisions divisions_;
  intake::Intake intake_;
  RegistryService service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Registry::Stub> stub_;
};

TEST_P(ImportsTest, ARecordHasOneRow) {
  // Without a first row that is good, too: which of two is right is for the sender to say.
  const std::vector<Rows> file = {{{"w1", "2016-01-15"}, {"w1", "2016-03-01"}, {"w2", "no day"}},
                                  {{"w3", "2016-01-15"}, {"w1", "2016-01-15"}, {"w2", "2016-01-15"}}};
  for (const bool again : {false, true}) {
    const std::vector<ImportReceipt> receipts = Send(file);
    for (const ImportReceipt& receipt : receipts) {
      EXPECT_EQ(again ? receipt.unchanged() : receipt.added(), 1);
      EXPECT_EQ(receipt.updated(), 0);
      ASSERT_EQ(receipt.refused(), 2) << receipt.ShortDebugString();
    }
    const type::v1::RefusedRow& second = receipts[0].refused_rows(0);
    EXPECT_EQ(second.row(), 3);
    EXPECT_EQ(second.field(), "household_no");
    EXPECT_EQ(second.reason(), "ROW_REPEATED");
    EXPECT_EQ(second.hint(), "row 2 has the same 户编号; keep one of them");
    EXPECT_EQ(receipts[0].refused_rows(1).reason(), "DATE_MALFORMED");
    for (int i : {0, 1}) EXPECT_EQ(receipts[1].refused_rows(i).reason(), "ROW_REPEATED");
    EXPECT_EQ(receipts[1].refused_rows(1).hint(), "row 4 has the same 户编号; keep one of them");
  }
  // Another file may say otherwise.
  EXPECT_EQ(Send({{{"w1", "2016-03-01"}}})[0].updated(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
