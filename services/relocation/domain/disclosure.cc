#include "services/relocation/domain/disclosure.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/community_policy.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kFinance = "finance_disclosed";
constexpr absl::string_view kSource = "anju";

std::string FinanceName(const std::string& site_key, Month period) {
  return absl::StrCat(site_key, "/", Format(period));
}

absl::Status CheckFinance(roots::Session& session, const Disclosure& disclosure) {
  if (disclosure.kind != DisclosureKind::kFinance) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string holder,
                   session.HolderOf(kFinance, FinanceName(disclosure.site_key, disclosure.period)));
  if (holder.empty() || holder == disclosure.id) return absl::OkStatus();
  return Refuse(kAlreadyExists, "FINANCE_DISCLOSED", "the accounts of this month are disclosed under another number",
                "period");
}

}  // namespace

std::vector<roots::Name> Names(const Disclosure& disclosure) {
  if (disclosure.kind != DisclosureKind::kFinance) return {};
  return {{.kind = std::string(kFinance), .name = FinanceName(disclosure.site_key, disclosure.period)}};
}

std::vector<roots::Name> Links(const Disclosure& disclosure) {
  return {{.kind = std::string(kDisclosuresOfSite), .name = disclosure.site_key}};
}

absl::Status CheckDisclosure(const Disclosure& disclosure) {
  if (disclosure.period > Month::Of(disclosure.published_on)) {
    return Refuse(kInvalidArgument, "PERIOD_NOT_BEGUN", "a disclosure tells of a month that has begun", "period");
  }
  const int64_t days = disclosure.hung_until - disclosure.published_on;
  const int32_t least = CommunityPolicyOn(disclosure.published_on).shortest_disclosure_days;
  if (days < least || days > kLongestHanging) {
    return Refuse(kInvalidArgument, "SPAN_OUT_OF_RANGE",
                  absl::StrCat("a disclosure hangs ", least, " to ", kLongestHanging, " days"));
  }
  if (disclosure.evidence.size() > kMostDisclosed) {
    return Refuse(kInvalidArgument, "EVIDENCE_TOO_MUCH", absl::StrCat("at most ", kMostDisclosed, " files"),
                  "evidence");
  }
  return absl::OkStatus();
}

std::vector<Month> FinanceDue(const Site& site, Date today) {
  std::vector<Month> due;
  if (!site.community || !site.completed_on.has_value()) return due;
  const int32_t by = CommunityPolicyOn(today).finance_disclosed_by_day;
  const Month last = Month::Of(today).Plus(today.day() > by ? -1 : -2);
  for (Month month = std::max(Month::Of(*site.completed_on), last.Plus(1 - kMonthsOfArrears)); month <= last;
       month = month.Plus(1)) {
    due.push_back(month);
  }
  return due;
}

absl::StatusOr<Outcome> ImportDisclosure(roots::Session& session, const intake::Batch& batch,
                                         const DisclosureRecord& record) {
  ASSIGN_OR_RETURN(const Site site, FindSite(session, batch.Key(record.site_no), "site_no"));
  const std::string key = batch.Key(record.disclosure_no);
  ASSIGN_OR_RETURN(const std::optional<Disclosure> before, session.Find<Disclosure>(key));
  if (before.has_value() && before->site_key != site.key) {
    return Refuse(kFailedPrecondition, "DISCLOSURE_OF_OTHER_SITE",
                  "a disclosure with this number is of another site: numbers are unique within the sending system",
                  "disclosure_no");
  }
  Disclosure after = before.value_or(Disclosure{.key = key});
  after.site_key = site.key;
  after.site_location = site.location;
  after.kind = record.kind;
  after.period = record.period;
  after.title = record.title;
  after.published_on = record.published_on;
  after.hung_until = record.hung_until;
  RETURN_IF_ERROR(CheckDisclosure(after));
  RETURN_IF_ERROR(CheckFinance(session, after));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Disclosure> PublishDisclosure(roots::Session& session, const Site& site, const Publication& publication,
                                             const Act& act) {
  const std::string county(CountyOf(site.location));
  const std::string key =
      intake::Batch{.division = county, .source = std::string(kSource)}.Key(publication.disclosure_no);
  ASSIGN_OR_RETURN(const std::optional<Disclosure> known, session.Find<Disclosure>(key));
  if (known.has_value()) {
    return Refuse(kAlreadyExists, "DISCLOSURE_NO_TAKEN", "another disclosure has this number: choose one of its own",
                  "disclosure_no");
  }
  const Disclosure disclosure{.key = key,
                              .site_key = site.key,
                              .site_location = site.location,
                              .kind = publication.kind,
                              .period = publication.period,
                              .title = publication.title,
                              .evidence = publication.evidence,
                              .published_on = act.on,
                              .hung_until = act.on + publication.span_days};
  RETURN_IF_ERROR(CheckDisclosure(disclosure));
  RETURN_IF_ERROR(CheckFinance(session, disclosure));
  RETURN_IF_ERROR(evidence::CheckKept(session, county, disclosure.evidence));
  return disclosure;
}

absl::StatusOr<std::vector<Month>> Arrears(roots::Session& session, const Site& site, Date today) {
  std::vector<Month> missing;
  for (const Month month : FinanceDue(site, today)) {
    ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kFinance, FinanceName(site.key, month)));
    if (holder.empty()) missing.push_back(month);
  }
  return missing;
}

}  // namespace anju::relocation
