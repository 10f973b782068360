#include "gateway/overview/desk.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "tests/support/gateway_house.h"
#include "tests/support/redis_server.h"
#include "tests/support/refused.h"

namespace anju::gateway {
namespace {

using ::anju::testing::Eventually;
using ::anju::testing::GatewayHouse;
using ::anju::testing::RedisServer;
using ::anju::testing::RefusedWith;
using ::testing::HasSubstr;
using enum absl::StatusCode;

// The gateway's own methods over its gRPC port.
class Client {
 public:
  explicit Client(GatewayHouse& house)
      : house_(house), stub_(v1::Gateway::NewStub(house.channel)), authorization(house.Officer()) {}

  absl::StatusOr<v1::Overview> GetOverview(const std::string& division, const std::string& month = "2018-10",
                                           bool children = false, const std::string& from = "") {
    v1::GetOverviewRequest request;
    request.set_division(division);
    request.set_month(month);
    request.set_from_month(from);
    request.set_children(children);
    return Ask<v1::Overview>(
        [&](auto* context, auto* response) { return stub_->GetOverview(context, request, response); });
  }
  absl::StatusOr<v1::PublicOverview> GetPublicOverview(const std::string& division,
                                                       const std::string& month = "2018-10") {
    v1::GetPublicOverviewRequest request;
    request.set_division(division);
    request.set_month(month);
    return Ask<v1::PublicOverview>(
        [&](auto* context, auto* response) { return stub_->GetPublicOverview(context, request, response); });
  }
  absl::StatusOr<v1::Ranking> GetRanking(const std::string& division, const std::string& indicator,
                                         const std::string& month = "2018-10") {
    v1::GetRankingRequest request;
    request.set_division(division);
    request.set_indicator(indicator);
    request.set_month(month);
    return Ask<v1::Ranking>(
        [&](auto* context, auto* response) { return stub_->GetRanking(context, request, response); });
  }
  absl::StatusOr<v1::Trend> GetTrend(const std::string& indicator, const std::string& from, const std::string& to) {
    v1::GetTrendRequest request;
    request.set_division("450328");
    request.set_indicator(indicator);
    request.set_from_month(from);
    request.set_to_month(to);
    return Ask<v1::Trend>([&](auto* context, auto* response) { return stub_->GetTrend(context, request, response); });
  }
  absl::StatusOr<v1::HouseholdFile> GetHouseholdFile(const std::string& id) {
    v1::GetHouseholdFileRequest request;
    request.set_household_id(id);
    return Ask<v1::HouseholdFile>(
        [&](auto* context, auto* response) { return stub_->GetHouseholdFile(context, request, response); });
  }
  absl::StatusOr<v1::ListAllIndicatorsResponse> ListAllIndicators() {
    return Ask<v1::ListAllIndicatorsResponse>(
        [&](auto* context, auto* response) { return stub_->ListAllIndicators(context, {}, response); });
  }
  absl::StatusOr<v1::Health> GetHealth() {
    return Ask<v1::Health>([&](auto* context, auto* response) { return stub_->GetHealth(context, {}, response); });
  }

  // The first figure of 450328, -1 when there is no answer.
  int64_t Persons() {
    const auto overview = GetOverview("450328");
    return overview.ok() ? overview->indicators(0).value() : -1;
  }

 private:
  template <typename Response, typename Call>
  absl::StatusOr<Response> Ask(Call call) {
    grpc::ClientContext context;
    house_.Prepare(context, authorization);
    Response response;
    const grpc::Status status = call(&context, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  GatewayHouse& house_;
  std::unique_ptr<v1::Gateway::Stub> stub_;

 public:
  std::string authorization;
};

class DeskTest : public ::testing::Test {
 protected:
  DeskTest() {
    house_.registry.Set("registry.persons", "450328", 7432);
    house_.workshops.Set("workshops.trained", "450328", 2567);
  }
  GatewayHouse house_;
  Client client_{house_};
};

TEST_F(DeskTest, PutsAllServicesIntoOneOverview) {
  house_.workshops.as_of = 1530000000;
  const auto overview = client_.GetOverview("450328");
  ASSERT_TRUE(overview.ok()) << overview.status();
  EXPECT_EQ(overview->division(), "450328");
  EXPECT_EQ(overview->name(), "N450328");
  EXPECT_EQ(overview->month(), "2018-10");
  EXPECT_EQ(overview->from_month(), "2018-10");
  ASSERT_EQ(overview->indicators_size(), 3);
  EXPECT_EQ(overview->indicators(0).value(), 7432);
  EXPECT_EQ(overview->indicators(1).value(), 2567);
  EXPECT_EQ(overview->indicators(2).value(), 3454);
  EXPECT_EQ(overview->as_of().seconds(), 1530000000);
  EXPECT_EQ(overview->children_size(), 0);
  EXPECT_EQ(house_.registry.last("authorization"), client_.authorization);
}

TEST_F(DeskTest, StandsTheChildrenSideBySide) {
  house_.registry.Set("registry.persons", "450328101", 5);
  house_.registry.Set("registry.persons", "450328699", 6);
  const auto overview = client_.GetOverview("450328", "2018-10", /*children=*/true);
  ASSERT_TRUE(overview.ok()) << overview.status();
  ASSERT_EQ(overview->children_size(), 600);
  EXPECT_EQ(overview->children(0).name(), "N450328100");
  EXPECT_EQ(overview->children(0).indicators(0).value(), 0);
  EXPECT_EQ(overview->children(1).indicators(0).value(), 5);
  EXPECT_EQ(overview->children(599).indicators(0).value(), 6);
  // 601 divisions are two questions.
  EXPECT_EQ(house_.registry.queries, 2);
}

TEST_F(DeskTest, AnswersAnOldCodeUnderTheNewOne) {
  EXPECT_EQ(client_.GetOverview("452328")->division(), "450328");
  for (const char* scope : {"452328", "450328", "4523"}) {
    client_.authorization = house_.Officer(scope);
    EXPECT_TRUE(client_.GetOverview("452328").ok()) << scope;
  }
  client_.authorization = house_.Officer("450329");
  EXPECT_THAT(client_.GetOverview("452328"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
}

TEST_F(DeskTest, RefusesInOrder) {
  EXPECT_THAT(client_.GetOverview("36", "2018-13"), RefusedWith(kInvalidArgument, "MONTH_MALFORMED"));
  EXPECT_THAT(client_.GetOverview("36", "2018-10", false, "2018-11"), RefusedWith(kInvalidArgument, "SPAN_REVERSED"));
  EXPECT_THAT(client_.GetOverview("36"), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(client_.GetOverview("rubbish"), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(client_.GetOverview(""), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  EXPECT_THAT(client_.GetRanking("450328", "registry.nothing"), RefusedWith(kNotFound, "INDICATOR_NOT_FOUND"));
  EXPECT_THAT(client_.GetTrend("registry.persons", "2000-01", "2018-10"),
              RefusedWith(kInvalidArgument, "SPAN_TOO_LONG"));
}

TEST_F(DeskTest, KnowsNoMonthThatHasNotBegun) {
  const Month running = Month::Of(DayInChina(absl::Now()));
  const std::string now = Format(running), next = Format(running.Plus(1));
  EXPECT_TRUE(client_.GetOverview("450328", now).ok());
  EXPECT_TRUE(client_.GetRanking("450328", "registry.persons", now).ok());
  EXPECT_TRUE(client_.GetTrend("registry.persons", "2018-10", now).ok());
  for (const std::string& month : {next, std::string("2199-12")}) {
    EXPECT_THAT(client_.GetOverview("36", month), RefusedWith(kInvalidArgument, "MONTH_IN_FUTURE"));
    EXPECT_THAT(client_.GetOverview("450328", month, false, "2018-10"),
                RefusedWith(kInvalidArgument, "MONTH_IN_FUTURE"));
    EXPECT_THAT(client_.GetRanking("36", "x", month), RefusedWith(kInvalidArgument, "MONTH_IN_FUTURE"));
    EXPECT_THAT(client_.GetTrend("x", now, month), RefusedWith(kInvalidArgument, "MONTH_IN_FUTURE"));
  }
}

TEST_F(DeskTest, ServesNoStoredAnswerToStrangersNorOutsideTheirScope) {
  ASSERT_TRUE(client_.GetOverview("450328").ok());
  client_.authorization = house_.Officer("450329");
  EXPECT_THAT(client_.GetOverview("450328"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  client_.authorization = "";
  EXPECT_THAT(client_.GetOverview("450328"), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
  client_.authorization = "Bearer x.y.z";
  EXPECT_EQ(client_.GetOverview("450328").status().code(), kUnauthenticated);
  client_.authorization = house_.identity.Bearer({"bank"}, "45");
  EXPECT_THAT(client_.GetOverview("450328"), RefusedWith(kPermissionDenied, "ROLE_NOT_ALLOWED"));
}

TEST_F(DeskTest, PublishesWithoutAToken) {
  for (const std::string authorization : {"", "Bearer x.y.z"}) {
    client_.authorization = authorization;
    const auto overview = client_.GetPublicOverview("450328");
    ASSERT_TRUE(overview.ok()) << overview.status();
    EXPECT_EQ(overview->division(), "450328");
    ASSERT_EQ(overview->figures_size(), 3);
    EXPECT_EQ(overview->figures(0).value(), 7430);
    EXPECT_EQ(overview->figures(1).value(), 2565);
    EXPECT_EQ(overview->figures(2).value(), 3500);
    EXPECT_EQ(overview->children_size(), 0);
  }
  // It was asked for with the gateway's own token, once.
  EXPECT_EQ(house_.registry.last("authorization"), absl::StrCat("Bearer ", *house_.token.Read()));
  EXPECT_EQ(house_.registry.queries, 1);
  // That somebody else may see more changes nothing, nor the other way round.
  client_.authorization = house_.Officer();
  EXPECT_EQ(client_.GetPublicOverview("450328")->figures(0).value(), 7430);
  EXPECT_EQ(client_.GetOverview("450328")->indicators(0).value(), 7432);
}

TEST_F(DeskTest, PublishesNoSmallNumber) {
  house_.registry.Set("registry.persons", "4503", 12);
  house_.registry.Set("registry.persons", "4503100", 9);
  house_.registry.Set("registry.persons", "4503101", 3);
  const auto overview = client_.GetPublicOverview("4503");
  ASSERT_TRUE(overview.ok()) << overview.status();
  EXPECT_EQ(overview->figures(0).value(), 10);
  EXPECT_EQ(overview->children_size(), 600);
  EXPECT_EQ(overview->children(0).figures(0).value(), 5);
  for (int i : {1, 2}) {
    EXPECT_TRUE(overview->children(i).figures(0).suppressed());
    EXPECT_FALSE(overview->children(i).figures(0).has_value());
  }
}

TEST_F(DeskTest, PublishesNothingElse) {
  struct Row {
    const char* division;
    const char* month;
    absl::StatusCode code;
    const char* reason;
  };
  client_.authorization = "";
  for (const Row& row : std::vector<Row>{
           {"450328100", "x", kInvalidArgument, "DIVISION_NOT_PUBLISHED"},
           {"450328100201", "2018-10", kInvalidArgument, "DIVISION_NOT_PUBLISHED"},
           {"", "2018-10", kInvalidArgument, "DIVISION_NOT_PUBLISHED"},
           {"36", "x", kInvalidArgument, "MONTH_MALFORMED"},
           {"36", "2013-12", kInvalidArgument, "MONTH_NOT_PUBLISHED"},
           {"36", "2199-12", kInvalidArgument, "MONTH_NOT_PUBLISHED"},
           {"36", "2018-10", kNotFound, "DIVISION_NOT_FOUND"},
       }) {
    EXPECT_THAT(client_.GetPublicOverview(row.division, row.month), RefusedWith(row.code, row.reason)) << row.division;
  }
  const std::string now = Format(Month::Of(DayInChina(absl::Now())));
  EXPECT_THAT(client_.GetPublicOverview("450328", now), RefusedWith(kInvalidArgument, "MONTH_NOT_PUBLISHED"));
  EXPECT_THAT(client_.GetOverview("450328"), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
}

TEST_F(DeskTest, RanksTheChildren) {
  house_.registry.Set("registry.persons", "450328101", 5);
  house_.registry.Set("registry.persons", "450328103", 5);
  house_.registry.Set("registry.persons", "450328102", 9);
  const auto ranking = client_.GetRanking("450328", "registry.persons");
  ASSERT_TRUE(ranking.ok()) << ranking.status();
  ASSERT_EQ(ranking->rows_size(), 600);
  EXPECT_EQ(ranking->rows(0).division(), "450328102");
  EXPECT_EQ(ranking->rows(2).rank(), 2);
  EXPECT_EQ(ranking->rows(3).rank(), 4);
  // Only the service whose sum it is was asked.
  EXPECT_EQ(house_.workshops.queries, 0);
  ASSERT_TRUE(client_.GetRanking("450328", "workshops.rate").ok());
  EXPECT_EQ(house_.workshops.queries, 2);
}

TEST_F(DeskTest, FollowsAFigureThroughTheMonths) {
  const auto trend = client_.GetTrend("registry.persons", "2018-08", "2018-10");
  ASSERT_TRUE(trend.ok()) << trend.status();
  ASSERT_EQ(trend->points_size(), 3);
  EXPECT_EQ(trend->points(0).figure().value(), 0);
  EXPECT_EQ(trend->points(2).figure().value(), 7432);
}

TEST_F(DeskTest, GathersAHouseholdsFile) {
  const auto file = client_.GetHouseholdFile("h1");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->parts_size(), 2);
  EXPECT_EQ(file->parts(0).service(), "registry");
  EXPECT_EQ(file->parts(1).service(), "workshops");
  EXPECT_EQ(file->parts(1).records_size(), 1);
  EXPECT_THAT(client_.GetHouseholdFile("h2"), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  house_.workshops.SetFailure(Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "no"));
  EXPECT_THAT(client_.GetHouseholdFile("h1"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_THAT(client_.GetHouseholdFile("h2"), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
}

TEST_F(DeskTest, ListsTheCatalogueOfAll) {
  const auto listed = client_.ListAllIndicators();
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->indicators_size(), 3);
  EXPECT_EQ(listed->indicators(2).id(), "workshops.rate");
}

TEST_F(DeskTest, IsAWholeAnswerOrNone) {
  house_.workshops.Stop();
  const auto overview = client_.GetOverview("450328");
  EXPECT_EQ(overview.status().code(), kUnavailable);
  EXPECT_THAT(std::string(overview.status().message()), HasSubstr("workshops"));
  const auto health = client_.GetHealth();
  ASSERT_TRUE(health.ok()) << health.status();
  EXPECT_FALSE(health->serving());
  EXPECT_TRUE(health->services(0).serving());
  EXPECT_EQ(health->services(0).as_of().seconds(), 1540000000);
  EXPECT_FALSE(health->services(1).serving());
  EXPECT_THAT(health->services(1).message(), HasSubstr("workshops"));
  house_.workshops.Start();
  EXPECT_TRUE(Eventually([&] { return client_.GetOverview("450328").ok(); }));
  EXPECT_TRUE(client_.GetHealth()->serving());
}

TEST_F(DeskTest, PassesOnWhatAServiceRefuses) {
  house_.workshops.SetFailure(Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "no"));
  EXPECT_THAT(client_.GetOverview("450328"), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  house_.workshops.SetFailure(absl::InternalError("the disk burns"));
  EXPECT_EQ(client_.GetOverview("450328").status().code(), kInternal);
}

TEST_F(DeskTest, WithoutRedisAnAnswerIsAtMostASecondOld) {
  EXPECT_EQ(client_.Persons(), 7432);
  house_.registry.Set("registry.persons", "450328", 1);
  const absl::Time changed = absl::Now();
  EXPECT_TRUE(Eventually([&] { return client_.Persons() == 1; }));
  EXPECT_LT(absl::Now() - changed, absl::Seconds(2));
}

// The cache, with a real Redis between this gateway and the services.
class CachedDeskTest : public ::testing::Test {
 protected:
  CachedDeskTest() {
    cache::AnswersOptions options;
    options.tolerated_age = absl::Milliseconds(200);
    options.unquestioned = absl::Milliseconds(20);
    options.settling = absl::ZeroDuration();
    house_.emplace(redis_.url(), options);
    client_.emplace(*house_);
    cache_ = *cache::OpenCache(redis_.url());
    const cache::InvalidatorOptions fast = {.check_every = absl::Milliseconds(50),
                                            .retry_every = absl::Milliseconds(10)};
    registry_.emplace(*cache_, "registry", fast);
    workshops_.emplace(*cache_, "workshops", fast);
    EXPECT_TRUE(Eventually([&] {
      return redis_.Do({"EXISTS", "anju:epoch:registry", "anju:epoch:workshops"}) == "2";
    }));
    Write(100);
  }

  // What a service does: commit, then tell.
  void Write(int64_t persons) {
    house_->registry.Set("registry.persons", "450328", persons);
    registry_->Changed({"450328100201"});
  }
  bool Shows(int64_t persons) {
    const absl::Time start = absl::Now();
    const bool shown = Eventually([&] { return client_->Persons() == persons; });
    EXPECT_LT(absl::Now() - start, absl::Seconds(2));
    return shown;
  }
  // Long enough for nothing to be served by its age alone.
  static void LetAge() { absl::SleepFor(absl::Milliseconds(250)); }

  RedisServer redis_;
  std::optional<GatewayHouse> house_;
  std::optional<Client> client_;
  std::unique_ptr<cache::Cache> cache_;
  std::optional<cache::Invalidator> registry_;
  std::optional<cache::Invalidator> workshops_;
};

TEST_F(CachedDeskTest, AsksTheServicesOnlyAfterAChange) {
  ASSERT_TRUE(registry_->WaitUntilTold(absl::Seconds(5)));
  EXPECT_TRUE(Shows(100));
  LetAge();
  ASSERT_EQ(client_->Persons(), 100);
  const int queries = house_->registry.queries;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(client_->Persons(), 100);
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(house_->registry.queries, queries);
  Write(101);
  EXPECT_TRUE(Shows(101));
  EXPECT_GT(house_->registry.queries, queries);
}

TEST_F(CachedDeskTest, ServesAStoredAnswerWhileAServiceIsAway) {
  ASSERT_TRUE(registry_->WaitUntilTold(absl::Seconds(5)));
  EXPECT_TRUE(Shows(100));
  LetAge();
  ASSERT_EQ(client_->Persons(), 100);
  house_->workshops.Stop();
  LetAge();
  EXPECT_EQ(client_->Persons(), 100);
  registry_->Changed({"45"});
  EXPECT_EQ(client_->Persons(), 100) << "the generation of the province is not the county's";
  workshops_->Changed({"450328"});
  EXPECT_TRUE(Eventually([&] { return client_->GetOverview("450328").status().code() == kUnavailable; }));
}

TEST_F(CachedDeskTest, AnswersAllTheSameWhenRedisIsKilledInTheMiddle) {
  std::atomic<bool> stop = false;
  std::atomic<int> wrong = 0;
  std::atomic<int> right = 0;
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      Client client(*house_);
      while (!stop) ++(client.Persons() == 100 ? right : wrong);
    });
  }
  const auto wait_for_more = [&] { return Eventually([&, from = right.load()] { return right > from + 20; }); };
  EXPECT_TRUE(wait_for_more());
  redis_.Do({"FLUSHALL"});
  EXPECT_TRUE(wait_for_more());
  redis_.Pause();
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_TRUE(wait_for_more());
  redis_.Resume();
  EXPECT_TRUE(wait_for_more());
  redis_.Kill();
  EXPECT_TRUE(wait_for_more());
  redis_.Start();
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_TRUE(wait_for_more());
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  Write(7);
  EXPECT_TRUE(Shows(7));
}

TEST_F(CachedDeskTest, RubbishInRedisIsNotServed) {
  EXPECT_TRUE(Shows(100));
  const std::string key = "anju:answer:overview:450328:2018-10:2018-10:alone";
  ASSERT_EQ(redis_.Do({"EXISTS", key}), "1");
  for (const char* rubbish : {"rubbish", "", "anju1"}) {
    redis_.Do({"SET", key, rubbish});
    LetAge();
    EXPECT_EQ(client_->Persons(), 100);
  }
  redis_.Do({"DEL", key});
  redis_.Do({"LPUSH", key, "rubbish"});
  LetAge();
  EXPECT_EQ(client_->Persons(), 100);
}

TEST_F(CachedDeskTest, AWriteInTheMiddleOfAnAnswerIsNotLost) {
  std::atomic<bool> written = false;
  house_->workshops.during_query = [&] {
    if (written.exchange(true)) return;
    Write(200);
    registry_->WaitUntilTold(absl::Seconds(5));
  };
  client_->Persons();
  EXPECT_TRUE(written);
  EXPECT_TRUE(Shows(200));
}

TEST_F(CachedDeskTest, EveryWriteIsShownInTime) {
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    Client client(*house_);
    while (!stop) client.Persons();
  });
  for (int i = 0; i < 20; ++i) {
    Write(1000 + i);
    EXPECT_TRUE(Shows(1000 + i));
  }
  stop = true;
  reader.join();
}

}  // namespace
}  // namespace anju::gateway
