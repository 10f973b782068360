#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "services/platform/roots/store.h"
#include "services/registry/domain/quality/finding.h"

namespace anju::registry {

struct EvaluatedPage {
  Evaluation evaluation;
  // Empty when this was the last page.
  std::string next_page_token;
};

// Brings findings up to date: those of changed households in the background for as long as it runs, those of a division
// in full, page by page. A household whose findings stay as they are is read only. Thread-safe.
class Evaluator {
 public:
  explicit Evaluator(roots::Store& store) : store_(store) {}
  ~Evaluator();

  // Begins to look after changed households in the background, within a second after each change.
  void Start();

  // Evaluates some of the households that have changed. Answers how many; call again while it is not 0.
  absl::StatusOr<int64_t> EvaluateChanged();
  // Evaluates the next households of a division, at most `limit`.
  absl::StatusOr<EvaluatedPage> EvaluatePage(const roots::Actor& actor, const std::string& division,
                                             const std::string& page_token, int64_t limit);
  // Evaluates every household, because of the days that have passed, until it is told to stop.
  absl::Status EvaluateAll(const std::function<bool()>& stopped);

 private:
  void Run();
  // Puts the findings of these households, a few in each transaction.
  absl::StatusOr<Evaluation> Put(const roots::Actor& actor, const std::vector<std::string>& household_ids);

  roots::Store& store_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace anju::registry
