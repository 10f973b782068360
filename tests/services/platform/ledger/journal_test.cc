#include "services/platform/ledger/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace anju::ledger {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr Account kFund = {.code = "fund", .kind = AccountKind::kAsset};
constexpr Account kDeposits = {.code = "deposits", .kind = AccountKind::kLiability, .party = PartyKind::kHouseholdCase};

Journal Received(int64_t amount_fen) {
  return {.id = "r1/00001",
          .record_id = "r1",
          .division = "450328101202",
          .on = Date(2018, 6, 1),
          .reason = "DEPOSIT_RECEIVED",
          .entries = {{.account = &kFund, .amount_fen = amount_fen},
                      {.account = &kDeposits, .party = "c1", .amount_fen = -amount_fen}}};
}

TEST(JournalTest, ItsEntriesComeToNothing) {
  EXPECT_TRUE(Check(Received(1)).ok());
  EXPECT_TRUE(Check(Received(kLargestAmount)).ok());
  const struct {
    absl::string_view what;
    void (*spoil)(Journal& journal);
  } table[] = {
      {"no id", [](Journal& j) { j.id.clear(); }},
      {"no record", [](Journal& j) { j.record_id.clear(); }},
      {"no division", [](Journal& j) { j.division.clear(); }},
      {"no reason", [](Journal& j) { j.reason = ""; }},
      {"no entries", [](Journal& j) { j.entries.clear(); }},
      {"one entry", [](Journal& j) { j.entries.pop_back(); }},
      {"too many entries",
       [](Journal& j) {
         for (size_t i = 0; i < kMostEntries / 2; ++i) j.entries.insert(j.entries.end(), {j.entries[0], j.entries[1]});
       }},
      {"a fen more", [](Journal& j) { ++j.entries[0].amount_fen; }},
      {"nothing", [](Journal& j) { j.entries[0].amount_fen = j.entries[1].amount_fen = 0; }},
      {"too much",
       [](Journal& j) {
         j.entries[0].amount_fen = kLargestAmount + 1;
         j.entries[1].amount_fen = -kLargestAmount - 1;
       }},
      {"a party too many", [](Journal& j) { j.entries[0].party = "c1"; }},
      {"a party too few", [](Journal& j) { j.entries[1].party.clear(); }},
  };
  for (const auto& row : table) {
    Journal journal = Received(100);
    row.spoil(journal);
    EXPECT_EQ(Check(journal).code(), absl::StatusCode::kInternal) << row.what;
  }
}

TEST(JournalTest, AReversalLeavesNothing) {
  const Journal journal = Received(1'000'000);
  const Journal reversal = Reverse(journal, Id("r1", 2), Date(2018, 7, 1), "REVERSED");
  EXPECT_TRUE(Check(reversal).ok());
  EXPECT_EQ(reversal.reverses, journal.id);
  EXPECT_EQ(reversal.on, Date(2018, 7, 1));
  Balances balances;
  Add(journal, balances);
  EXPECT_THAT(balances, ElementsAre(Pair(Pair("deposits", "c1"), -1'000'000), Pair(Pair("fund", ""), 1'000'000)));
  Add(reversal, balances);
  EXPECT_THAT(balances, ElementsAre());
}

TEST(JournalTest, LaterIdsSortLater) {
  EXPECT_LT(Id("r1", 9), Id("r1", 10));
  EXPECT_LT(Id("r1", 9999), Id("r1", 10000));
}

TEST(JournalTest, TheContentSaysEverything) {
  const Journal journal = Received(1'000'000);
  Journal other = journal;
  EXPECT_EQ(Content(journal), Content(other));
  other.on = Date(2018, 6, 2);
  EXPECT_NE(Content(journal), Content(other));
  other = journal;
  other.entries[1].party = "c2";
  EXPECT_NE(Content(journal), Content(other));
}

}  // namespace
}  // namespace anju::ledger
