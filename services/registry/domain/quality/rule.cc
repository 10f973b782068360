#include "services/registry/domain/quality/rule.h"

#include <map>

#include "services/platform/base/error.h"

namespace anju::registry {

const std::vector<const Rule*>& Library() {
  static const auto& library = *[] {
    auto* all = new std::vector<const Rule*>;
    for (const Rules* family : {&PersonRules(), &HouseholdRules(), &ServiceRules(), &ListRules()}) {
      for (const Rule& rule : *family) all->push_back(&rule);
    }
    return all;
  }();
  return library;
}

const Rule* FindRule(absl::string_view id) {
  static const auto& rules = *[] {
    auto* by_id = new std::map<absl::string_view, const Rule*>;
    for (const Rule* rule : Library()) ANJU_CHECK(by_id->emplace(rule->id, rule).second);
    return by_id;
  }();
  auto found = rules.find(id);
  return found == rules.end() ? nullptr : found->second;
}

std::vector<Hit> Evaluate(const View& view) {
  std::vector<Hit> hits;
  if (view.household.ended_on.has_value() && *view.household.ended_on <= view.today) return hits;
  for (const Rule* rule : Library()) {
    if (rule->household != nullptr) {
      if (rule->household(view)) hits.push_back({.rule = rule});
      continue;
    }
    for (const PersonView& person : view.persons) {
      const bool hit =
          rule->present != nullptr ? person.present && rule->present(view, person) : rule->anybody(view, person);
      if (hit) hits.push_back({.rule = rule, .person_no = person.member->person_no});
    }
  }
  return hits;
}

}  // namespace anju::registry
