#include "services/platform/approval/flow.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/intake/batch.h"
#include "services/platform/intake/places.h"

namespace anju::approval {
namespace {

using enum absl::StatusCode;
using notice::DayKind;

constexpr absl::string_view kDeciders[] = {"officer", "approver", "bank"};

absl::Status Malformed(absl::string_view reason, absl::string_view sentence, absl::string_view field) {
  return Refuse(kInvalidArgument, reason, sentence, field);
}

bool IsCode(absl::string_view code) {
  return !code.empty() && code.size() <= kLongestCode && std::all_of(code.begin(), code.end(), [](unsigned char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
}

absl::Status CheckDeciders(const Step& step, const Step* last) {
  if (step.level == Level::kUnspecified || (last != nullptr && step.level < last->level)) {
    return Malformed("LEVELS_REVERSED", "each step is at the level of the one before it or above", "level");
  }
  if (step.roles.empty()) return Malformed("ROLE_MISSING", "say which roles decide the step", "roles");
  for (const std::string& role : step.roles) {
    if (std::find(std::begin(kDeciders), std::end(kDeciders), role) != std::end(kDeciders)) continue;
    return Malformed("ROLE_UNKNOWN", "the roles that decide are officer, approver and bank", "roles");
  }
  return absl::OkStatus();
}

absl::Status CheckAmount(const Step& step, const Step* last) {
  if (step.from_fen < 0) return Malformed("AMOUNT_NEGATIVE", "an amount is at least 0", "from_fen");
  if (step.from_fen < (last == nullptr ? 0 : last->from_fen) || (last == nullptr && step.from_fen > 0)) {
    return Malformed("AMOUNTS_REVERSED",
                     "the first step is needed from 0 on, and each from no less than the one before it", "from_fen");
  }
  return absl::OkStatus();
}

absl::Status CheckDeadline(const Step& step) {
  if (step.days < 0 || step.days > notice::kLongestSpan) {
    return Malformed("DAYS_OUT_OF_RANGE",
                     absl::StrCat("a step takes up to ", notice::kLongestSpan, " days; 0 is no deadline"), "days");
  }
  if (step.days > 0 && step.day_kind == DayKind::kUnspecified) {
    return Malformed("DAY_KIND_MISSING", "say whether the days are working or calendar days", "day_kind");
  }
  if (step.escalates_to == Level::kUnspecified) return absl::OkStatus();
  if (step.days == 0) {
    return Malformed("ESCALATION_WITHOUT_DEADLINE", "a step escalates after a deadline: give its days", "days");
  }
  if (step.escalates_to > step.level) return absl::OkStatus();
  return Malformed("ESCALATION_NOT_ABOVE", "a step escalates to a level above its own", "escalates_to");
}

}  // namespace

Level LevelOf(absl::string_view scope) {
  switch (scope.size()) {
    case 9:
      return Level::kTownship;
    case 6:
      return Level::kCounty;
    case 4:
      return Level::kPrefecture;
    case 2:
      return Level::kProvince;
    default:
      return Level::kUnspecified;
  }
}

Flow OneApprover(const std::string& name) {
  return {.name = name,
          .versions = {{.version = 1,
                        .since = Date(2014, 1, 1),
                        .steps = {{.code = "approve", .level = Level::kCounty, .roles = {"approver"}}}}}};
}

tally::Contributions Contributions(const Flow&) { return {}; }

const Version* VersionOn(const Flow& flow, Date day) {
  const auto last = std::find_if(flow.versions.rbegin(), flow.versions.rend(),
                                 [&](const Version& version) { return version.since <= day; });
  return last == flow.versions.rend() ? nullptr : &*last;
}

absl::Status CheckSteps(const std::vector<Step>& steps) {
  if (steps.empty()) return Malformed("FLOW_EMPTY", "a flow has one step at least", "steps");
  if (steps.size() > kMostSteps) {
    return Malformed("FLOW_TOO_LONG", absl::StrCat("a flow has at most ", kMostSteps, " steps"), "steps");
  }
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    const auto is_earlier = [&](const std::string& code) {
      return std::any_of(steps.begin(), step, [&](const Step& earlier) { return earlier.code == code; });
    };
    const Step* last = step == steps.begin() ? nullptr : &*(step - 1);
    if (!IsCode(step->code)) {
      return Malformed("STEP_CODE_MALFORMED", "name each step by 1 to 32 of a-z, 0-9 and _", "code");
    }
    if (is_earlier(step->code)) return Malformed("STEP_REPEATED", "each step has a code of its own", "code");
    RETURN_IF_ERROR(CheckDeciders(*step, last));
    RETURN_IF_ERROR(CheckAmount(*step, last));
    RETURN_IF_ERROR(CheckDeadline(*step));
    if (!std::all_of(step->incompatible_with.begin(), step->incompatible_with.end(), is_earlier)) {
      return Malformed("STEP_NOT_EARLIER", "a step is incompatible with earlier steps of its flow",
                       "incompatible_with");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Flow> Define(const std::optional<Flow>& before, const Definition& definition, const notice::Act& act) {
  if (definition.division.size() > kCountyDigits) {
    return Malformed("DIVISION_TOO_SMALL", "a flow is that of a county, a prefecture or a province", "division");
  }
  RETURN_IF_ERROR(CheckSteps(definition.steps));
  if (definition.since < act.on) {
    return Refuse(kFailedPrecondition, "SINCE_PAST",
                  absl::StrCat("a version begins today, ", Format(act.on), ", or later"), "since");
  }
  Flow after = before.value_or(Flow{.key = absl::StrCat(definition.division, "/", definition.name),
                                    .division = definition.division,
                                    .name = definition.name});
  if (!after.versions.empty() && definition.since < after.versions.back().since) {
    return Refuse(kFailedPrecondition, "SINCE_REVERSED",
                  absl::StrCat("the last version begins on ", Format(after.versions.back().since)), "since");
  }
  if (after.versions.size() >= kMostVersions) {
    return Refuse(kFailedPrecondition, "VERSIONS_TOO_MANY",
                  absl::StrCat("at most ", kMostVersions, " versions are kept of a flow"));
  }
  after.versions.push_back({.version = static_cast<int32_t>(after.versions.size()) + 1,
                            .since = definition.since,
                            .defined_by = act.by,
                            .steps = definition.steps});
  return after;
}

absl::StatusOr<Flow> DefineFlow(roots::Session& session, const Definition& definition, const notice::Act& act) {
  Definition resolved = definition;
  ASSIGN_OR_RETURN(resolved.division, intake::ResolveDivision(session, definition.division, "division"));
  ASSIGN_OR_RETURN(const std::optional<Flow> before,
                   session.Find<Flow>(absl::StrCat(resolved.division, "/", resolved.name)));
  ASSIGN_OR_RETURN(Flow after, Define(before, resolved, act));
  session.Put(after);
  return after;
}

absl::StatusOr<Flow> FlowFor(roots::Session& session, const Flow& national, absl::string_view division, Date day) {
  ASSIGN_OR_RETURN(const std::vector<std::string>* codes, intake::AuthoritiesOf<Flow>(session, division));
  for (const std::string& code : *codes) {
    ASSIGN_OR_RETURN(std::optional<Flow> own, session.Find<Flow>(absl::StrCat(code, "/", national.name)));
    if (own.has_value() && VersionOn(*own, day) != nullptr) return *std::move(own);
  }
  return national;
}

}  // namespace anju::approval
