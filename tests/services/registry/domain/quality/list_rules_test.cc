#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

using S = Sample;
using enum ListKind;

TEST(ListRules, HitWhatIsWrongAndNotWhatIsRight) {
  ExpectCases(ListRules(),
              {
                  {"C001",
                   [](S& s) {
                     s.MoveIn(kToday - 90);
                     s.Meter(kPower, 0, 0, 0);
                   },
                   [](S& s) {
                     s.MoveIn(kToday - 90);
                     s.Meter(kPower, 0, 0, 1000);
                   }},
                  {"C001",
                   [](S& s) {
                     s.MoveIn(kToday - 90);
                     s.Meter(kPower, 0, 0, 0);
                   },
                   [](S& s) {
                     s.MoveIn(kToday - 90);
                     s.Meter(kPower, 0, 0, 0);
                     s.others.listed[0].readings.pop_back();
                   }},
                  {"C002",
                   [](S& s) {
                     s.MoveIn(kToday - 90);
                     s.Meter(kWater, 0, 0, 0);
                   },
                   [](S& s) {
                     s.MoveIn(kToday - 89);
                     s.Meter(kWater, 0, 0, 0);
                   }},
                  {"C003",
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.Meter(kPower, 300'000, 300'000, 300'001);
                   },
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.Meter(kPower, 300'000, 300'000, 300'000);
                   }},
                  {"C004", [](S& s) { s.List(kHousing); }, [](S& s) { s.List(kHousing).until = kToday; }},
                  {"C005",
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.List(kHousing);
                     s.List(kHousing);
                   },
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.List(kHousing);
                   }},
                  {"C006",
                   [](S& s) {
                     s.MoveIn(Date(2018, 7, 28));
                     s.List(kHousing, "1", Date(2018, 7, 29));
                   },
                   [](S& s) {
                     s.MoveIn(Date(2018, 7, 28));
                     s.List(kHousing, "1", Date(2018, 7, 28));
                   }},
                  {"C011", [](S& s) { s.List(kVehicle); },
                   [](S& s) {
                     s.household.exited_on = Date(2017, 12, 1);
                     s.List(kVehicle);
                   }},
                  {"C012",
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.List(kVehicle);
                   },
                   [](S& s) {
                     s.household.low_income_since = Date(2017, 1, 1);
                     s.household.low_income_until = Date(2018, 1, 1);
                     s.List(kVehicle);
                   }},
                  {"C013", [](S& s) { s.List(kBusiness); }, [](S& s) { s.List(kBusiness).until = Date(2018, 1, 1); }},
                  {"C014",
                   [](S& s) {
                     s.NoLabour();
                     s.List(kBusiness);
                   },
                   [](S& s) { s.List(kBusiness); }},
                  {"C015", [](S& s) { s.List(kSocialInsurance, "3"); }, [](S& s) { s.List(kSocialInsurance, "1"); }},
                  {"C016", [](S& s) { s.List(kSocialInsurance, "1"); },
                   [](S& s) {
                     s.List(kSocialInsurance, "1");
                     s.Job("1", Date(2018, 1, 1));
                   }},
                  {"C021", [](S& s) { s.List(kDeath, "1", Date(2018, 9, 1)); },
                   [](S& s) {
                     s.List(kDeath, "1", Date(2018, 9, 1));
                     s.head().left_on = Date(2018, 9, 1);
                   }},
                  {"C022",
                   [](S& s) {
                     s.List(kDeath, "1", Date(2018, 9, 1));
                     s.Job("1", Date(2018, 1, 1));
                   },
                   [](S& s) {
                     s.List(kDeath, "1", Date(2018, 9, 1));
                     s.Job("1", Date(2018, 1, 1), Date(2018, 9, 1));
                   }},
                  {"C023", [](S& s) { s.List(kDeath, "1", s.head().joined_on - 1); },
                   [](S& s) { s.List(kDeath, "1", s.head().joined_on); }},
                  {"C024",
                   [](S& s) {
                     s.List(kDeath, "1", Date(2018, 9, 1));
                     s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
                   },
                   [](S& s) {
                     s.List(kDeath, "2", Date(2018, 9, 1));
                     s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
                   }},
                  {"C025",
                   [](S& s) {
                     s.spouse().relation = Relation::kOther;
                     s.List(kMarriage, "1", kToday - 90);
                   },
                   [](S& s) { s.List(kMarriage, "1", kToday - 90); }},
                  {"C026", [](S& s) { s.List(kMarriage, "2", Date(1997, 5, 5)); },
                   [](S& s) { s.List(kMarriage, "2", Date(1997, 5, 6)); }},
              });
}

}  // namespace
}  // namespace anju::registry
