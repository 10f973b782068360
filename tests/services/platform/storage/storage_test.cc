#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/barrier.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/storage/database.h"
#include "tests/support/stand.h"

namespace anju::storage {
namespace {

using ::testing::SizeIs;

class StorageTest : public ::testing::TestWithParam<std::string> {
 protected:
  StorageTest() : database_(GetParam()) {
    EXPECT_TRUE(database_
                    ->Write([](Transaction& t) {
                      return t.Execute(
                          "CREATE TABLE things (name TEXT NOT NULL PRIMARY KEY, amount BIGINT, word TEXT)");
                    })
                    .ok());
  }
  absl::Status Add(const std::string& name, Value amount, Value word) {
    return database_->Write([&](Transaction& t) {
      return t.Execute("INSERT INTO things (name, amount, word) VALUES ($1, $2, $3)", {name, amount, word});
    });
  }
  Rows Select(absl::string_view sql, const std::vector<Value>& values = {}) {
    Rows rows;
    EXPECT_TRUE(database_
                    ->Read([&](Transaction& t) -> absl::Status {
                      ASSIGN_OR_RETURN(rows, t.Query(sql, values));
                      return absl::OkStatus();
                    })
                    .ok());
    return rows;
  }
  testing::TestDatabase database_;
};

TEST_P(StorageTest, KeepsNumbersTextsAndNothing) {
  ASSERT_TRUE(Add("a", int64_t{-9007199254740993}, std::string("安'居\";--")).ok());
  ASSERT_TRUE(Add("b", Value(), Value()).ok());
  const Rows rows = Select("SELECT amount, word FROM things ORDER BY name");
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].Int(0), -9007199254740993);
  EXPECT_EQ(rows[0].Text(1), "安'居\";--");
  EXPECT_TRUE(rows[1].Null(0));
  EXPECT_TRUE(rows[1].Null(1));
}

// PostgreSQL would keep what is before it and answer for "a".
TEST_P(StorageTest, ATextIsNotCutShortAtANul) {
  ASSERT_TRUE(Add("a", int64_t{1}, Value()).ok());
  EXPECT_THAT(Add(std::string("a\0b", 3), int64_t{2}, Value()),
              testing::RefusedWith(absl::StatusCode::kInvalidArgument, "TEXT_MALFORMED"));
  EXPECT_THAT(Select("SELECT name FROM things"), SizeIs(1));
}

TEST_P(StorageTest, BindsByNumberInAnyOrder) {
  ASSERT_TRUE(Add("a", int64_t{1}, std::string("x")).ok());
  const Rows rows = Select("SELECT name FROM things WHERE word = $2 AND amount = $1", {int64_t{1}, std::string("x")});
  EXPECT_THAT(rows, SizeIs(1));
}

TEST_P(StorageTest, AFailedTransactionLeavesNothing) {
  const absl::Status status = database_->Write([](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(t.Execute("INSERT INTO things (name) VALUES ('a')"));
    return absl::InternalError("no");
  });
  EXPECT_EQ(status.message(), "no");
  EXPECT_THAT(Select("SELECT name FROM things"), SizeIs(0));
  EXPECT_FALSE(database_->Write([](Transaction& t) { return t.Execute("INSERT INTO nothing VALUES (1)"); }).ok());
  EXPECT_TRUE(Add("a", int64_t{1}, Value()).ok());
}

TEST_P(StorageTest, AReaderKeepsItsSnapshot) {
  ASSERT_TRUE(Add("a", int64_t{1}, Value()).ok());
  ASSERT_TRUE(database_
                  ->Read([&](Transaction& t) -> absl::Status {
                    ASSIGN_OR_RETURN(Rows before, t.Query("SELECT COUNT(*) FROM things"));
                    RETURN_IF_ERROR(Add("b", int64_t{2}, Value()));
                    ASSIGN_OR_RETURN(Rows after, t.Query("SELECT COUNT(*) FROM things"));
                    EXPECT_EQ(before[0].Int(0), after[0].Int(0));
                    return absl::OkStatus();
                  })
                  .ok());
  EXPECT_EQ(Select("SELECT COUNT(*) FROM things")[0].Int(0), 2);
}

TEST_P(StorageTest, NoUpdateIsLostBetweenWriters) {
  ASSERT_TRUE(Add("a", int64_t{0}, Value()).ok());
  constexpr int kThreads = 4, kRounds = 25;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this] {
      for (int n = 0; n < kRounds; ++n) {
        const absl::Status status = database_->Write([](Transaction& t) -> absl::Status {
          ASSIGN_OR_RETURN(Rows rows, t.Query("SELECT amount FROM things WHERE name = 'a'"));
          return t.Execute("UPDATE things SET amount = $1 WHERE name = 'a'", {rows[0].Int(0) + 1});
        });
        EXPECT_TRUE(status.ok()) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Select("SELECT amount FROM things")[0].Int(0), kThreads * kRounds);
}

TEST_P(StorageTest, ManyReadersShareFewConnections) {
  constexpr int kConnections = 16, kReaders = 60;
  absl::Mutex mutex;
  int inside = 0, most = 0;
  auto all_taken = [&] { return most >= kConnections; };
  std::vector<std::thread> threads;
  for (int i = 0; i < kReaders; ++i) {
    threads.emplace_back([&] {
      EXPECT_TRUE(database_
                      ->Read([&](Transaction& t) {
                        absl::MutexLock lock(&mutex);
                        most = std::max(most, ++inside);
                        mutex.Await(absl::Condition(&all_taken));
                        --inside;
                        return t.Execute("SELECT COUNT(*) FROM things");
                      })
                      .ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(most, kConnections);
}

// After PostgreSQL was started again each connection that was kept is found dead, and nobody is told so.
TEST_P(StorageTest, ADatabaseThatWasAwayIsReadAgain) {
  if (database_->engine() == Engine::kSqlite) GTEST_SKIP() << "SQLite is never away";
  absl::Barrier* barrier = new absl::Barrier(8);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      EXPECT_TRUE(database_
                      ->Read([&](Transaction& t) {
                        if (barrier->Block()) delete barrier;
                        return t.Execute("SELECT COUNT(*) FROM things");
                      })
                      .ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  const Rows ended = Select(
      "SELECT pg_terminate_backend(pid, 5000)::text FROM pg_stat_activity "
      "WHERE datname = current_database() AND pid <> pg_backend_pid()");
  EXPECT_THAT(ended, SizeIs(::testing::Ge(7)));
  EXPECT_THAT(Select("SELECT name FROM things"), SizeIs(0));
  const absl::Status status = Add("a", int64_t{1}, Value());
  EXPECT_TRUE(status.ok()) << status;
}

TEST_P(StorageTest, WhatTakesTooLongMayBeTriedAgain) {
  if (database_->engine() == Engine::kSqlite) GTEST_SKIP() << "SQLite has no such limit";
  const absl::Status status = database_->Write([](Transaction& t) -> absl::Status {
    RETURN_IF_ERROR(t.Execute("SET LOCAL statement_timeout = 1"));
    return t.Execute("SELECT pg_sleep(10)");
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
}

TEST_P(StorageTest, MigratesOnceHoweverManyStart) {
  const std::vector<Migration> migrations = {
      {.name = "001", .sql = "CREATE TABLE once (n BIGINT);\nINSERT INTO once VALUES (1)"}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      auto database = Database::Open(database_.url());
      ASSERT_TRUE(database.ok()) << database.status();
      const absl::Status status = Migrate(**database, "room", migrations);
      EXPECT_TRUE(status.ok()) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Select("SELECT COUNT(*) FROM once")[0].Int(0), 1);
}

TEST_P(StorageTest, WhatIsCommittedIsThereForTheNextProcess) {
  ASSERT_TRUE(Add("a", int64_t{1}, Value()).ok());
  auto other = Database::Open(database_.url());
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE((*other)
                  ->Read([](Transaction& t) -> absl::Status {
                    ASSIGN_OR_RETURN(Rows rows, t.Query("SELECT name FROM things"));
                    EXPECT_THAT(rows, SizeIs(1));
                    return absl::OkStatus();
                  })
                  .ok());
}

TEST(Storage, RefusesAnUnknownEngine) {
  EXPECT_THAT(Database::Open("oracle:x"), testing::RefusedWith(absl::StatusCode::kInvalidArgument, "DATABASE_UNKNOWN"));
  EXPECT_FALSE(Database::Open("sqlite:/nowhere/at/all.db").ok());
  EXPECT_EQ(Database::Open("postgresql://host=/nowhere").status().code(), absl::StatusCode::kUnavailable);
}

TEST(Storage, NothingGoesToAnotherMachineInPlainText) {
  for (const char* keywords : {"host=db.example.cn", "host=db.example.cn sslmode=require",
                               "host=db.example.cn sslmode=verify-ca", "host=localhost,db.example.cn dbname=x",
                               "hostaddr=192.0.2.7 host=localhost", "host=192.0.2.7 sslmode=disable"}) {
    EXPECT_THAT(Database::Open(absl::StrCat("postgresql://", keywords)),
                testing::RefusedWith(absl::StatusCode::kInvalidArgument, "DATABASE_IN_PLAIN_TEXT"))
        << keywords;
  }
  // These are tried, and nobody is there.
  for (const char* keywords : {"host=localhost port=1", "host=127.0.0.1,::1 port=1", "host=/nowhere",
                               "host=db.invalid port=1 sslmode=verify-full sslrootcert=/nowhere"}) {
    EXPECT_EQ(Database::Open(absl::StrCat("postgresql://", keywords)).status().code(), absl::StatusCode::kUnavailable)
        << keywords;
  }
}

INSTANTIATE_TEST_SUITE_P(Engines, StorageTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::storage
