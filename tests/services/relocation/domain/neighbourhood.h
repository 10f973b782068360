#pragma once

#include <string>

#include "services/relocation/domain/resident.h"
#include "tests/services/relocation/domain/resettlement.h"

namespace anju::relocation {

// What tests of communities begin with: h1 to h3 have moved in at s1 on 2018-07-28, and h4 has not. Today is
// 2018-11-01.
class Neighbourhood : public Resettlement {
 protected:
  static constexpr char kSite[] = "450328/county/s1";

  void Settle() {
    Build();
    for (const char* number : {"1", "2", "3"}) {
      const std::string h = absl::StrCat("h", number);
      stand.KnowHousehold(h, kVillage, 3);
      ASSERT_TRUE(stand.Import(ImportCase, MovedIn(absl::StrCat("c", number), h, absl::StrCat("u", number))).ok());
    }
    stand.KnowHousehold("h4", kVillage, 3);
    ASSERT_TRUE(stand.Import(ImportSite, SiteRow("s2")).ok());
  }

  static std::string Key(const std::string& number) { return "450328/county/" + number; }
  static Act Today(const std::string& by = "li") { return {.by = by, .on = Date(2018, 11, 1)}; }

  // Puts the root that the rule makes of the session, as a verb does.
  template <typename Root, typename Rule>
  absl::StatusOr<Root> Make(Rule rule) {
    absl::StatusOr<Root> made = absl::UnknownError("not run");
    const absl::Status status =
        stand.store.Change({.subject = "tester", .method = "Verb"}, [&](roots::Session& session) {
          made = rule(session);
          if (made.ok()) session.Put(*made);
          return made.status();
        });
    if (!status.ok()) return status;
    return made;
  }
  // The same of a root that is there.
  template <typename Root, typename Rule>
  absl::StatusOr<Root> Turn(const std::string& key, Rule rule) {
    return Make<Root>([&](roots::Session& session) -> absl::StatusOr<Root> {
      ASSIGN_OR_RETURN(const std::optional<Root> before, session.Find<Root>(key));
      return rule(session, *before);
    });
  }
};

}  // namespace anju::relocation
