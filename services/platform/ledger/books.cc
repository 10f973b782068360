#include "services/platform/ledger/books.h"

#include <algorithm>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/page_token.h"

namespace anju::ledger {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;

constexpr size_t kShownDiscrepancies = 100;

constexpr absl::string_view kSums =
    "SELECT account, CAST(SUM(CASE WHEN amount_fen > 0 THEN amount_fen ELSE 0 END) AS BIGINT), "
    "CAST(SUM(CASE WHEN amount_fen < 0 THEN -amount_fen ELSE 0 END) AS BIGINT) FROM ledger_entries "
    "WHERE division >= $1 AND division < $2 AND on_day <= $3 GROUP BY account";
constexpr absl::string_view kSumsOf =
    "SELECT account, CAST(SUM(CASE WHEN amount_fen > 0 THEN amount_fen ELSE 0 END) AS BIGINT), "
    "CAST(SUM(CASE WHEN amount_fen < 0 THEN -amount_fen ELSE 0 END) AS BIGINT) FROM ledger_entries "
    "WHERE account = $1 AND party = $2 AND division >= $3 AND division < $4 AND on_day <= $5 GROUP BY account";
constexpr absl::string_view kColumns =
    "SELECT e.journal_id, e.number, e.record_id, e.division, e.on_day, e.reason, j.reverses, e.account, e.party, "
    "e.amount_fen FROM ledger_entries e JOIN ledger_journals j ON j.id = e.journal_id WHERE ";
constexpr absl::string_view kPage =
    "e.division >= $1 AND e.division < $2 AND (e.journal_id, e.number) > ($3, $4) AND (e.account = $5 OR $6 = '') AND "
    "(e.party = $7 OR $8 = '') ";
constexpr absl::string_view kInOrder = "ORDER BY e.journal_id, e.number LIMIT $9";
constexpr absl::string_view kOfRecord = "AND e.record_id = $9 ORDER BY e.journal_id, e.number LIMIT $10";
constexpr absl::string_view kJournals = "SELECT division, COUNT(*) FROM ledger_journals GROUP BY division";
constexpr absl::string_view kEntries = "SELECT division, COUNT(*) FROM ledger_entries GROUP BY division";
constexpr absl::string_view kUnbalanced =
    "SELECT division, journal_id, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entries GROUP BY division, journal_id "
    "HAVING SUM(amount_fen) <> 0 ORDER BY journal_id";
constexpr absl::string_view kByRecord =
    "SELECT division, record_id, account, party, CAST(SUM(amount_fen) AS BIGINT) FROM ledger_entries "
    "GROUP BY division, record_id, account, party";
constexpr absl::string_view kAccounts =
    "SELECT division, account, MIN(journal_id) FROM ledger_entries GROUP BY division, account ORDER BY account";

// Codes are digits, so this comes behind all of them.
std::string EndOf(const std::string& division) { return division.empty() ? "~" : PrefixEnd(division); }

BookedEntry ToEntry(const Row& row) {
  return {.journal_id = row.Text(0),
          .number = row.Int(1),
          .record_id = row.Text(2),
          .division = row.Text(3),
          .on = ParseDate(row.Text(4)).value_or(Date()),
          .reason = row.Text(5),
          .reverses = row.Null(6) ? "" : row.Text(6),
          .account = row.Text(7),
          .party = row.Text(8),
          .amount_fen = row.Int(9)};
}

void Note(Discrepancy discrepancy, BooksProof& proof) {
  if (proof.discrepancies.size() < kShownDiscrepancies) proof.discrepancies.push_back(std::move(discrepancy));
}

}  // namespace

int64_t AccountSum::Balance() const {
  const bool debit = account->kind == AccountKind::kAsset || account->kind == AccountKind::kExpense;
  return debit ? debit_fen - credit_fen : credit_fen - debit_fen;
}

const Account* Books::Find(absl::string_view code) const {
  auto found =
      std::find_if(chart_.begin(), chart_.end(), [&](const Account* account) { return account->code == code; });
  return found == chart_.end() ? nullptr : *found;
}

absl::StatusOr<AccountSum> Books::Balance(const Account& account, const std::optional<std::string>& party,
                                          const std::string& division, Date on) {
  if (!party.has_value()) {
    ASSIGN_OR_RETURN(const std::vector<AccountSum> sums, TrialBalance(division, on));
    for (const AccountSum& sum : sums) {
      if (sum.account == &account) return sum;
    }
    return AccountSum{.account = &account};
  }
  AccountSum sum{.account = &account};
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kSumsOf, {std::string(account.code), *party, division,
                                                                  EndOf(division), Format(on)}));
    if (!rows.empty()) sum = {.account = &account, .debit_fen = rows[0].Int(1), .credit_fen = rows[0].Int(2)};
    return absl::OkStatus();
  }));
  return sum;
}

absl::StatusOr<std::vector<AccountSum>> Books::TrialBalance(const std::string& division, Date on) {
  std::map<std::string, std::pair<int64_t, int64_t>> found;
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kSums, {division, EndOf(division), Format(on)}));
    for (const Row& row : rows) found[row.Text(0)] = {row.Int(1), row.Int(2)};
    return absl::OkStatus();
  }));
  std::vector<AccountSum> sums;
  for (const Account* account : chart_) {
    auto sum = found.find(std::string(account->code));
    if (sum == found.end()) continue;
    sums.push_back({.account = account, .debit_fen = sum->second.first, .credit_fen = sum->second.second});
    found.erase(sum);
  }
  if (!found.empty()) {
    return absl::InternalError(
        absl::StrCat("the chart has no account ", found.begin()->first, ", which was posted to"));
  }
  return sums;
}

absl::StatusOr<EntryPage> Books::Entries(const EntryQuery& query, const std::string& page_token, int64_t page_size) {
  // A token is `<journal id>#<number>`, and a journal's id ends with a number of its own.
  const size_t hash = page_token.rfind('#');
  int64_t after = 0;
  const std::string journal = page_token.substr(0, hash);
  RETURN_IF_ERROR(CheckPageToken(page_token.empty() ||
                                 (hash != std::string::npos && absl::SimpleAtoi(page_token.substr(hash + 1), &after))));
  std::vector<storage::Value> values = {
      query.division, PrefixEnd(query.division), journal, after, query.account, query.account, query.party,
      query.party};
  std::string sql = absl::StrCat(kColumns, kPage, query.record_id.empty() ? kInOrder : kOfRecord);
  if (!query.record_id.empty()) values.emplace_back(query.record_id);
  values.emplace_back(page_size);
  EntryPage page;
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(sql, values));
    for (const Row& row : rows) page.entries.push_back(ToEntry(row));
    return absl::OkStatus();
  }));
  if (static_cast<int64_t>(page.entries.size()) == page_size) {
    page.next_page_token = absl::StrCat(page.entries.back().journal_id, "#", page.entries.back().number);
  }
  return page;
}

absl::StatusOr<BooksProof> Books::Check(absl::FunctionRef<bool(absl::string_view division)> within) {
  BooksProof proof;
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    // Those of its rows that are asked for; the division stands in front.
    const auto read = [&](absl::string_view query) -> absl::StatusOr<Rows> {
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(query));
      rows.erase(std::remove_if(rows.begin(), rows.end(), [&](const Row& row) { return !within(row.Text(0)); }),
                 rows.end());
      return rows;
    };
    ASSIGN_OR_RETURN(const Rows journals, read(kJournals));
    for (const Row& row : journals) proof.journals += row.Int(1);
    ASSIGN_OR_RETURN(const Rows entries, read(kEntries));
    for (const Row& row : entries) proof.entries += row.Int(1);
    ASSIGN_OR_RETURN(const Rows unbalanced, read(kUnbalanced));
    for (const Row& row : unbalanced) Note({.record_id = row.Text(1), .posted_fen = row.Int(2)}, proof);
    ASSIGN_OR_RETURN(const Rows accounts, read(kAccounts));
    for (const Row& row : accounts) {
      if (Find(row.Text(1)) == nullptr) Note({.record_id = row.Text(2), .account = row.Text(1)}, proof);
    }
    std::map<std::string, Balances> posted;
    // Records for which something was posted in divisions that are not asked for.
    std::set<std::string> others;
    ASSIGN_OR_RETURN(const Rows sums, transaction.Query(kByRecord));
    for (const Row& row : sums) {
      posted[row.Text(1)][{row.Text(2), row.Text(3)}] += row.Int(4);
      if (!within(row.Text(0))) others.insert(row.Text(1));
    }
    const auto compare = [&](const std::string& id, const Balances& told, const Balances& booked) {
      Balances all = booked;
      for (const auto& [account, amount] : told) all.try_emplace(account, 0);
      for (const auto& [account, amount] : all) {
        auto said = told.find(account);
        const int64_t recorded = said == told.end() ? 0 : said->second;
        if (recorded == amount) continue;
        Note({.record_id = id,
              .account = account.first,
              .party = account.second,
              .posted_fen = amount,
              .recorded_fen = recorded},
             proof);
      }
    };
    RETURN_IF_ERROR(store_.ForEach(transaction, [&](const roots::StoredRoot& stored) {
      if (stored.kind->balances == nullptr) return absl::OkStatus();
      if (within(stored.division)) {
        ++proof.records;
        compare(stored.id, stored.kind->balances(stored.root), posted[stored.id]);
      }
      posted.erase(stored.id);
      return absl::OkStatus();
    }));
    // What is left belongs to no record that has balances.
    for (const auto& [id, balances] : posted) {
      if (!others.contains(id)) compare(id, {}, balances);
    }
    return absl::OkStatus();
  }));
  return proof;
}

}  // namespace anju::ledger
