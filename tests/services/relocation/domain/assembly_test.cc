#include "services/relocation/domain/assembly.h"

#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

const Date kHeld(2018, 8, 20);
const Date kUntil(2021, 8, 20);

Election Whole(const std::string& number, Body body, int32_t places, int32_t eligible, int32_t voted) {
  return {.election_no = number,
          .body = body,
          .held_on = kHeld,
          .term_until = kUntil,
          .places = places,
          .eligible = eligible,
          .voted = voted};
}

Seat Of(const std::string& household, int32_t votes = 20) {
  return {.household_id = household, .person_no = "p1", .votes = votes};
}

// Three representatives, a, b and c, elected into three places; two managers, a and b, elected by them.
Assembly Elected() {
  Assembly assembly{.key = "s1", .site_location = "450328100"};
  assembly = *RecordElection(assembly, Whole("e1", Body::kRepresentatives, 3, 30, 28), {});
  for (const char* household : {"a", "b", "c"}) assembly = *RecordSeat(assembly, "e1", Of(household));
  assembly = *RecordElection(assembly, Whole("e2", Body::kManagement, 2, 3, 3), {});
  for (const char* household : {"a", "b"}) assembly = *RecordSeat(assembly, "e2", Of(household, 2));
  return assembly;
}

TEST(AssemblyRulesTest, RefusesElectionsInOrder) {
  Election election = Whole("e3", Body::kManagement, 0, 0, 4);
  election.term_until = kHeld;
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(RecordElection(Elected(), election, {}), RefusedWith(code, reason));
  };
  refused(kInvalidArgument, "PLACES_OUT_OF_RANGE");
  election.places = kMostPlacesElected + 1;
  refused(kInvalidArgument, "PLACES_OUT_OF_RANGE");
  election.places = 5;
  refused(kInvalidArgument, "DATES_REVERSED");
  election.term_until = kUntil + 1;
  refused(kInvalidArgument, "TERM_TOO_LONG");
  election.term_until = kUntil;
  for (const auto& [eligible, voted] : std::vector<std::pair<int, int>>{{0, 0}, {4, 5}, {4, -1}}) {
    election.eligible = eligible;
    election.voted = voted;
    refused(kInvalidArgument, "VOTES_OUT_OF_RANGE");
  }
  election.eligible = 4;
  election.voted = 2;
  refused(kAlreadyExists, "ELECTION_REPEATED");
  election.body = Body::kSupervision;
  refused(kFailedPrecondition, "NOT_THE_REPRESENTATIVES");
  election.eligible = 3;
  election.held_on = kHeld - 1;
  election.term_until = kHeld + 1;
  refused(kFailedPrecondition, "NOT_THE_REPRESENTATIVES");
  election.held_on = kHeld;
  election.eligible = 2;
  election.voted = 1;
  refused(kFailedPrecondition, "QUORUM_NOT_REACHED");
  election.eligible = 3;
  election.voted = 2;
  EXPECT_TRUE(RecordElection(Elected(), election, {}).ok());
  election.by_election = true;
  refused(kFailedPrecondition, "NO_VACANCY");
  Assembly full = Elected();
  full.elections.resize(kMostElections, full.elections.back());
  EXPECT_THAT(RecordElection(full, election, {}), RefusedWith(kFailedPrecondition, "ELECTIONS_TOO_MANY"));
}

TEST(AssemblyRulesTest, RefusesSeatsInOrder) {
  const Assembly before = *RecordElection(Elected(), Whole("e3", Body::kSupervision, 1, 3, 3), {});
  const auto refused = [&](const char* election, const Seat& seat, absl::StatusCode code, const char* reason) {
    EXPECT_THAT(RecordSeat(before, election, seat), RefusedWith(code, reason)) << election << " " << seat.votes;
  };
  Seat seat = Of("d", 0);
  seat.left_on = kHeld - 1;
  refused("e9", seat, kNotFound, "ELECTION_NOT_FOUND");
  refused("e1", seat, kInvalidArgument, "DATES_REVERSED");
  seat.left_on.reset();
  for (const int votes : {0, 29}) {
    seat.votes = votes;
    refused("e1", seat, kInvalidArgument, "VOTES_OUT_OF_RANGE");
  }
  // A representative of few is one too; into a committee it takes more than half.
  seat.votes = 1;
  refused("e1", seat, kFailedPrecondition, "SEATS_FULL");
  refused("e3", seat, kInvalidArgument, "VOTES_OUT_OF_RANGE");
  refused("e3", Of("a", 2), kFailedPrecondition, "SITS_ON_OTHER_COMMITTEE");
  // A representative may sit on a committee.
  EXPECT_TRUE(RecordSeat(before, "e3", Of("c", 2)).ok());
  const Assembly seated = *RecordSeat(before, "e3", Of("d", 2));
  EXPECT_THAT(RecordSeat(seated, "e3", Of("e", 2)), RefusedWith(kFailedPrecondition, "SEATS_FULL"));
}

TEST(AssemblyRulesTest, AByElectionFillsWhatIsVacant) {
  const Act act{.by = "li", .on = kHeld + 30};
  const Assembly vacant = *Resign(Elected(), {.election_no = "e1", .household_id = "b", .reason = "外出务工"}, act);
  Election election = Whole("e4", Body::kRepresentatives, 2, 30, 16);
  election.by_election = true;
  election.held_on = act.on;
  EXPECT_THAT(RecordElection(vacant, election, {}), RefusedWith(kFailedPrecondition, "NO_VACANCY"));
  election.places = 1;
  election.held_on = act.on - 1;
  EXPECT_THAT(RecordElection(vacant, election, {}), RefusedWith(kFailedPrecondition, "NO_VACANCY"));
  election.held_on = act.on;
  election.term_until = kUntil + 1;
  EXPECT_THAT(RecordElection(vacant, election, {}), RefusedWith(kInvalidArgument, "TERM_TOO_LONG"));
  election.term_until = kUntil;
  const Assembly filling = *RecordElection(vacant, election, {});
  EXPECT_EQ(InOffice(filling, Body::kRepresentatives, act.on), 2);
  EXPECT_THAT(RecordSeat(filling, "e4", Of("a", 9)), RefusedWith(kAlreadyExists, "HOUSEHOLD_HAS_SEAT"));
  // Who left may come back.
  EXPECT_TRUE(RecordSeat(filling, "e4", Of("b", 9)).ok());
  const Assembly filled = *RecordSeat(filling, "e4", Of("d", 9));
  EXPECT_EQ(InOffice(filled, Body::kRepresentatives, act.on), 3);
  election.election_no = "e5";
  EXPECT_THAT(RecordElection(filled, election, {}), RefusedWith(kFailedPrecondition, "NO_VACANCY"));
}

TEST(AssemblyRulesTest, ANewElectionEndsAllSeats) {
  Election next = Whole("e6", Body::kRepresentatives, 3, 30, 20);
  next.held_on = Date(2019, 3, 1);
  next.term_until = Date(2024, 3, 1);
  const Assembly after = *RecordElection(Elected(), next, {});
  EXPECT_EQ(InOffice(after, Body::kRepresentatives, next.held_on - 1), 3);
  EXPECT_EQ(InOffice(after, Body::kRepresentatives, next.held_on), 0);
  EXPECT_EQ(InOffice(after, Body::kManagement, next.held_on), 2);
  EXPECT_TRUE(RecordSeat(after, "e6", Of("a")).ok());
  EXPECT_EQ(InOffice(Elected(), Body::kRepresentatives, kUntil - 1), 3);
  EXPECT_EQ(InOffice(Elected(), Body::kRepresentatives, kUntil), 0);
}

TEST(AssemblyRulesTest, ACorrectedElectionMustSuitItsSeats) {
  Election fewer = Whole("e1", Body::kRepresentatives, 2, 30, 28);
  EXPECT_THAT(RecordElection(Elected(), fewer, {}), RefusedWith(kFailedPrecondition, "SEATS_FULL"));
  fewer.places = 3;
  fewer.voted = 16;
  EXPECT_THAT(RecordElection(Elected(), fewer, {}), RefusedWith(kInvalidArgument, "VOTES_OUT_OF_RANGE"));
  fewer.voted = 20;
  EXPECT_EQ(RecordElection(Elected(), fewer, {})->elections.at(0).seats.size(), 3u);
  // Recorded by mistake: left on the first day, and the place is free.
  Seat mistake = Of("c");
  mistake.left_on = kHeld;
  EXPECT_TRUE(RecordSeat(*RecordSeat(Elected(), "e1", mistake), "e1", Of("d")).ok());
}

TEST(AssemblyRulesTest, ASeatEndsOnce) {
  const Resignation resignation{.election_no = "e1", .household_id = "a", .reason = "示例"};
  EXPECT_THAT(Resign(Elected(), {.election_no = "e9", .household_id = "a"}, {.by = "li", .on = kHeld}),
              RefusedWith(kNotFound, "SEAT_NOT_FOUND"));
  EXPECT_THAT(Resign(Elected(), {.election_no = "e1", .household_id = "z"}, {.by = "li", .on = kHeld}),
              RefusedWith(kNotFound, "SEAT_NOT_FOUND"));
  for (const Date day : {kHeld - 1, kUntil}) {
    EXPECT_THAT(Resign(Elected(), resignation, {.by = "li", .on = day}),
                RefusedWith(kFailedPrecondition, "SEAT_ENDED"));
  }
  const Assembly left = *Resign(Elected(), resignation, {.by = "li", .on = kHeld + 1});
  EXPECT_EQ(left.elections.at(0).seats.at(0).reason, "示例");
  EXPECT_THAT(Resign(left, resignation, {.by = "li", .on = kHeld + 2}), RefusedWith(kFailedPrecondition, "SEAT_ENDED"));
}

class AssemblyTest : public Neighbourhood {
 protected:
  static ElectionRecord ElectionRow() {
    return {.election_no = "e1",
            .site_no = "s1",
            .body = Body::kRepresentatives,
            .held_on = kHeld,
            .term_until = kUntil,
            .places = 3,
            .eligible = 30,
            .voted = 28};
  }
  static SeatRecord SeatRow(const std::string& household, const std::string& person) {
    return {.election_no = "e1", .site_no = "s1", .household_no = household, .person_no = person, .votes = 20};
  }
  absl::StatusOr<Assembly> Hold(const ElectionRequest& request) {
    return Make<Assembly>([&](roots::Session& session) -> absl::StatusOr<Assembly> {
      ASSIGN_OR_RETURN(const Site site, FindSite(session, request.site, "site"));
      return HoldElection(session, site, request, Today());
    });
  }
};

TEST_P(AssemblyTest, CountsWhoSits) {
  Settle();
  EXPECT_EQ(*stand.Import(ImportElection, ElectionRow()), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportElection, ElectionRow()), Outcome::kUnchanged);
  EXPECT_EQ(*stand.Import(ImportSeat, SeatRow("h1", "p1")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportSeat, SeatRow("h2", "p2")), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportSeat, SeatRow("h2", "p2")), Outcome::kUnchanged);
  for (const std::string division : {"45", "450328", kTown}) {
    EXPECT_EQ(Figure("householder_representatives", division, "2018-07"), 0) << division;
    EXPECT_EQ(Figure("householder_representatives", division, "2018-08"), 2) << division;
    EXPECT_EQ(Figure("householder_representatives", division, "2021-07"), 2) << division;
    EXPECT_EQ(Figure("householder_representatives", division, "2021-08"), 0) << division;
  }
  SeatRecord left = SeatRow("h2", "p2");
  left.left_on = Date(2018, 10, 8);
  left.reason = "外出务工";
  EXPECT_EQ(*stand.Import(ImportSeat, left), Outcome::kUpdated);
  EXPECT_EQ(*stand.Import(ImportSeat, SeatRow("h2", "p2")), Outcome::kUnchanged);
  EXPECT_EQ(Figure("householder_representatives", "45", "2018-10"), 1);
  SiteRecord site = SiteRow("s1");
  site.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, site), Outcome::kUpdated);
  EXPECT_EQ(Figure("householder_representatives", kOther, "2018-10"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(AssemblyTest, TheSameElectionsAgainChangeNothing) {
  Settle();
  ElectionRecord committee = ElectionRow();
  committee.election_no = "e2";
  committee.body = Body::kManagement;
  committee.eligible = committee.voted = 3;
  for (const Outcome expected : {Outcome::kAdded, Outcome::kUnchanged}) {
    EXPECT_EQ(*stand.Import(ImportElection, ElectionRow()), expected);
    EXPECT_EQ(*stand.Import(ImportElection, committee), expected);
  }
}

TEST_P(AssemblyTest, RefusesRowsInOrder) {
  Settle();
  ElectionRecord election = ElectionRow();
  election.site_no = "s9";
  EXPECT_THAT(stand.Import(ImportElection, election), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
  SeatRecord row = SeatRow("h9", "p9");
  row.site_no = "s9";
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportSeat, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "SITE_NOT_FOUND");
  row.site_no = "s1";
  refused(kNotFound, "ELECTION_NOT_FOUND");
  ASSERT_TRUE(stand.Import(ImportElection, ElectionRow()).ok());
  refused(kNotFound, "HOUSEHOLD_NOT_FOUND");
  row.household_no = "h4";
  refused(kFailedPrecondition, "NOT_MOVED_IN");
  row.household_no = "h1";
  refused(kNotFound, "PERSON_NOT_FOUND");
  row.person_no = "p1";
  row.votes = 0;
  refused(kInvalidArgument, "VOTES_OUT_OF_RANGE");
}

TEST_P(AssemblyTest, IsElectedHereAtOnce) {
  Settle();
  ElectionRequest request{.site = Key("s1"),
                          .election_no = "e1",
                          .body = Body::kRepresentatives,
                          .held_on = Date(2018, 11, 2),
                          .term_until = kUntil,
                          .places = 2,
                          .eligible = 3,
                          .voted = 3};
  EXPECT_THAT(Hold(request), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  request.held_on = kHeld;
  EXPECT_THAT(Hold(request), RefusedWith(kInvalidArgument, "WINNERS_OUT_OF_RANGE"));
  request.winners = {{.household = Key("h1"), .person_no = "p1", .votes = 2},
                     {.household = Key("h2"), .person_no = "p2", .votes = 2},
                     {.household = Key("h4"), .person_no = "p1", .votes = 1}};
  EXPECT_THAT(Hold(request), RefusedWith(kInvalidArgument, "WINNERS_OUT_OF_RANGE"));
  request.places = 3;
  EXPECT_THAT(Hold(request), RefusedWith(kFailedPrecondition, "NOT_MOVED_IN"));
  request.winners.pop_back();
  EXPECT_THAT(*Hold(request), ::testing::Field(&Assembly::elections, SizeIs(1)));
  EXPECT_THAT(Hold(request), RefusedWith(kAlreadyExists, "ELECTION_NO_TAKEN"));
  EXPECT_EQ(Figure("householder_representatives", "45", "2018-11"), 2);
  // The representatives elect the committee.
  request.election_no = "e2";
  request.body = Body::kManagement;
  request.winners = {{.household = Key("h3"), .person_no = "p1", .votes = 2}};
  EXPECT_TRUE(Hold(request).ok());
  EXPECT_EQ(Figure("committee_members", "45", "2018-11"), 1);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, AssemblyTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
