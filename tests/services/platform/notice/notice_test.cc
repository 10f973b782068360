#include "services/platform/notice/notice.h"

#include "tests/support/stand.h"

namespace anju::notice {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

using Notices = std::vector<Notice>;

constexpr int32_t kShortest = 5;
const std::string kHash(64, 'a');
// A Thursday.
const Date kOpened(2018, 11, 1);

Posting Posted() {
  return {.places = {"450328101202", "450328101", "450328"},
          .span_days = 5,
          .day_kind = DayKind::kCalendar,
          .title = "公示",
          .text = "示例",
          .evidence = {{.name = "board.jpg", .sha256 = kHash, .size_bytes = 1}}};
}

Notices Opened() { return *Open({}, "BEFORE", Posted(), kShortest, {.by = "li", .on = kOpened}); }

Notices Objected() { return *FileObjection(Opened(), 1, "letter-7", "…", {.by = "zhao", .on = kOpened + 5}); }

Notices Decided(ObjectionOutcome outcome) {
  return *DecideObjection(Objected(), 1, 1, outcome, "查实", {.by = "wang", .on = kOpened + 5});
}

Notices Closed(ObjectionOutcome outcome) { return *Close(Decided(outcome), 1, {.by = "li", .on = kOpened + 6}); }

TEST(LastDayTest, TheDayOfOpeningIsNotCounted) {
  const struct {
    Date opened_on;
    int32_t span_days;
    DayKind day_kind;
    Date last_day;
  } cases[] = {
      {Date(2018, 11, 1), 5, DayKind::kCalendar, Date(2018, 11, 6)},
      {Date(2018, 11, 1), 5, DayKind::kWorking, Date(2018, 11, 8)},
      {Date(2018, 11, 3), 5, DayKind::kWorking, Date(2018, 11, 9)},   // Opened on a Saturday.
      {Date(2018, 9, 26), 5, DayKind::kCalendar, Date(2018, 10, 1)},  // Calendar days do not look at holidays.
      {Date(2018, 9, 26), 5, DayKind::kWorking, Date(2018, 10, 8)},   // Both days of that weekend are made up for.
      {Date(2018, 12, 27), 5, DayKind::kWorking, Date(2019, 1, 4)},   // 29 December is made up for.
      {Date(2020, 1, 22), 2, DayKind::kWorking, Date(2020, 2, 3)},    // Over the long Spring Festival.
      {Date(2015, 12, 31), 5, DayKind::kWorking, Date(2016, 1, 8)},   // What counts is in a known year.
      {Date(2027, 3, 1), 5, DayKind::kCalendar, Date(2027, 3, 6)},    // Calendar days need no list.
  };
  for (const auto& row : cases) {
    EXPECT_EQ(*LastDay(row.opened_on, row.span_days, row.day_kind), row.last_day) << Format(row.opened_on);
  }
  EXPECT_THAT(LastDay(Date(2026, 12, 28), 5, DayKind::kWorking), RefusedWith(kFailedPrecondition, "HOLIDAYS_UNKNOWN"));
}

TEST(OpenTest, RefusesInOrder) {
  Notices notices = Opened();
  notices.resize(kMostNotices, notices[0]);
  Posting posting = Posted();
  posting.places.clear();
  posting.span_days = 4;
  posting.day_kind = DayKind::kWorking;
  posting.evidence.assign(kMostEvidence + 1, {.sha256 = std::string(64, 'A')});
  const auto open = [&] { return Open(notices, "BEFORE", posting, kShortest, {.by = "li", .on = Date(2030, 1, 1)}); };
  EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "PLACES_OUT_OF_RANGE"));
  posting.places.assign(kMostPlaces + 1, "450328");
  EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "PLACES_OUT_OF_RANGE"));
  posting.places.pop_back();
  EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  posting.span_days = kLongestSpan + 1;
  EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "SPAN_OUT_OF_RANGE"));
  posting.span_days = kLongestSpan;
  EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "EVIDENCE_TOO_MUCH"));
  for (const std::string& wrong :
       {std::string(64, 'A'), std::string(63, 'a'), std::string(63, 'a') + "g", kHash + "a", std::string()}) {
    posting.evidence = {{.sha256 = kHash}, {.sha256 = wrong}};
    EXPECT_THAT(open(), RefusedWith(kInvalidArgument, "EVIDENCE_HASH_MALFORMED")) << wrong;
  }
  posting.evidence.clear();
  EXPECT_THAT(open(), RefusedWith(kFailedPrecondition, "NOTICE_ALREADY_OPEN"));
  notices.back().state = NoticeState::kClosedClean;
  EXPECT_THAT(open(), RefusedWith(kFailedPrecondition, "NOTICES_TOO_MANY"));
  notices.resize(1);
  notices.back().state = NoticeState::kClosedClean;
  EXPECT_THAT(open(), RefusedWith(kFailedPrecondition, "HOLIDAYS_UNKNOWN"));
  posting.day_kind = DayKind::kCalendar;
  EXPECT_EQ(open()->back().notice_no, 2);
}

TEST(OpenTest, AReRunNamesTheNoticeThatWasUpheld) {
  const Notices notices =
      *Open(Closed(ObjectionOutcome::kUpheld), "BEFORE", Posted(), kShortest, {.by = "li", .on = kOpened + 9});
  ASSERT_EQ(notices.size(), 2);
  EXPECT_EQ(notices[0].state, NoticeState::kClosedUpheld);
  EXPECT_EQ(notices[1].rerun_of, 1);
  EXPECT_EQ(notices[1].last_day, kOpened + 14);
  EXPECT_EQ(Opened()[0].rerun_of, 0);
  // Neither one of another purpose nor one after a clean one is a re-run.
  EXPECT_EQ(Open(Closed(ObjectionOutcome::kUpheld), "DURING", Posted(), kShortest, {})->back().rerun_of, 0);
  EXPECT_EQ(Open(Closed(ObjectionOutcome::kDismissed), "BEFORE", Posted(), kShortest, {})->back().rerun_of, 0);
}

TEST(ObjectionTest, IsTakenFromTheFirstDayToTheLast) {
  for (const Date day : {kOpened, kOpened + 5}) {
    const Notices notices = *FileObjection(Opened(), 1, "letter-7", "…", {.by = "zhao", .on = day});
    EXPECT_EQ(notices[0].objections.at(0).filed_on, day);
    EXPECT_EQ(notices[0].objections.at(0).objection_no, 1);
  }
  EXPECT_THAT(FileObjection(Opened(), 1, "letter-7", "…", {.by = "zhao", .on = kOpened + 6}),
              RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
}

TEST(ObjectionTest, RefusesInOrder) {
  Notices full = Opened();
  full[0].objections.resize(kMostObjections);
  full[0].state = NoticeState::kClosedClean;
  const auto file = [&](int32_t no) { return FileObjection(full, no, "letter-7", "…", {.by = "zhao", .on = kOpened}); };
  EXPECT_THAT(file(2), RefusedWith(kNotFound, "NOTICE_NOT_FOUND"));
  EXPECT_THAT(file(1), RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
  full[0].state = NoticeState::kOpen;
  EXPECT_THAT(file(1), RefusedWith(kFailedPrecondition, "OBJECTIONS_TOO_MANY"));
}

TEST(ObjectionTest, IsDecidedOnceByAThirdPerson) {
  const auto decide = [](const Notices& notices, int32_t notice_no, int32_t objection_no, const std::string& by) {
    return DecideObjection(notices, notice_no, objection_no, ObjectionOutcome::kUpheld, "查实",
                           {.by = by, .on = kOpened + 9});
  };
  Notices closed = Closed(ObjectionOutcome::kDismissed);
  EXPECT_THAT(decide(closed, 2, 2, "li"), RefusedWith(kNotFound, "NOTICE_NOT_FOUND"));
  EXPECT_THAT(decide(closed, 1, 2, "li"), RefusedWith(kNotFound, "OBJECTION_NOT_FOUND"));
  EXPECT_THAT(decide(closed, 1, 1, "li"), RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
  EXPECT_THAT(decide(Decided(ObjectionOutcome::kDismissed), 1, 1, "li"),
              RefusedWith(kFailedPrecondition, "OBJECTION_DECIDED"));
  for (const char* author : {"li", "zhao"}) {
    EXPECT_THAT(decide(Objected(), 1, 1, author), RefusedWith(kFailedPrecondition, "DECIDER_IS_AUTHOR"));
  }
  const Notices decided = *decide(Objected(), 1, 1, "wang");
  EXPECT_EQ(decided[0].objections[0].outcome, ObjectionOutcome::kUpheld);
  EXPECT_EQ(decided[0].objections[0].decided_by, "wang");
}

TEST(CloseTest, RefusesInOrder) {
  EXPECT_THAT(Close(Closed(ObjectionOutcome::kUpheld), 2, {.on = kOpened}), RefusedWith(kNotFound, "NOTICE_NOT_FOUND"));
  EXPECT_THAT(Close(Closed(ObjectionOutcome::kUpheld), 1, {.on = kOpened}),
              RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
  for (const Date early : {kOpened, kOpened + 5}) {
    EXPECT_THAT(Close(Objected(), 1, {.on = early}), RefusedWith(kFailedPrecondition, "SPAN_NOT_OVER"));
  }
  EXPECT_THAT(Close(Objected(), 1, {.on = kOpened + 6}), RefusedWith(kFailedPrecondition, "OBJECTION_UNDECIDED"));
  EXPECT_EQ(Close(Opened(), 1, {.by = "li", .on = kOpened + 6})->at(0).state, NoticeState::kClosedClean);
}

TEST(NeedCleanTest, TheLastOfThePurposeCounts) {
  const auto refused = RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN");
  const Date kStep = kOpened + 20;
  const Notices clean = Closed(ObjectionOutcome::kDismissed);
  EXPECT_THAT(NeedClean({}, "BEFORE", kStep), refused);
  EXPECT_THAT(NeedClean(Opened(), "BEFORE", kStep), refused);
  EXPECT_THAT(NeedClean(Closed(ObjectionOutcome::kUpheld), "BEFORE", kStep), refused);
  EXPECT_TRUE(NeedClean(clean, "BEFORE", kStep).ok());
  EXPECT_TRUE(NeedClean(clean, "BEFORE", kOpened + 6).ok());
  // A step that is dated back to before the notice was closed.
  EXPECT_THAT(NeedClean(clean, "BEFORE", kOpened + 5), refused);
  EXPECT_THAT(NeedClean(clean, "DURING", kStep), refused);
  EXPECT_THAT(NeedClean(*Open(clean, "BEFORE", Posted(), kShortest, {.on = kOpened + 9}), "BEFORE", kStep), refused);
  EXPECT_TRUE(NeedClean(*Open(clean, "DURING", Posted(), kShortest, {.on = kOpened + 9}), "BEFORE", kStep).ok());
}

TEST(PlacesTest, AreVillagesTownshipsAndCountiesByTheirPresentCodes) {
  testing::Stand stand("sqlite", {}, {});
  for (const char* code : {"45", "4503", "450328", "450328101", "450328101202"}) stand.KnowDivision(code);
  stand.Know("451021", feed::DivisionFact{.code = "451021", .successor = "451003"});
  const auto resolve = [&](std::vector<std::string> places) {
    absl::StatusOr<Posting> posting = absl::UnknownError("not run");
    (void)stand.store.Change({}, [&](roots::Session& session) {
      posting = ResolvePlaces(session, {.places = places});
      return posting.status();
    });
    return posting;
  };
  const auto posting = resolve({"450328101202", "450328101", "450328", "451021"});
  ASSERT_TRUE(posting.ok()) << posting.status();
  EXPECT_THAT(posting->places, ::testing::ElementsAre("450328101202", "450328101", "450328", "451003"));
  // Too many are not looked up.
  EXPECT_TRUE(resolve(std::vector<std::string>(kMostPlaces + 1, "45")).ok());
  for (const char* wrong : {"45", "4503", "450327", "45032810", "the village board", ""}) {
    EXPECT_THAT(resolve({"450328", wrong}), RefusedWith(kInvalidArgument, "PLACE_NOT_A_DIVISION")) << wrong;
  }
}

TEST(VoidTest, AVoidNoticeCountsNoMore) {
  const Act act{.by = "wang", .on = Date(2018, 12, 1)};
  const std::vector<Notice> notices = {
      {.notice_no = 1, .purpose = "BEFORE", .state = NoticeState::kClosedClean, .closed_on = Date(2018, 11, 10)},
      {.notice_no = 2, .purpose = "AFTER", .state = NoticeState::kClosedUpheld, .closed_on = Date(2018, 11, 20)},
      {.notice_no = 3, .purpose = "AFTER", .state = NoticeState::kOpen, .last_day = Date(2018, 11, 30)}};
  const std::vector<Notice> voided = Void(notices, "AFTER", act);
  EXPECT_TRUE(NeedClean(voided, "BEFORE", act.on).ok());
  EXPECT_THAT(NeedClean(voided, "AFTER", act.on), RefusedWith(kFailedPrecondition, "NOTICE_NOT_CLEAN"));
  EXPECT_EQ(voided[1].closed_on, Date(2018, 11, 20));
  EXPECT_EQ(voided[2].closed_on, act.on);
  EXPECT_EQ(voided[2].closed_by, "wang");
  EXPECT_THAT(Close(voided, 3, act), RefusedWith(kFailedPrecondition, "NOTICE_CLOSED"));
  EXPECT_EQ(VoidOpen(notices, act)[1].state, NoticeState::kClosedUpheld);
  EXPECT_EQ(VoidOpen(notices, act)[2].state, NoticeState::kVoided);
}

}  // namespace
}  // namespace anju::notice
