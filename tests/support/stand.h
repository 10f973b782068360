#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/feed/facts.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/store.h"
#include "services/platform/storage/database.h"
#include "services/platform/tally/figures.h"
#include "tests/support/refused.h"

// What tests of stores and rules stand on: a real database of either engine, emptied for each test.
namespace anju::testing {

// `sqlite`, and `postgresql` when ANJU_TEST_POSTGRESQL names a server, as deploy/test has it.
std::vector<std::string> Engines();
// The name of a parameterized test.
std::string EngineName(const ::testing::TestParamInfo<std::string>& info);

// A new, empty database with the platform's tables, removed with this object.
class TestDatabase {
 public:
  explicit TestDatabase(const std::string& engine);
  ~TestDatabase();
  storage::Database& operator*() { return *database_; }
  storage::Database* operator->() { return database_.get(); }
  // For a second connection of its own.
  const std::string& url() const { return url_; }

 private:
  std::string folder_;
  std::string schema_;
  std::string url_;
  std::unique_ptr<storage::Database> database_;
};

// Fails the n-th statement (counted from 1) of everything that runs through it, with UNAVAILABLE.
class FaultyDatabase final : public storage::Database {
 public:
  FaultyDatabase(storage::Database& real, int fail_at) : real_(real), left_(fail_at) {}
  storage::Engine engine() const override { return real_.engine(); }
  absl::Status Write(absl::FunctionRef<absl::Status(storage::Transaction&)> body) override;
  absl::Status Read(absl::FunctionRef<absl::Status(storage::Transaction&)> body) override;
  bool failed() const { return left_ <= 0; }

 private:
  class Faulty;
  storage::Database& real_;
  int left_;
};

// The store of one service with its figures, at noon of 2018-11-01 in China.
class Stand {
 public:
  Stand(const std::string& engine, std::vector<const roots::Kind*> kinds, const tally::Catalogue& catalogue);

  // What the registry and others would have told.
  template <typename Fact>
  void Know(const std::string& key, const Fact& fact) {
    Keep(Fact::kTopic, key, roots::ToJson(fact));
  }
  void KnowDivision(const std::string& code);
  // A household with `persons` members p1, p2, … of full labour in `village` since 2016-01-01, registered poor, known
  // as `450328/county/<number>` with the id `id-<number>`.
  feed::HouseholdFact KnowHousehold(const std::string& number, const std::string& village, int persons);

  // One row through its use case, in a transaction of its own.
  template <typename Record>
  absl::StatusOr<roots::Outcome> Import(absl::StatusOr<roots::Outcome> (*rule)(roots::Session&, const intake::Batch&,
                                                                               const Record&),
                                        const Record& record) {
    absl::StatusOr<roots::Outcome> outcome = absl::UnknownError("not run");
    const absl::Status status = store.Change({.subject = "tester", .method = "Import"}, [&](roots::Session& session) {
      outcome = rule(session, batch, record);
      return outcome.status();
    });
    if (!status.ok()) return status;
    return outcome;
  }

  // A sum as of a month, `2018-10`; for a flow, of that month alone.
  int64_t Figure(const std::string& indicator, const std::string& division, const std::string& month);
  // The differences that a recount finds; none when all is well.
  std::vector<tally::Difference> Recount();
  // The divisions of which writers told since the last time.
  std::set<std::string> TakeChanged();

  TestDatabase database;
  FakeClock clock;

 private:
  // Before the store, which tells it from the threads of its writers.
  absl::Mutex mutex_;
  std::set<std::string> changed_ ABSL_GUARDED_BY(mutex_);

 public:
  roots::Store store;
  tally::Figures figures;
  intake::Batch batch{.division = "450328", .source = "county", .household_source = "county"};

 private:
  void Keep(absl::string_view topic, const std::string& key, const std::string& body);
};

}  // namespace anju::testing
