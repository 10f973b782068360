#include "gateway/transcoding/template.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/protobuf/stubs/common.h"

namespace anju::gateway {

std::optional<PathTemplate> PathTemplate::Parse(absl::string_view text) {
  PathTemplate result;
  if (!absl::ConsumePrefix(&text, "/")) return std::nullopt;
  const size_t colon = text.rfind(':');
  if (colon != absl::string_view::npos && text.find_first_of("/}", colon) == absl::string_view::npos) {
    result.verb_ = std::string(text.substr(colon + 1));
    text = text.substr(0, colon);
  }
  const auto add = [&](absl::string_view word) {
    Segment segment;
    if (word == "*") {
      segment.kind = Segment::Kind::kOne;
    } else if (word == "**") {
      segment.kind = Segment::Kind::kRest;
    } else {
      segment.literal = std::string(word);
    }
    result.segments_.push_back(segment);
  };
  while (!text.empty()) {
    if (absl::ConsumePrefix(&text, "{")) {
      const size_t close = text.find('}');
      if (close == absl::string_view::npos) return std::nullopt;
      const std::pair<absl::string_view, absl::string_view> parts =
          absl::StrSplit(text.substr(0, close), absl::MaxSplits('=', 1));
      if (parts.first.empty()) return std::nullopt;
      Variable variable = {.field = std::string(parts.first), .first = result.segments_.size()};
      for (absl::string_view word : absl::StrSplit(parts.second.empty() ? "*" : parts.second, '/')) add(word);
      variable.end = result.segments_.size();
      result.variables_.push_back(variable);
      text.remove_prefix(close + 1);
    } else {
      const absl::string_view word = text.substr(0, text.find('/'));
      if (word.empty() || word.find_first_of("{}") != absl::string_view::npos) return std::nullopt;
      add(word);
      text.remove_prefix(word.size());
    }
    if (text.empty()) break;
    if (!absl::ConsumePrefix(&text, "/") || text.empty()) return std::nullopt;
  }
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
  const std::vector<absl::string_view> words = absl::StrSplit(path, '/');
  const bool ends_in_rest = segments_.back().kind == Segment::Kind::kRest;
  if (ends_in_rest ? words.size() < segments_.size() : words.size() != segments_.size()) return std::nullopt;
  std::vector<std::string> decoded;
  for (size_t i = 0; i < words.size(); ++i) {
    auto word = PercentDecode(words[i]);
    if (!word.has_value()) return std::nullopt;
    const Segment& segment = segments_[std::min(i, segments_.size() - 1)];
    if (segment.kind == Segment::Kind::kLiteral ? *word != segment.literal : word->empty()) return std::nullopt;
    decoded.push_back(*std::move(word));
  }
  Variables variables;
  for (const Variable& variable : variables_) {
    const size_t end = ends_in_rest && variable.end == segments_.size() ? decoded.size() : variable.end;
    std::string value;
    for (size_t i = variable.first; i < end; ++i) absl::StrAppend(&value, i == variable.first ? "" : "/", decoded[i]);
    variables.emplace_back(variable.field, std::move(value));
  }
  return variables;
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
