#include "services/registry/domain/quality/comparison.h"

#include "services/platform/base/ids.h"
#include "services/registry/domain/indicators.h"
#include "tests/services/registry/domain/quality/sample.h"
#include "tests/support/recode.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;
using testing::Stand;

const intake::Batch kBatch{.division = "450328", .source = "power", .household_source = "county"};

DepartmentRecord Death(const std::string& number, const std::string& id_number) {
  return {.list = ListKind::kDeath, .entry_no = number, .id_number = id_number, .since = Date(2018, 9, 1)};
}

TEST(RecordEntry, RefusesInOrder) {
  DepartmentRecord record{.list = ListKind::kPower,
                          .entry_no = "1",
                          .since = Date(2018, 2, 1),
                          .until = Date(2018, 1, 1),
                          .amount_milli = -1};
  const auto refusal = [&] { return RecordEntry(std::nullopt, record, kBatch).status(); };
  EXPECT_THAT(refusal(), RefusedWith(kInvalidArgument, "NOBODY_NAMED"));
  record.household_no = "1";
  EXPECT_THAT(refusal(), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  record.until.reset();
  EXPECT_THAT(refusal(), RefusedWith(kInvalidArgument, "MONTH_MISSING"));
  record.month = *ParseMonth("2018-08");
  EXPECT_THAT(refusal(), RefusedWith(kInvalidArgument, "AMOUNT_NEGATIVE"));
  record.list = ListKind::kHousing;
  EXPECT_THAT(refusal(), RefusedWith(kInvalidArgument, "MONTH_NOT_EXPECTED"));
  record.month.reset();
  record.amount_milli = 0;
  EXPECT_TRUE(refusal().ok());
}

TEST(RecordEntry, KeepsTheNumberAsADigestAndReadingsInOrder) {
  DepartmentRecord record{
      .list = ListKind::kPower, .entry_no = "1", .id_number = "11010519491231002x", .amount_milli = 5};
  std::optional<ListEntry> entry;
  for (int i = 0; i < 40; ++i) {
    record.month = ParseMonth("2018-12")->Plus(i % 2 == 0 ? -i : i);
    entry = *RecordEntry(entry, record, kBatch);
  }
  EXPECT_EQ(entry->digest, Sha256("11010519491231002X"));
  EXPECT_THAT(entry->readings, SizeIs(kMostReadings));
  EXPECT_TRUE(std::is_sorted(entry->readings.begin(), entry->readings.end(),
                             [](const Reading& a, const Reading& b) { return a.month < b.month; }));
  EXPECT_EQ(entry->readings.back().month, ParseMonth("2018-12")->Plus(39));
  record.amount_milli = 7;
  EXPECT_EQ(RecordEntry(entry, record, kBatch)->readings.back().amount_milli, 7);
}

class ComparisonTest : public ::testing::TestWithParam<std::string> {
 protected:
  ComparisonTest()
      : stand_(GetParam(),
               {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>(),
                &roots::KindOf<ListEntry>(), &roots::KindOf<Comparison>()},
               Catalogue()) {
    sample_.household.id.clear();
  }

  void Run(absl::FunctionRef<absl::Status(roots::Session&)> body) {
    const absl::Status status = stand_.store.Change({.subject = "tester"}, body);
    EXPECT_TRUE(status.ok()) << status;
  }
  // The sample as it is now.
  void Put() {
    Run([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Household> before, session.Find<Household>(sample_.household.key));
      if (before.has_value()) sample_.household.id = before->id;
      session.Put(sample_.household);
      return absl::OkStatus();
    });
  }
  // A whole run, two entries at once.
  Comparison Compare(ListKind list, const std::string& division = "450328") {
    Comparison comparison;
    Run([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(comparison, StartComparison(session, division, list, {.by = "officer", .on = kToday}));
      session.Put(comparison);
      return absl::OkStatus();
    });
    while (comparison.state == ComparisonState::kRunning) {
      const auto page = stand_.store.List(ListEntry::kKind, division, comparison.cursor, 2);
      std::vector<std::string> ids;
      for (const roots::StoredRoot& stored : page->roots) ids.push_back(stored.id);
      Run([&](roots::Session& session) -> absl::Status {
        ASSIGN_OR_RETURN(comparison,
                         ContinueComparison(session, comparison.id, comparison.cursor, ids, page->next_page_token));
        session.Put(comparison);
        return absl::OkStatus();
      });
    }
    return comparison;
  }
  int64_t Open() { return stand_.Figure("registry.findings_open", "450328", "2018-11"); }

  Stand stand_;
  Sample sample_;
};

TEST_P(ComparisonTest, FindsTheDeadAndClosesWhatIsRightTheNextTime) {
  Put();
  EXPECT_EQ(*stand_.Import(ImportDepartmentRow, Death("1", sample_.head().id_number)), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportDepartmentRow, Death("1", sample_.head().id_number)), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportDepartmentRow, Death("2", IdNumber("450328", Date(1950, 1, 1), 901))),
            Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportDepartmentRow, {.list = ListKind::kVehicle, .entry_no = "1", .household_no = "1"}),
            Outcome::kAdded);
  const Comparison first = Compare(ListKind::kDeath);
  EXPECT_EQ(first.entries, 2);
  EXPECT_EQ(first.matched, 1);
  EXPECT_EQ(first.unmatched, 1);
  EXPECT_EQ(first.households, 1);
  EXPECT_EQ(first.hits, 1);
  EXPECT_EQ(first.key, "450328/7/1");
  // The household is evaluated as a whole: its car is found too.
  EXPECT_EQ(first.opened, 2);
  EXPECT_EQ(Open(), 2);

  sample_.head().left_on = Date(2018, 9, 1);
  sample_.spouse().relation = Relation::kHead;
  Put();
  const Comparison second = Compare(ListKind::kDeath);
  EXPECT_EQ(second.key, "450328/7/2");
  // The number is nobody's any more who is present.
  EXPECT_EQ(second.matched, 0);
  EXPECT_EQ(second.unmatched, 2);
  Run([&](roots::Session& session) { return EvaluateHousehold(session, sample_.household.id).status(); });
  EXPECT_EQ(Open(), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ComparisonTest, CountsAHouseholdOnceAndClosesWhatHasEnded) {
  Put();
  DepartmentRecord car{
      .list = ListKind::kVehicle, .entry_no = "1", .id_number = sample_.head().id_number, .since = Date(2018, 1, 1)};
  ASSERT_TRUE(stand_.Import(ImportDepartmentRow, car).ok());
  car.entry_no = "2";
  ASSERT_TRUE(stand_.Import(ImportDepartmentRow, car).ok());
  car.entry_no = "3";
  car.id_number = sample_.spouse().id_number;
  ASSERT_TRUE(stand_.Import(ImportDepartmentRow, car).ok());
  const Comparison first = Compare(ListKind::kVehicle);
  EXPECT_EQ(first.matched, 3);
  EXPECT_EQ(first.households, 1);
  EXPECT_EQ(first.hits, 1);
  const Comparison same = Compare(ListKind::kVehicle);
  EXPECT_EQ(same.opened + same.fixed, 0);
  EXPECT_EQ(same.hits, 1);
  car.until = Date(2018, 10, 1);
  for (const char* number : {"1", "2", "3"}) {
    car.entry_no = number;
    EXPECT_EQ(*stand_.Import(ImportDepartmentRow, car), Outcome::kUpdated);
  }
  const Comparison last = Compare(ListKind::kVehicle);
  EXPECT_EQ(last.fixed, 1);
  EXPECT_EQ(last.hits, 0);
  EXPECT_EQ(Open(), 0);
}

TEST_P(ComparisonTest, MatchesWhoComesLaterAndNobodyElsewhere) {
  ASSERT_TRUE(stand_.Import(ImportDepartmentRow, Death("1", sample_.head().id_number)).ok());
  EXPECT_EQ(Compare(ListKind::kDeath).unmatched, 1);
  sample_.household.residences[0].village = "450330100201";
  Put();
  EXPECT_EQ(Compare(ListKind::kDeath).unmatched, 1);
  sample_.household.residences[0].village = kHome;
  Put();
  const Comparison matched = Compare(ListKind::kDeath);
  EXPECT_EQ(matched.matched, 1);
  EXPECT_EQ(matched.hits, 1);
  // The county of the list got another code since.
  testing::Recode(stand_, "2018-06", {{.old_code = "450328", .new_code = "450399"}});
  sample_.household.residences.push_back({.since = kToday, .village = "450399100201"});
  Put();
  EXPECT_EQ(Compare(ListKind::kDeath, "450399").matched, 1);
}

TEST_P(ComparisonTest, RefusesInOrder) {
  Run([&](roots::Session& session) -> absl::Status {
    EXPECT_THAT(StartComparison(session, "450328", ListKind::kUnspecified, {}).status(),
                RefusedWith(kInvalidArgument, "LIST_UNSPECIFIED"));
    EXPECT_THAT(ContinueComparison(session, "none", "", {}, "").status(),
                RefusedWith(kNotFound, "COMPARISON_NOT_FOUND"));
    Comparison comparison{.key = "k", .division = "450328", .state = ComparisonState::kRunning, .cursor = "here"};
    session.Put(comparison);
    EXPECT_THAT(ContinueComparison(session, comparison.id, "there", {}, "").status(),
                RefusedWith(kFailedPrecondition, "COMPARISON_BUSY"));
    comparison.state = ComparisonState::kDone;
    session.Put(comparison);
    EXPECT_THAT(ContinueComparison(session, comparison.id, "there", {}, "").status(),
                RefusedWith(kFailedPrecondition, "COMPARISON_DONE"));
    return absl::OkStatus();
  });
}

TEST_P(ComparisonTest, ANumberThatIsUsedForEverybodyIsRefused) {
  Put();
  DepartmentRecord car{.list = ListKind::kVehicle, .id_number = sample_.head().id_number};
  Run([&](roots::Session& session) -> absl::Status {
    for (size_t i = 0; i < kMostListed; ++i) {
      car.entry_no = absl::StrCat(i);
      RETURN_IF_ERROR(ImportDepartmentRow(session, stand_.batch, car).status());
    }
    return absl::OkStatus();
  });
  car.entry_no = "one too many";
  EXPECT_THAT(stand_.Import(ImportDepartmentRow, car).status(), RefusedWith(kFailedPrecondition, "TOO_MANY_LISTED"));
}

INSTANTIATE_TEST_SUITE_P(Engines, ComparisonTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
