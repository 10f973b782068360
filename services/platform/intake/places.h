#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/division.h"
#include "services/platform/base/succession.h"
#include "services/platform/roots/codes.h"

// Rules that compare codes of divisions. Records keep the code that was in use when they were entered, so that one of
// two codes may be older than the other.
namespace anju::intake {

// Whether a place lies in a division, by whatever code either was entered. Of an old code: whether it is of what that
// code became, so that a county that was merged has nothing of the others. Pure.
bool LiesIn(const Successions& successions, absl::string_view place, absl::string_view division);

inline bool LiesIn(roots::Session& session, absl::string_view place, absl::string_view division) {
  return LiesIn(*roots::SuccessionsOf(session), place, division);
}

// Whose settings hold at a place, the most local one first: the county in which it lies, the counties in which it lay
// by older codes, and after each those of `set` that are the same by another code; then the prefecture and the
// province. So what a county has set goes on under its new code until it is set anew there; and where counties were
// merged, what each had set goes on for what was entered under its code. Pure.
std::vector<std::string> Authorities(const Successions& successions, absl::string_view place,
                                     const std::vector<std::string>& set);

// The same in a session; a root of this kind is what a division has set.
template <typename Root>
absl::StatusOr<const std::vector<std::string>*> AuthoritiesOf(roots::Session& session, absl::string_view place) {
  using Codes = std::vector<std::string>;
  return session.Once<Codes>(absl::StrCat("authorities/", Root::kKind, "/", place), [&]() -> absl::StatusOr<Codes> {
    const auto successions = roots::SuccessionsOf(session);
    Codes set;
    if (successions->size() > 0) {
      const std::string present = successions->Present(place);
      ASSIGN_OR_RETURN(const Codes ids, session.IdsIn<Root>(CountyOf(present)));
      for (const std::string& id : ids) {
        ASSIGN_OR_RETURN(const std::optional<Root> root, session.Get<Root>(id));
        if (root.has_value()) set.push_back(root->Division());
      }
    }
    return Authorities(*successions, place, set);
  });
}

}  // namespace anju::intake
