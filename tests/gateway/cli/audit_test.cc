#include "gateway/cli/audit.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/audit/wire.h"
#include "tests/support/refused.h"

namespace anju::cli {
namespace {

using anju::testing::RefusedWith;
using audit::FaultKind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A service that answers three links at a time, as honestly as a test wants.
class FakeLog {
 public:
  FakeLog() {
    for (int n = 1; n <= 8; ++n) {
      const audit::Entry entry{.id = absl::StrCat("e", n), .at = absl::FromUnixSeconds(n), .subject = "li"};
      *links.emplace_back().mutable_entry() = audit::ToProto(entry);
    }
    Rechain();
    said.set_intact(true);
    said.set_unsealed(2);
  }

  void Rechain() {
    audit::Head head = audit::Genesis("registry");
    for (audit::v1::Link& link : links) {
      const std::string content = audit::ContentHash(audit::FromProto(link.entry()));
      head = audit::Next(head, content);
      link.set_number(head.number);
      link.set_hash(head.hash);
      link.set_content_hash(content);
    }
  }

  AuditVerdict Verify(std::vector<audit::Head> kept = {}) {
    const auto read_chain = [&](const audit::v1::ReadChainRequest& request) {
      audit::v1::ReadChainResponse page;
      for (const audit::v1::Link& link : links) {
        if (link.number() > request.after_number() && page.links_size() < 3) *page.add_links() = link;
      }
      return absl::StatusOr<audit::v1::ReadChainResponse>(page);
    };
    // It needs two calls.
    const auto verify_chain = [&](const audit::v1::VerifyChainRequest& request) {
      audit::v1::VerifyChainResponse answer = said;
      answer.set_verified_number(request.after_number() + 4);
      answer.set_verified_hash(links[3].hash());
      answer.set_complete(request.after_number() == 4 && request.after_hash() == links[3].hash());
      return absl::StatusOr<audit::v1::VerifyChainResponse>(answer);
    };
    return *VerifyAudit("registry", std::move(kept), {.read_chain = read_chain, .verify_chain = verify_chain});
  }

  std::vector<audit::v1::Link> links;
  audit::v1::VerifyChainResponse said;
};

TEST(AuditTest, AnHonestLogIsRight) {
  FakeLog log;
  const AuditVerdict verdict = log.Verify({{.number = 8, .hash = log.links[7].hash()}});
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.head.hash, log.links[7].hash());
  EXPECT_EQ(verdict.unsealed, 2);
  std::ostringstream text, json;
  Show(text, {verdict}, "");
  EXPECT_THAT(text.str(), HasSubstr("registry: 8 entries as they were sealed; 2 not sealed yet"));
  EXPECT_THAT(text.str(), HasSubstr("head registry:8:" + log.links[7].hash()));
  ShowJson(json, {verdict});
  const auto parsed = nlohmann::json::parse(json.str());
  EXPECT_TRUE(parsed["services"][0]["intact"]);
  EXPECT_FALSE(parsed["services"][0].contains("fault"));
}

// The service says that all is well: what it sends is computed anew.
TEST(AuditTest, NothingThatTheServiceSaysIsTrusted) {
  FakeLog log;
  log.links[4].mutable_entry()->set_subject("wang");
  const AuditVerdict verdict = log.Verify();
  EXPECT_THAT(verdict.faults, ElementsAre(audit::Fault{.kind = FaultKind::kChanged, .number = 5, .entry_id = "e5"}));
  EXPECT_EQ(verdict.head.number, 4);
  std::ostringstream text, json;
  Show(text, {verdict}, "kept_here");
  EXPECT_THAT(text.str(), HasSubstr("kept_here"));
  EXPECT_THAT(text.str(), HasSubstr("registry: FAULT: entry 5 is not what was sealed there"));
  ShowJson(json, {verdict});
  EXPECT_EQ(nlohmann::json::parse(json.str())["services"][0]["fault"]["kind"], "FAULT_KIND_CHANGED");
}

TEST(AuditTest, WhatIsCutOffOrWaitsTooLongIsFound) {
  FakeLog log;
  const audit::Head last{.number = 8, .hash = log.links[7].hash()};
  log.links.pop_back();
  EXPECT_THAT(log.Verify().faults, IsEmpty());
  EXPECT_THAT(log.Verify({last}).faults,
              ElementsAre(audit::Fault{.kind = FaultKind::kHeadLost, .number = 8, .last_number = 8}));
}

TEST(AuditTest, WhatOnlyTheServiceCanSeeIsAskedOfIt) {
  FakeLog log;
  log.said.set_intact(false);
  log.said.mutable_fault()->set_kind(audit::v1::FAULT_KIND_NOT_FOUND_BY_RECORD);
  log.said.mutable_fault()->set_number(3);
  log.said.mutable_fault()->set_entry_id("e3");
  log.said.mutable_fault()->set_last_number(5);
  const audit::Fault said{.kind = FaultKind::kNotFoundByRecord, .number = 3, .entry_id = "e3", .last_number = 5};
  EXPECT_THAT(log.Verify().faults, ElementsAre(said));
  // What is found here comes first, and once.
  log.links[1].mutable_entry()->set_subject("wang");
  EXPECT_THAT(log.Verify().faults,
              ElementsAre(audit::Fault{.kind = FaultKind::kChanged, .number = 2, .entry_id = "e2"}, said));
  log.said.mutable_fault()->set_kind(audit::v1::FAULT_KIND_CHANGED);
  log.said.mutable_fault()->set_number(2);
  EXPECT_THAT(log.Verify().faults, SizeIs(1));
}

TEST(AuditTest, EntriesOfAnotherDivisionAreFollowedByTheirHashes) {
  FakeLog log;
  log.links[2].clear_entry();
  const AuditVerdict verdict = log.Verify();
  EXPECT_THAT(verdict.faults, IsEmpty());
  EXPECT_EQ(verdict.unseen, 1);
}

// What is cut off is found by the head that was kept the last time.
TEST(AuditTest, HeadsAreKeptInAFileFromOneTimeToTheNext) {
  const std::string path = ::testing::TempDir() + "/folder/heads";
  std::filesystem::remove_all(::testing::TempDir() + "/folder");
  EXPECT_TRUE(ReadHeads(path)->empty());
  FakeLog log;
  const AuditVerdict verdict = log.Verify();
  ASSERT_TRUE(
      WriteHeads(path, {{.service = "channels", .head = {.number = 3, .hash = std::string(64, 'a')}}}, {verdict}).ok());
  const auto heads = ReadHeads(path);
  ASSERT_TRUE(heads.ok()) << heads.status();
  ASSERT_EQ(heads->size(), 2);
  EXPECT_EQ((*heads)[0].service, "channels");
  EXPECT_EQ((*heads)[1].head, verdict.head);
  EXPECT_THAT(log.Verify({(*heads)[1].head}).faults, IsEmpty());
  log.links.pop_back();
  const AuditVerdict cut = log.Verify({(*heads)[1].head});
  EXPECT_FALSE(cut.holds());
  // Its head stays.
  ASSERT_TRUE(WriteHeads(path, *heads, {cut}).ok());
  EXPECT_EQ((*ReadHeads(path))[1].head, verdict.head);
  // A later head takes the place of the earlier one.
  FakeLog other;
  other.links.resize(4);
  ASSERT_TRUE(WriteHeads(path, *heads, {other.Verify()}).ok());
  EXPECT_EQ((*ReadHeads(path))[1].head.number, 4);
  std::ofstream(path) << "registry:x:y\n";
  EXPECT_THAT(ReadHeads(path).status(), RefusedWith(absl::StatusCode::kInvalidArgument, "HEAD_MALFORMED"));
  std::filesystem::remove_all(::testing::TempDir() + "/folder");
}

// It stays a loss, and a head behind it is kept as one behind any other entry.
TEST(AuditTest, BehindALossTheLogIsLookedAtAndItsHeadIsKept) {
  FakeLog log;
  const audit::Entry loss = audit::LossOf({.number = 6, .hash = "abc"}, {.number = 2}, absl::FromUnixSeconds(3));
  *log.links[2].mutable_entry() = audit::ToProto(loss);
  log.Rechain();
  const AuditVerdict verdict = log.Verify();
  EXPECT_THAT(verdict.faults, ElementsAre(audit::Fault{.kind = FaultKind::kLoss, .number = 3, .last_number = 6}));
  EXPECT_EQ(verdict.head.number, 8);
  EXPECT_TRUE(verdict.holds());
  std::ostringstream text, json;
  Show(text, {verdict}, "");
  EXPECT_THAT(text.str(), HasSubstr("registry: FAULT: entries 3 to 6 are gone"));
  ShowJson(json, {verdict});
  const auto one = nlohmann::json::parse(json.str())["services"][0];
  EXPECT_FALSE(one["intact"]);
  EXPECT_EQ(one["fault"]["last_number"], 6);
  EXPECT_EQ(one["faults"].size(), 1);
  // What was done behind it is a fault of its own.
  log.links[6].mutable_entry()->set_subject("wang");
  EXPECT_THAT(log.Verify().faults, SizeIs(2));
  EXPECT_FALSE(log.Verify().holds());
}

TEST(AuditTest, HeadsAreKeptInAFolderOfTheUsersForEachGateway) {
  const char* const state = std::getenv("XDG_STATE_HOME");
  const std::string before = state == nullptr ? "" : state;
  ASSERT_EQ(setenv("XDG_STATE_HOME", "/state", 1), 0);
  EXPECT_EQ(DefaultHeadsFile("127.0.0.1:8081"), "/state/anju/audit_heads/127.0.0.1:8081");
  EXPECT_EQ(DefaultHeadsFile("unix:/run/anju"), "/state/anju/audit_heads/unix:_run_anju");
  ASSERT_EQ(unsetenv("XDG_STATE_HOME"), 0);
  EXPECT_THAT(DefaultHeadsFile("a:1"), ::testing::EndsWith("/.local/state/anju/audit_heads/a:1"));
  if (state != nullptr) setenv("XDG_STATE_HOME", before.c_str(), 1);
}

audit::v1::ListEntriesResponse PageOf(const std::vector<std::string>& ids, const std::string& token = "") {
  audit::v1::ListEntriesResponse page;
  for (const std::string& id : ids) page.add_entries()->set_id(id);
  page.set_next_page_token(token);
  return page;
}

TEST(AuditTest, EntriesOfAllServicesAreInOneOrderAndNoneIsMissing) {
  const auto merge = [](const std::vector<audit::v1::ListEntriesResponse>& pages) {
    std::vector<std::string> ids;
    const audit::v1::ListEntriesResponse merged = MergeEntries(pages);
    for (const audit::v1::Entry& entry : merged.entries()) ids.push_back(entry.id());
    ids.push_back("more: " + merged.next_page_token());
    return ids;
  };
  EXPECT_THAT(merge({}), ElementsAre("more: "));
  EXPECT_THAT(merge({PageOf({"7", "3"}), PageOf({}), PageOf({"5", "1"})}), ElementsAre("7", "5", "3", "1", "more: "));
  // Of the second there is more before 4, which comes before the first one's 3.
  EXPECT_THAT(merge({PageOf({"7", "3"}), PageOf({"5", "4"}, "4")}), ElementsAre("7", "5", "4", "more: 4"));
  EXPECT_THAT(merge({PageOf({"7", "3"}, "2"), PageOf({}, "4")}), ElementsAre("7", "more: 4"));
}

TEST(AuditTest, AHeadIsReadAsItIsPrinted) {
  const audit::Head head = audit::Genesis("registry");
  EXPECT_EQ(ParseHead(HeadText("registry", head))->head, head);
  EXPECT_EQ(ParseHead(HeadText("registry", head))->service, "registry");
  for (const char* text : {"", "registry", "registry:x:y", "12:abc", "registry:12:abc", "a:1:b:c"}) {
    EXPECT_THAT(ParseHead(text).status(), RefusedWith(absl::StatusCode::kInvalidArgument, "HEAD_MALFORMED")) << text;
  }
}

}  // namespace
}  // namespace anju::cli
