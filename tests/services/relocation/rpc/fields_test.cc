#include "tests/support/fields.h"

#include "anju/relocation/v1/buy_backs.pb.h"
#include "anju/relocation/v1/construction.pb.h"
#include "anju/relocation/v1/decisions.pb.h"
#include "anju/relocation/v1/funds.pb.h"
#include "anju/relocation/v1/homes.pb.h"
#include "anju/relocation/v1/relocation.pb.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/decisions.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/homes.h"
#include "services/relocation/domain/lease.h"
#include "services/relocation/domain/mortgage.h"
#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/payments.h"
#include "services/relocation/domain/progress.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/step_back.h"
#include "services/relocation/domain/two_homes.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {
namespace {

using testing::ExpectSameFields;

TEST(FieldsTest, EveryStructNamesTheFieldsOfItsMessage) {
  ExpectSameFields<v1::SiteRecord, SiteRecord>();
  ExpectSameFields<v1::UnitRecord, UnitRecord>();
  ExpectSameFields<v1::CaseRecord, CaseRecord>();
  ExpectSameFields<v1::MeasureRecord, MeasureRecord>();
  ExpectSameFields<v1::PublicPostRecord, PublicPostRecord>();
  ExpectSameFields<v1::PublicPost, PublicPost>();
  ExpectSameFields<v1::Site, Site>();
  ExpectSameFields<v1::Measure, Measure>();
  ExpectSameFields<v1::MoveInHouseholdsRequest, Ceremony>();
  ExpectSameFields<v1::MoveInHouseholdsResponse, Moved>();
  ExpectSameFields<v1::Case, Case>();
  ExpectSameFields<v1::CaseMove, CaseMove>();
  ExpectSameFields<v1::OldHouse, OldHouse>();
  ExpectSameFields<v1::AreaConfirmation, AreaConfirmation>();
  ExpectSameFields<v1::PowerReadingRecord, PowerReadingRecord>();
  ExpectSameFields<v1::ConfirmAreaRequest, ConfirmAreaRequest>();
  ExpectSameFields<v1::RecordOldHouseRequest, OldHouseRequest>();
  ExpectSameFields<v1::IssueTitleRequest, TitleRequest>();
  ExpectSameFields<v1::StepBackRequest, StepBackRequest>();
  ExpectSameFields<v1::Draw, Draw>();
  ExpectSameFields<v1::CommitDrawRequest, Promise>();
  ExpectSameFields<v1::VoidDrawRequest, Voiding>();
  ExpectSameFields<v1::Settlement, Settlement>();
  ExpectSameFields<v1::PersonalSubsidy, PersonalSubsidy>();
  ExpectSameFields<v1::TitleSettlement, TitleSettlement>();
  ExpectSameFields<v1::Posting, Posting>();
  ExpectSameFields<v1::TitleQuote, TitleQuote>();
  ExpectSameFields<v1::PaymentRecord, PaymentRecord>();
  ExpectSameFields<v1::Lease, Lease>();
  ExpectSameFields<v1::Mortgage, Mortgage>();
  ExpectSameFields<v1::Instalment, Instalment>();
  ExpectSameFields<type::v1::Notice, notice::Notice>();
  ExpectSameFields<type::v1::Objection, notice::Objection>();
  ExpectSameFields<type::v1::Evidence, notice::Evidence>();
  ExpectSameFields<type::v1::FlowStep, approval::Step>();
  ExpectSameFields<type::v1::ApprovalEntry, approval::Entry>();
  ExpectSameFields<type::v1::ApprovalItem, approval::Item>();
  ExpectSameFields<v1::CaseRuling, CaseRuling>();
  ExpectSameFields<v1::CaseOutcome, CaseOutcome>();
  ExpectSameFields<v1::DecideCasesResponse, CaseOutcomes>();
}

TEST(FieldsTest, EveryStructOfConstructionNamesTheFieldsOfItsMessage) {
  ExpectSameFields<v1::BuildingRecord, BuildingRecord>();
  ExpectSameFields<v1::MilestoneRecord, MilestoneRecord>();
  ExpectSameFields<v1::InspectionRecord, InspectionRecord>();
  ExpectSameFields<v1::FacilityRecord, FacilityRecord>();
  ExpectSameFields<v1::QualityIssueRecord, QualityIssueRecord>();
  ExpectSameFields<v1::Building, Building>();
  ExpectSameFields<v1::Unit, Unit>();
  ExpectSameFields<v1::SiteWorks, SiteWorks>();
  ExpectSameFields<v1::Milestone, Milestone>();
  ExpectSameFields<v1::Inspection, Inspection>();
  ExpectSameFields<v1::Facility, Facility>();
  ExpectSameFields<v1::QualityIssue, QualityIssue>();
  ExpectSameFields<v1::IssueMove, IssueMove>();
  ExpectSameFields<v1::ReachMilestoneRequest, ReachMilestoneRequest>();
  ExpectSameFields<v1::RaiseIssueRequest, RaiseIssueRequest>();
  ExpectSameFields<v1::FixIssueRequest, FixIssueRequest>();
  ExpectSameFields<v1::ReinspectIssueRequest, ReinspectIssueRequest>();
  ExpectSameFields<v1::SiteProgress, SiteProgress>();
  ExpectSameFields<v1::DivisionProgress, DivisionProgress>();
}

TEST(FieldsTest, ACaseIsShownWithoutWhatItCopied) {
  Case relocation{.id = "1", .state = CaseState::kMovedIn, .steps = {.declared_on = Date(2016, 2, 10)}};
  relocation.measures = {{.measure_no = "m1", .kind = MeasureKind::kServices}};
  relocation.household.persons = {{.person_no = "p1"}};
  const v1::Case shown = records::ToMasked<v1::Case>(relocation);
  EXPECT_EQ(shown.state(), v1::CASE_STATE_MOVED_IN);
  EXPECT_EQ(shown.declared_on(), "2016-02-10");
  EXPECT_EQ(shown.moved_in_on(), "");
  EXPECT_EQ(shown.measures(0).kind(), v1::MEASURE_KIND_SERVICES);
}

TEST(FieldsTest, ACaseIsShownWithItsNotices) {
  Case relocation{.id = "1", .state = CaseState::kVerified};
  relocation.notices = {{.notice_no = 1,
                         .purpose = "BEFORE",
                         .state = notice::NoticeState::kOpen,
                         .posting = {.places = {"450328101"}, .day_kind = notice::DayKind::kWorking},
                         .last_day = Date(2018, 11, 8),
                         .objections = {{.objection_no = 1, .outcome = notice::ObjectionOutcome::kDismissed}}}};
  relocation.trail = {{.verb = CaseVerb::kDeclare, .by = "li", .on = Date(2018, 11, 1)}};
  const v1::Case shown = records::ToMasked<v1::Case>(relocation);
  EXPECT_EQ(shown.notices(0).state(), type::v1::NOTICE_STATE_OPEN);
  EXPECT_EQ(shown.notices(0).day_kind(), type::v1::DAY_KIND_WORKING);
  EXPECT_EQ(shown.notices(0).places(0), "450328101");
  EXPECT_EQ(shown.notices(0).last_day(), "2018-11-08");
  EXPECT_EQ(shown.notices(0).objections(0).outcome(), type::v1::OBJECTION_OUTCOME_DISMISSED);
  EXPECT_EQ(shown.trail(0).verb(), v1::CASE_VERB_DECLARE);
  EXPECT_EQ(*roots::FromJson<Case>(roots::ToJson(relocation)), relocation);
}

TEST(FieldsTest, TheVerbsReadTheirRequests) {
  v1::OpenCaseNoticeRequest open;
  EXPECT_EQ(FieldOf(messages::FromProto<NoticeRequest>(open).status()), "purpose");
  open.set_purpose(v1::NOTICE_PURPOSE_DURING);
  open.add_places("450328101");
  open.set_span_days(5);
  open.set_day_kind(type::v1::DAY_KIND_WORKING);
  open.set_title("公示");
  open.set_text("示例");
  open.add_evidence()->set_name("board.jpg");
  EXPECT_EQ(FieldOf(messages::FromProto<NoticeRequest>(open).status()), "sha256");
  open.mutable_evidence(0)->set_sha256(std::string(64, 'a'));
  const auto notice = messages::FromProto<NoticeRequest>(open);
  ASSERT_TRUE(notice.ok()) << notice.status();
  EXPECT_EQ(notice->purpose, NoticePurpose::kDuring);
  EXPECT_EQ(notice->posting.span_days, 5);
  EXPECT_EQ(notice->posting.evidence.at(0).name, "board.jpg");
  EXPECT_EQ(FieldOf(messages::FromProto<Declaration>(v1::DeclareCaseRequest()).status()), "division");
  EXPECT_EQ(FieldOf(messages::FromProto<ObjectionRequest>(v1::FileObjectionRequest()).status()), "filed_by");
  EXPECT_EQ(FieldOf(messages::FromProto<DecisionRequest>(v1::DecideObjectionRequest()).status()), "outcome");
  EXPECT_EQ(FieldOf(messages::FromProto<AllotmentRequest>(v1::AllotCaseRequest()).status()), "unit");
  EXPECT_EQ(FieldOf(messages::FromProto<EndRequest>(v1::WithdrawCaseRequest()).status()), "reason");
  EXPECT_EQ(FieldOf(messages::FromProto<EndRequest>(v1::RejectCaseRequest()).status()), "reason");
}

TEST(FieldsTest, TheActsReadTheirRequests) {
  EXPECT_EQ(FieldOf(messages::FromProto<BankPayment>(v1::PaySubsidyRequest()).status()), "bank_reference");
  EXPECT_EQ(FieldOf(messages::FromProto<BankPayment>(v1::ReturnDepositRequest()).status()), "bank_reference");
  EXPECT_EQ(FieldOf(messages::FromProto<HouseholdPayment>(v1::ReceiveDepositRequest()).status()), "source");
  EXPECT_EQ(FieldOf(messages::FromProto<HouseholdPayment>(v1::PayTitleRequest()).status()), "source");
  EXPECT_EQ(FieldOf(messages::FromProto<ReversalRequest>(v1::ReversePostingRequest()).status()), "reason");
  EXPECT_EQ(FieldOf(messages::FromProto<BankPayment>(v1::PayLeaseRequest()).status()), "bank_reference");
  EXPECT_EQ(FieldOf(messages::FromProto<HouseholdPayment>(v1::ReturnAreaRequest()).status()), "source");
  EXPECT_EQ(FieldOf(messages::FromProto<ReversalRequest>(v1::ReverseLeasePostingRequest()).status()), "reason");
  EXPECT_EQ(FieldOf(messages::FromProto<MortgageRequest>(v1::ProposeMortgageRequest()).status()), "bank");
  EXPECT_EQ(FieldOf(messages::FromProto<BankPayment>(v1::BuyBackMortgageRequest()).status()), "bank_reference");
  EXPECT_EQ(FieldOf(messages::FromProto<PlanRequest>(v1::ChooseRepaymentPlanRequest()).status()), "plan");
  EXPECT_EQ(FieldOf(messages::FromProto<HouseholdPayment>(v1::RepayMortgageRequest()).status()), "source");
  EXPECT_EQ(FieldOf(messages::FromProto<ReversalRequest>(v1::ReverseMortgagePostingRequest()).status()), "reason");
}

TEST(FieldsTest, RulingsReadTheirRequests) {
  v1::DecideCasesRequest request;
  v1::CaseRuling& ruling = *request.add_rulings();
  ruling.set_case_("c1");
  EXPECT_EQ(FieldOf(messages::FromProto<CaseRulings>(request).status()), "verdict");
  ruling.set_verdict(type::v1::VERDICT_RETURN);
  ruling.set_to_step("review");
  const auto batch = messages::FromProto<CaseRulings>(request);
  ASSERT_TRUE(batch.ok()) << batch.status();
  EXPECT_EQ(batch->rulings.at(0).ruling.verdict, approval::Verdict::kReturn);
  EXPECT_EQ(batch->rulings.at(0).ruling.to_step, "review");
  EXPECT_EQ(FieldOf(messages::FromProto<ReturnRequest>(v1::ReturnCaseRequest()).status()), "reason");
  EXPECT_TRUE(messages::FromProto<ApprovalRequest>(v1::ApproveCaseRequest()).ok());
}

TEST(FieldsTest, ADrawIsShownWithoutItsSecret) {
  const std::string secret(64, '7');
  const v1::Draw shown = records::ToMasked<v1::Draw>(Draw{.id = "1", .secret = secret});
  EXPECT_EQ(shown.DebugString().find(secret), std::string::npos);
}

TEST(FieldsTest, ACeremonyNamesItsDivision) {
  v1::MoveInHouseholdsRequest request;
  request.set_place("示例广场");
  request.set_moved_in_on("2018-07-28");
  EXPECT_EQ(FieldOf(messages::FromProto<Ceremony>(request).status()), "division");
  request.set_division("451022");
  request.add_cases("451022/county/B00001");
  const auto ceremony = messages::FromProto<Ceremony>(request);
  ASSERT_TRUE(ceremony.ok()) << ceremony.status();
  EXPECT_EQ(ceremony->cases.at(0), "451022/county/B00001");
}

}  // namespace
}  // namespace anju::relocation
