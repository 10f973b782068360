#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/lottery/lottery.h"
#include "services/relocation/domain/moves.h"

namespace anju::relocation {

// The link from a site's key to its draws.
inline constexpr absl::string_view kDrawsOfSite = "draws_of_site";
// The names by which a frozen draw holds the keys of its cases and units.
inline constexpr absl::string_view kHouseholdInDraw = "household_in_draw";
inline constexpr absl::string_view kUnitInDraw = "unit_in_draw";

enum class DrawState : int32_t { kUnspecified = 0, kCommitted = 1, kFrozen = 2, kDrawn = 3, kVoided = 4 };

// A unit that was drawn and is not that household's any more, though the draw stands.
struct GivenBack {
  // As the list names them.
  std::string household;
  std::string unit;
  std::string reason;
  std::string by;
  Date on;

  void Fields(Archive& archive) {
    archive("household", household);
    archive("unit", unit);
    archive("reason", reason);
    archive("by", by);
    archive("on", on);
  }
  friend bool operator==(const GivenBack&, const GivenBack&) = default;
};

// A lottery 摇号 at a site, from the commitment on; LOTTERY.md says how it goes. Kept for ever.
struct Draw {
  static constexpr absl::string_view kKind = "draw";
  std::string id;
  // `<key of the site>/<number>`, counted from 1.
  std::string key;
  std::string site_key;
  DrawState state = DrawState::kUnspecified;
  // The SHA-256 of the seed.
  std::string commitment;
  std::string committed_by;
  std::optional<Date> committed_on;
  // The published texts; empty until they are.
  std::string list;
  std::string list_hash;
  int32_t households = 0;
  int32_t units = 0;
  std::string frozen_by;
  std::optional<Date> frozen_on;
  // Empty until it is revealed.
  std::string seed;
  std::string result;
  int32_t allotted = 0;
  std::string drawn_by;
  std::optional<Date> drawn_on;
  std::string void_reason;
  std::string voided_by;
  std::optional<Date> voided_on;
  // In the order of their days; published with the result.
  std::vector<GivenBack> given_back;
  // The seed before it is revealed, which nobody may see; empty when a second party holds it.
  std::string secret;
  // Copied from its site.
  std::string site_location;

  // What the contract shows of it.
  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("state", state);
    archive("commitment", commitment);
    archive("committed_by", committed_by);
    archive("committed_on", committed_on);
    archive("list", list);
    archive("list_hash", list_hash);
    archive("households", households);
    archive("units", units);
    archive("frozen_by", frozen_by);
    archive("frozen_on", frozen_on);
    archive("seed", seed);
    archive("result", result);
    archive("allotted", allotted);
    archive("drawn_by", drawn_by);
    archive("drawn_on", drawn_on);
    archive("void_reason", void_reason);
    archive("voided_by", voided_by);
    archive("voided_on", voided_on);
    archive("given_back", given_back);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("secret", secret);
    archive("site_location", site_location);
  }
  std::string Division() const { return site_location; }
  friend bool operator==(const Draw&, const Draw&) = default;
};

// What it changes counts on the cases.
inline tally::Contributions Contributions(const Draw&) { return {}; }
// A commitment is used once, and a household and a unit are in one frozen draw.
std::vector<roots::Name> Names(const Draw& draw);
std::vector<roots::Name> Links(const Draw& draw);

// anju.relocation.v1.CommitDrawRequest.
struct Promise {
  // An id or a key.
  std::string site;
  std::string request_id;
  // Of the seed that a second party holds; empty: the service makes the seed.
  std::string commitment;

  void Fields(Archive& archive) {
    archive("site", site);
    archive("request_id", request_id);
    archive("commitment", commitment);
  }
};

// anju.relocation.v1.VoidDrawRequest.
struct Voiding {
  std::string id;
  std::string request_id;
  std::string reason;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("request_id", request_id);
    archive("reason", reason);
  }
};

// Begins the draw of this number at a site. `used`: a draw has this commitment already. Pure. Refuses, in this order,
// with COMMITMENT_MALFORMED and COMMITMENT_USED.
absl::StatusOr<Draw> Commit(const Site& site, size_t number, const std::string& commitment, bool used, const Act& act);

// Freezes the list; its draw, commitment and area are filled in. Pure. Refuses, in this order, with DRAW_VOIDED,
// DRAW_NOT_COMMITTED, NO_HOUSEHOLDS, NO_UNITS, and LIST_MALFORMED (more than a list holds, or a name with control
// characters).
absl::StatusOr<Draw> Freeze(const Draw& before, lottery::List list, const Act& act, const policy::Books& books);

// Reveals the seed and draws. `seed` is empty when the service holds it. Pure. Refuses, in this order, with
// DRAW_VOIDED, DRAW_NOT_FROZEN, APPROVER_IS_AUTHOR and SEED_NOT_COMMITTED.
absl::StatusOr<Draw> Reveal(const Draw& before, const std::string& seed, const Act& act);

// Keeps the draw with the reason why it does not count, and reveals the seed that the service holds: nobody voids
// unseen what they would not like. Pure. Refuses with DRAW_VOIDED.
absl::StatusOr<Draw> Void(const Draw& before, const std::string& reason, const Act& act);

// What was drawn: the keys of cases and units; nothing before the draw was run.
std::vector<lottery::Allotment> Drawn(const Draw& draw);

// Use cases. Who may see the draw is for the caller to check.

// `secret` is a new seed, which is kept when the promise brings no commitment. Refuses with SITE_NOT_FOUND, and as
// Commit does.
absl::StatusOr<Draw> CommitDraw(roots::Session& session, const Promise& promise, const std::string& secret,
                                const Act& act);
// Whether a unit that a standing draw gave may go to a household that took part in it: only to the one that drew it.
// The draw's key then; empty when no draw has decided. Refuses with DRAW_DECIDES.
absl::StatusOr<std::string> CheckDrawDecides(roots::Session& session, const Case& relocation, const Unit& unit);
// The draw says from now on that the case does not have what it drew.
absl::Status GiveBack(roots::Session& session, const Case& before, const std::string& reason, const Act& act);
// Whether a case may be allotted a unit beside the draws. Refuses, in this order, with HOUSEHOLD_IN_DRAW and
// UNIT_IN_DRAW (on a frozen list).
absl::Status CheckNotInDraw(roots::Session& session, const std::string& case_key, const std::string& unit_key);
// Refuses with DRAW_NOT_FOUND.
absl::StatusOr<Draw> FindDraw(roots::Session& session, const std::string& id);
// The approved cases of the site that may draw, and those of `cases` (ids or keys), which name no site yet. Once the
// draw may be frozen at all it refuses, in this order, with CASE_NOT_FOUND, CASE_OF_OTHER_SITE, CASE_OF_OTHER_COUNTY
// and as CheckMayDraw does for one of `cases`, HOUSEHOLD_IN_ANOTHER_DRAW, UNIT_IN_ANOTHER_DRAW, and as Freeze does.
absl::StatusOr<Draw> FreezeDraw(roots::Session& session, const Draw& before, const std::vector<std::string>& cases,
                                const Act& act);
// Allots what was drawn, all of it or nothing. Refuses as Reveal does, and with DRAW_OUTDATED when anything on the
// list is no longer so that it could be allotted; the seed is not revealed then.
absl::StatusOr<Draw> RunDraw(roots::Session& session, const Draw& before, const std::string& seed, const Act& act);
// Takes back what the draw allotted. Refuses as Void does, and with HOUSEHOLD_MOVED_IN.
absl::StatusOr<Draw> VoidDraw(roots::Session& session, const Draw& before, const std::string& reason, const Act& act);

}  // namespace anju::relocation
