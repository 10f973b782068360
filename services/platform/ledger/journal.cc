#include "services/platform/ledger/journal.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace anju::ledger {
namespace {

absl::Status Unfit(const Journal& journal, absl::string_view why) {
  return absl::InternalError(absl::StrCat("journal ", journal.id, ": ", why));
}

}  // namespace

std::string Id(absl::string_view record_id, int32_t number) { return absl::StrFormat("%s/%05d", record_id, number); }

std::string Content(const Journal& journal) {
  std::string text = absl::StrCat(journal.record_id, "\n", journal.division, "\n", Format(journal.on), "\n",
                                  journal.reason, "\n", journal.reverses, "\n");
  for (const Entry& entry : journal.entries) {
    absl::StrAppend(&text, entry.account->code, " ", entry.amount_fen, " ", entry.party, "\n");
  }
  return text;
}

absl::Status Check(const Journal& journal) {
  if (journal.id.empty() || journal.record_id.empty() || journal.division.empty() || journal.reason.empty()) {
    return Unfit(journal, "it needs an id, a record, a division and a reason");
  }
  if (journal.entries.size() < 2 || journal.entries.size() > kMostEntries) {
    return Unfit(journal, absl::StrCat("it has ", journal.entries.size(), " entries"));
  }
  int64_t sum = 0;
  for (const Entry& entry : journal.entries) {
    if (entry.amount_fen == 0 || entry.amount_fen > kLargestAmount || entry.amount_fen < -kLargestAmount) {
      return Unfit(journal, "an amount is nothing or too large");
    }
    if ((entry.account->party == PartyKind::kUnspecified) != entry.party.empty()) {
      return Unfit(journal, absl::StrCat("account ", entry.account->code, " and its party do not fit"));
    }
    sum += entry.amount_fen;
  }
  if (sum != 0) return Unfit(journal, absl::StrCat("its entries come to ", sum, " fen instead of 0"));
  return absl::OkStatus();
}

Journal Reverse(const Journal& journal, std::string id, Date on, absl::string_view reason) {
  Journal reversal = journal;
  reversal.id = std::move(id);
  reversal.on = on;
  reversal.reason = reason;
  reversal.reverses = journal.id;
  for (Entry& entry : reversal.entries) entry.amount_fen = -entry.amount_fen;
  return reversal;
}

void Add(const Account& account, absl::string_view party, int64_t amount_fen, Balances& to) {
  if (amount_fen == 0) return;
  auto [found, added] = to.try_emplace({std::string(account.code), std::string(party)}, 0);
  found->second += amount_fen;
  if (found->second == 0) to.erase(found);
}

void Add(const Journal& journal, Balances& to) {
  for (const Entry& entry : journal.entries) Add(*entry.account, entry.party, entry.amount_fen, to);
}

}  // namespace anju::ledger
