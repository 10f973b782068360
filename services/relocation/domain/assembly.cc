#include "services/relocation/domain/assembly.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr int64_t kWhole = 100'00;

// Whether `part` is more than a share of `whole`.
bool IsAbove(int64_t part, int64_t whole, int64_t share_bp) { return part * kWhole > whole * share_bp; }

std::string Percent(int64_t share_bp) { return absl::StrFormat("%d.%02d%%", share_bp / 100, share_bp % 100); }

Date AddMonths(Date day, int64_t months) { return Date(day.year(), day.month() + static_cast<int>(months), day.day()); }

bool IsCommittee(Body body) { return body == Body::kManagement || body == Body::kSupervision; }

// The last election of the whole body by a day; nothing when there was none.
const Election* LastWhole(const Assembly& assembly, Body body, Date day) {
  const Election* last = nullptr;
  for (const Election& election : assembly.elections) {
    if (election.body != body || election.by_election || election.held_on > day) continue;
    if (last == nullptr || election.held_on > last->held_on) last = &election;
  }
  return last;
}

absl::Status CheckTerm(const Election& election, int64_t most_months) {
  if (election.term_until <= AddMonths(election.held_on, most_months)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "TERM_TOO_LONG", absl::StrCat("a term is at most ", most_months, " months"),
                "term_until");
}

absl::Status CheckShape(const Election& election, const policy::InForce& policy) {
  if (election.places < 1 || election.places > kMostPlacesElected) {
    return Refuse(kInvalidArgument, "PLACES_OUT_OF_RANGE", absl::StrCat("elect 1 to ", kMostPlacesElected, " persons"),
                  "places");
  }
  RETURN_IF_ERROR(intake::InOrder(election.held_on + 1, election.term_until, "term_until"));
  RETURN_IF_ERROR(CheckTerm(election, policy[kLongestTerm]));
  if (election.eligible < 1 || election.voted < 0 || election.voted > election.eligible) {
    return Refuse(kInvalidArgument, "VOTES_OUT_OF_RANGE", "give how many may vote, and how many of them did", "voted");
  }
  return absl::OkStatus();
}

absl::Status CheckTurnout(const Election& election, int64_t above_bp) {
  if (IsAbove(election.voted, election.eligible, above_bp)) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "QUORUM_NOT_REACHED",
                absl::StrCat(election.voted, " of ", election.eligible, " voted, and more than ", Percent(above_bp),
                             " of them have to: vote again"),
                "voted");
}

// Whether the election can be what it says beside the others of the site.
absl::Status CheckBeside(const Assembly& others, const Election& election, const policy::InForce& policy) {
  const auto repeats = [&](const Election& other) {
    return !election.by_election && !other.by_election && other.body == election.body &&
           other.held_on == election.held_on;
  };
  if (std::any_of(others.elections.begin(), others.elections.end(), repeats)) {
    return Refuse(kAlreadyExists, "ELECTION_REPEATED", "this body was elected on that day already", "held_on");
  }
  if (IsCommittee(election.body)) {
    const Election* voters = LastWhole(others, Body::kRepresentatives, election.held_on);
    if (voters == nullptr || election.eligible > voters->places) {
      return Refuse(kFailedPrecondition, "NOT_THE_REPRESENTATIVES",
                    "committees are elected by the representatives of the householders: record their election first",
                    "eligible");
    }
  }
  RETURN_IF_ERROR(CheckTurnout(election, policy[kTurnoutAbove]));
  if (!election.by_election) return absl::OkStatus();
  const Election* whole = LastWhole(others, election.body, election.held_on);
  if (whole == nullptr || whole->term_until <= election.held_on ||
      election.places > whole->places - InOffice(others, election.body, election.held_on)) {
    return Refuse(kFailedPrecondition, "NO_VACANCY", "a by-election fills places that are vacant on its day", "places");
  }
  if (election.term_until <= whole->term_until) return absl::OkStatus();
  return Refuse(kInvalidArgument, "TERM_TOO_LONG",
                absl::StrCat("the term of the whole body ends before ", Format(whole->term_until)), "term_until");
}

// What takes a seat on a committee, as the election keeps it; nothing for representatives.
std::vector<policy::Used> ShareOfVotes(const Assembly& assembly, const Election& election) {
  std::vector<policy::Used> shares;
  if (!IsCommittee(election.body)) return shares;
  for (const policy::Decision& decision : assembly.decisions) {
    if (decision.rule != kElectionTurnout || decision.subject != election.election_no) continue;
    std::copy_if(decision.used.begin(), decision.used.end(), std::back_inserter(shares),
                 [](const policy::Used& used) { return used.name == kVotesAbove; });
  }
  return shares;
}

absl::Status CheckVotes(const Election& election, const Seat& seat, const std::vector<policy::Used>& shares) {
  const int64_t above_bp = shares.empty() ? 0 : shares.front().value;
  if (seat.votes <= election.voted && IsAbove(seat.votes, election.voted, above_bp)) return absl::OkStatus();
  return Refuse(kInvalidArgument, "VOTES_OUT_OF_RANGE",
                absl::StrCat("who is elected has at least one vote, more than ", Percent(above_bp), " of the ",
                             election.voted, " that were cast, and no more than these"),
                "votes");
}

// `seat` is one of the election's, and the election one of the assembly's.
absl::Status CheckSeat(const Assembly& assembly, const Election& election, const Seat& seat) {
  RETURN_IF_ERROR(intake::InOrder(election.held_on, seat.left_on, "left_on"));
  RETURN_IF_ERROR(CheckVotes(election, seat, ShareOfVotes(assembly, election)));
  // A seat that was left on its first day was recorded by mistake.
  const auto taken = std::count_if(election.seats.begin(), election.seats.end(),
                                   [&](const Seat& other) { return other.left_on != election.held_on; });
  if (taken > election.places) {
    return Refuse(kFailedPrecondition, "SEATS_FULL", absl::StrCat("there are ", election.places, " places"),
                  "election_no");
  }
  const tally::Span term{.from = election.held_on, .until = EndOf(assembly, election, seat)};
  for (const Election& other : assembly.elections) {
    const bool rival = IsCommittee(election.body) && IsCommittee(other.body) && other.body != election.body;
    if (other.body != election.body && !rival) continue;
    for (const Seat& held : other.seats) {
      if (&held == &seat || held.household_id != seat.household_id) continue;
      if (!Intersect(term, {.from = other.held_on, .until = EndOf(assembly, other, held)}).has_value()) continue;
      if (rival) {
        return Refuse(kFailedPrecondition, "SITS_ON_OTHER_COMMITTEE",
                      "nobody of a household that sits on one committee sits on the other", "household_no");
      }
      return Refuse(kAlreadyExists, "HOUSEHOLD_HAS_SEAT", "a household has one seat in a body at a time",
                    "household_no");
    }
  }
  return absl::OkStatus();
}

absl::Status NoElection() {
  return Refuse(kNotFound, "ELECTION_NOT_FOUND", "record the election before who was elected", "election_no");
}

absl::StatusOr<Assembly> FindAssembly(roots::Session& session, const Site& site) {
  ASSIGN_OR_RETURN(std::optional<Assembly> found, session.Find<Assembly>(site.key));
  return found.value_or(Assembly{.key = site.key, .site_location = site.location});
}

// Records that somebody of the household with this key was elected. Refuses as the use cases say.
absl::StatusOr<Assembly> Seated(roots::Session& session, const Assembly& before, const std::string& election_no,
                                const std::string& household_key, Seat seat, absl::string_view field) {
  const auto election = std::find_if(before.elections.begin(), before.elections.end(),
                                     [&](const Election& candidate) { return candidate.election_no == election_no; });
  if (election == before.elections.end()) return NoElection();
  ASSIGN_OR_RETURN(const feed::HouseholdFact household,
                   FindResident(session, household_key, before.key, election->held_on, field));
  RETURN_IF_ERROR(CheckBelongs(household, seat.person_no, election->held_on));
  seat.household_id = household.id;
  const auto known = std::find_if(election->seats.begin(), election->seats.end(), [&](const Seat& other) {
    return other.household_id == seat.household_id && other.person_no == seat.person_no;
  });
  if (known != election->seats.end() && !seat.left_on.has_value()) {
    seat.left_on = known->left_on;
    seat.reason = known->reason;
  }
  return RecordSeat(before, election_no, seat);
}

Outcome Put(roots::Session& session, const Assembly& before, Assembly after, bool known) {
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return known ? Outcome::kUpdated : Outcome::kAdded;
}

}  // namespace

Date EndOf(const Assembly& assembly, const Election& election, const Seat& seat) {
  Date end = std::min(election.term_until, seat.left_on.value_or(election.term_until));
  for (const Election& later : assembly.elections) {
    if (later.body == election.body && !later.by_election && later.held_on > election.held_on) {
      end = std::min(end, later.held_on);
    }
  }
  return end;
}

int32_t InOffice(const Assembly& assembly, Body body, Date day) {
  int32_t sitting = 0;
  for (const Election& election : assembly.elections) {
    if (election.body != body || election.held_on > day) continue;
    sitting += static_cast<int32_t>(std::count_if(election.seats.begin(), election.seats.end(), [&](const Seat& seat) {
      return EndOf(assembly, election, seat) > day;
    }));
  }
  return sitting;
}

policy::Decision JudgeTerm(const Election& election, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, election.held_on);
  policy::Decision decision = policy::Judged(kElectionTerm, CheckTerm(election, policy[kLongestTerm]));
  decision.subject = election.election_no;
  decision.decided_on = election.held_on;
  decision.inputs = {{"held_on", Format(election.held_on)}, {"term_until", Format(election.term_until)}};
  decision.used = policy.Use({kLongestTerm});
  return decision;
}

policy::Decision JudgeTurnout(const Election& election, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, election.held_on);
  policy::Decision decision = policy::Judged(kElectionTurnout, CheckTurnout(election, policy[kTurnoutAbove]));
  decision.subject = election.election_no;
  decision.decided_on = election.held_on;
  decision.inputs = {{"eligible", absl::StrCat(election.eligible)}, {"voted", absl::StrCat(election.voted)}};
  decision.used = policy.Use({kTurnoutAbove, kVotesAbove});
  return decision;
}

policy::Decision JudgeSeat(const Assembly& assembly, const Election& election, const Seat& seat) {
  std::vector<policy::Used> shares = ShareOfVotes(assembly, election);
  policy::Decision decision = policy::Judged(kSeatWon, CheckVotes(election, seat, shares));
  decision.subject = absl::StrCat(election.election_no, "/", seat.household_id);
  decision.decided_on = election.held_on;
  decision.inputs = {{"votes", absl::StrCat(seat.votes)}, {"voted", absl::StrCat(election.voted)}};
  decision.used = std::move(shares);
  return decision;
}

absl::StatusOr<Assembly> RecordElection(const Assembly& before, Election election, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, election.held_on);
  RETURN_IF_ERROR(CheckShape(election, policy));
  Assembly after = before;
  if (Election* known = roots::Lookup(after.elections, &Election::election_no, election.election_no)) {
    election.seats = std::move(known->seats);
    std::erase_if(after.elections, [&](const Election& other) { return other.election_no == election.election_no; });
  }
  if (after.elections.size() >= kMostElections) {
    return Refuse(kFailedPrecondition, "ELECTIONS_TOO_MANY",
                  absl::StrCat("at most ", kMostElections, " elections are kept of one site"));
  }
  RETURN_IF_ERROR(CheckBeside(after, election, policy));
  policy::Keep(after.decisions, JudgeTerm(election, books));
  policy::Keep(after.decisions, JudgeTurnout(election, books));
  const auto later = std::find_if(after.elections.begin(), after.elections.end(), [&](const Election& other) {
    return std::tie(other.held_on, other.election_no) > std::tie(election.held_on, election.election_no);
  });
  const Election& recorded = *after.elections.insert(later, std::move(election));
  for (const Seat& seat : recorded.seats) RETURN_IF_ERROR(CheckSeat(after, recorded, seat));
  return after;
}

absl::StatusOr<Assembly> RecordSeat(const Assembly& before, const std::string& election_no, const Seat& seat) {
  Assembly after = before;
  Election* election = roots::Lookup(after.elections, &Election::election_no, election_no);
  if (election == nullptr) return NoElection();
  roots::Keep(election->seats, seat, &Seat::household_id);
  const Seat* kept = roots::Lookup(election->seats, &Seat::household_id, seat.household_id);
  RETURN_IF_ERROR(CheckSeat(after, *election, *kept));
  return after;
}

absl::StatusOr<Assembly> Resign(const Assembly& before, const Resignation& resignation, const Act& act) {
  Assembly after = before;
  Election* election = roots::Lookup(after.elections, &Election::election_no, resignation.election_no);
  Seat* seat =
      election == nullptr ? nullptr : roots::Lookup(election->seats, &Seat::household_id, resignation.household_id);
  if (seat == nullptr) {
    return Refuse(kNotFound, "SEAT_NOT_FOUND", "nobody of this household was elected then", "household_id");
  }
  if (seat->left_on.has_value() || EndOf(before, *election, *seat) <= act.on || election->held_on > act.on) {
    return Refuse(kFailedPrecondition, "SEAT_ENDED", "nobody sits on this seat today");
  }
  seat->left_on = act.on;
  seat->reason = resignation.reason;
  return after;
}

absl::StatusOr<Outcome> ImportElection(roots::Session& session, const intake::Batch& batch,
                                       const ElectionRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  ASSIGN_OR_RETURN(Assembly before, FindAssembly(session, site));
  const bool known = roots::Lookup(before.elections, &Election::election_no, record.election_no) != nullptr;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  ASSIGN_OR_RETURN(Assembly after, RecordElection(before,
                                                  {.election_no = record.election_no,
                                                   .body = record.body,
                                                   .by_election = record.by_election,
                                                   .held_on = record.held_on,
                                                   .term_until = record.term_until,
                                                   .places = record.places,
                                                   .eligible = record.eligible,
                                                   .voted = record.voted},
                                                  *books));
  return Put(session, before, std::move(after), known);
}

absl::StatusOr<Outcome> ImportSeat(roots::Session& session, const intake::Batch& batch, const SeatRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  ASSIGN_OR_RETURN(Assembly before, FindAssembly(session, site));
  const Seat seat{
      .person_no = record.person_no, .votes = record.votes, .left_on = record.left_on, .reason = record.reason};
  ASSIGN_OR_RETURN(Assembly after, Seated(session, before, record.election_no, batch.HouseholdKey(record.household_no),
                                          seat, "household_no"));
  const auto seats = [&](Assembly& assembly) {
    return roots::Lookup(assembly.elections, &Election::election_no, record.election_no)->seats.size();
  };
  const bool known = seats(before) == seats(after);
  return Put(session, before, std::move(after), known);
}

absl::StatusOr<Assembly> HoldElection(roots::Session& session, const Site& site, const ElectionRequest& request,
                                      const Act& act) {
  if (request.held_on > act.on) {
    return Refuse(kInvalidArgument, "DATE_IN_FUTURE", "record an election after it was held", "held_on");
  }
  ASSIGN_OR_RETURN(Assembly after, FindAssembly(session, site));
  if (roots::Lookup(after.elections, &Election::election_no, request.election_no) != nullptr) {
    return Refuse(kAlreadyExists, "ELECTION_NO_TAKEN", "another election has this number: choose one of its own",
                  "election_no");
  }
  if (request.winners.empty() || request.winners.size() > static_cast<size_t>(std::max(request.places, 0))) {
    return Refuse(kInvalidArgument, "WINNERS_OUT_OF_RANGE", "name who was elected, at most as many as there are places",
                  "winners");
  }
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  ASSIGN_OR_RETURN(after, RecordElection(after,
                                         {.election_no = request.election_no,
                                          .body = request.body,
                                          .by_election = request.by_election,
                                          .held_on = request.held_on,
                                          .term_until = request.term_until,
                                          .places = request.places,
                                          .eligible = request.eligible,
                                          .voted = request.voted},
                                         *books));
  for (const ElectionRequest::Winner& winner : request.winners) {
    const Seat seat{.person_no = winner.person_no, .votes = winner.votes};
    ASSIGN_OR_RETURN(after, Seated(session, after, request.election_no, winner.household, seat, "winners"));
  }
  return after;
}

}  // namespace anju::relocation
