#pragma once

#include <string>
#include <vector>

#include "services/registry/domain/quality/view.h"

// The library of quality rules: precise identification 精准识别 and data cleaning 数据清洗 [CX], comparison with other
// departments' lists 大数据比对 [JX1].
namespace anju::registry {

enum class Severity : int32_t { kUnspecified = 0, kNotice = 1, kWarning = 2, kError = 3 };

// Who mends what a rule found.
enum class Mender : int32_t { kUnspecified = 0, kVillage = 1, kTownship = 2, kCounty = 3, kDepartment = 4 };

// One rule. It holds exactly one of the three predicates, which are pure.
struct Rule {
  // P… of a person, H… of a household, X… by what other services say, C… by other departments' lists. Never reused.
  absl::string_view id;
  absl::string_view title_zh;
  absl::string_view title_en;
  Severity severity = Severity::kUnspecified;
  Mender mender = Mender::kUnspecified;
  // How long mending may take, from the day on which it was found.
  int32_t days = 0;
  // What is wrong and what to do about it, for who mends it.
  absl::string_view explanation;
  // Whether the household is wrong as a whole, a present member, or anybody who is or was a member.
  bool (*household)(const View& view) = nullptr;
  bool (*present)(const View& view, const PersonView& person) = nullptr;
  bool (*anybody)(const View& view, const PersonView& person) = nullptr;
  // Of a rule of comparison: the list that it compares with.
  ListKind list = ListKind::kUnspecified;
};
using Rules = std::vector<Rule>;

const Rules& PersonRules();
const Rules& HouseholdRules();
const Rules& ServiceRules();
const Rules& ListRules();

// All of them, in the order of their families. Pointers stay good for ever.
const std::vector<const Rule*>& Library();
// Null when there is none with this id.
const Rule* FindRule(absl::string_view id);

// That a rule says something is wrong; `person_no` is empty for the household as a whole.
struct Hit {
  const Rule* rule = nullptr;
  std::string person_no;
};

// Every hit of every rule; none of a household that has ended. Pure.
std::vector<Hit> Evaluate(const View& view);

}  // namespace anju::registry
