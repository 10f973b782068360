#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "anju/audit/v1/audit.pb.h"
#include "services/platform/audit/entry.h"

namespace anju::cli {

// How a chain is asked for; any error ends the verification.
struct AuditWorld {
  absl::FunctionRef<absl::StatusOr<audit::v1::ReadChainResponse>(const audit::v1::ReadChainRequest&)> read_chain;
  absl::FunctionRef<absl::StatusOr<audit::v1::VerifyChainResponse>(const audit::v1::VerifyChainRequest&)> verify_chain;
};

// What came of verifying the log of one service.
struct AuditVerdict {
  std::string service;
  // Up to where the chain was found to be right.
  audit::Head head;
  int64_t unsealed = 0;
  // Entries of which only the hashes were seen, because they lie outside the caller's division.
  int64_t unseen = 0;
  // The first ones, in the order in which they were found, which is that of the log; a later one may follow from an
  // earlier one.
  std::vector<audit::Fault> faults;

  // Nothing but losses that the log itself tells of, so that its chain holds up to the head.
  bool holds() const;
};

// Reads the whole log of a service and computes its chain here, trusting nothing that the service says of it; then has
// the service look at what only it can: whether entries are found by their records, whether the log goes as far as the
// service knows, and what waits to be sealed. `kept` are heads that were kept elsewhere.
absl::StatusOr<AuditVerdict> VerifyAudit(const std::string& service, std::vector<audit::Head> kept,
                                         const AuditWorld& world);

// A head with its service, as it is printed and given: `registry:12:<hash>`.
struct NamedHead {
  std::string service;
  audit::Head head;
};
// Refuses with HEAD_MALFORMED.
absl::StatusOr<NamedHead> ParseHead(absl::string_view text);
std::string HeadText(const std::string& service, const audit::Head& head);

// The pages of several services as one, the newest first. Its token is one for all of them.
audit::v1::ListEntriesResponse MergeEntries(const std::vector<audit::v1::ListEntriesResponse>& pages);

// Where heads are kept unless it is said otherwise: in a folder of the user's, a file for each gateway, because other
// services than these have the same names. Empty when there is no such folder.
std::string DefaultHeadsFile(absl::string_view gateway);
// The heads that a file holds, one a line; none when there is no such file. Refuses with HEAD_MALFORMED.
absl::StatusOr<std::vector<NamedHead>> ReadHeads(const std::string& path);
// Writes the head of each log that holds into the file, in the place of the one of that service in `before`: the later
// head says all that the earlier one does. Makes the file's folder.
absl::Status WriteHeads(const std::string& path, const std::vector<NamedHead>& before,
                        const std::vector<AuditVerdict>& verdicts);

// `file` is where heads are kept; empty when they are not.
void Show(std::ostream& out, const std::vector<AuditVerdict>& verdicts, const std::string& file);
void ShowJson(std::ostream& out, const std::vector<AuditVerdict>& verdicts);
void Show(std::ostream& out, const audit::v1::ListEntriesResponse& entries);

}  // namespace anju::cli
