#include "services/platform/runtime/night.h"

#include "absl/strings/str_cat.h"
#include "tests/support/stand.h"

namespace anju::runtime {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(NextNightTest, IsTheNextTimeThatItIsThisHourInChina) {
  const auto utc = [](const char* text) {
    absl::Time time;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr)) << text;
    return time;
  };
  struct Row {
    const char* now;
    int hour;
    const char* next;
  };
  for (const Row& row : std::vector<Row>{
           {"2018-10-31T12:00:00Z", 2, "2018-10-31T18:00:00Z"},
           {"2018-10-31T17:59:59Z", 2, "2018-10-31T18:00:00Z"},
           {"2018-10-31T18:00:00Z", 2, "2018-11-01T18:00:00Z"},
           {"2018-10-31T18:00:01Z", 2, "2018-11-01T18:00:00Z"},
           {"2018-12-31T15:59:59Z", 0, "2018-12-31T16:00:00Z"},
           {"2018-12-31T16:00:00Z", 0, "2019-01-01T16:00:00Z"},
           {"2018-12-31T16:00:00Z", 23, "2019-01-01T15:00:00Z"},
       }) {
    EXPECT_EQ(NextNight(utc(row.now), row.hour), utc(row.next)) << row.now << " " << row.hour;
  }
}

class NightTest : public ::testing::TestWithParam<std::string> {
 protected:
  Night::Work Keeps(const std::string& name, absl::Status result = absl::OkStatus()) {
    return {.name = name, .run = [this, name, result](const Night::Stopped& stopped) {
              done_.push_back(stopped() ? name + " stopped" : name);
              return result;
            }};
  }

  testing::TestDatabase database_{GetParam()};
  FakeClock clock_{absl::FromUnixSeconds(1'541'044'800)};
  roots::Store store_{*database_, clock_, {}, nullptr, [](const std::set<std::string>&) {}};
  rpc::Metrics metrics_;
  std::vector<std::string> done_;
};

TEST_P(NightTest, EachWorkIsDoneOnceANight) {
  Night night(store_, metrics_, {Keeps("count"), Keeps("look", absl::UnavailableError("no")), Keeps("sweep")});
  // Of another process on the same database.
  Night other(store_, metrics_, {Keeps("count"), Keeps("polish")});
  night.Do(Date(2018, 11, 1));
  // What fails keeps nothing else from being done.
  EXPECT_THAT(done_, ElementsAre("count", "look", "sweep"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("anju_night_succeeded_seconds{work=\"count\"} 1541044800"));
  EXPECT_THAT(metrics_.Text(), Not(HasSubstr("work=\"look\"")));
  night.Do(Date(2018, 11, 1));
  other.Do(Date(2018, 11, 1));
  EXPECT_THAT(done_, ElementsAre("count", "look", "sweep", "polish"));
  done_.clear();
  clock_.Advance(absl::Hours(24));
  night.Do(Date(2018, 11, 2));
  EXPECT_THAT(done_, ElementsAre("count", "look", "sweep"));
  EXPECT_THAT(metrics_.Text(), HasSubstr("anju_night_succeeded_seconds{work=\"count\"} 1541131200"));
}

INSTANTIATE_TEST_SUITE_P(Engines, NightTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::runtime
