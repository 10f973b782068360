#include "services/relocation/domain/disclosure.h"

#include "services/relocation/domain/community_policy.h"
#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;
using ::testing::SizeIs;

TEST(DisclosureRulesTest, HangsLongEnoughAndTellsOfWhatHasBegun) {
  const Date day(2018, 10, 9);
  Disclosure disclosure{.period = Month::Of(day).Plus(1), .published_on = day, .hung_until = day + 6};
  disclosure.evidence.resize(kMostDisclosed + 1);
  EXPECT_THAT(CheckDisclosure(disclosure, {}), RefusedWith(kInvalidArgument, "PERIOD_NOT_BEGUN"));
  disclosure.period = Month::Of(day);
  EXPECT_THAT(CheckDisclosure(disclosure, {}), RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  disclosure.hung_until = day + kLongestHanging + 1;
  EXPECT_THAT(CheckDisclosure(disclosure, {}), RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  disclosure.hung_until = day + 7;
  EXPECT_THAT(CheckDisclosure(disclosure, {}), RefusedWith(kInvalidArgument, "EVIDENCE_TOO_MUCH"));
  disclosure.evidence.pop_back();
  EXPECT_TRUE(CheckDisclosure(disclosure, {}).ok());
}

TEST(DisclosureRulesTest, AccountsAreDueInTheNextMonth) {
  Site site{.completed_on = Date(2018, 8, 20), .community = true};
  const auto due = [&](Date today) {
    std::vector<std::string> months;
    for (const Month month : FinanceDue(site, today, {})) months.push_back(Format(month));
    return months;
  };
  EXPECT_THAT(due(Date(2018, 9, 10)), IsEmpty());
  EXPECT_THAT(due(Date(2018, 9, 11)), ElementsAre("2018-08"));
  EXPECT_THAT(due(Date(2018, 11, 10)), ElementsAre("2018-08", "2018-09"));
  EXPECT_THAT(due(Date(2025, 1, 31)), SizeIs(kMonthsOfArrears));
  site.community = false;
  EXPECT_THAT(due(Date(2018, 11, 10)), IsEmpty());
  site.community = true;
  site.completed_on.reset();
  EXPECT_THAT(due(Date(2018, 11, 10)), IsEmpty());
}

TEST(DisclosureRulesTest, ALaterDayChangesNothingOfWhatWasDue) {
  const policy::Books books = {{.key = "450328",
                                .settings = {{.name = std::string(kFinanceByDay),
                                              .division = "450328",
                                              .version = "450328/1",
                                              .since = Date(2018, 10, 20),
                                              .value = 28,
                                              .confirmed_on = Date(2018, 10, 20)}}}};
  const Site site{.completed_on = Date(2018, 8, 20), .community = true};
  EXPECT_THAT(FinanceDue(site, Date(2018, 10, 21), books), SizeIs(2));
  EXPECT_EQ(JudgeFinance(Month::Of(Date(2018, 9, 1)), false, Date(2018, 10, 21), books).reason, "FINANCE_IN_ARREARS");
  EXPECT_EQ(JudgeFinance(Month::Of(Date(2018, 10, 1)), false, Date(2018, 11, 20), books).reason, "");
  EXPECT_THAT(FinanceDue(site, Date(2018, 11, 20), books), SizeIs(2));
  EXPECT_THAT(FinanceDue(site, Date(2018, 11, 29), books), SizeIs(3));
}

class DisclosureTest : public Neighbourhood {
 protected:
  static DisclosureRecord Row(const std::string& number, int month) {
    return {.disclosure_no = number,
            .site_no = "s1",
            .kind = DisclosureKind::kFinance,
            .period = Month::Of(Date(2018, month, 1)),
            .title = "财务公开",
            .published_on = Date(2018, month + 1, 5),
            .hung_until = Date(2018, month + 1, 20)};
  }
  absl::StatusOr<Disclosure> Publish(const Publication& publication) {
    return Make<Disclosure>([&](roots::Session& session) -> absl::StatusOr<Disclosure> {
      ASSIGN_OR_RETURN(const Site site, FindSite(session, kSite, "site"));
      return PublishDisclosure(session, site, publication, Today());
    });
  }
  std::vector<std::string> Owed(Date today) {
    std::vector<std::string> months;
    EXPECT_TRUE(stand.store
                    .Look([&](roots::Session& session) -> absl::Status {
                      ASSIGN_OR_RETURN(const Site site, FindSite(session, kSite, "site"));
                      ASSIGN_OR_RETURN(const std::vector<Month> missing, Arrears(session, site, today));
                      for (const Month month : missing) months.push_back(Format(month));
                      return absl::OkStatus();
                    })
                    .ok());
    return months;
  }
};

TEST_P(DisclosureTest, ACommunityOwesTheAccountsOfEveryMonth) {
  Build();
  // Completed in April.
  EXPECT_THAT(Owed(Date(2018, 7, 11)), ElementsAre("2018-04", "2018-05", "2018-06"));
  EXPECT_EQ(*stand.Import(ImportDisclosure, Row("k1", 5)), Outcome::kAdded);
  EXPECT_EQ(*stand.Import(ImportDisclosure, Row("k1", 5)), Outcome::kUnchanged);
  DisclosureRecord affairs = Row("k2", 4);
  affairs.kind = DisclosureKind::kAffairs;
  EXPECT_EQ(*stand.Import(ImportDisclosure, affairs), Outcome::kAdded);
  EXPECT_THAT(Owed(Date(2018, 7, 11)), ElementsAre("2018-04", "2018-06"));
  EXPECT_EQ(Figure("disclosures", kTown, "2018-06"), 1);
  EXPECT_EQ(Figure("disclosures", "45", "2018-05"), 1);
  // Corrected to another month, it is owed again.
  EXPECT_EQ(*stand.Import(ImportDisclosure, Row("k1", 4)), Outcome::kUpdated);
  EXPECT_THAT(Owed(Date(2018, 7, 11)), ElementsAre("2018-05", "2018-06"));
  SiteRecord site = SiteRow("s1");
  site.location = kOther;
  ASSERT_EQ(*stand.Import(ImportSite, site), Outcome::kUpdated);
  EXPECT_EQ(Figure("disclosures", kOther, "2018-05"), 2);
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

TEST_P(DisclosureTest, RefusesRowsInOrder) {
  Build();
  ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  ASSERT_TRUE(stand.Import(ImportDisclosure, Row("k1", 5)).ok());
  DisclosureRecord row = Row("k1", 5);
  row.site_no = "s9";
  row.period = Month::Of(Date(2018, 12, 1));
  const auto refused = [&](absl::StatusCode code, const char* reason) {
    EXPECT_THAT(stand.Import(ImportDisclosure, row).status(), RefusedWith(code, reason));
  };
  refused(kNotFound, "SITE_NOT_FOUND");
  row.site_no = "s2";
  refused(kFailedPrecondition, "DISCLOSURE_OF_OTHER_SITE");
  row.site_no = "s1";
  row.disclosure_no = "k2";
  refused(kInvalidArgument, "PERIOD_NOT_BEGUN");
  row.period = Month::Of(Date(2018, 5, 1));
  refused(kAlreadyExists, "FINANCE_DISCLOSED");
  row.site_no = "s2";
  EXPECT_EQ(*stand.Import(ImportDisclosure, row), Outcome::kAdded);
}

TEST_P(DisclosureTest, IsHungUpHereWithItsFiles) {
  Build();
  ASSERT_TRUE(stand.Import(ImportDisclosure, Row("k1", 5)).ok());
  const std::string hash(64, 'a');
  Publication publication{.disclosure_no = "1",
                          .kind = DisclosureKind::kFinance,
                          .period = Month::Of(Date(2018, 12, 1)),
                          .title = "财务公开",
                          .evidence = {{.name = "board.jpg", .sha256 = hash, .size_bytes = 7}},
                          .span_days = 10};
  EXPECT_THAT(Publish(publication), RefusedWith(kInvalidArgument, "PERIOD_NOT_BEGUN"));
  publication.period = Month::Of(Date(2018, 5, 1));
  EXPECT_THAT(Publish(publication), RefusedWith(kAlreadyExists, "FINANCE_DISCLOSED"));
  publication.period = Month::Of(Date(2018, 10, 1));
  EXPECT_EQ(ReasonOf(Publish(publication).status()), "EVIDENCE_NOT_FOUND");
  publication.evidence.clear();
  EXPECT_EQ(Publish(publication)->hung_until, Date(2018, 11, 11));
  EXPECT_THAT(Publish(publication), RefusedWith(kAlreadyExists, "DISCLOSURE_NO_TAKEN"));
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, DisclosureTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
