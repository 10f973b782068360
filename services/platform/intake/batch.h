#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/platform/feed/facts.h"
#include "services/platform/roots/outcome.h"
#include "services/platform/roots/session.h"

// What a rule that takes in a row needs to know beside the row.
namespace anju::intake {

// Where the rows of a batch belong.
struct Batch {
  // The county, or the township or other division, the file is of, by its present code.
  std::string division;
  // The sending system.
  std::string source;
  // The system whose numbers `household_no` and `person_no` are.
  std::string household_source;
  // The code that stands in the keys of its records, when it is not the division's: that of its county, see
  // feed::DivisionFact too.
  std::string key_division;

  // The key of a record: `<division>/<source>/<number>`.
  std::string Key(absl::string_view number) const;
  std::string HouseholdKey(absl::string_view household_no) const;
};

// The present code of a division named in `field`; an old code is resolved. Refuses with DIVISION_NOT_FOUND
// (NOT_FOUND).
absl::StatusOr<std::string> ResolveDivision(roots::Session& session, absl::string_view code, absl::string_view field);
// The same, and it must lie within the batch's division: refuses with OUTSIDE_DIVISION too.
absl::StatusOr<std::string> ResolveWithin(roots::Session& session, const Batch& batch, absl::string_view code,
                                          absl::string_view field);
// The same, and it must be a village: refuses with NOT_A_VILLAGE too.
absl::StatusOr<std::string> ResolveVillage(roots::Session& session, const Batch& batch, absl::string_view code,
                                           absl::string_view field);

// What a record keeps of a code that was resolved: the code that it has already when that is called so now, so that a
// file under another code changes nothing; `has` is empty when it has none.
absl::StatusOr<std::string> KeepCode(roots::Session& session, const std::string& has, std::string resolved);

// The code that stands in the keys of the records that the division's systems send; the present code when nothing else
// is known.
absl::StatusOr<std::string> KeyDivision(roots::Session& session, absl::string_view code);

// What the registry tells of a household. Refuses with HOUSEHOLD_NOT_FOUND.
absl::StatusOr<feed::HouseholdFact> FindHousehold(roots::Session& session, const Batch& batch,
                                                  absl::string_view household_no);

// Refuses with DATES_REVERSED when `later` is there and before `earlier`.
absl::Status InOrder(Date earlier, std::optional<Date> later, absl::string_view later_field);

}  // namespace anju::intake
