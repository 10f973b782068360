#include "services/platform/ledger/books.h"

#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "tests/support/stand.h"

namespace anju::ledger {
namespace {

using enum absl::StatusCode;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Stand;

constexpr Account kCash = {.code = "cash", .label_en = "Cash", .kind = AccountKind::kAsset};
constexpr Account kOwed = {
    .code = "owed", .label_en = "Owed", .kind = AccountKind::kLiability, .party = PartyKind::kHouseholdCase};
constexpr Account kNever = {.code = "never", .kind = AccountKind::kIncome};

// A purse that money goes into and out of, journal by journal.
struct Purse {
  static constexpr absl::string_view kKind = "purse";
  std::string id, key, village;
  int64_t fen = 0;
  int32_t journals = 0;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("village", village);
    archive("fen", fen);
    archive("journals", journals);
  }
  std::string Division() const { return village; }
};

tally::Contributions Contributions(const Purse&) { return {}; }
ledger::Balances Balances(const Purse& purse) {
  ledger::Balances balances;
  Add(kCash, "", purse.fen, balances);
  Add(kOwed, purse.key, -purse.fen, balances);
  return balances;
}

const tally::Catalogue& Nothing() {
  static const auto& catalogue = *new tally::Catalogue();
  return catalogue;
}

Journal Receipt(const Purse& purse, int64_t fen, Date on) {
  return {
      .id = Id(purse.id, purse.journals),
      .record_id = purse.id,
      .division = purse.village,
      .on = on,
      .reason = "RECEIVED",
      .entries = {{.account = &kCash, .amount_fen = fen}, {.account = &kOwed, .party = purse.key, .amount_fen = -fen}}};
}

class BooksTest : public ::testing::TestWithParam<std::string> {
 protected:
  BooksTest()
      : stand_(GetParam(), {&roots::KindOf<Purse>()}, Nothing()), books_(stand_.store, {&kNever, &kCash, &kOwed}) {}

  absl::Status Receive(const std::string& key, const std::string& village, int64_t fen, Date on) {
    return ReceiveIn(stand_.store, key, village, fen, on);
  }
  static absl::Status ReceiveIn(roots::Store& store, const std::string& key, const std::string& village, int64_t fen,
                                Date on) {
    return store.Change({.subject = "tester"}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Purse> before, session.Find<Purse>(key));
      Purse after = before.value_or(Purse{.key = key, .village = village});
      after.fen += fen;
      ++after.journals;
      session.Put(after);
      return session.Post(Receipt(after, fen, on));
    });
  }
  Purse Find(const std::string& key) {
    std::optional<Purse> found;
    EXPECT_TRUE(stand_.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(found, session.Find<Purse>(key));
                      return absl::OkStatus();
                    })
                    .ok());
    return found.value_or(Purse());
  }
  absl::Status Execute(absl::string_view sql) {
    return stand_.database->Write([&](storage::Transaction& transaction) { return transaction.Execute(sql); });
  }
  int64_t Balance(const Account& account, const std::string& division, Date on, const std::string& party = "") {
    const auto sum = books_.Balance(account, party.empty() ? std::nullopt : std::optional(party), division, on);
    EXPECT_TRUE(sum.ok()) << sum.status();
    return sum.ok() ? sum->Balance() : -1;
  }

  Stand stand_;
  Books books_;
};

TEST_P(BooksTest, ReadsBalancesByPartyDivisionAndDay) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  ASSERT_TRUE(Receive("b", "450328100202", 50, Date(2018, 3, 2)).ok());
  ASSERT_TRUE(Receive("a", "450328100201", -200, Date(2018, 4, 1)).ok());
  const Date march(2018, 3, 31), april(2018, 4, 1);
  EXPECT_EQ(Balance(kCash, "45", march), 750);
  EXPECT_EQ(Balance(kOwed, "45", march), 750);
  EXPECT_EQ(Balance(kOwed, "450328", march, "a"), 700);
  EXPECT_EQ(Balance(kOwed, "450328", april, "a"), 500);
  EXPECT_EQ(Balance(kOwed, "450328100202", april, "a"), 0);
  EXPECT_EQ(Balance(kCash, "450328100202", april), 50);
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 2, 28)), 0);
  EXPECT_EQ(Balance(kNever, "45", april), 0);
  const auto trial = books_.TrialBalance("4503", april);
  ASSERT_TRUE(trial.ok());
  ASSERT_THAT(*trial, SizeIs(2));
  EXPECT_EQ((*trial)[0].account, &kCash);
  EXPECT_EQ((*trial)[0].debit_fen, 750);
  EXPECT_EQ((*trial)[0].credit_fen, 200);
  EXPECT_EQ((*trial)[1].credit_fen, 750);
  const auto proof = books_.Check();
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_THAT(proof->discrepancies, IsEmpty());
  EXPECT_EQ(proof->journals, 3);
  EXPECT_EQ(proof->entries, 6);
  EXPECT_EQ(proof->records, 2);
}

TEST_P(BooksTest, ListsTheEntriesOfARecordInPages) {
  for (int day = 1; day <= 12; ++day) ASSERT_TRUE(Receive("a", "450328100201", day, Date(2018, 3, day)).ok());
  ASSERT_TRUE(Receive("b", "450328100202", 5, Date(2018, 3, 1)).ok());
  const std::string id = Find("a").id;
  int64_t cash = 0;
  size_t count = 0;
  std::string token;
  do {
    const auto page = books_.Entries({.division = "4503", .record_id = id}, token, 5);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const BookedEntry& entry : page->entries) {
      EXPECT_EQ(entry.record_id, id);
      EXPECT_EQ(entry.on, Date(2018, 3, static_cast<int>(count / 2) + 1));
      if (entry.account == "cash") cash += entry.amount_fen;
      ++count;
    }
    token = page->next_page_token;
  } while (!token.empty());
  EXPECT_EQ(count, 24);
  EXPECT_EQ(cash, 78);
  EXPECT_THAT(books_.Entries({.division = "4503", .account = "owed", .party = "b"}, "", 10)->entries, SizeIs(1));
  EXPECT_THAT(books_.Entries({.division = "450328100202"}, "", 10)->entries, SizeIs(2));
  EXPECT_THAT(books_.Entries({.division = "4504", .record_id = id}, "", 10)->entries, IsEmpty());
}

TEST_P(BooksTest, ARootAndItsJournalsNeverPart) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  const auto change = [&](int64_t fen, std::optional<int64_t> posted) {
    return stand_.store.Change({.subject = "tester"}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Purse> purse, session.Find<Purse>("a"));
      purse->fen += fen;
      ++purse->journals;
      session.Put(*purse);
      if (!posted.has_value()) return absl::OkStatus();
      return session.Post(Receipt(*purse, *posted, Date(2018, 3, 2)));
    });
  };
  EXPECT_EQ(change(5, std::nullopt).code(), kInternal);
  EXPECT_EQ(change(5, 4).code(), kInternal);
  EXPECT_EQ(change(0, 5).code(), kInternal);
  EXPECT_TRUE(change(0, std::nullopt).ok());
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 12, 31)), 700);
  EXPECT_EQ(Find("a").fen, 700);
  EXPECT_TRUE(change(5, 5).ok());
}

TEST_P(BooksTest, TheSameJournalIsPostedOnce) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  const Purse purse = Find("a");
  const auto post = [&](int64_t fen) {
    return stand_.store.Change(
        {}, [&](roots::Session& session) { return session.Post(Receipt(purse, fen, Date(2018, 3, 1))); });
  };
  EXPECT_TRUE(post(700).ok());
  EXPECT_THAT(post(701), RefusedWith(kAlreadyExists, "JOURNAL_ID_REUSED"));
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 1)), 700);
}

TEST_P(BooksTest, AMistakeIsReversedOnce) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  const auto reverse = [&](const std::string& what, int64_t fen) {
    return stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(std::optional<Purse> purse, session.Find<Purse>("a"));
      Journal journal = Receipt(*purse, fen, Date(2018, 3, 1));
      journal.id = what;
      purse->fen -= fen;
      ++purse->journals;
      session.Put(*purse);
      return session.Post(Reverse(journal, Id(purse->id, purse->journals), Date(2018, 3, 5), "REVERSED"));
    });
  };
  const std::string id = Find("a").id;
  EXPECT_THAT(reverse(Id(id, 7), 700), RefusedWith(kNotFound, "JOURNAL_NOT_FOUND"));
  EXPECT_EQ(reverse(Id(id, 1), 600).code(), kInternal);
  EXPECT_TRUE(reverse(Id(id, 1), 700).ok());
  EXPECT_THAT(reverse(Id(id, 1), 700), RefusedWith(kFailedPrecondition, "JOURNAL_REVERSED"));
  EXPECT_THAT(reverse(Id(id, 2), -700), RefusedWith(kFailedPrecondition, "JOURNAL_IS_REVERSAL"));
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 4)), 700);
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 5)), 0);
  EXPECT_THAT(books_.Check()->discrepancies, IsEmpty());
}

TEST_P(BooksTest, WhatIsTakenBackIsNotPosted) {
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::BatchSession& session) -> absl::Status {
                            Purse kept{.key = "a", .village = "450328100201", .fen = 7, .journals = 1};
                            session.Put(kept);
                            RETURN_IF_ERROR(session.Post(Receipt(kept, 7, Date(2018, 3, 1))));
                            const size_t mark = session.Mark();
                            Purse dropped{.key = "b", .village = "450328100201", .fen = 9, .journals = 1};
                            session.Put(dropped);
                            RETURN_IF_ERROR(session.Post(Receipt(dropped, 9, Date(2018, 3, 1))));
                            session.TakeBack(mark);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 1)), 7);
}

TEST_P(BooksTest, TheDatabaseSaysNoAsWell) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  const std::string id = Find("a").id;
  const std::string entry =
      "INSERT INTO ledger_entries (journal_id, number, record_id, division, on_day, reason, account, party, "
      "amount_fen) "
      "VALUES ";
  const std::string journal =
      "INSERT INTO ledger_journals (id, record_id, division, on_day, reason, content, entries) VALUES ";
  const auto entry_of = [&](const std::string& of, int number, int64_t fen) {
    return absl::StrCat(entry, "('", of, "', ", number, ", '", id, "', '45', '2018-03-01', 'X', 'cash', '', ", fen,
                        ")");
  };
  const auto both = [&](int64_t first, int64_t second, int64_t counted) {
    return stand_.database->Write([&](storage::Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute(entry_of("j9", 1, first)));
      RETURN_IF_ERROR(transaction.Execute(entry_of("j9", 2, second)));
      return transaction.Execute(
          absl::StrCat(journal, "('j9', '", id, "', '45', '2018-03-01', 'X', '', ", counted, ")"));
    });
  };
  // Nothing is changed or removed.
  for (const char* sql : {"UPDATE ledger_entries SET amount_fen = amount_fen * 2", "DELETE FROM ledger_entries",
                          "UPDATE ledger_journals SET on_day = '2018-03-02'", "DELETE FROM ledger_journals"}) {
    EXPECT_FALSE(Execute(sql).ok()) << sql;
  }
  if (GetParam() == "postgresql") {
    EXPECT_FALSE(Execute("TRUNCATE ledger_entries, ledger_journals").ok());
  }
  // An entry has a journal, a posted journal is closed, and one that does not come to 0 is not posted.
  EXPECT_FALSE(Execute(entry_of("j9", 1, 5)).ok());
  EXPECT_FALSE(Execute(entry_of(Id(id, 1), 3, 5)).ok());
  EXPECT_FALSE(both(5, -4, 2).ok());
  EXPECT_FALSE(both(5, -5, 3).ok());
  EXPECT_FALSE(both(0, 0, 2).ok());
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 1)), 700);
  EXPECT_TRUE(both(5, -5, 2).ok());
}

TEST_P(BooksTest, TheProofFindsWhatIsWrong) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  // Somebody who may change the tables at will.
  ASSERT_TRUE(Execute("UPDATE roots SET body = REPLACE(body, '700', '701')").ok());
  const auto proof = books_.Check();
  ASSERT_TRUE(proof.ok()) << proof.status();
  ASSERT_THAT(proof->discrepancies, SizeIs(2));
  EXPECT_EQ(proof->discrepancies[0].posted_fen, 700);
  EXPECT_EQ(proof->discrepancies[0].recorded_fen, 701);
  // Nobody is told of others.
  const auto theirs = books_.Check([](absl::string_view division) { return IsWithin(division, "450481"); });
  EXPECT_THAT(theirs->discrepancies, IsEmpty());
  EXPECT_EQ(theirs->journals + theirs->entries + theirs->records, 0);
  const auto ours = books_.Check([](absl::string_view division) { return IsWithin(division, "450328"); });
  EXPECT_THAT(ours->discrepancies, SizeIs(2));
  EXPECT_EQ(ours->entries, proof->entries);
  Books other(stand_.store, {&kCash});
  EXPECT_FALSE(other.TrialBalance("45", Date(2018, 3, 1)).ok());
  EXPECT_THAT(other.Check()->discrepancies, SizeIs(3));
}

// Breaks every statement in turn: the root, its journal and the audit row are there together or not at all.
TEST_P(BooksTest, FaultAfterFault) {
  ASSERT_TRUE(Receive("a", "450328100201", 700, Date(2018, 3, 1)).ok());
  int64_t expected = 700;
  bool failed = true;
  for (int n = 1; failed; ++n) {
    testing::FaultyDatabase faulty(*stand_.database, n);
    roots::Store store(faulty, stand_.clock, {&roots::KindOf<Purse>()}, nullptr, [](const std::set<std::string>&) {});
    const absl::Status status = ReceiveIn(store, "a", "450328100201", 10, Date(2018, 3, 2));
    failed = faulty.failed();
    ASSERT_EQ(status.ok(), !failed) << n << ": " << status;
    if (status.ok()) expected += 10;
    EXPECT_EQ(Find("a").fen, expected) << n;
    EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 31)), expected) << n;
    EXPECT_THAT(books_.Check()->discrepancies, IsEmpty()) << n;
    ASSERT_LT(n, 50);
  }
}

TEST_P(BooksTest, ManyAtOnceLoseNothing) {
  ASSERT_TRUE(Receive("a", "450328100201", 1, Date(2018, 3, 1)).ok());
  std::vector<std::thread> threads;
  std::atomic<int64_t> posted = 1;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        const absl::Status status = Receive(i % 2 ? "a" : absl::StrCat("t", t), "450328100201", 3, Date(2018, 3, 2));
        if (status.ok()) posted += 3;
        EXPECT_TRUE(status.ok() || status.code() == kAborted) << status;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Balance(kCash, "45", Date(2018, 3, 31)), posted);
  EXPECT_THAT(books_.Check()->discrepancies, IsEmpty());
}

// Random receipts and payments over random days: whatever was posted, the books of every division balance at every
// date.
TEST_P(BooksTest, EveryDivisionBalancesAtEveryDate) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(absl::StrCat("seed ", seed));
  std::mt19937 random(seed);
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
  const std::vector<std::string> villages = {"450328100201", "450328100202", "450328101201", "450329100201"};
  for (int i = 0; i < 60; ++i) {
    const int which = pick(0, 7);
    int64_t fen = pick(-50'000, 50'000);
    if (fen == 0) fen = 1;
    ASSERT_TRUE(Receive(absl::StrCat("p", which), villages[which % 4], fen, Date(2018, pick(1, 12), pick(1, 28))).ok());
  }
  for (int month = 1; month <= 12; ++month) {
    for (const char* division : {"45", "4503", "450328", "450328100", "450328100201", "450329"}) {
      int64_t sum = 0;
      const auto trial = books_.TrialBalance(division, Date(2018, month, pick(1, 28)));
      ASSERT_TRUE(trial.ok()) << trial.status();
      for (const AccountSum& account : *trial) sum += account.debit_fen - account.credit_fen;
      EXPECT_EQ(sum, 0) << division << " " << month;
    }
  }
  EXPECT_THAT(books_.Check()->discrepancies, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, BooksTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::ledger
