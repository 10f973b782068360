#include "services/platform/intake/batch.h"

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::intake {

using enum absl::StatusCode;

std::string Batch::Key(absl::string_view number) const {
  return absl::StrCat(key_division.empty() ? division : key_division, "/", source, "/", number);
}
std::string Batch::HouseholdKey(absl::string_view household_no) const {
  return absl::StrCat(key_division.empty() ? division : key_division, "/", household_source, "/", household_no);
}

absl::StatusOr<std::string> ResolveDivision(roots::Session& session, absl::string_view code, absl::string_view field) {
  if (IsDivisionCode(code)) {
    ASSIGN_OR_RETURN(std::optional<feed::DivisionFact> fact, session.FindFact<feed::DivisionFact>(code));
    if (fact.has_value()) return fact->successor.empty() ? fact->code : fact->successor;
  }
  return Refuse(kNotFound, "DIVISION_NOT_FOUND",
                "no such division: use the national statistical code of 2, 4, 6, 9 or 12 digits", field);
}

absl::StatusOr<std::string> KeepCode(roots::Session& session, const std::string& has, std::string resolved) {
  if (has.empty() || has == resolved) return resolved;
  ASSIGN_OR_RETURN(const std::optional<feed::DivisionFact> fact, session.FindFact<feed::DivisionFact>(has));
  return fact.has_value() && fact->successor == resolved ? has : std::move(resolved);
}

absl::StatusOr<std::string> KeyDivision(roots::Session& session, absl::string_view code) {
  ASSIGN_OR_RETURN(const std::optional<feed::DivisionFact> fact, session.FindFact<feed::DivisionFact>(code));
  if (!fact.has_value()) return std::string(code);
  if (!fact->keyed_as.empty()) return fact->keyed_as;
  return fact->successor.empty() ? fact->code : fact->successor;
}

absl::StatusOr<std::string> ResolveWithin(roots::Session& session, const Batch& batch, absl::string_view code,
                                          absl::string_view field) {
  ASSIGN_OR_RETURN(std::string resolved, ResolveDivision(session, code, field));
  if (IsWithin(resolved, batch.division) || IsWithin(code, batch.division)) return resolved;
  return Refuse(kInvalidArgument, "OUTSIDE_DIVISION",
                absl::StrCat("the file is of ", batch.division, ", this division lies elsewhere"), field);
}

absl::StatusOr<std::string> ResolveVillage(roots::Session& session, const Batch& batch, absl::string_view code,
                                           absl::string_view field) {
  ASSIGN_OR_RETURN(std::string resolved, ResolveWithin(session, batch, code, field));
  if (resolved.size() == 12) return resolved;
  return Refuse(kInvalidArgument, "NOT_A_VILLAGE", "give the 12-digit code of a village", field);
}

absl::StatusOr<feed::HouseholdFact> FindHousehold(roots::Session& session, const Batch& batch,
                                                  absl::string_view household_no) {
  ASSIGN_OR_RETURN(std::optional<feed::HouseholdFact> fact,
                   session.FindFact<feed::HouseholdFact>(batch.HouseholdKey(household_no)));
  if (fact.has_value()) return *std::move(fact);
  return Refuse(kNotFound, "HOUSEHOLD_NOT_FOUND",
                "the registry has no household with this number from this system: import the households first",
                "household_no");
}

absl::Status InOrder(Date earlier, std::optional<Date> later, absl::string_view later_field) {
  if (!later.has_value() || *later >= earlier) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DATES_REVERSED",
                absl::StrCat("this date is before ", Format(earlier), ", on which it began"), later_field);
}

}  // namespace anju::intake
