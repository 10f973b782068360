#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/relocation/domain/posting.h"

// Buy-back and lease 回购返租 [JX1]: where a household already lives in more floor area than its members may have, the
// government buys the surplus and leases it back rent-free. When the household grows, less of it is surplus; the lease
// ends when none is. What is no longer surplus goes back to the household at the price at which it was bought, when the
// household pays that; until then it lives in it as before, and owes nothing.
namespace anju::relocation {

// The name by which a lease holds the key of its case, until it has ended and all its area went back.
inline constexpr absl::string_view kOpenLease = "open_lease";
// The link from a case's key to its leases.
inline constexpr absl::string_view kLeasesOfCase = "leases_of_case";

enum class LeaseState : int32_t { kUnspecified = 0, kProposed = 1, kAgreed = 2, kEnded = 3 };

struct Lease {
  static constexpr absl::string_view kKind = "lease";
  std::string id;
  // `<key of the case>/<number>`, counted from 1.
  std::string key;
  std::string case_key;
  std::string household_id;
  // Where the household lived when it was proposed.
  std::string division;
  LeaseState state = LeaseState::kUnspecified;
  std::string unit_key;
  int64_t unit_area_centi_sqm = 0;
  // What it was measured by when it was proposed.
  int64_t area_per_person_centi_sqm = 0;
  int64_t persons = 0;
  int64_t bought_centi_sqm = 0;
  int64_t price_fen_per_sqm = 0;
  int64_t amount_fen = 0;
  std::string proposed_by;
  std::optional<Date> proposed_on;
  std::string agreed_by;
  std::optional<Date> agreed_on;
  std::optional<Date> paid_on;
  // The government's still, and of that what is leased: the surplus as it is now.
  int64_t owned_centi_sqm = 0;
  int64_t leased_centi_sqm = 0;
  int64_t returned_fen = 0;
  std::optional<Date> ended_on;
  std::vector<Posting> postings;
  // By the flow of its county; the last one counts.
  std::vector<approval::Item> approvals;
  // On what was bought and went back; see explain_funds.h.
  std::vector<policy::Decision> decisions;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("case_key", case_key);
    archive("household_id", household_id);
    archive("division", division);
    archive("state", state);
    archive("unit_key", unit_key);
    archive("unit_area_centi_sqm", unit_area_centi_sqm);
    archive("area_per_person_centi_sqm", area_per_person_centi_sqm);
    archive("persons", persons);
    archive("bought_centi_sqm", bought_centi_sqm);
    archive("price_fen_per_sqm", price_fen_per_sqm);
    archive("amount_fen", amount_fen);
    archive("proposed_by", proposed_by);
    archive("proposed_on", proposed_on);
    archive("agreed_by", agreed_by);
    archive("agreed_on", agreed_on);
    archive("paid_on", paid_on);
    archive("owned_centi_sqm", owned_centi_sqm);
    archive("leased_centi_sqm", leased_centi_sqm);
    archive("returned_fen", returned_fen);
    archive("ended_on", ended_on);
    archive("postings", postings);
    archive("approvals", approvals);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("decisions", decisions);
  }
  std::string Division() const { return division; }
  // Nothing of it is the government's any more.
  bool Closed() const { return state == LeaseState::kEnded && owned_centi_sqm == 0; }
  friend bool operator==(const Lease&, const Lease&) = default;
};

// Money counts in the ledger, and floor area is not published of.
inline tally::Contributions Contributions(const Lease&) { return {}; }
// A case has one lease that is not closed.
std::vector<roots::Name> Names(const Lease& lease);
std::vector<roots::Name> Links(const Lease& lease);
ledger::Balances Balances(const Lease& lease);
inline std::vector<roots::Decision> Decisions(const Lease& lease) { return approval::DecisionsOf(lease.approvals); }
inline std::vector<roots::Waiting> Waits(const Lease& lease) { return approval::WaitsOf(lease.approvals); }

// What the policy of a day says.
struct LeaseTerms {
  int64_t area_per_person_centi_sqm = 0;
  int64_t price_fen_per_sqm = 0;
  std::vector<policy::Used> used;
};

// The floor area beyond what so many may have; 0 when there is none.
int64_t Surplus(int64_t area_centi_sqm, int64_t area_per_person_centi_sqm, int64_t persons);
// Half up to the fen, once.
int64_t PriceOfArea(int64_t area_centi_sqm, int64_t price_fen_per_sqm);

// All rules are pure. Those that move money refuse first as CheckPosting does.

// Whether there is a surplus to buy of the household on that day, and for how much; the reason of a no is what
// ProposeLease refuses with.
policy::Decision JudgeSurplus(const Case& relocation, const Unit& unit, const LeaseTerms& terms, Date day);
// What it costs to take back what is no longer surplus; the reason of a no is what ReturnArea refuses with.
policy::Decision JudgeReturn(const Lease& lease, Date day);
// Measures the home by the members of `act.on` and proposes to buy the surplus. `before`: the proposal that is made
// anew. Refuses, in this order, with CASE_NOT_MOVED_IN and NO_SURPLUS.
absl::StatusOr<Lease> ProposeLease(const std::optional<Lease>& before, const std::string& key, const Case& relocation,
                                   const Unit& unit, const LeaseTerms& terms, const Act& act);
// Agrees to what was approved. Refuses with LEASE_NOT_PROPOSED.
absl::StatusOr<Booked<Lease>> AgreeLease(const Lease& before, const Act& act);
// Decides the step at which a proposed lease is, which is agreed after the last one; what is rejected or withdrawn can
// be proposed anew. Refuses, in this order, with LEASE_NOT_PROPOSED, as approval::Rule does, and an approval with
// SURPLUS_CHANGED (the household is not what it was when it was proposed).
absl::StatusOr<Booked<Lease>> DecideLease(const Lease& before, const feed::HouseholdFact& household,
                                          const approval::Flow& flow, const approval::Ruling& ruling, const Act& act);
// Refuses, in this order, with LEASE_NOT_AGREED and LEASE_PAID.
absl::StatusOr<Booked<Lease>> PayLease(const Lease& before, const BankPayment& payment, const Act& act);
// The household pays for what is no longer surplus. Refuses, in this order, as CheckPayment does and with
// LEASE_NOT_PAID, NOTHING_TO_RETURN and AMOUNT_DIFFERS.
absl::StatusOr<Booked<Lease>> ReturnArea(const Lease& before, const HouseholdPayment& payment, const Act& act);
// Measures anew what is leased, as the household is today. One that is closed stays so.
Lease Remeasure(const Lease& before, const feed::HouseholdFact& household, Date today);
// Refuses as FindReversible does.
absl::StatusOr<Booked<Lease>> ReverseLeasePosting(const Lease& before, int32_t posting_no, const std::string& reason,
                                                  const feed::HouseholdFact& household, const Act& act);

// Use cases.
absl::StatusOr<LeaseTerms> LeaseTermsOn(roots::Session& session, const Unit& unit, Date day);
// ProposeLease refuses with UNIT_NOT_ALLOTTED, LEASE_OPEN (one was agreed and is not closed) and as its
// rule.
absl::StatusOr<Lease> ProposeLease(roots::Session& session, const Case& relocation, const Act& act);
absl::StatusOr<Lease> DecideLease(roots::Session& session, const Lease& before, const approval::Ruling& ruling,
                                  const Act& act);
// Refuses as its rule does, and with LEASE_OPEN when the case has another one by now.
absl::StatusOr<Lease> ReverseLeasePosting(roots::Session& session, const Lease& before, const ReversalRequest& request,
                                          const Act& act);
// Refuses with LEASE_NOT_FOUND.
absl::StatusOr<Lease> FindLease(roots::Session& session, const std::string& id);
// The household of a lease, as its case has it.
absl::StatusOr<feed::HouseholdFact> HouseholdOf(roots::Session& session, const std::string& case_key);
// The registry tells of a household anew: its leases are measured anew.
absl::Status FollowLeases(roots::Session& session, const feed::HouseholdFact& household);

}  // namespace anju::relocation
