#pragma once

#include <cstdint>
#include <vector>

#include "services/platform/roots/store.h"

namespace anju::feed {

// Gives the facts that were committed to the outbox their place in the feed. Writers only append to the outbox, so that
// counting the sequence makes nobody wait. Answers how many were moved; call again while it is not 0.
absl::StatusOr<int64_t> Publish(storage::Database& database);

struct Batch {
  std::vector<roots::Fact> facts;
  // Nothing is left to read or to publish.
  bool complete = false;
};

// Facts of a topic after a sequence, at most `limit` and as much as a message carries.
absl::StatusOr<Batch> ReadFeed(storage::Database& database, absl::string_view topic, int64_t after, int64_t limit);

// The newest version of the facts with these keys, published or not.
absl::StatusOr<std::vector<roots::Fact>> ReadFacts(storage::Database& database, absl::string_view topic,
                                                   const std::vector<std::string>& keys);

}  // namespace anju::feed
