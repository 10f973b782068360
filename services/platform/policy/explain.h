#pragma once

#include <string>
#include <vector>

#include "services/platform/policy/policy.h"

namespace anju::policy {

// How a kind of record explains what was decided on it. A root that decides has, beside it in its namespace,
//
//   absl::StatusOr<policy::Answer> Explain(roots::Session&, const Root&, const policy::Question&);
struct Explainer {
  absl::string_view kind;
  // By id or key. Nothing when there is no such record; `division` is where it is.
  absl::StatusOr<std::optional<Answer>> (*explain)(roots::Session& session, const std::string& id,
                                                   const Question& question, std::string* division) = nullptr;
};

template <typename Root>
Explainer ExplainerOf() {
  return {.kind = Root::kKind,
          .explain = [](roots::Session& session, const std::string& id, const Question& question,
                        std::string* division) -> absl::StatusOr<std::optional<Answer>> {
            ASSIGN_OR_RETURN(std::optional<Root> root, session.Get<Root>(id));
            if (!root.has_value()) {
              ASSIGN_OR_RETURN(root, session.Find<Root>(id));
            }
            if (!root.has_value()) return std::optional<Answer>();
            *division = root->Division();
            ASSIGN_OR_RETURN(Answer answer, Explain(session, *root, question));
            return std::optional<Answer>(std::move(answer));
          }};
}

// A parameter as a decision used it, with what its setting says.
struct Value {
  std::string name;
  std::string label_zh;
  std::string label_en;
  std::string unit;
  int64_t value = 0;
  std::string division;
  std::string version;
  std::optional<Date> since;
  std::string document;
  std::string text;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("label_zh", label_zh);
    archive("label_en", label_en);
    archive("unit", unit);
    archive("value", value);
    archive("division", division);
    archive("version", version);
    archive("since", since);
    archive("document", document);
    archive("text", text);
  }
};

// A decision with all that it rests on.
struct Explained {
  std::string rule;
  std::string label_zh;
  std::string label_en;
  std::string subject;
  Verdict verdict = Verdict::kUnspecified;
  int64_t amount_fen = 0;
  std::string reason;
  Date decided_on;
  // Taken; else what would be decided today.
  bool taken = false;
  std::vector<Input> inputs;
  std::vector<Value> values;

  void Fields(Archive& archive) {
    archive("rule", rule);
    archive("label_zh", label_zh);
    archive("label_en", label_en);
    archive("subject", subject);
    archive("verdict", verdict);
    archive("amount_fen", amount_fen);
    archive("reason", reason);
    archive("decided_on", decided_on);
    archive("taken", taken);
    archive("inputs", inputs);
    archive("values", values);
  }
};

// What is asked to be explained: anju.policy.v1.ExplainDecisionRequest.
struct Inquiry {
  std::string kind;
  std::string id;
  std::string rule;
  std::string subject;

  void Fields(Archive& archive) {
    archive("kind", kind);
    archive("id", id);
    archive("rule", rule);
    archive("subject", subject);
  }
};

// First what was decided, then what would be. Refuses, in this order, with KIND_UNKNOWN, RULE_UNKNOWN and
// RECORD_NOT_FOUND, and as the record's explainer does. `division` is where the record is; whether the caller may know
// is for the caller to check.
absl::StatusOr<std::vector<Explained>> ExplainDecisions(roots::Session& session, const Catalogue& catalogue,
                                                        const std::vector<Explainer>& explainers, const Inquiry& asked,
                                                        std::string* division);

// A parameter as it holds in a division on a day, and how that came.
struct Listed {
  std::string name;
  std::string label_zh;
  std::string label_en;
  std::string unit;
  int64_t least = 0;
  int64_t greatest = 0;
  Setting in_force;
  // Everything that was ever set for the division: the national defaults, then the province's settings, the
  // prefecture's and the county's, each in the order in which they were proposed.
  std::vector<Setting> history;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("label_zh", label_zh);
    archive("label_en", label_en);
    archive("unit", unit);
    archive("least", least);
    archive("greatest", greatest);
    archive("in_force", in_force);
    archive("history", history);
  }
};

// All parameters, or the one of this name. Pure. Refuses with PARAMETER_NOT_FOUND.
absl::StatusOr<std::vector<Listed>> List(const Catalogue& catalogue, const Books& books, Date day,
                                         const std::string& name);

}  // namespace anju::policy
