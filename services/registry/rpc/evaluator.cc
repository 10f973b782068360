#include "services/registry/rpc/evaluator.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "services/platform/base/error.h"
#include "services/platform/intake/places.h"

namespace anju::registry {
namespace {

constexpr absl::Duration kEvery = absl::Milliseconds(500);
constexpr int64_t kChangedAtOnce = 500;
// A transaction holds up other writers, so it is kept short.
constexpr size_t kPutAtOnce = 50;

}  // namespace

Evaluator::~Evaluator() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Evaluator::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Evaluator::Run() {
  while (true) {
    const absl::StatusOr<int64_t> evaluated = EvaluateChanged();
    if (!evaluated.ok()) spdlog::warn("cannot evaluate: {}", std::string(evaluated.status().message()));
    const bool more = evaluated.ok() && *evaluated == kChangedAtOnce;
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopped_), more ? absl::ZeroDuration() : kEvery)) return;
  }
}

absl::StatusOr<int64_t> Evaluator::EvaluateChanged() {
  ASSIGN_OR_RETURN(const std::vector<roots::Marked> marks, store_.ListMarked(kChangedAtOnce));
  if (marks.empty()) return 0;
  std::vector<std::string> different;
  RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
    for (const roots::Marked& marked : marks) {
      ASSIGN_OR_RETURN(const Evaluation evaluation, EvaluateHousehold(session, marked.mark));
      if (evaluation.changed > 0) different.push_back(marked.mark);
    }
    return absl::OkStatus();
  }));
  const roots::Actor actor{.subject = "quality", .method = "EvaluateChanged"};
  RETURN_IF_ERROR(Put(actor, different).status());
  // What has changed since it was listed keeps its mark.
  RETURN_IF_ERROR(
      store_.Change(actor, [&](roots::BatchSession& session) { return roots::Store::Unmark(session, marks); }));
  return static_cast<int64_t>(marks.size());
}

absl::StatusOr<EvaluatedPage> Evaluator::EvaluatePage(const roots::Actor& actor, const std::string& division,
                                                      const std::string& page_token, int64_t limit) {
  ASSIGN_OR_RETURN(const roots::RootPage page, store_.List(Household::kKind, division, page_token, limit));
  EvaluatedPage evaluated{.next_page_token = page.next_page_token};
  std::vector<std::string> different;
  RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
    for (const roots::StoredRoot& stored : page.roots) {
      // Others have only lived here.
      if (!intake::LiesIn(session, stored.division, division)) continue;
      ASSIGN_OR_RETURN(const Evaluation evaluation, Evaluate(session, *std::any_cast<Household>(&stored.root)));
      if (evaluation.changed > 0) {
        different.push_back(stored.id);
      } else {
        evaluated.evaluation.Add(evaluation);
      }
    }
    return absl::OkStatus();
  }));
  ASSIGN_OR_RETURN(const Evaluation put, Put(actor, different));
  evaluated.evaluation.Add(put);
  return evaluated;
}

absl::Status Evaluator::EvaluateAll(const std::function<bool()>& stopped) {
  const roots::Actor actor{.subject = "quality", .method = "EvaluateAll"};
  std::string page_token;
  do {
    if (stopped()) return absl::CancelledError("the service ends");
    ASSIGN_OR_RETURN(EvaluatedPage page, EvaluatePage(actor, /*division=*/"", page_token, kChangedAtOnce));
    page_token = std::move(page.next_page_token);
  } while (!page_token.empty());
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> Evaluator::Put(const roots::Actor& actor, const std::vector<std::string>& household_ids) {
  Evaluation total;
  for (size_t begin = 0; begin < household_ids.size(); begin += kPutAtOnce) {
    Evaluation some;
    RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
      some = Evaluation();
      for (size_t i = begin; i < std::min(household_ids.size(), begin + kPutAtOnce); ++i) {
        ASSIGN_OR_RETURN(const Evaluation evaluation, EvaluateHousehold(session, household_ids[i]));
        some.Add(evaluation);
      }
      return absl::OkStatus();
    }));
    total.Add(some);
  }
  return total;
}

}  // namespace anju::registry
