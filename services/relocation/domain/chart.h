#pragma once

#include "services/platform/ledger/journal.h"

// The accounts of the relocation money 易地扶贫搬迁资金.
namespace anju::relocation {

// The county's account for relocation, into which households pay and from which all is paid.
inline constexpr ledger::Account kFund = {
    .code = "fund", .label_zh = "搬迁资金专户", .label_en = "Relocation fund", .kind = ledger::AccountKind::kAsset};
// What was paid to the contractor of a site.
inline constexpr ledger::Account kContractor = {.code = "contractor",
                                                .label_zh = "代建款",
                                                .label_en = "Paid to contractors",
                                                .kind = ledger::AccountKind::kAsset,
                                                .party = ledger::PartyKind::kSite};
inline constexpr ledger::Account kSubsidies = {.code = "subsidies",
                                               .label_zh = "个人建房补助支出",
                                               .label_en = "Personal subsidies",
                                               .kind = ledger::AccountKind::kExpense,
                                               .party = ledger::PartyKind::kHouseholdCase};
inline constexpr ledger::Account kSubsidiesPayable = {.code = "subsidies_payable",
                                                      .label_zh = "应付个人建房补助",
                                                      .label_en = "Personal subsidies granted and not paid",
                                                      .kind = ledger::AccountKind::kLiability,
                                                      .party = ledger::PartyKind::kHouseholdCase};
// What a household has towards the price of its home: its subsidies that were paid to the contractor, and its payments.
inline constexpr ledger::Account kHomeCredit = {.code = "home_credit",
                                                .label_zh = "预收房款",
                                                .label_en = "Paid in towards homes",
                                                .kind = ledger::AccountKind::kLiability,
                                                .party = ledger::PartyKind::kHouseholdCase};
inline constexpr ledger::Account kDeposits = {.code = "deposits",
                                              .label_zh = "搬迁保证金",
                                              .label_en = "Deposits",
                                              .kind = ledger::AccountKind::kLiability,
                                              .party = ledger::PartyKind::kHouseholdCase};
// Of households whose old house stands longer than it may.
inline constexpr ledger::Account kDepositsWithheld = {.code = "deposits_withheld",
                                                      .label_zh = "暂扣保证金",
                                                      .label_en = "Deposits withheld",
                                                      .kind = ledger::AccountKind::kLiability,
                                                      .party = ledger::PartyKind::kHouseholdCase};

// At cost, the homes of a site whose titles were settled.
inline constexpr ledger::Account kHomesSettled = {.code = "homes_settled",
                                                  .label_zh = "安置房结算收入",
                                                  .label_en = "Homes settled at cost",
                                                  .kind = ledger::AccountKind::kIncome,
                                                  .party = ledger::PartyKind::kSite};

// Surplus floor area that was bought of households 回购返租, at its price.
inline constexpr ledger::Account kAreasBought = {.code = "areas_bought",
                                                 .label_zh = "回购面积",
                                                 .label_en = "Surplus floor area bought",
                                                 .kind = ledger::AccountKind::kAsset,
                                                 .party = ledger::PartyKind::kHouseholdCase};
inline constexpr ledger::Account kAreasPayable = {.code = "areas_payable",
                                                  .label_zh = "应付回购款",
                                                  .label_en = "Surplus bought and not paid",
                                                  .kind = ledger::AccountKind::kLiability,
                                                  .party = ledger::PartyKind::kHouseholdCase};
// The principal of mortgages that were bought back 产权质押.
inline constexpr ledger::Account kMortgages = {.code = "mortgages",
                                               .label_zh = "产权质押债权",
                                               .label_en = "Mortgages bought back",
                                               .kind = ledger::AccountKind::kAsset,
                                               .party = ledger::PartyKind::kHouseholdCase};
inline constexpr ledger::Account kMortgageInterest = {.code = "mortgage_interest",
                                                      .label_zh = "质押利息收入",
                                                      .label_en = "Interest of mortgages bought back",
                                                      .kind = ledger::AccountKind::kIncome,
                                                      .party = ledger::PartyKind::kHouseholdCase};

inline ledger::Chart FundsChart() {
  return {&kFund,     &kContractor,       &kAreasBought,  &kMortgages,    &kSubsidiesPayable, &kHomeCredit,
          &kDeposits, &kDepositsWithheld, &kAreasPayable, &kHomesSettled, &kMortgageInterest, &kSubsidies};
}

}  // namespace anju::relocation
