#include "gateway/cli/app.h"

#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <map>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "anju/audit/v1/audit.pb.h"
#include "anju/evidence/v1/evidence.pb.h"
#include "anju/gateway/v1/gateway.pb.h"
#include "gateway/cli/audit.h"
#include "gateway/cli/client.h"
#include "gateway/cli/contracts.h"
#include "gateway/cli/files.h"
#include "gateway/cli/import.h"
#include "gateway/cli/show.h"
#include "gateway/cli/table.h"
#include "gateway/cli/token.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/lottery/lottery.h"

namespace anju::cli {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;
using enum absl::StatusCode;

// Of a file that is sent.
constexpr size_t kPieceBytes = 1 << 20;
constexpr int kDone = 0, kFailed = 1, kRowsRefused = 2, kTampered = 3;

// What every command knows.
struct Session {
  std::ostream& out;
  std::ostream& err;
  std::string gateway = "127.0.0.1:8081";
  std::string token_file;
  rpc::TlsFiles tls_files;
  std::string purpose;
  rpc::Tls tls;
  std::string output = "table";
  int timeout_s = 60;
  // What the chosen command answers with.
  std::function<int()> chosen;

  bool json() const { return output == "json"; }
  Client Connect() const { return Client(gateway, token_file, absl::Seconds(timeout_s), tls, purpose); }
  int Failed(const absl::Status& status) const {
    PrintError(err, status, gateway);
    return kFailed;
  }
};

// Calls a method of the gateway's own and shows the answer. Its code is `kDone`, or what `judge` makes of the answer.
template <typename Response, typename Request>
int Ask(Session& session, absl::string_view method, const Request& request,
        const std::function<int(const Response&)>& judge = nullptr) {
  auto found = FindMethod(absl::StrCat("anju.gateway.v1.Gateway/", method));
  if (!found.ok()) return session.Failed(found.status());
  Client client = session.Connect();
  Response response;
  if (auto status = client.Call(**found, request, response); !status.ok()) return session.Failed(status);
  if (!session.json()) {
    Show(session.out, response);
  } else if (auto status = ShowJson(session.out, response); !status.ok()) {
    return session.Failed(status);
  }
  return judge == nullptr ? kDone : judge(response);
}

// A line on the terminal that is drawn over itself; nothing anywhere else.
class ProgressBar {
 public:
  explicit ProgressBar(std::ostream& err) : err_(err), on_(&err == &std::cerr && ::isatty(STDERR_FILENO) != 0) {}

  void Draw(double share, int64_t rows) {
    const absl::Time now = absl::Now();
    if (!on_ || now < next_) return;
    next_ = now + absl::Milliseconds(100);
    constexpr int kWidth = 30;
    const int filled = std::clamp(static_cast<int>(share * kWidth), 0, kWidth);
    const double seconds = std::max(absl::ToDoubleSeconds(now - started_), 0.001);
    err_ << "\r[" << std::string(filled, '#') << std::string(kWidth - filled, ' ') << "] "
         << absl::StrFormat("%3d%%  ", static_cast<int>(share * 100)) << Grouped(rows) << " rows  "
         << Grouped(static_cast<int64_t>(static_cast<double>(rows) / seconds)) << " rows/s\x1b[K" << std::flush;
  }
  void Clear() {
    if (on_) err_ << "\r\x1b[K" << std::flush;
  }

 private:
  std::ostream& err_;
  const bool on_;
  const absl::Time started_ = absl::Now();
  absl::Time next_ = absl::InfinitePast();
};

struct ImportCommand {
  std::vector<std::string> words;
  ImportOptions options;
  bool strict = false;
};

int RunImport(Session& session, ImportCommand& command) {
  const auto& words = command.words;
  auto method = words.size() == 3 ? FindImport(words[0], words[1]) : FindImport("", words[0]);
  if (!method.ok()) return session.Failed(method.status());
  command.options.path = words.back();

  Client client = session.Connect();
  ProgressBar bar(session.err);
  const ImportWorld world = {.open = [&] { return client.Open(**method); },
                             .sleep = [](absl::Duration time) { absl::SleepFor(time); },
                             .progress = [&](double share, int64_t rows) { bar.Draw(share, rows); }};
  auto outcome = Import(**method, command.options, world);
  bar.Clear();
  if (!outcome.ok()) return session.Failed(outcome.status());
  for (const std::string& column : outcome->unknown_columns) {
    session.err << "warning: the column " << column << " is not known and was left out\n";
  }
  if (session.json()) {
    ShowJson(session.out, *outcome);
  } else {
    Show(session.out, *outcome);
  }
  if (!outcome->refused_written.ok()) return session.Failed(outcome->refused_written);
  return command.strict && outcome->refused > 0 ? kRowsRefused : kDone;
}

int RunCall(Session& session, const std::string& name, const std::string& body, const std::string& service) {
  auto method = FindMethod(name);
  if (!method.ok()) return session.Failed(method.status());
  if ((*method)->client_streaming() || (*method)->server_streaming()) {
    return session.Failed(Refuse(kInvalidArgument, "METHOD_STREAMS", "call takes methods with one answer; see import"));
  }
  auto make = [](const google::protobuf::Descriptor* type) {
    return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
  };
  auto request = make((*method)->input_type()), response = make((*method)->output_type());
  if (auto parsed = google::protobuf::util::JsonStringToMessage(body, request.get()); !parsed.ok()) {
    return session.Failed(Refuse(
        kInvalidArgument, "JSON_MALFORMED",
        absl::StrCat("the request is not a ", (*method)->input_type()->name(), ": ", std::string(parsed.message()))));
  }
  Client client = session.Connect();
  absl::Status status = client.Call(**method, *request, *response, service);
  if (status.ok()) status = ShowJson(session.out, *response);
  return status.ok() ? kDone : session.Failed(status);
}

void AddToken(CLI::App& app, Session& session) {
  CLI::App* token = app.add_subcommand("token", "Keys and tokens for trying out");
  token->require_subcommand(1);

  auto directory = std::make_shared<std::string>();
  CLI::App* init =
      token->add_subcommand("init", "Make a signing key and the JWKS for the services; a key that is there stays");
  init->add_option("DIR", *directory, "Where")->required();
  init->callback([&session, directory] {
    session.chosen = [&session, directory] {
      if (auto status = InitKeys(*directory); !status.ok()) return session.Failed(status);
      session.out << "the services read " << *directory << "/jwks.json\n";
      return kDone;
    };
  });

  auto request = std::make_shared<TokenRequest>();
  CLI::App* make = token->add_subcommand("make", "Print a token");
  make->add_option("--keys", request->keys, "Directory that `token init` made")->required();
  make->add_option(
          "--role", request->roles,
          "reader, collector, officer, approver, bank, enterprise, auditor, admin or service; several with commas")
      ->delimiter(',')
      ->required();
  make->add_option("--division", request->division, "Division code; empty for the whole country")->required();
  make->add_option("--subject", request->subject, "Who")->required();
  make->add_option("--hours", request->hours, "How long it is valid")->capture_default_str();
  make->callback([&session, request] {
    session.chosen = [&session, request] {
      auto made = MakeToken(*request, absl::Now());
      if (!made.ok()) return session.Failed(made.status());
      session.out << *made << "\n";
      return kDone;
    };
  });
}

void AddImport(CLI::App& app, Session& session) {
  auto command = std::make_shared<ImportCommand>();
  CLI::App* sub = app.add_subcommand("import", "Send a CSV file: import KIND FILE, or import SERVICE METHOD FILE");
  sub->add_option("WHAT", command->words, "households loans.csv, or microcredit ImportLoans loans.csv")
      ->required()
      ->expected(2, 3);
  sub->add_option("--division", command->options.division, "The division the file belongs to")->required();
  sub->add_option("--source", command->options.source, "The system the file comes from")->capture_default_str();
  sub->add_option("--household-source", command->options.household_source,
                  "The system whose household numbers it uses");
  sub->add_option("--batch", command->options.batch, "Rows in a batch")->capture_default_str();
  sub->add_option("--refused", command->options.refused_path, "Where the refused rows go; beside the file by default");
  sub->add_flag("--strict", command->strict, "Exit with 2 when rows were refused");
  const auto run = [&session, command] { return RunImport(session, *command); };
  sub->callback([&session, run] { session.chosen = run; });
}

int RunVerify(Session& session, lottery::Published published) {
  // The options name the files; from here on they are what is in them.
  for (std::string* file : {&published.list, &published.result}) {
    auto text = ReadFile(*file);
    if (!text.ok()) return session.Failed(text.status());
    *file = *std::move(text);
  }
  auto result = lottery::Verify(published);
  if (!result.ok()) return session.Failed(result.status());
  const auto allotted = std::count_if(result->begin(), result->end(),
                                      [](const lottery::Allotment& allotment) { return !allotment.unit.empty(); });
  const auto households = static_cast<int64_t>(result->size());
  if (session.json()) {
    session.out << absl::StrFormat(R"({"verified": true, "households": %d, "allotted": %d})", households, allotted)
                << "\n";
  } else {
    session.out << "verified: the seed is what was committed to, the list is what was frozen, and the draw gives the "
                   "result\n"
                << Grouped(households) << " households, " << Grouped(allotted) << " of them with a unit\n";
  }
  return kDone;
}

void AddDraw(CLI::App& app, Session& session) {
  CLI::App* draw = app.add_subcommand("draw", "The lottery that gives units to households");
  draw->require_subcommand(1);
  auto published = std::make_shared<lottery::Published>();
  CLI::App* verify = draw->add_subcommand("verify", "Check a draw from what was published of it; asks no service");
  verify->add_option("--list", published->list, "File with the frozen list")->required();
  verify->add_option("--list-hash", published->list_hash, "Its SHA-256, as it was published")->required();
  verify->add_option("--commitment", published->commitment, "SHA-256 of the seed, as it was published")->required();
  verify->add_option("--seed", published->seed, "The seed, as it was revealed")->required();
  verify->add_option("--result", published->result, "File with the result")->required();
  verify->callback(
      [&session, published] { session.chosen = [&session, published] { return RunVerify(session, *published); }; });
}

struct EvidenceWords {
  std::string path, service, division, sha256;
};

// Sends the file in pieces; what has come already is passed over there.
int PutEvidence(Session& session, const EvidenceWords& words) {
  auto content = ReadFile(words.path);
  if (!content.ok()) return session.Failed(content.status());
  auto method = FindMethod("anju.evidence.v1.EvidenceFiles/UploadEvidence");
  if (!method.ok()) return session.Failed(method.status());
  evidence::v1::UploadEvidenceRequest request;
  request.set_division(words.division);
  request.set_sha256(Sha256(*content));
  request.set_size_bytes(static_cast<int64_t>(content->size()));
  Client client = session.Connect();
  evidence::v1::EvidenceFile file;
  do {
    request.set_offset(file.received_bytes());
    request.set_data(content->substr(static_cast<size_t>(file.received_bytes()), kPieceBytes));
    if (auto sent = client.Call(**method, request, file, words.service); !sent.ok()) return session.Failed(sent);
  } while (!file.kept());
  if (session.json()) {
    const absl::Status shown = ShowJson(session.out, file);
    return shown.ok() ? kDone : session.Failed(shown);
  }
  session.out << file.sha256() << "  " << Grouped(file.size_bytes()) << " bytes\n";
  return kDone;
}

// Writes the file only when it is what its hash says.
int GetEvidence(Session& session, const EvidenceWords& words) {
  auto method = FindMethod("anju.evidence.v1.EvidenceFiles/ReadEvidence");
  if (!method.ok()) return session.Failed(method.status());
  evidence::v1::ReadEvidenceRequest request;
  request.set_division(words.division);
  request.set_sha256(words.sha256);
  Client client = session.Connect();
  evidence::v1::EvidencePiece piece;
  std::string content;
  do {
    request.set_offset(static_cast<int64_t>(content.size()));
    if (auto read = client.Call(**method, request, piece, words.service); !read.ok()) return session.Failed(read);
    content += piece.data();
  } while (!piece.data().empty() && static_cast<int64_t>(content.size()) < piece.size_bytes());
  if (Sha256(content) != words.sha256) {
    return session.Failed(absl::DataLossError("what is kept under this hash was damaged; it was not written"));
  }
  const absl::Status written = WriteFile(words.path, content, 0644);
  return written.ok() ? kDone : session.Failed(written);
}

void AddEvidence(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("evidence", "The files that records rest on");
  group->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& help, int (*run)(Session&, const EvidenceWords&)) {
    auto words = std::make_shared<EvidenceWords>();
    CLI::App* command = group->add_subcommand(name, help);
    command->add_option("--service", words->service, "The service whose record names it")->required();
    command->add_option("--division", words->division, "The county that sent it")->required();
    command->callback(
        [&session, words, run] { session.chosen = [&session, words, run] { return run(session, *words); }; });
    return std::make_pair(command, words);
  };
  auto [put, sent] = add("put", "Send a file; prints its SHA-256, by which records name it", PutEvidence);
  put->add_option("FILE", sent->path, "What to send")->required();
  auto [get, wanted] = add("get", "Fetch a file by its SHA-256; say what for with --purpose", GetEvidence);
  get->add_option("SHA256", wanted->sha256, "As a record names it")->required();
  get->add_option("FILE", wanted->path, "Where it is written")->required();
}

// Calls a method that every service serves.
template <typename Response, typename Request>
absl::StatusOr<Response> CallOne(Client& client, const std::string& method, const Request& request,
                                 const std::string& service) {
  ASSIGN_OR_RETURN(const MethodDescriptor* found, FindMethod(method));
  Response response;
  RETURN_IF_ERROR(client.Call(*found, request, response, service));
  return response;
}

struct VerifyWords {
  std::string service = "all";
  std::vector<std::string> heads;
  std::string file;
  bool keeps_none = false;
};

// The named service, or all that the gateway knows.
absl::StatusOr<std::vector<std::string>> ServicesNamed(Client& client, const std::string& named) {
  if (named != "all") return std::vector<std::string>{named};
  ASSIGN_OR_RETURN(
      const gateway::v1::Health health,
      CallOne<gateway::v1::Health>(client, "anju.gateway.v1.Gateway/GetHealth", gateway::v1::GetHealthRequest(), ""));
  std::vector<std::string> services;
  for (const gateway::v1::ServiceHealth& service : health.services()) services.push_back(service.service());
  return services;
}

absl::StatusOr<std::vector<AuditVerdict>> VerifyAll(Client& client, const VerifyWords& words,
                                                    const std::vector<NamedHead>& in_file) {
  std::map<std::string, std::vector<audit::Head>> kept;
  for (const NamedHead& head : in_file) kept[head.service].push_back(head.head);
  for (const std::string& text : words.heads) {
    ASSIGN_OR_RETURN(const NamedHead head, ParseHead(text));
    kept[head.service].push_back(head.head);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> services, ServicesNamed(client, words.service));
  std::vector<AuditVerdict> verdicts;
  for (const std::string& service : services) {
    const auto read_chain = [&](const audit::v1::ReadChainRequest& request) {
      return CallOne<audit::v1::ReadChainResponse>(client, "anju.audit.v1.Audit/ReadChain", request, service);
    };
    const auto verify_chain = [&](const audit::v1::VerifyChainRequest& request) {
      return CallOne<audit::v1::VerifyChainResponse>(client, "anju.audit.v1.Audit/VerifyChain", request, service);
    };
    ASSIGN_OR_RETURN(AuditVerdict verdict,
                     VerifyAudit(service, kept[service], {.read_chain = read_chain, .verify_chain = verify_chain}));
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

int RunVerifyAudit(Session& session, const VerifyWords& words) {
  std::string file = words.file.empty() ? DefaultHeadsFile(session.gateway) : words.file;
  if (words.keeps_none) file.clear();
  const absl::StatusOr<std::vector<NamedHead>> in_file = file.empty() ? std::vector<NamedHead>() : ReadHeads(file);
  if (!in_file.ok()) return session.Failed(in_file.status());
  Client client = session.Connect();
  const auto verdicts = VerifyAll(client, words, *in_file);
  if (!verdicts.ok()) return session.Failed(verdicts.status());
  if (session.json()) {
    ShowJson(session.out, *verdicts);
  } else {
    Show(session.out, *verdicts, file);
  }
  const absl::Status written = file.empty() ? absl::OkStatus() : WriteHeads(file, *in_file, *verdicts);
  const bool tampered = std::any_of(verdicts->begin(), verdicts->end(),
                                    [](const AuditVerdict& verdict) { return !verdict.faults.empty(); });
  if (!written.ok()) session.Failed(written);
  if (tampered) return kTampered;
  return written.ok() ? kDone : kFailed;
}

absl::StatusOr<audit::v1::ListEntriesResponse> ListAll(Client& client, const audit::v1::ListEntriesRequest& request,
                                                       const std::string& named) {
  ASSIGN_OR_RETURN(const std::vector<std::string> services, ServicesNamed(client, named));
  std::vector<audit::v1::ListEntriesResponse> pages;
  for (const std::string& service : services) {
    ASSIGN_OR_RETURN(pages.emplace_back(), CallOne<audit::v1::ListEntriesResponse>(
                                               client, "anju.audit.v1.Audit/ListEntries", request, service));
  }
  return MergeEntries(pages);
}

int RunListAudit(Session& session, const audit::v1::ListEntriesRequest& request, const std::string& service) {
  Client client = session.Connect();
  const auto listed = ListAll(client, request, service);
  if (!listed.ok()) return session.Failed(listed.status());
  if (!session.json()) {
    Show(session.out, *listed);
    return kDone;
  }
  const absl::Status shown = ShowJson(session.out, *listed);
  return shown.ok() ? kDone : session.Failed(shown);
}

void AddAudit(CLI::App& app, Session& session) {
  CLI::App* group = app.add_subcommand("audit", "Who did what, and who read whose personal data");
  group->require_subcommand(1);

  auto words = std::make_shared<VerifyWords>();
  CLI::App* verify = group->add_subcommand(
      "verify", "Read the whole log and compute its chain of hashes here; exits with 3 when it is not what it was");
  verify->add_option("--service", words->service, "Whose log; all of them by default")->capture_default_str();
  verify->add_option("--head", words->heads, "A head that was kept, as this command prints them; may be given often");
  verify
      ->add_option(
          "--heads", words->file,
          "A file of heads, best where the services are not: the logs must go through them, and the heads that "
          "were found take the place of those that hold. By default ~/.local/state/anju/audit_heads/GATEWAY")
      ->envname("ANJU_AUDIT_HEADS");
  verify->add_flag("--no-heads", words->keeps_none, "Neither read nor keep heads in a file");
  verify->callback(
      [&session, words] { session.chosen = [&session, words] { return RunVerifyAudit(session, *words); }; });

  auto request = std::make_shared<audit::v1::ListEntriesRequest>();
  auto service = std::make_shared<std::string>("all");
  auto kind = std::make_shared<std::string>();
  CLI::App* list = group->add_subcommand("list", "List entries, the newest first");
  list->add_option("--service", *service, "Whose log; all of them by default")->capture_default_str();
  const std::tuple<const char*, std::string*, const char*> filters[] = {
      {"--division", request->mutable_division(), "What happened in a division"},
      {"--household", request->mutable_household_id(), "What touched a household, by its id"},
      {"--person", request->mutable_person_id(),
       "What touched a person's households: <household id>:<number>, of any of them"},
      {"--record", request->mutable_record_id(), "What touched a record, by its id"},
      {"--subject", request->mutable_subject(), "What somebody did"},
      {"--from", request->mutable_from_day(), "2018-10-01"},
      {"--to", request->mutable_to_day(), "2018-10-31, included"},
      {"--page", request->mutable_page_token(), "Where the page before has ended"},
  };
  for (const auto& [name, value, help] : filters) list->add_option(name, *value, help);
  list->add_option("--kind", *kind, "write, read, export, refused or loss")
      ->check(CLI::IsMember({"write", "read", "export", "refused", "loss"}));
  list->callback([&session, request, service, kind] {
    session.chosen = [&session, request, service, kind] {
      audit::v1::EntryKind parsed = audit::v1::ENTRY_KIND_UNSPECIFIED;
      audit::v1::EntryKind_Parse(absl::StrCat("ENTRY_KIND_", absl::AsciiStrToUpper(*kind)), &parsed);
      request->set_kind(parsed);
      return RunListAudit(session, *request, *service);
    };
  });
}

void AddFigures(CLI::App& app, Session& session) {
  namespace v1 = gateway::v1;

  auto overview = std::make_shared<v1::GetOverviewRequest>();
  CLI::App* command = app.add_subcommand("overview", "Every figure of a division");
  auto text = [](CLI::App* to, const std::string& name, std::string* value, const std::string& help) {
    return to->add_option(name, *value, help);
  };
  text(command, "--division", overview->mutable_division(), "Division code")->required();
  text(command, "--month", overview->mutable_month(), "2018-10")->required();
  text(command, "--from", overview->mutable_from_month(), "First month of a span");
  command->add_flag_callback(
      "--children", [overview] { overview->set_children(true); }, "Its children's figures too");
  command->callback([&session, overview] {
    session.chosen = [&session, overview] { return Ask<v1::Overview>(session, "GetOverview", *overview); };
  });

  auto ranking = std::make_shared<v1::GetRankingRequest>();
  command = app.add_subcommand("ranking", "The children of a division by one figure");
  text(command, "--division", ranking->mutable_division(), "Division code of the parent")->required();
  text(command, "--indicator", ranking->mutable_indicator(), "microcredit.loan_balance")->required();
  text(command, "--month", ranking->mutable_month(), "2018-10")->required();
  text(command, "--from", ranking->mutable_from_month(), "First month of a span");
  command->callback([&session, ranking] {
    session.chosen = [&session, ranking] { return Ask<v1::Ranking>(session, "GetRanking", *ranking); };
  });

  auto trend = std::make_shared<v1::GetTrendRequest>();
  command = app.add_subcommand("trend", "One figure, month by month");
  text(command, "--division", trend->mutable_division(), "Division code")->required();
  text(command, "--indicator", trend->mutable_indicator(), "microcredit.loan_balance")->required();
  text(command, "--from", trend->mutable_from_month(), "2018-01")->required();
  text(command, "--to", trend->mutable_to_month(), "2018-10")->required();
  command->callback([&session, trend] {
    session.chosen = [&session, trend] { return Ask<v1::Trend>(session, "GetTrend", *trend); };
  });

  auto household = std::make_shared<v1::GetHouseholdFileRequest>();
  command = app.add_subcommand("household", "Everything that is held on one household");
  text(command, "ID", household->mutable_household_id(), "The household's id")->required();
  command->callback([&session, household] {
    session.chosen = [&session, household] { return Ask<v1::HouseholdFile>(session, "GetHouseholdFile", *household); };
  });

  command = app.add_subcommand("indicators", "The catalogue of figures");
  command->callback([&session] {
    session.chosen = [&session] {
      return Ask<v1::ListAllIndicatorsResponse>(session, "ListAllIndicators", v1::ListAllIndicatorsRequest());
    };
  });

  command = app.add_subcommand("health", "Whether every service is there; exits with 1 when one is not");
  command->callback([&session] {
    session.chosen = [&session] {
      return Ask<v1::Health>(session, "GetHealth", v1::GetHealthRequest(),
                             [](const v1::Health& health) { return health.serving() ? kDone : kFailed; });
    };
  });
}

void AddCall(CLI::App& app, Session& session) {
  struct Words {
    std::string method, body = "{}", service;
  };
  auto words = std::make_shared<Words>();
  CLI::App* call = app.add_subcommand("call", "Call any method that has one answer");
  call->add_option("METHOD", words->method, "anju.registry.v1.Registry/GetDivision")->required();
  call->add_option("JSON", words->body, "The request")->capture_default_str();
  call->add_option("--service", words->service, "Who answers, for a contract that every service serves");
  call->callback([&session, words] {
    session.chosen = [&session, words] { return RunCall(session, words->method, words->body, words->service); };
  });
}

}  // namespace

int Run(std::vector<std::string> arguments, std::ostream& out, std::ostream& err) {
  Session session{.out = out, .err = err};
  CLI::App app("anjuctl talks to an anju platform.", "anjuctl");
  app.require_subcommand(1);
  // The options below may also stand behind the command.
  app.fallthrough();
  app.add_option("--gateway", session.gateway, "host:port of the gateway's gRPC")
      ->envname("ANJU_GATEWAY")
      ->capture_default_str();
  app.add_option("--token-file", session.token_file, "File with your token")->envname("ANJU_TOKEN_FILE");
  app.add_option("--tls-ca", session.tls_files.ca, "PEM file with the CA of a gateway that speaks TLS")
      ->envname("ANJU_TLS_CA");
  app.add_option("--tls-cert", session.tls_files.cert, "PEM file with your certificate, for a gateway that wants one")
      ->envname("ANJU_TLS_CERT");
  app.add_option("--tls-key", session.tls_files.key, "PEM file with the private key to --tls-cert")
      ->envname("ANJU_TLS_KEY");
  app.add_option("--purpose", session.purpose,
                 "What you need personal data for: it is answered unmasked, and your reading is kept");
  app.add_option("--output", session.output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_option("--timeout", session.timeout_s, "Seconds to wait for an answer")
      ->check(CLI::Range(1, 3'600))
      ->capture_default_str();
  AddToken(app, session);
  AddImport(app, session);
  AddDraw(app, session);
  AddEvidence(app, session);
  AddAudit(app, session);
  AddFigures(app, session);
  AddCall(app, session);
  try {
    // The parser takes them from the back.
    std::reverse(arguments.begin(), arguments.end());
    app.parse(std::move(arguments));
  } catch (const CLI::ParseError& error) {
    return app.exit(error, out, err) == 0 ? kDone : kFailed;
  }
  auto tls = rpc::Tls::Open(session.tls_files);
  if (!tls.ok()) return session.Failed(tls.status());
  session.tls = *std::move(tls);
  return session.chosen();
}

}  // namespace anju::cli
