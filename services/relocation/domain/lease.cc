#include "services/relocation/domain/lease.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/funds.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using feed::HouseholdFact;
using ledger::Journal;

constexpr absl::string_view kHousehold = "household";

// What the acts post; `at` is the lease before the act.
Journal JournalOf(const Lease& at, const Posting& posting) {
  Journal journal{.division = at.division, .on = posting.on, .reason = ReasonOfAct(posting.act)};
  const int64_t amount = posting.amount_fen;
  switch (posting.act) {
    case FundsAct::kAgreeLease:
      Enter(kAreasBought, at.case_key, amount, journal);
      Enter(kAreasPayable, at.case_key, -amount, journal);
      break;
    case FundsAct::kPayLease:
      Enter(kAreasPayable, at.case_key, amount, journal);
      Enter(kFund, "", -amount, journal);
      break;
    default:
      ANJU_CHECK(posting.act == FundsAct::kReturnArea);
      Enter(kFund, "", amount, journal);
      Enter(kAreasBought, at.case_key, -amount, journal);
  }
  return journal;
}

Booked<Lease> Take(const Lease& at, Lease after, Posting posting) {
  Journal journal = JournalOf(at, posting);
  return Book(std::move(after), std::move(posting), std::move(journal));
}

absl::Status CheckSurplus(const Case& relocation, int64_t persons, int64_t surplus_centi_sqm) {
  if (!relocation.steps.moved_in_on.has_value()) {
    return Refuse(kFailedPrecondition, "CASE_NOT_MOVED_IN",
                  "a surplus is bought of a household that lives in its home");
  }
  if (surplus_centi_sqm > 0) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NO_SURPLUS",
                absl::StrCat("a household of ", persons, " may have all of its home"));
}

absl::Status CheckProposed(const Lease& lease) {
  if (lease.state == LeaseState::kProposed) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "LEASE_NOT_PROPOSED", "only a lease that is proposed and no more is agreed");
}

// Whether there is anything that the household can take back.
absl::Status CheckReturnable(const Lease& lease) {
  if (!lease.paid_on.has_value()) {
    return Refuse(kFailedPrecondition, "LEASE_NOT_PAID", "the area was never paid for: have the agreement reversed");
  }
  if (lease.leased_centi_sqm < lease.owned_centi_sqm) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NOTHING_TO_RETURN", "all that was bought is surplus still");
}

// What was paid for what is no longer surplus.
int64_t ReturnPrice(const Lease& lease) {
  return PriceOfArea(lease.owned_centi_sqm, lease.price_fen_per_sqm) -
         PriceOfArea(lease.leased_centi_sqm, lease.price_fen_per_sqm);
}

int64_t SurplusOn(const Lease& lease, const HouseholdFact& household, Date day) {
  return Surplus(lease.unit_area_centi_sqm, lease.area_per_person_centi_sqm, household.PersonsOn(day));
}

}  // namespace

std::vector<roots::Name> Names(const Lease& lease) {
  if (lease.Closed()) return {};
  return {{.kind = std::string(kOpenLease), .name = lease.case_key}};
}

std::vector<roots::Name> Links(const Lease& lease) {
  return {{.kind = std::string(kHousehold), .name = lease.household_id},
          {.kind = std::string(kLeasesOfCase), .name = lease.case_key}};
}

ledger::Balances Balances(const Lease& lease) {
  ledger::Balances balances;
  if (!lease.agreed_on.has_value()) return balances;
  const int64_t paid = lease.paid_on.has_value() ? lease.amount_fen : 0;
  ledger::Add(kAreasBought, lease.case_key, lease.amount_fen - lease.returned_fen, balances);
  ledger::Add(kAreasPayable, lease.case_key, paid - lease.amount_fen, balances);
  ledger::Add(kFund, "", lease.returned_fen - paid, balances);
  return balances;
}

int64_t Surplus(int64_t area_centi_sqm, int64_t area_per_person_centi_sqm, int64_t persons) {
  return std::max<int64_t>(0, area_centi_sqm - area_per_person_centi_sqm * persons);
}

int64_t PriceOfArea(int64_t area_centi_sqm, int64_t price_fen_per_sqm) {
  return (area_centi_sqm * price_fen_per_sqm + 50) / 100;
}

policy::Decision JudgeSurplus(const Case& relocation, const Unit& unit, const LeaseTerms& terms, Date day) {
  const int64_t persons = relocation.household.PersonsOn(day);
  const int64_t surplus = Surplus(unit.area_centi_sqm, terms.area_per_person_centi_sqm, persons);
  policy::Decision decision = policy::Judged(kSurplusBought, CheckSurplus(relocation, persons, surplus));
  decision.subject = unit.key;
  if (decision.verdict == policy::Verdict::kYes) {
    decision.amount_fen = PriceOfArea(surplus, terms.price_fen_per_sqm);
  }
  decision.decided_on = day;
  decision.inputs = {{"persons", absl::StrCat(persons)},
                     {"unit_area_centi_sqm", absl::StrCat(unit.area_centi_sqm)},
                     {"surplus_centi_sqm", absl::StrCat(surplus)}};
  decision.used = terms.used;
  return decision;
}

policy::Decision JudgeReturn(const Lease& lease, Date day) {
  policy::Decision decision = policy::Judged(kSurplusReturned, CheckReturnable(lease));
  if (decision.verdict == policy::Verdict::kYes) decision.amount_fen = ReturnPrice(lease);
  decision.decided_on = day;
  decision.inputs = {{"owned_centi_sqm", absl::StrCat(lease.owned_centi_sqm)},
                     {"leased_centi_sqm", absl::StrCat(lease.leased_centi_sqm)},
                     {"bought_at_fen_per_sqm", absl::StrCat(lease.price_fen_per_sqm)}};
  policy::AddUsed(lease.decisions, kSurplusBought, decision.used);
  return decision;
}

absl::StatusOr<Lease> ProposeLease(const std::optional<Lease>& before, const std::string& key, const Case& relocation,
                                   const Unit& unit, const LeaseTerms& terms, const Act& act) {
  const int64_t persons = relocation.household.PersonsOn(act.on);
  const int64_t surplus = Surplus(unit.area_centi_sqm, terms.area_per_person_centi_sqm, persons);
  RETURN_IF_ERROR(CheckSurplus(relocation, persons, surplus));
  Lease after{.id = before.has_value() ? before->id : "",
              .key = key,
              .case_key = relocation.key,
              .household_id = relocation.household_id,
              .division = relocation.Division(),
              .state = LeaseState::kProposed,
              .unit_key = unit.key,
              .unit_area_centi_sqm = unit.area_centi_sqm,
              .area_per_person_centi_sqm = terms.area_per_person_centi_sqm,
              .persons = persons,
              .bought_centi_sqm = surplus,
              .price_fen_per_sqm = terms.price_fen_per_sqm,
              .amount_fen = PriceOfArea(surplus, terms.price_fen_per_sqm),
              .proposed_by = act.by,
              .proposed_on = act.on,
              .postings = before.has_value() ? before->postings : std::vector<Posting>(),
              .approvals = before.has_value() ? before->approvals : std::vector<approval::Item>(),
              .decisions = before.has_value() ? before->decisions : std::vector<policy::Decision>()};
  policy::Keep(after.decisions, JudgeSurplus(relocation, unit, terms, act.on));
  return after;
}

absl::StatusOr<Booked<Lease>> AgreeLease(const Lease& before, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  RETURN_IF_ERROR(CheckProposed(before));
  Lease after = before;
  after.state = LeaseState::kAgreed;
  after.agreed_by = act.by;
  after.agreed_on = act.on;
  after.owned_centi_sqm = after.leased_centi_sqm = before.bought_centi_sqm;
  return Take(before, std::move(after),
              {.act = FundsAct::kAgreeLease, .amount_fen = before.amount_fen, .on = act.on, .by = act.by});
}

absl::StatusOr<Booked<Lease>> DecideLease(const Lease& before, const HouseholdFact& household,
                                          const approval::Flow& flow, const approval::Ruling& ruling, const Act& act) {
  RETURN_IF_ERROR(CheckProposed(before));
  Lease after = before;
  ASSIGN_OR_RETURN(after.approvals,
                   approval::Rule(before.approvals, flow,
                                  {.amount_fen = before.amount_fen, .authors = {before.proposed_by}}, ruling, act));
  if (ruling.verdict == approval::Verdict::kApprove &&
      SurplusOn(before, household, act.on) != before.bought_centi_sqm) {
    return Refuse(kFailedPrecondition, "SURPLUS_CHANGED", "the household is not what it was: propose the lease anew");
  }
  if (approval::IsApproved(after.approvals)) return AgreeLease(after, act);
  return Booked<Lease>{.after = std::move(after)};
}

absl::StatusOr<Booked<Lease>> PayLease(const Lease& before, const BankPayment& payment, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  if (!before.agreed_on.has_value()) {
    return Refuse(kFailedPrecondition, "LEASE_NOT_AGREED", "only what was agreed is paid");
  }
  if (before.paid_on.has_value()) return Refuse(kFailedPrecondition, "LEASE_PAID", "the area is paid for already");
  Lease after = before;
  after.paid_on = payment.paid_on;
  return Take(before, std::move(after),
              {.act = FundsAct::kPayLease,
               .amount_fen = before.amount_fen,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference});
}

absl::StatusOr<Booked<Lease>> ReturnArea(const Lease& before, const HouseholdPayment& payment, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckPayment(payment));
  RETURN_IF_ERROR(CheckReturnable(before));
  const int64_t price = ReturnPrice(before);
  if (payment.amount_fen != price) {
    return Refuse(kFailedPrecondition, "AMOUNT_DIFFERS",
                  absl::StrCat("the area goes back for what was paid for it, ", price, " fen"), "amount_fen");
  }
  policy::Decision decision = JudgeReturn(before, payment.paid_on);
  decision.subject = absl::StrCat(before.postings.size() + 1);
  Lease after = before;
  after.owned_centi_sqm = before.leased_centi_sqm;
  after.returned_fen += price;
  policy::Keep(after.decisions, std::move(decision));
  return Take(before, std::move(after),
              {.act = FundsAct::kReturnArea,
               .amount_fen = price,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference,
               .source = payment.source,
               .area_centi_sqm = before.owned_centi_sqm - before.leased_centi_sqm});
}

Lease Remeasure(const Lease& before, const HouseholdFact& household, Date today) {
  if (!before.agreed_on.has_value() || before.Closed()) return before;
  // The days on which somebody came, because only then can it end.
  std::set<Date> days = {today};
  for (const feed::PersonFact& person : household.persons) {
    if (person.joined_on > *before.agreed_on && person.joined_on < today) days.insert(person.joined_on);
  }
  const auto end =
      std::find_if(days.begin(), days.end(), [&](Date day) { return SurplusOn(before, household, day) == 0; });
  Lease after = before;
  after.state = end == days.end() ? LeaseState::kAgreed : LeaseState::kEnded;
  after.ended_on = end == days.end() ? std::nullopt : std::optional(*end);
  after.leased_centi_sqm =
      end == days.end() ? std::min(before.owned_centi_sqm, SurplusOn(before, household, today)) : 0;
  return after;
}

absl::StatusOr<Booked<Lease>> ReverseLeasePosting(const Lease& before, int32_t posting_no, const std::string& reason,
                                                  const HouseholdFact& household, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  ASSIGN_OR_RETURN(const Posting* posting, FindReversible(before.postings, posting_no, act));
  Lease after = before;
  switch (posting->act) {
    case FundsAct::kAgreeLease:
      after.state = LeaseState::kProposed;
      after.agreed_by.clear();
      after.agreed_on.reset();
      after.ended_on.reset();
      after.owned_centi_sqm = after.leased_centi_sqm = 0;
      break;
    case FundsAct::kPayLease:
      after.paid_on.reset();
      break;
    default:
      after.owned_centi_sqm += posting->area_centi_sqm;
      after.returned_fen -= posting->amount_fen;
  }
  after = Remeasure(after, household, act.on);
  return BookReversal(std::move(after), posting_no, JournalOf(before, *posting), reason, act);
}

absl::StatusOr<LeaseTerms> LeaseTermsOn(roots::Session& session, const Unit& unit, Date day) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, unit.site_location));
  const policy::InForce policy = PolicyOn(*books, day);
  return LeaseTerms{.area_per_person_centi_sqm = policy[kAreaPerPerson],
                    .price_fen_per_sqm = policy[kBuyBackPrice],
                    .used = policy.Use({kAreaPerPerson, kBuyBackPrice})};
}

absl::StatusOr<Lease> ProposeLease(roots::Session& session, const Case& relocation, const Act& act) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(session, relocation));
  ASSIGN_OR_RETURN(const std::optional<Lease> open, session.FindNamed<Lease>(kOpenLease, relocation.key));
  if (open.has_value() && open->state != LeaseState::kProposed) {
    return Refuse(kFailedPrecondition, "LEASE_OPEN",
                  "the household leases a surplus already, or has not taken back what is none any more");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> leases, session.LinkedIds(kLeasesOfCase, relocation.key));
  const std::string key = open.has_value() ? open->key : absl::StrCat(relocation.key, "/", leases.size() + 1);
  ASSIGN_OR_RETURN(const LeaseTerms terms, LeaseTermsOn(session, unit, act.on));
  ASSIGN_OR_RETURN(Lease lease, ProposeLease(open, key, relocation, unit, terms, act));
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalLeaseFlow(), lease.Division(), act.on));
  ASSIGN_OR_RETURN(lease.approvals, approval::Propose(std::move(lease.approvals), flow, lease.amount_fen, act));
  session.Put(lease);
  return lease;
}

absl::StatusOr<Lease> DecideLease(roots::Session& session, const Lease& before, const approval::Ruling& ruling,
                                  const Act& act) {
  ASSIGN_OR_RETURN(const HouseholdFact household, HouseholdOf(session, before.case_key));
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalLeaseFlow(), before.Division(), act.on));
  ASSIGN_OR_RETURN(Booked<Lease> booked, DecideLease(before, household, flow, ruling, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Lease> ReverseLeasePosting(roots::Session& session, const Lease& before, const ReversalRequest& request,
                                          const Act& act) {
  ASSIGN_OR_RETURN(const HouseholdFact household, HouseholdOf(session, before.case_key));
  ASSIGN_OR_RETURN(Booked<Lease> booked,
                   ReverseLeasePosting(before, request.posting_no, request.reason, household, act));
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kOpenLease, before.case_key));
  if (!holder.empty() && holder != before.id) {
    return Refuse(kFailedPrecondition, "LEASE_OPEN", "the household has another lease by now");
  }
  return Keep(session, std::move(booked));
}

absl::StatusOr<Lease> FindLease(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Lease> found, session.Get<Lease>(id));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "LEASE_NOT_FOUND", "there is no lease with this id", "id");
}

absl::StatusOr<HouseholdFact> HouseholdOf(roots::Session& session, const std::string& case_key) {
  ASSIGN_OR_RETURN(const Case relocation, FindCaseNamed(session, case_key));
  return relocation.household;
}

absl::Status FollowLeases(roots::Session& session, const HouseholdFact& household) {
  const Date today = DayInChina(session.now());
  return session.AdjustLinked<Lease>(kHousehold, household.id,
                                     [&](Lease& lease) { lease = Remeasure(lease, household, today); });
}

}  // namespace anju::relocation
