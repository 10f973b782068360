#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/platform/roots/store.h"
#include "services/platform/tally/contribution.h"

namespace anju::tally {

struct Sum {
  std::string indicator;
  std::string division;
  // Only when asked month by month.
  std::optional<Month> month;
  int64_t value = 0;
};

// What a county has published itself.
struct Report {
  std::string indicator;
  std::string division;
  Month month;
  int64_t value = 0;
  int64_t precision = 1;
  bool at_least = false;
  std::string source;
};

struct Question {
  std::vector<std::string> divisions;
  std::optional<Month> from;
  Month to;
  // Empty: all.
  std::set<std::string> indicators;
  bool monthly = false;
};

struct Answer {
  std::vector<Sum> sums;
  std::vector<Report> reports;
};

struct Contributor {
  std::string kind;
  std::string id;
  std::string key;
  std::string division;
  int64_t amount = 0;
};

struct ContributorPage {
  std::vector<Contributor> contributors;
  std::string next_page_token;
};

struct Difference {
  std::string indicator;
  std::string division;
  Month month;
  int64_t running = 0;
  int64_t recounted = 0;
};

struct Proof {
  int64_t records = 0;
  int64_t sums = 0;
  // At most 100.
  std::vector<Difference> differences;
};

// The running figures of one service: the sums that are folded up the tree plus the differences that are not yet, which
// is exact the moment a write has committed. Thread-safe.
class Figures {
 public:
  Figures(roots::Store& store, const Catalogue& catalogue);

  const Catalogue& catalogue() const { return catalogue_; }
  // Null when the service has no such sum.
  const Indicator* Find(absl::string_view indicator) const;

  absl::StatusOr<Answer> Ask(const Question& question);
  absl::StatusOr<ContributorPage> Contributors(const Indicator& indicator, absl::string_view division,
                                               std::optional<Month> from, Month to, absl::string_view page_token,
                                               int64_t page_size);
  // Counts everything again on one snapshot and compares what belongs to the divisions that `within` admits. What
  // belongs to none, and the totals above, is for who admits all.
  absl::StatusOr<Proof> Recount(absl::FunctionRef<bool(absl::string_view division)> within = Everywhere);
  absl::Status Keep(const Report& report);

  // Moves some of the pending differences into the sums of every level. Answers how many; call again while it is not 0.
  absl::StatusOr<int64_t> Fold();

 private:
  static bool Everywhere(absl::string_view) { return true; }

  roots::Store& store_;
  const Catalogue& catalogue_;
};

}  // namespace anju::tally
