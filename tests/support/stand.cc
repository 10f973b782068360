#include "tests/support/stand.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/approval/flow.h"
#include "services/platform/policy/policy.h"
#include "services/platform/roots/schema.h"

namespace anju::testing {
namespace {

constexpr char kPostgresql[] = "ANJU_TEST_POSTGRESQL";

std::string Unique() {
  static std::atomic<int> count = 0;
  return absl::StrCat("anju_test_", getpid(), "_", count++);
}

void Must(const absl::Status& status) {
  if (status.ok()) return;
  ADD_FAILURE() << status;
  std::abort();
}

// The platform's kinds too, as every service has them.
std::vector<const roots::Kind*> WithOurs(std::vector<const roots::Kind*> kinds) {
  kinds.push_back(&roots::KindOf<approval::Flow>());
  kinds.push_back(&roots::KindOf<policy::Book>());
  return kinds;
}

}  // namespace

std::vector<std::string> Engines() {
  if (std::getenv(kPostgresql) == nullptr) return {"sqlite"};
  return {"sqlite", "postgresql"};
}

std::string EngineName(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

TestDatabase::TestDatabase(const std::string& engine) {
  if (engine == "sqlite") {
    folder_ = std::filesystem::temp_directory_path() / Unique();
    std::filesystem::create_directories(folder_);
    url_ = absl::StrCat("sqlite:", folder_, "/test.db");
  } else {
    schema_ = Unique();
    const std::string server = std::getenv(kPostgresql);
    auto admin = storage::Database::Open(server);
    Must(admin.status());
    Must((*admin)->Write([&](storage::Transaction& t) { return t.Execute(absl::StrCat("CREATE SCHEMA ", schema_)); }));
    url_ = absl::StrCat(server, " options=-csearch_path=", schema_);
  }
  auto opened = storage::Database::Open(url_);
  Must(opened.status());
  database_ = *std::move(opened);
  Must(storage::Migrate(*database_, "platform", roots::PlatformMigrations()));
}

TestDatabase::~TestDatabase() {
  if (!schema_.empty()) {
    (void)database_->Write(
        [&](storage::Transaction& t) { return t.Execute(absl::StrCat("DROP SCHEMA ", schema_, " CASCADE")); });
  }
  database_.reset();
  if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

class FaultyDatabase::Faulty final : public storage::Transaction {
 public:
  Faulty(storage::Transaction& real, int& left) : real_(real), left_(left) {}
  absl::StatusOr<storage::Rows> Query(absl::string_view sql, const std::vector<storage::Value>& values) override {
    if (--left_ <= 0) return absl::UnavailableError("broken on purpose");
    return real_.Query(sql, values);
  }

 private:
  storage::Transaction& real_;
  int& left_;
};

absl::Status FaultyDatabase::Write(absl::FunctionRef<absl::Status(storage::Transaction&)> body) {
  return real_.Write([&](storage::Transaction& transaction) {
    Faulty faulty(transaction, left_);
    return body(faulty);
  });
}

absl::Status FaultyDatabase::Read(absl::FunctionRef<absl::Status(storage::Transaction&)> body) {
  return real_.Read([&](storage::Transaction& transaction) {
    Faulty faulty(transaction, left_);
    return body(faulty);
  });
}

Stand::Stand(const std::string& engine, std::vector<const roots::Kind*> kinds, const tally::Catalogue& catalogue)
    : database(engine),
      clock(absl::FromUnixSeconds(1541044800)),
      store(
          *database, clock, WithOurs(std::move(kinds)), nullptr,
          [this](const std::set<std::string>& divisions) {
            absl::MutexLock lock(&mutex_);
            changed_.insert(divisions.begin(), divisions.end());
          },
          catalogue),
      figures(store, catalogue) {}

std::set<std::string> Stand::TakeChanged() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(changed_, {});
}

void Stand::Keep(absl::string_view topic, const std::string& key, const std::string& body) {
  static std::atomic<int64_t> version = 0;
  const int64_t next = ++version;
  Must(store.TakeFacts(topic,
                       {{.sequence = next, .topic = std::string(topic), .key = key, .body = body, .version = next}},
                       [](roots::Session&, const roots::Fact&) { return absl::OkStatus(); }));
}

void Stand::KnowDivision(const std::string& code) {
  Know(code, feed::DivisionFact{.code = code, .name = code, .level = code.size() == 12 ? "village" : "other"});
}

feed::HouseholdFact Stand::KnowHousehold(const std::string& number, const std::string& village, int persons) {
  const Date since(2016, 1, 1);
  feed::HouseholdFact fact{
      .id = absl::StrCat("id-", number),
      .key = absl::StrCat("450328/county/", number),
      .residences = {{.since = since, .village = village}},
      .classifications = {{.since = since, .household_class = feed::HouseholdClass::kRegisteredPoor}},
      .registered_on = since};
  for (int i = 1; i <= persons; ++i) {
    fact.persons.push_back({.person_no = absl::StrCat("p", i), .labour = feed::Labour::kFull, .joined_on = since});
  }
  Know(fact.key, fact);
  return fact;
}

int64_t Stand::Figure(const std::string& indicator, const std::string& division, const std::string& month) {
  const Month to = *ParseMonth(month);
  auto answer = figures.Ask({.divisions = {division}, .from = to, .to = to, .indicators = {indicator}});
  Must(answer.status());
  return answer->sums.empty() ? 0 : answer->sums[0].value;
}

std::vector<tally::Difference> Stand::Recount() {
  auto proof = figures.Recount();
  Must(proof.status());
  return proof->differences;
}

}  // namespace anju::testing
