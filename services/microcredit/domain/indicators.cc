#include "services/microcredit/domain/indicators.h"

#include <algorithm>
#include <utility>

#include "services/microcredit/domain/account.h"
#include "services/microcredit/domain/credit_place.h"
#include "services/microcredit/domain/fund.h"
#include "services/microcredit/domain/terminal.h"

namespace anju::microcredit {
namespace {

using tally::IndicatorKind;

constexpr absl::string_view kRatedHouseholds = "microcredit.rated_households";
constexpr absl::string_view kCreditLines = "microcredit.credit_lines";
constexpr absl::string_view kLoans = "microcredit.loans";
constexpr absl::string_view kLoansDisbursed = "microcredit.loans_disbursed";
constexpr absl::string_view kLoansDisbursedInPeriod = "microcredit.loans_disbursed_in_period";
constexpr absl::string_view kPrincipalRepaidInPeriod = "microcredit.principal_repaid_in_period";
constexpr absl::string_view kLoanBalance = "microcredit.loan_balance";
constexpr absl::string_view kOverdueBalance = "microcredit.overdue_balance";
constexpr absl::string_view kOverdueRate = "microcredit.overdue_rate";
constexpr absl::string_view kBorrowerHouseholds = "microcredit.borrower_households";
constexpr absl::string_view kActiveBorrowerHouseholds = "microcredit.active_borrower_households";
constexpr absl::string_view kInterestPaid = "microcredit.interest_paid";
constexpr absl::string_view kInterestSubsidyPaid = "microcredit.interest_subsidy_paid";
constexpr absl::string_view kRiskFund = "microcredit.risk_fund";
constexpr absl::string_view kCompensated = "microcredit.compensated";
constexpr absl::string_view kRecovered = "microcredit.recovered";
constexpr absl::string_view kSelfServiceTerminals = "microcredit.self_service_terminals";
constexpr absl::string_view kCreditVillages = "microcredit.credit_villages";
constexpr absl::string_view kCreditTownships = "microcredit.credit_townships";

using Places = std::vector<tally::Place>;

void AddRatings(const CreditAccount& account, const Places& places, tally::Contributions& to) {
  for (size_t i = 0; i < account.ratings.size(); ++i) {
    const Rating& rating = account.ratings[i];
    if (rating.line_fen == 0) continue;
    std::optional<Date> until;
    if (i + 1 < account.ratings.size()) until = account.ratings[i + 1].rated_on;
    tally::AddStock(kRatedHouseholds, places, rating.rated_on, until, 1, to);
    tally::AddStock(kCreditLines, places, rating.rated_on, until, rating.line_fen, to);
  }
}

// What is overdue is so once that day has been seen to come.
void AddLoan(const Loan& loan, std::optional<Date> seen_on, const Places& places, tally::Contributions& to) {
  const Date disbursed_on = loan.disbursed_on;
  tally::AddStock(kLoans, places, disbursed_on, std::nullopt, 1, to);
  tally::AddStock(kLoansDisbursed, places, disbursed_on, std::nullopt, loan.principal_fen, to);
  tally::AddFlow(kLoansDisbursedInPeriod, places, disbursed_on, loan.principal_fen, to);
  tally::AddStock(kLoanBalance, places, disbursed_on, std::nullopt, loan.principal_fen, to);
  const Date overdue_from = loan.OverdueFrom();
  if (!seen_on.has_value() || overdue_from <= *seen_on) {
    tally::AddStock(kOverdueBalance, places, overdue_from, std::nullopt, loan.BalanceOn(loan.matures_on), to);
  }
  for (const Repayment& repayment : loan.repayments) {
    const Date paid_on = repayment.paid_on;
    tally::AddStock(kLoanBalance, places, paid_on, std::nullopt, -repayment.principal_fen, to);
    tally::AddFlow(kPrincipalRepaidInPeriod, places, paid_on, repayment.principal_fen, to);
    if (paid_on >= overdue_from) {
      tally::AddStock(kOverdueBalance, places, paid_on, std::nullopt, -repayment.principal_fen, to);
    }
    tally::AddStock(kInterestPaid, places, paid_on, std::nullopt,
                    repayment.overdue_interest_fen + repayment.interest_fen, to);
  }
  for (const PaidSubsidy& paid : loan.subsidies) {
    tally::AddStock(kInterestSubsidyPaid, places, paid.paid_on, std::nullopt, paid.amount_fen, to);
  }
}

// A household borrows as long as its loans together owe something.
void AddBorrower(const CreditAccount& account, const Places& places, tally::Contributions& to) {
  std::vector<std::pair<Date, int64_t>> changes;
  for (const Loan& loan : account.loans) {
    changes.emplace_back(loan.disbursed_on, loan.principal_fen);
    for (const Repayment& repayment : loan.repayments) {
      changes.emplace_back(repayment.paid_on, -repayment.principal_fen);
    }
  }
  if (changes.empty()) return;
  std::sort(changes.begin(), changes.end());
  tally::AddStock(kBorrowerHouseholds, places, changes.front().first, std::nullopt, 1, to);
  int64_t balance = 0;
  Date since;
  for (size_t i = 0; i < changes.size(); ++i) {
    const Date day = changes[i].first;
    const int64_t before = balance;
    balance += changes[i].second;
    for (; i + 1 < changes.size() && changes[i + 1].first == day; ++i) balance += changes[i + 1].second;
    if (before == 0 && balance > 0) since = day;
    if (before > 0 && balance == 0) tally::AddStock(kActiveBorrowerHouseholds, places, since, day, 1, to);
  }
  if (balance > 0) tally::AddStock(kActiveBorrowerHouseholds, places, since, std::nullopt, 1, to);
}

}  // namespace

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kRatedHouseholds, .label_zh = "评级授信户数", .label_en = "Households with a line", .unit = "household"},
      {.id = kCreditLines, .label_zh = "授信总额", .label_en = "Credit lines", .unit = "fen"},
      {.id = kLoans, .label_zh = "累计放款笔数", .label_en = "Loans disbursed so far, number", .unit = "loan"},
      {.id = kLoansDisbursed, .label_zh = "累计放款金额", .label_en = "Loans disbursed so far", .unit = "fen"},
      {.id = kLoansDisbursedInPeriod,
       .label_zh = "当期放款金额",
       .label_en = "Loans disbursed in the period",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kPrincipalRepaidInPeriod,
       .label_zh = "当期归还本金",
       .label_en = "Principal repaid in the period",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kLoanBalance, .label_zh = "贷款余额", .label_en = "Loan balance", .unit = "fen"},
      {.id = kOverdueBalance, .label_zh = "逾期贷款余额", .label_en = "Balance of loans past maturity", .unit = "fen"},
      {.id = kOverdueRate,
       .label_zh = "逾期率",
       .label_en = "Share of the balance past maturity",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kOverdueBalance,
       .denominator = kLoanBalance},
      {.id = kBorrowerHouseholds,
       .label_zh = "累计获贷户数",
       .label_en = "Households that have borrowed",
       .unit = "household"},
      {.id = kActiveBorrowerHouseholds,
       .label_zh = "现有贷款户数",
       .label_en = "Households that owe a loan",
       .unit = "household"},
      {.id = kInterestPaid, .label_zh = "累计已付利息", .label_en = "Interest paid so far", .unit = "fen"},
      {.id = kInterestSubsidyPaid, .label_zh = "累计贴息", .label_en = "Interest subsidised so far", .unit = "fen"},
      {.id = kRiskFund, .label_zh = "风险补偿金余额", .label_en = "Risk fund", .unit = "fen"},
      {.id = kCompensated, .label_zh = "累计代偿", .label_en = "Losses compensated so far", .unit = "fen"},
      {.id = kRecovered, .label_zh = "累计追偿", .label_en = "Compensation recovered so far", .unit = "fen"},
      {.id = kSelfServiceTerminals, .label_zh = "自助机具", .label_en = "Self-service terminals", .unit = "terminal"},
      {.id = kCreditVillages, .label_zh = "信用村", .label_en = "Credit villages", .unit = "village"},
      {.id = kCreditTownships, .label_zh = "信用乡镇", .label_en = "Credit townships", .unit = "township"},
  };
  return catalogue;
}

tally::Contributions Contributions(const CreditAccount& account) {
  tally::Contributions parts;
  if (account.ratings.empty() && account.loans.empty()) return parts;
  const Places places = account.household.Places();
  AddRatings(account, places, parts);
  for (const Loan& loan : account.loans) AddLoan(loan, account.seen_on, places, parts);
  AddBorrower(account, places, parts);
  return parts;
}

tally::Contributions Contributions(const RiskFund& fund) {
  tally::Contributions parts;
  for (const FundMovement& movement : fund.movements) {
    const Places places = {{.since = movement.moved_on, .division = fund.key}};
    const auto add = [&](absl::string_view indicator, int64_t amount) {
      tally::AddStock(indicator, places, movement.moved_on, std::nullopt, amount, parts);
    };
    add(kRiskFund, movement.signed_fen());
    if (movement.kind == FundMovementKind::kCompensation) add(kCompensated, movement.amount_fen);
    if (movement.kind == FundMovementKind::kRecovery) add(kRecovered, movement.amount_fen);
  }
  return parts;
}

tally::Contributions Contributions(const Terminal& terminal) {
  tally::Contributions parts;
  tally::AddStock(kSelfServiceTerminals, {{.since = terminal.installed_on, .division = terminal.village}},
                  terminal.installed_on, terminal.removed_on, 1, parts);
  return parts;
}

tally::Contributions Contributions(const CreditPlace& place) {
  tally::Contributions parts;
  tally::AddStock(place.village() ? kCreditVillages : kCreditTownships,
                  {{.since = place.recognised_on, .division = place.key}}, place.recognised_on, place.revoked_on, 1,
                  parts);
  return parts;
}

}  // namespace anju::microcredit
