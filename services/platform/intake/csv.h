#pragma once

#include <cstdint>
#include <deque>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace anju::intake {

// The limits of a file. Beyond them it is not a table of records.
inline constexpr size_t kMaxCellBytes = 64 * 1024;
inline constexpr size_t kMaxColumns = 256;

// One row of a table. Rows count as Excel counts them: the heading is row 1, an empty row is counted and left out.
struct CsvRow {
  int64_t number = 0;
  std::vector<std::string> cells;
};

// Takes CSV (RFC 4180) apart as it comes, in little memory. The text is UTF-8; a byte order mark is skipped. A row ends
// with CRLF, LF or CR; rows that are empty are left out. Refuses with NOT_A_CSV, and is of no use afterwards.
class CsvParser {
 public:
  // Appends the rows that end in the next piece of the text.
  absl::Status Feed(absl::string_view piece, std::deque<CsvRow>& rows);
  // Nothing follows: appends the last row, when no line ended it.
  absl::Status Finish(std::deque<CsvRow>& rows);

 private:
  // Where the next character belongs.
  enum class State { kRowStart, kCellStart, kPlain, kQuoted, kAfterQuote };

  absl::Status Take(char c, std::deque<CsvRow>& rows);
  absl::Status BeginCell();
  absl::Status Append(char c);
  void EndRow(std::deque<CsvRow>& rows);
  absl::Status Malformed(absl::string_view sentence) const;

  State state_ = State::kRowStart;
  CsvRow row_;
  int64_t number_ = 0;
  // The last row ended with CR, and LF may belong to it.
  bool after_cr_ = false;
  // The text began with so much of the byte order mark.
  size_t mark_ = 0;
  bool begun_ = false;
};

// Reads CSV in one pass.
class CsvReader {
 public:
  // Answers the next piece of the text, empty at its end.
  using Source = std::function<absl::StatusOr<std::string>()>;

  explicit CsvReader(Source source) : source_(std::move(source)) {}

  // Reads the next row that is not empty into `row`; false at the end.
  absl::StatusOr<bool> Next(CsvRow& row);

 private:
  Source source_;
  CsvParser parser_;
  std::deque<CsvRow> rows_;
  bool ended_ = false;
  // What was wrong with the text behind the rows that are left.
  absl::Status problem_;
};

enum class Encoding { kUtf8, kGb18030 };

// Finds out how a text is written, from all of its bytes: what is UTF-8 throughout is UTF-8, else it is GB18030, as
// Excel in China saves CSV. Feed everything, then ask.
class EncodingDetector {
 public:
  void Feed(absl::string_view bytes);
  // Refuses with NOT_A_CSV what is not text.
  absl::StatusOr<Encoding> Found() const;
  // Whether it is UTF-8 so far; the last character may be cut off.
  bool MayBeUtf8() const { return utf8_; }

 private:
  bool binary_ = false;
  bool utf8_ = true;
  // Of the character at hand: how many bytes are missing, and the range of the next.
  int missing_ = 0;
  unsigned char low_ = 0x80, high_ = 0xBF;
  std::string beginning_;
};

// Turns GB18030 into UTF-8 piece by piece.
class Gb18030Decoder {
 public:
  Gb18030Decoder();
  ~Gb18030Decoder();
  Gb18030Decoder(const Gb18030Decoder&) = delete;
  Gb18030Decoder& operator=(const Gb18030Decoder&) = delete;

  // `last` says that no more follows. Refuses with NOT_A_CSV.
  absl::StatusOr<std::string> Decode(absl::string_view bytes, bool last);

 private:
  void* iconv_;
  std::string rest_;
};

// A CSV file. It is read once to know its encoding, its digest and its length, and then row by row.
class CsvFile {
 public:
  // Fails with NOT_FOUND, refuses with NOT_A_CSV.
  static absl::StatusOr<std::unique_ptr<CsvFile>> Open(absl::string_view path);

  absl::StatusOr<bool> Next(CsvRow& row) { return reader_.Next(row); }
  // Begins again at the first row.
  void Rewind();

  // SHA-256 of the bytes of the file, in hexadecimal.
  const std::string& digest() const { return digest_; }
  Encoding encoding() const { return encoding_; }
  // How far reading has come, for a progress bar.
  int64_t bytes() const { return bytes_; }
  int64_t bytes_read() const { return bytes_read_; }

 private:
  explicit CsvFile(absl::string_view path);
  absl::Status Examine();
  absl::StatusOr<std::string> NextPiece();

  std::string path_;
  std::ifstream file_;
  std::string digest_;
  Encoding encoding_ = Encoding::kUtf8;
  int64_t bytes_ = 0, bytes_read_ = 0;
  std::unique_ptr<Gb18030Decoder> decoder_;
  bool at_end_ = false;
  CsvReader reader_;
};

// The row as CSV, with the cells quoted that need it, ending in CRLF.
std::string CsvLine(const std::vector<std::string>& cells);

// The cells as a spreadsheet may open them: one that begins like a formula gets an apostrophe before it, which
// RowMapper takes away again. What is between quotation marks after = is a text that Excel keeps, and stays.
std::vector<std::string> WithoutFormulas(std::vector<std::string> cells);

}  // namespace anju::intake
