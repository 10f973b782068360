#pragma once

#include <string>

#include "absl/strings/string_view.h"

// ID numbers by GB 11643: 6 digits of a county, 8 of a birth date, 3 of a sequence, and a check digit, which may be an
// X. Pure.
namespace anju {

// The check digit that belongs to 17 digits.
char IdCheckDigit(absl::string_view digits);

// An ID number as it is kept and compared: a small x as check digit becomes a capital one. All else stays.
std::string NormalIdNumber(absl::string_view text);

// Whether a number within the text begins with an ID number, as that of a card made from it does: the birth date is one
// from 1900 on, and the check digit agrees.
bool HoldsIdNumber(absl::string_view text);

}  // namespace anju
