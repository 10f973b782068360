#include "services/registry/domain/division_change.h"

#include "services/platform/base/division.h"
#include "services/registry/domain/event.h"
#include "services/registry/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::RefusedWith;

constexpr char kVillage[] = "450328100201";
constexpr char kOther[] = "450328101202";
const Date kSince(2016, 1, 15), kChange(2018, 8, 20), kToday(2018, 11, 1);

TEST(CheckSuccessions, RefusesInOrder) {
  const auto kRecode = ChangeKind::kRecode, kMerge = ChangeKind::kMerge;
  const struct {
    ChangeKind kind;
    std::vector<Succession> successions;
    const char* reason;
  } rows[] = {
      {ChangeKind::kUnspecified, {}, "KIND_UNSPECIFIED"},
      {kRecode, {}, "CODES_MISSING"},
      {kRecode, std::vector<Succession>(kMostMappings + 1), "TOO_MANY_CODES"},
      {kRecode, {{"45", "46"}}, "CODE_MALFORMED"},
      {kRecode, {{"450328", "450328100"}}, "CODE_MALFORMED"},
      {kRecode, {{"360731", "360731"}}, "CODE_UNCHANGED"},
      {kRecode, {{"450328", "360731"}, {"450328", "450329"}}, "OUTSIDE_DIVISION"},
      {kRecode, {{"450328", "450331"}, {"450328", "450332"}}, "CODE_TWICE"},
      {kRecode, {{"450328", "450331"}, {"450329", "450331"}}, "CODE_TWICE"},
      {kMerge, {{"450328", "450329"}, {"450329", "450331"}}, "CODE_SUCCEEDED"},
      {kMerge, {{"450328", "450331"}, {"450329100", "450328200"}}, "CODE_SUCCEEDED"},
      {kMerge, {{"450328", "450331"}, {"450329", "450331"}}, ""},
  };
  const struct {
    Founded founded;
    const char* reason;
  } founded[] = {{{"4503", "样"}, "CODE_MALFORMED"},
                 {{"360731", "样"}, "OUTSIDE_DIVISION"},
                 {{"450331", "样"}, "CODE_TWICE"},
                 {{"450328200", "样"}, "CODE_SUCCEEDED"},
                 {{"450332", "样"}, ""}};
  for (const auto& row : founded) {
    EXPECT_EQ(
        ReasonOf(CheckSuccessions(
            {.division = "4503", .kind = kMerge, .successions = {{"450328", "450331"}}, .founded = {row.founded}})),
        row.reason);
  }
  for (const auto& row : rows) {
    EXPECT_EQ(ReasonOf(CheckSuccessions({.division = "4503", .kind = row.kind, .successions = row.successions})),
              row.reason);
  }
}

class WorkOutTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<Became>> Out(std::vector<Succession> successions, std::vector<Founded> founded = {}) {
    ChangeRequest request;
    request.successions = std::move(successions);
    request.founded = std::move(founded);
    return WorkOut(request, [&](absl::string_view code) -> absl::StatusOr<std::vector<std::string>> {
      std::vector<std::string> codes;
      for (const std::string& used : tree_) {
        if (IsWithin(used, code)) codes.push_back(used);
      }
      if (!codes.empty() && codes.front() != code) codes.clear();
      return codes;
    });
  }
  const std::vector<std::string> tree_ = {"4503",      "450328",       "450328100", "450328100201", "450328100202",
                                          "450328101", "450328101202", "450329",    "450329100",    "450329100201",
                                          "450329200", "450330",       "450330100", "450330100201"};
};

TEST_F(WorkOutTest, WhatIsItsAloneIsNotTakenApart) {
  EXPECT_THAT(*Out({{"450328", "450399"}}), ElementsAre(Became{"450328", "450399"}));
  EXPECT_THAT(*Out({{"450328", "450398"}, {"450328101", "450399101"}}, {{"450399", "新"}}),
              ElementsAre(Became{"450328", "450398"}, Became{"450328101", "450399101"}));
  EXPECT_THAT(*Out({{"450328101", "450330101"}}), ElementsAre(Became{"450328101", "450330101"}));
}

TEST_F(WorkOutTest, WhatIsSharedIsSaidPartByPart) {
  // Two become one: the townships are named where their last digits are the same.
  EXPECT_THAT(*Out({{"450328", "450399"}, {"450329", "450399"}, {"450329100", "450399300"}}),
              ElementsAre(Became{"450328", "450399", true}, Became{"450328100", "450399100"},
                          Became{"450328101", "450399101"}, Became{"450329", "450399", true},
                          Became{"450329100", "450399300"}, Became{"450329200", "450399200"}));
  // One goes into another that stays, down to the villages.
  EXPECT_THAT(*Out({{"450328101", "450330100"}}),
              ElementsAre(Became{"450328101", "450330100", true}, Became{"450328101202", "450330100202"}));
  // A part of somebody else comes into what one becomes.
  EXPECT_THAT(*Out({{"450328", "450399"}, {"450330100", "450399200"}}),
              ElementsAre(Became{"450328", "450399", true}, Became{"450328100", "450399100"},
                          Became{"450328101", "450399101"}, Became{"450330100", "450399200"}));
}

TEST_F(WorkOutTest, Refuses) {
  const struct {
    std::vector<Succession> successions;
    const char* reason;
  } rows[] = {
      // Both have a township 100.
      {{{"450328", "450399"}, {"450329", "450399"}}, "CODES_COLLIDE"},
      {{{"450328100", "450330100"}}, "CODES_COLLIDE"},
      {{{"450328101", "450399101"}}, "PARENT_NOT_FOUND"},
      {{{"450328101202", "450330999202"}}, "PARENT_NOT_FOUND"},
      // Two villages that are named become one.
      {{{"450328100201", "450330100201"}}, ""},
  };
  for (const auto& row : rows)
    EXPECT_EQ(ReasonOf(Out(row.successions).status()), row.reason) << row.successions[0].old_code;
}

class DivisionChangeTest : public ::testing::TestWithParam<std::string> {
 protected:
  DivisionChangeTest()
      : stand_(GetParam(),
               {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>(), &roots::KindOf<Village>(),
                &roots::KindOf<DivisionChange>()},
               Catalogue()) {
    for (const char* code : {"450328", kVillage, kOther}) stand_.KnowDivision(code);
    Add("h1", kVillage);
    Add("h2", kOther);
    EXPECT_TRUE(stand_.Import(ImportVillage, VillageRecord{.village = kVillage, .poor_since = kSince}).ok());
  }
  void Add(const std::string& number, const std::string& village) {
    ASSERT_TRUE(stand_
                    .Import(ImportHousehold, HouseholdRecord{.household_no = number,
                                                             .village = village,
                                                             .household_class = HouseholdClass::kRegisteredPoor,
                                                             .registered_on = kSince})
                    .ok());
  }
  DivisionChange Record(std::vector<Succession> successions) {
    DivisionChange change;
    std::vector<Became> became;
    for (const auto& [old_code, new_code, name] : successions) became.push_back({old_code, new_code});
    EXPECT_TRUE(stand_.store
                    .Change({},
                            [&](roots::Session& session) -> absl::Status {
                              ASSIGN_OR_RETURN(change, RecordDivisionChange(session,
                                                                            {.division = "4503",
                                                                             .change_no = "1",
                                                                             .kind = ChangeKind::kSplit,
                                                                             .effective_on = kChange,
                                                                             .document = "样府发〔2018〕1号",
                                                                             .successions = successions},
                                                                            became));
                              return absl::OkStatus();
                            })
                    .ok());
    return change;
  }
  absl::StatusOr<DivisionChange> Apply(const std::string& id, Date today = kToday) {
    DivisionChange after;
    RETURN_IF_ERROR(stand_.store.Change({}, [&](roots::BatchSession& session) -> absl::Status {
      ASSIGN_OR_RETURN(const auto before, session.Get<DivisionChange>(id));
      ASSIGN_OR_RETURN(after, ApplyDivisionChange(session, *before, {.by = "officer", .today = today}));
      return roots::Store::KeepChange(session.transaction(),
                                      {.key = after.key, .since = Month::Of(kChange), .became = after.became});
    }));
    while (stand_.store.Settle().value_or(0) > 0) {
    }
    return after;
  }
  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand_.Figure("registry." + name, division, month);
  }
  testing::Stand stand_;
};

TEST_P(DivisionChangeTest, OldTotalsStayAndRightsFollow) {
  const DivisionChange change = Record({{"450328100", "450399100"}});
  EXPECT_THAT(Apply(change.id, kChange - 1), RefusedWith(kFailedPrecondition, "TOO_EARLY"));
  const auto after = Apply(change.id);
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->state, ChangeState::kApplied);
  EXPECT_EQ(after->moved_households, 1);
  EXPECT_EQ(Figure("households", "450328", "2018-07"), 2);
  EXPECT_EQ(Figure("households", "450328", "2018-08"), 1);
  EXPECT_EQ(Figure("households", "450399", "2018-07"), 0);
  EXPECT_EQ(Figure("households", "450399", "2018-08"), 1);
  EXPECT_EQ(Figure("households", "4503", "2018-08"), 2);
  EXPECT_EQ(Figure("poor_villages", "450328", "2018-07"), 1);
  EXPECT_EQ(Figure("poor_villages", "450328", "2018-08"), 0);
  EXPECT_EQ(Figure("poor_villages", "450399", "2018-08"), 1);
  const absl::Status status = stand_.store.Look([&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const auto household, session.Find<Household>("450328/county/h1"));
    EXPECT_EQ(household->Division(), "450399100201");
    EXPECT_EQ(household->VillageOn(kChange - 1), kVillage);
    ASSIGN_OR_RETURN(const HouseholdEvent event, EventsOf(session, household->id)(1));
    EXPECT_EQ(event.kind, EventKind::kDivisionChange);
    EXPECT_EQ(event.reason, "样府发〔2018〕1号");
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  // Nothing is left to do.
  EXPECT_EQ(Apply(change.id)->moved_households, 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(DivisionChangeTest, GoesOnWhereItWas) {
  for (size_t i = 0; i < kRehousedAtOnce; ++i) Add(absl::StrCat("x", i), kVillage);
  const DivisionChange change = Record({{"450328", "450381"}, {kOther, "450329100001"}});
  const auto first = Apply(change.id);
  EXPECT_EQ(first->state, ChangeState::kApplying);
  EXPECT_EQ(first->moved_households, kRehousedAtOnce);
  const auto last = Apply(change.id);
  EXPECT_EQ(last->state, ChangeState::kApplied);
  EXPECT_EQ(last->moved_households, kRehousedAtOnce + 2);
  EXPECT_EQ(Figure("households", "450328", "2018-08"), 0);
  EXPECT_EQ(Figure("households", "450381", "2018-08"), kRehousedAtOnce + 1);
  EXPECT_EQ(Figure("households", "450329", "2018-08"), 1);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(DivisionChangeTest, WhatIsNotInForceCanBeWithdrawn) {
  const auto withdraw = [&](const std::string& id) {
    return stand_.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const auto before, session.Get<DivisionChange>(id));
      EXPECT_EQ(Tell(*before).has_value(), before->state == ChangeState::kApplied);
      return WithdrawDivisionChange(session, *before).status();
    });
  };
  const DivisionChange change = Record({{"450328100", "450399100"}});
  EXPECT_TRUE(withdraw(change.id).ok());
  EXPECT_TRUE(withdraw(change.id).ok());
  EXPECT_THAT(Apply(change.id), RefusedWith(kFailedPrecondition, "CHANGE_WITHDRAWN"));
  DivisionChange other = change;
  const absl::Status status = stand_.store.Change({}, [&](roots::Session& session) {
    other.id.clear();
    other.key = "4503/2";
    session.Put(other);
    return absl::OkStatus();
  });
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_TRUE(Apply(other.id).ok());
  EXPECT_THAT(withdraw(other.id), RefusedWith(kFailedPrecondition, "CHANGE_IN_FORCE"));
}

TEST_P(DivisionChangeTest, ANumberIsTakenOnce) {
  Record({{"450328100", "450399100"}});
  const absl::Status status = stand_.store.Change({}, [&](roots::Session& session) {
    return RecordDivisionChange(session,
                                {.division = "4503",
                                 .change_no = "1",
                                 .kind = ChangeKind::kSplit,
                                 .successions = {{"450328100", "450399100"}}},
                                {})
        .status();
  });
  EXPECT_THAT(status, RefusedWith(kAlreadyExists, "CHANGE_NO_TAKEN"));
}

INSTANTIATE_TEST_SUITE_P(Engines, DivisionChangeTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
