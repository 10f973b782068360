#include "services/relocation/domain/payments.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "services/platform/ledger/books.h"
#include "services/platform/roots/queue.h"
#include "services/relocation/domain/chart.h"
#include "services/relocation/domain/homes.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

// Households h1 (in u1 since 2018-07-28, three members) and h2 (in u2), with units of 126,000 yuan.
class PaymentsTest : public Resettlement {
 protected:
  PaymentsTest() : books(stand.store, FundsChart()) {}

  void SetUp() override {
    Build();
    ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c1", "h1", "u1")).ok());
    ASSERT_TRUE(stand.Import(ImportCase, MovedIn("c2", "h2", "u2")).ok());
  }

  static PaymentRecord Row(const std::string& number, FundsAct act, int64_t fen, Date on) {
    const bool pays = act == FundsAct::kReceiveDeposit || act == FundsAct::kPayTitle;
    return {.payment_no = number,
            .household_no = "h1",
            .act = act,
            .amount_fen = fen,
            .paid_on = on,
            .bank_reference = "b" + number,
            .source = pays ? MoneySource::kOwn : MoneySource::kUnspecified};
  }

  using Step = std::function<absl::StatusOr<Settlement>(roots::Session&, const CaseFunds&, const Act&)>;
  absl::Status Do(const std::string& case_no, const Step& step, const std::string& by = "li") {
    return DoIn(stand.store, case_no, step, by);
  }
  absl::Status DoIn(roots::Store& store, const std::string& case_no, const Step& step, const std::string& by = "li") {
    return store.Change({.subject = by}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const CaseFunds before, FindFunds(session, stand.batch.Key(case_no)));
      return step(session, before, Approver(by, DayInChina(session.now()))).status();
    });
  }
  static absl::StatusOr<Settlement> Propose(roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::ProposeSubsidy(session, before, act);
  }
  static absl::StatusOr<Settlement> Grant(roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::DecideSubsidy(session, before, {.verdict = approval::Verdict::kApprove}, act);
  }
  static absl::StatusOr<Settlement> Pay(roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::PaySubsidy(session, before, {.bank_reference = "b1", .paid_on = act.on}, act);
  }
  static Step Deposit(int64_t fen) {
    return [fen](roots::Session& session, const CaseFunds& before, const Act& act) {
      return relocation::ReceiveDeposit(
          session, before, {.amount_fen = fen, .source = MoneySource::kOwn, .bank_reference = "b2", .paid_on = act.on},
          act);
    };
  }

  int64_t Balance(const ledger::Account& account, const std::string& division, Date on) {
    const auto sum = books.Balance(account, std::nullopt, division, on);
    EXPECT_TRUE(sum.ok()) << sum.status();
    return sum.ok() ? sum->Balance() : -1;
  }
  void ExpectSound() {
    EXPECT_THAT(books.Check()->discrepancies, IsEmpty());
    EXPECT_THAT(stand.Recount(), IsEmpty());
  }

  ledger::Books books;
};

TEST_P(PaymentsTest, FromTheSubsidyToTheTitle) {
  EXPECT_TRUE(Do("c1", Propose).ok());
  EXPECT_THAT(Do("c1", Grant), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  ASSERT_TRUE(Do("c1", Grant, "wang").ok());
  ASSERT_TRUE(Do("c1", Pay).ok());
  ASSERT_TRUE(Do("c1", Deposit(10'000'00)).ok());
  const auto pay_title = [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::PayTitle(
        session, before,
        {.amount_fen = 56'000'00, .source = MoneySource::kOwn, .bank_reference = "b3", .paid_on = act.on}, act);
  };
  const auto settle = [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::SettleTitle(session, before, act.on, act);
  };
  const auto check = [&] {
    return stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Case> relocation, session.Find<Case>(stand.batch.Key("c1")));
      return CheckTitleSettled(session, *relocation);
    });
  };
  EXPECT_THAT(check(), RefusedWith(kFailedPrecondition, "TITLE_NOT_SETTLED"));
  ASSERT_TRUE(Do("c1", pay_title).ok());
  ASSERT_TRUE(Do("c1", settle).ok());
  EXPECT_TRUE(check().ok());
  const Date today(2018, 11, 1);
  EXPECT_EQ(Balance(kHomesSettled, kVillage, today), 126'000'00);
  EXPECT_EQ(Balance(kContractor, "45", today), 60'000'00);
  EXPECT_EQ(Balance(kFund, "450328", today), 6'000'00);
  EXPECT_EQ(Balance(kHomeCredit, "450328", today), 0);
  EXPECT_EQ(Figure("subsidies_granted", kVillage, "2018-11"), 60'000'00);
  EXPECT_EQ(Figure("subsidies_paid", "45", "2018-11"), 60'000'00);
  EXPECT_EQ(Figure("title_payments", "45", "2018-11"), 56'000'00);
  EXPECT_EQ(Figure("deposits_held", "45", "2018-11"), 0);
  ExpectSound();
}

// Over 50,000 yuan the prefecture approves too.
TEST_P(PaymentsTest, TheAmountSaysHowManyDecideOnASubsidy) {
  using approval::Verdict;
  const auto define = [&](int64_t from_fen) {
    const approval::Definition definition{
        .division = "4503",
        .name = "relocation.subsidy",
        .since = Today(),
        .steps = {{.code = "county", .level = approval::Level::kCounty, .roles = {"approver"}},
                  {.code = "prefecture",
                   .level = approval::Level::kPrefecture,
                   .roles = {"approver"},
                   .from_fen = from_fen,
                   .days = 3,
                   .day_kind = notice::DayKind::kCalendar}}};
    return stand.store.Change({}, [&](roots::Session& session) {
      return approval::DefineFlow(session, definition, {.by = "admin", .on = Today()}).status();
    });
  };
  const auto rule = [](Verdict verdict, const std::string& step, const std::string& scope = "450328") {
    return [=](roots::Session& session, const CaseFunds& before, const Act& act) {
      Act from = act;
      from.scope = scope;
      return relocation::DecideSubsidy(session, before, {.verdict = verdict, .step = step, .reason = "r"}, from);
    };
  };
  const auto item = [&](const std::string& number) { return Find<Settlement>(number).approvals.back(); };
  stand.KnowDivision("4503");
  ASSERT_TRUE(define(50'000'00).ok());
  ASSERT_TRUE(Do("c1", Propose).ok());
  // 60,000 yuan: the county is not enough.
  EXPECT_THAT(Do("c1", Grant, "wang"), RefusedWith(kFailedPrecondition, "WRONG_STEP"));
  EXPECT_THAT(Do("c1", rule(Verdict::kApprove, "county")), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  ASSERT_TRUE(Do("c1", rule(Verdict::kApprove, "county"), "wang").ok());
  EXPECT_EQ(item("c1").step, "prefecture");
  EXPECT_EQ(item("c1").due_on, Today() + 3);
  EXPECT_EQ(Find<Settlement>("c1").subsidy.state, SubsidyState::kProposed);
  EXPECT_THAT(Do("c1", Pay), RefusedWith(kFailedPrecondition, "SUBSIDY_NOT_GRANTED"));
  const auto due = [&] { return stand.store.Queue(roots::kWaiting, "450328", Today() + 3, "", 10)->roots.size(); };
  EXPECT_EQ(due(), 1u);
  // From now on 60,000 yuan are no matter of the prefecture's; what is under way keeps its version.
  ASSERT_TRUE(define(100'000'00).ok());
  EXPECT_THAT(Do("c1", rule(Verdict::kApprove, "prefecture"), "wang"),
              RefusedWith(kPermissionDenied, "LEVEL_NOT_ALLOWED"));
  ASSERT_TRUE(Do("c1", rule(Verdict::kReturn, "prefecture", "4503"), "zhao").ok());
  EXPECT_EQ(item("c1").state, approval::State::kReturned);
  EXPECT_EQ(due(), 0u);
  ASSERT_TRUE(Do("c1", Propose).ok());
  ASSERT_TRUE(Do("c1", rule(Verdict::kApprove, "county"), "wang").ok());
  ASSERT_TRUE(Do("c1", rule(Verdict::kApprove, "prefecture", "4503"), "zhao").ok());
  EXPECT_EQ(item("c1").version, 1);
  EXPECT_EQ(item("c1").history.size(), 4u);
  EXPECT_EQ(Find<Settlement>("c1").subsidy.granted_by, "zhao");
  ASSERT_TRUE(Do("c1", Pay).ok());

  // The other one begins by the new version, where one is enough. Who proposed it withdraws it, with its history.
  ASSERT_TRUE(Do("c2", Propose).ok());
  EXPECT_THAT(Do("c2", rule(Verdict::kWithdraw, ""), "wang"), RefusedWith(kPermissionDenied, "NOT_AUTHOR"));
  ASSERT_TRUE(Do("c2", rule(Verdict::kWithdraw, "")).ok());
  EXPECT_EQ(Find<Settlement>("c2").subsidy, PersonalSubsidy());
  EXPECT_THAT(Do("c2", Grant, "wang"), RefusedWith(kFailedPrecondition, "SUBSIDY_NOT_PROPOSED"));
  ASSERT_TRUE(Do("c2", Propose).ok());
  ASSERT_TRUE(Do("c2", Grant, "wang").ok());
  EXPECT_EQ(item("c2").version, 2);
  const std::vector<roots::Decision> ledger = Decisions(Find<Settlement>("c2"));
  ASSERT_EQ(ledger.size(), 2u);
  EXPECT_EQ(ledger[0].by, "li");
  EXPECT_EQ(ledger[1].by, "wang");
  ExpectSound();
}

TEST_P(PaymentsTest, ATitleIsIssuedOnceItIsSettled) {
  // A case that goes its way here.
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(std::optional<Case> relocation, session.Find<Case>(stand.batch.Key("c1")));
                            relocation->steps.demolished_on = relocation->steps.reclaimed_on = Date(2018, 10, 1);
                            relocation->state = CaseState::kReclaimed;
                            relocation->trail = {{.verb = CaseVerb::kReclaimLand, .by = "li", .on = Date(2018, 10, 1)}};
                            session.Put(*relocation);
                            return absl::OkStatus();
                          })
                  .ok());
  const auto issue = [&] {
    return stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Case> relocation, session.Find<Case>(stand.batch.Key("c1")));
      ASSIGN_OR_RETURN(Case titled, IssueTitle(session, *relocation, "t1", {.by = "li", .on = Date(2018, 11, 1)}));
      session.Put(titled);
      return absl::OkStatus();
    });
  };
  EXPECT_THAT(issue(), RefusedWith(kFailedPrecondition, "TITLE_NOT_SETTLED"));
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p1", FundsAct::kPayTitle, 126'000'00, Date(2018, 10, 1))).ok());
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p2", FundsAct::kSettleTitle, 0, Date(2018, 10, 1))).ok());
  EXPECT_TRUE(issue().ok());
  const auto reverse = [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::ReversePosting(session, before, {.posting_no = 2, .reason = "算错"}, act);
  };
  EXPECT_THAT(Do("c1", reverse, "wang"), RefusedWith(kFailedPrecondition, "TITLE_ISSUED"));
}

TEST_P(PaymentsTest, TakesInWhatOtherSystemsHavePaid) {
  const auto subsidy = Row("p1", FundsAct::kPaySubsidy, 60'000'00, Date(2018, 6, 10));
  const auto deposit = Row("p2", FundsAct::kReceiveDeposit, 10'000'00, Date(2018, 6, 20));
  const auto title = Row("p3", FundsAct::kPayTitle, 56'000'00, Date(2018, 9, 3));
  const auto settle = Row("p4", FundsAct::kSettleTitle, 0, Date(2018, 9, 4));
  for (const auto& row : {subsidy, deposit, title, settle}) {
    const auto outcome = stand.Import(ImportPayment, row);
    ASSERT_TRUE(outcome.ok()) << outcome.status();
    EXPECT_EQ(*outcome, Outcome::kAdded);
  }
  // The same again changes nothing, something else is not posted over it.
  for (const auto& row : {subsidy, deposit, title, settle}) {
    EXPECT_EQ(*stand.Import(ImportPayment, row), Outcome::kUnchanged);
    PaymentRecord other = row;
    other.paid_on += 1;
    EXPECT_THAT(stand.Import(ImportPayment, other), RefusedWith(kFailedPrecondition, "POSTING_FIXED"));
  }
  EXPECT_EQ(Figure("subsidies_paid", kVillage, "2018-06"), 60'000'00);
  EXPECT_EQ(Figure("deposits_held", kVillage, "2018-06"), 10'000'00);
  EXPECT_EQ(Figure("deposits_held", kVillage, "2018-09"), 0);
  EXPECT_EQ(Figure("title_payments", kVillage, "2018-09"), 56'000'00);
  // A figure is what the ledger has.
  EXPECT_EQ(Balance(kDeposits, kVillage, Date(2018, 6, 30)), 10'000'00);
  EXPECT_EQ(Balance(kDeposits, kVillage, Date(2018, 9, 30)), 0);
  EXPECT_EQ(Balance(kContractor, kVillage, Date(2018, 6, 30)), 60'000'00);
  ExpectSound();
}

TEST_P(PaymentsTest, RefusesRows) {
  const Date day(2018, 6, 10);
  PaymentRecord row = Row("p1", FundsAct::kGrantSubsidy, 60'000'00, day);
  row.household_no = "h9";
  EXPECT_THAT(stand.Import(ImportPayment, row), RefusedWith(kNotFound, "CASE_NOT_FOUND"));
  row.household_no = "h1";
  EXPECT_THAT(stand.Import(ImportPayment, row), RefusedWith(kInvalidArgument, "ACT_NOT_IMPORTED"));
  EXPECT_THAT(stand.Import(ImportPayment, Row("p1", FundsAct::kPaySubsidy, 40'000'00, day)),
              RefusedWith(kFailedPrecondition, "SUBSIDY_DIFFERS"));
  EXPECT_THAT(stand.Import(ImportPayment, Row("p1", FundsAct::kPaySubsidy, 60'000'00, Date(2018, 11, 2))),
              RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row = Row("p1", FundsAct::kPayTitle, 1, Date(2018, 8, 1));
  row.source = MoneySource::kUnspecified;
  EXPECT_THAT(stand.Import(ImportPayment, row), RefusedWith(kInvalidArgument, "FIELD_MISSING"));
  row.source = MoneySource::kLoan;
  EXPECT_THAT(stand.Import(ImportPayment, row), RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  row.source = MoneySource::kAid;
  EXPECT_TRUE(stand.Import(ImportPayment, row).ok());
  // Those of a household come in the order of their days.
  EXPECT_THAT(stand.Import(ImportPayment, Row("p2", FundsAct::kReceiveDeposit, 1, Date(2018, 7, 31))),
              RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  ExpectSound();
}

TEST_P(PaymentsTest, ACaseThatGoesItsWayHereTakesTwoPersons) {
  ASSERT_TRUE(stand.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(std::optional<Case> relocation, session.Find<Case>(stand.batch.Key("c1")));
                            relocation->trail = {{.verb = CaseVerb::kMoveIn, .by = "li", .on = Date(2018, 7, 28)}};
                            session.Put(*relocation);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_THAT(stand.Import(ImportPayment, Row("p1", FundsAct::kPaySubsidy, 60'000'00, Date(2018, 8, 1))),
              RefusedWith(kFailedPrecondition, "CASE_KEPT_HERE"));
}

TEST_P(PaymentsTest, AMistakeIsTakenBackWhereItCounted) {
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p1", FundsAct::kReceiveDeposit, 10'000'00, Date(2018, 6, 20))).ok());
  const auto reverse = [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::ReversePosting(session, before, {.posting_no = 1, .reason = "他户的款"}, act);
  };
  ASSERT_TRUE(Do("c1", reverse, "wang").ok());
  EXPECT_EQ(Figure("deposits_held", kVillage, "2018-10"), 10'000'00);
  EXPECT_EQ(Figure("deposits_held", kVillage, "2018-11"), 0);
  EXPECT_EQ(Balance(kFund, "45", Date(2018, 10, 31)), 10'000'00);
  EXPECT_EQ(Balance(kFund, "45", Date(2018, 11, 1)), 0);
  ExpectSound();
}

TEST_P(PaymentsTest, MoneyStaysInTheBooksWhereItWasEntered) {
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p1", FundsAct::kReceiveDeposit, 4'000'00, Date(2018, 6, 20))).ok());
  household.residences.push_back({.since = Date(2018, 7, 1), .village = kOther});
  ASSERT_TRUE(Absorb(household).ok());
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p2", FundsAct::kReceiveDeposit, 6'000'00, Date(2018, 8, 1))).ok());
  EXPECT_EQ(Figure("deposits_held", kVillage, "2018-08"), 10'000'00);
  EXPECT_EQ(Balance(kDeposits, kVillage, Date(2018, 8, 1)), 10'000'00);
  EXPECT_EQ(Balance(kDeposits, kOther, Date(2018, 8, 1)), 0);
  ExpectSound();
}

TEST_P(PaymentsTest, ASiteIsHeldAgainstItsCost) {
  ASSERT_TRUE(stand.Import(ImportPayment, Row("p1", FundsAct::kPaySubsidy, 60'000'00, Date(2018, 6, 10))).ok());
  ASSERT_TRUE(stand.store
                  .Look([&](roots::Session& session) -> absl::Status {
                    ASSIGN_OR_RETURN(const Site site, FindSiteNamed(session, stand.batch.Key("s1")));
                    ASSIGN_OR_RETURN(const SiteCost cost, CostOf(session, site));
                    EXPECT_EQ(cost.units, 3);
                    EXPECT_EQ(cost.cost_fen, 3 * 126'000'00);
                    EXPECT_EQ(books.Balance(kContractor, site.key, "", Date(2018, 11, 1))->Balance(), 60'000'00);
                    EXPECT_THAT(FindSiteNamed(session, "x"), RefusedWith(kNotFound, "SITE_NOT_FOUND"));
                    return absl::OkStatus();
                  })
                  .ok());
}

// Breaks every statement of every act in turn: the settlement, its journals, its figures and the audit row are there
// together or not at all.
TEST_P(PaymentsTest, FaultAfterFault) {
  const auto withhold = [](roots::Session& session, const CaseFunds& before, const Act& act) {
    return relocation::WithholdDeposit(session, before, act);
  };
  const auto audited = [&] {
    int64_t count = 0;
    EXPECT_TRUE(stand.database
                    ->Read([&](storage::Transaction& transaction) -> absl::Status {
                      ASSIGN_OR_RETURN(const storage::Rows rows,
                                       transaction.Query("SELECT COUNT(*) FROM audit_pending"));
                      count = rows[0].Int(0);
                      return absl::OkStatus();
                    })
                    .ok());
    return count;
  };
  CaseRecord overdue = MovedIn("c1", "h1", "u1");
  overdue.demolish_by = Date(2018, 9, 1);
  ASSERT_TRUE(stand.Import(ImportCase, overdue).ok());
  const std::pair<Step, std::string> steps[] = {
      {Propose, "li"}, {Grant, "wang"}, {Pay, "li"}, {Deposit(10'000'00), "li"}, {withhold, "li"}};
  for (const auto& [step, by] : steps) {
    bool failed = true;
    for (int n = 1; failed; ++n) {
      const int64_t before = books.Check()->journals, rows = audited();
      testing::FaultyDatabase faulty(*stand.database, n);
      roots::Store store(faulty, stand.clock, Kinds(), nullptr, [](const auto&) {});
      const absl::Status status = DoIn(store, "c1", step, by);
      failed = faulty.failed();
      ASSERT_EQ(status.ok(), !failed) << n << ": " << status;
      if (failed) {
        ASSERT_EQ(books.Check()->journals, before) << n;
        ASSERT_EQ(audited(), rows) << n;
      } else {
        ASSERT_EQ(audited(), rows + 1);
      }
      ExpectSound();
      ASSERT_LT(n, 60);
    }
  }
  EXPECT_EQ(books.Check()->journals, 4);
  EXPECT_EQ(Balance(kDepositsWithheld, "45", Date(2018, 11, 1)), 10'000'00);
}

TEST_P(PaymentsTest, ASubsidyIsPaidOnceHoweverManyPayIt) {
  ASSERT_TRUE(Do("c1", Propose).ok());
  ASSERT_TRUE(Do("c1", Grant, "wang").ok());
  std::atomic<int> paid = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const absl::Status status = Do("c1", Pay);
      if (status.ok()) ++paid;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == "SUBSIDY_NOT_GRANTED" || status.code() == kAborted) << status;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(paid, 1);
  EXPECT_EQ(Balance(kContractor, "45", Date(2018, 11, 1)), 60'000'00);
  ExpectSound();
}

INSTANTIATE_TEST_SUITE_P(Engines, PaymentsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
