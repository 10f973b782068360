#include "services/registry/domain/division_change.h"

#include <algorithm>
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

// A poor village ends under its old code and begins under the new one.
absl::Status RenameVillages(roots::Session& session, const DivisionChange& change, absl::string_view old_code) {
  ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<Village>(old_code));
  for (const std::string& id : ids) {
    ASSIGN_OR_RETURN(std::optional<Village> village, session.Get<Village>(id));
    if (!village.has_value() || village->poor_until.has_value()) continue;
    const std::optional<std::string> code = NewCode(change, village->key);
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
    if (!IsDivisionCode(old_code) || !IsDivisionCode(new_code) || old_code.size() < 6 ||
        old_code.size() != new_code.size()) {
      return Wrong("CODE_MALFORMED", "give two codes of 6, 9 or 12 digits, both of one level");
    }
    if (old_code == new_code) return Wrong("CODE_UNCHANGED", "leave out what stays as it is");
    if (!IsWithin(old_code, request.division) || !IsWithin(new_code, request.division)) {
      return Wrong("OUTSIDE_DIVISION", absl::StrCat("the change is of ", request.division, ", this lies elsewhere"));
    }
    const bool twice = !new_codes.insert(new_code).second && request.kind == ChangeKind::kRecode;
    if (!old_codes.insert(old_code).second || twice) return Wrong("CODE_TWICE", "name each code once");
  }
  for (const std::string& code : new_codes) {
    for (const size_t length : {6, 9, 12}) {
      if (code.size() < length || !old_codes.contains(code.substr(0, length))) continue;
      return Wrong("CODE_SUCCEEDED", "no code becomes what another one was, or lies beneath it: use two changes");
    }
  }
  return absl::OkStatus();
}

std::optional<std::string> NewCode(const DivisionChange& change, absl::string_view code) {
  const Succession* longest = nullptr;
  for (const Succession& succession : change.successions) {
    if (!IsWithin(code, succession.old_code)) continue;
    if (longest == nullptr || succession.old_code.size() > longest->old_code.size()) longest = &succession;
  }
  if (longest == nullptr) return std::nullopt;
  return absl::StrCat(longest->new_code, code.substr(longest->old_code.size()));
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

absl::StatusOr<DivisionChange> RecordDivisionChange(roots::Session& session, const ChangeRequest& request) {
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
                        .successions = request.successions};
  session.Put(change);
  return change;
}

absl::StatusOr<DivisionChange> ApplyDivisionChange(roots::Session& session, const DivisionChange& before,
                                                   const Act& act) {
  if (act.today < before.effective_on) {
    return Refuse(kFailedPrecondition, "TOO_EARLY",
                  absl::StrCat("the change is in force from ", Format(before.effective_on), " on"), "id");
  }
  DivisionChange after = before;
  after.state = ChangeState::kApplied;
  size_t left = kRehousedAtOnce;
  for (const Succession& succession : before.successions) {
    RETURN_IF_ERROR(RenameVillages(session, before, succession.old_code));
    ASSIGN_OR_RETURN(const std::vector<std::string> ids, session.IdsIn<Household>(succession.old_code));
    for (const std::string& id : ids) {
      if (left == 0) {
        after.state = ChangeState::kRecorded;
        break;
      }
      ASSIGN_OR_RETURN(const std::optional<Household> household, session.Get<Household>(id));
      // Two successions may say something of one household; it has been moved by the first then.
      const std::optional<std::string> village =
          household.has_value() ? NewCode(before, household->Division()) : std::nullopt;
      if (!village.has_value()) continue;
      Household moved = Rehouse(*household, *village, before.effective_on);
      RETURN_IF_ERROR(KeepEvent(session, household, moved,
                                {.kind = EventKind::kDivisionChange,
                                 .happened_on = before.effective_on,
                                 .by = act.by,
                                 .reason = before.document}));
      ++after.moved_households;
      --left;
    }
  }
  session.Put(after);
  return after;
}

}  // namespace anju::registry
