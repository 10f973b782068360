#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/channels/domain/channel_kind.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// Only an exhibition street has stalls to give to counties.
constexpr bool HasStalls(ChannelKind kind) { return kind == ChannelKind::kExhibitionStreet; }

// No channel gives more stalls.
inline constexpr size_t kMostStalls = 1000;

// A place in a channel that a county has for nothing.
struct Stall {
  std::string stall_no;
  std::string county;
  Date granted_on;
  std::optional<Date> returned_on;

  void Fields(Archive& archive) {
    archive("stall_no", stall_no);
    archive("county", county);
    archive("granted_on", granted_on);
    archive("returned_on", returned_on);
  }
  friend bool operator==(const Stall&, const Stall&) = default;
};

// Somewhere products are sold, with the stalls it gives to counties.
struct Channel {
  static constexpr absl::string_view kKind = "channel";
  std::string id;
  // `<division>/<source>/<channel_no>`.
  std::string key;
  std::string name;
  ChannelKind kind = ChannelKind::kUnspecified;
  std::string location;
  Date opened_on;
  // The first day on which it sells no longer.
  std::optional<Date> closed_on;
  std::vector<Stall> stalls;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("name", name);
    archive("kind", kind);
    archive("location", location);
    archive("opened_on", opened_on);
    archive("closed_on", closed_on);
    archive("stalls", stalls);
  }
  std::string Division() const { return location; }
  bool OpenOn(Date day) const { return opened_on <= day && (!closed_on.has_value() || day < *closed_on); }
  friend bool operator==(const Channel&, const Channel&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Channel& channel);
// A stall is in one channel.
std::vector<roots::Name> Names(const Channel& channel);

// A row of anju.channels.v1.ChannelRecord.
struct ChannelRecord {
  std::string channel_no;
  std::string name;
  ChannelKind kind = ChannelKind::kUnspecified;
  std::string location;
  Date opened_on;
  std::optional<Date> closed_on;

  void Fields(Archive& archive) {
    archive("channel_no", channel_no);
    archive("name", name);
    archive("kind", kind);
    archive("location", location);
    archive("opened_on", opened_on);
    archive("closed_on", closed_on);
  }
};

// A row of anju.channels.v1.StallRecord.
struct StallRecord {
  std::string stall_no;
  std::string channel_no;
  std::string county;
  Date granted_on;
  std::optional<Date> returned_on;

  void Fields(Archive& archive) {
    archive("stall_no", stall_no);
    archive("channel_no", channel_no);
    archive("county", county);
    archive("granted_on", granted_on);
    archive("returned_on", returned_on);
  }
};

// What a channel becomes when it is recorded so; `has_sales`: something was sold through it already, so that its kind
// and place are history. Pure. Refuses, in this order, with DATES_REVERSED, CHANNEL_HAS_SALES and
// CHANNEL_HAS_NO_STALLS.
absl::StatusOr<Channel> Record(const std::optional<Channel>& before, const ChannelRecord& record,
                               const std::string& key, const std::string& location, bool has_sales);

// What a channel becomes when it gives a stall. Pure. Refuses, in this order, with CHANNEL_HAS_NO_STALLS,
// DATES_REVERSED and TOO_MANY_STALLS.
absl::StatusOr<Channel> Give(const Channel& before, const Stall& stall, roots::Outcome* outcome);

// Use cases.
absl::StatusOr<roots::Outcome> ImportChannel(roots::Session& session, const intake::Batch& batch,
                                             const ChannelRecord& record);
absl::StatusOr<roots::Outcome> ImportStall(roots::Session& session, const intake::Batch& batch,
                                           const StallRecord& record);

// The key of another record from the same division and system: a key is `<division>/<source>/<number>`, and only the
// number may hold a slash.
std::string KeyBeside(const std::string& key, absl::string_view number);

// The channel of a row. Refuses with CHANNEL_NOT_FOUND.
absl::StatusOr<Channel> FindChannel(roots::Session& session, const intake::Batch& batch, absl::string_view channel_no);

// Sales that went through a channel share this link, under its key.
inline constexpr absl::string_view kChannelLink = "channel";

}  // namespace anju::channels
