#pragma once

#include <string>

#include "services/relocation/domain/funds.h"

// The acts on the money of a case as use cases, and the payments that other systems bring.
namespace anju::relocation {

// A row of anju.relocation.v1.PaymentRecord.
struct PaymentRecord {
  std::string payment_no;
  std::string household_no;
  FundsAct act = FundsAct::kUnspecified;
  int64_t amount_fen = 0;
  Date paid_on;
  std::string bank_reference;
  MoneySource source = MoneySource::kUnspecified;

  void Fields(Archive& archive) {
    archive("payment_no", payment_no);
    archive("household_no", household_no);
    archive("act", act);
    archive("amount_fen", amount_fen);
    archive("paid_on", paid_on);
    archive("bank_reference", bank_reference);
    archive("source", source);
  }
};

// What a site's contractor was paid, and what the homes there cost.
struct SiteCost {
  int64_t units = 0;
  int64_t cost_fen = 0;
};

// A case with its money, which is a new settlement when it has none.
struct CaseFunds {
  Case relocation;
  Settlement settlement;

  std::string Division() const { return settlement.Division(); }
};

// What the policy of a day says of the money of a case.
absl::StatusOr<FundsTerms> TermsOn(roots::Session& session, const Case& relocation, Date day);

// By the id or the key of the case. Refuses with CASE_NOT_FOUND.
absl::StatusOr<CaseFunds> FindFunds(roots::Session& session, const std::string& name);

// Each puts the settlement, posts its journal, and refuses as the rule of the same name does; those that need the
// household's home first of all with UNIT_NOT_ALLOTTED. A subsidy that is proposed follows the flow of the county.
absl::StatusOr<Settlement> ProposeSubsidy(roots::Session& session, const CaseFunds& before, const Act& act);
absl::StatusOr<Settlement> DecideSubsidy(roots::Session& session, const CaseFunds& before,
                                         const approval::Ruling& ruling, const Act& act);
absl::StatusOr<Settlement> PaySubsidy(roots::Session& session, const CaseFunds& before, const BankPayment& payment,
                                      const Act& act);
absl::StatusOr<Settlement> ReceiveDeposit(roots::Session& session, const CaseFunds& before,
                                          const HouseholdPayment& payment, const Act& act);
absl::StatusOr<Settlement> WithholdDeposit(roots::Session& session, const CaseFunds& before, const Act& act);
absl::StatusOr<Settlement> ReleaseDeposit(roots::Session& session, const CaseFunds& before, const Act& act);
absl::StatusOr<Settlement> ReturnDeposit(roots::Session& session, const CaseFunds& before, const BankPayment& payment,
                                         const Act& act);
absl::StatusOr<TitleQuote> QuoteTitle(roots::Session& session, const CaseFunds& funds);
absl::StatusOr<Settlement> PayTitle(roots::Session& session, const CaseFunds& before, const HouseholdPayment& payment,
                                    const Act& act);
absl::StatusOr<Settlement> SettleTitle(roots::Session& session, const CaseFunds& before, Date on, const Act& act);
absl::StatusOr<Settlement> ReversePosting(roots::Session& session, const CaseFunds& before,
                                          const ReversalRequest& request, const Act& act);

// Beside what the acts refuse with: CASE_NOT_FOUND, ACT_NOT_IMPORTED, POSTING_FIXED (posted with other content before),
// CASE_KEPT_HERE (a subsidy of such a case takes two persons) and SUBSIDY_DIFFERS (from members times policy).
absl::StatusOr<roots::Outcome> ImportPayment(roots::Session& session, const intake::Batch& batch,
                                             const PaymentRecord& record);

// What the units of a site cost. The site by its id or key; refuses with SITE_NOT_FOUND.
absl::StatusOr<Site> FindSiteNamed(roots::Session& session, const std::string& name);
absl::StatusOr<SiteCost> CostOf(roots::Session& session, const Site& site);

}  // namespace anju::relocation
