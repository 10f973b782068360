#include "services/platform/tally/figures.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/platform/base/division.h"
#include "services/platform/tally/cells.h"

namespace anju::tally {
namespace {

using storage::Row;
using storage::Rows;
using storage::Transaction;

constexpr int64_t kFoldAtOnce = 1000;
constexpr int64_t kScannedAtOnce = 500;
constexpr int kScansPerPage = 20;
constexpr size_t kShownDifferences = 100;

constexpr absl::string_view kSums =
    "SELECT indicator, CAST(SUM(amount) AS BIGINT), CAST(SUM(CASE WHEN month >= $1 THEN amount ELSE 0 END) AS BIGINT) "
    "FROM tally_sums WHERE division = $2 AND month <= $3 GROUP BY indicator";
constexpr absl::string_view kPending = "SELECT cells FROM tally_pending WHERE division >= $1 AND division < $2";
constexpr absl::string_view kMonthlySums =
    "SELECT indicator, month, amount FROM tally_sums WHERE division = $1 AND month <= $2";
// By the index that migration 010 makes for it.
constexpr absl::string_view kCountySums =
    "SELECT division, indicator, month, amount FROM tally_sums WHERE indicator IN ($1, $2) AND division >= $3 AND "
    "division < $4 AND month <= $5 AND LENGTH(division) = 6";
constexpr absl::string_view kReports =
    "SELECT indicator, value, scale, at_least, source FROM tally_reports WHERE division = $1 AND month = $2 "
    "ORDER BY indicator";
constexpr absl::string_view kKeepReport =
    "INSERT INTO tally_reports (division, indicator, month, value, scale, at_least, source) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (division, indicator, month) DO UPDATE SET value = "
    "excluded.value, "
    "scale = excluded.scale, at_least = excluded.at_least, source = excluded.source";
constexpr absl::string_view kTakePending =
    "DELETE FROM tally_pending WHERE id IN (SELECT id FROM tally_pending ORDER BY id LIMIT $1) "
    "RETURNING division, cells";
constexpr absl::string_view kAddSum =
    "INSERT INTO tally_sums (division, indicator, month, amount) VALUES ($1, $2, $3, $4) "
    "ON CONFLICT (division, indicator, month) DO UPDATE SET amount = tally_sums.amount + excluded.amount";
constexpr absl::string_view kAllSums = "SELECT division, indicator, month, amount FROM tally_sums";
constexpr absl::string_view kAllPending = "SELECT division, cells FROM tally_pending";
constexpr absl::string_view kPendingWithin =
    "SELECT division, cells FROM tally_pending WHERE division >= $1 AND division < $2";

using Cells = std::map<std::tuple<std::string, std::string, int64_t>, int64_t>;

void AddUpwards(absl::string_view division, absl::string_view indicator, int64_t month, int64_t amount, Cells& cells) {
  for (absl::string_view level : Lineage(division)) {
    cells[{std::string(level), std::string(indicator), month}] += amount;
  }
}

// The cells of a pending row, its division first.
absl::Status AddUpwards(const Row& pending, Cells& cells) {
  return ForEachCell(pending.Text(1), [&](absl::string_view indicator, int64_t month, int64_t amount) {
    AddUpwards(pending.Text(0), indicator, month, amount, cells);
  });
}

// The two stocks that an indicator with `of` and `where` is made of, of one county: what they change by in each month.
struct County {
  std::map<int64_t, int64_t> of, where;
};
using Counties = std::map<std::string, County>;

int64_t Standing(const std::map<int64_t, int64_t>& changes, int64_t month) {
  int64_t standing = 0;
  for (auto change = changes.begin(); change != changes.end() && change->first <= month; ++change) {
    standing += change->second;
  }
  return standing;
}

absl::StatusOr<Counties> ReadCounties(Transaction& transaction, const Indicator& indicator, const std::string& division,
                                      int64_t to) {
  if (division.size() > kCountyDigits) return Counties();
  const std::string end = PrefixEnd(division);
  Cells cells;
  ASSIGN_OR_RETURN(const Rows pending, transaction.Query(kPendingWithin, {division, end}));
  for (const Row& row : pending) RETURN_IF_ERROR(AddUpwards(row, cells));
  ASSIGN_OR_RETURN(const Rows sums, transaction.Query(kCountySums, {std::string(indicator.of),
                                                                    std::string(indicator.where), division, end, to}));
  for (const Row& row : sums) cells[{row.Text(0), row.Text(1), row.Int(2)}] += row.Int(3);
  Counties counties;
  for (const auto& [cell, amount] : cells) {
    const auto& [place, id, month] = cell;
    if (place.size() != kCountyDigits) continue;
    if (id == indicator.of) counties[place].of[month] += amount;
    if (id == indicator.where) counties[place].where[month] += amount;
  }
  return counties;
}

int64_t CountedOf(const Counties& counties, int64_t month) {
  int64_t sum = 0;
  for (const auto& [code, county] : counties) {
    if (Standing(county.where, month) != 0) sum += Standing(county.of, month);
  }
  return sum;
}

absl::Status AddCounted(Transaction& transaction, const Indicator& indicator, const std::string& division,
                        const Question& question, Answer& answer) {
  ASSIGN_OR_RETURN(const Counties counties, ReadCounties(transaction, indicator, division, question.to.index));
  const auto add = [&](std::optional<Month> month) {
    const int64_t value = CountedOf(counties, month.value_or(question.to).index);
    if (value == 0) return;
    answer.sums.push_back(
        {.indicator = std::string(indicator.id), .division = division, .month = month, .value = value});
  };
  add(std::nullopt);
  if (!question.monthly) return absl::OkStatus();
  for (Month month = question.from.value_or(Month()); month <= question.to; month = month.Plus(1)) add(month);
  return absl::OkStatus();
}

}  // namespace

Figures::Figures(roots::Store& store, const Catalogue& catalogue) : store_(store), catalogue_(catalogue) {}

const Indicator* Figures::Find(absl::string_view id) const {
  auto found = std::find_if(catalogue_.begin(), catalogue_.end(), [&](const Indicator& indicator) {
    return indicator.id == id && indicator.kind != IndicatorKind::kRatio;
  });
  return found == catalogue_.end() ? nullptr : &*found;
}

absl::StatusOr<Answer> Figures::Ask(const Question& question) {
  Answer answer;
  const int64_t from = question.from.value_or(Month()).index, to = question.to.index;
  const auto wanted = [&](const std::string& id) {
    return question.indicators.empty() || question.indicators.contains(id);
  };
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    for (const std::string& division : question.divisions) {
      const std::string end = PrefixEnd(division);
      std::map<std::string, int64_t> stocks, flows;
      std::map<std::pair<std::string, int64_t>, int64_t> months;
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kSums, {from, division, to}));
      for (const Row& row : rows) {
        stocks[row.Text(0)] += row.Int(1);
        flows[row.Text(0)] += row.Int(2);
      }
      ASSIGN_OR_RETURN(const Rows pending, transaction.Query(kPending, {division, end}));
      const auto add_pending = [&](absl::string_view indicator, int64_t month, int64_t amount) {
        if (month > to) return;
        const std::string id(indicator);
        stocks[id] += amount;
        if (month >= from) flows[id] += amount;
        if (question.monthly) months[{id, month}] += amount;
      };
      for (const Row& row : pending) RETURN_IF_ERROR(ForEachCell(row.Text(0), add_pending));
      for (const auto& [id, stock] : stocks) {
        const Indicator* indicator = Find(id);
        if (indicator == nullptr || !wanted(id)) continue;
        const int64_t value = indicator->kind == IndicatorKind::kStock ? stock : flows[id];
        if (value != 0) answer.sums.push_back({.indicator = id, .division = division, .value = value});
      }
      if (question.monthly) {
        ASSIGN_OR_RETURN(rows, transaction.Query(kMonthlySums, {division, to}));
        for (const Row& row : rows) months[{row.Text(0), row.Int(1)}] += row.Int(2);
        // A stock is told as it stands at the end of each month.
        std::map<std::string, std::map<int64_t, int64_t>> by_indicator;
        for (const auto& [cell, amount] : months) by_indicator[cell.first][cell.second] = amount;
        for (const auto& [id, amounts] : by_indicator) {
          const Indicator* indicator = Find(id);
          if (indicator == nullptr || !wanted(id)) continue;
          int64_t standing = 0;
          for (auto amount = amounts.begin(); amount != amounts.end() && amount->first < from; ++amount) {
            standing += amount->second;
          }
          for (int64_t month = from; month <= to; ++month) {
            auto amount = amounts.find(month);
            const int64_t change = amount == amounts.end() ? 0 : amount->second;
            standing += change;
            const int64_t value = indicator->kind == IndicatorKind::kStock ? standing : change;
            if (value == 0) continue;
            answer.sums.push_back({.indicator = id,
                                   .division = division,
                                   .month = Month{.index = static_cast<int32_t>(month)},
                                   .value = value});
          }
        }
      }
      for (const Indicator& indicator : catalogue_) {
        if (indicator.of.empty() || !wanted(std::string(indicator.id))) continue;
        RETURN_IF_ERROR(AddCounted(transaction, indicator, division, question, answer));
      }
      ASSIGN_OR_RETURN(rows, transaction.Query(kReports, {division, to}));
      for (const Row& row : rows) {
        answer.reports.push_back({.indicator = row.Text(0),
                                  .division = division,
                                  .month = question.to,
                                  .value = row.Int(1),
                                  .precision = row.Int(2),
                                  .at_least = row.Int(3) != 0,
                                  .source = row.Text(4)});
      }
    }
    return absl::OkStatus();
  }));
  return answer;
}

absl::StatusOr<ContributorPage> Figures::Contributors(const Indicator& indicator, absl::string_view division,
                                                      std::optional<Month> from, Month to, absl::string_view page_token,
                                                      int64_t page_size) {
  const bool flow = indicator.kind == IndicatorKind::kFlow, counted = !indicator.of.empty();
  const absl::string_view id = counted ? indicator.of : indicator.id;
  Counties counties;
  if (counted) {
    RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(counties, ReadCounties(transaction, indicator, std::string(division), to.index));
      return absl::OkStatus();
    }));
    std::erase_if(counties, [&](const auto& county) { return Standing(county.second.where, to.index) == 0; });
  }
  ContributorPage page{.next_page_token = std::string(page_token)};
  for (int scanned = 0; scanned < kScansPerPage; ++scanned) {
    ASSIGN_OR_RETURN(roots::RootPage some, store_.List("", division, page.next_page_token, kScannedAtOnce));
    for (const roots::StoredRoot& stored : some.roots) {
      int64_t amount = 0;
      for (const Contribution& part : store_.Contributions(stored)) {
        const bool in_span = part.month <= to && (!flow || !from.has_value() || part.month >= *from);
        const bool here =
            IsWithin(part.division, division) && (!counted || counties.contains(std::string(CountyOf(part.division))));
        if (part.indicator == id && in_span && here) amount += part.amount;
      }
      if (amount == 0) continue;
      page.contributors.push_back({.kind = std::string(stored.kind->name),
                                   .id = stored.id,
                                   .key = stored.key,
                                   .division = stored.division,
                                   .amount = amount});
      if (static_cast<int64_t>(page.contributors.size()) == page_size) {
        page.next_page_token = stored.next;
        return page;
      }
    }
    page.next_page_token = some.next_page_token;
    if (page.next_page_token.empty()) break;
  }
  return page;
}

absl::StatusOr<Proof> Figures::Recount(absl::FunctionRef<bool(absl::string_view division)> within) {
  Proof proof;
  RETURN_IF_ERROR(store_.database().Read([&](Transaction& transaction) -> absl::Status {
    Cells running, recounted;
    ASSIGN_OR_RETURN(Rows sums, transaction.Query(kAllSums));
    for (const Row& row : sums) running[{row.Text(0), row.Text(1), row.Int(2)}] += row.Int(3);
    ASSIGN_OR_RETURN(Rows pending, transaction.Query(kAllPending));
    for (const Row& row : pending) RETURN_IF_ERROR(AddUpwards(row, running));
    RETURN_IF_ERROR(store_.ForEach(transaction, [&](const roots::StoredRoot& stored) {
      if (within(stored.division)) ++proof.records;
      for (const Contribution& part : store_.Contributions(stored)) {
        AddUpwards(part.division, part.indicator, part.month.index, part.amount, recounted);
      }
      return absl::OkStatus();
    }));
    for (const auto& [cell, amount] : recounted) running.try_emplace(cell, 0);
    for (const auto& [cell, amount] : running) {
      if (!within(std::get<0>(cell))) continue;
      ++proof.sums;
      auto found = recounted.find(cell);
      const int64_t expected = found == recounted.end() ? 0 : found->second;
      if (amount == expected || proof.differences.size() >= kShownDifferences) continue;
      const auto& [division, indicator, month] = cell;
      proof.differences.push_back({.indicator = indicator,
                                   .division = division,
                                   .month = Month{.index = static_cast<int32_t>(month)},
                                   .running = amount,
                                   .recounted = expected});
    }
    return absl::OkStatus();
  }));
  return proof;
}

absl::Status Figures::Keep(const Report& report) {
  return store_.database().Write([&](Transaction& transaction) {
    return transaction.Execute(kKeepReport, {report.division, report.indicator, int64_t{report.month.index},
                                             report.value, report.precision, int64_t{report.at_least}, report.source});
  });
}

absl::StatusOr<int64_t> Figures::Fold() {
  int64_t folded = 0;
  RETURN_IF_ERROR(store_.database().Write([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(Rows taken, transaction.Query(kTakePending, {kFoldAtOnce}));
    folded = static_cast<int64_t>(taken.size());
    Cells cells;
    for (const Row& row : taken) RETURN_IF_ERROR(AddUpwards(row, cells));
    // In the order of the keys, so that two folders cannot wait for each other in a circle.
    for (const auto& [cell, amount] : cells) {
      const auto& [division, indicator, month] = cell;
      if (amount != 0) RETURN_IF_ERROR(transaction.Execute(kAddSum, {division, indicator, month, amount}));
    }
    return absl::OkStatus();
  }));
  return folded;
}

}  // namespace anju::tally
