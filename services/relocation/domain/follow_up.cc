#include "services/relocation/domain/follow_up.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/relocation/domain/spans.h"

namespace anju::relocation {
namespace {

using tally::Span;

constexpr absl::string_view kCreditSource = "credit";
constexpr absl::string_view kSalesSource = "sales";

std::string WorkSource(absl::string_view person_no) { return absl::StrCat("work/", person_no); }

std::string PostSource(absl::string_view post_key) { return absl::StrCat("post/", post_key); }

std::vector<Support> SupportsOf(const PublicPost& post, const std::string& source) {
  return {{.source = source, .since = post.created_on, .until = post.closed_on, .work = true}};
}

// Changes the case of a household, if it has one.
template <typename Supports>
absl::Status Follow(roots::Session& session, const std::string& household_id, const std::string& source,
                    Supports supports) {
  ASSIGN_OR_RETURN(const std::optional<Case> before, FindCaseOf(session, household_id));
  if (!before.has_value()) return absl::OkStatus();
  Case after = TakeSupports(*before, source, supports(*before));
  session.Put(after);
  return absl::OkStatus();
}

template <typename Fact, typename Supports>
absl::Status GatherFact(roots::Session& session, const std::string& key, const std::string& source, Supports supports,
                        Case& relocation) {
  ASSIGN_OR_RETURN(const std::optional<Fact> fact, session.FindFact<Fact>(key));
  if (fact.has_value()) relocation = TakeSupports(relocation, source, supports(*fact));
  return absl::OkStatus();
}

}  // namespace

Coverage CoverageOf(const Case& relocation) {
  Coverage coverage;
  if (!relocation.steps.moved_in_on.has_value()) return coverage;
  const feed::HouseholdFact& household = relocation.household;
  const Span moved{.from = *relocation.steps.moved_in_on, .until = household.ended_on};
  if (moved.until.has_value() && *moved.until <= moved.from) return coverage;
  coverage.moved = {moved};
  std::vector<Span> covered, in_work, with_labour;
  for (const Measure& measure : relocation.measures) {
    covered.push_back({.from = measure.since, .until = measure.until});
  }
  for (const Support& support : relocation.supports) {
    const Span days{.from = support.since, .until = support.until};
    covered.push_back(days);
    if (support.work) in_work.push_back(days);
  }
  for (const feed::PersonFact& person : household.persons) {
    if (feed::CanWork(person.labour)) with_labour.push_back({.from = person.joined_on, .until = person.left_on});
  }
  coverage.covered = Intersect(coverage.moved, tally::Union(std::move(covered)));
  coverage.with_labour = Intersect(coverage.moved, tally::Union(std::move(with_labour)));
  coverage.in_work = Intersect(coverage.with_labour, tally::Union(std::move(in_work)));
  return coverage;
}

std::optional<Date> WithoutMeasureSince(const Case& relocation) {
  const Coverage coverage = CoverageOf(relocation);
  if (coverage.moved.empty() || coverage.moved.back().until.has_value()) return std::nullopt;
  return EndOf(coverage.covered, coverage.moved.front().from);
}

std::optional<Date> NobodyInWorkSince(const Case& relocation) {
  const Coverage coverage = CoverageOf(relocation);
  if (coverage.with_labour.empty() || coverage.with_labour.back().until.has_value()) return std::nullopt;
  return EndOf(coverage.in_work, coverage.with_labour.back().from);
}

Case TakeSupports(const Case& before, const std::string& source, std::vector<Support> supports) {
  Case after = before;
  std::erase_if(after.supports, [&](const Support& support) { return support.source == source; });
  after.supports.insert(after.supports.end(), supports.begin(), supports.end());
  return after;
}

std::vector<Support> SupportsOf(const feed::WorkFact& fact, const std::string& source) {
  std::vector<Support> supports;
  for (const feed::JobFact& job : fact.jobs) {
    supports.push_back({.source = source, .since = job.since, .until = job.until, .work = true});
  }
  return supports;
}

std::vector<Support> SupportsOf(const feed::CreditFact& fact, const std::string& source) {
  std::vector<Support> supports;
  for (const feed::LoanFact& loan : fact.loans) {
    supports.push_back({.source = source, .since = loan.disbursed_on, .until = loan.matures_on});
  }
  return supports;
}

std::vector<Support> SupportsOf(const feed::ProducerFact& fact, const std::string& source, const Case& before) {
  std::vector<Span> days;
  for (const Support& known : before.supports) {
    if (known.source == source) days.push_back({.from = known.since, .until = known.until});
  }
  if (fact.sold_on.has_value()) days.push_back({.from = *fact.sold_on, .until = *fact.sold_on + kDaysOfSale});
  std::vector<Support> supports;
  for (const Span& span : tally::Union(std::move(days))) {
    supports.push_back({.source = source, .since = span.from, .until = span.until});
  }
  return supports;
}

absl::Status FollowWork(roots::Session& session, const feed::WorkFact& fact) {
  const std::string source = WorkSource(fact.person_no);
  return Follow(session, fact.household_id, source, [&](const Case&) { return SupportsOf(fact, source); });
}

absl::Status FollowCredit(roots::Session& session, const feed::CreditFact& fact) {
  const std::string source(kCreditSource);
  return Follow(session, fact.household_id, source, [&](const Case&) { return SupportsOf(fact, source); });
}

absl::Status FollowProducer(roots::Session& session, const feed::ProducerFact& fact) {
  const std::string source(kSalesSource);
  return Follow(session, fact.household_id, source,
                [&](const Case& before) { return SupportsOf(fact, source, before); });
}

absl::Status FollowPost(roots::Session& session, const std::string& household_id, const std::string& post_key,
                        const PublicPost& post) {
  const std::string source = PostSource(post_key);
  return Follow(session, household_id, source, [&](const Case&) {
    return post.household_id == household_id ? SupportsOf(post, source) : std::vector<Support>();
  });
}

absl::Status Gather(roots::Session& session, Case& relocation) {
  const std::string household_id = relocation.household_id, household_key = relocation.household.key;
  for (const feed::PersonFact& person : std::vector<feed::PersonFact>(relocation.household.persons)) {
    const std::string source = WorkSource(person.person_no);
    ASSIGN_OR_RETURN(const std::optional<HeldPost> held, FindPostOf(session, household_id, person.person_no));
    if (held.has_value()) {
      const std::string post = PostSource(held->key);
      relocation = TakeSupports(relocation, post, SupportsOf(held->post, post));
    }
    RETURN_IF_ERROR(GatherFact<feed::WorkFact>(
        session, absl::StrCat(household_key, "#", person.person_no), source,
        [&](const feed::WorkFact& fact) { return SupportsOf(fact, source); }, relocation));
  }
  const std::string credit(kCreditSource), sales(kSalesSource);
  RETURN_IF_ERROR(GatherFact<feed::CreditFact>(
      session, household_id, credit, [&](const feed::CreditFact& fact) { return SupportsOf(fact, credit); },
      relocation));
  return GatherFact<feed::ProducerFact>(
      session, household_id, sales, [&](const feed::ProducerFact& fact) { return SupportsOf(fact, sales, relocation); },
      relocation);
}

}  // namespace anju::relocation
