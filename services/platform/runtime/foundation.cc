#include "services/platform/runtime/foundation.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

#include "services/platform/audit/disclosure.h"
#include "services/platform/base/error.h"
#include "services/platform/feed/publisher.h"
#include "services/platform/feed/whereabouts.h"
#include "services/platform/roots/schema.h"

namespace anju::runtime {
namespace {

// Followers wait for what is published; nobody waits for what is folded, and more of it at once is less work.
constexpr absl::Duration kPublishEvery = absl::Milliseconds(100);
constexpr int kPublishesPerFold = 10, kPublishesPerSeal = 5;

std::unique_ptr<cache::Cache> OpenCacheOrStop(const std::string& url) {
  absl::StatusOr<std::unique_ptr<cache::Cache>> cache = cache::OpenCache(url);
  MustStart("--cache", cache.status());
  return *std::move(cache);
}

evidence::Folder OpenFolderOrStop(const std::string& path) {
  absl::StatusOr<evidence::Folder> folder = evidence::Folder::Open(path);
  MustStart("--evidence", folder.status());
  return *std::move(folder);
}

// The kinds that every service keeps beside its own.
std::vector<const roots::Kind*> WithShared(std::vector<const roots::Kind*> kinds) {
  kinds.push_back(&roots::KindOf<approval::Flow>());
  kinds.push_back(&roots::KindOf<evidence::KeptFile>());
  kinds.push_back(&roots::KindOf<policy::Book>());
  return kinds;
}

absl::Status KeepChange(roots::BatchSession& session, const roots::Fact& fact) {
  ASSIGN_OR_RETURN(const CodeChange change, roots::FromJson<CodeChange>(fact.body));
  return roots::Store::KeepChange(session.transaction(), change);
}

// As the registry knows it; without one, the household that the person's id names.
absl::StatusOr<std::vector<std::string>> HouseholdsOf(roots::FactSource& source, const std::string& person_id) {
  ASSIGN_OR_RETURN(const std::vector<roots::Fact> facts, source.Ask(feed::WhereaboutsFact::kTopic, {person_id}));
  if (facts.empty()) return std::vector<std::string>{person_id.substr(0, person_id.find(':'))};
  ASSIGN_OR_RETURN(feed::WhereaboutsFact fact, roots::FromJson<feed::WhereaboutsFact>(facts[0].body));
  return std::move(fact.households);
}

// Refuses with DIVISION_NOT_FOUND. While the registry is away nobody knows.
absl::Status CheckExists(roots::Store& store, roots::FactSource& source, const std::string& division) {
  bool is_known = false;
  RETURN_IF_ERROR(store.Look([&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const auto fact, session.FindFact<feed::DivisionFact>(division));
    is_known = fact.has_value();
    return absl::OkStatus();
  }));
  if (is_known) return absl::OkStatus();
  const auto facts = source.Ask(feed::DivisionFact::kTopic, {division});
  if (!facts.ok() || !facts->empty()) return absl::OkStatus();
  return Refuse(absl::StatusCode::kNotFound, "DIVISION_NOT_FOUND",
                "no such division: use the national statistical code of 2, 4, 6, 9 or 12 digits", "division");
}

std::map<std::string, std::shared_ptr<grpc::Channel>> Peers(const Runtime& runtime, const Blueprint& blueprint) {
  std::map<std::string, std::shared_ptr<grpc::Channel>> peers;
  if (!runtime.registry().empty() && blueprint.own_facts == nullptr) {
    peers[std::string(feed::HouseholdFact::kTopic)] = runtime.Peer(runtime.registry());
    peers[std::string(feed::DivisionFact::kTopic)] = peers[std::string(feed::HouseholdFact::kTopic)];
    peers[std::string(CodeChange::kTopic)] = peers[std::string(feed::HouseholdFact::kTopic)];
    peers[std::string(feed::WhereaboutsFact::kTopic)] = peers[std::string(feed::HouseholdFact::kTopic)];
  }
  if (!runtime.relocation().empty()) {
    peers[std::string(feed::RelocationFact::kTopic)] = runtime.Peer(runtime.relocation());
  }
  if (!runtime.microcredit().empty()) {
    peers[std::string(feed::CreditFact::kTopic)] = runtime.Peer(runtime.microcredit());
  }
  if (!runtime.workshops().empty()) {
    peers[std::string(feed::WorkFact::kTopic)] = runtime.Peer(runtime.workshops());
  }
  if (!runtime.channels().empty()) {
    peers[std::string(feed::ProducerFact::kTopic)] = runtime.Peer(runtime.channels());
  }
  return peers;
}

}  // namespace

void MustStart(absl::string_view what, const absl::Status& status) {
  if (status.ok()) return;
  spdlog::critical("cannot start: {}: {}", std::string(what), std::string(status.message()));
  spdlog::shutdown();
  std::exit(1);
}

std::unique_ptr<storage::Database> OpenDatabase(const Runtime& runtime,
                                                const std::vector<storage::Migration>& migrations) {
  absl::StatusOr<std::unique_ptr<storage::Database>> database = storage::Database::Open(runtime.database());
  MustStart("--database", database.status());
  MustStart("migrate", storage::Migrate(**database, "platform", roots::PlatformMigrations()));
  MustStart("migrate", storage::Migrate(**database, "service", migrations));
  return *std::move(database);
}

Foundation::Foundation(Runtime& runtime, storage::Database& database, Blueprint blueprint)
    : runtime_(runtime),
      cache_(OpenCacheOrStop(runtime.cache())),
      invalidator_(*cache_, blueprint.service),
      peers_(Peers(runtime, blueprint), runtime.token()),
      store_(
          database, runtime.clock(), WithShared(blueprint.kinds),
          blueprint.own_facts != nullptr ? blueprint.own_facts : static_cast<roots::FactSource*>(&peers_),
          [this](const std::set<std::string>& divisions) { invalidator_.Changed(divisions); }, blueprint.catalogue),
      scopes_(store_, blueprint.own_facts),
      figures_(store_, blueprint.catalogue),
      intake_(store_, runtime.guard()),
      indicators_(
          figures_, runtime.guard(), runtime.clock(), [this] { return AsOf(); },
          [this](const std::set<std::string>& divisions) { invalidator_.Changed(divisions); }),
      feed_(store_, runtime.guard(), blueprint.own_facts),
      files_(store_, runtime.guard(), blueprint.service, blueprint.exposed, blueprint.gather),
      evidence_(store_, runtime.guard(), OpenFolderOrStop(runtime.evidence())),
      approvals_(store_, runtime.guard(), blueprint.flows),
      ledger_(store_, runtime.guard(), blueprint.chart),
      policies_(store_, runtime.guard(), blueprint.policies, blueprint.explainers),
      sealer_(database, runtime.clock(), blueprint.service),
      audit_(database, runtime.clock(), runtime.guard(), sealer_, blueprint.service,
             [&source = blueprint.own_facts != nullptr ? *blueprint.own_facts : peers_](const std::string& person_id) {
               return HouseholdsOf(source, person_id);
             }),
      refusals_(database, runtime.clock()) {
  runtime.guard().Disclose([&](const rpc::Caller& caller, const google::protobuf::Message& answer) {
    return audit::Keep(database, runtime_.clock(), caller, answer);
  });
  runtime.guard().TellRefused([this](const rpc::Caller& caller, absl::string_view reason, absl::string_view division) {
    refusals_.Count(caller, reason, division);
  });
  if (blueprint.own_facts != nullptr || !runtime.registry().empty()) {
    runtime.guard().LookUpDivisions([this, &source = blueprint.own_facts != nullptr ? *blueprint.own_facts : peers_](
                                        const std::string& division) { return CheckExists(store_, source, division); });
  }
  runtime.guard().ResolveScopes([this](rpc::Caller& caller) { scopes_.Resolve(caller); });
  if (runtime.migrate_only()) return;
  std::map<std::string, std::shared_ptr<grpc::Channel>> peers = Peers(runtime, blueprint);
  if (peers.contains(std::string(CodeChange::kTopic))) blueprint.follows.emplace(CodeChange::kTopic, KeepChange);
  for (const auto& [topic, absorb] : blueprint.follows) {
    auto peer = peers.find(topic);
    if (peer == peers.end()) {
      MustStart("flags", absl::InvalidArgumentError("name the service that tells of the topic " + topic));
    }
    followers_.push_back(std::make_unique<feed::Follower>(store_, peer->second, runtime.token(), topic, absorb));
  }
  for (const auto& [topic, absorb] : blueprint.hears) {
    auto peer = peers.find(topic);
    if (peer == peers.end()) continue;
    hearers_.push_back(std::make_unique<feed::Follower>(store_, peer->second, runtime.token(), topic, absorb));
  }
  housekeeper_ = std::thread([this] { KeepHouse(); });
}

Foundation::~Foundation() {
  followers_.clear();
  hearers_.clear();
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (housekeeper_.joinable()) housekeeper_.join();
}

int Foundation::Serve(std::vector<grpc::Service*> own) {
  own.push_back(&indicators_);
  own.push_back(&feed_);
  own.push_back(&files_);
  own.push_back(&evidence_);
  own.push_back(&approvals_);
  own.push_back(&ledger_);
  own.push_back(&policies_);
  own.push_back(&audit_);
  std::vector<Night::Work> works = nightly_;
  works.push_back({.name = "recount", .run = [this](const Night::Stopped&) { return ProveFigures(); }});
  Night night(store_, runtime_.guard().metrics(), std::move(works));
  if (const std::optional<int> hour = runtime_.night_hour(); hour.has_value() && !runtime_.migrate_only()) {
    night.Begin(*hour);
  }
  return runtime_.Serve(own, [this] { feed_.Stop(); });
}

absl::Time Foundation::AsOf() const {
  absl::Time as_of = runtime_.clock().Now();
  for (const auto& follower : followers_) as_of = std::min(as_of, follower->complete_until());
  return as_of;
}

absl::Status Foundation::ProveFigures() {
  ASSIGN_OR_RETURN(const tally::Proof proof, figures_.Recount());
  differences_ = static_cast<int64_t>(proof.differences.size());
  shown_differences_.reset();
  shown_differences_ = runtime_.guard().metrics().Show(
      "anju_recount_differences", "Figures that the last recount of the night found wrong, at most 100.", {},
      [this] { return static_cast<double>(differences_); });
  spdlog::log(proof.differences.empty() ? spdlog::level::info : spdlog::level::critical,
              R"({{"event":"recounted","records":{},"sums":{},"differences":{}}})", proof.records, proof.sums,
              proof.differences.size());
  for (const tally::Difference& difference : proof.differences) {
    spdlog::critical(R"({{"event":"figure_differs","indicator":"{}","division":"{}","month":"{}"}})",
                     difference.indicator, difference.division, Format(difference.month));
  }
  return absl::OkStatus();
}

void Foundation::KeepHouse() {
  const auto all = [](absl::string_view what, auto some) {
    while (true) {
      absl::StatusOr<int64_t> moved = some();
      if (!moved.ok()) spdlog::warn("cannot {}: {}", std::string(what), std::string(moved.status().message()));
      if (!moved.ok() || *moved == 0) return;
    }
  };
  for (int round = 0;; ++round) {
    all("publish facts", [&] { return feed::Publish(store_.database()); });
    if (round % kPublishesPerFold == 0) {
      all("settle divisions", [&] { return store_.Settle(); });
      all("fold figures", [&] { return figures_.Fold(); });
    }
    if (round % kPublishesPerSeal == 0) {
      all("keep refusals", [&] { return refusals_.Keep(); });
      all("seal the audit log", [&] { return sealer_.Seal(); });
    }
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), kPublishEvery)) break;
  }
  all("keep refusals", [&] { return refusals_.Keep(/*all=*/true); });
  all("seal the audit log", [&] { return sealer_.Seal(); });
}

}  // namespace anju::runtime
