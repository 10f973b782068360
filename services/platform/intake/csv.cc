#include "services/platform/intake/csv.h"

#include <iconv.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"

namespace anju::intake {
namespace {

using enum absl::StatusCode;

constexpr size_t kPieceBytes = 256 * 1024;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kSaveAs = "in Excel choose 'save as' and the type 'CSV UTF-8'";

absl::Status NotACsv(absl::string_view sentence) { return Refuse(kInvalidArgument, "NOT_A_CSV", sentence); }

}  // namespace

absl::Status CsvParser::Malformed(absl::string_view sentence) const {
  return NotACsv(absl::StrCat("row ", number_, ": ", sentence));
}

absl::Status CsvParser::Feed(absl::string_view piece, std::deque<CsvRow>& rows) {
  size_t at = 0;
  // The mark is three bytes, which may come in any pieces; what only begins like it is text.
  while (!begun_ && at < piece.size()) {
    if (piece[at] == kByteOrderMark[mark_]) {
      ++at;
      begun_ = ++mark_ == kByteOrderMark.size();
      continue;
    }
    begun_ = true;
    for (size_t i = 0; i < mark_; ++i) RETURN_IF_ERROR(Take(kByteOrderMark[i], rows));
  }
  for (; at < piece.size(); ++at) RETURN_IF_ERROR(Take(piece[at], rows));
  return absl::OkStatus();
}

absl::Status CsvParser::Take(char c, std::deque<CsvRow>& rows) {
  if (std::exchange(after_cr_, false) && c == '\n') return absl::OkStatus();
  const bool is_end = c == '\r' || c == '\n';
  if (state_ == State::kRowStart) {
    ++number_;
    RETURN_IF_ERROR(BeginCell());
  }
  switch (state_) {
    case State::kQuoted:
      if (c != '"') return Append(c);
      state_ = State::kAfterQuote;
      return absl::OkStatus();
    case State::kAfterQuote:
      // Two within a quoted cell are one.
      if (c == '"') {
        state_ = State::kQuoted;
        return Append(c);
      }
      if (c != ',' && !is_end) {
        return Malformed("after a closing quotation mark comes a comma or the end of the row");
      }
      break;
    case State::kCellStart:
      if (c == '"') {
        state_ = State::kQuoted;
        return absl::OkStatus();
      }
      break;
    default:
      break;
  }
  if (c == ',') return BeginCell();
  if (is_end) {
    after_cr_ = c == '\r';
    EndRow(rows);
    return absl::OkStatus();
  }
  state_ = State::kPlain;
  return Append(c);
}

absl::Status CsvParser::BeginCell() {
  if (row_.cells.size() == kMaxColumns) return Malformed(absl::StrCat("there are more than ", kMaxColumns, " columns"));
  row_.cells.emplace_back();
  state_ = State::kCellStart;
  return absl::OkStatus();
}

absl::Status CsvParser::Append(char c) {
  std::string& cell = row_.cells.back();
  if (cell.size() == kMaxCellBytes) {
    return Malformed(state_ == State::kQuoted ? "a cell is too long; is a quotation mark missing?"
                                              : "a cell is too long; are there commas between the cells?");
  }
  cell.push_back(c);
  return absl::OkStatus();
}

void CsvParser::EndRow(std::deque<CsvRow>& rows) {
  state_ = State::kRowStart;
  row_.number = number_;
  // Excel leaves rows of nothing but commas behind a table.
  const bool is_empty =
      std::all_of(row_.cells.begin(), row_.cells.end(), [](const auto& cell) { return cell.empty(); });
  if (!is_empty) rows.push_back(std::move(row_));
  row_ = CsvRow();
}

absl::Status CsvParser::Finish(std::deque<CsvRow>& rows) {
  if (!std::exchange(begun_, true)) {
    for (size_t i = 0; i < mark_; ++i) RETURN_IF_ERROR(Take(kByteOrderMark[i], rows));
  }
  if (state_ == State::kQuoted) return Malformed("a quotation mark opens a cell and none closes it");
  if (state_ != State::kRowStart) EndRow(rows);
  return absl::OkStatus();
}

absl::StatusOr<bool> CsvReader::Next(CsvRow& row) {
  while (rows_.empty()) {
    RETURN_IF_ERROR(problem_);
    if (ended_) return false;
    ASSIGN_OR_RETURN(const std::string piece, source_());
    ended_ = piece.empty();
    // The rows before the one that is wrong are read first.
    problem_ = ended_ ? parser_.Finish(rows_) : parser_.Feed(piece, rows_);
  }
  row = std::move(rows_.front());
  rows_.pop_front();
  return true;
}

void EncodingDetector::Feed(absl::string_view bytes) {
  constexpr size_t kBeginning = 4;
  if (beginning_.size() < kBeginning) beginning_.append(bytes.data(), std::min(bytes.size(), kBeginning));
  for (const char byte : bytes) {
    const auto c = static_cast<unsigned char>(byte);
    if ((c < 0x20 && c != '\t' && c != '\r' && c != '\n') || c == 0x7F) binary_ = true;
    if (!utf8_) continue;
    if (missing_ > 0) {
      utf8_ = c >= low_ && c <= high_;
      --missing_;
      low_ = 0x80, high_ = 0xBF;
      continue;
    }
    if (c < 0x80) continue;
    // No overlong forms, no surrogates, nothing beyond U+10FFFF.
    if (c >= 0xC2 && c <= 0xDF) {
      missing_ = 1;
    } else if (c >= 0xE0 && c <= 0xEF) {
      missing_ = 2;
      if (c == 0xE0) low_ = 0xA0;
      if (c == 0xED) high_ = 0x9F;
    } else if (c >= 0xF0 && c <= 0xF4) {
      missing_ = 3;
      if (c == 0xF0) low_ = 0x90;
      if (c == 0xF4) high_ = 0x8F;
    } else {
      utf8_ = false;
    }
  }
}

absl::StatusOr<Encoding> EncodingDetector::Found() const {
  if (absl::StartsWith(beginning_, "PK\x03\x04") || absl::StartsWith(beginning_, "\xD0\xCF\x11\xE0")) {
    return NotACsv(absl::StrCat("this is an Excel workbook, not a CSV file; ", kSaveAs));
  }
  if (absl::StartsWith(beginning_, "\xFF\xFE") || absl::StartsWith(beginning_, "\xFE\xFF")) {
    return NotACsv(absl::StrCat("this is UTF-16 text, not a CSV file; ", kSaveAs));
  }
  if (binary_) return NotACsv(absl::StrCat("this is not text; ", kSaveAs));
  return utf8_ && missing_ == 0 ? Encoding::kUtf8 : Encoding::kGb18030;
}

Gb18030Decoder::Gb18030Decoder() : iconv_(::iconv_open("UTF-8", "GB18030")) {
  ANJU_CHECK(iconv_ != reinterpret_cast<iconv_t>(-1));
}
Gb18030Decoder::~Gb18030Decoder() { ::iconv_close(iconv_); }

absl::StatusOr<std::string> Gb18030Decoder::Decode(absl::string_view bytes, bool last) {
  rest_.append(bytes.data(), bytes.size());
  std::string text;
  char* in = rest_.data();
  size_t in_left = rest_.size();
  while (in_left > 0) {
    char buffer[4096];
    char* out = buffer;
    size_t out_left = sizeof buffer;
    const size_t done = ::iconv(iconv_, &in, &in_left, &out, &out_left);
    const int problem = errno;
    text.append(buffer, out - buffer);
    if (done != static_cast<size_t>(-1) || problem == E2BIG) continue;
    // A character that continues in the next piece.
    if (problem == EINVAL && !last) break;
    return NotACsv(absl::StrCat("the text is neither UTF-8 nor GB18030; ", kSaveAs));
  }
  rest_.erase(0, rest_.size() - in_left);
  return text;
}

CsvFile::CsvFile(absl::string_view path)
    : path_(path), file_(path_, std::ios::binary), reader_([this] { return NextPiece(); }) {}

absl::StatusOr<std::unique_ptr<CsvFile>> CsvFile::Open(absl::string_view path) {
  std::unique_ptr<CsvFile> file(new CsvFile(path));
  RETURN_IF_ERROR(file->Examine());
  file->Rewind();
  return file;
}

absl::Status CsvFile::Examine() {
  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> hash(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  ANJU_CHECK(hash != nullptr && EVP_DigestInit_ex(hash.get(), EVP_sha256(), nullptr) == 1);
  EncodingDetector detector;
  std::string piece(kPieceBytes, '\0');
  // A directory opens, and fails at the first byte.
  while (file_.read(piece.data(), static_cast<std::streamsize>(piece.size())), file_.gcount() > 0) {
    const absl::string_view bytes(piece.data(), static_cast<size_t>(file_.gcount()));
    ANJU_CHECK(EVP_DigestUpdate(hash.get(), bytes.data(), bytes.size()) == 1);
    detector.Feed(bytes);
    bytes_ += static_cast<int64_t>(bytes.size());
  }
  if (!file_.eof()) return absl::NotFoundError(absl::StrCat("cannot read the file ", path_));
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ANJU_CHECK(EVP_DigestFinal_ex(hash.get(), digest, &size) == 1);
  digest_ = absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(digest), size));
  ASSIGN_OR_RETURN(encoding_, detector.Found());
  return absl::OkStatus();
}

void CsvFile::Rewind() {
  file_.clear();
  file_.seekg(0);
  bytes_read_ = 0;
  at_end_ = false;
  decoder_ = encoding_ == Encoding::kGb18030 ? std::make_unique<Gb18030Decoder>() : nullptr;
  reader_ = CsvReader([this] { return NextPiece(); });
}

absl::StatusOr<std::string> CsvFile::NextPiece() {
  std::string piece(kPieceBytes, '\0');
  // An empty piece is the end, so a piece that holds only half a character is read on.
  while (!at_end_) {
    file_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const absl::string_view bytes(piece.data(), static_cast<size_t>(file_.gcount()));
    at_end_ = bytes.empty();
    bytes_read_ += static_cast<int64_t>(bytes.size());
    if (decoder_ == nullptr) return std::string(bytes);
    ASSIGN_OR_RETURN(std::string text, decoder_->Decode(bytes, at_end_));
    if (!text.empty()) return text;
  }
  return std::string();
}

std::string CsvLine(const std::vector<std::string>& cells) {
  std::string line;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (cells[i].find_first_of(",\"\r\n") == std::string::npos) {
      line += cells[i];
      continue;
    }
    line.push_back('"');
    for (const char c : cells[i]) {
      if (c == '"') line.push_back('"');
      line.push_back(c);
    }
    line.push_back('"');
  }
  return line + "\r\n";
}

std::vector<std::string> WithoutFormulas(std::vector<std::string> cells) {
  for (std::string& cell : cells) {
    if (cell.empty() || absl::string_view("=+-@\t\r").find(cell[0]) == absl::string_view::npos) continue;
    const bool is_text = absl::StartsWith(cell, "=\"") && cell.find('"', 2) == cell.size() - 1;
    if (!is_text) cell.insert(cell.begin(), '\'');
  }
  return cells;
}

}  // namespace anju::intake
