#include "services/relocation/domain/moves.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"
#include "services/relocation/domain/area.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/policy.h"
#include "services/relocation/domain/step_back.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

// The source of the cases that are declared here.
constexpr absl::string_view kSource = "anju";

absl::Status CheckNotEnded(const Case& relocation) {
  if (!relocation.steps.EndedOn().has_value()) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "CASE_ENDED", "the case was withdrawn or rejected");
}

// Takes the step to the unit, and with a unit the site of a case that named none.
absl::StatusOr<Case> TakeUnit(const Case& before, const Unit& unit, bool taken, const Act& act,
                              const policy::Books& books) {
  ASSIGN_OR_RETURN(Case after, Take(before, &Steps::allotted_on, CaseVerb::kAllot, act));
  if (after.site_key.empty()) {
    after.site_key = unit.site_key;
    after.site_by_unit = true;
  }
  after.tier = unit.tier;
  after.site_location = unit.site_location;
  return Allot(after, unit, taken, books);
}

policy::Decision Hangs(const notice::Notice& notice, const policy::InForce& policy) {
  return {.rule = std::string(kNoticeSpan),
          .subject = absl::StrCat(notice.notice_no),
          .verdict = policy::Verdict::kYes,
          .decided_on = notice.opened_on,
          .inputs = {{.name = "purpose", .value = notice.purpose},
                     {.name = "span_days", .value = absl::StrCat(notice.posting.span_days)},
                     {.name = "last_day", .value = Format(notice.last_day)}},
          .used = policy.Use({kShortestNotice})};
}

// Who entered it.
std::vector<std::string> AuthorsOf(const Case& relocation) {
  std::vector<std::string> authors;
  for (const CaseMove& move : relocation.trail) {
    if (move.verb != CaseVerb::kDeclare && move.verb != CaseVerb::kVerify) continue;
    if (std::find(authors.begin(), authors.end(), move.by) == authors.end()) authors.push_back(move.by);
  }
  return authors;
}

bool IsBeingApproved(const Case& relocation) {
  return !relocation.approvals.empty() && relocation.approvals.back().state == approval::State::kUnderWay;
}

absl::Status CheckCanEnd(const Case& relocation) {
  RETURN_IF_ERROR(CheckNotEnded(relocation));
  if (relocation.state < CaseState::kAllotted) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "UNIT_ALLOTTED", "a case ends so only before a unit is allotted");
}

struct Gate {
  absl::string_view purpose;
  // In which a notice of this purpose is opened.
  CaseState state;
};

Gate GateOf(NoticePurpose purpose) {
  switch (purpose) {
    case NoticePurpose::kBefore:
      return {kBefore, CaseState::kVerified};
    case NoticePurpose::kDuring:
      return {kDuring, CaseState::kApproved};
    default:
      ANJU_CHECK(purpose == NoticePurpose::kAfter);
      return {kAfter, CaseState::kAllotted};
  }
}

}  // namespace

absl::Status CheckState(const Case& relocation, CaseState needed) {
  if (relocation.state == needed) return absl::OkStatus();
  const auto refuse = [](absl::string_view reason, absl::string_view state) {
    return Refuse(kFailedPrecondition, reason, absl::StrCat("this is for a case that is ", state, " and no more"));
  };
  switch (needed) {
    case CaseState::kDeclared:
      return refuse("CASE_NOT_DECLARED", "declared");
    case CaseState::kVerified:
      return refuse("CASE_NOT_VERIFIED", "verified");
    case CaseState::kApproved:
      return refuse("CASE_NOT_APPROVED", "approved");
    case CaseState::kAllotted:
      return refuse("CASE_NOT_ALLOTTED", "allotted");
    case CaseState::kMovedIn:
      return refuse("CASE_NOT_MOVED_IN", "moved in");
    case CaseState::kOldHouseDemolished:
      return refuse("CASE_NOT_DEMOLISHED", "rid of its old house");
    default:
      ANJU_CHECK(needed == CaseState::kReclaimed);
      return refuse("CASE_NOT_RECLAIMED", "reclaimed");
  }
}

absl::StatusOr<Case> Take(Case after, std::optional<Date> Steps::*step, CaseVerb verb, const Act& act,
                          const std::string& reason) {
  after.steps.*step = act.on;
  ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
  after.trail.push_back({.verb = verb, .by = act.by, .on = act.on, .reason = reason});
  return after;
}

absl::StatusOr<Case> Declare(const std::string& key, const feed::HouseholdFact& household, const Act& act) {
  ASSIGN_OR_RETURN(Case after, Record(std::nullopt, {.steps = {.declared_on = act.on}}, key, household));
  after.trail.push_back({.verb = CaseVerb::kDeclare, .by = act.by, .on = act.on});
  return after;
}

absl::StatusOr<Case> Verify(const Case& before, const Act& act) {
  RETURN_IF_ERROR(CheckState(before, CaseState::kDeclared));
  return Take(before, &Steps::verified_on, CaseVerb::kVerify, act);
}

absl::StatusOr<Case> Submit(const Case& before, const approval::Flow& flow, const Act& act) {
  Case after = before;
  if (!before.approvals.empty() && before.approvals.back().state == approval::State::kReturned) {
    ASSIGN_OR_RETURN(after.approvals.back(), approval::Resubmit(before.approvals.back(), AuthorsOf(before), act.on));
    return after;
  }
  // No money hangs on a case: every step is needed that is needed from nothing on.
  ASSIGN_OR_RETURN(approval::Item item, approval::Begin(flow, 0, AuthorsOf(before), act.on));
  after.approvals.push_back(std::move(item));
  return after;
}

absl::StatusOr<Case> TakeOutOfApproval(Case after, approval::Verdict verdict, const std::string& reason,
                                       const Act& act) {
  if (after.approvals.empty()) return after;
  approval::Item& item = after.approvals.back();
  // What was approved and is no more stands in the ledger, too.
  if (item.state == approval::State::kApproved && item.history.back().verdict == approval::Verdict::kApprove) {
    item.history.push_back({.by = act.by, .verdict = verdict, .reason = reason, .on = act.on});
    return after;
  }
  const bool returned = item.state == approval::State::kReturned && verdict != approval::Verdict::kReturn;
  if (item.state != approval::State::kUnderWay && !returned) return after;
  ASSIGN_OR_RETURN(item, approval::TakeOut(item, verdict, reason, act));
  return after;
}

absl::StatusOr<policy::Decision> JudgeApproval(const Case& relocation, Date day, const policy::Books& books) {
  RETURN_IF_ERROR(CheckState(relocation, CaseState::kVerified));
  RETURN_IF_ERROR(notice::NeedClean(relocation.notices, kBefore, day));
  const auto last = std::find_if(relocation.notices.rbegin(), relocation.notices.rend(),
                                 [](const notice::Notice& notice) { return notice.purpose == kBefore; });
  ANJU_CHECK(last != relocation.notices.rend() && last->closed_on.has_value());
  return policy::Decision{.rule = std::string(kApproval),
                          .verdict = policy::Verdict::kYes,
                          .decided_on = day,
                          .inputs = {{.name = "notice_no", .value = absl::StrCat(last->notice_no)},
                                     {.name = "notice_opened_on", .value = Format(last->opened_on)},
                                     {.name = "notice_closed_on", .value = Format(*last->closed_on)}},
                          .used = PolicyOn(books, last->opened_on).Use({kShortestNotice})};
}

absl::StatusOr<Case> Decide(const Case& before, const approval::Flow& flow, const approval::Ruling& ruling,
                            const Act& act, const policy::Books& books) {
  RETURN_IF_ERROR(CheckState(before, CaseState::kVerified));
  Case after = before;
  if (!IsBeingApproved(before)) {
    ASSIGN_OR_RETURN(after, Submit(before, flow, act));
  }
  approval::Item& item = after.approvals.back();
  ASSIGN_OR_RETURN(item, approval::Decide(item, ruling, act));
  if (ruling.verdict == approval::Verdict::kApprove) {
    ASSIGN_OR_RETURN(policy::Decision judged, JudgeApproval(before, act.on, books));
    if (item.state == approval::State::kApproved) policy::Keep(after.decisions, std::move(judged));
  }
  switch (item.state) {
    case approval::State::kApproved:
      return Take(std::move(after), &Steps::approved_on, CaseVerb::kApprove, act);
    case approval::State::kRejected:
      return Take(std::move(after), &Steps::rejected_on, CaseVerb::kReject, act, ruling.reason);
    case approval::State::kReturned:
      // It is verified again once it was mended.
      return StepBack(after, CaseState::kVerified, ruling.reason, act);
    default:
      return after;
  }
}

absl::StatusOr<Case> AllotOn(const Case& before, const Unit& unit, bool taken, const Act& act,
                             const policy::Books& books) {
  RETURN_IF_ERROR(CheckState(before, CaseState::kApproved));
  RETURN_IF_ERROR(notice::NeedClean(before.notices, kDuring, act.on));
  return TakeUnit(before, unit, taken, act, books);
}

absl::Status CheckMayDraw(const Case& relocation, Date day) {
  if (!relocation.steps.approved_on.has_value() || *relocation.steps.approved_on > day) {
    return CheckState(Case(), CaseState::kApproved);
  }
  RETURN_IF_ERROR(CheckState(relocation, CaseState::kApproved));
  const bool approved_here = std::any_of(relocation.trail.begin(), relocation.trail.end(),
                                         [](const CaseMove& move) { return move.verb == CaseVerb::kApprove; });
  if (!approved_here && relocation.notices.empty()) return absl::OkStatus();
  return notice::NeedClean(relocation.notices, kDuring, day);
}

absl::StatusOr<Case> AllotDrawn(const Case& before, const Unit& unit, bool taken, const std::string& draw,
                                const Act& act, const policy::Books& books) {
  RETURN_IF_ERROR(CheckMayDraw(before, act.on));
  ASSIGN_OR_RETURN(Case after, TakeUnit(before, unit, taken, act, books));
  after.draw = draw;
  return after;
}

absl::StatusOr<Case> TakeBack(const Case& before, const std::string& reason, const Act& act) {
  if (before.steps.moved_in_on.has_value()) {
    return Refuse(kFailedPrecondition, "HOUSEHOLD_MOVED_IN",
                  absl::StrCat("case ", before.id, " has moved into the unit that it drew: the draw stands"));
  }
  Case after = before;
  after.unit_key.clear();
  after.draw.clear();
  // It waited for no site before.
  if (std::exchange(after.site_by_unit, false)) {
    after.site_key.clear();
    after.site_location.clear();
    after.tier = Tier::kUnspecified;
  }
  after.steps.allotted_on.reset();
  after.unit_area_centi_sqm = 0;
  after.area_per_person_centi_sqm = 0;
  CheckArea(after, act.on);
  // They said which unit it was given.
  after.notices = notice::Void(std::move(after.notices), kAfter, act);
  ASSIGN_OR_RETURN(after.state, StateAfter(after.steps));
  after.trail.push_back({.verb = CaseVerb::kTakeBack, .by = act.by, .on = act.on, .reason = reason});
  return after;
}

absl::StatusOr<Case> Withdraw(const Case& before, const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(CheckCanEnd(before));
  ASSIGN_OR_RETURN(Case after, Take(before, &Steps::withdrawn_on, CaseVerb::kWithdraw, act, reason));
  return TakeOutOfApproval(std::move(after), approval::Verdict::kWithdraw, reason, act);
}

absl::StatusOr<Case> Reject(const Case& before, const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(CheckCanEnd(before));
  ASSIGN_OR_RETURN(Case after, Take(before, &Steps::rejected_on, CaseVerb::kReject, act, reason));
  return TakeOutOfApproval(std::move(after), approval::Verdict::kReject, reason, act);
}

absl::StatusOr<Case> OpenNotice(const Case& before, NoticePurpose purpose, const notice::Posting& posting,
                                const Act& act, const policy::Books& books) {
  const Gate gate = GateOf(purpose);
  RETURN_IF_ERROR(CheckState(before, gate.state));
  const bool seen = std::any_of(posting.places.begin(), posting.places.end(), [&](const std::string& place) {
    return IsWithin(before.Division(), place) || IsWithin(before.site_location, place);
  });
  if (!posting.places.empty() && !seen) {
    return Refuse(kInvalidArgument, "PLACES_ELSEWHERE",
                  "one place at least is where the household lives or where its site stands", "places");
  }
  const policy::InForce policy = PolicyOn(books, act.on);
  Case after = before;
  ASSIGN_OR_RETURN(after.notices, notice::Open(before.notices, std::string(gate.purpose), posting,
                                               static_cast<int32_t>(policy[kShortestNotice]), act));
  policy::Keep(after.decisions, Hangs(after.notices.back(), policy));
  return after;
}

absl::StatusOr<Case> FileObjection(const Case& before, int32_t notice_no, const std::string& filed_by,
                                   const std::string& text, const Act& act) {
  RETURN_IF_ERROR(CheckNotEnded(before));
  Case after = before;
  ASSIGN_OR_RETURN(after.notices, notice::FileObjection(before.notices, notice_no, filed_by, text, act));
  return after;
}

absl::StatusOr<Case> DecideObjection(const Case& before, int32_t notice_no, int32_t objection_no,
                                     notice::ObjectionOutcome outcome, const std::string& reason, const Act& act) {
  RETURN_IF_ERROR(CheckNotEnded(before));
  Case after = before;
  ASSIGN_OR_RETURN(after.notices,
                   notice::DecideObjection(before.notices, notice_no, objection_no, outcome, reason, act));
  return after;
}

absl::StatusOr<Case> CloseNotice(const Case& before, int32_t notice_no, const Act& act) {
  RETURN_IF_ERROR(CheckNotEnded(before));
  Case after = before;
  ASSIGN_OR_RETURN(after.notices, notice::Close(before.notices, notice_no, act));
  return after;
}

absl::StatusOr<Case> DeclareCase(roots::Session& session, const Declaration& declaration, const Act& act) {
  ASSIGN_OR_RETURN(const std::string division, intake::ResolveDivision(session, declaration.division, "division"));
  ASSIGN_OR_RETURN(const std::optional<feed::HouseholdFact> household,
                   session.FindFact<feed::HouseholdFact>(declaration.household));
  // Of a household that lives elsewhere nobody learns by its key that there is one.
  if (!household.has_value() || !IsWithin(household->Village(), division)) {
    return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND",
                  absl::StrCat("no household with this key lives in ", division, ", as the registry knows"),
                  "household");
  }
  const std::string key = intake::Batch{.division = division, .source = std::string(kSource)}.Key(declaration.case_no);
  ASSIGN_OR_RETURN(const std::optional<Case> known, session.Find<Case>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "CASE_NO_TAKEN", "another case has this number: choose one of its own", "case_no");
  }
  RETURN_IF_ERROR(CheckHasNoOther(session, household->id, ""));
  ASSIGN_OR_RETURN(Case declared, Declare(key, *household, act));
  RETURN_IF_ERROR(Gather(session, declared));
  return declared;
}

absl::StatusOr<Case> VerifyCase(roots::Session& session, const Case& before, const Act& act) {
  ASSIGN_OR_RETURN(const Case verified, Verify(before, act));
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalCaseFlow(), before.Division(), act.on));
  return Submit(verified, flow, act);
}

absl::StatusOr<Case> DecideCase(roots::Session& session, const Case& before, const approval::Ruling& ruling,
                                const Act& act) {
  ASSIGN_OR_RETURN(const approval::Flow flow,
                   approval::FlowFor(session, NationalCaseFlow(), before.Division(), act.on));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  return Decide(before, flow, ruling, act, *books);
}

absl::StatusOr<Case> OpenCaseNotice(roots::Session& session, const Case& before, const NoticeRequest& request,
                                    const Act& act) {
  ASSIGN_OR_RETURN(const notice::Posting posting, notice::ResolvePlaces(session, request.posting));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, before.Division()));
  // Places are named by their present codes; a site says under which it was entered.
  Case seen = before;
  seen.site_location = roots::SuccessionsOf(session)->Present(before.site_location);
  ASSIGN_OR_RETURN(Case after, OpenNotice(seen, request.purpose, posting, act, *books));
  after.site_location = before.site_location;
  RETURN_IF_ERROR(evidence::CheckKept(session, CountyOf(before.Division()), posting.evidence));
  return after;
}

absl::Status CheckCountyLevel(const Act& act) {
  if (CountyOf(act.scope) == act.scope) return absl::OkStatus();
  return Refuse(kPermissionDenied, "LEVEL_NOT_ALLOWED",
                "what a county decides is ended and taken back by who acts for a county or more");
}

absl::StatusOr<Case> WithdrawCase(roots::Session& session, const Case& before, const std::string& reason,
                                  const Act& act) {
  ASSIGN_OR_RETURN(Case after, Withdraw(before, reason, act));
  RETURN_IF_ERROR(CheckNoMoney(session, before));
  return after;
}

absl::StatusOr<Case> RejectCase(roots::Session& session, const Case& before, const std::string& reason,
                                const Act& act) {
  RETURN_IF_ERROR(CheckCountyLevel(act));
  ASSIGN_OR_RETURN(Case after, Reject(before, reason, act));
  RETURN_IF_ERROR(CheckNoMoney(session, before));
  return after;
}

absl::StatusOr<Case> AllotCase(roots::Session& session, const Case& before, const std::string& unit_key,
                               const Act& act) {
  ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(unit_key));
  if (!unit.has_value()) return Refuse(kNotFound, "UNIT_NOT_FOUND", "there is no unit with this key", "unit");
  ASSIGN_OR_RETURN(const bool taken, IsTaken(session, unit_key, before.id));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, unit->site_location));
  ASSIGN_OR_RETURN(Case after, AllotOn(before, *unit, taken, act, *books));
  RETURN_IF_ERROR(CheckNotInDraw(session, before.key, unit_key));
  ASSIGN_OR_RETURN(after.draw, CheckDrawDecides(session, before, *unit));
  return after;
}

absl::StatusOr<Case> FindCase(roots::Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(std::optional<Case> found, session.Get<Case>(id));
  if (found.has_value()) return *std::move(found);
  return Refuse(kNotFound, "CASE_NOT_FOUND", "there is no case with this id", "id");
}

}  // namespace anju::relocation
