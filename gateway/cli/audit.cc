#include "gateway/cli/audit.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gateway/cli/files.h"
#include "gateway/cli/table.h"
#include "services/platform/audit/wire.h"
#include "services/platform/base/china.h"
#include "services/platform/base/error.h"

namespace anju::cli {
namespace {

constexpr int32_t kPage = 1000;
constexpr size_t kMostFaults = 100;

audit::Link LinkOf(const audit::v1::Link& message) {
  audit::Link link{.number = message.number(), .content_hash = message.content_hash(), .hash = message.hash()};
  if (message.has_entry()) link.entry = audit::FromProto(message.entry());
  return link;
}

std::string KindText(audit::v1::EntryKind kind) {
  switch (kind) {
    case audit::v1::ENTRY_KIND_WRITE:
      return "write";
    case audit::v1::ENTRY_KIND_READ:
      return "read";
    case audit::v1::ENTRY_KIND_EXPORT:
      return "export";
    case audit::v1::ENTRY_KIND_REFUSED:
      return "refused";
    case audit::v1::ENTRY_KIND_LOSS:
      return "loss";
    default:
      return "";
  }
}

nlohmann::ordered_json FaultJson(const audit::Fault& fault) {
  return {{"kind", audit::v1::FaultKind_Name(static_cast<audit::v1::FaultKind>(fault.kind))},
          {"number", fault.number},
          {"last_number", fault.last_number},
          {"entry_id", fault.entry_id},
          {"message", audit::Describe(fault)}};
}

// What the service finds as well is found once.
void Note(const audit::Fault& fault, AuditVerdict& verdict) {
  const bool known = std::any_of(verdict.faults.begin(), verdict.faults.end(), [&](const audit::Fault& other) {
    return other.kind == fault.kind && other.number == fault.number;
  });
  if (!known && verdict.faults.size() < kMostFaults) verdict.faults.push_back(fault);
}

// Goes on behind a fault as long as the chain does.
absl::Status FollowChain(const AuditWorld& world, audit::ChainCheck& check, AuditVerdict& verdict) {
  audit::v1::ReadChainRequest request;
  request.set_page_size(kPage);
  for (bool more = true; more;) {
    request.set_after_number(check.head().number);
    ASSIGN_OR_RETURN(const audit::v1::ReadChainResponse page, world.read_chain(request));
    for (const audit::v1::Link& message : page.links()) {
      const audit::Link link = LinkOf(message);
      verdict.unseen += link.entry.has_value() ? 0 : 1;
      if (const std::optional<audit::Fault> fault = check.Take(link); fault.has_value()) Note(*fault, verdict);
      // The chain is broken here.
      if (check.head().number != link.number) return absl::OkStatus();
    }
    more = !page.links().empty();
  }
  if (const std::optional<audit::Fault> fault = check.End(); fault.has_value()) Note(*fault, verdict);
  return absl::OkStatus();
}

absl::Status AskService(const AuditWorld& world, AuditVerdict& verdict) {
  audit::v1::VerifyChainRequest question;
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(const audit::v1::VerifyChainResponse said, world.verify_chain(question));
    if (!said.intact()) {
      Note({.kind = static_cast<audit::FaultKind>(said.fault().kind()),
            .number = said.fault().number(),
            .entry_id = said.fault().entry_id(),
            .last_number = said.fault().last_number()},
           verdict);
    }
    verdict.unsealed = said.unsealed();
    more = !said.complete() && verdict.faults.size() < kMostFaults &&
           (said.intact() || said.verified_number() > question.after_number());
    question.set_after_number(said.verified_number());
    question.set_after_hash(said.verified_hash());
  }
  return absl::OkStatus();
}

}  // namespace

bool AuditVerdict::holds() const {
  return std::all_of(faults.begin(), faults.end(),
                     [](const audit::Fault& fault) { return fault.kind == audit::FaultKind::kLoss; });
}

absl::StatusOr<AuditVerdict> VerifyAudit(const std::string& service, std::vector<audit::Head> kept,
                                         const AuditWorld& world) {
  AuditVerdict verdict{.service = service};
  audit::ChainCheck check(audit::Genesis(service), std::move(kept));
  RETURN_IF_ERROR(FollowChain(world, check, verdict));
  verdict.head = check.head();
  RETURN_IF_ERROR(AskService(world, verdict));
  return verdict;
}

absl::StatusOr<NamedHead> ParseHead(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, ':');
  NamedHead head;
  if (parts.size() != 3 || parts[2].size() != 64 || !absl::SimpleAtoi(parts[1], &head.head.number)) {
    return Refuse(absl::StatusCode::kInvalidArgument, "HEAD_MALFORMED",
                  "give a head as it was printed, such as registry:12:<64 hexadecimal digits>");
  }
  head.service = parts[0];
  head.head.hash = parts[2];
  return head;
}

std::string HeadText(const std::string& service, const audit::Head& head) {
  return absl::StrCat(service, ":", head.number, ":", head.hash);
}

std::string DefaultHeadsFile(absl::string_view gateway) {
  std::filesystem::path folder;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state != '\0') {
    folder = state;
  } else if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') {
    folder = std::filesystem::path(home) / ".local/state";
  } else {
    return "";
  }
  return folder / "anju/audit_heads" / absl::StrReplaceAll(gateway, {{"/", "_"}});
}

absl::StatusOr<std::vector<NamedHead>> ReadHeads(const std::string& path) {
  std::vector<NamedHead> heads;
  const absl::StatusOr<std::string> text = ReadFile(path);
  // The first time.
  if (absl::IsNotFound(text.status())) return heads;
  if (!text.ok()) return text.status();
  for (const absl::string_view line : absl::StrSplit(*text, '\n', absl::SkipWhitespace())) {
    ASSIGN_OR_RETURN(heads.emplace_back(), ParseHead(absl::StripAsciiWhitespace(line)));
  }
  return heads;
}

absl::Status WriteHeads(const std::string& path, const std::vector<NamedHead>& before,
                        const std::vector<AuditVerdict>& verdicts) {
  std::map<std::string, audit::Head> heads;
  for (const NamedHead& head : before) heads[head.service] = head.head;
  for (const AuditVerdict& verdict : verdicts) {
    if (verdict.holds()) heads[verdict.service] = verdict.head;
  }
  std::string text;
  for (const auto& [service, head] : heads) absl::StrAppend(&text, HeadText(service, head), "\n");
  // Whether there is a folder then says the writing.
  std::error_code ignored;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  return WriteFile(path, text, 0644);
}

// A token is the id of an entry, and ids are in the order of their times in all services. What is older than where one
// of the pages ends comes with the next page, so that nothing of that service is missing between.
audit::v1::ListEntriesResponse MergeEntries(const std::vector<audit::v1::ListEntriesResponse>& pages) {
  audit::v1::ListEntriesResponse merged;
  for (const audit::v1::ListEntriesResponse& page : pages) {
    if (page.next_page_token() > merged.next_page_token()) merged.set_next_page_token(page.next_page_token());
  }
  std::vector<const audit::v1::Entry*> entries;
  for (const audit::v1::ListEntriesResponse& page : pages) {
    for (const audit::v1::Entry& entry : page.entries()) {
      if (entry.id() >= merged.next_page_token()) entries.push_back(&entry);
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const audit::v1::Entry* a, const audit::v1::Entry* b) { return a->id() > b->id(); });
  for (const audit::v1::Entry* entry : entries) *merged.add_entries() = *entry;
  return merged;
}

void Show(std::ostream& out, const std::vector<AuditVerdict>& verdicts, const std::string& file) {
  for (const AuditVerdict& verdict : verdicts) {
    for (const audit::Fault& fault : verdict.faults) {
      out << verdict.service << ": FAULT: " << audit::Describe(fault) << "\n";
      if (!fault.entry_id.empty()) out << "  entry " << fault.entry_id << "\n";
    }
    if (!verdict.faults.empty()) continue;
    out << verdict.service << ": " << Grouped(verdict.head.number) << " entries as they were sealed";
    if (verdict.unseen > 0)
      out << ", " << Grouped(verdict.unseen) << " of them elsewhere and seen by their hashes only";
    if (verdict.unsealed > 0) out << "; " << Grouped(verdict.unsealed) << " not sealed yet";
    out << "\n  head " << HeadText(verdict.service, verdict.head) << "\n";
  }
  if (file.empty()) {
    out << "Keep the heads elsewhere, and give them the next time by --head, or let --heads keep them in a file.\n";
  } else {
    out << "The logs go through the heads in " << file << " or it is said above; keep it where the services are not.\n";
  }
}

void ShowJson(std::ostream& out, const std::vector<AuditVerdict>& verdicts) {
  nlohmann::ordered_json services = nlohmann::ordered_json::array();
  for (const AuditVerdict& verdict : verdicts) {
    nlohmann::ordered_json one = {{"service", verdict.service},     {"intact", verdict.faults.empty()},
                                  {"entries", verdict.head.number}, {"head", HeadText(verdict.service, verdict.head)},
                                  {"unsealed", verdict.unsealed},   {"unseen", verdict.unseen}};
    if (!verdict.faults.empty()) one["fault"] = FaultJson(verdict.faults.front());
    for (const audit::Fault& fault : verdict.faults) one["faults"].push_back(FaultJson(fault));
    services.push_back(std::move(one));
  }
  out << nlohmann::ordered_json({{"services", services}}).dump(2) << "\n";
}

void Show(std::ostream& out, const audit::v1::ListEntriesResponse& entries) {
  Table table{.heading = {"time (UTC+8)", "service", "who", "role", "what", "method", "division", "records", "purpose"},
              .numeric = {false, false, false, false, false, false, false, true, false}};
  for (const audit::v1::Entry& message : entries.entries()) {
    const audit::Entry entry = audit::FromProto(message);
    table.rows.push_back({absl::FormatTime("%Y-%m-%d %H:%M:%S", entry.at, China()), message.service(), entry.subject,
                          entry.role, KindText(message.kind()), entry.method.substr(entry.method.rfind('.') + 1),
                          entry.division, Grouped(entry.record_count), entry.purpose});
  }
  table.Print(out);
  if (!entries.next_page_token().empty()) out << "more: --page " << entries.next_page_token() << "\n";
}

}  // namespace anju::cli
