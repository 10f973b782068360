#include "services/relocation/domain/payments.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/homes.h"
#include "services/relocation/domain/policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// Who enters what an import brings.
Act ImportAct(roots::Session& session, const intake::Batch& batch) {
  return {.by = absl::StrCat("import:", batch.source), .on = DayInChina(session.now())};
}

// Grants and pays what was granted and paid in another system.
absl::StatusOr<Settlement> ImportSubsidy(roots::Session& session, const CaseFunds& funds, const PaymentRecord& record,
                                         const Act& act) {
  if (funds.relocation.KeptHere()) {
    return Refuse(kFailedPrecondition, "CASE_KEPT_HERE",
                  "this case goes its way here: propose its subsidy, and have somebody else grant it", "household_no");
  }
  ASSIGN_OR_RETURN(const Date day, SubsidyDay(funds.relocation));
  ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, funds.relocation, day));
  ASSIGN_OR_RETURN(Settlement proposed, ProposeSubsidy(funds.settlement, funds.relocation, terms, act));
  if (proposed.subsidy.amount_fen != record.amount_fen) {
    return Refuse(kFailedPrecondition, "SUBSIDY_DIFFERS",
                  absl::StrCat("the household had ", proposed.subsidy.persons, " members on ", Format(day),
                               ", which makes ", Yuan(proposed.subsidy.amount_fen)),
                  "amount_fen");
  }
  // Who proposed and who granted it there is not known here; it counts as granted on the day on which it was paid.
  proposed.subsidy.proposed_by.clear();
  proposed.subsidy.proposed_on.reset();
  RETURN_IF_ERROR(intake::InOrder(record.paid_on, act.on, "paid_on"));
  ASSIGN_OR_RETURN(Booked<Settlement> granted, GrantSubsidy(proposed, {.by = act.by, .on = record.paid_on}));
  ASSIGN_OR_RETURN(const Settlement kept, Keep(session, std::move(granted)));
  ASSIGN_OR_RETURN(Booked<Settlement> paid,
                   PaySubsidy(kept, funds.relocation, record.bank_reference, record.paid_on, act));
  paid.after.postings.back().record = record.payment_no;
  return Keep(session, std::move(paid));
}

// The act of a row that posts once.
absl::StatusOr<Booked<Settlement>> Take(roots::Session& session, const CaseFunds& funds, const PaymentRecord& record,
                                        const Act& act) {
  const HouseholdPayment payment{.amount_fen = record.amount_fen,
                                 .source = record.source,
                                 .bank_reference = record.bank_reference,
                                 .paid_on = record.paid_on};
  const bool pays = record.act == FundsAct::kReceiveDeposit || record.act == FundsAct::kPayTitle;
  if (pays && record.source == MoneySource::kUnspecified) {
    return Refuse(kInvalidArgument, "FIELD_MISSING", "say where the household has its money from", "source");
  }
  if (record.act == FundsAct::kReceiveDeposit) {
    ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, funds.relocation, record.paid_on));
    return ReceiveDeposit(funds.settlement, funds.relocation, payment, terms, act);
  }
  if (record.act == FundsAct::kReturnDeposit) {
    return ReturnDeposit(funds.settlement, funds.relocation, record.bank_reference, record.paid_on, act);
  }
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(session, funds.relocation));
  if (record.act == FundsAct::kPayTitle) return PayTitle(funds.settlement, funds.relocation, unit, payment, act);
  return SettleTitle(funds.settlement, funds.relocation, unit, record.paid_on, act);
}

bool IsImported(FundsAct act) {
  return act == FundsAct::kPaySubsidy || act == FundsAct::kReceiveDeposit || act == FundsAct::kReturnDeposit ||
         act == FundsAct::kPayTitle || act == FundsAct::kSettleTitle;
}

// What is not computed must be what the row says.
bool SameAs(const Posting& posting, const PaymentRecord& record) {
  const bool computed = record.act == FundsAct::kReturnDeposit || record.act == FundsAct::kSettleTitle;
  return posting.act == record.act && posting.on == record.paid_on &&
         (computed || posting.amount_fen == record.amount_fen) && posting.bank_reference == record.bank_reference &&
         posting.source == record.source;
}

}  // namespace

absl::StatusOr<FundsTerms> TermsOn(roots::Session& session, const Case& relocation, Date day) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, relocation.site_location));
  const policy::InForce policy = PolicyOn(*books, day);
  return FundsTerms{.subsidy_per_person_fen = policy[kSubsidyPerPerson],
                    .deposit_fen = policy[kDeposit],
                    .used = policy.Use({kSubsidyPerPerson}),
                    .deposit_used = policy.Use({kDeposit})};
}

absl::StatusOr<CaseFunds> FindFunds(roots::Session& session, const std::string& name) {
  CaseFunds funds;
  ASSIGN_OR_RETURN(funds.relocation, FindCaseNamed(session, name));
  ASSIGN_OR_RETURN(funds.settlement, SettlementOf(session, funds.relocation));
  return funds;
}

absl::StatusOr<Settlement> ProposeSubsidy(roots::Session& session, const CaseFunds& before, const Act& act) {
  // A case that is not approved yet has no such day, and is refused for that.
  const Date day = SubsidyDay(before.relocation).value_or(act.on);
  ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, before.relocation, day));
  ASSIGN_OR_RETURN(Settlement after, ProposeSubsidy(before.settlement, before.relocation, terms, act));
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalSubsidyFlow(), after.Division(), act.on));
  ASSIGN_OR_RETURN(after.approvals, approval::Propose(std::move(after.approvals), flow, after.subsidy.amount_fen, act));
  session.Put(after);
  return after;
}

absl::StatusOr<Settlement> DecideSubsidy(roots::Session& session, const CaseFunds& before,
                                         const approval::Ruling& ruling, const Act& act) {
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalSubsidyFlow(), before.settlement.Division(), act.on));
  ASSIGN_OR_RETURN(Booked<Settlement> booked, DecideSubsidy(before.settlement, flow, ruling, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> PaySubsidy(roots::Session& session, const CaseFunds& before, const BankPayment& payment,
                                      const Act& act) {
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   PaySubsidy(before.settlement, before.relocation, payment.bank_reference, payment.paid_on, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> ReceiveDeposit(roots::Session& session, const CaseFunds& before,
                                          const HouseholdPayment& payment, const Act& act) {
  ASSIGN_OR_RETURN(const FundsTerms terms, TermsOn(session, before.relocation, payment.paid_on));
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   ReceiveDeposit(before.settlement, before.relocation, payment, terms, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> WithholdDeposit(roots::Session& session, const CaseFunds& before, const Act& act) {
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   WithholdDeposit(before.settlement, DaysOverdue(before.relocation, act.on), act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> ReleaseDeposit(roots::Session& session, const CaseFunds& before, const Act& act) {
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   ReleaseDeposit(before.settlement, before.relocation.steps.demolished_on.has_value(), act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> ReturnDeposit(roots::Session& session, const CaseFunds& before, const BankPayment& payment,
                                         const Act& act) {
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   ReturnDeposit(before.settlement, before.relocation, payment.bank_reference, payment.paid_on, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<TitleQuote> QuoteTitle(roots::Session& session, const CaseFunds& funds) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(session, funds.relocation));
  return QuoteTitle(funds.settlement, unit);
}

absl::StatusOr<Settlement> PayTitle(roots::Session& session, const CaseFunds& before, const HouseholdPayment& payment,
                                    const Act& act) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(session, before.relocation));
  ASSIGN_OR_RETURN(Booked<Settlement> booked, PayTitle(before.settlement, before.relocation, unit, payment, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> SettleTitle(roots::Session& session, const CaseFunds& before, Date on, const Act& act) {
  ASSIGN_OR_RETURN(const Unit unit, UnitOf(session, before.relocation));
  ASSIGN_OR_RETURN(Booked<Settlement> booked, SettleTitle(before.settlement, before.relocation, unit, on, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Settlement> ReversePosting(roots::Session& session, const CaseFunds& before,
                                          const ReversalRequest& request, const Act& act) {
  ASSIGN_OR_RETURN(Booked<Settlement> booked,
                   ReversePosting(before.settlement, request.posting_no, before.relocation.steps.titled_on.has_value(),
                                  request.reason, act));
  return Keep(session, std::move(booked));
}

absl::StatusOr<Outcome> ImportPayment(roots::Session& session, const intake::Batch& batch,
                                      const PaymentRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<feed::HouseholdFact> household,
                   session.FindFact<feed::HouseholdFact>(batch.HouseholdKey(record.household_no)));
  std::optional<Case> relocation;
  if (household.has_value()) {
    ASSIGN_OR_RETURN(relocation, session.FindNamed<Case>(kHouseholdCase, household->id));
  }
  if (!relocation.has_value()) {
    return Refuse(kNotFound, "CASE_NOT_FOUND", "the household has no relocation case: import the cases first",
                  "household_no");
  }
  if (!IsImported(record.act)) {
    return Refuse(kInvalidArgument, "ACT_NOT_IMPORTED",
                  "a file brings subsidies paid, deposits received and returned, titles paid and settled", "act");
  }
  PaymentRecord named = record;
  named.payment_no = batch.Key(record.payment_no);
  CaseFunds funds{.relocation = *relocation};
  ASSIGN_OR_RETURN(funds.settlement, SettlementOf(session, *relocation));
  const std::vector<Posting>& postings = funds.settlement.postings;
  const auto known = std::find_if(postings.begin(), postings.end(),
                                  [&](const Posting& posting) { return posting.record == named.payment_no; });
  if (known != postings.end()) {
    if (SameAs(*known, named)) return Outcome::kUnchanged;
    return Refuse(kFailedPrecondition, "POSTING_FIXED",
                  "this was posted with other content: have it reversed, and send what is right under a new number",
                  "payment_no");
  }
  const Act act = ImportAct(session, batch);
  if (named.act == FundsAct::kPaySubsidy) {
    RETURN_IF_ERROR(ImportSubsidy(session, funds, named, act).status());
    return Outcome::kAdded;
  }
  ASSIGN_OR_RETURN(Booked<Settlement> booked, Take(session, funds, named, act));
  booked.after.postings.back().bank_reference = named.bank_reference;
  booked.after.postings.back().record = named.payment_no;
  RETURN_IF_ERROR(Keep(session, std::move(booked)).status());
  return Outcome::kAdded;
}

absl::StatusOr<Site> FindSiteNamed(roots::Session& session, const std::string& name) {
  const bool is_key = name.find('/') != std::string::npos;
  ASSIGN_OR_RETURN(std::optional<Site> found, is_key ? session.Find<Site>(name) : session.Get<Site>(name));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "SITE_NOT_FOUND", "there is no site with this id or key", "id");
}

absl::StatusOr<SiteCost> CostOf(roots::Session& session, const Site& site) {
  SiteCost cost;
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.LinkedIds(kUnitsOfSite, site.key));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Get<Unit>(id));
    if (!unit.has_value()) continue;
    ++cost.units;
    cost.cost_fen += unit->cost_price_fen;
  }
  return cost;
}

}  // namespace anju::relocation
