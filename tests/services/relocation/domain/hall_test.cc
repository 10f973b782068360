#include "services/relocation/domain/hall.h"

#include <functional>

#include "services/platform/roots/queue.h"
#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;

const Date kMonday(2018, 8, 6);

// Received, assigned and closed by li on consecutive days, rated by wang.
HallRequest In(RequestState state, bool rated = false) {
  HallRequest request{.kind = RequestKind::kHealth,
                      .state = RequestState::kReceived,
                      .received_on = kMonday,
                      .due_on = kMonday + 14,
                      .first_due_on = kMonday + 14,
                      .trail = {{.verb = RequestVerb::kReceive, .by = "li", .on = kMonday}}};
  if (state >= RequestState::kAssigned) {
    request = *AssignRequest(request, Department::kHealth, {.by = "li", .on = kMonday + 1});
  }
  if (state >= RequestState::kClosed) request = *CloseRequest(request, {.by = "li", .on = kMonday + 2});
  if (rated) request = *RateRequest(request, 4, {.by = "wang", .on = kMonday + 3});
  EXPECT_EQ(request.state, state);
  return request;
}

TEST(HallRulesTest, EveryVerbInEveryState) {
  const Act act{.by = "zhao", .on = kMonday + 9};
  using Verb = std::function<absl::StatusOr<HallRequest>(const HallRequest&)>;
  const Verb assign = [&](const HallRequest& before) { return AssignRequest(before, Department::kJustice, act); };
  const Verb close = [&](const HallRequest& before) { return CloseRequest(before, act); };
  const Verb rate = [&](const HallRequest& before) { return RateRequest(before, 5, act); };
  const Verb reopen = [&](const HallRequest& before) { return ReopenRequest(before, "未办妥", act, {}); };
  const HallRequest received = In(RequestState::kReceived), assigned = In(RequestState::kAssigned),
                    closed = In(RequestState::kClosed), rated = In(RequestState::kClosed, true);
  struct Row {
    const HallRequest& before;
    const Verb& verb;
    RequestState after;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {received, assign, RequestState::kAssigned, ""},
           {assigned, assign, RequestState::kAssigned, ""},
           {closed, assign, RequestState::kClosed, "REQUEST_CLOSED"},
           {received, close, RequestState::kReceived, "REQUEST_NOT_ASSIGNED"},
           {assigned, close, RequestState::kClosed, ""},
           {closed, close, RequestState::kClosed, "REQUEST_CLOSED"},
           {received, rate, RequestState::kReceived, "REQUEST_NOT_CLOSED"},
           {assigned, rate, RequestState::kReceived, "REQUEST_NOT_CLOSED"},
           {closed, rate, RequestState::kClosed, ""},
           {rated, rate, RequestState::kClosed, "REQUEST_RATED"},
           {received, reopen, RequestState::kReceived, "REQUEST_NOT_CLOSED"},
           {assigned, reopen, RequestState::kReceived, "REQUEST_NOT_CLOSED"},
           {closed, reopen, RequestState::kAssigned, ""},
           {rated, reopen, RequestState::kAssigned, ""},
       }) {
    const auto after = row.verb(row.before);
    EXPECT_EQ(ReasonOf(after.status()), row.reason) << static_cast<int>(row.before.state);
    if (!after.ok()) {
      EXPECT_EQ(after.status().code(), kFailedPrecondition);
      continue;
    }
    EXPECT_EQ(after->state, row.after);
    EXPECT_EQ(after->trail.size(), row.before.trail.size() + 1);
  }
}

TEST(HallRulesTest, WhatIsReopenedIsDueAnewAndWasNotInTime) {
  EXPECT_TRUE(In(RequestState::kClosed).ClosedInTime());
  const HallRequest again =
      *ReopenRequest(In(RequestState::kClosed, true), "未办妥", {.by = "li", .on = kMonday + 21}, {});
  EXPECT_EQ(again.due_on, kMonday + 35);
  EXPECT_EQ(again.first_due_on, kMonday + 14);
  EXPECT_EQ(again.rating, 0);
  EXPECT_FALSE(again.closed_on.has_value());
  EXPECT_FALSE(CloseRequest(again, {.by = "li", .on = kMonday + 22})->ClosedInTime());
  HallRequest late = In(RequestState::kAssigned);
  EXPECT_TRUE(CloseRequest(late, {.by = "li", .on = kMonday + 14})->ClosedInTime());
  EXPECT_FALSE(CloseRequest(late, {.by = "li", .on = kMonday + 15})->ClosedInTime());
}

TEST(HallRulesTest, NobodyRatesTheirOwnWork) {
  const HallRequest closed = In(RequestState::kClosed);
  EXPECT_THAT(RateRequest(closed, 5, {.by = "li", .on = kMonday + 3}),
              RefusedWith(kFailedPrecondition, "RATER_IS_HANDLER"));
  for (const int rating : {0, 6, -1}) {
    EXPECT_THAT(RateRequest(In(RequestState::kReceived), rating, {.by = "li", .on = kMonday + 3}),
                RefusedWith(kInvalidArgument, "RATING_OUT_OF_RANGE"));
  }
}

TEST(HallRulesTest, MovesAreBounded) {
  HallRequest request = In(RequestState::kAssigned);
  request.trail.resize(kMostRequestMoves);
  EXPECT_THAT(CloseRequest(request, {.by = "li", .on = kMonday + 3}),
              RefusedWith(kFailedPrecondition, "MOVES_TOO_MANY"));
}

TEST(HallRulesTest, IsDueAfterTheWorkingDaysOfItsKind) {
  // Five working days over a weekend, and over the National Day of 2018 with the days that are made up for.
  EXPECT_EQ(DueOn(RequestKind::kEmployment, kMonday, {}).on, kMonday + 7);
  EXPECT_EQ(DueOn(RequestKind::kEmployment, Date(2018, 9, 28), {}).on, Date(2018, 10, 10));
  EXPECT_EQ(DueOn(RequestKind::kHealth, kMonday, {}).on, kMonday + 14);
  // Of a year whose holidays are not known yet, Monday to Friday are counted: nobody is sent away.
  EXPECT_EQ(DueOn(RequestKind::kHealth, Date(2031, 1, 6), {}).on, Date(2031, 1, 20));
}

TEST(HallRulesTest, ANumberIsOfOneSite) {
  const HallRequest before{.site_key = "s1"};
  EXPECT_THAT(Record(before, {.received_on = kMonday, .closed_on = kMonday - 1}, "q1", {.key = "s2"}, "h1", {}),
              RefusedWith(kFailedPrecondition, "REQUEST_OF_OTHER_SITE"));
}

class HallTest : public Neighbourhood {
 protected:
  static HallRequestRecord Row(const std::string& number, const std::string& household) {
    return {.request_no = number,
            .site_no = "s1",
            .household_no = household,
            .kind = RequestKind::kEmployment,
            .department = Department::kHumanResources,
            .received_on = kMonday};
  }
  absl::StatusOr<HallRequest> Receive(const std::string& number, const std::string& household) {
    return Make<HallRequest>([&](roots::Session& session) -> absl::StatusOr<HallRequest> {
      ASSIGN_OR_RETURN(const Site site, FindSite(session, kSite, "site"));
      const Asking asking{.request_no = number, .household = Key(household), .kind = RequestKind::kLegal};
      return ReceiveRequest(session, site, asking, Today());
    });
  }
  // The keys of what is open and was due by a day, in the order of the queue.
  std::vector<std::string> Open(const std::string& division, Date until) {
    std::vector<std::string> keys;
    const auto page = stand.store.Queue(kHallRequestsOpen, division, until, "", 100);
    for (const roots::StoredRoot& root : page->roots) keys.push_back(root.key);
    return keys;
  }
};

TEST_P(HallTest, CountsRequestsAndHowTheyWereDone) {
  Settle();
  HallRequestRecord in_time = Row("q1", "h1"), late = Row("q2", "h1");
  in_time.closed_on = Date(2018, 8, 10);
  in_time.rating = 5;
  late.closed_on = Date(2018, 9, 3);
  late.rating = 2;
  EXPECT_EQ(*stand.Import(ImportHallRequest, in_time), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportHallRequest, in_time), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportHallRequest, late), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportHallRequest, Row("q3", "h2")), Outcome::kAdded);
  for (const std::string division : {"45", "450328", kTown}) {
    EXPECT_EQ(Figure("hall_requests", division, "2018-08"), 3) << division;
    EXPECT_EQ(Figure("hall_due", division, "2018-08"), 3) << division;
    EXPECT_EQ(Figure("hall_closed_in_time", division, "2018-08"), 1) << division;
    EXPECT_EQ(Figure("hall_rating_points", division, "2018-08"), 5) << division;
    EXPECT_EQ(Figure("hall_rating_points", division, "2018-09"), 2) << division;
    EXPECT_EQ(Figure("hall_best_points", division, "2018-09"), 5) << division;
  }
  EXPECT_THAT(Open("45", roots::kWhenever), ElementsAre(Key("q3")));
  SiteRecord site = SiteRow("s1");
  site.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, site), Outcome::kUpdated);
  EXPECT_EQ(Figure("hall_requests", kOther, "2018-08"), 3);
  EXPECT_THAT(Open(kOther, roots::kWhenever), ElementsAre(Key("q3")));
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(HallTest, WhatIsOverdueComesFirst) {
  Settle();
  HallRequestRecord early = Row("q2", "h1");
  early.received_on = Date(2018, 8, 1);
  ASSERT_TRUE(stand.Import(ImportHallRequest, Row("q1", "h1")).ok());
  ASSERT_TRUE(stand.Import(ImportHallRequest, early).ok());
  ASSERT_TRUE(Receive("1", "h2").ok());
  EXPECT_THAT(Open("450328", roots::kWhenever), ElementsAre(Key("q2"), Key("q1"), "450328/anju/1"));
  EXPECT_THAT(Open("45", Date(2018, 10, 31)), ElementsAre(Key("q2"), Key("q1")));
  EXPECT_THAT(Open("4504", roots::kWhenever), IsEmpty());
}

TEST_P(HallTest, RefusesRowsInOrder) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportHallRequest, Row("q1", "h1")).ok());
  HallRequestRecord row = Row("q1", "h9");
  row.site_no = "s9";
  row.received_on = Date(2018, 7, 1);
  row.closed_on = Date(2018, 6, 1);
  row.rating = 6;
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportHallRequest, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "SITE_NOT_FOUND");
  row.site_no = "s2";
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  row.household_no = "h1";
  refused(kFailedPrecondition, "NOT_MOVED_IN");
  row.received_on = kMonday;
  refused(kFailedPrecondition, "LIVES_ELSEWHERE");
  row.site_no = "s1";
  refused(kInvalidArgument, "DATES_REVERSED");
  row.closed_on = kMonday;
  refused(kInvalidArgument, "RATING_OUT_OF_RANGE");
  row.rating = 3;
  row.closed_on.reset();
  refused(kInvalidArgument, "RATING_OUT_OF_RANGE");
}

TEST_P(HallTest, IsReceivedHere) {
  Settle();
  EXPECT_THAT(Receive("1", "h9"), RefusedWith(kNotFound, "HOUSEHOLD_NOT_FOUND"));
  EXPECT_THAT(Receive("1", "h4"), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  EXPECT_EQ(Receive("1", "h1")->state, RequestState::kReceived);
  EXPECT_THAT(Receive("1", "h9"), RefusedWith(kAlreadyExists, "REQUEST_NO_TAKEN"));
  EXPECT_EQ(Figure("hall_requests", "45", "2018-11"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(HallTest, AFileDoesNotUndoWhatWasDoneHere) {
  Settle();
  ASSERT_TRUE(stand.Import(ImportHallRequest, Row("q1", "h1")).ok());
  ASSERT_TRUE(Turn<HallRequest>(Key("q1"), [](roots::Session&, const HallRequest& before) {
                return CloseRequest(before, Today());
              }).ok());
  EXPECT_THAT(stand.Import(ImportHallRequest, Row("q1", "h1")), RefusedWith(kFailedPrecondition, "REQUEST_KEPT_HERE"));
}

INSTANTIATE_TEST_SUITE_P(Engines, HallTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
