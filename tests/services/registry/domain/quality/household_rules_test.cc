#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

using S = Sample;

constexpr HouseholdClass kPoor = HouseholdClass::kRegisteredPoor;
constexpr HouseholdClass kBorderline = HouseholdClass::kBorderline;
constexpr HouseholdClass kGeneral = HouseholdClass::kGeneral;

void Health(S& s, registry::Health health) {
  for (Member& member : s.household.members) member.health = health;
}

TEST(HouseholdRules, HitWhatIsWrongAndNotWhatIsRight) {
  const auto nothing = [](S&) {};
  ExpectCases(
      HouseholdRules(),
      {
          {"H001", [](S& s) { s.head().relation = Relation::kOther; }, [](S& s) { s.head().left_on = kToday; }},
          {"H002", [](S& s) { s.spouse().relation = Relation::kHead; },
           [](S& s) {
             s.spouse().relation = Relation::kHead;
             s.head().left_on = kToday;
           }},
          {"H003", [](S& s) { s.head().left_on = kToday; }, [](S& s) { s.head().left_on = kToday + 1; }},
          {"H004", [](S& s) { s.Leave(kToday); },
           [](S& s) {
             s.Leave(kToday);
             s.child().left_on.reset();
           }},
          {"H004",
           [](S& s) {
             s.household.members.clear();
             s.household.entered_at = "2018-10-31T23:59:59.000000Z";
           },
           [](S& s) {
             s.household.members.clear();
             s.household.entered_at = "2018-11-01T00:00:00.000000Z";
           }},
          {"H005",
           [](S& s) {
             for (int i = 0; i < 10; ++i) s.Add(Relation::kOther, Date(1990, 1, 1 + i));
           },
           [](S& s) {
             for (int i = 0; i < 9; ++i) s.Add(Relation::kOther, Date(1990, 1, 1 + i));
           }},
          {"H006",
           [](S& s) {
             for (Member& member : s.household.members) S::Born(member, Date(2005, 1, 1));
           },
           nothing},
          {"H007",
           [](S& s) {
             for (Member& member : s.household.members) S::Born(member, Date(1945, 1, 1));
           },
           [](S& s) {
             for (Member& member : s.household.members) S::Born(member, Date(1945, 1, 1));
             s.household.low_income_since = Date(2017, 1, 1);
           }},
          {"H008", [](S& s) { s.Add(Relation::kSpouse, Date(1980, 1, 1)); }, nothing},
          {"H009",
           [](S& s) {
             for (int i = 0; i < 5; ++i) s.Add(Relation::kParent, Date(1950 + i, 1, 1));
           },
           [](S& s) {
             for (int i = 0; i < 4; ++i) s.Add(Relation::kParent, Date(1950 + i, 1, 1));
           }},
          {"H010",
           [](S& s) {
             for (int i = 0; i < 7; ++i) s.Add(Relation::kChild, Date(1998 + i, 1, 1));
           },
           [](S& s) {
             for (int i = 0; i < 6; ++i) s.Add(Relation::kChild, Date(1998 + i, 1, 1));
           }},
          {"H011", [](S& s) { s.Add(Relation::kChild, Date(2006, 9, 8)); },
           [](S& s) { s.Add(Relation::kChild, Date(2006, 7, 9)); }},
          {"H012",
           [](S& s) {
             for (Member& member : s.household.members) member.id_number = "";
           },
           [](S& s) {
             s.head().id_number = "";
             s.spouse().id_number = "";
           }},
          {"H013",
           [](S& s) {
             for (Member& member : s.household.members) member.id_number = IdNumber("450102", *member.born_on, 901);
           },
           [](S& s) {
             s.head().id_number = IdNumber("450102", *s.head().born_on, 901);
             s.child().id_number = IdNumber("450102", *s.child().born_on, 901);
           }},
          {"H021", [](S& s) { s.NoLabour(); },
           [](S& s) {
             s.NoLabour();
             s.others.relocation.supports = {{.person_no = "1", .since = Date(2018, 1, 1)}};
           }},
          {"H021", [](S& s) { s.NoLabour(); },
           [](S& s) {
             s.NoLabour();
             s.household.low_income_since = Date(2018, 1, 1);
           }},
          {"H022",
           [](S& s) {
             s.Class(kGeneral);
             s.household.low_income_since = Date(2018, 1, 1);
           },
           [](S& s) {
             s.Class(kBorderline);
             s.household.low_income_since = Date(2018, 1, 1);
           }},
          {"H023",
           [](S& s) {
             s.Class(kGeneral);
             s.household.exited_on = Date(2017, 12, 1);
           },
           [](S& s) { s.household.exited_on = Date(2017, 12, 1); }},
          {"H024",
           [](S& s) {
             s.Class(kBorderline);
             s.household.exited_on = Date(2017, 12, 1);
           },
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.household.classifications.push_back({.since = Date(2018, 1, 1), .household_class = kBorderline});
           }},
          {"H025",
           [](S& s) {
             s.household.classifications.push_back({.since = Date(2018, 1, 1), .household_class = kGeneral});
           },
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.household.classifications.push_back({.since = Date(2018, 1, 1), .household_class = kGeneral});
           }},
          {"H026", [](S& s) { s.household.exited_on = s.household.registered_on + 89; },
           [](S& s) { s.household.exited_on = s.household.registered_on + 90; }},
          {"H027",
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.household.income_fen = 3'999'99;
           },
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.household.income_fen = 4'000'00;
           }},
          {"H028", [](S& s) { s.household.income_fen = 20'000'01; }, [](S& s) { s.household.income_fen = 20'000'00; }},
          {"H029", [](S& s) { s.household.income_fen = -1; }, [](S& s) { s.household.income_fen = 500'000'00; }},
          {"H030", [](S& s) { s.household.cause = Cause::kLabour; },
           [](S& s) {
             s.household.cause = Cause::kLabour;
             s.spouse().labour = Labour::kNone;
           }},
          {"H031",
           [](S& s) {
             s.household.cause = Cause::kIllness;
             Health(s, Health::kHealthy);
           },
           [](S& s) {
             s.household.cause = Cause::kIllness;
             Health(s, Health::kHealthy);
             s.head().health = Health::kUnspecified;
           }},
          {"H032",
           [](S& s) {
             s.household.cause = Cause::kDisability;
             Health(s, Health::kChronic);
           },
           [](S& s) {
             s.household.cause = Cause::kDisability;
             Health(s, Health::kChronic);
             s.child().health = Health::kDisabled;
           }},
          {"H033",
           [](S& s) {
             s.household.cause = Cause::kSchooling;
             S::Born(s.child(), Date(2017, 1, 1));
           },
           [](S& s) { s.household.cause = Cause::kSchooling; }},
          {"H041", [](S& s) { s.household.registered_on = kToday + 1; },
           [](S& s) { s.household.registered_on = kToday; }},
          {"H042", [](S& s) { s.household.exited_on = kToday + 1; }, [](S& s) { s.household.exited_on = kToday; }},
          {"H043", [](S& s) { s.household.exited_on = s.household.registered_on - 1; },
           [](S& s) { s.household.exited_on = s.household.registered_on; }},
          {"H044", [](S& s) { s.household.low_income_since = kToday + 1; },
           [](S& s) { s.household.low_income_since = kToday; }},
          {"H045", [](S& s) { s.household.low_income_until = kToday; },
           [](S& s) {
             s.household.low_income_since = Date(2018, 1, 1);
             s.household.low_income_until = kToday;
           }},
          {"H046",
           [](S& s) { s.household.classifications.push_back({.since = Date(2018, 1, 1), .household_class = kPoor}); },
           [](S& s) {
             s.household.classifications.push_back({.since = Date(2018, 1, 1), .household_class = kGeneral});
             s.household.classifications.push_back({.since = Date(2018, 5, 1), .household_class = kPoor});
           }},
          {"H047",
           [](S& s) {
             s.household.classifications.push_back({.since = Date(2016, 1, 15), .household_class = kGeneral});
           },
           [](S& s) {
             s.household.classifications.push_back({.since = Date(2016, 1, 16), .household_class = kGeneral});
           }},
          {"H048",
           [](S& s) { s.household.classifications.push_back({.since = kToday + 1, .household_class = kGeneral}); },
           [](S& s) { s.household.classifications.push_back({.since = kToday, .household_class = kGeneral}); }},
          {"H051",
           [](S& s) { s.household.residences.push_back({.since = Date(2018, 1, 1), .village = "450330100201"}); },
           [](S& s) { s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway}); }},
          {"H052", [](S& s) { s.household.residences[0].village = "450328100"; }, nothing},
          {"H053",
           [](S& s) {
             s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway});
             s.household.residences.push_back({.since = Date(2018, 1, 31), .village = "450328102203"});
           },
           [](S& s) {
             s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway});
             s.household.residences.push_back({.since = Date(2018, 2, 1), .village = "450328102203"});
           }},
          {"H054",
           [](S& s) {
             s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway});
             s.household.residences.push_back({.since = Date(2018, 3, 1), .village = kHome});
           },
           [](S& s) {
             s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway});
             s.household.residences.push_back({.since = Date(2018, 4, 1), .village = kHome});
           }},
          {"H055", [](S& s) { s.household.residences.push_back({.since = kToday + 1, .village = kAway}); },
           [](S& s) { s.household.residences.push_back({.since = kToday, .village = kAway}); }},
          {"H056", [](S& s) { s.household.residences[0].since = s.household.registered_on + 1; },
           [](S& s) { s.household.residences[0].since = s.household.registered_on - 1; }},
          {"H057", [](S& s) { s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kHome}); },
           [](S& s) { s.household.residences.push_back({.since = Date(2018, 1, 1), .village = kAway}); }},
      });
}

}  // namespace
}  // namespace anju::registry
