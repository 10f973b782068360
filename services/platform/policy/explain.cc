#include "services/platform/policy/explain.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/error.h"

namespace anju::policy {
namespace {

using enum absl::StatusCode;

absl::StatusOr<Value> Resolve(roots::Session& session, const Catalogue& catalogue, const Used& used) {
  Value value{.name = used.name, .value = used.value, .version = used.version};
  if (const Parameter* parameter = catalogue.Find(used.name); parameter != nullptr) {
    value.label_zh = parameter->label_zh;
    value.label_en = parameter->label_en;
    value.unit = parameter->unit;
  }
  ASSIGN_OR_RETURN(const std::optional<Setting> setting, FindUsed(session, catalogue, used));
  if (!setting.has_value()) return value;
  value.division = setting->division;
  value.since = setting->since;
  value.document = setting->document;
  value.text = setting->text;
  return value;
}

absl::StatusOr<Explained> Spell(roots::Session& session, const Catalogue& catalogue, Decision decision, bool taken) {
  Explained explained{.rule = decision.rule,
                      .subject = std::move(decision.subject),
                      .verdict = decision.verdict,
                      .amount_fen = decision.amount_fen,
                      .reason = std::move(decision.reason),
                      .decided_on = decision.decided_on,
                      .taken = taken,
                      .inputs = std::move(decision.inputs)};
  if (const Rule* rule = catalogue.FindRule(explained.rule); rule != nullptr) {
    explained.label_zh = rule->label_zh;
    explained.label_en = rule->label_en;
  }
  for (const Used& used : decision.used) {
    ASSIGN_OR_RETURN(Value value, Resolve(session, catalogue, used));
    explained.values.push_back(std::move(value));
  }
  return explained;
}

// Names what there is to choose from, by what `name` answers of each.
template <typename Item, typename Name>
absl::Status Unknown(absl::string_view reason, absl::string_view field, const std::vector<Item>& known, Name name) {
  const std::string list =
      absl::StrJoin(known, ", ", [&](std::string* out, const Item& item) { absl::StrAppend(out, item.*name); });
  return Refuse(kInvalidArgument, reason, absl::StrCat("this service explains: ", list), field);
}

}  // namespace

absl::StatusOr<std::vector<Explained>> ExplainDecisions(roots::Session& session, const Catalogue& catalogue,
                                                        const std::vector<Explainer>& explainers, const Inquiry& asked,
                                                        std::string* division) {
  auto explainer =
      std::find_if(explainers.begin(), explainers.end(), [&](const Explainer& one) { return one.kind == asked.kind; });
  if (explainer == explainers.end()) {
    return Unknown("KIND_UNKNOWN", "kind", explainers, &Explainer::kind);
  }
  if (!asked.rule.empty() && catalogue.FindRule(asked.rule) == nullptr) {
    return Unknown("RULE_UNKNOWN", "rule", catalogue.rules(), &Rule::name);
  }
  const Question question{.rule = asked.rule, .subject = asked.subject, .today = DayInChina(session.now())};
  ASSIGN_OR_RETURN(std::optional<Answer> answer, explainer->explain(session, asked.id, question, division));
  if (!answer.has_value()) return Refuse(kNotFound, "RECORD_NOT_FOUND", "there is no record with this id or key", "id");
  std::vector<Explained> explained;
  for (Decision& decision : answer->kept) {
    ASSIGN_OR_RETURN(Explained one, Spell(session, catalogue, std::move(decision), /*taken=*/true));
    explained.push_back(std::move(one));
  }
  for (Decision& decision : answer->would) {
    ASSIGN_OR_RETURN(Explained one, Spell(session, catalogue, std::move(decision), /*taken=*/false));
    explained.push_back(std::move(one));
  }
  return explained;
}

absl::StatusOr<std::vector<Listed>> List(const Catalogue& catalogue, const Books& books, Date day,
                                         const std::string& name) {
  const InForce in_force(catalogue, books, day);
  std::vector<Listed> list;
  for (const Parameter& parameter : catalogue.parameters()) {
    if (!name.empty() && parameter.name != name) continue;
    Listed listed{.name = parameter.name,
                  .label_zh = parameter.label_zh,
                  .label_en = parameter.label_en,
                  .unit = parameter.unit,
                  .least = parameter.least,
                  .greatest = parameter.greatest,
                  .in_force = in_force.Find(parameter.name),
                  .history = parameter.defaults};
    for (auto book = books.rbegin(); book != books.rend(); ++book) {
      std::copy_if(book->settings.begin(), book->settings.end(), std::back_inserter(listed.history),
                   [&](const Setting& setting) { return setting.name == parameter.name; });
    }
    list.push_back(std::move(listed));
  }
  if (!name.empty() && list.empty()) {
    return Refuse(kNotFound, "PARAMETER_NOT_FOUND", "this service has no such parameter; ask without a name", "name");
  }
  return list;
}

}  // namespace anju::policy
