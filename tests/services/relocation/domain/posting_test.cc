#include "services/relocation/domain/posting.h"

#include "tests/support/stand.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

const Act kLi{.by = "li", .on = Date(2018, 11, 1)};
const Act kWang{.by = "wang", .on = Date(2018, 11, 1)};

TEST(PostingTest, PostingsComeInTheOrderOfTheirDays) {
  const std::vector<Posting> postings = {{.posting_no = 1, .on = Date(2018, 6, 1)}};
  const struct {
    Date on;
    absl::string_view reason;
  } table[] = {{Date(2018, 5, 31), "DATES_REVERSED"},
               {Date(2018, 6, 1), ""},
               {Date(2018, 11, 1), ""},
               {Date(2018, 11, 2), "DATES_REVERSED"}};
  for (const auto& row : table) EXPECT_EQ(ReasonOf(CheckPosting(postings, row.on, kLi, "on")), row.reason);
  EXPECT_TRUE(CheckPosting({}, Date(2016, 1, 1), kLi, "on").ok());
  const std::vector<Posting> full(kMostPostings, postings[0]);
  EXPECT_THAT(CheckPosting(full, Date(2018, 11, 2), kLi, "on"), RefusedWith(kFailedPrecondition, "POSTINGS_TOO_MANY"));
}

TEST(PostingTest, APaymentIsOfOnesOwnMoney) {
  EXPECT_THAT(CheckPayment({.amount_fen = 0, .source = MoneySource::kLoan}),
              RefusedWith(kInvalidArgument, "AMOUNT_NOT_POSITIVE"));
  EXPECT_THAT(CheckPayment({.amount_fen = 1, .source = MoneySource::kLoan}),
              RefusedWith(kFailedPrecondition, "HOUSEHOLD_BORROWS"));
  EXPECT_TRUE(CheckPayment({.amount_fen = 1, .source = MoneySource::kAid}).ok());
}

TEST(PostingTest, TheLastOneThatStandsIsTakenBackByAnotherPerson) {
  const std::vector<Posting> postings = {
      {.posting_no = 1, .by = "li"},
      {.posting_no = 2, .by = "li"},
      {.posting_no = 3, .by = "li", .reversed_by = 4},
      {.posting_no = 4, .by = "wang", .reverses = 3},
  };
  EXPECT_THAT(FindReversible(postings, 0, kWang), RefusedWith(kNotFound, "POSTING_NOT_FOUND"));
  EXPECT_THAT(FindReversible(postings, 5, kWang), RefusedWith(kNotFound, "POSTING_NOT_FOUND"));
  EXPECT_THAT(FindReversible(postings, 4, kWang), RefusedWith(kFailedPrecondition, "POSTING_IS_REVERSAL"));
  EXPECT_THAT(FindReversible(postings, 3, kWang), RefusedWith(kFailedPrecondition, "POSTING_REVERSED"));
  EXPECT_THAT(FindReversible(postings, 1, kLi), RefusedWith(kFailedPrecondition, "POSTING_NOT_LAST"));
  EXPECT_THAT(FindReversible(postings, 2, kLi), RefusedWith(kFailedPrecondition, "APPROVER_IS_AUTHOR"));
  ASSERT_TRUE(FindReversible(postings, 2, kWang).ok());
  EXPECT_EQ((*FindReversible(postings, 2, kWang))->posting_no, 2);
}

TEST(PostingTest, EveryActHasAReason) {
  std::set<absl::string_view> reasons;
  for (int act = 1; act <= static_cast<int>(FundsAct::kRepayMortgage); ++act) {
    reasons.insert(ReasonOfAct(static_cast<FundsAct>(act)));
  }
  EXPECT_EQ(reasons.size(), static_cast<size_t>(FundsAct::kRepayMortgage));
}

}  // namespace
}  // namespace anju::relocation
