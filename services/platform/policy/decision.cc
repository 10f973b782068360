#include "services/platform/policy/decision.h"

#include <algorithm>

namespace anju::policy {

void Keep(std::vector<Decision>& decisions, Decision decision) {
  std::erase_if(decisions,
                [&](const Decision& old) { return old.rule == decision.rule && old.subject == decision.subject; });
  decisions.push_back(std::move(decision));
}

std::vector<Decision> Asked(const std::vector<Decision>& decisions, const Question& question) {
  std::vector<Decision> asked;
  std::copy_if(decisions.begin(), decisions.end(), std::back_inserter(asked),
               [&](const Decision& decision) { return question.Asks(decision); });
  return asked;
}

}  // namespace anju::policy
