#include "services/platform/messages/words.h"

#include <algorithm>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace anju::messages {
namespace {

using google::protobuf::FieldDescriptor;

// Certificates have long numbers, and those of persons are often their ID numbers; no key is made of them.
constexpr absl::string_view kWordsLikeNumbers[] = {"certificate_no", "title_no"};

constexpr absl::string_view kNumberEndings[] = {"_no", "_nos"};
// `head` is a member's number.
constexpr absl::string_view kNumbers[] = {"credit_code", "head"};

// Days, codes, hashes, and what we have made or read by its form.
constexpr absl::string_view kFormEndings[] = {"_at",    "_code", "_codes", "_day",   "_division", "_hash",
                                              "_id",    "_ids",  "_key",   "_keys",  "_month",    "_on",
                                              "_since", "_step", "_token", "_until", "_village"};
constexpr absl::string_view kForms[] = {
    // Days, months and divisions.
    "as_of", "county", "date", "day", "division", "divisions", "location", "month", "months", "on", "origin", "parent",
    "parts", "period", "places", "quarter", "since", "until", "village",
    // Ids, keys and hashes.
    "building", "case", "cases", "commitment", "digest", "draw", "first_household", "hash", "household", "id", "into",
    "key", "keys", "merged_into", "other_household", "party", "record", "reverses", "second_household", "seed",
    "sha256", "site", "split_from",
    // Names of ours.
    "account", "code", "denominator", "field", "flow", "grade", "incompatible_with", "indicator", "indicators", "kind",
    "label_en", "label_zh", "level", "method", "numerator", "role", "roles", "rule", "service", "step", "topic", "unit",
    "value", "version",
    // Of an entry of the audit log, and hashed with it; elsewhere a key, and a code.
    "subject", "purpose",
    // A fact that one service tells another.
    "body",
    // Of a draw, which is proved by the hash of what was drawn from.
    "list", "result"};

template <size_t n>
bool IsOneOf(absl::string_view name, const absl::string_view (&names)[n]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

template <size_t n>
bool EndsLike(absl::string_view name, const absl::string_view (&endings)[n]) {
  return std::any_of(std::begin(endings), std::end(endings),
                     [&](absl::string_view ending) { return absl::EndsWith(name, ending); });
}

}  // namespace

bool IsWords(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !IsNumber(field) && !IsOneOf(field.name(), kForms) &&
         !EndsLike(field.name(), kFormEndings);
}

bool IsNumber(const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING && !IsOneOf(field.name(), kWordsLikeNumbers) &&
         (IsOneOf(field.name(), kNumbers) || EndsLike(field.name(), kNumberEndings));
}

}  // namespace anju::messages
