#include "services/registry/store/divisions.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/feed/facts.h"
#include "services/platform/roots/json.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using storage::Row;
using storage::Rows;
using storage::Transaction;

constexpr size_t kRowsAtOnce = 2000;
constexpr absl::string_view kRoot = "0";

constexpr absl::string_view kSchema = R"sql(
CREATE TABLE divisions (
  code TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  level TEXT NOT NULL,
  parent TEXT NOT NULL,
  full_name TEXT NOT NULL
);
CREATE INDEX divisions_parent ON divisions (parent, code);
CREATE TABLE division_successions (
  old_code TEXT NOT NULL PRIMARY KEY,
  new_code TEXT NOT NULL,
  old_name TEXT NOT NULL,
  effective_month TEXT NOT NULL
);
)sql";

// Under which code the records of a county are known, where that is not its present one.
constexpr absl::string_view kKeysSchema = R"sql(
CREATE TABLE division_keys (
  code TEXT NOT NULL PRIMARY KEY,
  keyed_as TEXT NOT NULL
);
)sql";

// Which successions were recorded here and did not come with the files, kRecorded or kInParts; and since which month a
// division has been there, when a change made it.
constexpr absl::string_view kRecordedSchema = R"sql(
ALTER TABLE division_successions ADD COLUMN recorded BIGINT NOT NULL DEFAULT 0;
ALTER TABLE divisions ADD COLUMN since_month TEXT NOT NULL DEFAULT '';
)sql";
constexpr int64_t kRecorded = 1;
// It says nothing of the codes beneath.
constexpr int64_t kInParts = 2;
// After all months.
constexpr absl::string_view kNow = "9999";

constexpr absl::string_view kAdd =
    "INSERT INTO divisions (code, name, level, parent, full_name, since_month) VALUES ($1, $2, $3, $4, $5, $6) "
    "ON CONFLICT DO NOTHING";
constexpr absl::string_view kAddSuccession =
    "INSERT INTO division_successions (old_code, new_code, old_name, effective_month, recorded) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
constexpr absl::string_view kGet = "SELECT code, name, level, parent, full_name FROM divisions WHERE code = $1";
constexpr absl::string_view kChildren =
    "SELECT code, name, level, parent, full_name FROM divisions WHERE parent = $1 AND code > $2 AND since_month <= $3 "
    "AND NOT EXISTS (SELECT 1 FROM division_successions s WHERE s.old_code = divisions.code "
    "AND (s.recorded = 0 OR s.effective_month <= $4)) ORDER BY code LIMIT $5";
constexpr absl::string_view kSearch =
    "SELECT code, name, level, parent, full_name FROM divisions WHERE code >= $1 AND code < $2 AND code > $3 "
    "AND (name LIKE $4 ESCAPE '!' OR code IN (SELECT f.new_code FROM division_successions f "
    "WHERE f.old_name LIKE $5 ESCAPE '!')) AND since_month <= $6 AND NOT EXISTS (SELECT 1 FROM division_successions s "
    "WHERE s.old_code = divisions.code AND (s.recorded = 0 OR s.effective_month <= $7)) ORDER BY code LIMIT $8";
constexpr absl::string_view kBeneath =
    "SELECT code, name, level, parent, full_name FROM divisions WHERE code >= $1 AND code < $2 ORDER BY code";
constexpr absl::string_view kCodes =
    "SELECT code FROM divisions WHERE code >= $1 AND code < $2 "
    "AND NOT EXISTS (SELECT 1 FROM division_successions s WHERE s.old_code = divisions.code) ORDER BY code";
constexpr absl::string_view kOrigins =
    "SELECT old_code FROM division_successions WHERE new_code = $1 AND recorded > 0 LIMIT 2";
constexpr absl::string_view kKeyedAs = "SELECT keyed_as FROM division_keys WHERE code = $1";
constexpr absl::string_view kKeepKey =
    "INSERT INTO division_keys (code, keyed_as) VALUES ($1, $2) ON CONFLICT DO NOTHING";
constexpr absl::string_view kCountSuccessions = "SELECT COUNT(*) FROM division_successions";
constexpr absl::string_view kSuccessor =
    "SELECT new_code, recorded, effective_month FROM division_successions WHERE old_code = $1";
constexpr absl::string_view kFormer = "SELECT old_code FROM division_successions WHERE new_code = $1 ORDER BY old_code";
constexpr absl::string_view kCount = "SELECT COUNT(*) FROM divisions WHERE code >= $1 AND code < $2";

Division FromRow(const Row& row) {
  return {.code = row.Text(0),
          .name = row.Text(1),
          .level = row.Text(2),
          .parent = row.Text(3) == kRoot ? "" : row.Text(3),
          .full_name = row.Text(4)};
}

absl::Status NotFound() {
  return Refuse(kNotFound, "DIVISION_NOT_FOUND",
                "no such division: use the national statistical code of 2, 4, 6, 9 or 12 digits", "code");
}

// The code above; of 12 digits the township's, of 9 the county's.
absl::string_view ParentOf(absl::string_view code) {
  const size_t length = code.size() == 12 ? 9 : code.size() == 9 ? 6 : code.size() == 6 ? 4 : 2;
  return code.substr(0, length);
}

// A code may have been succeeded several times over; a circle is cut.
constexpr int kMostSuccessions = 8;

// What a code became last; the code itself when it has not been succeeded. What is said of the longest code wins. With
// a `month`, what it was called then.
absl::StatusOr<std::string> Present(Transaction& transaction, absl::string_view code, const std::string& month = "") {
  std::string present(code);
  for (int i = 0; i < kMostSuccessions; ++i) {
    std::string next;
    for (const size_t length : {12, 9, 6}) {
      if (present.size() < length) continue;
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kSuccessor, {present.substr(0, length)}));
      if (rows.empty()) continue;
      const int64_t recorded = rows[0].Int(1);
      if (recorded == kInParts && present.size() > length) continue;
      const bool later = recorded != 0 && (rows[0].Text(2) > month || recorded == kInParts);
      if (month.empty() || !later) next = absl::StrCat(rows[0].Text(0), present.substr(length));
      break;
    }
    if (next.empty()) return present;
    present = std::move(next);
  }
  return present;
}

// The code under which records that are sent under a code are known; `present` when nothing else is said.
absl::StatusOr<std::string> KeyedAs(Transaction& transaction, absl::string_view code, const std::string& present) {
  if (code.size() < 6) return present;
  ASSIGN_OR_RETURN(Rows rows, transaction.Query(kKeyedAs, {std::string(CountyOf(code))}));
  if (!rows.empty()) return absl::StrCat(rows[0].Text(0), code.substr(6));
  // A village or township that is all of one former one goes on as that one.
  for (const size_t length : {12, 9}) {
    if (code.size() < length) continue;
    ASSIGN_OR_RETURN(const Rows origins, transaction.Query(kOrigins, {std::string(code.substr(0, length))}));
    if (origins.size() == 1) return absl::StrCat(origins[0].Text(0), code.substr(length));
    if (!origins.empty()) break;
  }
  return present;
}

// What is said of this code or of one above it by the longest code is said by this one.
bool Says(const std::map<std::string, const Became*>& by_code, const Became& became, const std::string& code) {
  const std::vector<absl::string_view> lineage = Lineage(code);
  for (auto above = lineage.rbegin(); above != lineage.rend(); ++above) {
    auto found = by_code.find(std::string(*above));
    if (found == by_code.end() || (found->second->alone && *above != code)) continue;
    return found->second == &became;
  }
  return false;
}

// Our own files, whose cells hold neither quotes nor commas.
absl::StatusOr<std::vector<std::vector<std::string>>> ReadFile(const std::filesystem::path& path, size_t cells) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  while (std::getline(file, line)) {
    rows.push_back(absl::StrSplit(absl::StripSuffix(line, "\r"), ','));
    if (rows.back().size() != cells) {
      return absl::InvalidArgumentError(
          absl::StrCat(path.string(), ": line ", rows.size(), " has not ", cells, " cells"));
    }
  }
  if (rows.empty()) return absl::NotFoundError(absl::StrCat("cannot read ", path.string()));
  rows.erase(rows.begin());
  return rows;
}

}  // namespace

const std::vector<storage::Migration>& SqlDivisions::Migrations() {
  static const auto& migrations =
      *new std::vector<storage::Migration>{{.name = "001_divisions", .sql = kSchema},
                                           {.name = "002_keys", .sql = kKeysSchema},
                                           {.name = "003_recorded", .sql = kRecordedSchema}};
  return migrations;
}

absl::Status SqlDivisions::Load(const std::string& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".csv" && entry.path().stem() != "succession") files.push_back(entry.path());
  }
  if (files.empty()) return absl::NotFoundError(absl::StrCat("no divisions in ", folder));
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& path : files) {
    ASSIGN_OR_RETURN(auto rows, ReadFile(path, 4));
    const std::string province = path.stem();
    int64_t known = 0;
    RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
      ASSIGN_OR_RETURN(Rows count, transaction.Query(kCount, {province, PrefixEnd(province)}));
      known = count[0].Int(0);
      return absl::OkStatus();
    }));
    if (known == static_cast<int64_t>(rows.size())) continue;
    std::map<std::string, std::string> full_names;
    for (size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
      RETURN_IF_ERROR(database_.Write([&](Transaction& transaction) -> absl::Status {
        for (size_t i = begin; i < std::min(rows.size(), begin + kRowsAtOnce); ++i) {
          const auto& row = rows[i];
          const std::string& full_name = full_names[row[0]] = absl::StrCat(full_names[row[3]], row[1]);
          RETURN_IF_ERROR(transaction.Execute(
              kAdd, {row[0], row[1], row[2], row[3].empty() ? std::string(kRoot) : row[3], full_name, std::string()}));
        }
        return absl::OkStatus();
      }));
    }
  }
  ASSIGN_OR_RETURN(auto successions, ReadFile(std::filesystem::path(folder) / "succession.csv", 5));
  return database_.Write([&](Transaction& transaction) -> absl::Status {
    for (const auto& row : successions) {
      RETURN_IF_ERROR(transaction.Execute(kAddSuccession, {row[0], row[2], row[1], row[4], int64_t{0}}));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<Division> SqlDivisions::Get(absl::string_view code) { return Find(code, ""); }
absl::StatusOr<Division> SqlDivisions::GetIn(Month month, absl::string_view code) { return Find(code, Format(month)); }

absl::StatusOr<Division> SqlDivisions::Find(absl::string_view code, const std::string& month) {
  Division division;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string called, Present(transaction, code, month));
    ASSIGN_OR_RETURN(Rows rows, transaction.Query(kGet, {called}));
    if (rows.empty()) return NotFound();
    division = FromRow(rows[0]);
    ASSIGN_OR_RETURN(Rows former, transaction.Query(kFormer, {division.code}));
    for (const Row& row : former) division.former_codes.push_back(row.Text(0));
    return absl::OkStatus();
  }));
  return division;
}

absl::StatusOr<std::vector<Division>> SqlDivisions::List(absl::string_view parent, absl::string_view query,
                                                         absl::string_view after, int64_t limit,
                                                         std::optional<Month> month) {
  const std::string in = month.has_value() ? Format(*month) : std::string();
  const std::string until = month.has_value() ? in : std::string(kNow);
  std::vector<Division> found;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string present, Present(transaction, parent, in));
    absl::StatusOr<Rows> rows;
    if (query.empty()) {
      const std::string beneath = present.empty() ? std::string(kRoot) : present;
      rows = transaction.Query(kChildren, {beneath, std::string(after), until, until, limit});
    } else {
      // The wildcards of LIKE stand for themselves.
      const std::string pattern =
          absl::StrCat("%", absl::StrReplaceAll(query, {{"!", "!!"}, {"%", "!%"}, {"_", "!_"}}), "%");
      const std::string end = present.empty() ? "a" : PrefixEnd(present);
      rows = transaction.Query(kSearch, {present, end, std::string(after), pattern, pattern, until, until, limit});
    }
    RETURN_IF_ERROR(rows.status());
    for (const Row& row : *rows) found.push_back(FromRow(row));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<std::vector<std::string>> SqlDivisions::CodesIn(absl::string_view code) {
  std::vector<std::string> codes;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const Rows rows, transaction.Query(kCodes, {std::string(code), PrefixEnd(code)}));
    for (const Row& row : rows) codes.push_back(row.Text(0));
    return absl::OkStatus();
  }));
  if (codes.empty() || codes.front() != code) codes.clear();
  return codes;
}

absl::Status SqlDivisions::Succeed(const std::vector<Founded>& founded, const std::vector<Succession>& successions,
                                   const std::vector<Became>& became, Month effective, bool keeps_keys) {
  std::map<std::string, std::string> names;
  for (const Succession& succession : successions) names[succession.old_code] = succession.new_name;
  std::map<std::string, const Became*> by_code;
  for (const Became& one : became) by_code[one.old_code] = &one;
  return database_.Write([&](Transaction& transaction) -> absl::Status {
    const auto add = [&](const std::string& code, const std::string& name, const std::string& level) -> absl::Status {
      const std::string parent(ParentOf(code));
      ASSIGN_OR_RETURN(const Rows above, transaction.Query(kGet, {parent}));
      const std::string full_name = absl::StrCat(above.empty() ? "" : above[0].Text(4), name);
      return transaction.Execute(kAdd, {code, name, level, parent, full_name, Format(effective)});
    };
    for (const Founded& one : founded) {
      RETURN_IF_ERROR(add(one.code, one.name,
                          one.code.size() == 6   ? "county"
                          : one.code.size() == 9 ? "township"
                                                 : "village"));
    }
    for (const auto& [old_code, one] : by_code) {
      const std::string& new_code = one->new_code;
      ASSIGN_OR_RETURN(const Rows beneath, transaction.Query(kBeneath, {old_code, PrefixEnd(old_code)}));
      if (beneath.empty()) continue;
      for (const Row& row : beneath) {
        if (!Says(by_code, *one, row.Text(0))) continue;
        const std::string code = new_code + row.Text(0).substr(old_code.size());
        const std::string& name = names[old_code];
        RETURN_IF_ERROR(add(code, code == new_code && !name.empty() ? name : row.Text(1), row.Text(2)));
      }
      RETURN_IF_ERROR(transaction.Execute(kAddSuccession, {old_code, new_code, beneath[0].Text(1), Format(effective),
                                                           one->alone ? kInParts : kRecorded}));
      if (old_code.size() != 6) continue;
      // Whoever goes on sending under the old code finds their records, and the new one too when it took all of them.
      ASSIGN_OR_RETURN(const std::string key, KeyedAs(transaction, old_code, old_code));
      RETURN_IF_ERROR(transaction.Execute(kKeepKey, {old_code, key}));
      if (keeps_keys) RETURN_IF_ERROR(transaction.Execute(kKeepKey, {new_code, key}));
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::vector<roots::Fact>> SqlDivisions::Ask(absl::string_view topic,
                                                           const std::vector<std::string>& keys) {
  std::vector<roots::Fact> facts;
  if (topic != feed::DivisionFact::kTopic) return facts;
  RETURN_IF_ERROR(database_.Read([&](Transaction& transaction) -> absl::Status {
    // Every succession makes what was told before older.
    ASSIGN_OR_RETURN(const Rows count, transaction.Query(kCountSuccessions));
    for (const std::string& key : keys) {
      ASSIGN_OR_RETURN(const std::string present, Present(transaction, key));
      ASSIGN_OR_RETURN(Rows rows, transaction.Query(kGet, {present}));
      if (rows.empty()) continue;
      ASSIGN_OR_RETURN(const std::string keyed_as, KeyedAs(transaction, key, present));
      feed::DivisionFact fact{.code = key,
                              .name = rows[0].Text(1),
                              .level = rows[0].Text(2),
                              .successor = present == key ? "" : present,
                              .keyed_as = keyed_as == present ? "" : keyed_as};
      ASSIGN_OR_RETURN(const Rows former, transaction.Query(kFormer, {present}));
      for (const Row& row : former) fact.former_codes.push_back(row.Text(0));
      facts.push_back(
          {.topic = std::string(topic), .key = key, .body = roots::ToJson(fact), .version = 1 + count[0].Int(0)});
    }
    return absl::OkStatus();
  }));
  return facts;
}

}  // namespace anju::registry
