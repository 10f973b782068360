#include "tests/services/registry/domain/quality/sample.h"

namespace anju::registry {
namespace {

using S = Sample;

TEST(PersonRules, HitWhatIsWrongAndNotWhatIsRight) {
  const auto nothing = [](S&) {};
  ExpectCases(
      PersonRules(),
      {
          {"P001", [](S& s) { s.child().id_number = ""; },
           [](S& s) {
             S::Born(s.child(), kToday - 200);
             s.child().id_number = "";
           }},
          {"P002", [](S& s) { s.head().id_number.back() = 'x'; }, nothing},
          {"P002", [](S& s) { s.head().id_number += "1"; }, [](S& s) { s.head().id_number = "450328750304901"; }},
          {"P003", [](S& s) { s.head().id_number = "450328750304901"; },
           [](S& s) { s.head().id_number = "45032875030490A"; }},
          {"P004", [](S& s) { s.head().id_number[17] = s.head().id_number[17] == '1' ? '2' : '1'; }, nothing},
          {"P005", [](S& s) { s.head().id_number = "450328197502309019"; },
           [](S& s) { S::Born(s.head(), Date(1976, 2, 29)); }},
          {"P006", [](S& s) { s.head().id_number = IdNumber("160328", Date(1975, 3, 4), 901); },
           [](S& s) { s.head().id_number = IdNumber("830328", Date(1975, 3, 4), 901); }},
          {"P007", [](S& s) { s.head().id_number = IdNumber("450300", Date(1975, 3, 4), 901); },
           [](S& s) { s.head().id_number = IdNumber("450330", Date(1975, 3, 4), 901); }},
          {"P007", [](S& s) { s.head().id_number = IdNumber("450028", Date(1975, 3, 4), 901); }, nothing},
          {"P008", [](S& s) { s.head().id_number = IdNumber("450328", Date(1975, 3, 4), 0); },
           [](S& s) { s.head().id_number = IdNumber("450328", Date(1975, 3, 4), 1); }},
          {"P009", [](S& s) { s.child().id_number = IdNumber("360731", Date(2006, 7, 8), 901); },
           [](S& s) { s.spouse().id_number = IdNumber("360731", Date(1977, 5, 6), 902); }},
          {"P010", [](S& s) { s.spouse().id_number = s.head().id_number; },
           [](S& s) {
             s.spouse().id_number = s.head().id_number;
             s.head().left_on = Date(2018, 1, 1);
           }},
          {"P011",
           [](S& s) {
             s.spouse().id_number = s.head().id_number;
             s.head().left_on = Date(2018, 1, 1);
           },
           [](S& s) {
             s.spouse().id_number = s.head().id_number;
             s.head().left_on = Date(2018, 1, 1);
             s.spouse().joined_on = Date(2018, 1, 1);
           }},
          {"P021",
           [](S& s) {
             s.head().born_on.reset();
             s.head().id_number = "";
           },
           [](S& s) { s.head().born_on.reset(); }},
          {"P022", [](S& s) { s.head().born_on = Date(1975, 3, 5); }, [](S& s) { s.head().born_on.reset(); }},
          {"P023",
           [](S& s) {
             s.head().sex = Sex::kUnspecified;
             s.head().id_number = "";
           },
           [](S& s) { s.head().sex = Sex::kUnspecified; }},
          {"P024", [](S& s) { s.head().sex = Sex::kFemale; }, [](S& s) { s.head().sex = Sex::kUnspecified; }},
          {"P025", [](S& s) { S::Born(s.child(), kToday + 1); }, [](S& s) { S::Born(s.child(), kToday); }},
          {"P026", [](S& s) { S::Born(s.head(), Date(1907, 10, 31)); },
           [](S& s) { S::Born(s.head(), Date(1907, 11, 2)); }},
          {"P027", [](S& s) { s.child().joined_on = Date(2006, 7, 7); },
           [](S& s) { s.child().joined_on = Date(2006, 7, 8); }},
          {"P031", [](S& s) { s.head().name = ""; }, nothing},
          {"P032", [](S& s) { s.head().name = "例yu"; }, nothing},
          {"P033", [](S& s) { s.head().name = "不详"; }, [](S& s) { s.head().name = "不群"; }},
          {"P034", [](S& s) { s.head().name = "例甲乙样丙丁戊"; }, [](S& s) { s.head().name = "阿卜杜热依木·买买提"; }},
          {"P035", [](S& s) { s.head().name = "例"; }, [](S& s) { s.head().name = "例甲"; }},
          {"P036", [](S& s) { s.head().name = "例 甲"; }, [](S& s) { s.head().name = "阿依·古丽"; }},
          {"P037", [](S& s) { s.child().name = s.head().name; },
           [](S& s) {
             s.child().name = s.head().name;
             s.head().left_on = Date(2018, 1, 1);
           }},
          {"P041", [](S& s) { s.child().relation = Relation::kUnspecified; },
           [](S& s) { s.child().relation = Relation::kOther; }},
          {"P042", [](S& s) { S::Born(s.child(), Date(1974, 1, 1)); },
           [](S& s) { S::Born(s.child(), Date(1990, 1, 1)); }},
          {"P043", [](S& s) { S::Born(s.child(), Date(1989, 3, 4)); },
           [](S& s) { S::Born(s.child(), Date(1990, 3, 4)); }},
          {"P044", [](S& s) { s.Add(Relation::kParent, Date(1980, 1, 1)); },
           [](S& s) { s.Add(Relation::kParent, Date(1950, 1, 1)); }},
          {"P045", [](S& s) { s.Add(Relation::kParent, Date(1965, 1, 1)); },
           [](S& s) { s.Add(Relation::kParent, Date(1960, 3, 4)); }},
          {"P046", [](S& s) { S::Born(s.spouse(), Date(1998, 11, 2)); },
           [](S& s) { S::Born(s.spouse(), Date(1998, 11, 1)); }},
          {"P047", [](S& s) { s.spouse().sex = Sex::kMale; }, [](S& s) { s.spouse().sex = Sex::kUnspecified; }},
          {"P048", [](S& s) { S::Born(s.head(), Date(1935, 1, 1)); },
           [](S& s) { S::Born(s.head(), Date(1938, 1, 1)); }},
          {"P049", [](S& s) { S::Born(s.head(), Date(2000, 11, 2)); },
           [](S& s) { S::Born(s.head(), Date(2000, 11, 1)); }},
          {"P051", [](S& s) { s.head().labour = Labour::kUnspecified; }, nothing},
          {"P052", [](S& s) { s.child().labour = Labour::kHalf; },
           [](S& s) {
             S::Born(s.child(), Date(2002, 11, 1));
             s.child().labour = Labour::kHalf;
           }},
          {"P053", [](S& s) { S::Born(s.head(), Date(1938, 11, 1)); },
           [](S& s) {
             S::Born(s.head(), Date(1938, 11, 1));
             s.head().labour = Labour::kHalf;
           }},
          {"P054", [](S& s) { s.spouse().labour = Labour::kNone; },
           [](S& s) {
             s.spouse().labour = Labour::kNone;
             s.spouse().health = Health::kChronic;
           }},
          {"P054",
           [](S& s) {
             S::Born(s.spouse(), Date(1994, 11, 1));
             s.spouse().labour = Labour::kNone;
           },
           [](S& s) {
             S::Born(s.spouse(), Date(1994, 11, 2));
             s.spouse().labour = Labour::kNone;
           }},
          {"P055", [](S& s) { s.head().health = Health::kDisabled; },
           [](S& s) { s.spouse().health = Health::kDisabled; }},
          {"P056", [](S& s) { s.head().schooling = Schooling::kCollege; },
           [](S& s) { s.head().schooling = Schooling::kNone; }},
          {"P061", [](S& s) { s.child().schooling = Schooling::kNone; },
           [](S& s) {
             S::Born(s.child(), Date(2012, 1, 1));
             s.child().schooling = Schooling::kNone;
           }},
          {"P062", [](S& s) { s.head().schooling = Schooling::kJunior; },
           [](S& s) { s.head().schooling = Schooling::kSenior; }},
          {"P063", [](S& s) { s.child().schooling = Schooling::kSenior; },
           [](S& s) { s.child().schooling = Schooling::kJunior; }},
          {"P064",
           [](S& s) {
             S::Born(s.child(), Date(2014, 1, 1));
             s.child().schooling = Schooling::kPrimary;
           },
           [](S& s) {
             S::Born(s.child(), Date(2014, 1, 1));
             s.child().schooling = Schooling::kPreschool;
           }},
          {"P071", [](S& s) { s.head().joined_on = kToday + 1; }, [](S& s) { s.head().joined_on = kToday; }},
          {"P072", [](S& s) { s.head().left_on = s.head().joined_on - 1; },
           [](S& s) { s.head().left_on = s.head().joined_on; }},
          {"P073", [](S& s) { s.head().left_on = kToday + 1; }, [](S& s) { s.head().left_on = kToday; }},
          {"P074", [](S& s) { s.head().left_on = s.head().joined_on; },
           [](S& s) { s.head().left_on = s.head().joined_on + 1; }},
      });
}

}  // namespace
}  // namespace anju::registry
