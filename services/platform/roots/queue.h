#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "services/platform/base/calendar.h"
#include "services/platform/base/succession.h"
#include "services/platform/roots/session.h"

namespace anju::roots {

// The links by which a root stands in a queue: what waits in a division, by the day since or until which it does.
// Store::Queue reads a queue in that order, in any division above, without looking at what does not wait. A root leaves
// the queue when it has these links no more. Whoever asks for all of it asks until kWhenever.
inline constexpr Date kWhenever(9999, 12, 31);
std::vector<Name> QueueLinks(absl::string_view queue, absl::string_view division, Date day);

// The queue of all roots that wait for a decision, see Waiting in session.h.
inline constexpr absl::string_view kWaiting = "waiting";

// The kind of the links of a queue in divisions with codes as long as this one, and the link of a day there. All links
// of a kind are digits and of one length, so that every database has them in the same order.
std::string QueueKind(absl::string_view queue, absl::string_view division);
std::string QueueLink(absl::string_view division, Date day);

// Lets what stands in queues under the first `count` changes of codes stand in those of the new codes. Other links
// stay.
void FollowQueues(const Successions& successions, size_t count, std::vector<Name>& links);

}  // namespace anju::roots
