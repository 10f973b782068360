// Files of records. The first byte says how long the pieces are in which the text arrives: the rows may not depend on
// it, and what was read can be written and is read again as it was.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "services/platform/intake/csv.h"
#include "tests/fuzz/property.h"

namespace {

using anju::intake::CsvReader;
using anju::intake::CsvRow;

struct Table {
  std::vector<CsvRow> rows;
  bool refused = false;
};

Table Read(absl::string_view text, size_t piece) {
  size_t at = 0;
  CsvReader reader([&]() -> absl::StatusOr<std::string> {
    std::string next(text.substr(std::min(at, text.size()), piece));
    at += next.size();
    return next;
  });
  Table table;
  CsvRow row;
  for (;;) {
    const auto more = reader.Next(row);
    if (!more.ok()) table.refused = true;
    if (!more.ok() || !*more) return table;
    PROPERTY(row.cells.size() <= anju::intake::kMaxColumns);
    for (const std::string& cell : row.cells) PROPERTY(cell.size() <= anju::intake::kMaxCellBytes);
    PROPERTY(table.rows.empty() || row.number > table.rows.back().number);
    table.rows.push_back(row);
  }
}

bool Same(const Table& a, const Table& b) {
  return a.refused == b.refused && std::equal(a.rows.begin(), a.rows.end(), b.rows.begin(), b.rows.end(),
                                              [](const CsvRow& one, const CsvRow& other) {
                                                return one.number == other.number && one.cells == other.cells;
                                              });
}

// Chinese text of old systems, in pieces or at once.
void Decode(absl::string_view text, size_t piece) {
  anju::intake::Gb18030Decoder at_once, in_pieces;
  const auto whole = at_once.Decode(text, true);
  std::string joined;
  bool ok = true;
  for (size_t at = 0; ok && at < text.size(); at += piece) {
    const auto part = in_pieces.Decode(text.substr(at, piece), at + piece >= text.size());
    ok = part.ok();
    if (ok) joined += *part;
  }
  if (text.empty()) return;
  PROPERTY(whole.ok() == ok);
  if (ok) PROPERTY(*whole == joined);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const size_t piece = data[0] + size_t{1};
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Table table = Read(text, size);
  PROPERTY(Same(table, Read(text, piece)));
  // A byte order mark is one at the beginning only.
  std::string written = "heading\r\n";
  for (const CsvRow& row : table.rows) written += anju::intake::CsvLine(row.cells);
  const Table again = Read(written, piece);
  PROPERTY(!again.refused && again.rows.size() == table.rows.size() + 1);
  for (size_t i = 0; i < table.rows.size(); ++i) PROPERTY(again.rows[i + 1].cells == table.rows[i].cells);
  anju::intake::EncodingDetector detector;
  detector.Feed(text);
  if (detector.Found().ok()) Decode(text, piece);
  return 0;
}
