#include "services/platform/evidence/service.h"

#include <grpcpp/grpcpp.h>

#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/audit/disclosure.h"
#include "services/platform/audit/log.h"
#include "services/platform/base/ids.h"
#include "services/platform/rpc/status.h"
#include "tests/support/identity.h"
#include "tests/support/stand.h"

namespace anju::evidence {
namespace {

using anju::testing::RefusedWith;
using anju::testing::Stand;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum absl::StatusCode;

constexpr char kHere[] = "450328", kThere[] = "451022", kPurpose[] = "check the notice";

class EvidenceServiceTest : public ::testing::TestWithParam<std::string> {
 protected:
  EvidenceServiceTest() {
    for (const char* division : {kHere, kThere}) stand_.KnowDivision(division);
    identity_.guard().Disclose([this](const rpc::Caller& caller, const google::protobuf::Message& answer) {
      return audit::Keep(*stand_.database, stand_.clock, caller, answer);
    });
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::EvidenceFiles::NewStub(server_->InProcessChannel({}));
  }
  ~EvidenceServiceTest() override { server_->Shutdown(); }

  static v1::UploadEvidenceRequest Piece(const std::string& division, const std::string& content, size_t offset,
                                         size_t size) {
    v1::UploadEvidenceRequest request;
    request.set_division(division);
    request.set_sha256(Sha256(content));
    request.set_size_bytes(static_cast<int64_t>(content.size()));
    request.set_offset(static_cast<int64_t>(offset));
    request.set_data(content.substr(offset, size));
    return request;
  }
  absl::StatusOr<v1::EvidenceFile> Send(const v1::UploadEvidenceRequest& request) {
    grpc::ClientContext context;
    // One person, who works for both: what they begin for the one is nothing of the other.
    context.AddMetadata("authorization", identity_.Bearer({"collector"}, "45"));
    v1::EvidenceFile file;
    const absl::Status status = rpc::FromGrpc(stub_->UploadEvidence(&context, request, &file));
    if (!status.ok()) return status;
    return file;
  }
  absl::StatusOr<v1::EvidenceFile> SendWhole(const std::string& division, const std::string& content) {
    return Send(Piece(division, content, 0, content.size()));
  }
  absl::StatusOr<v1::EvidencePiece> Read(const std::string& division, const std::string& content,
                                         const std::string& role = "officer", const std::string& purpose = kPurpose,
                                         int64_t offset = 0) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", identity_.Bearer({role}, division));
    if (!purpose.empty()) context.AddMetadata("x-anju-purpose", purpose);
    v1::ReadEvidenceRequest request;
    request.set_division(division);
    request.set_sha256(Sha256(content));
    request.set_offset(offset);
    v1::EvidencePiece piece;
    const absl::Status status = rpc::FromGrpc(stub_->ReadEvidence(&context, request, &piece));
    if (!status.ok()) return status;
    return piece;
  }
  std::vector<audit::Entry> Readings() {
    auto page = audit::List(*stand_.database, {.kind = audit::Kind::kRead}, "", 100);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<audit::Entry> entries;
    for (const audit::Listed& listed : page->entries) entries.push_back(listed.entry);
    return entries;
  }
  bool HasBegun() const { return !std::filesystem::is_empty(directory_.Path("incoming")); }

  Stand stand_{GetParam(), {&roots::KindOf<KeptFile>()}, {}};
  testing::TestIdentity identity_{stand_.clock};
  testing::TemporaryDirectory directory_;
  EvidenceService service_{stand_.store, identity_.guard(), *Folder::Open(directory_.Path(""))};
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::EvidenceFiles::Stub> stub_;
};
INSTANTIATE_TEST_SUITE_P(Engines, EvidenceServiceTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

// Everything that can be tried without having the file is answered alike, whether another county has it or nobody.
TEST_P(EvidenceServiceTest, WhoKnowsAHashLearnsAndGetsNothing) {
  const std::string theirs = "their minutes", nobodys = "nobodys words";
  ASSERT_TRUE(SendWhole(kThere, theirs).ok());
  const auto tried = [&](const std::string& content) {
    std::vector<std::string> answers;
    const auto note = [&](const absl::StatusOr<v1::EvidenceFile>& answer) {
      answers.push_back(answer.ok() ? absl::StrCat(answer->division(), " ", answer->size_bytes(), " ",
                                                   answer->received_bytes(), " ", answer->kept(), " ", answer->id())
                                    : absl::StrCat(ReasonOf(answer.status()), " ", answer.status().message()));
      EXPECT_THAT(Read(kHere, content).status(), RefusedWith(kNotFound, "EVIDENCE_NOT_FOUND"));
    };
    auto one_byte = Piece(kHere, content, 0, 1);
    one_byte.set_data("?");
    note(Send(one_byte));
    note(Send(Piece(kHere, content, 5, 1)));
    one_byte.set_size_bytes(1);
    note(Send(one_byte));
    note(Send(Piece(kHere, content, 0, 12)));
    auto longer = Piece(kHere, content, 12, 0);
    longer.set_size_bytes(14);
    longer.set_data("??");
    note(Send(longer));
    return answers;
  };
  const std::vector<std::string> answers = tried(nobodys);
  EXPECT_EQ(answers[0], "450328 13 1 0 ");
  EXPECT_EQ(answers, tried(theirs));
  EXPECT_EQ(Read(kThere, theirs)->data(), theirs);
}

TEST_P(EvidenceServiceTest, WhoHasTheWholeFileKeepsItToo) {
  const std::string content = "a decision of both counties";
  ASSERT_TRUE(SendWhole(kThere, content)->kept());
  // Pieces of the two are nothing to each other.
  EXPECT_EQ(Send(Piece(kHere, content, 0, 5))->received_bytes(), 5);
  EXPECT_TRUE(SendWhole(kThere, content)->kept());
  const auto file = Send(Piece(kHere, content, 5, 100));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->kept());
  EXPECT_EQ(file->size_bytes(), 27);
  EXPECT_FALSE(HasBegun());
  for (const char* division : {kHere, kThere}) EXPECT_EQ(Read(division, content)->data(), content) << division;
  // What a division has is told to it with the first piece.
  const auto again = Send(Piece(kHere, content, 0, 1));
  EXPECT_EQ(again->SerializeAsString(), file->SerializeAsString());
  EXPECT_FALSE(HasBegun());
}

TEST_P(EvidenceServiceTest, TheSizeIsThatOfTheFile) {
  const std::string content = "twelve bytes";
  auto request = Piece(kHere, content, 0, 12);
  request.set_size_bytes(1000);
  EXPECT_FALSE(Send(request)->kept());
  request.set_data("tw");
  request.set_size_bytes(2);
  const auto kept = Send(request);
  ASSERT_TRUE(kept.ok()) << kept.status();
  EXPECT_EQ(kept->size_bytes(), 12);
  request.set_size_bytes(1000);
  EXPECT_EQ(Send(request)->size_bytes(), 12);
  EXPECT_EQ(Read(kHere, content)->size_bytes(), 12);
}

TEST_P(EvidenceServiceTest, TwoDivisionsMaySendTheSameAtOnce) {
  const std::string content(300'000, 'x');
  std::vector<std::thread> senders;
  for (const std::string division : {kHere, kThere}) {
    senders.emplace_back([&, division] {
      for (size_t at = 0; at < content.size(); at += 50'000) {
        const auto file = Send(Piece(division, content, at, 50'000));
        ASSERT_TRUE(file.ok()) << file.status();
        EXPECT_EQ(file->received_bytes(), static_cast<int64_t>(at) + 50'000);
        EXPECT_EQ(file->kept(), at == 250'000);
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (const char* division : {kHere, kThere}) EXPECT_EQ(Read(division, content)->data(), content) << division;
  EXPECT_FALSE(HasBegun());
}

TEST_P(EvidenceServiceTest, ADivisionIsLookedUpWhenTheFileIsRecorded) {
  const std::string content = "from a new county", nowhere = "450399";
  EXPECT_EQ(Send(Piece(nowhere, content, 0, 5))->received_bytes(), 5);
  EXPECT_THAT(Send(Piece(nowhere, content, 5, 12)).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  stand_.KnowDivision(nowhere);
  EXPECT_TRUE(Send(Piece(nowhere, content, 5, 12))->kept());
}

// As when the folder was lost, and the database was not.
TEST_P(EvidenceServiceTest, WhatTheFolderLostIsTakenAgain) {
  const std::string content = "found again";
  const auto before = SendWhole(kHere, content);
  const std::string hash = Sha256(content);
  std::filesystem::remove(directory_.Path(hash.substr(0, 2) + "/" + hash));
  const auto after = SendWhole(kHere, content);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->SerializeAsString(), before->SerializeAsString());
  EXPECT_EQ(Read(kHere, content)->data(), content);
}

TEST_P(EvidenceServiceTest, NobodyReadsWithoutSayingWhatFor) {
  const std::string content = "a scan";
  const std::string id = SendWhole(kHere, content)->id();
  for (const std::string role : {"officer", "approver", "auditor"}) {
    EXPECT_THAT(Read(kHere, content, role, "").status(), RefusedWith(kPermissionDenied, "PURPOSE_MISSING")) << role;
    EXPECT_THAT(Read(kHere, content, role, "why").status(), RefusedWith(kInvalidArgument, "PURPOSE_MALFORMED")) << role;
  }
  for (const std::string role : {"collector", "reader", "admin", "bank"}) {
    for (const std::string purpose : {"", kPurpose}) {
      EXPECT_THAT(Read(kHere, content, role, purpose).status(), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"))
          << role;
    }
  }
  EXPECT_THAT(Readings(), IsEmpty());

  for (const std::string role : {"officer", "approver", "auditor"}) {
    EXPECT_EQ(Read(kHere, content, role)->data(), content);
  }
  EXPECT_EQ(Read(kHere, content, "officer", kPurpose, 2)->data(), "scan");
  // At its end there is nothing to read.
  EXPECT_EQ(Read(kHere, content, "officer", kPurpose, 6)->data(), "");
  const std::vector<audit::Entry> entries = Readings();
  ASSERT_THAT(entries, SizeIs(4));
  for (const audit::Entry& entry : entries) {
    EXPECT_THAT(entry.record_ids, ElementsAre(id));
    EXPECT_EQ(entry.purpose, kPurpose);
    EXPECT_EQ(entry.division, kHere);
    EXPECT_EQ(entry.method, "anju.evidence.v1.EvidenceFiles.ReadEvidence");
  }
}

}  // namespace
}  // namespace anju::evidence
