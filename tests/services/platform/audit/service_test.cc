#include "services/platform/audit/service.h"

#include <grpcpp/grpcpp.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "anju/files/v1/files.grpc.pb.h"
#include "anju/registry/v1/registry.grpc.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/platform/audit/disclosure.h"
#include "services/platform/audit/refusals.h"
#include "services/platform/audit/sealer.h"
#include "services/platform/rpc/status.h"
#include "tests/support/identity.h"
#include "tests/support/stand.h"

namespace anju::audit {
namespace {

using registry::v1::Household;
using registry::v1::Registry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;
using enum absl::StatusCode;

constexpr char kPurpose[] = "%E6%A0%B8%E5%AF%B9%E4%BD%8E%E4%BF%9D%E5%90%8D%E5%8D%95";

std::string RecordId(int number) { return absl::StrFormat("%032x", number); }

// A household as it is stored, with a person who does not exist.
Household Stored(int number) {
  Household household;
  household.set_id(RecordId(number));
  registry::v1::Member& member = *household.add_members();
  member.set_person_no("p1");
  member.set_name("韦小明");
  member.set_id_number("45032819800101123X");
  member.set_born_on("1980-01-01");
  return household;
}

// Answers what is stored, as a service's handlers do: it masks nothing itself.
class Answering final : public Registry::Service, public files::v1::Files::Service {
 public:
  explicit Answering(rpc::Guard& guard) : guard_(guard) {}

  grpc::Status GetHousehold(grpc::ServerContext* context, const registry::v1::GetHouseholdRequest* request,
                            Household* response) override {
    return guard_.Unary<registry::v1::GetHouseholdRequest, Household>(
        context, request, response, [](const rpc::Caller&) -> absl::StatusOr<Household> { return Stored(1); });
  }
  grpc::Status ListHouseholds(grpc::ServerContext* context, const registry::v1::ListHouseholdsRequest* request,
                              registry::v1::ListHouseholdsResponse* response) override {
    const auto list = [&](const rpc::Caller&) -> absl::StatusOr<registry::v1::ListHouseholdsResponse> {
      registry::v1::ListHouseholdsResponse answer;
      if (request->query() == "nobody") return answer;
      *answer.add_households() = Stored(1);
      *answer.add_households() = Stored(2);
      return answer;
    };
    return guard_.Unary<registry::v1::ListHouseholdsRequest, registry::v1::ListHouseholdsResponse>(context, request,
                                                                                                   response, list);
  }
  grpc::Status ReclassifyHousehold(grpc::ServerContext* context,
                                   const registry::v1::ReclassifyHouseholdRequest* request,
                                   Household* response) override {
    return guard_.Unary<registry::v1::ReclassifyHouseholdRequest, Household>(
        context, request, response, [](const rpc::Caller&) -> absl::StatusOr<Household> { return Stored(1); });
  }
  grpc::Status GetFilePart(grpc::ServerContext* context, const files::v1::GetFilePartRequest* request,
                           files::v1::FilePart* response) override {
    const auto get = [](const rpc::Caller&) -> absl::StatusOr<files::v1::FilePart> {
      files::v1::FilePart part;
      part.add_records()->PackFrom(Stored(1));
      return part;
    };
    return guard_.Unary<files::v1::GetFilePartRequest, files::v1::FilePart>(context, request, response, get);
  }

 private:
  rpc::Guard& guard_;
};

class ServiceTest : public ::testing::TestWithParam<std::string> {
 protected:
  ServiceTest()
      : database_(GetParam()),
        identity_(clock_),
        answering_(identity_.guard()),
        sealer_(*database_, clock_, "registry"),
        service_(
            *database_, clock_, identity_.guard(), sealer_, "registry",
            [this](const std::string& person_id) -> absl::StatusOr<std::vector<std::string>> {
              if (!asking_.ok()) return asking_;
              return person_id == RecordId(1) + ":1" ? std::vector{RecordId(1), RecordId(2)} : std::vector{RecordId(2)};
            }),
        refusals_(*database_, clock_) {
    identity_.guard().TellRefused([this](const rpc::Caller& caller, absl::string_view reason,
                                         absl::string_view division) { refusals_.Count(caller, reason, division); });
    identity_.guard().Disclose([this](const rpc::Caller& caller, const google::protobuf::Message& answer) {
      return disclosing_ ? Keep(*database_, clock_, caller, answer) : absl::UnavailableError("broken on purpose");
    });
    grpc::ServerBuilder builder;
    builder.RegisterService(static_cast<Registry::Service*>(&answering_));
    builder.RegisterService(static_cast<files::v1::Files::Service*>(&answering_));
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
    for (int n : {1, 2}) {
      const std::string village = absl::StrCat("45032810020", n);
      EXPECT_TRUE(
          database_
              ->Write([&](storage::Transaction& transaction) {
                return transaction.Execute(
                    "INSERT INTO roots (id, kind, key, division, version, body) VALUES ($1, 'household', $1, $2, "
                    "1, '{}')",
                    {RecordId(n), village});
              })
              .ok());
    }
  }
  ~ServiceTest() override { server_->Shutdown(); }

  void Prepare(grpc::ClientContext& context, const std::string& role, const std::string& purpose = "",
               const std::string& scope = "450328") {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", identity_.Token({role}, scope, role)));
    context.AddMetadata("x-request-id", "r-1");
    if (!purpose.empty()) context.AddMetadata("x-anju-purpose", purpose);
  }
  absl::Status Get(const std::string& role, const std::string& purpose, Household& household) {
    grpc::ClientContext context;
    Prepare(context, role, purpose);
    return rpc::FromGrpc(Registry::NewStub(channel_)->GetHousehold(&context, {}, &household));
  }
  v1::ListEntriesResponse Entries(const v1::ListEntriesRequest& request, const std::string& role = "auditor",
                                  const std::string& scope = "450328") {
    grpc::ClientContext context;
    Prepare(context, role, "", scope);
    v1::ListEntriesResponse response;
    const grpc::Status status = v1::Audit::NewStub(channel_)->ListEntries(&context, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }
  v1::ListEntriesResponse County() {
    v1::ListEntriesRequest request;
    request.set_division("450328");
    return Entries(request);
  }

  testing::TestDatabase database_;
  FakeClock clock_{absl::FromUnixSeconds(1541044800)};
  testing::TestIdentity identity_;
  Answering answering_;
  Sealer sealer_;
  AuditService service_;
  Refusals refusals_;
  bool disclosing_ = true;
  absl::Status asking_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

TEST_P(ServiceTest, PersonalDataIsMaskedForEverybodyWhoDoesNotSayWhatFor) {
  for (const std::string role : {"collector", "officer", "approver", "auditor", "admin"}) {
    Household household;
    ASSERT_TRUE(Get(role, "", household).ok());
    EXPECT_EQ(household.members(0).name(), "韦**") << role;
    EXPECT_EQ(household.members(0).id_number(), "45**************3X") << role;
    EXPECT_EQ(household.members(0).born_on(), "1980") << role;
  }
  EXPECT_THAT(County().entries(), IsEmpty());
}

TEST_P(ServiceTest, WhoMaySeeItAndSaysWhatForIsKept) {
  Household household;
  ASSERT_TRUE(Get("officer", kPurpose, household).ok());
  EXPECT_EQ(household.members(0).name(), "韦小明");
  EXPECT_EQ(household.members(0).id_number(), "45032819800101123X");
  const v1::ListEntriesResponse listed = County();
  ASSERT_THAT(listed.entries(), SizeIs(1));
  const v1::Entry& entry = listed.entries(0);
  EXPECT_EQ(entry.kind(), v1::ENTRY_KIND_READ);
  EXPECT_EQ(entry.subject(), "officer");
  EXPECT_EQ(entry.role(), "officer");
  EXPECT_EQ(entry.method(), "anju.registry.v1.Registry.GetHousehold");
  EXPECT_EQ(entry.division(), "450328100201");
  EXPECT_EQ(entry.request_id(), "r-1");
  EXPECT_EQ(entry.purpose(), "核对低保名单");
  EXPECT_EQ(entry.at().seconds(), 1541044800);
  EXPECT_THAT(entry.record_ids(), ElementsAre(RecordId(1)));
  // Nothing of whom it is about but the id.
  for (const char* personal : {"韦", "4503281980", "1980"}) {
    EXPECT_THAT(entry.ShortDebugString(), ::testing::Not(HasSubstr(personal)));
  }
}

TEST_P(ServiceTest, AListIsAnExportAndAFileIsARead) {
  grpc::ClientContext listing;
  Prepare(listing, "officer", kPurpose);
  registry::v1::ListHouseholdsRequest request;
  request.set_division("450328");
  registry::v1::ListHouseholdsResponse households;
  ASSERT_TRUE(Registry::NewStub(channel_)->ListHouseholds(&listing, request, &households).ok());
  EXPECT_EQ(households.households(1).members(0).name(), "韦小明");

  clock_.Advance(absl::Seconds(1));
  files::v1::FilePart part;
  for (const std::string purpose : {"", kPurpose}) {
    grpc::ClientContext filing;
    Prepare(filing, "officer", purpose);
    ASSERT_TRUE(files::v1::Files::NewStub(channel_)->GetFilePart(&filing, {}, &part).ok());
    Household household;
    ASSERT_TRUE(part.records(0).UnpackTo(&household));
    EXPECT_EQ(household.members(0).name(), purpose.empty() ? "韦**" : "韦小明");
  }
  const v1::ListEntriesResponse listed = County();
  ASSERT_THAT(listed.entries(), SizeIs(2));
  EXPECT_EQ(listed.entries(0).kind(), v1::ENTRY_KIND_READ);
  EXPECT_THAT(listed.entries(0).record_ids(), ElementsAre(RecordId(1)));
  EXPECT_EQ(listed.entries(1).kind(), v1::ENTRY_KIND_EXPORT);
  EXPECT_EQ(listed.entries(1).division(), "450328100");
  EXPECT_THAT(listed.entries(1).record_ids(), ElementsAre(RecordId(1), RecordId(2)));
}

TEST_P(ServiceTest, ThatNobodyWasFoundIsKeptToo) {
  for (const std::string purpose : {"", kPurpose}) {
    grpc::ClientContext context;
    Prepare(context, "officer", purpose);
    registry::v1::ListHouseholdsRequest request;
    request.set_division("450328");
    request.set_query("nobody");
    registry::v1::ListHouseholdsResponse households;
    ASSERT_TRUE(Registry::NewStub(channel_)->ListHouseholds(&context, request, &households).ok());
    EXPECT_EQ(households.households_size(), 0);
  }
  const v1::ListEntriesResponse listed = County();
  ASSERT_THAT(listed.entries(), SizeIs(1));
  EXPECT_EQ(listed.entries(0).purpose(), "核对低保名单");
  EXPECT_EQ(listed.entries(0).division(), "450328");
  EXPECT_EQ(listed.entries(0).record_count(), 0);
}

TEST_P(ServiceTest, NothingIsAnsweredThatCannotBeKept) {
  disclosing_ = false;
  Household household;
  EXPECT_EQ(Get("officer", kPurpose, household).code(), kUnavailable);
  EXPECT_EQ(household.members_size(), 0);
  EXPECT_TRUE(Get("officer", "", household).ok());
}

TEST_P(ServiceTest, WhoMayNotSeeItOrSaysNothingIsRefused) {
  Household household;
  for (const std::string role : {"collector", "admin"}) {
    EXPECT_THAT(Get(role, kPurpose, household), RefusedWith(kPermissionDenied, "UNMASKING_NOT_ALLOWED")) << role;
  }
  for (const std::string purpose : {"x", "12345", "%E6%A0%B8", "100% sure", "%zz 123456", "%FF%FE%FD%FC%FB%FA%F9",
                                    "line%0Abreak", "45032819800101123X of Wei", "call 138-0013-8000"}) {
    EXPECT_THAT(Get("officer", purpose, household), RefusedWith(kInvalidArgument, "PURPOSE_MALFORMED")) << purpose;
  }
  EXPECT_THAT(Get("officer", std::string(101, 'x'), household), RefusedWith(kInvalidArgument, "PURPOSE_MALFORMED"));
  EXPECT_EQ(household.members_size(), 0);
  EXPECT_THAT(County().entries(), IsEmpty());
  // A method that answers nothing unmasked takes no notice of a purpose.
  grpc::ClientContext context;
  Prepare(context, "officer", "x");
  ASSERT_TRUE(Registry::NewStub(channel_)->ReclassifyHousehold(&context, {}, &household).ok());
  EXPECT_EQ(household.members(0).name(), "韦**");
}

TEST_P(ServiceTest, AnOfficerSeesOnlyWhatTheyDidThemselves) {
  Household household;
  ASSERT_TRUE(Get("officer", kPurpose, household).ok());
  ASSERT_TRUE(Get("approver", kPurpose, household).ok());
  v1::ListEntriesRequest request;
  request.set_division("450328");
  EXPECT_THAT(Entries(request).entries(), SizeIs(2));
  const v1::ListEntriesResponse own = Entries(request, "officer");
  ASSERT_THAT(own.entries(), SizeIs(1));
  EXPECT_EQ(own.entries(0).subject(), "officer");
  request.set_subject("approver");
  grpc::ClientContext context;
  Prepare(context, "officer");
  v1::ListEntriesResponse response;
  EXPECT_THAT(rpc::FromGrpc(v1::Audit::NewStub(channel_)->ListEntries(&context, request, &response)),
              RefusedWith(kPermissionDenied, "SUBJECT_NOT_OWN"));
}

TEST_P(ServiceTest, WhoIsRefusedWhatIsNotTheirsIsKept) {
  Household household;
  const auto list = [&](const std::string& division, const std::string& role) {
    grpc::ClientContext context;
    Prepare(context, role);
    registry::v1::ListHouseholdsRequest request;
    request.set_division(division);
    registry::v1::ListHouseholdsResponse households;
    return rpc::FromGrpc(Registry::NewStub(channel_)->ListHouseholds(&context, request, &households));
  };
  EXPECT_EQ(*refusals_.Keep(), 0);
  EXPECT_THAT(list("451021", "officer"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_THAT(Get("collector", kPurpose, household), RefusedWith(kPermissionDenied, "UNMASKING_NOT_ALLOWED"));
  EXPECT_THAT(list("450328", "enterprise"), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  // What is wrong with a request, or that nobody knows who calls, is no attempt at what is another's.
  EXPECT_THAT(Get("officer", "x", household), RefusedWith(kInvalidArgument, "PURPOSE_MALFORMED"));
  EXPECT_EQ(*refusals_.Keep(), 3);
  EXPECT_EQ(*refusals_.Keep(), 0);
  const auto refused = [&](const std::string& division) {
    v1::ListEntriesRequest request;
    request.set_division(division);
    request.set_kind(v1::ENTRY_KIND_REFUSED);
    const v1::ListEntriesResponse listed = Entries(request, "auditor", "45");
    std::vector<std::string> entries;
    for (const v1::Entry& entry : listed.entries()) {
      EXPECT_EQ(entry.record_ids_size(), 0);
      EXPECT_EQ(entry.request_id(), "r-1");
      entries.push_back(absl::StrCat(entry.subject(), " ", entry.purpose(), " ",
                                     entry.method().substr(entry.method().rfind('.') + 1), " ", entry.division(), " ",
                                     entry.record_count()));
    }
    std::sort(entries.begin(), entries.end());
    return entries;
  };
  EXPECT_THAT(refused("45"), ElementsAre("collector UNMASKING_NOT_ALLOWED GetHousehold 450328 1",
                                         "enterprise ROLE_NOT_ALLOWED ListHouseholds 450328 1",
                                         "officer OUTSIDE_SCOPE ListHouseholds 451021 1"));
  // In the division that was asked for, and whatever is no code of one is not kept.
  EXPECT_THAT(refused("451021"), SizeIs(1));
  EXPECT_THAT(list("36073119800101123X", "enterprise"), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
  for (int i = 0; i < 499; ++i) ASSERT_FALSE(list("451021", "enterprise").ok());
  EXPECT_EQ(*refusals_.Keep(), 0);
  clock_.Advance(kRefusalsTogether);
  EXPECT_EQ(*refusals_.Keep(), 1);
  EXPECT_THAT(refused("450328"), ::testing::Contains("enterprise ROLE_NOT_ALLOWED ListHouseholds 450328 500"));
  ASSERT_TRUE(sealer_.Seal().ok());
  EXPECT_THAT(refused("45"), SizeIs(4));
}

TEST_P(ServiceTest, AFloodOfRefusalsIsFewEntries) {
  for (size_t i = 0; i < 3 * kMostRefusals; ++i) {
    refusals_.Count({.subject = absl::StrCat("s", i), .scope = "450328"}, "OUTSIDE_SCOPE", "");
  }
  EXPECT_EQ(*refusals_.Keep(), kMostRefusals + 1);
  clock_.Advance(kRefusalsTogether);
  // Those of nobody are counted; a transaction that fails loses none.
  refusals_.Count({.subject = "s0", .scope = "450328"}, "OUTSIDE_SCOPE", "");
  testing::FaultyDatabase faulty(*database_, 1);
  Refusals others(faulty, clock_);
  others.Count({.subject = "s1", .scope = "450328"}, "OUTSIDE_SCOPE", "");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(others.Keep().status().code(), kUnavailable);
  EXPECT_EQ(*refusals_.Keep(), 1);
  EXPECT_EQ(*refusals_.Keep(/*all=*/true), 0);
}

TEST_P(ServiceTest, APersonIsFoundInAllTheirHouseholds) {
  for (const int number : {1, 2, 3}) {
    ASSERT_TRUE(database_
                    ->Write([&](storage::Transaction& transaction) {
                      return Append(transaction, {.at = clock_.Now() + absl::Seconds(number),
                                                  .subject = absl::StrCat("s", number),
                                                  .division = "450328100201",
                                                  .record_ids = {RecordId(number)}});
                    })
                    .ok());
  }
  const auto found = [&](const std::string& person, const std::string& household) {
    v1::ListEntriesRequest request;
    request.set_division("450328");
    request.set_person_id(person);
    request.set_household_id(household);
    std::vector<std::string> subjects;
    const v1::ListEntriesResponse listed = Entries(request);
    for (const v1::Entry& entry : listed.entries()) subjects.push_back(entry.subject());
    return subjects;
  };
  // Waiting, and sealed.
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(found(RecordId(1) + ":1", ""), ElementsAre("s2", "s1"));
    EXPECT_THAT(found(RecordId(1) + ":1", RecordId(3)), ElementsAre("s2", "s1"));
    EXPECT_THAT(found(RecordId(2) + ":1", ""), ElementsAre("s2"));
    EXPECT_THAT(found("", RecordId(3)), ElementsAre("s3"));
    ASSERT_TRUE(sealer_.Seal().ok());
  }
  // Rather nothing than less than there is.
  asking_ = absl::UnavailableError("broken on purpose");
  v1::ListEntriesRequest request;
  request.set_division("450328");
  request.set_person_id(RecordId(1) + ":1");
  grpc::ClientContext context;
  Prepare(context, "auditor");
  v1::ListEntriesResponse response;
  EXPECT_EQ(v1::Audit::NewStub(channel_)->ListEntries(&context, request, &response).error_code(),
            grpc::StatusCode::UNAVAILABLE);
  for (const auto& [person, household] : {std::pair("x:1", ""), std::pair(":1", ""), std::pair("", "x")}) {
    request.set_person_id(person);
    request.set_household_id(household);
    grpc::ClientContext other;
    Prepare(other, "auditor");
    EXPECT_THAT(rpc::FromGrpc(v1::Audit::NewStub(channel_)->ListEntries(&other, request, &response)),
                RefusedWith(kInvalidArgument, "ID_MALFORMED"));
  }
}

TEST_P(ServiceTest, WhatIsAskedWronglyIsRefused) {
  struct Row {
    std::string division, from_day, page_token, reason;
  };
  for (const Row& row : std::vector<Row>{{"450328x", "x", "x", "DIVISION_MALFORMED"},
                                         {"450328", "2018-02-30", "", "DATE_MALFORMED"},
                                         {"450328", "", "'; DROP TABLE audit_log", "PAGE_TOKEN_MALFORMED"}}) {
    v1::ListEntriesRequest request;
    request.set_division(row.division);
    request.set_from_day(row.from_day);
    request.set_page_token(row.page_token);
    grpc::ClientContext context;
    Prepare(context, "auditor");
    v1::ListEntriesResponse response;
    EXPECT_THAT(rpc::FromGrpc(v1::Audit::NewStub(channel_)->ListEntries(&context, request, &response)),
                RefusedWith(kInvalidArgument, row.reason));
  }
}

TEST_P(ServiceTest, TheChainIsReadAndVerified) {
  Household household;
  ASSERT_TRUE(Get("officer", kPurpose, household).ok());
  ASSERT_TRUE(Get("approver", kPurpose, household).ok());
  const auto stub = v1::Audit::NewStub(channel_);
  const auto head = [&] {
    grpc::ClientContext context;
    Prepare(context, "auditor");
    v1::Head answer;
    EXPECT_TRUE(stub->GetHead(&context, {}, &answer).ok());
    return answer;
  };
  const auto verify = [&](const v1::VerifyChainRequest& request) {
    grpc::ClientContext context;
    Prepare(context, "auditor");
    v1::VerifyChainResponse answer;
    EXPECT_TRUE(stub->VerifyChain(&context, request, &answer).ok());
    return answer;
  };
  EXPECT_EQ(head().number(), 0);
  EXPECT_EQ(head().hash(), Genesis("registry").hash);
  EXPECT_EQ(head().unsealed(), 2);
  EXPECT_TRUE(verify({}).intact());
  clock_.Advance(absl::Seconds(61));
  EXPECT_EQ(head().unsealed_since_s(), 61);
  EXPECT_EQ(verify({}).fault().kind(), v1::FAULT_KIND_NOT_SEALED);

  EXPECT_EQ(*sealer_.Seal(), 2);
  EXPECT_EQ(*sealer_.Seal(), 0);
  EXPECT_EQ(head().number(), 2);
  EXPECT_EQ(head().unsealed(), 0);
  v1::VerifyChainRequest request;
  request.add_heads()->set_number(2);
  request.mutable_heads(0)->set_hash(head().hash());
  v1::VerifyChainResponse verified = verify(request);
  EXPECT_TRUE(verified.intact() && verified.complete());
  EXPECT_EQ(verified.verified_number(), 2);
  EXPECT_EQ(verified.verified_hash(), head().hash());
  request.mutable_heads(0)->set_number(3);
  EXPECT_EQ(verify(request).fault().kind(), v1::FAULT_KIND_HEAD_LOST);

  // Who is of another county follows the hashes and sees no entry.
  for (const auto& [scope, sees] : {std::make_pair("450328", true), std::make_pair("450329", false)}) {
    grpc::ClientContext context;
    Prepare(context, "auditor", "", scope);
    v1::ReadChainResponse chain;
    ASSERT_TRUE(stub->ReadChain(&context, {}, &chain).ok());
    ASSERT_THAT(chain.links(), SizeIs(2));
    EXPECT_EQ(chain.links(0).has_entry(), sees);
    const Head first = Next(Genesis("registry"), chain.links(0).content_hash());
    EXPECT_EQ(chain.links(0).hash(), first.hash);
    EXPECT_EQ(chain.links(1).hash(), Next(first, chain.links(1).content_hash()).hash);
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, ServiceTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::audit
