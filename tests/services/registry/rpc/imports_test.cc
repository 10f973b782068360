#include <grpcpp/grpcpp.h>

#include "services/platform/intake/intake.h"
#include "services/platform/rpc/status.h"
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

constexpr char kTownship[] = "450328100";
constexpr char kVillage[] = "450328100201";
constexpr char kOtherTownship[] = "450328101";
constexpr char kOtherVillage[] = "450328101202";

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
    for (const char* code : {"45", "450328", kTownship, kVillage, kOtherTownship, kOtherVillage}) {
      stand_.KnowDivision(code);
    }
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::Registry::NewStub(server_->InProcessChannel({}));
  }
  ~ImportsTest() override { server_->Shutdown(); }

  // One row of a file of a division, sent by its collector.
  template <typename Request, typename Row>
  ImportReceipt SendOne(std::unique_ptr<grpc::ClientReaderWriter<Request, ImportReceipt>> (v1::Registry::Stub::*import)(
                            grpc::ClientContext*),
                        const std::string& division, const Row& row) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({"collector"}, division));
    auto stream = (*stub_.*import)(&context);
    Request request;
    request.mutable_batch()->set_import_id("one");
    request.mutable_batch()->set_number(1);
    request.mutable_batch()->set_division(division);
    request.mutable_batch()->set_source("county");
    request.mutable_batch()->set_last(true);
    *request.add_rows() = row;
    ImportReceipt receipt;
    stream->Write(request);
    stream->WritesDone();
    stream->Read(&receipt);
    const grpc::Status end = stream->Finish();
    if (!end.ok()) receipt.set_import_id(ReasonOf(rpc::FromGrpc(end)));
    return receipt;
  }
  static v1::HouseholdRecord Household1(const std::string& village, const std::string& exited_on) {
    v1::HouseholdRecord record;
    record.set_household_no("1");
    record.set_village(village);
    record.set_household_class(v1::HOUSEHOLD_CLASS_REGISTERED_POOR);
    record.set_registered_on("2016-01-15");
    record.set_exited_on(exited_on);
    return record;
  }

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

TEST_P(ImportsTest, ATownshipHasTheKeysOfItsCounty) {
  using Stub = v1::Registry::Stub;
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, "450328", Household1(kVillage, "")).added(), 1);
  for (const char* division : {kTownship, kVillage, "450328"}) {
    EXPECT_EQ(SendOne(&Stub::ImportHouseholds, division, Household1(kVillage, "")).unchanged(), 1) << division;
  }
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, kTownship, Household1(kVillage, "2017-12-01")).updated(), 1);
}

TEST_P(ImportsTest, ATownshipWritesItsOwnRecordsAlone) {
  using Stub = v1::Registry::Stub;
  ASSERT_EQ(SendOne(&Stub::ImportHouseholds, kTownship, Household1(kVillage, "")).added(), 1);
  v1::PersonRecord person;
  person.set_household_no("1");
  person.set_person_no("1");
  person.set_name("例某");
  person.set_relation(v1::RELATION_HEAD);
  person.set_labour(v1::LABOUR_FULL);
  person.set_joined_on("2016-01-15");
  // The same number in the other township, as a household there, as one that came from here, and as that of a member.
  v1::HouseholdRecord came = Household1(kOtherVillage, "");
  came.set_resident_since("2018-01-01");
  for (const ImportReceipt& receipt : {SendOne(&Stub::ImportHouseholds, kOtherTownship, Household1(kOtherVillage, "")),
                                       SendOne(&Stub::ImportHouseholds, kOtherTownship, came),
                                       SendOne(&Stub::ImportPersons, kOtherTownship, person)}) {
    ASSERT_EQ(receipt.refused(), 1) << receipt.ShortDebugString();
    EXPECT_EQ(receipt.refused_rows(0).reason(), "RECORD_ELSEWHERE");
  }
  EXPECT_EQ(SendOne(&Stub::ImportPersons, kTownship, person).added(), 1);
  EXPECT_EQ(stand_.Figure("registry.persons", kTownship, "2018-10"), 1);
  EXPECT_EQ(stand_.Figure("registry.persons", kOtherTownship, "2018-10"), 0);
  // The county may say that it moved; then it is the other township's.
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, "450328", came).updated(), 1);
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, kOtherTownship, came).unchanged(), 1);
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, kTownship, Household1(kVillage, "2017-12-01")).refused(), 1);
}

TEST_P(ImportsTest, WhatIsNoDivisionHasNoEmptyList) {
  ASSERT_TRUE(storage::Migrate(*stand_.database, "service", SqlDivisions::Migrations()).ok());
  testing::TemporaryDirectory folder;
  folder.Write("45.csv",
               "code,name,level,parent\n45,广西,province,\n4503,桂林市,prefecture,45\n450328,龙胜县,county,4503\n");
  folder.Write("succession.csv", "old_code,old_name,new_code,new_name,effective_month\n");
  const absl::Status loaded = divisions_.Load(folder.Path(""));
  ASSERT_TRUE(loaded.ok()) << loaded;
  const auto list = [&](const std::string& parent, const std::string& query) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({"reader"}, "450328"));
    v1::ListDivisionsRequest request;
    request.set_parent(parent);
    request.set_query(query);
    v1::ListDivisionsResponse response;
    const grpc::Status status = stub_->ListDivisions(&context, request, &response);
    return status.ok() ? absl::StatusOr<int>(response.divisions_size()) : rpc::FromGrpc(status);
  };
  for (const char* parent : {"abc", "4503281", "4"}) {
    EXPECT_THAT(list(parent, ""), testing::RefusedWith(absl::StatusCode::kInvalidArgument, "DIVISION_MALFORMED"));
  }
  for (const char* parent : {"99", "450399"}) {
    EXPECT_THAT(list(parent, ""), testing::RefusedWith(absl::StatusCode::kNotFound, "DIVISION_NOT_FOUND"));
    EXPECT_EQ(FieldOf(list(parent, "").status()), "parent");
  }
  EXPECT_EQ(*list("", ""), 1);
  EXPECT_EQ(*list("4503", ""), 1);
  // What has no children is one, and a search may find nothing.
  EXPECT_EQ(*list("450328", ""), 0);
  EXPECT_EQ(*list("45", "nowhere"), 0);
}

TEST_P(ImportsTest, AboveACountyIsWhatHasNoNumber) {
  using Stub = v1::Registry::Stub;
  EXPECT_EQ(SendOne(&Stub::ImportHouseholds, "45", Household1(kVillage, "")).import_id(), "DIVISION_ABOVE_COUNTY");
  v1::VillageRecord village;
  village.set_village(kVillage);
  village.set_poor_since("2015-11-01");
  EXPECT_EQ(SendOne(&Stub::ImportVillages, "45", village).added(), 1);
}

INSTANTIATE_TEST_SUITE_P(Engines, ImportsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
