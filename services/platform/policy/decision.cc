#include "services/platform/policy/decision.h"

#include <algorithm>

#include "services/platform/base/error.h"

namespace anju::policy {

Decision Judged(absl::string_view rule, const absl::Status& status) {
  return {.rule = std::string(rule),
          .verdict = status.ok() ? Verdict::kYes : Verdict::kNo,
          .reason = status.ok() ? "" : ReasonOf(status)};
}

void Keep(std::vector<Decision>& decisions, Decision decision) {
  if (std::find(decisions.begin(), decisions.end(), decision) != decisions.end()) return;
  std::erase_if(decisions,
                [&](const Decision& old) { return old.rule == decision.rule && old.subject == decision.subject; });
  decisions.push_back(std::move(decision));
}

void AddUsed(const std::vector<Decision>& decisions, absl::string_view rule, std::vector<Used>& to) {
  for (const Decision& decision : decisions) {
    if (decision.rule != rule) continue;
    for (const Used& used : decision.used) {
      if (std::find(to.begin(), to.end(), used) == to.end()) to.push_back(used);
    }
  }
}

std::vector<Decision> Asked(const std::vector<Decision>& decisions, const Question& question) {
  std::vector<Decision> asked;
  std::copy_if(decisions.begin(), decisions.end(), std::back_inserter(asked),
               [&](const Decision& decision) { return question.Asks(decision); });
  return asked;
}

}  // namespace anju::policy
