#include "services/platform/audit/entry.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/platform/base/ids.h"

namespace anju::audit {
namespace {

constexpr absl::string_view kFormat = "anju.audit.v1";

// Netstrings say where each text ends, so that no two entries have the same bytes.
void Append(absl::string_view text, std::string& to) { absl::StrAppend(&to, text.size(), ":", text, ","); }

template <typename... Texts>
std::string HashOf(const Texts&... texts) {
  std::string bytes;
  (Append(texts, bytes), ...);
  return Sha256(bytes);
}

std::string CutOff(const Fault& fault) {
  const std::string gone = fault.last_number > fault.number
                               ? absl::StrCat("entries ", fault.number, " to ", fault.last_number, " are")
                               : absl::StrCat("entry ", fault.number, " is");
  return absl::StrCat(gone, " gone: the end of the log was cut off");
}

// What a loss tells of, which stands in the log as the entry `number`.
Fault LossFault(const Entry& entry, int64_t number) {
  Head lost;
  // What nobody can read was not written by the service; the entry is a fault all the same.
  if (!absl::SimpleAtoi(entry.purpose.substr(0, entry.purpose.find(':')), &lost.number)) lost.number = number;
  Fault fault = HeadLost(lost, number - 1);
  fault.kind = FaultKind::kLoss;
  fault.entry_id = entry.id;
  return fault;
}

}  // namespace

std::string ContentHash(const Entry& entry) {
  return HashOf(kFormat, entry.id, absl::StrCat(absl::ToUnixMicros(entry.at)),
                absl::StrCat(static_cast<int32_t>(entry.kind)), entry.subject, entry.role, entry.method, entry.division,
                entry.request_id, entry.purpose, absl::StrCat(entry.record_count),
                absl::StrJoin(entry.record_ids, ","));
}

Head Genesis(absl::string_view service) { return {.number = 0, .hash = HashOf(kFormat, service)}; }

Head Next(const Head& head, absl::string_view content_hash) {
  const int64_t number = head.number + 1;
  return {.number = number, .hash = HashOf(head.hash, absl::StrCat(number), content_hash)};
}

Entry LossOf(const Head& lost, const Head& log, absl::Time now) {
  return {.at = now,
          .kind = Kind::kLoss,
          .subject = "audit",
          .method = "seal",
          .purpose = absl::StrCat(lost.number, ":", lost.hash),
          .record_count = std::max<int64_t>(lost.number - log.number, 0)};
}

Fault HeadLost(const Head& lost, int64_t log) {
  if (lost.number <= log) return {.kind = FaultKind::kHeadLost, .number = lost.number};
  return {.kind = FaultKind::kHeadLost, .number = log + 1, .last_number = lost.number};
}

std::string Describe(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kMissing:
      return absl::StrCat("entry ", fault.number, " is not there: it was removed");
    case FaultKind::kChanged:
      return absl::StrCat("entry ", fault.number,
                          " is not what was sealed there: it was changed, inserted, or exchanged with another");
    case FaultKind::kBackdated:
      return absl::StrCat("entry ", fault.number, " says that it is older than entries that were sealed before it");
    case FaultKind::kHeadLost:
      if (fault.last_number > 0) return CutOff(fault);
      return absl::StrCat("the head that was kept of entry ", fault.number,
                          " is not the log's: the log was rewritten up to there, or cut off");
    case FaultKind::kNotSealed:
      return absl::StrCat("after entry ", fault.number, " there are entries that wait too long to be sealed");
    case FaultKind::kNotFoundByRecord:
      return absl::StrCat("entry ", fault.number, " is not found by a record that it names");
    case FaultKind::kLoss:
      if (fault.last_number > 0) return absl::StrCat(CutOff(fault), " earlier, as the log itself says");
      return absl::StrCat("the log was rewritten up to entry ", fault.number, " earlier, as the log itself says");
    case FaultKind::kNotNamedByEntry:
      return absl::StrCat("at entry ", fault.number,
                          " a record leads to an entry that does not name it, or that is not there");
  }
  return "";
}

std::optional<Fault> ChainCheck::Take(const Link& link) {
  const std::string id = link.entry.has_value() ? link.entry->id : "";
  const Head next = Next(head_, link.entry.has_value() ? ContentHash(*link.entry) : link.content_hash);
  if (link.number > next.number) return Fault{.kind = FaultKind::kMissing, .number = next.number};
  if (link.number < next.number || link.hash != next.hash) {
    return Fault{.kind = FaultKind::kChanged, .number = next.number, .entry_id = id};
  }
  const bool lost = std::any_of(kept_.begin(), kept_.end(),
                                [&](const Head& kept) { return kept.number == next.number && kept.hash != next.hash; });
  if (lost) {
    head_ = next;
    return Fault{.kind = FaultKind::kHeadLost, .number = next.number, .entry_id = id};
  }
  if (link.entry.has_value()) {
    if (link.entry->at < latest_ - kOrderly) {
      return Fault{.kind = FaultKind::kBackdated, .number = next.number, .entry_id = id};
    }
    latest_ = std::max(latest_, link.entry->at);
  }
  head_ = next;
  if (link.entry.has_value() && link.entry->kind == Kind::kLoss) return LossFault(*link.entry, next.number);
  return std::nullopt;
}

std::optional<Fault> ChainCheck::End() const {
  const auto last =
      std::max_element(kept_.begin(), kept_.end(), [](const Head& a, const Head& b) { return a.number < b.number; });
  if (last == kept_.end() || last->number <= head_.number) return std::nullopt;
  return HeadLost(*last, head_.number);
}

}  // namespace anju::audit
