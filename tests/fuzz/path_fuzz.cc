// Path templates, paths and queries: the first line is a template, the second one a path, the third one a query. What
// strangers send is matched against any template, and against the addresses of all contracts.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gateway/transcoding/template.h"
#include "gateway/transcoding/transcoding.h"
#include "tests/fuzz/property.h"

namespace {

const anju::gateway::Transcoder& Contracts() {
  static const anju::gateway::Transcoder transcoder({"registry", "relocation", "microcredit", "workshops", "channels"});
  return transcoder;
}

// Of what a path says nothing may be more than the path has.
void CheckVariables(const anju::gateway::Variables& variables, absl::string_view path) {
  for (const auto& [field, value] : variables) {
    PROPERTY(!field.empty());
    PROPERTY(value.size() <= path.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<absl::string_view> lines = absl::StrSplit(text, absl::MaxSplits('\n', 2));
  const absl::string_view path = lines.size() > 1 ? lines[1] : "";
  if (const auto parsed = anju::gateway::PathTemplate::Parse(lines[0]); parsed.has_value()) {
    PROPERTY(parsed->literals() >= 0);
    if (const auto variables = parsed->Match(path); variables.has_value()) CheckVariables(*variables, path);
  }
  if (const auto query = anju::gateway::ParseQuery(lines.size() > 2 ? lines[2] : ""); query.has_value()) {
    PROPERTY(query->size() <= text.size() + 1);
  }
  for (const char* method : {"GET", "POST"}) {
    const auto match = Contracts().Find(method, path);
    if (!match.ok()) continue;
    PROPERTY(match->method != nullptr);
    CheckVariables(match->variables, path);
    // What was found can always be made a request, or is refused.
    const auto request = Contracts().ToRequest(*match, "");
    PROPERTY(request.ok() || !request.status().message().empty());
  }
  return 0;
}
