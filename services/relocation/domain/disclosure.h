#pragma once

#include <string>
#include <vector>

#include "services/platform/evidence/evidence.h"
#include "services/platform/policy/policy.h"
#include "services/relocation/domain/resident.h"
#include "services/relocation/domain/site.h"

// Disclosure 公开 of a community's affairs and accounts [GX26]: what is hung up, for how long, and the file that shows
// it.
namespace anju::relocation {

enum class DisclosureKind : int32_t { kUnspecified = 0, kAffairs = 1, kFinance = 2 };

inline constexpr absl::string_view kDisclosuresOfSite = "disclosures_of_site";
inline constexpr int32_t kLongestHanging = 366;
inline constexpr size_t kMostDisclosed = 20;
// Arrears are looked for in so many months.
inline constexpr int32_t kMonthsOfArrears = 24;

struct Disclosure {
  static constexpr absl::string_view kKind = "disclosure";
  std::string id;
  // `<division>/<source>/<disclosure_no>`.
  std::string key;
  std::string site_key;
  // Copied from its site.
  std::string site_location;
  DisclosureKind kind = DisclosureKind::kUnspecified;
  // Of what month it tells.
  Month period;
  std::string title;
  std::vector<evidence::Evidence> evidence;
  Date published_on;
  // The last day.
  Date hung_until;
  // On how long it hangs.
  std::vector<policy::Decision> decisions;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("kind", kind);
    archive("period", period);
    archive("title", title);
    archive("evidence", evidence);
    archive("published_on", published_on);
    archive("hung_until", hung_until);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
    archive("decisions", decisions);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Disclosure&, const Disclosure&) = default;
};

tally::Contributions Contributions(const Disclosure& disclosure);
// A site's accounts of a month are disclosed once.
std::vector<roots::Name> Names(const Disclosure& disclosure);
std::vector<roots::Name> Links(const Disclosure& disclosure);

// A row of anju.relocation.v1.DisclosureRecord. Files are sent with PublishDisclosure only.
struct DisclosureRecord {
  std::string disclosure_no;
  std::string site_no;
  DisclosureKind kind = DisclosureKind::kUnspecified;
  Month period;
  std::string title;
  Date published_on;
  Date hung_until;

  void Fields(Archive& archive) {
    archive("disclosure_no", disclosure_no);
    archive("site_no", site_no);
    archive("kind", kind);
    archive("period", period);
    archive("title", title);
    archive("published_on", published_on);
    archive("hung_until", hung_until);
  }
};

// anju.relocation.v1.PublishDisclosureRequest.
struct Publication {
  // An id or a key.
  std::string site;
  std::string disclosure_no;
  DisclosureKind kind = DisclosureKind::kUnspecified;
  Month period;
  std::string title;
  std::vector<evidence::Evidence> evidence;
  int32_t span_days = 0;

  void Fields(Archive& archive) {
    archive("site", site);
    archive("disclosure_no", disclosure_no);
    archive("kind", kind);
    archive("period", period);
    archive("title", title);
    archive("evidence", evidence);
    archive("span_days", span_days);
  }
};

// Whether a disclosure may be as it is. Pure. Refuses, in this order, with PERIOD_NOT_BEGUN (on the day it was hung
// up), SPAN_OUT_OF_RANGE (shorter than the policy has it, or longer than a year) and EVIDENCE_TOO_MUCH.
absl::Status CheckDisclosure(const Disclosure& disclosure, const policy::Books& books);
// Whether it hangs long enough, by the policy of the day it was hung up. Pure. The reason of a no is what
// CheckDisclosure refuses with.
policy::Decision JudgeSpan(const Disclosure& disclosure, const policy::Books& books);

// The months whose accounts a site should have disclosed by a day: those of which the policy's day in the next month is
// over, since the site was completed, the last kMonthsOfArrears of them. None for a site that is no community. Pure.
std::vector<Month> FinanceDue(const Site& site, Date today, const policy::Books& books);
// Whether a site is in arrears with the accounts of a month, by the policy of the month in which they are due: they are
// over it, and not disclosed. Pure. The reason of a no is FINANCE_IN_ARREARS.
policy::Decision JudgeFinance(Month month, bool disclosed, Date today, const policy::Books& books);

// Use cases. ImportDisclosure refuses, in this order, with SITE_NOT_FOUND, DISCLOSURE_OF_OTHER_SITE, as CheckDisclosure
// does, and with FINANCE_DISCLOSED (another disclosure has the site's accounts of that month).
absl::StatusOr<roots::Outcome> ImportDisclosure(roots::Session& session, const intake::Batch& batch,
                                                const DisclosureRecord& record);
// Hangs it up today. Refuses, in this order, with DISCLOSURE_NO_TAKEN, as CheckDisclosure does, with FINANCE_DISCLOSED,
// EVIDENCE_NOT_FOUND and EVIDENCE_SIZE_WRONG.
absl::StatusOr<Disclosure> PublishDisclosure(roots::Session& session, const Site& site, const Publication& publication,
                                             const Act& act);
// Whether a site's accounts of a month were disclosed.
absl::StatusOr<bool> IsDisclosed(roots::Session& session, const std::string& site_key, Month month);
// The months of FinanceDue of which no accounts were disclosed.
absl::StatusOr<std::vector<Month>> Arrears(roots::Session& session, const Site& site, Date today);

}  // namespace anju::relocation
