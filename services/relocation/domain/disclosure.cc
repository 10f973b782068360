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

absl::Status CheckSpan(const Disclosure& disclosure, int64_t least) {
  const int64_t days = disclosure.hung_until - disclosure.published_on;
  if (days >= least && days <= kLongestHanging) return absl::OkStatus();
  return Refuse(kInvalidArgument, "SPAN_OUT_OF_RANGE",
                absl::StrCat("a disclosure hangs ", least, " to ", kLongestHanging, " days"));
}

// The last day on which the accounts of a month are disclosed in time, by the policy of the day on which they begin to
// be due: a later one changes nothing of them.
Date FinanceBy(Month month, const policy::Books& books) {
  const Date next = month.Plus(1).FirstDay();
  return next + (PolicyOn(books, next)[kFinanceByDay] - 1);
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

policy::Decision JudgeSpan(const Disclosure& disclosure, const policy::Books& books) {
  const policy::InForce policy = PolicyOn(books, disclosure.published_on);
  policy::Decision decision = policy::Judged(kDisclosureSpan, CheckSpan(disclosure, policy[kShortestDisclosure]));
  decision.decided_on = disclosure.published_on;
  decision.inputs = {{"days", absl::StrCat(disclosure.hung_until - disclosure.published_on)}};
  decision.used = policy.Use({kShortestDisclosure});
  return decision;
}

absl::Status CheckDisclosure(const Disclosure& disclosure, const policy::Books& books) {
  if (disclosure.period > Month::Of(disclosure.published_on)) {
    return Refuse(kInvalidArgument, "PERIOD_NOT_BEGUN", "a disclosure tells of a month that has begun", "period");
  }
  RETURN_IF_ERROR(CheckSpan(disclosure, PolicyOn(books, disclosure.published_on)[kShortestDisclosure]));
  if (disclosure.evidence.size() > kMostDisclosed) {
    return Refuse(kInvalidArgument, "EVIDENCE_TOO_MUCH", absl::StrCat("at most ", kMostDisclosed, " files"),
                  "evidence");
  }
  return absl::OkStatus();
}

std::vector<Month> FinanceDue(const Site& site, Date today, const policy::Books& books) {
  std::vector<Month> due;
  if (!site.community || !site.completed_on.has_value()) return due;
  const Month previous = Month::Of(today).Plus(-1);
  const Month last = FinanceBy(previous, books) < today ? previous : previous.Plus(-1);
  for (Month month = std::max(Month::Of(*site.completed_on), last.Plus(1 - kMonthsOfArrears)); month <= last;
       month = month.Plus(1)) {
    due.push_back(month);
  }
  return due;
}

policy::Decision JudgeFinance(Month month, bool disclosed, Date today, const policy::Books& books) {
  const Date by = FinanceBy(month, books);
  const bool in_arrears = by < today && !disclosed;
  return {.rule = std::string(kFinanceDisclosed),
          .subject = Format(month),
          .verdict = in_arrears ? policy::Verdict::kNo : policy::Verdict::kYes,
          .reason = in_arrears ? "FINANCE_IN_ARREARS" : "",
          .decided_on = today,
          .inputs = {{"due_by", Format(by)}, {"disclosed", disclosed ? "yes" : "no"}},
          .used = PolicyOn(books, month.Plus(1).FirstDay()).Use({kFinanceByDay})};
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
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  RETURN_IF_ERROR(CheckDisclosure(after, *books));
  after.decisions = {JudgeSpan(after, *books)};
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
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  Disclosure disclosure{.key = key,
                        .site_key = site.key,
                        .site_location = site.location,
                        .kind = publication.kind,
                        .period = publication.period,
                        .title = publication.title,
                        .evidence = publication.evidence,
                        .published_on = act.on,
                        .hung_until = act.on + publication.span_days};
  RETURN_IF_ERROR(CheckDisclosure(disclosure, *books));
  disclosure.decisions = {JudgeSpan(disclosure, *books)};
  RETURN_IF_ERROR(CheckFinance(session, disclosure));
  RETURN_IF_ERROR(evidence::CheckKept(session, county, disclosure.evidence));
  return disclosure;
}

absl::StatusOr<bool> IsDisclosed(roots::Session& session, const std::string& site_key, Month month) {
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kFinance, FinanceName(site_key, month)));
  return !holder.empty();
}

absl::StatusOr<std::vector<Month>> Arrears(roots::Session& session, const Site& site, Date today) {
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, site.location));
  std::vector<Month> missing;
  for (const Month month : FinanceDue(site, today, *books)) {
    ASSIGN_OR_RETURN(const bool disclosed, IsDisclosed(session, site.key, month));
    if (!disclosed) missing.push_back(month);
  }
  return missing;
}

}  // namespace anju::relocation
