#include "services/relocation/domain/site.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/community.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/follow_up.h"
#include "services/relocation/domain/quality_issue.h"
#include "services/relocation/domain/unit.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kPost = "public_post";
constexpr absl::string_view kHolder = "public_post_holder";

bool IsHeld(const PublicPost& post) { return !post.household_id.empty() && !post.closed_on.has_value(); }

std::string HolderName(const PublicPost& post) { return absl::StrCat(post.household_id, "/", post.person_no); }

std::string PostKey(const Site& site, const PublicPost& post) {
  return absl::StrCat(site.key.substr(0, site.key.rfind('/') + 1), post.post_no);
}

// The holder's household; empty when the row names no holder.
absl::StatusOr<std::string> FindHolder(roots::Session& session, const intake::Batch& batch,
                                       const PublicPostRecord& record) {
  if (record.household_no.empty() && record.person_no.empty()) return std::string();
  ASSIGN_OR_RETURN(const std::optional<feed::HouseholdFact> household,
                   session.FindFact<feed::HouseholdFact>(batch.HouseholdKey(record.household_no)));
  if (household.has_value() && household->FindPerson(record.person_no) != nullptr) return household->id;
  return Refuse(kNotFound, "PERSON_NOT_FOUND",
                "the registry has no such person in this household: import the persons first, or leave both empty",
                "person_no");
}

}  // namespace

std::vector<roots::Name> Names(const Site& site) {
  std::vector<roots::Name> names;
  for (const PublicPost& post : site.posts) {
    names.push_back({.kind = std::string(kPost), .name = PostKey(site, post)});
    if (IsHeld(post)) names.push_back({.kind = std::string(kHolder), .name = HolderName(post)});
  }
  return names;
}

std::vector<roots::Name> Links(const Site& site) {
  std::vector<roots::Name> links;
  for (const PublicPost& post : site.posts) {
    if (!post.household_id.empty()) {
      links.push_back({.kind = std::string(kPostsOfHousehold), .name = post.household_id});
    }
  }
  return links;
}

absl::StatusOr<Site> Record(const std::optional<Site>& before, const SiteRecord& record, const std::string& key,
                            const std::string& location) {
  RETURN_IF_ERROR(intake::InOrder(record.started_on, record.completed_on, "completed_on"));
  if (record.planned_units < 0) {
    return Refuse(kInvalidArgument, "PLANNED_UNITS_NEGATIVE", "give how many units are planned, or leave it empty",
                  "planned_units");
  }
  Site after = before.value_or(Site{.key = key});
  after.name = record.name;
  after.tier = record.tier;
  after.location = location;
  after.started_on = record.started_on;
  after.completed_on = record.completed_on;
  after.planned_units = record.planned_units;
  after.community = record.community;
  return after;
}

absl::StatusOr<Site> RecordPost(const Site& before, PublicPost post, bool held_elsewhere, Outcome* outcome) {
  const bool held_here = std::any_of(before.posts.begin(), before.posts.end(), [&](const PublicPost& other) {
    return other.post_no != post.post_no && IsHeld(other) && HolderName(other) == HolderName(post);
  });
  if (IsHeld(post) && (held_elsewhere || held_here)) {
    return Refuse(kAlreadyExists, "PERSON_HOLDS_POST",
                  "this person holds another post: record first when that one was closed or who holds it now",
                  "person_no");
  }
  if (post.monthly_pay_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a post pays at least 1 fen a month", "monthly_pay_fen");
  }
  RETURN_IF_ERROR(intake::InOrder(post.created_on, post.closed_on, "closed_on"));
  Site after = before;
  *outcome = roots::Keep(after.posts, std::move(post), &PublicPost::post_no);
  return after;
}

absl::StatusOr<std::optional<HeldPost>> FindPostOf(roots::Session& session, const std::string& household_id,
                                                   const std::string& person_no) {
  const std::string holder = HolderName({.household_id = household_id, .person_no = person_no});
  ASSIGN_OR_RETURN(const std::optional<Site> site, session.FindNamed<Site>(kHolder, holder));
  if (!site.has_value()) return std::nullopt;
  const auto held = std::find_if(site->posts.begin(), site->posts.end(),
                                 [&](const PublicPost& post) { return IsHeld(post) && HolderName(post) == holder; });
  ANJU_CHECK(held != site->posts.end());
  return HeldPost{.key = PostKey(*site, *held), .post = *held};
}

absl::StatusOr<Site> FindSite(roots::Session& session, const std::string& name) {
  // An id has no slash, and a key has.
  const bool is_key = name.find('/') != std::string::npos;
  ASSIGN_OR_RETURN(std::optional<Site> site, is_key ? session.Find<Site>(name) : session.Get<Site>(name));
  if (site.has_value()) return *std::move(site);
  return Refuse(kNotFound, "SITE_NOT_FOUND", "name a site that was imported before", "site_no");
}

absl::StatusOr<Outcome> ImportSite(roots::Session& session, const intake::Batch& batch, const SiteRecord& record) {
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  const std::string key = batch.Key(record.site_no);
  ASSIGN_OR_RETURN(const std::optional<Site> before, session.Find<Site>(key));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, before->location, location));
  }
  ASSIGN_OR_RETURN(Site after, Record(before, record, key, location));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  if (!before.has_value()) return Outcome::kAdded;
  if (before->tier != after.tier || before->location != after.location) {
    const auto follow = [&](auto& root) {
      root.tier = after.tier;
      root.site_location = after.location;
    };
    RETURN_IF_ERROR(session.AdjustLinked<Unit>(kUnitsOfSite, key, follow));
    RETURN_IF_ERROR(session.AdjustLinked<Case>(kCasesOfSite, key, follow));
    const auto relocate = [&](auto& root) { root.site_location = after.location; };
    RETURN_IF_ERROR(session.AdjustLinked<Draw>(kDrawsOfSite, key, relocate));
    RETURN_IF_ERROR(session.AdjustLinked<Building>(kBuildingsOfSite, key, relocate));
    RETURN_IF_ERROR(session.AdjustLinked<QualityIssue>(kIssuesOfSite, key, relocate));
    ASSIGN_OR_RETURN(std::optional<SiteWorks> works, session.Find<SiteWorks>(key));
    if (works.has_value()) {
      relocate(*works);
      session.Put(*works);
    }
    RETURN_IF_ERROR(MoveCommunity(session, key, after.location));
  }
  return Outcome::kUpdated;
}

absl::StatusOr<Outcome> ImportPublicPost(roots::Session& session, const intake::Batch& batch,
                                         const PublicPostRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<Site> before, session.Find<Site>(batch.Key(record.site_no)));
  if (!before.has_value()) {
    return Refuse(kNotFound, "SITE_NOT_FOUND", "import the site before its public posts", "site_no");
  }
  ASSIGN_OR_RETURN(const std::string household_id, FindHolder(session, batch, record));
  PublicPost post{.post_no = record.post_no,
                  .title = record.title,
                  .created_on = record.created_on,
                  .closed_on = record.closed_on,
                  .household_id = household_id,
                  .person_no = record.person_no,
                  .monthly_pay_fen = record.monthly_pay_fen};
  // The site at which the post has been until now, and whose it was.
  ASSIGN_OR_RETURN(std::optional<Site> old, session.FindNamed<Site>(kPost, batch.Key(record.post_no)));
  std::string held_before;
  if (old.has_value()) {
    const PublicPost* known = roots::Lookup(old->posts, &PublicPost::post_no, record.post_no);
    if (known != nullptr) held_before = known->household_id;
  }
  if (old.has_value() && old->id == before->id) old.reset();
  ASSIGN_OR_RETURN(const std::string holder, session.HolderOf(kHolder, HolderName(post)));
  bool held_elsewhere = !holder.empty() && holder != before->id;
  if (held_elsewhere && old.has_value() && holder == old->id) {
    const PublicPost* known = roots::Lookup(old->posts, &PublicPost::post_no, record.post_no);
    held_elsewhere = known == nullptr || !IsHeld(*known) || HolderName(*known) != HolderName(post);
  }
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Site after, RecordPost(*before, std::move(post), held_elsewhere, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  if (old.has_value()) {
    std::erase_if(old->posts, [&](const PublicPost& known) { return known.post_no == record.post_no; });
    session.Put(*old);
    outcome = Outcome::kUpdated;
  }
  session.Put(after);
  // Who had it until now, and who has it.
  for (const std::string& household : std::set<std::string>{held_before, household_id}) {
    if (household.empty()) continue;
    const PublicPost* kept = roots::Lookup(after.posts, &PublicPost::post_no, record.post_no);
    RETURN_IF_ERROR(FollowPost(session, household, batch.Key(record.post_no), *kept));
  }
  return outcome;
}

}  // namespace anju::relocation
