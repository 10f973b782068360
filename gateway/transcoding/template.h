#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace anju::gateway {

// What a path said about the fields of a request: the field's path (`id`, `a.b`) and its value, decoded.
using Variables = std::vector<std::pair<std::string, std::string>>;

// A path as google.api.http writes it: `/v1/cases/{id}:approve`, `/v1/{name=shelves/*/books/**}`. `*` is one segment,
// `**` the rest, which may be none. Every field stands once.
class PathTemplate {
 public:
  // Nothing when `text` is not a template.
  static std::optional<PathTemplate> Parse(absl::string_view text);

  // The variables when `path` fits. `path` is as it came, without the query. What stands word by word in the template
  // stands so in the path, never as %41; a variable of one segment may hold a slash as %2F, one of several keeps it as
  // %2F. A path that climbs (`..`) or holds an empty segment or NUL fits nothing.
  std::optional<Variables> Match(absl::string_view path) const;

  // The template in its one form: `/v1/{name=loans/*}:repay`, a variable of one segment as `{id}`.
  std::string Text() const;
  // The fields that it sets, in their order.
  std::vector<std::string> Fields() const;

  // How many segments are given word by word. Where two templates fit, the one with more is meant; of two with as many
  // the one that is not open.
  int literals() const;
  // Whether it ends in `**`.
  bool open() const { return segments_.back().kind == Segment::Kind::kRest; }

 private:
  struct Segment {
    enum class Kind { kLiteral, kOne, kRest } kind = Kind::kLiteral;
    std::string literal;
  };
  struct Variable {
    std::string field;
    size_t first = 0;
    // One past the last.
    size_t end = 0;
  };

  std::vector<Segment> segments_;
  std::vector<Variable> variables_;
  std::string verb_;
};

// `%41` is `A`; nothing when a percent sign stands for nothing, or when what comes out is not UTF-8. `plus` makes a
// plus a space, as in a query.
std::optional<std::string> PercentDecode(absl::string_view text, bool plus = false);

// Text as it may stand in an address or a header: all but letters, digits and `-._~` as %41.
std::string PercentEncode(absl::string_view text);

// The parts of a query, in order; nothing when it is malformed.
std::optional<Variables> ParseQuery(absl::string_view query);

}  // namespace anju::gateway
