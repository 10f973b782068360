#pragma once

#include <string>
#include <vector>

#include "services/relocation/domain/case.h"

// Follow-up 后续扶持: every household that has moved has at least one measure, and every one with labour at least one
// member in work. Nothing of it is typed in twice: measures and public posts are of this service, work, loans and sales
// are read from the others by their feeds, and kept on the case as supports.
namespace anju::relocation {

// The queues of households that have moved and have nothing, or nobody in work, by the day since which, or, of what
// ends by itself, from which on.
inline constexpr absl::string_view kWithoutMeasure = "without_measure";
inline constexpr absl::string_view kNobodyInWork = "nobody_in_work";
// A household that sells has an income of its own for so long after each sale.
inline constexpr int32_t kDaysOfSale = 365;

// What of the days after the move is covered, as sets of days.
struct Coverage {
  // The household has moved, and has not ended.
  std::vector<tally::Span> moved;
  // And has a measure, a post, work, a loan for its production, or sales.
  std::vector<tally::Span> covered;
  // And has a member who can work.
  std::vector<tally::Span> with_labour;
  // And of those, a member in work.
  std::vector<tally::Span> in_work;
};
Coverage CoverageOf(const Case& relocation);

// Since when a household has none, or from which day on it will have none; nothing when it has and that does not end.
std::optional<Date> WithoutMeasureSince(const Case& relocation);
// The same of a member in work, of a household that has labour.
std::optional<Date> NobodyInWorkSince(const Case& relocation);

// What a case becomes when one source tells anew what it gives the household. Pure.
Case TakeSupports(const Case& before, const std::string& source, std::vector<Support> supports);

// What the facts of the others give.
std::vector<Support> SupportsOf(const feed::WorkFact& fact, const std::string& source);
std::vector<Support> SupportsOf(const feed::CreditFact& fact, const std::string& source);
// The days of sale that are known already go on.
std::vector<Support> SupportsOf(const feed::ProducerFact& fact, const std::string& source, const Case& before);

// The others tell anew.
absl::Status FollowWork(roots::Session& session, const feed::WorkFact& fact);
absl::Status FollowCredit(roots::Session& session, const feed::CreditFact& fact);
absl::Status FollowProducer(roots::Session& session, const feed::ProducerFact& fact);
// A public post was recorded, of this household or no longer of it.
absl::Status FollowPost(roots::Session& session, const std::string& household_id, const std::string& post_key,
                        const PublicPost& post);

// Gathers what was told before there was this case, or this member.
absl::Status Gather(roots::Session& session, Case& relocation);

}  // namespace anju::relocation
