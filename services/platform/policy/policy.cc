#include "services/platform/policy/policy.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/batch.h"
#include "services/platform/intake/places.h"

namespace anju::policy {
namespace {

using enum absl::StatusCode;

template <typename Named>
const Named* FindNamed(const std::vector<Named>& list, absl::string_view name) {
  auto found = std::find_if(list.begin(), list.end(), [&](const Named& item) { return item.name == name; });
  return found == list.end() ? nullptr : &*found;
}

// The last setting of a parameter that was confirmed. They are confirmed in the order of their numbers and days.
const Setting* NewestConfirmed(const Book& book, absl::string_view name) {
  const Setting* newest = nullptr;
  for (const Setting& setting : book.settings) {
    if (setting.name == name && setting.confirmed_on.has_value()) newest = &setting;
  }
  return newest;
}

absl::Status CheckSince(const Book& book, const std::string& name, Date since, Date today) {
  if (since < today) {
    return Refuse(kInvalidArgument, "SINCE_PASSED",
                  "a value holds from today or a later day on: what was decided before is not decided again", "since");
  }
  const Setting* newest = NewestConfirmed(book, name);
  if (newest != nullptr && since < newest->since) {
    return Refuse(kFailedPrecondition, "SINCE_BEFORE_NEWEST",
                  absl::StrCat("version ", newest->version, " sets it from ", Format(newest->since),
                               " already: begin on that day or later"),
                  "since");
  }
  return absl::OkStatus();
}

absl::Status SettingNotFound() {
  return Refuse(kNotFound, "SETTING_NOT_FOUND", "give the version that SetParameter answered, such as 450328/1",
                "version");
}

}  // namespace

Catalogue::Catalogue(std::vector<Parameter> parameters, std::vector<Rule> rules)
    : parameters_(std::move(parameters)), rules_(std::move(rules)) {
  for (Parameter& parameter : parameters_) {
    ANJU_CHECK(!parameter.defaults.empty());
    for (size_t i = 0; i < parameter.defaults.size(); ++i) {
      parameter.defaults[i].name = parameter.name;
      parameter.defaults[i].version = absl::StrCat(i + 1);
    }
  }
}

const Parameter* Catalogue::Find(absl::string_view name) const { return FindNamed(parameters_, name); }
const Rule* Catalogue::FindRule(absl::string_view name) const { return FindNamed(rules_, name); }

const Catalogue& Nothing() {
  static const auto& nothing = *new Catalogue({}, {});
  return nothing;
}

const Setting& InForce::Find(absl::string_view name) const {
  const Parameter* parameter = catalogue_.Find(name);
  ANJU_CHECK(parameter != nullptr);
  // A county may have several books, of the codes that it has had; who inherits has done with all of them.
  const Book* left = nullptr;
  for (const Book& book : books_) {
    if (left != nullptr && book.key.size() >= left->key.size()) continue;
    const Setting* found = nullptr;
    for (const Setting& setting : book.settings) {
      if (setting.name == name && setting.confirmed_on.has_value() && setting.since <= day_) found = &setting;
    }
    if (found == nullptr) continue;
    if (!found->inherits) return *found;
    left = &book;
  }
  const Setting* found = &parameter->defaults.front();
  for (const Setting& setting : parameter->defaults) {
    if (setting.since <= day_) found = &setting;
  }
  return *found;
}

std::vector<Used> InForce::Use(const std::vector<absl::string_view>& names) const {
  std::vector<Used> used;
  for (absl::string_view name : names) {
    const Setting& setting = Find(name);
    used.push_back({.name = setting.name, .version = setting.version, .value = setting.value});
  }
  return used;
}

absl::StatusOr<Book> Propose(Book before, const Parameter& parameter, const Proposal& proposal, const std::string& by,
                             Date today) {
  if (!proposal.inherits && (proposal.value < parameter.least || proposal.value > parameter.greatest)) {
    return Refuse(kInvalidArgument, "VALUE_OUT_OF_RANGE",
                  absl::StrCat("this parameter lies from ", parameter.least, " to ", parameter.greatest), "value");
  }
  RETURN_IF_ERROR(CheckSince(before, parameter.name, proposal.since, today));
  if (before.settings.size() >= kMostSettings) {
    return Refuse(kFailedPrecondition, "SETTINGS_TOO_MANY",
                  absl::StrCat("a division keeps at most ", kMostSettings, " settings"));
  }
  before.settings.push_back({.name = parameter.name,
                             .division = before.key,
                             .version = absl::StrCat(before.key, "/", before.settings.size() + 1),
                             .since = proposal.since,
                             .value = proposal.inherits ? 0 : proposal.value,
                             .inherits = proposal.inherits,
                             .document = proposal.document,
                             .text = proposal.text,
                             .proposed_by = by,
                             .proposed_on = today});
  return before;
}

absl::StatusOr<Book> Confirm(Book before, const std::string& version, const std::string& by, Date today) {
  auto found = std::find_if(before.settings.begin(), before.settings.end(),
                            [&](const Setting& setting) { return setting.version == version; });
  if (found == before.settings.end()) return SettingNotFound();
  if (found->confirmed_on.has_value()) {
    return Refuse(kFailedPrecondition, "SETTING_CONFIRMED", "this setting was confirmed before", "version");
  }
  if (found->proposed_by == by) {
    return Refuse(kFailedPrecondition, "APPROVER_IS_AUTHOR", "nobody approves what they entered: ask somebody else");
  }
  RETURN_IF_ERROR(CheckSince(Book(), found->name, found->since, today));
  const Setting* newest = NewestConfirmed(before, found->name);
  if (newest != nullptr && newest > &*found) {
    return Refuse(kFailedPrecondition, "SETTING_SUPERSEDED",
                  absl::StrCat("version ", newest->version, " was proposed later and is confirmed: propose this anew"),
                  "version");
  }
  RETURN_IF_ERROR(CheckSince(before, found->name, found->since, today));
  found->confirmed_by = by;
  found->confirmed_on = today;
  return before;
}

absl::StatusOr<Setting> ProposeSetting(roots::Session& session, const Catalogue& catalogue, const Proposal& proposal,
                                       const std::string& by) {
  const Parameter* parameter = catalogue.Find(proposal.name);
  if (parameter == nullptr) {
    return Refuse(kNotFound, "PARAMETER_NOT_FOUND",
                  "this service has no such parameter; ListParameters tells which there are", "name");
  }
  ASSIGN_OR_RETURN(const std::string division, intake::ResolveDivision(session, proposal.division, "division"));
  if (division.size() > kCountyDigits) {
    return Refuse(kInvalidArgument, "BELOW_COUNTY", "a province, a prefecture or a county sets a parameter",
                  "division");
  }
  ASSIGN_OR_RETURN(std::optional<Book> before, session.Find<Book>(division));
  ASSIGN_OR_RETURN(Book after, Propose(before.has_value() ? *std::move(before) : Book{.key = division}, *parameter,
                                       proposal, by, DayInChina(session.now())));
  session.Put(after);
  return after.settings.back();
}

absl::StatusOr<Setting> ConfirmSetting(roots::Session& session, const std::string& version, const std::string& by) {
  ASSIGN_OR_RETURN(std::optional<Book> before, session.Find<Book>(version.substr(0, version.find('/'))));
  if (!before.has_value()) return SettingNotFound();
  ASSIGN_OR_RETURN(Book after, Confirm(*std::move(before), version, by, DayInChina(session.now())));
  session.Put(after);
  return *std::find_if(after.settings.begin(), after.settings.end(),
                       [&](const Setting& setting) { return setting.version == version; });
}

absl::StatusOr<const Books*> BooksOf(roots::Session& session, absl::string_view division) {
  ASSIGN_OR_RETURN(const std::vector<std::string>* codes, intake::AuthoritiesOf<Book>(session, division));
  return session.Once<Books>(absl::StrCat("policy/", absl::StrJoin(*codes, "/")), [&]() -> absl::StatusOr<Books> {
    Books books;
    for (const std::string& code : *codes) {
      ASSIGN_OR_RETURN(std::optional<Book> book, session.Find<Book>(code));
      if (book.has_value()) books.push_back(*std::move(book));
    }
    return books;
  });
}

absl::StatusOr<std::optional<Setting>> FindUsed(roots::Session& session, const Catalogue& catalogue, const Used& used) {
  const size_t slash = used.version.find('/');
  if (slash == std::string::npos) {
    const Parameter* parameter = catalogue.Find(used.name);
    size_t number = 0;
    const bool known = parameter != nullptr && absl::SimpleAtoi(used.version, &number) && number >= 1 &&
                       number <= parameter->defaults.size();
    return known ? std::optional<Setting>(parameter->defaults[number - 1]) : std::nullopt;
  }
  ASSIGN_OR_RETURN(const std::optional<Book> book, session.Find<Book>(used.version.substr(0, slash)));
  if (!book.has_value()) return std::optional<Setting>();
  for (const Setting& setting : book->settings) {
    if (setting.version == used.version) return std::optional<Setting>(setting);
  }
  return std::optional<Setting>();
}

}  // namespace anju::policy
