#include "services/platform/audit/sealer.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/platform/audit/service.h"
#include "services/platform/roots/schema.h"
#include "tests/support/identity.h"
#include "tests/support/stand.h"

// What becomes of a log that somebody has been at: the sealing and the verification together, as a service has them.
namespace anju::audit {
namespace {

using storage::Transaction;

constexpr int kEntries = 20;

constexpr absl::string_view kDropTriggers[] = {
    "DROP TRIGGER audit_log_update",     "DROP TRIGGER audit_log_delete",     "DROP TRIGGER audit_records_update",
    "DROP TRIGGER audit_records_delete", "DROP TRIGGER audit_pending_update", "DROP TRIGGER audit_pending_delete",
    "DROP TRIGGER audit_head_update",    "DROP TRIGGER audit_head_delete",
};
constexpr absl::string_view kDropTriggersPostgresql[] = {
    "DROP TRIGGER audit_log_stay ON audit_log",         "DROP TRIGGER audit_records_stay ON audit_records",
    "DROP TRIGGER audit_pending_stay ON audit_pending", "DROP TRIGGER audit_pending_sealed ON audit_pending",
    "DROP TRIGGER audit_head_moves ON audit_head",      "DROP TRIGGER audit_head_stay ON audit_head",
};

std::string RecordId(int number) { return absl::StrFormat("%032x", number); }

class SealerTest : public ::testing::TestWithParam<std::string> {
 protected:
  SealerTest() : identity_(clock_) { Begin(); }
  ~SealerTest() override { server_->Shutdown(); }

  // A service with a new log of entries, each of which names two records.
  void Begin() {
    if (server_ != nullptr) server_->Shutdown();
    database_.emplace(GetParam());
    Start();
    AddAndSeal(kEntries);
  }
  // Nothing is remembered but what the database holds.
  void Start() {
    if (server_ != nullptr) server_->Shutdown();
    sealer_.emplace(**database_, clock_, "registry");
    service_.emplace(**database_, clock_, identity_.guard(), *sealer_, "registry",
                     [](const std::string&) { return absl::StatusOr<std::vector<std::string>>(); });
    grpc::ServerBuilder builder;
    builder.RegisterService(&*service_);
    server_ = builder.BuildAndStart();
    stub_ = v1::Audit::NewStub(server_->InProcessChannel({}));
  }

  absl::Status Execute(absl::string_view sql, const std::vector<storage::Value>& values = {}) {
    return (*database_)->Write([&](Transaction& transaction) { return transaction.Execute(sql, values); });
  }
  // As who owns the database can.
  void DropTriggers() {
    if (GetParam() == "sqlite") {
      for (absl::string_view sql : kDropTriggers) ASSERT_TRUE(Execute(sql).ok()) << sql;
    } else {
      for (absl::string_view sql : kDropTriggersPostgresql) ASSERT_TRUE(Execute(sql).ok()) << sql;
    }
  }
  void Tamper(const std::vector<std::string>& statements) {
    DropTriggers();
    for (const std::string& sql : statements) {
      const absl::Status done = Execute(sql);
      ASSERT_TRUE(done.ok()) << sql << ": " << done;
    }
  }

  void Add(int count) {
    for (int i = 0; i < count; ++i) {
      clock_.Advance(absl::Seconds(1));
      const Entry entry{.at = clock_.Now(),
                        .subject = absl::StrCat("officer-", i % 2),
                        .division = "450328100201",
                        .record_count = 2,
                        .record_ids = {RecordId(i), RecordId(100 + i)}};
      ASSERT_TRUE((*database_)->Write([&](Transaction& transaction) { return Append(transaction, entry); }).ok());
    }
  }
  void SealAll() {
    absl::StatusOr<int64_t> sealed = 1;
    while (sealed.ok() && *sealed > 0) sealed = sealer_->Seal();
    ASSERT_TRUE(sealed.ok()) << sealed.status();
  }
  void AddAndSeal(int count) {
    Add(count);
    SealAll();
  }

  v1::VerifyChainResponse Ask(const v1::VerifyChainRequest& request) {
    grpc::ClientContext context;
    context.AddMetadata("authorization", absl::StrCat("Bearer ", identity_.Token({"auditor"}, "45")));
    v1::VerifyChainResponse answer;
    const grpc::Status status = stub_->VerifyChain(&context, request, &answer);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return answer;
  }
  // What a client finds that goes on as long as it can: `CHANGED 7`, `HEAD_LOST 16-20`.
  std::string Faults(const std::vector<Head>& kept = {}) {
    v1::VerifyChainRequest request;
    for (const Head& head : kept) {
      request.add_heads()->set_number(head.number);
      request.mutable_heads(request.heads_size() - 1)->set_hash(head.hash);
    }
    std::vector<std::string> faults;
    for (bool more = true; more;) {
      const v1::VerifyChainResponse answer = Ask(request);
      const v1::Fault& fault = answer.fault();
      EXPECT_EQ(answer.intact(), !answer.has_fault());
      EXPECT_EQ(answer.intact(), fault.message().empty());
      std::string said(absl::StripPrefix(v1::FaultKind_Name(fault.kind()), "FAULT_KIND_"));
      absl::StrAppend(&said, " ", fault.number());
      if (fault.last_number() != 0) absl::StrAppend(&said, "-", fault.last_number());
      if (!answer.intact() && (faults.empty() || faults.back() != said)) faults.push_back(said);
      more = !answer.complete() && (answer.intact() || answer.verified_number() > request.after_number());
      request.set_after_number(answer.verified_number());
      request.set_after_hash(answer.verified_hash());
    }
    return absl::StrJoin(faults, ", ");
  }

  FakeClock clock_{absl::FromUnixSeconds(1541044800)};
  testing::TestIdentity identity_;
  std::optional<testing::TestDatabase> database_;
  std::optional<Sealer> sealer_;
  std::optional<AuditService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::Audit::Stub> stub_;
};

struct Tampering {
  std::string what;
  std::vector<std::string> sql;
  // What is said at once, by a service that remembers and by one that was started anew.
  std::string found;
  // After something was written and sealed again.
  std::string later;
};

std::vector<Tampering> Changes() {
  std::vector<Tampering> changes;
  const auto set = [&](const std::string& column, const std::string& value, int number) {
    const std::string found = absl::StrCat("CHANGED ", number);
    changes.push_back({column,
                       {absl::StrCat("UPDATE audit_log SET ", column, " = ", value, " WHERE number = ", number)},
                       found,
                       found});
  };
  for (const char* column :
       {"id", "subject", "role", "method", "division", "request_id", "purpose", "records", "hash"}) {
    set(column, "'x'", 7);
  }
  for (const std::string column : {"at_us", "kind", "record_count"}) set(column, column + " + 1", 7);
  for (const int number : {1, kEntries}) {
    set("subject", "'x'", number);
    set("hash", "'x'", number);
  }
  return changes;
}

std::vector<Tampering> RemovalsAndOrder() {
  const std::string insert =
      "INSERT INTO audit_log (number, id, at_us, kind, subject, role, method, division, request_id, purpose, "
      "record_count, "
      "records, hash) SELECT ";
  const std::string rest =
      ", 'f', at_us, kind, subject, role, method, division, request_id, purpose, record_count, records, hash FROM "
      "audit_log WHERE number = 7";
  const std::vector<std::string> exchange = {"UPDATE audit_log SET number = 100 WHERE number = 5",
                                             "UPDATE audit_log SET number = 5 WHERE number = 6",
                                             "UPDATE audit_log SET number = 6 WHERE number = 100"};
  std::vector<std::string> exchange_contents = exchange;
  exchange_contents.insert(exchange_contents.begin(),
                           "CREATE TABLE was AS SELECT number, hash FROM audit_log WHERE number IN (5, 6)");
  exchange_contents.emplace_back(
      "UPDATE audit_log SET hash = (SELECT was.hash FROM was WHERE was.number = audit_log.number) WHERE number IN (5, "
      "6)");
  return {
      {"the first", {"DELETE FROM audit_log WHERE number = 1"}, "MISSING 1", "MISSING 1"},
      {"the middle", {"DELETE FROM audit_log WHERE number = 7"}, "MISSING 7", "MISSING 7"},
      {"the last", {"DELETE FROM audit_log WHERE number = 20"}, "HEAD_LOST 20-20", "LOSS 20-20"},
      {"the last five", {"DELETE FROM audit_log WHERE number > 15"}, "HEAD_LOST 16-20", "LOSS 16-20"},
      {"the last five and what leads to them",
       {"DELETE FROM audit_records WHERE entry_id IN (SELECT id FROM audit_log WHERE number > 15)",
        "DELETE FROM audit_log WHERE number > 15"},
       "HEAD_LOST 16-20",
       "LOSS 16-20"},
      {"all", {"DELETE FROM audit_log"}, "HEAD_LOST 1-20", "LOSS 1-20"},
      {"all and what leads to them",
       {"DELETE FROM audit_log", "DELETE FROM audit_records"},
       "HEAD_LOST 1-20",
       "LOSS 1-20"},
      {"the middle, and closed up",
       {"DELETE FROM audit_log WHERE number = 7", "UPDATE audit_log SET number = 7 WHERE number = 8"},
       "CHANGED 7",
       "CHANGED 7"},
      {"two exchanged", exchange, "CHANGED 5", "CHANGED 5"},
      {"two exchanged but for their places", exchange_contents, "CHANGED 5", "CHANGED 5"},
      {"renumbered",
       {"UPDATE audit_log SET number = number + 1000 WHERE number > 7",
        "UPDATE audit_log SET number = number - 999 WHERE number > 1000"},
       "MISSING 8",
       "MISSING 8"},
      {"inserted in the middle",
       {"UPDATE audit_log SET number = number + 1000 WHERE number > 7", insert + "8" + rest,
        "UPDATE audit_log SET number = number - 999 WHERE number > 1000"},
       "CHANGED 8",
       "CHANGED 8"},
      {"inserted at the end", {insert + "21" + rest}, "CHANGED 21", "CHANGED 21"},
      {"inserted far behind", {insert + "99" + rest}, "MISSING 21", "MISSING 21"},
  };
}

std::vector<Tampering> OfTheIndexAndTheHead() {
  const auto lead = [](const std::string& id) {
    return "INSERT INTO audit_records (record_id, entry_id) VALUES ('" + RecordId(6) + "', " + id + ")";
  };
  const std::string seventh = "(SELECT id FROM audit_log WHERE number = 7)";
  const std::string of_seventh = " WHERE entry_id = " + seventh + " AND record_id = '" + RecordId(6) + "'";
  return {
      {"removed", {"DELETE FROM audit_records" + of_seventh}, "NOT_FOUND_BY_RECORD 7", "NOT_FOUND_BY_RECORD 7"},
      {"all removed",
       {"DELETE FROM audit_records"},
       "NOT_FOUND_BY_RECORD 1, NOT_FOUND_BY_RECORD 20",
       "NOT_FOUND_BY_RECORD 1"},
      {"another record",
       {"UPDATE audit_records SET record_id = 'x'" + of_seventh},
       "NOT_NAMED_BY_ENTRY 7",
       "NOT_NAMED_BY_ENTRY 7"},
      {"another entry",
       {"UPDATE audit_records SET entry_id = (SELECT id FROM audit_log WHERE number = 9)" + of_seventh},
       "NOT_NAMED_BY_ENTRY 9",
       "NOT_NAMED_BY_ENTRY 9"},
      {"a reading that was none",
       {"INSERT INTO audit_records (record_id, entry_id) VALUES ('" + RecordId(50) + "', " + seventh + ")"},
       "NOT_NAMED_BY_ENTRY 7",
       "NOT_NAMED_BY_ENTRY 7"},
      {"to no entry", {lead(seventh + " || 'x'")}, "NOT_NAMED_BY_ENTRY 7", "NOT_NAMED_BY_ENTRY 7"},
      {"to no entry at the beginning", {lead("'0'")}, "NOT_NAMED_BY_ENTRY 0", "NOT_NAMED_BY_ENTRY 0"},
      {"to nothing", {lead("''")}, "NOT_NAMED_BY_ENTRY 0", "NOT_NAMED_BY_ENTRY 0"},
      {"to no entry at the end",
       {lead("(SELECT id FROM audit_log WHERE number = 20) || 'x'")},
       "NOT_NAMED_BY_ENTRY 20",
       "NOT_NAMED_BY_ENTRY 20"},
      {"the head removed", {"DELETE FROM audit_head"}, "HEAD_LOST 20", "LOSS 20"},
      {"another hash", {"UPDATE audit_head SET hash = 'x'"}, "HEAD_LOST 20", "LOSS 20"},
      {"of more than there is", {"UPDATE audit_head SET number = 25"}, "HEAD_LOST 21-25", "LOSS 21-25"},
      // The next sealing puts it right: the log itself has lost nothing.
      {"an earlier one",
       {"UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_log WHERE number = 3)"},
       "CHANGED 4",
       ""},
  };
}

TEST_P(SealerTest, WhatWasDoneToItIsFoundAndItsPlaceIsSaid) {
  std::vector<Tampering> all = Changes();
  for (const std::vector<Tampering>& more : {RemovalsAndOrder(), OfTheIndexAndTheHead()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  for (const Tampering& tampering : all) {
    SCOPED_TRACE(absl::StrCat(tampering.what, ": ", tampering.sql.back()));
    for (const bool starts_anew : {false, true}) {
      Begin();
      EXPECT_EQ(Faults(), "");
      Tamper(tampering.sql);
      if (starts_anew) Start();
      EXPECT_EQ(Faults(), tampering.found) << starts_anew;
      for (int round = 0; round < 2; ++round) {
        AddAndSeal(round + 1);
        EXPECT_EQ(Faults(), tampering.later) << starts_anew << round;
      }
      // For ever.
      Start();
      EXPECT_EQ(Faults(), tampering.later) << starts_anew;
    }
  }
}

TEST_P(SealerTest, NobodyChangesTheHeadThatIsKept) {
  for (const char* sql :
       {"UPDATE audit_head SET number = 21", "UPDATE audit_head SET hash = 'x'", "DELETE FROM audit_head",
        "UPDATE audit_head SET number = 3, hash = (SELECT hash FROM audit_log WHERE number = 3)"}) {
    EXPECT_FALSE(Execute(sql).ok()) << sql;
  }
  if (GetParam() == "postgresql") {
    EXPECT_FALSE(Execute("TRUNCATE audit_head").ok());
  }
  AddAndSeal(1);
  EXPECT_EQ(Faults(), "");
}

// Who also makes the head fit is found by the service that runs, and by a head elsewhere.
TEST_P(SealerTest, WhoCutsOffAllThatTellsOfItIsFoundByWhatIsRememberedElsewhere) {
  const std::vector<std::string> cut = {
      "DELETE FROM audit_records WHERE entry_id IN (SELECT id FROM audit_log WHERE number > 15)",
      "DELETE FROM audit_log WHERE number > 15",
      "UPDATE audit_head SET number = 15, hash = (SELECT hash FROM audit_log WHERE number = 15)"};
  const Head kept = sealer_->head();
  EXPECT_EQ(kept.number, kEntries);
  Tamper(cut);
  EXPECT_EQ(Faults(), "HEAD_LOST 16-20");
  // It is sealed although nobody writes.
  EXPECT_EQ(*sealer_->Seal(), 1);
  EXPECT_EQ(*sealer_->Seal(), 0);
  EXPECT_EQ(Faults(), "LOSS 16-20");

  Begin();
  const Head other = sealer_->head();
  Tamper(cut);
  Start();
  EXPECT_EQ(Faults(), "");
  EXPECT_EQ(Faults({other}), "HEAD_LOST 16-20");
  AddAndSeal(8);
  EXPECT_EQ(Faults({other}), "HEAD_LOST 20");
}

// Everything goes back to wait, without one of them, and is sealed anew.
TEST_P(SealerTest, WhoRewritesAllOfItIsFoundByWhatIsRememberedElsewhere) {
  for (const bool starts_anew : {false, true}) {
    Begin();
    const Head kept = sealer_->head();
    Tamper(
        {"INSERT INTO audit_pending SELECT id, at_us, kind, subject, role, method, division, request_id, purpose, "
         "record_count, records FROM audit_log WHERE number <> 7",
         "DELETE FROM audit_log", "DELETE FROM audit_records", "UPDATE audit_head SET number = 0, hash = ''"});
    if (starts_anew) Start();
    SealAll();
    EXPECT_EQ(Faults(), starts_anew ? "" : "LOSS 1-20");
    EXPECT_EQ(Faults({kept}), starts_anew ? "HEAD_LOST 20-20" : "LOSS 1-20, HEAD_LOST 20");
  }
}

TEST_P(SealerTest, ALossSaysWhatWasLostAndWhen) {
  const Head lost = sealer_->head();
  Tamper({"DELETE FROM audit_log WHERE number > 15"});
  AddAndSeal(3);
  const auto links = ReadChain(**database_, 15, 10);
  ASSERT_TRUE(links.ok()) << links.status();
  ASSERT_EQ(links->size(), 4);
  const Entry& loss = *(*links)[0].entry;
  EXPECT_EQ(loss.kind, Kind::kLoss);
  EXPECT_EQ(loss.at, clock_.Now());
  EXPECT_EQ(loss.purpose, absl::StrCat("20:", lost.hash));
  EXPECT_EQ(loss.record_count, 5);
  // Who removes that as well has lost it, and so on.
  ASSERT_TRUE(Execute("DELETE FROM audit_log WHERE number > 15").ok());
  EXPECT_EQ(Faults(), "HEAD_LOST 16-19");
  AddAndSeal(1);
  EXPECT_EQ(Faults(), "LOSS 16-19");
  // What is done behind a loss is found as before.
  AddAndSeal(3);
  ASSERT_TRUE(Execute("UPDATE audit_log SET subject = 'x' WHERE number = 18").ok());
  EXPECT_EQ(Faults(), "LOSS 16-19, CHANGED 18");
}

// Who can write to the database can have the service seal what they want; what they add themselves is seen at once
// only.
TEST_P(SealerTest, WhatIsAddedWithARightHashIsSeenUntilTheNextSealing) {
  const std::vector<Link> links = *ReadChain(**database_, 19, 1);
  Entry entry = *links[0].entry;
  entry.id += "x";
  const Head next = Next({.number = 20, .hash = links[0].hash}, ContentHash(entry));
  Tamper(
      {"INSERT INTO audit_log SELECT 21, id || 'x', at_us, kind, subject, role, method, division, request_id, purpose, "
       "record_count, records, '" +
           next.hash + "' FROM audit_log WHERE number = 20",
       "INSERT INTO audit_records SELECT record_id, entry_id || 'x' FROM audit_records WHERE entry_id = (SELECT id "
       "FROM "
       "audit_log WHERE number = 20)"});
  EXPECT_EQ(Faults(), "CHANGED 21");
}

// More than one call looks at, and more than one statement reads.
TEST_P(SealerTest, ALongLogIsLookedAtWhole) {
  AddAndSeal(5'980);
  EXPECT_EQ(Faults(), "");
  Tamper({"INSERT INTO audit_records SELECT 'x', id FROM audit_log WHERE number IN (150, 1000, 1001, 5500)"});
  EXPECT_EQ(Faults(), "NOT_NAMED_BY_ENTRY 150, NOT_NAMED_BY_ENTRY 1000, NOT_NAMED_BY_ENTRY 5500");
}

TEST_P(SealerTest, ALogOfBeforeTheHeadWasKeptIsTakenOver) {
  for (const bool is_empty : {false, true}) {
    if (is_empty) database_.emplace(GetParam());
    Tamper({});
    std::vector<std::string> back = {"DROP TABLE audit_head", "DROP INDEX audit_records_entry",
                                     "DELETE FROM migrations WHERE room = 'platform' AND name = '009_audit_head'"};
    if (GetParam() == "postgresql") back.emplace_back("DROP FUNCTION audit_head_moves");
    for (const std::string& sql : back) ASSERT_TRUE(Execute(sql).ok()) << sql;
    ASSERT_TRUE(storage::Migrate(**database_, "platform", roots::PlatformMigrations()).ok());
    Start();
    EXPECT_EQ(Faults(), "");
    AddAndSeal(1);
    EXPECT_EQ(Faults(), "");
    EXPECT_EQ(sealer_->head().number, is_empty ? 1 : 21);
    ASSERT_TRUE(Execute("DELETE FROM audit_log WHERE number = $1", {sealer_->head().number}).ok());
    Start();
    EXPECT_EQ(Faults(), is_empty ? "HEAD_LOST 1-1" : "HEAD_LOST 21-21");
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, SealerTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::audit
