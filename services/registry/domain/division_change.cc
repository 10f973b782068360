#include "services/registry/domain/division_change.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;

absl::Status Wrong(absl::string_view reason, absl::string_view sentence) {
  return Refuse(kInvalidArgument, reason, sentence, "successions");
}

bool IsCode(const std::string& code) { return IsDivisionCode(code) && code.size() >= kCountyDigits; }

// The code above.
std::string ParentOf(const std::string& code) {
  const std::vector<absl::string_view> lineage = Lineage(code);
  return std::string(lineage[lineage.size() - 2]);
}

// Whether what becomes this code is all that there will be under it.
absl::StatusOr<bool> IsAlone(const std::map<std::string, Became>& plan, const Became& became, CodesIn codes_in) {
  for (const auto& [old_code, other] : plan) {
    if (IsWithin(other.new_code, became.new_code) && !IsWithin(old_code, became.old_code)) return false;
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> used, codes_in(became.new_code));
  return used.empty();
}

absl::Status CheckParents(const std::map<std::string, Became>& plan, const std::vector<Founded>& founded,
                          CodesIn codes_in) {
  std::set<std::string> made;
  for (const auto& [old_code, became] : plan) made.insert(became.new_code);
  for (const Founded& one : founded) made.insert(one.code);
  std::set<std::string> parents;
  for (const std::string& code : made) parents.insert(ParentOf(code));
  for (const std::string& parent : parents) {
    if (made.contains(parent)) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> used, codes_in(parent));
    if (used.empty()) return Wrong("PARENT_NOT_FOUND", absl::StrCat("say how ", parent, " came to be: see founded"));
  }
  return absl::OkStatus();
}

// All roots of a kind that lie under an old code by what they say, or by what they follow under a new one.
template <typename Root>
absl::StatusOr<std::set<std::string>> IdsOf(roots::Session& session, const DivisionChange& change) {
  std::set<std::string> codes, ids;
  for (const Succession& succession : change.successions) {
    codes.insert(succession.old_code);
    codes.insert(succession.new_code);
  }
  for (const std::string& code : codes) {
    ASSIGN_OR_RETURN(std::vector<std::string> some, session.IdsIn<Root>(code));
    ids.insert(some.begin(), some.end());
  }
  return ids;
}

// A poor village ends under its old code and begins under the new one.
absl::Status RenameVillages(roots::Session& session, const DivisionChange& change) {
  ASSIGN_OR_RETURN(const std::set<std::string> ids, IdsOf<Village>(session, change));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<Village> village, session.Get<Village>(id));
    if (!village.has_value() || village->poor_until.has_value()) continue;
    const std::optional<std::string> code = NewCode(change.became, village->key);
    if (!code.has_value()) continue;
    ASSIGN_OR_RETURN(const std::optional<Village> known, session.Find<Village>(*code));
    const Date since = std::max(village->poor_since, change.effective_on);
    village->poor_until = since;
    session.Put(*village);
    if (known.has_value()) continue;
    Village renamed{.key = *code, .poor_since = since};
    session.Put(renamed);
  }
  return absl::OkStatus();
}

}  // namespace

tally::Contributions Contributions(const DivisionChange&) { return {}; }

std::optional<roots::Told> Tell(const DivisionChange& change) {
  if (change.state != ChangeState::kApplying && change.state != ChangeState::kApplied) return std::nullopt;
  const CodeChange told{.key = change.key, .since = Month::Of(change.effective_on), .became = change.became};
  return roots::Told{.topic = CodeChange::kTopic, .key = change.key, .body = roots::ToJson(told)};
}

absl::Status CheckSuccessions(const ChangeRequest& request) {
  if (request.kind == ChangeKind::kUnspecified) {
    return Refuse(kInvalidArgument, "KIND_UNSPECIFIED", "is it a recode, a merger or a split?", "kind");
  }
  if (request.successions.empty()) return Wrong("CODES_MISSING", "name the codes that become others");
  if (request.successions.size() > kMostMappings) {
    return Wrong("TOO_MANY_CODES", absl::StrCat("name at most ", kMostMappings, " codes"));
  }
  std::set<std::string> old_codes, new_codes;
  for (const Succession& succession : request.successions) {
    const auto& [old_code, new_code, new_name] = succession;
    if (!IsCode(old_code) || !IsCode(new_code) || old_code.size() != new_code.size()) {
      return Wrong("CODE_MALFORMED", "give two codes of 6, 9 or 12 digits, both of one level");
    }
    if (old_code == new_code) return Wrong("CODE_UNCHANGED", "leave out what stays as it is");
    if (!IsWithin(old_code, request.division) || !IsWithin(new_code, request.division)) {
      return Wrong("OUTSIDE_DIVISION", absl::StrCat("the change is of ", request.division, ", this lies elsewhere"));
    }
    const bool twice = !new_codes.insert(new_code).second && request.kind == ChangeKind::kRecode;
    if (!old_codes.insert(old_code).second || twice) return Wrong("CODE_TWICE", "name each code once");
  }
  for (const auto& [code, name] : request.founded) {
    if (!IsCode(code)) return Wrong("CODE_MALFORMED", "found a division of 6, 9 or 12 digits");
    if (!IsWithin(code, request.division)) return Wrong("OUTSIDE_DIVISION", absl::StrCat(code, " lies elsewhere"));
    if (!new_codes.insert(code).second) return Wrong("CODE_TWICE", "what is founded is what no code became");
  }
  for (const std::string& code : new_codes) {
    for (const size_t length : {6, 9, 12}) {
      if (code.size() < length || !old_codes.contains(code.substr(0, length))) continue;
      return Wrong("CODE_SUCCEEDED", "no code becomes what another one was, or lies beneath it: use two changes");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Became>> WorkOut(const ChangeRequest& request, CodesIn codes_in) {
  std::map<std::string, Became> plan;
  for (const auto& [old_code, new_code, name] : request.successions) plan[old_code] = {old_code, new_code};
  const std::map<std::string, Became> named = plan;
  // From above, because what is said part by part adds parts.
  for (const size_t length : {6, 9, 12}) {
    const std::map<std::string, Became> level = plan;
    for (const auto& [old_code, became] : level) {
      if (old_code.size() != length) continue;
      ASSIGN_OR_RETURN(const bool alone, IsAlone(level, became, codes_in));
      if (alone) continue;
      if (!named.contains(old_code)) {
        return Wrong("CODES_COLLIDE", absl::StrCat("name what ", old_code, " becomes: ", became.new_code,
                                                   " is or will be another division"));
      }
      if (length == 12) continue;
      ASSIGN_OR_RETURN(const std::vector<std::string> codes, codes_in(old_code));
      for (const std::string& code : codes) {
        if (code.size() > length && ParentOf(code) == old_code) {
          plan.try_emplace(code, Became{code, became.new_code + code.substr(length)});
        }
      }
      plan[old_code].alone = true;
      if (plan.size() > kMostBecame) return Wrong("TOO_MANY_CODES", "use several changes");
    }
  }
  RETURN_IF_ERROR(CheckParents(plan, request.founded, codes_in));
  std::vector<Became> all;
  for (const auto& [old_code, became] : plan) all.push_back(became);
  return all;
}

absl::StatusOr<std::vector<Became>> WorkOut(const DivisionChange& change, CodesIn codes_in) {
  ChangeRequest request;
  request.successions = change.successions;
  request.founded = change.founded;
  return WorkOut(request, codes_in);
}

Household Rehouse(const Household& before, const std::string& village, Date since) {
  Household after = before;
  if (after.residences.back().since >= since) {
    after.residences.back().village = village;
  } else {
    after.residences.push_back({.since = since, .village = village});
  }
  return after;
}

absl::StatusOr<DivisionChange> RecordDivisionChange(roots::Session& session, const ChangeRequest& request,
                                                    const std::vector<Became>& became) {
  RETURN_IF_ERROR(CheckSuccessions(request));
  const std::string key = absl::StrCat(request.division, "/", request.change_no);
  ASSIGN_OR_RETURN(const auto known, session.Find<DivisionChange>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "CHANGE_NO_TAKEN", "another change has this number", "change_no");
  }
  DivisionChange change{.key = key,
                        .division = request.division,
                        .kind = request.kind,
                        .effective_on = request.effective_on,
                        .document = request.document,
                        .successions = request.successions,
                        .founded = request.founded,
                        .became = became};
  session.Put(change);
  return change;
}

absl::StatusOr<DivisionChange> WithdrawDivisionChange(roots::Session& session, const DivisionChange& before) {
  if (before.state == ChangeState::kApplying || before.state == ChangeState::kApplied) {
    return Refuse(kFailedPrecondition, "CHANGE_IN_FORCE", "what is in force is changed by another change", "id");
  }
  DivisionChange after = before;
  after.state = ChangeState::kWithdrawn;
  session.Put(after);
  return after;
}

absl::StatusOr<DivisionChange> ApplyDivisionChange(roots::Session& session, const DivisionChange& before,
                                                   const Act& act) {
  if (before.state == ChangeState::kWithdrawn) {
    return Refuse(kFailedPrecondition, "CHANGE_WITHDRAWN", "record it again, with another number", "id");
  }
  if (act.today < before.effective_on) {
    return Refuse(kFailedPrecondition, "TOO_EARLY",
                  absl::StrCat("the change is in force from ", Format(before.effective_on), " on"), "id");
  }
  DivisionChange after = before;
  after.state = ChangeState::kApplied;
  RETURN_IF_ERROR(RenameVillages(session, before));
  ASSIGN_OR_RETURN(const std::set<std::string> ids, IdsOf<Household>(session, before));
  size_t left = kRehousedAtOnce;
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(id));
    const std::optional<std::string> village =
        household.has_value() ? NewCode(before.became, household->Division()) : std::nullopt;
    if (!village.has_value()) continue;
    if (left == 0) {
      after.state = ChangeState::kApplying;
      break;
    }
    Household moved = Rehouse(*household, *village, before.effective_on);
    RETURN_IF_ERROR(KeepEvent(session, household, moved,
                              {.kind = EventKind::kDivisionChange,
                               .happened_on = before.effective_on,
                               .by = act.by,
                               .reason = before.document}));
    ++after.moved_households;
    --left;
  }
  session.Put(after);
  return after;
}

}  // namespace anju::registry
