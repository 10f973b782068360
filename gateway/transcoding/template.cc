#include "gateway/transcoding/template.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/stubs/common.h"

namespace anju::gateway {

namespace {

// A segment of a path as the value of a variable. Where a value has several segments, a slash within one stays %2F, so
// that it is not taken for one between them. Nothing for what climbs or hides: `.`, `..` and NUL.
std::optional<std::string> DecodeSegment(absl::string_view word, bool keep_slashes) {
  std::string kept;
  if (keep_slashes) {
    kept = absl::StrReplaceAll(word, {{"%2F", "%252F"}, {"%2f", "%252f"}});
    word = kept;
  }
  auto decoded = PercentDecode(word);
  if (!decoded.has_value() || *decoded == "." || *decoded == ".." || decoded->find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return decoded;
}

bool IsLiteral(absl::string_view word) {
  return !word.empty() && word.find_first_of("*{}:") == absl::string_view::npos;
}

// `id`, `figure.value`.
bool IsFieldPath(absl::string_view text) {
  const std::vector<absl::string_view> names = absl::StrSplit(text, '.');
  return std::all_of(names.begin(), names.end(), [](absl::string_view name) {
    return !name.empty() && !absl::ascii_isdigit(static_cast<unsigned char>(name[0])) &&
           std::all_of(name.begin(), name.end(), [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
  });
}

}  // namespace

std::optional<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  PathTemplate result;
  if (!absl::ConsumePrefix(&text, "/")) return std::nullopt;
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && text.find_first_of("/}", colon) == absl::string_view::npos) {
    result.verb_ = std::string(text.substr(colon + 1));
    if (!IsLiteral(result.verb_)) return std::nullopt;
    text = text.substr(0, colon);
  }
  const auto add = [&](absl::string_view word) {
    Segment segment;
    if (word == "*") {
      segment.kind = Segment::Kind::kOne;
    } else if (word == "**") {
      segment.kind = Segment::Kind::kRest;
    } else if (IsLiteral(word)) {
      segment.literal = std::string(word);
    } else {
      return false;
    }
    result.segments_.push_back(segment);
    return true;
  };
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, "{")) {
      const size_t close = text.find('}');
      if (close == absl::string_view::npos) return std::nullopt;
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(text.substr(0, close), absl::MaxSplits('=', 1));
      const bool is_plain = parts.first.size() == close;
      if (!IsFieldPath(parts.first)) return std::nullopt;
      if (absl::c_linear_search(result.Fields(), parts.first)) return std::nullopt;
      Variable variable = {.field = std::string(parts.first), .first = result.segments_.size()};
      for (absl::string_view word : absl::StrSplit(is_plain ? "*" : parts.second, '/')) {
        if (!add(word)) return std::nullopt;
      }
      variable.end = result.segments_.size();
      result.variables_.push_back(variable);
      text.remove_prefix(close + 1);
    } else {
      const absl::string_view word = text.substr(0, text.find('/'));
      if (!add(word)) return std::nullopt;
      text.remove_prefix(word.size());
    }
    if (text.empty()) break;
    if (!absl::ConsumePrefix(&text, "/") || text.empty()) return std::nullopt;
  }
  // `**` takes the rest, so nothing stands behind it.
  for (size_t i = 0; i + 1 < result.segments_.size(); ++i) {
    if (result.segments_[i].kind == Segment::Kind::kRest) return std::nullopt;
  }
  if (result.segments_.empty()) return std::nullopt;
  return result;
}

std::optional<Variables> PathTemplate::Match(absl::string_view path) const {
  if (!absl::ConsumePrefix(&path, "/")) return std::nullopt;
  // A colon in the last segment begins a verb; one that belongs to a value is written %3A.
  const size_t colon = path.rfind(':');
  const bool has_verb = colon != absl::string_view::npos && path.find('/', colon) == absl::string_view::npos;
  if ((has_verb ? path.substr(colon + 1) : absl::string_view()) != verb_ || has_verb == verb_.empty()) {
    return std::nullopt;
  }
  if (has_verb) path = path.substr(0, colon);
  const bool ends_in_rest = segments_.back().kind == Segment::Kind::kRest;
  const size_t count = static_cast<size_t>(std::count(path.begin(), path.end(), '/')) + 1;
  if (ends_in_rest ? count + 1 < segments_.size() : count != segments_.size()) return std::nullopt;
  const std::vector<absl::string_view> words = absl::StrSplit(path, '/');
  // Word by word as it came: a letter that is written as %6C is no way round a rule of whoever stands in front.
  for (size_t i = 0; i < words.size(); ++i) {
    const Segment& segment = segments_[std::min(i, segments_.size() - 1)];
    if (segment.kind == Segment::Kind::kLiteral ? words[i] != segment.literal : words[i].empty()) return std::nullopt;
  }
  Variables variables;
  for (const Variable& variable : variables_) {
    const size_t end = ends_in_rest && variable.end == segments_.size() ? words.size() : variable.end;
    const bool is_one = variable.end == variable.first + 1 && segments_[variable.first].kind == Segment::Kind::kOne;
    std::string value;
    for (size_t i = variable.first; i < end; ++i) {
      auto word = DecodeSegment(words[i], /*keep_slashes=*/!is_one);
      if (!word.has_value()) return std::nullopt;
      absl::StrAppend(&value, i == variable.first ? "" : "/", *word);
    }
    variables.emplace_back(variable.field, std::move(value));
  }
  return variables;
}

std::string PathTemplate::Text() const {
  const auto word = [this](size_t i) {
    const Segment& segment = segments_[i];
    return segment.kind == Segment::Kind::kOne ? "*" : segment.kind == Segment::Kind::kRest ? "**" : segment.literal;
  };
  std::string text;
  auto variable = variables_.begin();
  for (size_t i = 0; i < segments_.size();) {
    if (variable == variables_.end() || variable->first != i) {
      absl::StrAppend(&text, "/", word(i++));
      continue;
    }
    std::string pattern;
    for (; i < variable->end; ++i) absl::StrAppend(&pattern, pattern.empty() ? "" : "/", word(i));
    absl::StrAppend(&text, "/{", variable->field, pattern == "*" ? "" : "=" + pattern, "}");
    ++variable;
  }
  return verb_.empty() ? text : absl::StrCat(text, ":", verb_);
}

std::vector<std::string> PathTemplate::Fields() const {
  std::vector<std::string> fields;
  for (const Variable& variable : variables_) fields.push_back(variable.field);
  return fields;
}

int PathTemplate::literals() const {
  return static_cast<int>(std::count_if(segments_.begin(), segments_.end(), [](const Segment& segment) {
    return segment.kind == Segment::Kind::kLiteral;
  }));
}

std::optional<std::string> PercentDecode(absl::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size() || !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 1])) ||
          !absl::ascii_isxdigit(static_cast<unsigned char>(text[i + 2]))) {
        return std::nullopt;
      }
      decoded += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    }
  }
  // Messages hold UTF-8 only: a service could not read anything else.
  if (!google::protobuf::internal::IsStructurallyValidUTF8(decoded)) return std::nullopt;
  return decoded;
}

std::string PercentEncode(absl::string_view text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        absl::string_view("-._~").find(c) != absl::string_view::npos) {
      encoded += c;
    } else {
      absl::StrAppend(&encoded, "%", absl::AsciiStrToUpper(absl::BytesToHexString(absl::string_view(&c, 1))));
    }
  }
  return encoded;
}

std::optional<Variables> ParseQuery(absl::string_view query) {
  Variables variables;
  if (query.empty()) return variables;
  for (absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> sides = absl::StrSplit(part, absl::MaxSplits('=', 1));
    auto name = PercentDecode(sides.first, /*plus=*/true);
    auto value = PercentDecode(sides.second, /*plus=*/true);
    if (!name.has_value() || !value.has_value() || name->empty()) return std::nullopt;
    variables.emplace_back(*std::move(name), *std::move(value));
  }
  return variables;
}

}  // namespace anju::gateway
