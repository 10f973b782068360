#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "services/platform/approval/service.h"
#include "services/platform/audit/refusals.h"
#include "services/platform/audit/sealer.h"
#include "services/platform/audit/service.h"
#include "services/platform/cache/cache.h"
#include "services/platform/cache/generations.h"
#include "services/platform/evidence/service.h"
#include "services/platform/feed/follower.h"
#include "services/platform/feed/scopes.h"
#include "services/platform/feed/service.h"
#include "services/platform/files/service.h"
#include "services/platform/intake/intake.h"
#include "services/platform/ledger/service.h"
#include "services/platform/policy/service.h"
#include "services/platform/roots/store.h"
#include "services/platform/runtime/night.h"
#include "services/platform/runtime/runtime.h"
#include "services/platform/storage/database.h"
#include "services/platform/tally/figures.h"
#include "services/platform/tally/service.h"

namespace anju::runtime {

// Opens the database that the flags name and brings it up to date: the platform's tables, then the service's own. A
// database that cannot be had stops the start.
std::unique_ptr<storage::Database> OpenDatabase(const Runtime& runtime,
                                                const std::vector<storage::Migration>& migrations = {});

// Stops the start when something that it needs went wrong: says what in the log and exits with 1.
void MustStart(absl::string_view what, const absl::Status& status);

// What tells one service from another, as far as the platform is concerned.
struct Blueprint {
  std::string service;
  std::vector<const roots::Kind*> kinds;
  const tally::Catalogue& catalogue;
  // What its rules are measured by, and the kinds of its roots that explain what was decided on them.
  const policy::Catalogue& policies = policy::Nothing();
  std::vector<policy::Explainer> explainers = {};
  // The national defaults of its flows of approval.
  std::vector<approval::Flow> flows = {};
  // What of its roots belongs in a household's file.
  std::vector<files::Exposed> exposed;
  // What else belongs there.
  files::Gather gather = nullptr;
  // The topics it follows, and what to do with a newer fact.
  std::map<std::string, roots::Store::Absorb> follows;
  // Topics that it follows as well when their service's address is given, and on which its figures do not wait.
  std::map<std::string, roots::Store::Absorb> hears;
  // Answers facts from the service's own tables instead of asking other services.
  roots::FactSource* own_facts = nullptr;
  // The accounts it posts to; a service that moves no money has none.
  ledger::Chart chart = {};
};

// What every service stands on: its roots, its figures, its feed, its cache marks, its audit log. Folding, publishing
// and sealing go on in the background for as long as it lives, and every night its figures are proved against a
// recount.
class Foundation {
 public:
  Foundation(Runtime& runtime, storage::Database& database, Blueprint blueprint);
  ~Foundation();

  roots::Store& store() { return store_; }
  intake::Intake& intake() { return intake_; }
  tally::Figures& figures() { return figures_; }

  // Done every night beside the proof of the figures; to be said before Serve.
  void EachNight(Night::Work work) { nightly_.push_back(std::move(work)); }

  // Serves `own` beside the contracts that all services share. Answers the exit code.
  int Serve(std::vector<grpc::Service*> own);

 private:
  absl::Time AsOf() const;
  void KeepHouse();
  absl::Status ProveFigures();

  Runtime& runtime_;
  const std::unique_ptr<cache::Cache> cache_;
  cache::Invalidator invalidator_;
  feed::PeerFacts peers_;
  roots::Store store_;
  feed::Scopes scopes_;
  tally::Figures figures_;
  intake::Intake intake_;
  std::vector<std::unique_ptr<feed::Follower>> followers_;
  std::vector<std::unique_ptr<feed::Follower>> hearers_;
  tally::IndicatorsService indicators_;
  feed::FeedService feed_;
  files::FilesService files_;
  evidence::EvidenceService evidence_;
  approval::ApprovalsService approvals_;
  ledger::LedgerService ledger_;
  policy::PoliciesService policies_;
  audit::Sealer sealer_;
  audit::AuditService audit_;
  audit::Refusals refusals_;
  std::vector<Night::Work> nightly_;
  // What the last proof of the figures found, at most 100.
  std::atomic<int64_t> differences_ = 0;
  std::shared_ptr<void> shown_differences_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread housekeeper_;
};

}  // namespace anju::runtime
