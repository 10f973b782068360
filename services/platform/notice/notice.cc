#include "services/platform/notice/notice.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/batch.h"
#include "services/platform/notice/working_days.h"
#include "services/platform/roots/outcome.h"

namespace anju::notice {
namespace {

using enum absl::StatusCode;

absl::Status CheckShape(const Posting& posting, int32_t shortest_days) {
  if (posting.places.empty() || posting.places.size() > kMostPlaces) {
    return Refuse(kInvalidArgument, "PLACES_OUT_OF_RANGE",
                  absl::StrCat("name 1 to ", kMostPlaces, " villages, townships or counties in which it is posted"),
                  "places");
  }
  if (posting.span_days < shortest_days || posting.span_days > kLongestSpan) {
    return Refuse(kInvalidArgument, "SPAN_OUT_OF_RANGE",
                  absl::StrCat("it is posted for ", shortest_days, " to ", kLongestSpan, " days"), "span_days");
  }
  if (posting.evidence.size() > kMostEvidence) {
    return Refuse(kInvalidArgument, "EVIDENCE_TOO_MUCH", absl::StrCat("at most ", kMostEvidence, " files"), "evidence");
  }
  for (const Evidence& file : posting.evidence) {
    if (evidence::IsHash(file.sha256)) continue;
    return Refuse(kInvalidArgument, "EVIDENCE_HASH_MALFORMED",
                  "give the SHA-256 of each file as 64 lower-case hexadecimal digits", "evidence");
  }
  return absl::OkStatus();
}

const Notice* LastFor(const std::vector<Notice>& notices, absl::string_view purpose) {
  const auto last =
      std::find_if(notices.rbegin(), notices.rend(), [&](const Notice& notice) { return notice.purpose == purpose; });
  return last == notices.rend() ? nullptr : &*last;
}

absl::StatusOr<Notice*> Find(std::vector<Notice>& notices, int32_t notice_no) {
  Notice* notice = roots::Lookup(notices, &Notice::notice_no, notice_no);
  if (notice != nullptr) return notice;
  return Refuse(kNotFound, "NOTICE_NOT_FOUND", "there is no notice with this number", "notice_no");
}

absl::Status CheckOpen(const Notice& notice) {
  if (notice.state == NoticeState::kOpen) return absl::OkStatus();
  return Refuse(kFailedPrecondition, "NOTICE_CLOSED", "the notice was closed", "notice_no");
}

void Void(Notice& notice, const Act& act) {
  if (notice.state == NoticeState::kOpen) {
    notice.closed_by = act.by;
    notice.closed_on = act.on;
  }
  notice.state = NoticeState::kVoided;
}

}  // namespace

absl::StatusOr<Date> LastDay(Date opened_on, int32_t span_days, DayKind day_kind) {
  if (day_kind != DayKind::kWorking) return opened_on + span_days;
  Date day = opened_on;
  for (int32_t counted = 0; counted < span_days;) {
    ++day;
    ASSIGN_OR_RETURN(const bool working, IsWorkingDay(day));
    if (working) ++counted;
  }
  return day;
}

absl::StatusOr<Posting> ResolvePlaces(roots::Session& session, Posting posting) {
  // Open refuses so many; none of them is looked up.
  if (posting.places.size() > kMostPlaces) return posting;
  for (std::string& place : posting.places) {
    absl::StatusOr<std::string> code = intake::ResolveDivision(session, place, "places");
    if (!code.ok() && !IsRefusal(code.status())) return code.status();
    if (!code.ok() || code->size() < kCountyDigits) {
      return Refuse(kInvalidArgument, "PLACE_NOT_A_DIVISION",
                    "name each place by the national code of a village, a township or a county", "places");
    }
    place = *std::move(code);
  }
  return posting;
}

absl::StatusOr<std::vector<Notice>> Open(std::vector<Notice> notices, const std::string& purpose,
                                         const Posting& posting, int32_t shortest_days, const Act& act) {
  RETURN_IF_ERROR(CheckShape(posting, shortest_days));
  const Notice* last = LastFor(notices, purpose);
  if (last != nullptr && last->state == NoticeState::kOpen) {
    return Refuse(kFailedPrecondition, "NOTICE_ALREADY_OPEN",
                  absl::StrCat("notice ", last->notice_no, " is open until ", Format(last->last_day)));
  }
  if (notices.size() >= kMostNotices) {
    return Refuse(kFailedPrecondition, "NOTICES_TOO_MANY", absl::StrCat("at most ", kMostNotices, " notices are kept"));
  }
  ASSIGN_OR_RETURN(const Date last_day, LastDay(act.on, posting.span_days, posting.day_kind));
  const bool rerun = last != nullptr && last->state == NoticeState::kClosedUpheld;
  Notice notice{.notice_no = static_cast<int32_t>(notices.size()) + 1,
                .purpose = purpose,
                .state = NoticeState::kOpen,
                .posting = posting,
                .opened_by = act.by,
                .opened_on = act.on,
                .last_day = last_day,
                .rerun_of = rerun ? last->notice_no : 0};
  notices.push_back(std::move(notice));
  return notices;
}

absl::StatusOr<std::vector<Notice>> FileObjection(std::vector<Notice> notices, int32_t notice_no,
                                                  const std::string& filed_by, const std::string& text,
                                                  const Act& act) {
  ASSIGN_OR_RETURN(Notice * notice, Find(notices, notice_no));
  RETURN_IF_ERROR(CheckOpen(*notice));
  if (act.on > notice->last_day) {
    return Refuse(kFailedPrecondition, "NOTICE_CLOSED",
                  absl::StrCat("objections were taken until ", Format(notice->last_day)), "notice_no");
  }
  if (notice->objections.size() >= kMostObjections) {
    return Refuse(kFailedPrecondition, "OBJECTIONS_TOO_MANY",
                  absl::StrCat("at most ", kMostObjections, " objections are kept of one notice"));
  }
  notice->objections.push_back({.objection_no = static_cast<int32_t>(notice->objections.size()) + 1,
                                .filed_by = filed_by,
                                .filed_on = act.on,
                                .text = text,
                                .entered_by = act.by});
  return notices;
}

absl::StatusOr<std::vector<Notice>> DecideObjection(std::vector<Notice> notices, int32_t notice_no,
                                                    int32_t objection_no, ObjectionOutcome outcome,
                                                    const std::string& reason, const Act& act) {
  ANJU_CHECK(outcome != ObjectionOutcome::kUnspecified);
  ASSIGN_OR_RETURN(Notice * notice, Find(notices, notice_no));
  Objection* objection = roots::Lookup(notice->objections, &Objection::objection_no, objection_no);
  if (objection == nullptr) {
    return Refuse(kNotFound, "OBJECTION_NOT_FOUND", "the notice has no objection with this number", "objection_no");
  }
  RETURN_IF_ERROR(CheckOpen(*notice));
  if (objection->outcome != ObjectionOutcome::kUnspecified) {
    return Refuse(kFailedPrecondition, "OBJECTION_DECIDED", "the objection was decided before", "objection_no");
  }
  if (act.by == notice->opened_by || act.by == objection->entered_by) {
    return Refuse(kFailedPrecondition, "DECIDER_IS_AUTHOR",
                  "nobody decides on what they entered: ask somebody who opened neither the notice nor the objection");
  }
  objection->outcome = outcome;
  objection->reason = reason;
  objection->decided_by = act.by;
  objection->decided_on = act.on;
  return notices;
}

absl::StatusOr<std::vector<Notice>> Close(std::vector<Notice> notices, int32_t notice_no, const Act& act) {
  ASSIGN_OR_RETURN(Notice * notice, Find(notices, notice_no));
  RETURN_IF_ERROR(CheckOpen(*notice));
  if (act.on <= notice->last_day) {
    return Refuse(kFailedPrecondition, "SPAN_NOT_OVER",
                  absl::StrCat("its last day is ", Format(notice->last_day), ": close it after that day has ended"));
  }
  const auto has = [&](ObjectionOutcome outcome) {
    return std::any_of(notice->objections.begin(), notice->objections.end(),
                       [&](const Objection& objection) { return objection.outcome == outcome; });
  };
  if (has(ObjectionOutcome::kUnspecified)) {
    return Refuse(kFailedPrecondition, "OBJECTION_UNDECIDED", "decide on every objection before the notice is closed");
  }
  notice->state = has(ObjectionOutcome::kUpheld) ? NoticeState::kClosedUpheld : NoticeState::kClosedClean;
  notice->closed_by = act.by;
  notice->closed_on = act.on;
  return notices;
}

std::vector<Notice> Void(std::vector<Notice> notices, absl::string_view purpose, const Act& act) {
  for (Notice& notice : notices) {
    if (notice.purpose == purpose) Void(notice, act);
  }
  return notices;
}

std::vector<Notice> VoidOpen(std::vector<Notice> notices, const Act& act) {
  for (Notice& notice : notices) {
    if (notice.state == NoticeState::kOpen) Void(notice, act);
  }
  return notices;
}

absl::Status NeedClean(const std::vector<Notice>& notices, absl::string_view purpose, Date step_on) {
  const auto refuse = [](const auto&... sentence) {
    return Refuse(kFailedPrecondition, "NOTICE_NOT_CLEAN", absl::StrCat(sentence...));
  };
  const Notice* last = LastFor(notices, purpose);
  if (last == nullptr || last->state == NoticeState::kVoided)
    return refuse("open the notice ", purpose, " first and close it clean");
  if (last->state == NoticeState::kOpen) {
    return refuse("the notice ", purpose, " is open until ", Format(last->last_day), ": close it clean first");
  }
  if (last->state == NoticeState::kClosedUpheld) {
    return refuse("an objection to the notice ", purpose, " was upheld: open it again and close it clean");
  }
  if (step_on < *last->closed_on) {
    return refuse("the notice ", purpose, " was closed on ", Format(*last->closed_on), ": the step is not earlier");
  }
  return absl::OkStatus();
}

}  // namespace anju::notice
