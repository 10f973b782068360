#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

using S = Sample;

void Empty(S& s) { s.Leave(Date(2018, 10, 1)); }

TEST(ServiceRules, HitWhatIsWrongAndNotWhatIsRight) {
  ExpectCases(
      ServiceRules(),
      {
          {"X001",
           [](S& s) {
             s.Class(HouseholdClass::kGeneral);
             s.MoveIn(Date(2018, 7, 28));
           },
           [](S& s) { s.MoveIn(Date(2018, 7, 28)); }},
          {"X002", [](S& s) { s.MoveIn(s.household.registered_on - 1); },
           [](S& s) { s.MoveIn(s.household.registered_on); }},
          {"X003", [](S& s) { s.MoveIn(kToday - 90); }, [](S& s) { s.MoveIn(kToday - 89); }},
          {"X003", [](S& s) { s.MoveIn(kToday - 90); },
           [](S& s) {
             s.MoveIn(kToday - 90);
             s.Job("2", Date(2018, 10, 1));
           }},
          {"X004",
           [](S& s) {
             s.MoveIn(kToday - 90);
             s.others.relocation.supports = {{.person_no = "1", .since = Date(2018, 9, 1), .until = kToday}};
           },
           [](S& s) {
             s.MoveIn(kToday - 90);
             s.others.relocation.supports = {{.person_no = "1", .since = Date(2018, 9, 1), .until = kToday + 1}};
           }},
          {"X005", [](S& s) { s.MoveIn(kToday - 180); },
           [](S& s) {
             s.MoveIn(kToday - 180);
             s.NoLabour();
           }},
          {"X006",
           [](S& s) {
             s.MoveIn(kToday);
             Empty(s);
           },
           [](S& s) { s.MoveIn(kToday); }},
          {"X007", [](S& s) { s.MoveIn(kToday + 1); }, [](S& s) { s.MoveIn(kToday); }},
          {"X008",
           [](S& s) {
             s.head().left_on = Date(2018, 9, 1);
             s.others.relocation.supports = {{.person_no = "1", .since = Date(2018, 1, 1)}};
           },
           [](S& s) {
             s.head().left_on = Date(2018, 9, 1);
             s.others.relocation.supports = {{.person_no = "2", .since = Date(2018, 1, 1)}};
           }},
          {"X011", [](S& s) { s.Loan(Date(2016, 1, 14), Date(2019, 1, 14), 0); },
           [](S& s) { s.Loan(Date(2016, 1, 15), Date(2019, 1, 14), 0); }},
          {"X012",
           [](S& s) {
             s.NoLabour();
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
           },
           [](S& s) {
             s.NoLabour();
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 0);
           }},
          {"X013",
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.Loan(Date(2017, 1, 1), kToday - 1, 1);
           },
           [](S& s) {
             s.household.exited_on = Date(2017, 12, 1);
             s.Loan(Date(2017, 1, 1), kToday, 1);
           }},
          {"X014", [](S& s) { s.Loan(Date(2017, 1, 1), kToday - 91, 1); },
           [](S& s) { s.Loan(Date(2017, 1, 1), kToday - 90, 1); }},
          {"X015",
           [](S& s) {
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 30'000'00);
             s.Loan(Date(2018, 1, 1), Date(2020, 1, 1), 20'000'01);
           },
           [](S& s) { s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 50'000'00); }},
          {"X016",
           [](S& s) {
             Empty(s);
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
           },
           [](S& s) { s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1); }},
          {"X017",
           [](S& s) {
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
             S::Born(s.head(), Date(1953, 1, 1));
             s.spouse().left_on = Date(2018, 1, 1);
           },
           [](S& s) {
             s.Loan(Date(2017, 1, 1), Date(2020, 1, 1), 1);
             S::Born(s.head(), Date(1954, 1, 1));
             s.spouse().left_on = Date(2018, 1, 1);
           }},
          {"X018", [](S& s) { s.others.credit.rated_on = Date(2016, 1, 14); },
           [](S& s) { s.others.credit.rated_on = Date(2016, 1, 15); }},
          {"X021", [](S& s) { s.Job("3", Date(2018, 3, 1), Date(2018, 4, 1)); },
           [](S& s) {
             S::Born(s.child(), Date(2002, 3, 1));
             s.Job("3", Date(2018, 3, 1));
           }},
          {"X022",
           [](S& s) {
             s.spouse().labour = Labour::kNone;
             s.Job("2", Date(2018, 3, 1));
           },
           [](S& s) {
             s.spouse().labour = Labour::kNone;
             s.Job("2", Date(2018, 3, 1), Date(2018, 9, 1));
           }},
          {"X023",
           [](S& s) {
             s.child().schooling = Schooling::kSenior;
             s.Job("3", Date(2018, 3, 1));
           },
           [](S& s) {
             s.child().schooling = Schooling::kCollege;
             s.Job("3", Date(2018, 3, 1));
           }},
          {"X024",
           [](S& s) {
             s.Job("1", Date(2018, 3, 1));
             s.head().left_on = Date(2018, 9, 1);
           },
           [](S& s) {
             s.Job("1", Date(2018, 3, 1), Date(2018, 9, 1));
             s.head().left_on = Date(2018, 9, 1);
           }},
          {"X025", [](S& s) { s.Job("9", Date(2018, 3, 1)); }, [](S& s) { s.Job("1", Date(2018, 3, 1)); }},
          {"X026",
           [](S& s) {
             s.Work("1").jobs = {{.since = Date(2018, 3, 1)}, {.since = Date(2018, 5, 1)}};
           },
           [](S& s) {
             s.Work("1").jobs = {{.since = Date(2018, 3, 1), .until = Date(2018, 5, 1)}, {.since = Date(2018, 5, 1)}};
           }},
          {"X027",
           [](S& s) {
             s.Work("1").jobs = {{.since = Date(2018, 3, 1), .workshop = true, .paid_until = *ParseMonth("2018-07")}};
           },
           [](S& s) {
             s.Work("1").jobs = {{.since = Date(2018, 3, 1), .workshop = true, .paid_until = *ParseMonth("2018-08")}};
           }},
          {"X027", [](S& s) { s.Work("1").jobs = {{.since = Date(2018, 8, 1), .workshop = true}}; },
           [](S& s) { s.Work("1").jobs = {{.since = Date(2018, 9, 1), .workshop = true}}; }},
          {"X028",
           [](S& s) {
             s.spouse().labour = Labour::kNone;
             s.Work("2").trained_on = Date(2018, 5, 1);
           },
           [](S& s) { s.Work("2").trained_on = Date(2018, 5, 1); }},
          {"X029", [](S& s) { s.Work("3").trained_on = Date(2018, 5, 1); },
           [](S& s) {
             S::Born(s.child(), Date(2002, 5, 1));
             s.Work("3").trained_on = Date(2018, 5, 1);
           }},
          {"X030",
           [](S& s) {
             S::Born(s.head(), Date(1948, 11, 1));
             s.Job("1", Date(2018, 3, 1));
           },
           [](S& s) {
             S::Born(s.head(), Date(1948, 11, 2));
             s.Job("1", Date(2018, 3, 1));
           }},
          {"X041",
           [](S& s) {
             Empty(s);
             s.others.producer.sold_on = Date(2018, 10, 1);
           },
           [](S& s) { s.others.producer.sold_on = Date(2018, 10, 1); }},
          {"X042",
           [](S& s) {
             s.NoLabour();
             s.others.producer.share_fen = 1;
           },
           [](S& s) { s.others.producer.share_fen = 1; }},
          {"X043", [](S& s) { s.others.producer.share_fen = 100'000'01; },
           [](S& s) { s.others.producer.share_fen = 100'000'00; }},
      });
}

}  // namespace
}  // namespace anju::registry
