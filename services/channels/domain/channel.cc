#include "services/channels/domain/channel.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kStallName = "stall";

}  // namespace

std::string KeyBeside(const std::string& key, absl::string_view number) {
  return absl::StrCat(key.substr(0, key.find('/', key.find('/') + 1) + 1), number);
}

std::vector<roots::Name> Names(const Channel& channel) {
  std::vector<roots::Name> names;
  for (const Stall& stall : channel.stalls) {
    names.push_back({.kind = std::string(kStallName), .name = KeyBeside(channel.key, stall.stall_no)});
  }
  return names;
}

absl::StatusOr<Channel> Record(const std::optional<Channel>& before, const ChannelRecord& record,
                               const std::string& key, const std::string& location, bool has_sales) {
  RETURN_IF_ERROR(intake::InOrder(record.opened_on, record.closed_on, "closed_on"));
  Channel after = before.value_or(Channel{.key = key});
  after.name = record.name;
  after.kind = record.kind;
  after.location = location;
  after.opened_on = record.opened_on;
  after.closed_on = record.closed_on;
  if (has_sales && (after.kind != before->kind || after.location != before->location)) {
    return Refuse(kFailedPrecondition, "CHANNEL_HAS_SALES",
                  "it has sold as another kind or elsewhere: close it and open a channel with a new number",
                  after.kind != before->kind ? "kind" : "location");
  }
  if (!after.stalls.empty() && !HasStalls(after.kind)) {
    return Refuse(kFailedPrecondition, "CHANNEL_HAS_NO_STALLS",
                  "it gives stalls to counties, which this kind of channel does not", "kind");
  }
  return after;
}

absl::StatusOr<Channel> Give(const Channel& before, const Stall& stall, Outcome* outcome) {
  if (!HasStalls(before.kind)) {
    return Refuse(kFailedPrecondition, "CHANNEL_HAS_NO_STALLS", "only an exhibition street gives stalls to counties",
                  "channel_no");
  }
  RETURN_IF_ERROR(intake::InOrder(stall.granted_on, stall.returned_on, "returned_on"));
  Channel after = before;
  *outcome = roots::Keep(after.stalls, stall, &Stall::stall_no);
  if (after.stalls.size() > kMostStalls) {
    return Refuse(kFailedPrecondition, "TOO_MANY_STALLS",
                  absl::StrCat("a channel gives at most ", kMostStalls, " stalls: is this one another channel's?"),
                  "channel_no");
  }
  return after;
}

absl::StatusOr<Channel> FindChannel(roots::Session& session, const intake::Batch& batch, absl::string_view channel_no) {
  ASSIGN_OR_RETURN(std::optional<Channel> channel, session.Find<Channel>(batch.Key(channel_no)));
  if (channel.has_value()) return *std::move(channel);
  return Refuse(kNotFound, "CHANNEL_NOT_FOUND", "import the channel first", "channel_no");
}

absl::StatusOr<Outcome> ImportChannel(roots::Session& session, const intake::Batch& batch,
                                      const ChannelRecord& record) {
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  const std::string key = batch.Key(record.channel_no);
  ASSIGN_OR_RETURN(const std::optional<Channel> before, session.Find<Channel>(key));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, before->location, location));
  }
  bool has_sales = false;
  if (before.has_value() && (before->kind != record.kind || before->location != location)) {
    ASSIGN_OR_RETURN(const std::vector<std::string> sales, session.LinkedIds(kChannelLink, key));
    has_sales = !sales.empty();
  }
  ASSIGN_OR_RETURN(Channel after, Record(before, record, key, location, has_sales));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

absl::StatusOr<Outcome> ImportStall(roots::Session& session, const intake::Batch& batch, const StallRecord& record) {
  ASSIGN_OR_RETURN(const Channel before, FindChannel(session, batch, record.channel_no));
  ASSIGN_OR_RETURN(std::string county, intake::ResolveDivision(session, record.county, "county"));
  for (const Stall& known : before.stalls) {
    if (known.stall_no != record.stall_no) continue;
    ASSIGN_OR_RETURN(county, intake::KeepCode(session, known.county, county));
  }
  const Stall stall{.stall_no = record.stall_no,
                    .county = county,
                    .granted_on = record.granted_on,
                    .returned_on = record.returned_on};
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Channel after, Give(before, stall, &outcome));
  ASSIGN_OR_RETURN(std::optional<Channel> holder, session.FindNamed<Channel>(kStallName, batch.Key(record.stall_no)));
  if (holder.has_value() && holder->id != before.id) {
    // It was recorded with the wrong channel.
    std::erase_if(holder->stalls, [&](const Stall& old) { return old.stall_no == stall.stall_no; });
    session.Put(*holder);
    outcome = Outcome::kUpdated;
  }
  if (outcome != Outcome::kUnchanged) session.Put(after);
  return outcome;
}

}  // namespace anju::channels
