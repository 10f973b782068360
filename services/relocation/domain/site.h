#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::relocation {

enum class Tier : int32_t { kUnspecified = 0, kCounty = 1, kTownship = 2, kCentralVillage = 3 };

// A job in the public interest 公益性岗位, made for those who live at a site.
struct PublicPost {
  std::string post_no;
  std::string title;
  Date created_on;
  std::optional<Date> closed_on;
  // Who holds it; both empty when nobody does.
  std::string household_id;
  std::string person_no;
  int64_t monthly_pay_fen = 0;

  void Fields(Archive& archive) {
    archive("post_no", post_no);
    archive("title", title);
    archive("created_on", created_on);
    archive("closed_on", closed_on);
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("monthly_pay_fen", monthly_pay_fen);
  }
  friend bool operator==(const PublicPost&, const PublicPost&) = default;
};

// Where households move to 安置点, with the public posts there.
struct Site {
  static constexpr absl::string_view kKind = "site";
  std::string id;
  // `<division>/<source>/<site_no>`.
  std::string key;
  std::string name;
  Tier tier = Tier::kUnspecified;
  // The township or village it lies in.
  std::string location;
  Date started_on;
  std::optional<Date> completed_on;
  int32_t planned_units = 0;
  bool community = false;
  std::vector<PublicPost> posts;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("name", name);
    archive("tier", tier);
    archive("location", location);
    archive("started_on", started_on);
    archive("completed_on", completed_on);
    archive("planned_units", planned_units);
    archive("community", community);
    archive("posts", posts);
  }
  std::string Division() const { return location; }
  friend bool operator==(const Site&, const Site&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Site& site);
// A post is at one site, and a person holds one open post.
std::vector<roots::Name> Names(const Site& site);
// The households with posts there share this link, under their ids.
inline constexpr absl::string_view kPostsOfHousehold = "posts_of_household";
std::vector<roots::Name> Links(const Site& site);

// A row of anju.relocation.v1.SiteRecord.
struct SiteRecord {
  std::string site_no;
  std::string name;
  Tier tier = Tier::kUnspecified;
  std::string location;
  Date started_on;
  std::optional<Date> completed_on;
  int32_t planned_units = 0;
  bool community = false;

  void Fields(Archive& archive) {
    archive("site_no", site_no);
    archive("name", name);
    archive("tier", tier);
    archive("location", location);
    archive("started_on", started_on);
    archive("completed_on", completed_on);
    archive("planned_units", planned_units);
    archive("community", community);
  }
};

// A row of anju.relocation.v1.PublicPostRecord.
struct PublicPostRecord {
  std::string post_no;
  std::string site_no;
  std::string title;
  Date created_on;
  std::optional<Date> closed_on;
  std::string household_no;
  std::string person_no;
  int64_t monthly_pay_fen = 0;

  void Fields(Archive& archive) {
    archive("post_no", post_no);
    archive("site_no", site_no);
    archive("title", title);
    archive("created_on", created_on);
    archive("closed_on", closed_on);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("monthly_pay_fen", monthly_pay_fen);
  }
};

// What a site becomes when the county records it so; its posts stay. Pure. Refuses, in this order, with DATES_REVERSED
// and PLANNED_UNITS_NEGATIVE.
absl::StatusOr<Site> Record(const std::optional<Site>& before, const SiteRecord& record, const std::string& key,
                            const std::string& location);

// What a site becomes when a post there is recorded so. `held_elsewhere`: the holder has an open post at another site.
// Pure. Refuses, in this order, with PERSON_HOLDS_POST, AMOUNT_NOT_POSITIVE and DATES_REVERSED.
absl::StatusOr<Site> RecordPost(const Site& before, PublicPost post, bool held_elsewhere, roots::Outcome* outcome);

// The open post that a person holds, with its key `<division>/<source>/<post_no>`.
struct HeldPost {
  std::string key;
  PublicPost post;
};
absl::StatusOr<std::optional<HeldPost>> FindPostOf(roots::Session& session, const std::string& household_id,
                                                   const std::string& person_no);

// `name`: an id or a key. Refuses with SITE_NOT_FOUND.
absl::StatusOr<Site> FindSite(roots::Session& session, const std::string& name);

// Use cases. A site whose tier or location is corrected takes its units, cases, draws, buildings, works and issues
// along, and a post whose site is corrected leaves the old one.
absl::StatusOr<roots::Outcome> ImportSite(roots::Session& session, const intake::Batch& batch,
                                          const SiteRecord& record);
absl::StatusOr<roots::Outcome> ImportPublicPost(roots::Session& session, const intake::Batch& batch,
                                                const PublicPostRecord& record);

}  // namespace anju::relocation
