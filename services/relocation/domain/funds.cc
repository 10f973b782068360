#include "services/relocation/domain/funds.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using ledger::Journal;

constexpr absl::string_view kHousehold = "household";

absl::Status CheckNotEnded(const Case& relocation) {
  if (!relocation.steps.EndedOn().has_value()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "CASE_ENDED", "the case was withdrawn or rejected");
}

absl::Status CheckMovedIn(const Case& relocation) {
  if (relocation.steps.moved_in_on.has_value()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "CASE_NOT_MOVED_IN", "the title is for a household that has moved in");
}

absl::Status CheckNotSettled(const Settlement& settlement) {
  if (!settlement.title.settled_on.has_value()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "TITLE_SETTLED", "the title is settled already");
}

// The price is that of the first payment. Refuses with UNIT_CHANGED.
absl::Status CheckSameUnit(const Settlement& settlement, const Unit& unit) {
  if (settlement.title.unit_key.empty() || settlement.title.unit_key == unit.key) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "UNIT_CHANGED",
                "the household has paid for another home: have those payments reversed first");
}

absl::Status CheckProposed(const Settlement& settlement) {
  if (settlement.subsidy.state == SubsidyState::kProposed) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "SUBSIDY_NOT_PROPOSED", "only a subsidy that is proposed and no more is granted");
}

absl::Status CheckSubsidyPaid(const Settlement& settlement) {
  const SubsidyState state = settlement.subsidy.state;
  if (state == SubsidyState::kUnspecified || state == SubsidyState::kPaid) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "SUBSIDY_NOT_PAID", "pay the household's subsidy to the contractor first");
}

// What a household has begun to pay is not made cheaper by another subsidy.
absl::Status CheckTitleNotBegun(const Settlement& settlement) {
  if (settlement.title_paid_fen == 0 && !settlement.title.settled_on.has_value()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "TITLE_BEGUN",
                "the household has paid for its title already: have that reversed first");
}

absl::Status CheckCustody(const Settlement& settlement) {
  if (settlement.deposit_fen > 0) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NO_DEPOSIT", "there is no deposit of this household in custody");
}

absl::Status CheckNotWithheld(const Settlement& settlement) {
  if (!settlement.deposit_withheld) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "DEPOSIT_WITHHELD",
                "the deposit is withheld: record that the old house is gone and release it first");
}

absl::Status CheckDeposit(const Settlement& settlement, const Case& relocation, int64_t amount_fen,
                          const FundsTerms& terms) {
  RETURN_IF_ERROR(CheckNotEnded(relocation));
  RETURN_IF_ERROR(CheckNotSettled(settlement));
  RETURN_IF_ERROR(CheckNotWithheld(settlement));
  if (amount_fen <= terms.deposit_fen - settlement.deposit_fen) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "DEPOSIT_TOO_LARGE",
                absl::StrCat("a deposit is ", anju::Yuan(terms.deposit_fen), ", of which ",
                             anju::Yuan(settlement.deposit_fen), " are there"),
                "amount_fen");
}

absl::Status CheckOverdue(const Settlement& settlement, int64_t days_overdue) {
  RETURN_IF_ERROR(CheckCustody(settlement));
  RETURN_IF_ERROR(CheckNotWithheld(settlement));
  if (days_overdue >= 1) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "OLD_HOUSE_NOT_OVERDUE", "the old house is gone, or may still stand");
}

// Nothing is proposed any more: what was a yes is a no.
void Drop(Date on, Settlement& after) {
  after.subsidy = {};
  for (policy::Decision& decision : after.decisions) {
    if (decision.rule != kPersonalSubsidy) continue;
    decision.verdict = policy::Verdict::kNo;
    decision.amount_fen = 0;
    decision.reason = "SUBSIDY_DROPPED";
    decision.decided_on = on;
  }
}

// Which of the postings of a settlement the next one is.
std::string NextPosting(const Settlement& settlement) { return absl::StrCat(settlement.postings.size() + 1); }

// What the acts post. `at` is the settlement before the act; of PaySubsidy and SettleTitle, the part that the act fills
// in is filled in already.
Journal JournalOf(const Settlement& at, const Posting& posting) {
  Journal journal{.division = at.division, .on = posting.on, .reason = ReasonOfAct(posting.act)};
  const std::string& party = at.key;
  const int64_t amount = posting.amount_fen;
  switch (posting.act) {
    case FundsAct::kGrantSubsidy:
      Enter(kSubsidies, party, amount, journal);
      Enter(kSubsidiesPayable, party, -amount, journal);
      break;
    case FundsAct::kPaySubsidy:
      Enter(kSubsidiesPayable, party, amount, journal);
      Enter(kFund, "", -amount, journal);
      Enter(kContractor, at.subsidy.site_key, amount, journal);
      Enter(kHomeCredit, party, -amount, journal);
      break;
    case FundsAct::kReceiveDeposit:
      Enter(kFund, "", amount, journal);
      Enter(kDeposits, party, -amount, journal);
      break;
    case FundsAct::kWithholdDeposit:
      Enter(kDeposits, party, amount, journal);
      Enter(kDepositsWithheld, party, -amount, journal);
      break;
    case FundsAct::kReleaseDeposit:
      Enter(kDepositsWithheld, party, amount, journal);
      Enter(kDeposits, party, -amount, journal);
      break;
    case FundsAct::kReturnDeposit:
      Enter(kDeposits, party, amount, journal);
      Enter(kFund, "", -amount, journal);
      break;
    case FundsAct::kPayTitle:
      Enter(kFund, "", amount, journal);
      Enter(kHomeCredit, party, -amount, journal);
      break;
    default: {
      ANJU_CHECK(posting.act == FundsAct::kSettleTitle);
      const int64_t paid = at.subsidy.state == SubsidyState::kPaid ? at.subsidy.amount_fen : 0;
      Enter(kHomeCredit, party, paid + at.title_paid_fen, journal);
      Enter(kDeposits, party, at.title.deposit_used_fen, journal);
      Enter(kHomesSettled, at.title.site_key, -at.title.cost_price_fen, journal);
      Enter(kSubsidies, party, at.title.subsidy_used_fen - paid, journal);
    }
  }
  return journal;
}

// Takes the act down and posts it. `after` is what the act makes of the settlement.
Booked<Settlement> Take(const Settlement& at, Settlement after, Posting posting) {
  posting.deposit_change_fen = after.deposit_fen - at.deposit_fen;
  Journal journal = JournalOf(at, posting);
  return Book(std::move(after), std::move(posting), std::move(journal));
}

std::string Yuan(int64_t fen) { return absl::StrFormat("%d.%02d元", fen / 100, fen % 100); }

// What the settlement was before its last posting that stands.
Settlement Undone(const Settlement& after, const Posting& posting) {
  Settlement before = after;
  switch (posting.act) {
    case FundsAct::kGrantSubsidy:
      before.subsidy.state = SubsidyState::kProposed;
      before.subsidy.granted_by.clear();
      before.subsidy.granted_on.reset();
      break;
    case FundsAct::kPaySubsidy:
      before.subsidy.state = SubsidyState::kGranted;
      before.subsidy.site_key.clear();
      before.subsidy.paid_on.reset();
      break;
    case FundsAct::kWithholdDeposit:
      before.deposit_withheld = false;
      break;
    case FundsAct::kReleaseDeposit:
      before.deposit_withheld = true;
      break;
    case FundsAct::kPayTitle:
      before.title_paid_fen -= posting.amount_fen;
      break;
    case FundsAct::kSettleTitle:
      before.title.settled_on.reset();
      before.title.subsidy_used_fen = before.title.deposit_used_fen = 0;
      break;
    default:
      ANJU_CHECK(posting.act == FundsAct::kReceiveDeposit || posting.act == FundsAct::kReturnDeposit);
  }
  if (before.title_paid_fen == 0 && !before.title.settled_on.has_value()) before.title = {};
  before.deposit_fen -= posting.deposit_change_fen;
  return before;
}

}  // namespace

std::vector<roots::Name> Links(const Settlement& settlement) {
  return {{.kind = std::string(kHousehold), .name = settlement.household_id}};
}

ledger::Balances Balances(const Settlement& settlement) {
  const PersonalSubsidy& subsidy = settlement.subsidy;
  const TitleSettlement& title = settlement.title;
  const bool settled = title.settled_on.has_value();
  const int64_t granted = subsidy.state >= SubsidyState::kGranted ? subsidy.amount_fen : 0;
  const int64_t paid = subsidy.state == SubsidyState::kPaid ? subsidy.amount_fen : 0;
  const std::string& party = settlement.key;
  ledger::Balances balances;
  ledger::Add(kFund, "", settlement.deposit_fen + title.deposit_used_fen + settlement.title_paid_fen - paid, balances);
  ledger::Add(kContractor, subsidy.site_key, paid, balances);
  ledger::Add(kHomesSettled, title.site_key, settled ? -title.cost_price_fen : 0, balances);
  ledger::Add(kSubsidies, party, settled ? title.subsidy_used_fen : granted, balances);
  ledger::Add(kSubsidiesPayable, party, paid - granted, balances);
  ledger::Add(kHomeCredit, party, settled ? 0 : -paid - settlement.title_paid_fen, balances);
  ledger::Add(settlement.deposit_withheld ? kDepositsWithheld : kDeposits, party, -settlement.deposit_fen, balances);
  return balances;
}

Settlement Open(const Case& relocation) {
  return {.key = relocation.key,
          .case_id = relocation.id,
          .household_id = relocation.household_id,
          .division = relocation.Division()};
}

policy::Decision JudgeDeposit(const Settlement& settlement, const Case& relocation, int64_t amount_fen,
                              const FundsTerms& terms, Date day) {
  policy::Decision decision = policy::Judged(kDepositPaid, CheckDeposit(settlement, relocation, amount_fen, terms));
  if (decision.verdict == policy::Verdict::kYes) decision.amount_fen = amount_fen;
  decision.decided_on = day;
  decision.inputs = {{"amount_fen", absl::StrCat(amount_fen)},
                     {"in_custody_fen", absl::StrCat(settlement.deposit_fen)}};
  decision.used = terms.deposit_used;
  return decision;
}

policy::Decision JudgeWithholding(const Settlement& settlement, int64_t days_overdue, Date day) {
  policy::Decision decision = policy::Judged(kDepositWithheld, CheckOverdue(settlement, days_overdue));
  if (decision.verdict == policy::Verdict::kYes) decision.amount_fen = settlement.deposit_fen;
  decision.decided_on = day;
  decision.inputs = {{"days_overdue", absl::StrCat(days_overdue)},
                     {"in_custody_fen", absl::StrCat(settlement.deposit_fen)}};
  return decision;
}

policy::Decision JudgeTitle(const Settlement& settlement, const Unit& unit, Date day) {
  const absl::StatusOr<TitleQuote> quote = QuoteTitle(settlement, unit);
  policy::Decision decision = policy::Judged(kTitlePrice, quote.status());
  decision.subject = unit.key;
  decision.decided_on = day;
  if (quote.ok()) {
    decision.amount_fen = quote->price_fen;
    decision.inputs = {
        {"cost_price_fen", absl::StrCat(quote->cost_price_fen)},     {"subsidy_fen", absl::StrCat(quote->subsidy_fen)},
        {"subsidy_used_fen", absl::StrCat(quote->subsidy_used_fen)}, {"deposit_fen", absl::StrCat(quote->deposit_fen)},
        {"deposit_used_fen", absl::StrCat(quote->deposit_used_fen)}, {"paid_fen", absl::StrCat(quote->paid_fen)}};
  }
  if (settlement.subsidy.state >= SubsidyState::kGranted) {
    policy::AddUsed(settlement.decisions, kPersonalSubsidy, decision.used);
  }
  policy::AddUsed(settlement.decisions, kDepositPaid, decision.used);
  return decision;
}

absl::StatusOr<Date> SubsidyDay(const Case& relocation) {
  const std::optional<Date>& day =
      relocation.steps.allotted_on.has_value() ? relocation.steps.allotted_on : relocation.steps.approved_on;
  if (day.has_value()) return *day;
  return Refuse(kFailedPrecondition, "CASE_NOT_APPROVED", "only a household that is approved to move gets a subsidy");
}

absl::StatusOr<Settlement> ProposeSubsidy(const Settlement& before, const Case& relocation, const FundsTerms& terms,
                                          const Act& act) {
  RETURN_IF_ERROR(CheckNotEnded(relocation));
  ASSIGN_OR_RETURN(const Date day, SubsidyDay(relocation));
  if (before.subsidy.state >= SubsidyState::kGranted) {
    return Refuse(kFailedPrecondition, "SUBSIDY_GRANTED", "the subsidy is granted already: have that reversed first");
  }
  RETURN_IF_ERROR(CheckTitleNotBegun(before));
  const int64_t persons = relocation.household.PersonsOn(day);
  if (persons < 1) {
    return Refuse(kFailedPrecondition, "NO_PERSONS", "the registry knows no members of the household on that day");
  }
  Settlement after = before;
  after.subsidy = {.state = SubsidyState::kProposed,
                   .persons = persons,
                   .counted_on = day,
                   .per_person_fen = terms.subsidy_per_person_fen,
                   .amount_fen = persons * terms.subsidy_per_person_fen,
                   .proposed_by = act.by,
                   .proposed_on = act.on};
  policy::Keep(after.decisions, {.rule = std::string(kPersonalSubsidy),
                                 .verdict = policy::Verdict::kYes,
                                 .amount_fen = after.subsidy.amount_fen,
                                 .decided_on = act.on,
                                 .inputs = {{"persons", absl::StrCat(persons)}, {"counted_on", Format(day)}},
                                 .used = terms.used});
  return after;
}

absl::StatusOr<Booked<Settlement>> GrantSubsidy(const Settlement& before, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  RETURN_IF_ERROR(CheckProposed(before));
  RETURN_IF_ERROR(CheckTitleNotBegun(before));
  Settlement after = before;
  after.subsidy.state = SubsidyState::kGranted;
  after.subsidy.granted_by = act.by;
  after.subsidy.granted_on = act.on;
  return Take(before, std::move(after),
              {.act = FundsAct::kGrantSubsidy, .amount_fen = before.subsidy.amount_fen, .on = act.on, .by = act.by});
}

absl::StatusOr<Booked<Settlement>> DecideSubsidy(const Settlement& before, const approval::Flow& flow,
                                                 const approval::Ruling& ruling, const Act& act) {
  RETURN_IF_ERROR(CheckProposed(before));
  if (ruling.verdict == approval::Verdict::kApprove) RETURN_IF_ERROR(CheckTitleNotBegun(before));
  Settlement after = before;
  ASSIGN_OR_RETURN(
      after.approvals,
      approval::Rule(before.approvals, flow,
                     {.amount_fen = before.subsidy.amount_fen, .authors = {before.subsidy.proposed_by}}, ruling, act));
  if (approval::IsApproved(after.approvals)) return GrantSubsidy(after, act);
  if (approval::IsDropped(after.approvals)) Drop(act.on, after);
  return Booked<Settlement>{.after = std::move(after)};
}

absl::StatusOr<Booked<Settlement>> PaySubsidy(const Settlement& before, const Case& relocation,
                                              const std::string& bank_reference, Date paid_on, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, paid_on, act, "paid_on"));
  if (before.subsidy.state != SubsidyState::kGranted) {
    return Refuse(kFailedPrecondition, "SUBSIDY_NOT_GRANTED",
                  "only a subsidy that is granted and not paid yet is paid");
  }
  RETURN_IF_ERROR(CheckNotEnded(relocation));
  RETURN_IF_ERROR(SubsidyDay(relocation).status());
  if (relocation.site_key.empty()) {
    return Refuse(kFailedPrecondition, "SITE_UNKNOWN",
                  "the subsidy is paid to the contractor of a site: allot a unit to the household first");
  }
  Settlement at = before;
  at.subsidy.site_key = relocation.site_key;
  Settlement after = at;
  after.subsidy.state = SubsidyState::kPaid;
  after.subsidy.paid_on = paid_on;
  return Take(at, std::move(after),
              {.act = FundsAct::kPaySubsidy,
               .amount_fen = before.subsidy.amount_fen,
               .on = paid_on,
               .by = act.by,
               .bank_reference = bank_reference});
}

absl::StatusOr<Booked<Settlement>> ReceiveDeposit(const Settlement& before, const Case& relocation,
                                                  const HouseholdPayment& payment, const FundsTerms& terms,
                                                  const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckPayment(payment));
  RETURN_IF_ERROR(CheckDeposit(before, relocation, payment.amount_fen, terms));
  policy::Decision decision = JudgeDeposit(before, relocation, payment.amount_fen, terms, payment.paid_on);
  decision.subject = NextPosting(before);
  Settlement after = before;
  after.deposit_fen += payment.amount_fen;
  policy::Keep(after.decisions, std::move(decision));
  return Take(before, std::move(after),
              {.act = FundsAct::kReceiveDeposit,
               .amount_fen = payment.amount_fen,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference,
               .source = payment.source});
}

absl::StatusOr<Booked<Settlement>> WithholdDeposit(const Settlement& before, int64_t days_overdue, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  RETURN_IF_ERROR(CheckOverdue(before, days_overdue));
  policy::Decision decision = JudgeWithholding(before, days_overdue, act.on);
  decision.subject = NextPosting(before);
  Settlement after = before;
  after.deposit_withheld = true;
  policy::Keep(after.decisions, std::move(decision));
  return Take(before, std::move(after),
              {.act = FundsAct::kWithholdDeposit, .amount_fen = before.deposit_fen, .on = act.on, .by = act.by});
}

absl::StatusOr<Booked<Settlement>> ReleaseDeposit(const Settlement& before, bool demolished, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  if (!before.deposit_withheld) {
    return Refuse(kFailedPrecondition, "DEPOSIT_NOT_WITHHELD", "the deposit is not withheld");
  }
  if (!demolished) {
    return Refuse(kFailedPrecondition, "OLD_HOUSE_STANDS", "record first that the old house was demolished");
  }
  Settlement after = before;
  after.deposit_withheld = false;
  return Take(before, std::move(after),
              {.act = FundsAct::kReleaseDeposit, .amount_fen = before.deposit_fen, .on = act.on, .by = act.by});
}

absl::StatusOr<Booked<Settlement>> ReturnDeposit(const Settlement& before, const Case& relocation,
                                                 const std::string& bank_reference, Date paid_on, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckCustody(before));
  RETURN_IF_ERROR(CheckNotWithheld(before));
  if (!before.title.settled_on.has_value() && !relocation.steps.EndedOn().has_value()) {
    return Refuse(kFailedPrecondition, "DEPOSIT_STILL_NEEDED",
                  "a deposit goes back when the title is settled, or when the case has ended");
  }
  Settlement after = before;
  after.deposit_fen = 0;
  return Take(before, std::move(after),
              {.act = FundsAct::kReturnDeposit,
               .amount_fen = before.deposit_fen,
               .on = paid_on,
               .by = act.by,
               .bank_reference = bank_reference});
}

absl::StatusOr<TitleQuote> QuoteTitle(const Settlement& settlement, const Unit& unit) {
  const TitleSettlement& title = settlement.title;
  const bool settled = title.settled_on.has_value();
  const int64_t subsidy = settlement.subsidy.state >= SubsidyState::kGranted ? settlement.subsidy.amount_fen : 0;
  TitleQuote quote{.cost_price_fen = title.unit_key.empty() ? unit.cost_price_fen : title.cost_price_fen,
                   .subsidy_fen = subsidy,
                   .deposit_fen = settlement.deposit_fen + title.deposit_used_fen,
                   .paid_fen = settlement.title_paid_fen,
                   .settled = settled};
  if (quote.cost_price_fen < 1) {
    return Refuse(kFailedPrecondition, "COST_PRICE_UNKNOWN", "import the unit with what it cost first");
  }
  quote.subsidy_used_fen = std::min(quote.subsidy_fen, quote.cost_price_fen);
  const int64_t rest = quote.cost_price_fen - quote.subsidy_used_fen;
  quote.deposit_used_fen =
      settled ? title.deposit_used_fen : std::min(quote.deposit_fen, rest - settlement.title_paid_fen);
  quote.price_fen = rest - quote.deposit_used_fen;
  quote.remaining_fen = quote.price_fen - quote.paid_fen;
  quote.subsidy_left_fen = quote.subsidy_fen - quote.subsidy_used_fen;
  quote.deposit_left_fen = settlement.deposit_fen - (settled ? 0 : quote.deposit_used_fen);
  quote.lines = {absl::StrCat("住房成本价：", Yuan(quote.cost_price_fen)),
                 absl::StrCat("减：个人建房补助 ", settlement.subsidy.persons, "人 × ",
                              Yuan(settlement.subsidy.per_person_fen), "，抵扣", Yuan(quote.subsidy_used_fen)),
                 absl::StrCat("减：搬迁保证金抵扣", Yuan(quote.deposit_used_fen)),
                 absl::StrCat("应缴房款：", Yuan(quote.price_fen)),
                 absl::StrCat("已缴房款：", Yuan(quote.paid_fen)),
                 absl::StrCat("尚缴房款：", Yuan(quote.remaining_fen))};
  return quote;
}

absl::StatusOr<Booked<Settlement>> PayTitle(const Settlement& before, const Case& relocation, const Unit& unit,
                                            const HouseholdPayment& payment, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, payment.paid_on, act, "paid_on"));
  RETURN_IF_ERROR(CheckPayment(payment));
  RETURN_IF_ERROR(CheckMovedIn(relocation));
  RETURN_IF_ERROR(CheckNotSettled(before));
  RETURN_IF_ERROR(CheckSameUnit(before, unit));
  RETURN_IF_ERROR(CheckSubsidyPaid(before));
  ASSIGN_OR_RETURN(const TitleQuote quote, QuoteTitle(before, unit));
  if (payment.amount_fen > quote.remaining_fen) {
    return Refuse(kFailedPrecondition, "PRICE_EXCEEDED",
                  absl::StrCat("only ", anju::Yuan(quote.remaining_fen), " of the price are left to pay"),
                  "amount_fen");
  }
  Settlement after = before;
  after.title_paid_fen += payment.amount_fen;
  after.title.unit_key = unit.key;
  after.title.site_key = unit.site_key;
  after.title.cost_price_fen = quote.cost_price_fen;
  policy::Keep(after.decisions, JudgeTitle(after, unit, payment.paid_on));
  return Take(before, std::move(after),
              {.act = FundsAct::kPayTitle,
               .amount_fen = payment.amount_fen,
               .on = payment.paid_on,
               .by = act.by,
               .bank_reference = payment.bank_reference,
               .source = payment.source});
}

absl::StatusOr<Booked<Settlement>> SettleTitle(const Settlement& before, const Case& relocation, const Unit& unit,
                                               Date on, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, on, act, "on"));
  RETURN_IF_ERROR(CheckMovedIn(relocation));
  RETURN_IF_ERROR(CheckNotSettled(before));
  RETURN_IF_ERROR(CheckSameUnit(before, unit));
  RETURN_IF_ERROR(CheckSubsidyPaid(before));
  RETURN_IF_ERROR(CheckNotWithheld(before));
  ASSIGN_OR_RETURN(const TitleQuote quote, QuoteTitle(before, unit));
  if (quote.remaining_fen != 0) {
    return Refuse(
        kFailedPrecondition, "PRICE_NOT_PAID",
        absl::StrCat(quote.remaining_fen, " fen of the price are not paid; QuoteTitle tells how it is made up"));
  }
  Settlement at = before;
  at.title = {.unit_key = unit.key,
              .site_key = unit.site_key,
              .cost_price_fen = quote.cost_price_fen,
              .subsidy_used_fen = quote.subsidy_used_fen,
              .deposit_used_fen = quote.deposit_used_fen};
  Settlement after = at;
  after.title.settled_on = on;
  after.deposit_fen -= quote.deposit_used_fen;
  policy::Keep(after.decisions, JudgeTitle(before, unit, on));
  return Take(at, std::move(after),
              {.act = FundsAct::kSettleTitle, .amount_fen = quote.cost_price_fen, .on = on, .by = act.by});
}

absl::StatusOr<Booked<Settlement>> ReversePosting(const Settlement& before, int32_t posting_no, bool titled,
                                                  const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(CheckPosting(before.postings, act.on, act, ""));
  ASSIGN_OR_RETURN(const Posting* posting, FindReversible(before.postings, posting_no, act));
  if (titled && posting->act == FundsAct::kSettleTitle) {
    return Refuse(kFailedPrecondition, "TITLE_ISSUED", "the title was issued on it: take that step back first");
  }
  Settlement after = Undone(before, *posting);
  // What the act filled in before it posted: PaySubsidy its site, SettleTitle the title.
  Settlement at = after;
  if (posting->act == FundsAct::kPaySubsidy) at.subsidy.site_key = before.subsidy.site_key;
  if (posting->act == FundsAct::kSettleTitle) at.title = before.title;
  return BookReversal(std::move(after), posting_no, JournalOf(at, *posting), reason, act);
}

absl::StatusOr<Settlement> SettlementOf(roots::Session& session, const Case& relocation) {
  ASSIGN_OR_RETURN(std::optional<Settlement> found, session.Find<Settlement>(relocation.key));
  if (found.has_value()) return *std::move(found);
  return Open(relocation);
}

absl::StatusOr<Unit> UnitOf(roots::Session& session, const Case& relocation) {
  ASSIGN_OR_RETURN(std::optional<Unit> unit, session.Find<Unit>(relocation.unit_key));
  if (unit.has_value()) return *std::move(unit);
  return Refuse(kFailedPrecondition, "UNIT_NOT_ALLOTTED", "the household has no unit yet");
}

absl::Status CheckTitleSettled(roots::Session& session, const Case& relocation) {
  ASSIGN_OR_RETURN(const Settlement settlement, SettlementOf(session, relocation));
  if (settlement.title.settled_on.has_value() && settlement.title.unit_key == relocation.unit_key) {
    return absl::OkStatus();
  }
  return Refuse(kFailedPrecondition, "TITLE_NOT_SETTLED",
                "the price of the home is not settled: QuoteTitle tells what is missing, then SettleTitle");
}

}  // namespace anju::relocation
