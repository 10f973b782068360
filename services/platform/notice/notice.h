#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/base/archive.h"
#include "services/platform/evidence/evidence.h"
#include "services/platform/roots/session.h"

// Public notice 公示: what is to be done is posted where people see it, for a span of days in which anybody can object.
// Notices are kept on the root that they are about (a case, a list of payments), in a vector: so the step that needs a
// clean one is decided by a rule of that root alone, in one transaction. What is noticed, and which step needs it, is
// the rule of the service.
namespace anju::notice {

enum class DayKind : int32_t { kUnspecified = 0, kCalendar = 1, kWorking = 2 };
enum class NoticeState : int32_t { kUnspecified = 0, kOpen = 1, kClosedClean = 2, kClosedUpheld = 3, kVoided = 4 };
// Unspecified: not decided yet.
enum class ObjectionOutcome : int32_t { kUnspecified = 0, kUpheld = 1, kDismissed = 2 };

// No notice hangs longer, in days of either kind.
inline constexpr int32_t kLongestSpan = 60;
inline constexpr size_t kMostPlaces = 20;
inline constexpr size_t kMostEvidence = 20;
inline constexpr size_t kMostObjections = 200;
// On one root, those that were run again included.
inline constexpr size_t kMostNotices = 50;

// A file that shows something, such as a photograph of the board.
using evidence::Evidence;

struct Objection {
  // From 1 within its notice.
  int32_t objection_no = 0;
  // A reference to who objects, such as the number of a letter or a visit; never a name.
  std::string filed_by;
  Date filed_on;
  std::string text;
  // Who typed it in.
  std::string entered_by;
  ObjectionOutcome outcome = ObjectionOutcome::kUnspecified;
  std::string reason;
  std::string decided_by;
  std::optional<Date> decided_on;

  void Fields(Archive& archive) {
    archive("objection_no", objection_no);
    archive("filed_by", filed_by);
    archive("filed_on", filed_on);
    archive("text", text);
    archive("entered_by", entered_by);
    archive("outcome", outcome);
    archive("reason", reason);
    archive("decided_by", decided_by);
    archive("decided_on", decided_on);
  }
  friend bool operator==(const Objection&, const Objection&) = default;
};

// What is asked to be posted.
struct Posting {
  // Villages, townships and counties, all at the same time.
  std::vector<std::string> places;
  int32_t span_days = 0;
  DayKind day_kind = DayKind::kUnspecified;
  std::string title;
  std::string text;
  std::vector<Evidence> evidence;

  void Fields(Archive& archive) {
    archive("places", places);
    archive("span_days", span_days);
    archive("day_kind", day_kind);
    archive("title", title);
    archive("text", text);
    archive("evidence", evidence);
  }
  friend bool operator==(const Posting&, const Posting&) = default;
};

struct Notice {
  // From 1 on its root.
  int32_t notice_no = 0;
  // A code of the service: which step it is for.
  std::string purpose;
  NoticeState state = NoticeState::kUnspecified;
  Posting posting;
  std::string opened_by;
  Date opened_on;
  // Objections are taken until this day has ended.
  Date last_day;
  std::vector<Objection> objections;
  std::string closed_by;
  std::optional<Date> closed_on;
  // The notice of which it is the re-run, because an objection to that one was upheld; 0 when it is the first.
  int32_t rerun_of = 0;

  void Fields(Archive& archive) {
    archive("notice_no", notice_no);
    archive("purpose", purpose);
    archive("state", state);
    posting.Fields(archive);
    archive("opened_by", opened_by);
    archive("opened_on", opened_on);
    archive("last_day", last_day);
    archive("objections", objections);
    archive("closed_by", closed_by);
    archive("closed_on", closed_on);
    archive("rerun_of", rerun_of);
  }
  friend bool operator==(const Notice&, const Notice&) = default;
};

// Who acts, and the day it is in China.
struct Act {
  std::string by;
  Date on;
  // With which roles, in the words of a token, and for which division: what an approval asks for.
  std::vector<std::string> roles = {};
  std::string scope = {};
};

// The last day of a span. The day of opening is not counted, as the civil law has it. Pure. Refuses with
// HOLIDAYS_UNKNOWN.
absl::StatusOr<Date> LastDay(Date opened_on, int32_t span_days, DayKind day_kind);

// The places by their present codes. Refuses with PLACE_NOT_A_DIVISION one that is no village, township or county.
absl::StatusOr<Posting> ResolvePlaces(roots::Session& session, Posting posting);

// Opens a notice, as a re-run when the last one of its purpose was closed with an objection upheld. All rules here are
// pure and answer the notices of a root as they are afterwards. `shortest_days` is the least span that the service's
// policy allows. Refuses, in this order, with PLACES_OUT_OF_RANGE, SPAN_OUT_OF_RANGE, EVIDENCE_TOO_MUCH,
// EVIDENCE_HASH_MALFORMED, NOTICE_ALREADY_OPEN, NOTICES_TOO_MANY and HOLIDAYS_UNKNOWN.
absl::StatusOr<std::vector<Notice>> Open(std::vector<Notice> notices, const std::string& purpose,
                                         const Posting& posting, int32_t shortest_days, const Act& act);

// Refuses, in this order, with NOTICE_NOT_FOUND, NOTICE_CLOSED (its last day has ended, or it was closed) and
// OBJECTIONS_TOO_MANY.
absl::StatusOr<std::vector<Notice>> FileObjection(std::vector<Notice> notices, int32_t notice_no,
                                                  const std::string& filed_by, const std::string& text, const Act& act);

// Decided while the notice is not closed, also after its last day. Refuses, in this order, with NOTICE_NOT_FOUND,
// OBJECTION_NOT_FOUND, NOTICE_CLOSED, OBJECTION_DECIDED and DECIDER_IS_AUTHOR (of the notice or the objection).
absl::StatusOr<std::vector<Notice>> DecideObjection(std::vector<Notice> notices, int32_t notice_no,
                                                    int32_t objection_no, ObjectionOutcome outcome,
                                                    const std::string& reason, const Act& act);

// Clean when no objection was upheld. Refuses, in this order, with NOTICE_NOT_FOUND, NOTICE_CLOSED, SPAN_NOT_OVER
// (whoever asks) and OBJECTION_UNDECIDED.
absl::StatusOr<std::vector<Notice>> Close(std::vector<Notice> notices, int32_t notice_no, const Act& act);

// Voids the notices of a purpose, because the step before them was taken back: none of them counts any more, an open
// one ends today. They are kept.
std::vector<Notice> Void(std::vector<Notice> notices, absl::string_view purpose, const Act& act);
// The same for those that are open, because nobody could object any more.
std::vector<Notice> VoidOpen(std::vector<Notice> notices, const Act& act);

// For a step that is taken on a day and needs a notice that was closed clean by then. The last one of the purpose
// counts. Pure. Refuses with NOTICE_NOT_CLEAN.
absl::Status NeedClean(const std::vector<Notice>& notices, absl::string_view purpose, Date step_on);

}  // namespace anju::notice
