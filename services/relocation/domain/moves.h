#pragma once

#include <string>

#include "services/platform/approval/item.h"
#include "services/platform/notice/notice.h"
#include "services/relocation/domain/case.h"

// The life of a case that is kept here, from its declaration to the allotment, step by step and through the three
// notices 三榜公示. Every step is of the day on which it is taken. The move itself is in ceremony.h,
// what comes after it in homes.h, and how each step is taken back in step_back.h.
//
//   DECLARED -verify-> VERIFIED -notice BEFORE, approve-> APPROVED -notice DURING, allot-> ALLOTTED
//   -notice AFTER, move in-> MOVED_IN; withdraw or reject from any of the first three.
//
// From VERIFIED to APPROVED it takes the steps of the flow `relocation.case` of its division; it may be returned to
// DECLARED from there.
namespace anju::relocation {

enum class NoticePurpose : int32_t { kUnspecified = 0, kBefore = 1, kDuring = 2, kAfter = 3 };

// How the notices name their purposes.
inline constexpr absl::string_view kBefore = "BEFORE";
inline constexpr absl::string_view kDuring = "DURING";
inline constexpr absl::string_view kAfter = "AFTER";

using notice::Act;

// All rules are pure; `books` hold what the county has set. Wherever a step is earlier than the one before it, which
// only happens to a case whose earlier steps come from another system, they refuse with STEPS_OUT_OF_ORDER.

// Refuses with NOT_REGISTERED_POOR.
absl::StatusOr<Case> Declare(const std::string& key, const feed::HouseholdFact& household, const Act& act);
// Refuses with CASE_NOT_DECLARED.
absl::StatusOr<Case> Verify(const Case& before, const Act& act);
// Begins the approval of a case that was verified, or goes on with that of one that had been returned.
absl::StatusOr<Case> Submit(const Case& before, const approval::Flow& flow, const Act& act);
// Takes a case that is withdrawn, rejected or no longer verified out of its approval, which keeps its history.
absl::StatusOr<Case> TakeOutOfApproval(Case after, approval::Verdict verdict, const std::string& reason,
                                       const Act& act);
// What stands for the approval of a case on a day, whoever decides it. Refuses, in this order, with CASE_NOT_VERIFIED
// and NOTICE_NOT_CLEAN.
absl::StatusOr<policy::Decision> JudgeApproval(const Case& relocation, Date day, const policy::Books& books);
// Decides the step at which a verified case is; one whose approval has not begun here follows `flow` from now on. Who
// declared or verified it decides nothing. Refuses, in this order, with CASE_NOT_VERIFIED, as approval::Decide does,
// and for an approval as JudgeApproval does.
absl::StatusOr<Case> Decide(const Case& before, const approval::Flow& flow, const approval::Ruling& ruling,
                            const Act& act, const policy::Books& books);
// Refuses, in this order, with CASE_NOT_APPROVED, NOTICE_NOT_CLEAN, and as Allot does.
absl::StatusOr<Case> AllotOn(const Case& before, const Unit& unit, bool taken, const Act& act,
                             const policy::Books& books);
// Whether the case may be allotted a unit on that day: its steps and its DURING notice, which a case that was approved
// in another system needs only once it has notices. Refuses, in this order, with CASE_NOT_APPROVED and
// NOTICE_NOT_CLEAN.
absl::Status CheckMayDraw(const Case& relocation, Date day);
// Gives the unit that it drew to a case that may draw. Refuses as CheckMayDraw and Allot do.
absl::StatusOr<Case> AllotDrawn(const Case& before, const Unit& unit, bool taken, const std::string& draw,
                                const Act& act, const policy::Books& books);
// Takes back what a draw has given, and the notices about it. Refuses with HOUSEHOLD_MOVED_IN.
absl::StatusOr<Case> TakeBack(const Case& before, const std::string& reason, const Act& act);
// End its approval too. Refuse, in this order, with CASE_ENDED and UNIT_ALLOTTED.
absl::StatusOr<Case> Withdraw(const Case& before, const std::string& reason, const Act& act);
absl::StatusOr<Case> Reject(const Case& before, const std::string& reason, const Act& act);

// Refuses, in this order, with CASE_NOT_VERIFIED, CASE_NOT_APPROVED or CASE_NOT_ALLOTTED, PLACES_ELSEWHERE (the
// household lives in none of them, and its site stands in none), and as notice::Open does.
absl::StatusOr<Case> OpenNotice(const Case& before, NoticePurpose purpose, const notice::Posting& posting,
                                const Act& act, const policy::Books& books);
// Refuse with CASE_ENDED, and as the rules of notice do.
absl::StatusOr<Case> FileObjection(const Case& before, int32_t notice_no, const std::string& filed_by,
                                   const std::string& text, const Act& act);
absl::StatusOr<Case> DecideObjection(const Case& before, int32_t notice_no, int32_t objection_no,
                                     notice::ObjectionOutcome outcome, const std::string& reason, const Act& act);
absl::StatusOr<Case> CloseNotice(const Case& before, int32_t notice_no, const Act& act);

// anju.relocation.v1.DeclareCaseRequest.
struct Declaration {
  std::string division;
  std::string case_no;
  // The key of the household.
  std::string household;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("case_no", case_no);
    archive("household", household);
  }
};

// anju.relocation.v1.OpenCaseNoticeRequest.
struct NoticeRequest {
  NoticePurpose purpose = NoticePurpose::kUnspecified;
  notice::Posting posting;

  void Fields(Archive& archive) {
    archive("purpose", purpose);
    posting.Fields(archive);
  }
};

// anju.relocation.v1.FileObjectionRequest.
struct ObjectionRequest {
  int32_t notice_no = 0;
  std::string filed_by;
  std::string text;

  void Fields(Archive& archive) {
    archive("notice_no", notice_no);
    archive("filed_by", filed_by);
    archive("text", text);
  }
};

// anju.relocation.v1.DecideObjectionRequest.
struct DecisionRequest {
  int32_t notice_no = 0;
  int32_t objection_no = 0;
  notice::ObjectionOutcome outcome = notice::ObjectionOutcome::kUnspecified;
  std::string reason;

  void Fields(Archive& archive) {
    archive("notice_no", notice_no);
    archive("objection_no", objection_no);
    archive("outcome", outcome);
    archive("reason", reason);
  }
};

// anju.relocation.v1.ApproveCaseRequest.
struct ApprovalRequest {
  std::string step;
  std::string reason;

  void Fields(Archive& archive) {
    archive("step", step);
    archive("reason", reason);
  }
};

// anju.relocation.v1.ReturnCaseRequest.
struct ReturnRequest {
  std::string step;
  std::string to_step;
  std::string reason;

  void Fields(Archive& archive) {
    archive("step", step);
    archive("to_step", to_step);
    archive("reason", reason);
  }
};

// anju.relocation.v1.AllotCaseRequest.
struct AllotmentRequest {
  // The key of the unit.
  std::string unit;

  void Fields(Archive& archive) { archive("unit", unit); }
};

// anju.relocation.v1.WithdrawCaseRequest and RejectCaseRequest.
struct EndRequest {
  std::string reason;

  void Fields(Archive& archive) { archive("reason", reason); }
};

// For the steps that stand elsewhere. Refuses with CASE_NOT_<state> when the case is not in this state.
absl::Status CheckState(const Case& relocation, CaseState needed);
// Takes a step on the day of the act, whatever the state. Refuses with STEPS_OUT_OF_ORDER.
absl::StatusOr<Case> Take(Case after, std::optional<Date> Steps::*step, CaseVerb verb, const Act& act,
                          const std::string& reason = "");

// Use cases; the case is put by the caller. DeclareCase refuses, in this order, with DIVISION_NOT_FOUND,
// HOUSEHOLD_NOT_FOUND (also when it lives elsewhere), CASE_NO_TAKEN and HOUSEHOLD_HAS_CASE, OpenCaseNotice with
// PLACE_NOT_A_DIVISION and, last, as evidence::CheckKept does, AllotCase with UNIT_NOT_FOUND and, last, as
// CheckNotInDraw and CheckDrawDecides do; and each then as its rule does.
absl::StatusOr<Case> DeclareCase(roots::Session& session, const Declaration& declaration, const Act& act);
// VerifyCase and DecideCase find the flow that the household's county follows today.
absl::StatusOr<Case> VerifyCase(roots::Session& session, const Case& before, const Act& act);
absl::StatusOr<Case> DecideCase(roots::Session& session, const Case& before, const approval::Ruling& ruling,
                                const Act& act);
absl::StatusOr<Case> OpenCaseNotice(roots::Session& session, const Case& before, const NoticeRequest& request,
                                    const Act& act);
absl::StatusOr<Case> AllotCase(roots::Session& session, const Case& before, const std::string& unit_key,
                               const Act& act);
// Refuse as their rules do and with MONEY_STANDS (see step_back.h); RejectCase first as CheckCountyLevel does.
absl::StatusOr<Case> WithdrawCase(roots::Session& session, const Case& before, const std::string& reason,
                                  const Act& act);
absl::StatusOr<Case> RejectCase(roots::Session& session, const Case& before, const std::string& reason, const Act& act);
// Refuses with LEVEL_NOT_ALLOWED (PERMISSION_DENIED) who acts for less than a county.
absl::Status CheckCountyLevel(const Act& act);
// Refuses with CASE_NOT_FOUND.
absl::StatusOr<Case> FindCase(roots::Session& session, const std::string& id);

}  // namespace anju::relocation
