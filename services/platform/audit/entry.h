#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

// What an entry of the audit log is, and the chain of hashes through all of them, as anju.audit.v1 defines it. Pure.
namespace anju::audit {

// As anju.audit.v1.EntryKind.
enum class Kind : int32_t { kWrite = 1, kRead = 2, kExport = 3, kRefused = 4, kLoss = 5 };

struct Entry {
  std::string id;
  absl::Time at;
  Kind kind = Kind::kWrite;
  std::string subject;
  std::string role;
  std::string method;
  std::string division;
  std::string request_id;
  // Of a refusal its reason, of a loss the head that was lost.
  std::string purpose;
  // How many records, or refusals, or lost entries; the ids of records are not known for entries from before they were
  // kept.
  int64_t record_count = 0;
  std::vector<std::string> record_ids;
};

// A sealed entry in its place.
struct Link {
  int64_t number = 0;
  std::string content_hash;
  std::string hash;
  // Nothing for who may not see it.
  std::optional<Entry> entry;
};

// Up to where a chain goes.
struct Head {
  int64_t number = 0;
  std::string hash;
  friend bool operator==(const Head&, const Head&) = default;
};

std::string ContentHash(const Entry& entry);
// The chain of a service before its first entry.
Head Genesis(absl::string_view service);
// The head after an entry with this content.
Head Next(const Head& head, absl::string_view content_hash);

// What is to be sealed when the log, which ends with `log`, does not go through the head `lost`. Has no id yet.
Entry LossOf(const Head& lost, const Head& log, absl::Time now);

// An entry is at most so much older than one that was sealed before it.
inline constexpr absl::Duration kOrderly = absl::Hours(1);
// No entry waits longer to be sealed.
inline constexpr absl::Duration kSealedWithin = absl::Minutes(1);

// As anju.audit.v1.FaultKind.
enum class FaultKind : int32_t {
  kMissing = 1,
  kChanged = 2,
  kBackdated = 3,
  kHeadLost = 4,
  kNotSealed = 5,
  kNotFoundByRecord = 6,
  kLoss = 7,
  kNotNamedByEntry = 8,
};

// Where a log is not what it was.
struct Fault {
  FaultKind kind = FaultKind::kMissing;
  // As in the message of anju.audit.v1.
  int64_t number = 0;
  std::string entry_id;
  int64_t last_number = 0;
  friend bool operator==(const Fault&, const Fault&) = default;
};

// The log ends with the entry `log` and does not go through the head `lost`.
Fault HeadLost(const Head& lost, int64_t log);

// One sentence, in English.
std::string Describe(const Fault& fault);

// Follows a chain link by link and finds the first fault. Trusts no hash that it is given but the one it begins with.
class ChainCheck {
 public:
  // Goes on from `head`; `kept` are heads through which the chain must go.
  ChainCheck(Head head, std::vector<Head> kept) : head_(std::move(head)), kept_(std::move(kept)) {}

  // The next link in the order of their numbers. A fault behind which the chain goes on, a head or a loss, leaves the
  // link taken.
  std::optional<Fault> Take(const Link& link);
  // What is wrong with a chain that ends here.
  std::optional<Fault> End() const;

  // Up to where it was found to be right.
  const Head& head() const { return head_; }

 private:
  Head head_;
  std::vector<Head> kept_;
  absl::Time latest_ = absl::InfinitePast();
};

}  // namespace anju::audit
