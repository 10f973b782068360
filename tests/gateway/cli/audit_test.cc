#include "gateway/cli/audit.h"

#include <cstdio>
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
using ::testing::HasSubstr;

// A service that answers three links at a time, as honestly as a test wants.
class FakeLog {
 public:
  FakeLog() {
    audit::Head head = audit::Genesis("registry");
    for (int n = 1; n <= 8; ++n) {
      const audit::Entry entry{.id = absl::StrCat("e", n), .at = absl::FromUnixSeconds(n), .subject = "li"};
      head = audit::Next(head, audit::ContentHash(entry));
      audit::v1::Link& link = links.emplace_back();
      link.set_number(head.number);
      link.set_hash(head.hash);
      link.set_content_hash(audit::ContentHash(entry));
      *link.mutable_entry() = audit::ToProto(entry);
    }
    said.set_intact(true);
    said.set_unsealed(2);
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
  EXPECT_EQ(verdict.fault, std::nullopt);
  EXPECT_EQ(verdict.head.hash, log.links[7].hash());
  EXPECT_EQ(verdict.unsealed, 2);
  std::ostringstream text, json;
  Show(text, {verdict});
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
  ASSERT_TRUE(verdict.fault.has_value());
  EXPECT_EQ(verdict.fault->kind, FaultKind::kChanged);
  EXPECT_EQ(verdict.fault->number, 5);
  EXPECT_EQ(verdict.fault->entry_id, "e5");
  EXPECT_EQ(verdict.head.number, 4);
  std::ostringstream text, json;
  Show(text, {verdict});
  EXPECT_THAT(text.str(), HasSubstr("registry: FAULT: entry 5 is not what was sealed there"));
  ShowJson(json, {verdict});
  EXPECT_EQ(nlohmann::json::parse(json.str())["services"][0]["fault"]["kind"], "FAULT_KIND_CHANGED");
}

TEST(AuditTest, WhatIsCutOffOrWaitsTooLongIsFound) {
  FakeLog log;
  const audit::Head last{.number = 8, .hash = log.links[7].hash()};
  log.links.pop_back();
  EXPECT_EQ(log.Verify().fault, std::nullopt);
  EXPECT_EQ(log.Verify({last}).fault->kind, FaultKind::kHeadLost);
}

TEST(AuditTest, WhatOnlyTheServiceCanSeeIsAskedOfIt) {
  FakeLog log;
  log.said.set_intact(false);
  log.said.mutable_fault()->set_kind(audit::v1::FAULT_KIND_NOT_FOUND_BY_RECORD);
  log.said.mutable_fault()->set_number(3);
  log.said.mutable_fault()->set_entry_id("e3");
  EXPECT_EQ(log.Verify().fault, (audit::Fault{.kind = FaultKind::kNotFoundByRecord, .number = 3, .entry_id = "e3"}));
  // What is found here comes first.
  log.links[1].mutable_entry()->set_subject("wang");
  EXPECT_EQ(log.Verify().fault->number, 2);
}

TEST(AuditTest, EntriesOfAnotherDivisionAreFollowedByTheirHashes) {
  FakeLog log;
  log.links[2].clear_entry();
  const AuditVerdict verdict = log.Verify();
  EXPECT_EQ(verdict.fault, std::nullopt);
  EXPECT_EQ(verdict.unseen, 1);
}

// What is cut off is found by the head that was kept the last time.
TEST(AuditTest, HeadsAreKeptInAFileFromOneTimeToTheNext) {
  const std::string path = ::testing::TempDir() + "/heads";
  std::remove(path.c_str());
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
  EXPECT_EQ(log.Verify({(*heads)[1].head}).fault, std::nullopt);
  log.links.pop_back();
  EXPECT_EQ(log.Verify({(*heads)[1].head}).fault->kind, FaultKind::kHeadLost);
  // A later head takes the place of the earlier one.
  FakeLog other;
  other.links.resize(4);
  ASSERT_TRUE(WriteHeads(path, *heads, {other.Verify()}).ok());
  EXPECT_EQ((*ReadHeads(path))[1].head.number, 4);
  std::ofstream(path) << "registry:x:y\n";
  EXPECT_THAT(ReadHeads(path).status(), RefusedWith(absl::StatusCode::kInvalidArgument, "HEAD_MALFORMED"));
  std::remove(path.c_str());
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
  using ::testing::ElementsAre;
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
