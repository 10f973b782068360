#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

// What people write in their own words, such as reasons, may name other people. Pure, and what is hidden stays as it
// is.
namespace anju {

// Hides what may be the number of a person or of their account: of 15 digits or more (an ID number, a bank card) all
// but the first two and the last two, of a mobile number or a telephone number with its area code all but the first
// three and the last four. Groups of digits with a space or a hyphen between them are read as one number, as well as
// each by itself; dates, codes of divisions and ids of records stay. Digits may be wide ones.
std::string HideNumbers(absl::string_view text);

// Leaves of these names their first character. A name of one character is a word, and stays.
std::string HideNames(absl::string_view text, const std::vector<std::string>& names);

}  // namespace anju
