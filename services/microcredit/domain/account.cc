#include "services/microcredit/domain/account.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/microcredit/domain/correction.h"
#include "services/microcredit/domain/policy.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/platform/base/today.h"
#include "services/platform/roots/queue.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// Persons are no business of an account, and would be most of what it stores.
feed::HouseholdFact Copy(feed::HouseholdFact household) {
  household.persons.clear();
  return household;
}

CreditAccount Open(const feed::HouseholdFact& household) {
  return {.key = household.key, .household_id = household.id, .household = Copy(household)};
}

absl::StatusOr<CreditAccount> FindOrOpen(roots::Session& session, const intake::Batch& batch,
                                         absl::string_view household_no) {
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, intake::FindHousehold(session, batch, household_no));
  ASSIGN_OR_RETURN(std::optional<CreditAccount> account, session.Find<CreditAccount>(household.key));
  return account.has_value() ? *std::move(account) : Open(household);
}

absl::Status CheckPoorOn(const CreditAccount& account, Date day, absl::string_view field) {
  if (account.household.RegisteredPoorOn(day)) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NOT_REGISTERED_POOR", "the household was not registered poor on that day", field);
}

int64_t LineOn(const CreditAccount& account, Date day) {
  const Rating* rating = account.RatingOn(day);
  return rating == nullptr ? 0 : rating->line_fen;
}

// Whether the loans kept within the line on `first` and on the day of every later disbursement.
bool KeepsLineFrom(const CreditAccount& account, Date first) {
  if (account.BalanceOn(first) > LineOn(account, first)) return false;
  return std::all_of(account.loans.begin(), account.loans.end(), [&](const Loan& loan) {
    return loan.disbursed_on <= first || account.BalanceOn(loan.disbursed_on) <= LineOn(account, loan.disbursed_on);
  });
}

bool InRange(int32_t score) { return score >= 0 && score <= kHighestScore; }

// Scores the household, and keeps what that was measured by.
Rating Score(const RatingRecord& record, const policy::InForce& policy, CreditAccount& account) {
  Rating rating{.rating_no = record.rating_no,
                .rated_on = record.rated_on,
                .credit_score = record.credit_score,
                .labour_score = record.labour_score,
                .asset_score = record.asset_score};
  // The weights need not make 100 in all. Rounded half up.
  const int64_t weights = policy[kCreditWeight] + policy[kLabourWeight] + policy[kAssetWeight];
  const int64_t weighed = policy[kCreditWeight] * record.credit_score + policy[kLabourWeight] * record.labour_score +
                          policy[kAssetWeight] * record.asset_score;
  rating.score_centi = static_cast<int32_t>((2 * 100 * weighed + weights) / (2 * weights));
  const Grade& grade = GradeOf(policy, rating.score_centi);
  rating.grade = std::string(grade.name);
  rating.line_fen = grade.line_fen.empty() ? 0 : policy[grade.line_fen];
  policy::Keep(account.decisions, {.rule = std::string(kLineRule),
                                   .subject = rating.rating_no,
                                   .verdict = rating.line_fen > 0 ? policy::Verdict::kYes : policy::Verdict::kNo,
                                   .amount_fen = rating.line_fen,
                                   .reason = rating.line_fen > 0 ? "" : "SCORE_TOO_LOW",
                                   .decided_on = rating.rated_on,
                                   .inputs = {{"credit_score", absl::StrCat(rating.credit_score)},
                                              {"labour_score", absl::StrCat(rating.labour_score)},
                                              {"asset_score", absl::StrCat(rating.asset_score)},
                                              {"score_centi", absl::StrCat(rating.score_centi)},
                                              {"grade", rating.grade}},
                                   .used = policy.Use(GradedBy(grade))});
  return rating;
}

bool SaysTheSame(const Rating& rating, const RatingRecord& record) {
  return rating.rated_on == record.rated_on && rating.credit_score == record.credit_score &&
         rating.labour_score == record.labour_score && rating.asset_score == record.asset_score;
}

// What the terms say for themselves.
absl::Status CheckTerms(const Loan& terms, const policy::InForce& policy) {
  if (terms.principal_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a loan is at least 1 fen", "principal_fen");
  }
  if (terms.principal_fen > policy[kLargestLoan]) {
    return Refuse(kFailedPrecondition, "PRINCIPAL_ABOVE_LIMIT",
                  absl::StrCat("a loan is at most ", Yuan(policy[kLargestLoan])), "principal_fen");
  }
  if (terms.matures_on > AddMonths(terms.disbursed_on, static_cast<int32_t>(policy[kLongestTerm]))) {
    return Refuse(kFailedPrecondition, "TERM_TOO_LONG",
                  absl::StrCat("a loan matures within ", policy[kLongestTerm], " months"), "matures_on");
  }
  if (terms.matures_on <= terms.disbursed_on) {
    return Refuse(kInvalidArgument, "DATES_REVERSED", "a loan matures after the day of its disbursement", "matures_on");
  }
  return absl::OkStatus();
}

absl::Status CheckRate(const Loan& terms, const policy::InForce& policy) {
  if (terms.annual_rate_bp < 0) {
    return Refuse(kInvalidArgument, "RATE_NEGATIVE", "a rate is at least 0", "annual_rate_bp");
  }
  const int64_t highest_bp = policy[BaseRateOf(terms.disbursed_on, terms.matures_on)];
  if (terms.annual_rate_bp > highest_bp) {
    return Refuse(kFailedPrecondition, "RATE_ABOVE_BASE",
                  absl::StrCat("the base rate of such a loan was ", Percent(highest_bp), " on that day"),
                  "annual_rate_bp");
  }
  return absl::OkStatus();
}

policy::Decision Lent(const CreditAccount& account, const Loan& loan, const policy::InForce& policy) {
  return {.rule = std::string(kLoanRule),
          .subject = loan.key,
          .verdict = policy::Verdict::kYes,
          .amount_fen = loan.principal_fen,
          .decided_on = loan.disbursed_on,
          .inputs = {{"matures_on", Format(loan.matures_on)},
                     {"annual_rate_bp", absl::StrCat(loan.annual_rate_bp)},
                     {"line_fen", absl::StrCat(LineOn(account, loan.disbursed_on))},
                     {"owed_with_it_fen", absl::StrCat(account.BalanceOn(loan.disbursed_on))}},
          .used = policy.Use({kLargestLoan, kLongestTerm, BaseRateOf(loan.disbursed_on, loan.matures_on)})};
}

// The key of another record of the system that sent the loan.
std::string Beside(const Loan& loan, absl::string_view number) {
  return absl::StrCat(absl::string_view(loan.key).substr(0, loan.key.size() - loan.loan_no.size()), number);
}

absl::Status LoanNotFound() {
  return Refuse(kNotFound, "LOAN_NOT_FOUND", "import the loan before its repayments", "loan_no");
}

absl::Status LineExceeded() {
  return Refuse(kFailedPrecondition, "LINE_EXCEEDED", "with its other loans the household would owe more than its line",
                "principal_fen");
}

void Look(CreditAccount& account, Date today) { account.seen_on = std::max(today, account.seen_on.value_or(today)); }

// When the next of its loans will be overdue, as far as is known.
std::optional<Date> NextOverdue(const CreditAccount& account) {
  std::optional<Date> next;
  for (const Loan& loan : account.loans) {
    const Date day = loan.OverdueFrom();
    if (loan.balance_fen > 0 && account.seen_on.has_value() && day > *account.seen_on) {
      next = std::min(day, next.value_or(day));
    }
  }
  return next;
}

// Puts other books of a loan into its account, when nothing stands in their way.
absl::Status PutBooks(roots::Session& session, CreditAccount& account, Loan& loan, Loan books) {
  const bool kept_line = KeepsLineFrom(account, loan.disbursed_on);
  const Loan before = std::exchange(loan, std::move(books));
  if (kept_line && !KeepsLineFrom(account, loan.disbursed_on)) return LineExceeded();
  RETURN_IF_ERROR(CheckCorrection(session, account, before, loan));
  Look(account, DayInChina(session.now()));
  session.Put(account);
  return absl::OkStatus();
}

// Takes a repayment from the loan that it was said to be of, when that is another one. Answers whether it was.
absl::StatusOr<bool> TakeFromAnother(roots::Session& session, const std::string& repayment_key,
                                     const std::string& loan_key) {
  ASSIGN_OR_RETURN(std::optional<CreditAccount> account,
                   session.FindNamed<CreditAccount>(kRepaymentName, repayment_key));
  if (!account.has_value()) return false;
  for (Loan& loan : account->loans) {
    Loan without = loan;
    const size_t taken = std::erase_if(without.repayments, [&](const Repayment& repayment) {
      return Beside(loan, repayment.repayment_no) == repayment_key;
    });
    if (taken == 0 || loan.key == loan_key) continue;
    ASSIGN_OR_RETURN(Loan books, Replay(std::move(without)));
    RETURN_IF_ERROR(PutBooks(session, *account, loan, std::move(books)));
    return true;
  }
  return false;
}

}  // namespace

const Rating* CreditAccount::RatingOn(Date day) const {
  const Rating* found = nullptr;
  for (const Rating& rating : ratings) {
    if (rating.rated_on <= day) found = &rating;
  }
  return found;
}

int64_t CreditAccount::BalanceOn(Date day) const {
  int64_t balance = 0;
  for (const Loan& loan : loans) balance += loan.BalanceOn(day);
  return balance;
}

const Loan* CreditAccount::FindLoan(absl::string_view loan_key) const {
  return roots::Lookup(const_cast<std::vector<Loan>&>(loans), &Loan::key, loan_key);
}

std::vector<roots::Name> Names(const CreditAccount& account) {
  std::vector<roots::Name> names;
  for (const Loan& loan : account.loans) {
    names.push_back({.kind = std::string(kLoanName), .name = loan.key});
    for (const Repayment& repayment : loan.repayments) {
      names.push_back({.kind = std::string(kRepaymentName), .name = Beside(loan, repayment.repayment_no)});
    }
  }
  return names;
}

std::vector<roots::Name> Links(const CreditAccount& account) {
  std::vector<roots::Name> links = {{.kind = "household", .name = account.household_id}};
  const std::string division = account.Division();
  if (const std::optional<Date> day = NextOverdue(account); day.has_value() && IsDivisionCode(division)) {
    const absl::string_view province = Lineage(division).front();
    links.push_back({.kind = roots::QueueKind(kComingDue, province), .name = roots::QueueLink(province, *day)});
  }
  return links;
}

std::optional<roots::Told> Tell(const CreditAccount& account) {
  if (account.ratings.empty() && account.loans.empty()) return std::nullopt;
  feed::CreditFact fact{.household_id = account.household_id};
  if (!account.ratings.empty()) fact.rated_on = account.ratings.back().rated_on;
  for (const Loan& loan : account.loans) {
    fact.loans.push_back({.disbursed_on = loan.disbursed_on,
                          .matures_on = loan.matures_on,
                          .principal_fen = loan.principal_fen,
                          .balance_fen = loan.balance_fen});
  }
  return roots::Told{.topic = feed::CreditFact::kTopic, .key = account.household_id, .body = roots::ToJson(fact)};
}

absl::StatusOr<CreditAccount> Rate(const CreditAccount& before, const RatingRecord& record, const policy::Books& books,
                                   Outcome* outcome) {
  CreditAccount after = before;
  Rating* known = roots::Lookup(after.ratings, &Rating::rating_no, record.rating_no);
  *outcome = known == nullptr ? Outcome::kAdded : Outcome::kUpdated;
  if (known != nullptr && SaysTheSame(*known, record)) {
    *outcome = Outcome::kUnchanged;
    return after;
  }
  RETURN_IF_ERROR(CheckPoorOn(before, record.rated_on, "rated_on"));
  const std::pair<absl::string_view, int32_t> scores[] = {{"credit_score", record.credit_score},
                                                          {"labour_score", record.labour_score},
                                                          {"asset_score", record.asset_score}};
  for (const auto& [field, score] : scores) {
    if (!InRange(score)) {
      return Refuse(kInvalidArgument, "SCORE_OUT_OF_RANGE", absl::StrCat("a score is from 0 to ", kHighestScore),
                    field);
    }
  }
  // A correction may change the line from the day on which it stood until now.
  const Date first = known == nullptr ? record.rated_on : std::min(record.rated_on, known->rated_on);
  Rating rating = Score(record, PolicyOn(books, record.rated_on), after);
  if (known != nullptr) {
    *known = std::move(rating);
  } else {
    after.ratings.push_back(std::move(rating));
  }
  std::sort(after.ratings.begin(), after.ratings.end(), [](const Rating& a, const Rating& b) {
    return std::tie(a.rated_on, a.rating_no) < std::tie(b.rated_on, b.rating_no);
  });
  if (!KeepsLineFrom(after, first) || after.BalanceOn(record.rated_on) > LineOn(after, record.rated_on)) {
    return Refuse(kFailedPrecondition, "LINE_BELOW_BALANCE",
                  "the household owes more than the line of this rating; it can be rated so when it has repaid");
  }
  return after;
}

absl::StatusOr<CreditAccount> Lend(const CreditAccount& before, const Loan& terms, const policy::Books& books,
                                   Outcome* outcome) {
  CreditAccount after = before;
  Loan* known = roots::Lookup(after.loans, &Loan::key, terms.key);
  *outcome = known == nullptr ? Outcome::kAdded : Outcome::kUpdated;
  if (known != nullptr && known->SameTerms(terms)) {
    *outcome = Outcome::kUnchanged;
    return after;
  }
  const policy::InForce policy = PolicyOn(books, terms.disbursed_on);
  RETURN_IF_ERROR(CheckTerms(terms, policy));
  RETURN_IF_ERROR(CheckPoorOn(before, terms.disbursed_on, "disbursed_on"));
  if (before.RatingOn(terms.disbursed_on) == nullptr) {
    return Refuse(kFailedPrecondition, "NOT_RATED", "the household was not rated on that day: import its rating first",
                  "household_no");
  }
  if (terms.purpose == Purpose::kLentOn) {
    return Refuse(kFailedPrecondition, "LENT_ON", "a loan is for the household's own production, not for a company",
                  "purpose");
  }
  RETURN_IF_ERROR(CheckRate(terms, policy));
  Loan loan = terms;
  if (known != nullptr) {
    loan.repayments = known->repayments;
    loan.subsidies = known->subsidies;
  }
  ASSIGN_OR_RETURN(loan, Replay(std::move(loan)));
  if (known != nullptr) {
    *known = std::move(loan);
  } else {
    after.loans.push_back(std::move(loan));
  }
  if (!KeepsLineFrom(after, terms.disbursed_on)) return LineExceeded();
  policy::Keep(after.decisions, Lent(after, terms, policy));
  return after;
}

absl::StatusOr<Outcome> ImportRating(roots::Session& session, const intake::Batch& batch, const RatingRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.rated_on, DayInChina(session.now()), "rated_on"));
  ASSIGN_OR_RETURN(const CreditAccount before, FindOrOpen(session, batch, record.household_no));
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  ASSIGN_OR_RETURN(CreditAccount after, Rate(before, record, *books, &outcome));
  if (outcome != Outcome::kUnchanged) session.Put(after);
  return outcome;
}

absl::StatusOr<Outcome> ImportLoan(roots::Session& session, const intake::Batch& batch, const LoanRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.disbursed_on, DayInChina(session.now()), "disbursed_on"));
  ASSIGN_OR_RETURN(const CreditAccount before, FindOrOpen(session, batch, record.household_no));
  Outcome outcome = Outcome::kUnchanged;
  const Loan terms{.loan_no = record.loan_no,
                   .key = batch.Key(record.loan_no),
                   .bank = record.bank,
                   .principal_fen = record.principal_fen,
                   .annual_rate_bp = record.annual_rate_bp,
                   .disbursed_on = record.disbursed_on,
                   .matures_on = record.matures_on,
                   .purpose = record.purpose};
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  ASSIGN_OR_RETURN(CreditAccount after, Lend(before, terms, *books, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kLoanName, terms.key));
  if (!holder.empty() && holder != before.id) {
    return Refuse(kAlreadyExists, "LOAN_NO_TAKEN", "another household has the loan of this number", "loan_no");
  }
  if (const Loan* known = before.FindLoan(terms.key); known != nullptr) {
    RETURN_IF_ERROR(CheckCorrection(session, after, *known, *after.FindLoan(terms.key)));
  }
  Look(after, DayInChina(session.now()));
  session.Put(after);
  return outcome;
}

absl::StatusOr<Outcome> ImportRepayment(roots::Session& session, const intake::Batch& batch,
                                        const RepaymentRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.paid_on, DayInChina(session.now()), "paid_on"));
  const std::string loan_key = batch.Key(record.loan_no);
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kLoanName, loan_key));
  if (holder.empty()) return LoanNotFound();
  ASSIGN_OR_RETURN(const bool moved, TakeFromAnother(session, batch.Key(record.repayment_no), loan_key));
  ASSIGN_OR_RETURN(std::optional<CreditAccount> account, session.Get<CreditAccount>(holder));
  ANJU_CHECK(account.has_value());
  Loan* loan = roots::Lookup(account->loans, &Loan::key, loan_key);
  ANJU_CHECK(loan != nullptr);
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Loan after, Repay(*loan, record.repayment_no, record.paid_on, record.amount_fen, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  RETURN_IF_ERROR(PutBooks(session, *account, *loan, std::move(after)));
  return moved ? Outcome::kUpdated : outcome;
}

absl::Status LookAgain(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<CreditAccount> account, session.Get<CreditAccount>(id));
  if (!account.has_value()) return absl::OkStatus();
  Look(*account, DayInChina(session.now()));
  session.Put(*account);
  return absl::OkStatus();
}

absl::Status FollowHousehold(roots::Session& session, const feed::HouseholdFact& household) {
  ASSIGN_OR_RETURN(std::optional<CreditAccount> account, session.Find<CreditAccount>(household.key));
  if (!account.has_value()) {
    const bool ever_poor = std::any_of(household.classifications.begin(), household.classifications.end(),
                                       [](const feed::Classification& classification) {
                                         return classification.household_class == feed::HouseholdClass::kRegisteredPoor;
                                       });
    if (!ever_poor) return absl::OkStatus();
    account = Open(household);
  }
  account->household = Copy(household);
  session.Put(*account);
  return absl::OkStatus();
}

}  // namespace anju::microcredit
