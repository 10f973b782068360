#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/base/archive.h"
#include "services/platform/policy/decision.h"
#include "services/platform/roots/session.h"

// Policy 政策参数: the numbers that rules are measured by. Each has a name, a national default in code, and what
// divisions have set since. The most local value holds: the county's, else the prefecture's, the province's, the
// default. Nothing is ever overwritten: a later value supersedes an earlier one from its day on, and whatever was
// decided before stays explained by what it was decided by.
namespace anju::policy {

// On one division's book.
inline constexpr size_t kMostSettings = 1000;

// A value of a parameter from a day on, and the document that sets it.
struct Setting {
  std::string name;
  // Whose value it is; empty: the national default.
  std::string division;
  // `<division>/<number>`, counted from 1 on the division's book; `<number>` of a default, counted on its parameter.
  std::string version;
  Date since;
  int64_t value = 0;
  // There is no value any more: that of the level above holds again.
  bool inherits = false;
  // The document, by its title or number, and what it says of this, in a sentence.
  std::string document;
  std::string text;
  std::string proposed_by;
  std::optional<Date> proposed_on;
  // A proposal until somebody has confirmed it.
  std::string confirmed_by;
  std::optional<Date> confirmed_on;

  void Fields(Archive& archive) {
    archive("name", name);
    archive("division", division);
    archive("version", version);
    archive("since", since);
    archive("value", value);
    archive("inherits", inherits);
    archive("document", document);
    archive("text", text);
    archive("proposed_by", proposed_by);
    archive("proposed_on", proposed_on);
    archive("confirmed_by", confirmed_by);
    archive("confirmed_on", confirmed_on);
  }
  friend bool operator==(const Setting&, const Setting&) = default;
};

struct Parameter {
  std::string name;
  std::string label_zh;
  std::string label_en;
  // As in an indicator: fen, percent, month, day, centi_sqm, …; `yes_no` is 0 or 1.
  std::string unit;
  // What a division may set, both included.
  int64_t least = 0;
  int64_t greatest = 0;
  // In the order of their days, and only ever added to; the first one holds before it began, too. The catalogue fills
  // in whose they are.
  std::vector<Setting> defaults;
};

// A rule that decides, by the name that its decisions bear.
struct Rule {
  std::string name;
  std::string label_zh;
  std::string label_en;
};

// What a service's rules are measured by, and which rules these are.
class Catalogue {
 public:
  Catalogue(std::vector<Parameter> parameters, std::vector<Rule> rules);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const std::vector<Rule>& rules() const { return rules_; }
  // Null when there is none of that name.
  const Parameter* Find(absl::string_view name) const;
  const Rule* FindRule(absl::string_view name) const;

 private:
  std::vector<Parameter> parameters_;
  const std::vector<Rule> rules_;
};

// Of a service that measures nothing.
const Catalogue& Nothing();

// Everything that one division has set, in the order in which it was proposed.
struct Book {
  static constexpr absl::string_view kKind = "policy_book";
  std::string id;
  // The division's code.
  std::string key;
  std::vector<Setting> settings;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("settings", settings);
  }
  std::string Division() const { return key; }
  friend bool operator==(const Book&, const Book&) = default;
};

// A figure never follows a parameter: what a decision made of it is on the record that was decided on.
inline tally::Contributions Contributions(const Book&) { return {}; }

// The books of a county and of what lies above it, the most local one first; none where nothing was set.
using Books = std::vector<Book>;

// What holds on a day. Refers to the catalogue and the books.
class InForce {
 public:
  InForce(const Catalogue& catalogue, const Books& books, Date day) : catalogue_(catalogue), books_(books), day_(day) {}

  // A name that the catalogue has not is a bug.
  const Setting& Find(absl::string_view name) const;
  int64_t operator[](absl::string_view name) const { return Find(name).value; }
  // What a decision keeps of the parameters that it was measured by.
  std::vector<Used> Use(const std::vector<absl::string_view>& names) const;

 private:
  const Catalogue& catalogue_;
  const Books& books_;
  const Date day_;
};

// anju.policy.v1.SetParameterRequest.
struct Proposal {
  std::string division;
  std::string name;
  int64_t value = 0;
  bool inherits = false;
  Date since;
  std::string document;
  std::string text;

  void Fields(Archive& archive) {
    archive("division", division);
    archive("name", name);
    archive("value", value);
    archive("inherits", inherits);
    archive("since", since);
    archive("document", document);
    archive("text", text);
  }
};

// The book with one more proposal. Pure. Refuses, in this order, with VALUE_OUT_OF_RANGE, SINCE_PASSED (before today:
// what was decided is not decided again), SINCE_BEFORE_NEWEST (a later day is set already) and SETTINGS_TOO_MANY.
absl::StatusOr<Book> Propose(Book before, const Parameter& parameter, const Proposal& proposal, const std::string& by,
                             Date today);

// The book with the proposal in force from its day on. Pure. Refuses, in this order, with SETTING_NOT_FOUND,
// SETTING_CONFIRMED, APPROVER_IS_AUTHOR, SINCE_PASSED, SETTING_SUPERSEDED (a later proposal was confirmed before it)
// and SINCE_BEFORE_NEWEST.
absl::StatusOr<Book> Confirm(Book before, const std::string& version, const std::string& by, Date today);

// Use cases; who may is for the caller to check. They answer the setting.
// Refuses, in this order, with PARAMETER_NOT_FOUND, DIVISION_NOT_FOUND, BELOW_COUNTY, and as Propose does.
absl::StatusOr<Setting> ProposeSetting(roots::Session& session, const Catalogue& catalogue, const Proposal& proposal,
                                       const std::string& by);
// Refuses with SETTING_NOT_FOUND, and as Confirm does.
absl::StatusOr<Setting> ConfirmSetting(roots::Session& session, const std::string& version, const std::string& by);

// What holds in a division, read once in a session.
absl::StatusOr<const Books*> BooksOf(roots::Session& session, absl::string_view division);

// The setting that a decision has used; nothing when neither the code nor a book knows it any more.
absl::StatusOr<std::optional<Setting>> FindUsed(roots::Session& session, const Catalogue& catalogue, const Used& used);

}  // namespace anju::policy
