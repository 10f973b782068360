#pragma once

#include <string>

#include "services/relocation/domain/flows.h"
#include "services/relocation/domain/homes.h"
#include "services/relocation/domain/indicators.h"
#include "services/relocation/domain/kinds.h"
#include "services/relocation/domain/moves.h"
#include "services/relocation/domain/policy.h"
#include "tests/support/stand.h"

namespace anju::relocation {

// An approver of the county, as the national flow asks for.
inline Act Approver(const std::string& by, Date on) {
  return {.by = by, .on = on, .roles = {"approver"}, .scope = "450328"};
}

inline absl::StatusOr<Case> Approve(const Case& before, const Act& act, const policy::Books& books) {
  return Decide(before, NationalCaseFlow(), {.verdict = approval::Verdict::kApprove}, act, books);
}

// What tests of relocation begin with: a county town site s1, accepted on 2018-04-28, with the units u1 to u3 of 75 m²,
// and the households h1 and h2 with three members each, in a village of another township.
class Resettlement : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr char kVillage[] = "450328101202";
  static constexpr char kOther[] = "450328102201";
  static constexpr char kTown[] = "450328100";

  Resettlement() : stand(GetParam(), Kinds(), Catalogue()) {
    for (const char* code : {"450328", kVillage, kOther, kTown, "451021001"}) stand.KnowDivision(code);
    household = stand.KnowHousehold("h1", kVillage, 3);
    stand.KnowHousehold("h2", kVillage, 3);
  }

  void Build() {
    ASSERT_EQ(*stand.Import(ImportSite, SiteRow("s1")), roots::Outcome::kAdded);
    ASSERT_EQ(*stand.Import(ImportMilestone, Accepted("s1")), roots::Outcome::kAdded);
    for (const char* number : {"u1", "u2", "u3"}) {
      ASSERT_EQ(*stand.Import(ImportUnit, UnitRow(number, "s1")), roots::Outcome::kAdded);
    }
  }

  static SiteRecord SiteRow(const std::string& number) {
    return {.site_no = number,
            .name = "示例安置点",
            .tier = Tier::kCounty,
            .location = kTown,
            .started_on = Date(2016, 5, 6),
            .completed_on = Date(2018, 4, 27),
            .planned_units = 4,
            .community = true};
  }
  static MilestoneRecord Accepted(const std::string& site) {
    return {.milestone_no = "accepted",
            .site_no = site,
            .kind = MilestoneKind::kAcceptance,
            .planned_on = Date(2018, 4, 28),
            .reached_on = Date(2018, 4, 28)};
  }
  static UnitRecord UnitRow(const std::string& number, const std::string& site) {
    return {.unit_no = number,
            .site_no = site,
            .layout = "两室一厅",
            .area_centi_sqm = 75'00,
            .cost_price_fen = 126'000'00,
            .completed_on = Date(2018, 4, 20)};
  }
  static CaseRecord Declared(const std::string& number, const std::string& household_no) {
    return {.case_no = number, .household_no = household_no, .steps = {.declared_on = Date(2016, 2, 10)}};
  }
  static CaseRecord Allotted(const std::string& number, const std::string& household_no, const std::string& unit) {
    CaseRecord row = Declared(number, household_no);
    row.steps.verified_on = Date(2016, 3, 1);
    row.steps.approved_on = Date(2016, 4, 1);
    row.steps.allotted_on = Date(2018, 6, 1);
    row.site_no = "s1";
    row.unit_no = unit;
    return row;
  }
  static CaseRecord MovedIn(const std::string& number, const std::string& household_no, const std::string& unit) {
    CaseRecord row = Allotted(number, household_no, unit);
    row.steps.moved_in_on = Date(2018, 7, 28);
    return row;
  }

  int64_t Figure(const std::string& name, const std::string& division, const std::string& month) {
    return stand.Figure("relocation." + name, division, month);
  }
  template <typename Root>
  Root Find(const std::string& number) {
    std::optional<Root> found;
    const absl::Status status = stand.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(found, session.Find<Root>(stand.batch.Key(number)));
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok() && found.has_value()) << number << ": " << status;
    return found.value_or(Root());
  }
  // What the county of `code` sets in its book from a day on.
  void Set(const std::string& code, absl::string_view name, int64_t value, Date since) {
    const policy::Proposal proposal{.division = code,
                                    .name = std::string(name),
                                    .value = value,
                                    .since = since,
                                    .document = "县文件",
                                    .text = "本县的标准"};
    const absl::Status status = stand.store.Change({}, [&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const policy::Setting setting, ProposeSetting(session, Policies(), proposal, "li"));
      return policy::ConfirmSetting(session, setting.version, "wang").status();
    });
    ASSERT_TRUE(status.ok()) << status;
  }
  Date Today() const { return DayInChina(stand.clock.Now()); }
  // One verb on the case of this number, in a transaction of its own, by wang.
  template <typename Rule>
  absl::StatusOr<Case> Do(const std::string& number, Rule rule) {
    absl::StatusOr<Case> after = absl::UnknownError("not run");
    const absl::Status status =
        stand.store.Change({.subject = "wang", .method = "Verb"}, [&](roots::Session& session) -> absl::Status {
          ASSIGN_OR_RETURN(const std::optional<Case> before, session.Find<Case>(stand.batch.Key(number)));
          after = rule(session, before.value(), Act{.by = "wang", .on = DayInChina(session.now())});
          if (!after.ok()) return after.status();
          session.Put(*after);
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    return after;
  }
  // What the follower does when the registry tells of the household anew.
  absl::Status Absorb(const feed::HouseholdFact& fact) {
    stand.Know(fact.key, fact);
    return stand.store.Change({}, [&](roots::Session& session) { return FollowHousehold(session, fact); });
  }

  testing::Stand stand;
  feed::HouseholdFact household;
};

}  // namespace anju::relocation
