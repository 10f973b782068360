#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/platform/base/archive.h"

// Why a yes, a no or so many yuan: what a rule looked at and what it was measured by, kept on the record that it
// decided on. The rule that decides makes the decision, so that the explanation is never another computation.
namespace anju::policy {

enum class Verdict : int32_t { kUnspecified = 0, kYes = 1, kNo = 2 };

// What a rule looked at; a count, a day or a code as text, with the unit in the name. Nothing personal.
struct Input {
  std::string name;
  std::string value;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("value", value);
  }
  friend bool operator==(const Input&, const Input&) = default;
};

// A parameter as it was when it was used.
struct Used {
  std::string name;
  // Of the setting, which is never changed.
  std::string version;
  int64_t value = 0;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("version", version);
    archive("value", value);
  }
  friend bool operator==(const Used&, const Used&) = default;
};

struct Decision {
  std::string rule;
  // What within the record, or beside it: a loan, a notice, a unit. Empty when it is the record.
  std::string subject;
  Verdict verdict = Verdict::kUnspecified;
  int64_t amount_fen = 0;
  // Of a no: the reason that the rule refuses with.
  std::string reason;
  Date decided_on;
  std::vector<Input> inputs;
  std::vector<Used> used;

  void Fields(Archive& archive) {
    archive("rule", rule);
    archive("subject", subject);
    archive("verdict", verdict);
    archive("amount_fen", amount_fen);
    archive("reason", reason);
    archive("decided_on", decided_on);
    archive("inputs", inputs);
    archive("used", used);
  }
  friend bool operator==(const Decision&, const Decision&) = default;
};

// What a rule decided that answered `status`: a yes, or a no with the reason of the refusal.
Decision Judged(absl::string_view rule, const absl::Status& status);

// Keeps the last decision of each rule and subject, in the order they were taken in; the same again changes nothing.
void Keep(std::vector<Decision>& decisions, Decision decision);

// The parameters of the kept decisions of a rule, each version once.
void AddUsed(const std::vector<Decision>& decisions, absl::string_view rule, std::vector<Used>& to);

// What is asked to be explained, and the day it is in China.
struct Question {
  // Empty: every rule, everything.
  std::string rule;
  std::string subject;
  Date today;

  bool Asks(absl::string_view of_rule) const { return rule.empty() || rule == of_rule; }
  bool Asks(const Decision& decision) const {
    return Asks(decision.rule) && (subject.empty() || subject == decision.subject);
  }
};

struct Answer {
  // What was decided.
  std::vector<Decision> kept;
  // What would be decided today, of steps that were not taken yet.
  std::vector<Decision> would;
};

// Those of the decisions that are asked for.
std::vector<Decision> Asked(const std::vector<Decision>& decisions, const Question& question);

}  // namespace anju::policy
