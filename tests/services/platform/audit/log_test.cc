#include "services/platform/audit/log.h"

#include <atomic>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"
#include "tests/support/stand.h"

namespace anju::audit {
namespace {

using storage::Transaction;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::TestDatabase;

std::string RecordId(int number) { return absl::StrFormat("%032x", number); }

class LogTest : public ::testing::TestWithParam<std::string> {
 protected:
  LogTest() { database_.emplace(GetParam()); }

  storage::Database& database() { return **database_; }

  absl::Status Execute(absl::string_view sql, const std::vector<storage::Value>& values = {}) {
    return database().Write([&](Transaction& transaction) { return transaction.Execute(sql, values); });
  }

  void Add(Entry entry) {
    entry.at = now_ += absl::Seconds(1);
    entry.record_count = static_cast<int64_t>(entry.record_ids.size());
    ASSERT_TRUE(database().Write([&](Transaction& transaction) { return Append(transaction, entry); }).ok());
  }
  void AddWrites(int count) {
    for (int i = 0; i < count; ++i) {
      Add({.subject = absl::StrCat("officer-", i % 2), .division = "450328100201", .record_ids = {RecordId(i)}});
    }
  }
  Head SealAll(const std::string& service = "registry") {
    Head head;
    while (true) {
      const absl::StatusOr<Sealed> sealed = Seal(database(), service, {}, now_);
      EXPECT_TRUE(sealed.ok()) << sealed.status();
      if (!sealed.ok() || sealed->entries == 0) return head;
      head = sealed->head;
    }
  }
  std::optional<Fault> Check(const std::vector<Head>& kept = {}) {
    ChainCheck check(Genesis("registry"), kept);
    while (true) {
      const int64_t after = check.head().number;
      const auto links = ReadChain(database(), after, 100);
      EXPECT_TRUE(links.ok()) << links.status();
      if (links->empty()) return check.End();
      for (const Link& link : *links) {
        if (const std::optional<Fault> fault = check.Take(link)) return fault;
      }
      if (const auto fault = *CheckRecords(database(), after, links->back().entry->id)) return fault;
    }
  }
  std::vector<std::string> Listed(const Query& query, int64_t limit = 100) {
    std::vector<std::string> found;
    std::string token;
    do {
      const auto page = List(database(), query, token, limit);
      EXPECT_TRUE(page.ok()) << page.status();
      EXPECT_LE(page->entries.size(), static_cast<size_t>(limit));
      for (const auto& listed : page->entries) found.push_back(listed.entry.request_id);
      token = page->next_page_token;
    } while (!token.empty());
    return found;
  }

  std::optional<TestDatabase> database_;
  absl::Time now_ = absl::FromUnixSeconds(1541044800);
};

TEST_P(LogTest, SealsInOrderAndFindsNothingWrong) {
  EXPECT_EQ(ReadState(database(), "registry", {})->head, Genesis("registry"));
  AddWrites(450);
  State state = *ReadState(database(), "registry", {});
  EXPECT_EQ(state.unsealed, 450);
  EXPECT_EQ(state.unsealed_since, absl::FromUnixSeconds(1541044801));
  const Head head = SealAll();
  EXPECT_EQ(head.number, 450);
  state = *ReadState(database(), "registry", {});
  EXPECT_EQ(state.head, head);
  EXPECT_EQ(state.unsealed, 0);
  EXPECT_EQ(Check({head}), std::nullopt);
  // Nothing left is no new head.
  EXPECT_EQ(Seal(database(), "registry", head, now_)->head, head);
}

TEST_P(LogTest, NobodyChangesWhatWasDone) {
  AddWrites(3);
  EXPECT_FALSE(Execute("DELETE FROM audit_pending").ok());
  EXPECT_FALSE(Execute("UPDATE audit_pending SET subject = 'nobody'").ok());
  SealAll();
  for (const char* sql : {"UPDATE audit_log SET subject = 'nobody'", "DELETE FROM audit_log",
                          "UPDATE audit_records SET entry_id = ''", "DELETE FROM audit_records"}) {
    EXPECT_FALSE(Execute(sql).ok()) << sql;
  }
  if (GetParam() == "postgresql") {
    for (const char* sql : {"TRUNCATE audit_log", "TRUNCATE audit_records", "TRUNCATE audit_pending"}) {
      EXPECT_FALSE(Execute(sql).ok()) << sql;
    }
  }
  EXPECT_EQ(Check(), std::nullopt);
}

TEST_P(LogTest, AForgedEntryOfYesterdayIsFound) {
  AddWrites(5);
  SealAll();
  ASSERT_TRUE(
      Execute("INSERT INTO audit_pending VALUES ('0166', 1540944800000000, 1, 'me', '', '', '', '', '', 0, '')").ok());
  SealAll();
  EXPECT_EQ(Check()->kind, FaultKind::kBackdated);
  EXPECT_EQ(Check()->number, 6);
}

TEST_P(LogTest, ReplicasDoNotForkIt) {
  std::vector<std::thread> threads;
  std::atomic<int> left = 3;
  for (int writer = 0; writer < 3; ++writer) {
    threads.emplace_back([&, writer] {
      auto own = *storage::Database::Open(database_->url());
      for (int i = 0; i < 40; ++i) {
        const Entry entry{
            .at = absl::Now(), .subject = absl::StrCat(writer), .record_count = 1, .record_ids = {RecordId(i)}};
        EXPECT_TRUE(own->Write([&](Transaction& transaction) { return Append(transaction, entry); }).ok());
      }
      --left;
    });
  }
  for (int replica = 0; replica < 2; ++replica) {
    threads.emplace_back([&] {
      auto own = *storage::Database::Open(database_->url());
      Head head;
      for (int64_t sealed = 0; left > 0 || sealed > 0;) {
        const absl::StatusOr<Sealed> some = Seal(*own, "registry", head, now_);
        // Who lost the race too often tries again, as the service does.
        sealed = some.ok() ? some->entries : 1;
        if (!some.ok()) continue;
        EXPECT_FALSE(some->lost);
        head = some->head;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(SealAll().number, 0);
  EXPECT_EQ(ReadState(database(), "registry", {})->head.number, 120);
  EXPECT_EQ(ReadState(database(), "registry", {})->unsealed, 0);
  EXPECT_EQ(Check(), std::nullopt);
}

// For every n: the n-th statement of sealing fails.
TEST_P(LogTest, ABrokenSealingLeavesNoHalfOfIt) {
  AddWrites(4);
  bool failed = true;
  for (int n = 1; failed; ++n) {
    testing::FaultyDatabase faulty(database(), n);
    const bool sealed = Seal(faulty, "registry", {}, now_).ok();
    failed = faulty.failed();
    EXPECT_NE(sealed, failed);
    EXPECT_EQ(Check(), std::nullopt) << n;
    const State state = *ReadState(database(), "registry", {});
    EXPECT_EQ(state.head.number + state.unsealed, 4) << n;
  }
  EXPECT_EQ(ReadState(database(), "registry", {})->unsealed, 0);
}

TEST_P(LogTest, IsFoundByWhoDidWhatWhereAndWhen) {
  // So many are sealed, and the others wait.
  for (int sealed : {0, 3, 5}) {
    database_.emplace(GetParam());
    absl::Time later;
    int added = 0;
    const auto add = [&](const std::string& name, Entry entry) {
      entry.request_id = name;
      Add(std::move(entry));
      if (++added == sealed) SealAll();
      if (added == 3) later = now_ + absl::Milliseconds(500);
    };
    add("a", {.subject = "li", .division = "450328100201", .record_ids = {RecordId(1)}});
    add("b",
        {.kind = Kind::kRead, .subject = "wang", .division = "450328100202", .record_ids = {RecordId(2), RecordId(1)}});
    add("c", {.kind = Kind::kExport, .subject = "li", .division = "450328", .record_ids = {RecordId(2), RecordId(3)}});
    add("d", {.subject = "li", .division = "450329100201", .record_ids = {RecordId(4)}});
    add("e", {.subject = "feed", .division = "45", .record_ids = {RecordId(1), RecordId(4)}});
    // Record 4 belongs to the household 9.
    ASSERT_TRUE(
        Execute("INSERT INTO roots (id, kind, key, division, version, body) VALUES ($1, 'box', 'k', '45', 1, '{}')",
                {RecordId(4)})
            .ok());
    ASSERT_TRUE(
        Execute("INSERT INTO root_links (kind, link, root_id) VALUES ('household', $1, $2)", {RecordId(9), RecordId(4)})
            .ok());
    for (int64_t limit : {1, 2, 100}) {
      EXPECT_THAT(Listed({}, limit), ElementsAre("e", "d", "c", "b", "a"));
      EXPECT_THAT(Listed({.division = "450328"}, limit), ElementsAre("c", "b", "a"));
      EXPECT_THAT(Listed({.subject = "li"}, limit), ElementsAre("d", "c", "a"));
      EXPECT_THAT(Listed({.division = "450328", .subject = "li"}, limit), ElementsAre("c", "a"));
      EXPECT_THAT(Listed({.record_id = RecordId(1)}, limit), ElementsAre("e", "b", "a"));
      EXPECT_THAT(Listed({.record_id = RecordId(1), .subject = "li"}, limit), ElementsAre("a"));
      EXPECT_THAT(Listed({.household_ids = {RecordId(9)}}, limit), ElementsAre("e", "d"));
      EXPECT_THAT(Listed({.household_ids = {RecordId(3)}}, limit), ElementsAre("c"));
      EXPECT_THAT(Listed({.household_ids = {RecordId(3), RecordId(9)}}, limit), ElementsAre("e", "d", "c"));
      EXPECT_THAT(Listed({.kind = Kind::kRead}, limit), ElementsAre("b"));
      EXPECT_THAT(Listed({.from = later}, limit), ElementsAre("e", "d"));
      EXPECT_THAT(Listed({.until = later}, limit), ElementsAre("c", "b", "a"));
      EXPECT_THAT(Listed({.from = now_ + absl::Hours(1)}, limit), IsEmpty());
    }
  }
}

// A county that is asked for by the code that it has now, or by one that it had.
TEST_P(LogTest, EntriesLieWhereTheirDivisionHasComeToLie) {
  const auto successions = std::make_shared<Successions>(
      std::vector<CodeChange>{{.key = "recoded", .became = {{.old_code = "450328", .new_code = "450381"}}},
                              {.key = "left", .became = {{.old_code = "450329100", .new_code = "450381200"}}}});
  for (const std::string division : {"450328100201", "450381100201", "450329100201", "450329"}) {
    Add({.division = division, .request_id = division});
  }
  EXPECT_THAT(Listed({.division = "450381"}), ElementsAre("450381100201"));
  for (const std::string asked : {"450381", "450328"}) {
    EXPECT_THAT(Listed({.division = asked, .successions = successions}),
                ElementsAre("450329100201", "450381100201", "450328100201"));
  }
  EXPECT_THAT(Listed({.division = "450329", .successions = successions}), ElementsAre("450329"));
}

TEST_P(LogTest, AnImportOfThousandsIsListedShortAndChainedWhole) {
  Entry entry{.subject = "li"};
  for (int i = 0; i < 2345; ++i) entry.record_ids.push_back(RecordId(i));
  Add(entry);
  SealAll();
  const ListedPage page = *List(database(), {.record_id = RecordId(2344)}, "", 10);
  ASSERT_THAT(page.entries, SizeIs(1));
  EXPECT_EQ(page.entries[0].entry.record_count, 2345);
  EXPECT_THAT(page.entries[0].entry.record_ids, SizeIs(kShownRecords));
  EXPECT_EQ(page.entries[0].entry.record_ids.back(), RecordId(99));
  EXPECT_THAT((*ReadChain(database(), 0, 10))[0].entry->record_ids, SizeIs(2345));
  EXPECT_EQ(Check(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Engines, LogTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::audit
