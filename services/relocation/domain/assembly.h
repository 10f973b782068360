#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/policy/policy.h"
#include "services/relocation/domain/resident.h"
#include "services/relocation/domain/site.h"

// The householders of a site govern themselves 户主会 [GX26]: they elect representatives 户主代表, and the
// representatives elect a management committee 业主管理委员会 and a supervision committee 事务监督委员会.
namespace anju::relocation {

enum class Body : int32_t { kUnspecified = 0, kRepresentatives = 1, kManagement = 2, kSupervision = 3 };

inline constexpr int32_t kMostPlacesElected = 200;
// Of one site, ever.
inline constexpr size_t kMostElections = 100;

struct Seat {
  std::string household_id;
  std::string person_no;
  int32_t votes = 0;
  // The day of a resignation or a removal, with its reason; nothing: until the term ends.
  std::optional<Date> left_on;
  std::string reason;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("votes", votes);
    archive("left_on", left_on);
    archive("reason", reason);
  }
  friend bool operator==(const Seat&, const Seat&) = default;
};

struct Election {
  std::string election_no;
  Body body = Body::kUnspecified;
  // Fills places that are vacant 补选; any other election replaces the whole body.
  bool by_election = false;
  Date held_on;
  // The first day after the term.
  Date term_until;
  int32_t places = 0;
  // How many may vote, and how many did.
  int32_t eligible = 0;
  int32_t voted = 0;
  std::vector<Seat> seats;

  void Fields(Archive& archive) {
    archive("election_no", election_no);
    archive("body", body);
    archive("by_election", by_election);
    archive("held_on", held_on);
    archive("term_until", term_until);
    archive("places", places);
    archive("eligible", eligible);
    archive("voted", voted);
    archive("seats", seats);
  }
  friend bool operator==(const Election&, const Election&) = default;
};

// All elections of one site.
struct Assembly {
  static constexpr absl::string_view kKind = "assembly";
  std::string id;
  // The key of the site.
  std::string key;
  // Copied from its site.
  std::string site_location;
  std::vector<Election> elections;
  // On the elections; those on their seats follow from them, see explain_community.h.
  std::vector<policy::Decision> decisions;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("elections", elections);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
    archive("decisions", decisions);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Assembly&, const Assembly&) = default;
};

tally::Contributions Contributions(const Assembly& assembly);

// A row of anju.relocation.v1.ElectionRecord.
struct ElectionRecord {
  std::string election_no;
  std::string site_no;
  Body body = Body::kUnspecified;
  bool by_election = false;
  Date held_on;
  Date term_until;
  int32_t places = 0;
  int32_t eligible = 0;
  int32_t voted = 0;

  void Fields(Archive& archive) {
    archive("election_no", election_no);
    archive("site_no", site_no);
    archive("body", body);
    archive("by_election", by_election);
    archive("held_on", held_on);
    archive("term_until", term_until);
    archive("places", places);
    archive("eligible", eligible);
    archive("voted", voted);
  }
};

// A row of anju.relocation.v1.SeatRecord.
struct SeatRecord {
  std::string election_no;
  std::string site_no;
  std::string household_no;
  std::string person_no;
  int32_t votes = 0;
  std::optional<Date> left_on;
  std::string reason;

  void Fields(Archive& archive) {
    archive("election_no", election_no);
    archive("site_no", site_no);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("votes", votes);
    archive("left_on", left_on);
    archive("reason", reason);
  }
};

// anju.relocation.v1.HoldElectionRequest.
struct ElectionRequest {
  struct Winner {
    // The key of the household.
    std::string household;
    std::string person_no;
    int32_t votes = 0;

    void Fields(Archive& archive) {
      archive("household", household);
      archive("person_no", person_no);
      archive("votes", votes);
    }
  };
  // An id or a key.
  std::string site;
  std::string request_id;
  std::string election_no;
  Body body = Body::kUnspecified;
  bool by_election = false;
  Date held_on;
  Date term_until;
  int32_t places = 0;
  int32_t eligible = 0;
  int32_t voted = 0;
  std::vector<Winner> winners;

  void Fields(Archive& archive) {
    archive("site", site);
    archive("request_id", request_id);
    archive("election_no", election_no);
    archive("body", body);
    archive("by_election", by_election);
    archive("held_on", held_on);
    archive("term_until", term_until);
    archive("places", places);
    archive("eligible", eligible);
    archive("voted", voted);
    archive("winners", winners);
  }
};

// anju.relocation.v1.ResignSeatRequest.
struct Resignation {
  std::string election_no;
  std::string household_id;
  std::string reason;

  void Fields(Archive& archive) {
    archive("election_no", election_no);
    archive("household_id", household_id);
    archive("reason", reason);
  }
};

// The first day on which nobody sits on the seat by this election: the end of the term, the day the seat was left, or
// the day on which the whole body was elected anew. Pure.
Date EndOf(const Assembly& assembly, const Election& election, const Seat& seat);
// How many sit in a body on a day. Pure.
int32_t InOffice(const Assembly& assembly, Body body, Date day);

// Whether an election is for a term that may be, and whether enough voted, by the policy of its day; the second keeps
// what takes a seat on a committee, too. Pure. The reason of a no is what RecordElection refuses with.
policy::Decision JudgeTerm(const Election& election, const policy::Books& books);
policy::Decision JudgeTurnout(const Election& election, const policy::Books& books);
// Whether a seat of an election was won, by what the election was measured by. Pure. The reason of a no is what
// RecordSeat refuses with.
policy::Decision JudgeSeat(const Assembly& assembly, const Election& election, const Seat& seat);

// What an assembly becomes when an election is recorded so; its seats stay. Pure. Refuses, in this order, with
// PLACES_OUT_OF_RANGE, DATES_REVERSED, TERM_TOO_LONG, VOTES_OUT_OF_RANGE (more than may vote, or nobody may),
// ELECTIONS_TOO_MANY, ELECTION_REPEATED (another election of the whole body on that day), NOT_THE_REPRESENTATIVES (a
// committee was elected by more than there are places for representatives on that day), QUORUM_NOT_REACHED, NO_VACANCY
// (a by-election for more places than are vacant), TERM_TOO_LONG (a by-election beyond the term of its body), and as
// RecordSeat does for the seats it has.
absl::StatusOr<Assembly> RecordElection(const Assembly& before, Election election, const policy::Books& books);
// The same for a seat, one for each household in an election. Pure. Refuses, in this order, with ELECTION_NOT_FOUND,
// DATES_REVERSED, VOTES_OUT_OF_RANGE (none, more than were cast, or for a committee not more than the policy's share of
// them), SEATS_FULL, HOUSEHOLD_HAS_SEAT (in this body at the same time) and SITS_ON_OTHER_COMMITTEE (the household; so
// nobody supervises themselves or their own family).
absl::StatusOr<Assembly> RecordSeat(const Assembly& before, const std::string& election_no, const Seat& seat);
// Ends a seat on the day of the act. Pure. Refuses, in this order, with SEAT_NOT_FOUND and SEAT_ENDED.
absl::StatusOr<Assembly> Resign(const Assembly& before, const Resignation& resignation, const Act& act);

// Use cases. Beside what the rules refuse: SITE_NOT_FOUND first, and for a seat HOUSEHOLD_NOT_FOUND, NOT_MOVED_IN,
// LIVES_ELSEWHERE and PERSON_NOT_FOUND on the day of the election. A row without `left_on` leaves an end that is known
// alone.
absl::StatusOr<roots::Outcome> ImportElection(roots::Session& session, const intake::Batch& batch,
                                              const ElectionRecord& record);
absl::StatusOr<roots::Outcome> ImportSeat(roots::Session& session, const intake::Batch& batch,
                                          const SeatRecord& record);
// Records an election at the site with all who were elected. Refuses, in this order, with DATE_IN_FUTURE,
// ELECTION_NO_TAKEN, WINNERS_OUT_OF_RANGE (none, or more than places), and as the rules do.
absl::StatusOr<Assembly> HoldElection(roots::Session& session, const Site& site, const ElectionRequest& request,
                                      const Act& act);

}  // namespace anju::relocation
