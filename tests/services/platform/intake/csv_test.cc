#include "services/platform/intake/csv.h"

#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::intake {
namespace {

using anju::testing::RefusedWith;
using anju::testing::TemporaryDirectory;
using enum absl::StatusCode;

// All rows as `number:cell|cell`, read in pieces of `size` bytes.
absl::StatusOr<std::vector<std::string>> ReadAll(const std::string& text, size_t size) {
  size_t at = 0;
  CsvReader reader([&]() -> absl::StatusOr<std::string> {
    std::string piece = text.substr(at, size);
    at += piece.size();
    return piece;
  });
  std::vector<std::string> rows;
  CsvRow row;
  while (true) {
    auto found = reader.Next(row);
    if (!found.ok()) return found.status();
    if (!*found) return rows;
    rows.push_back(absl::StrCat(row.number, ":", absl::StrJoin(row.cells, "|")));
  }
}

TEST(CsvReaderTest, ReadsWhatRfc4180SaysAndWhatExcelWrites) {
  struct Row {
    const char* what;
    std::string text;
    std::vector<std::string> rows;
  };
  const Row rows[] = {
      {"nothing", "", {}},
      {"one cell", "a", {"1:a"}},
      {"all ends of rows", "a,b\r\nc,d\ne,f\rg", {"1:a|b", "2:c|d", "3:e|f", "4:g"}},
      {"the mark",
       "\xEF\xBB\xBF"
       "a,b\r\n",
       {"1:a|b"}},
      {"only the mark", "\xEF\xBB\xBF", {}},
      {"quoted cells", "\"a,b\",\"c\"\"d\",\"e\r\nf\"\r\n", {"1:a,b|c\"d|e\r\nf"}},
      {"empty cells", "a,,\r\n,b,\"\"\r\n", {"1:a||", "2:|b|"}},
      {"empty rows count and are left out", "a\r\n\r\n,,\r\nb\r\n", {"1:a", "4:b"}},
      {"a mark within a plain cell", "a\"b,c", {"1:a\"b|c"}},
      {"quoted at the end of the text", "a,\"b\"", {"1:a|b"}},
      {"Chinese", "户编号,村代码\n1,450328100201", {"1:户编号|村代码", "2:1|450328100201"}},
  };
  for (const Row& row : rows) {
    for (size_t size : {1, 2, 3, 1000}) {
      auto read = ReadAll(row.text, size);
      ASSERT_TRUE(read.ok()) << row.what << ": " << read.status();
      EXPECT_EQ(*read, row.rows) << row.what << ", pieces of " << size;
    }
  }
}

TEST(CsvReaderTest, RefusesWhatIsNoTable) {
  for (const std::string& text :
       {std::string("a,\"b"), std::string("\""), std::string("\"a\"b,c"), std::string(kMaxCellBytes + 1, 'x'),
        "\"" + std::string(kMaxCellBytes + 1, 'x'), std::string(kMaxColumns, ',')}) {
    for (size_t size : {7, 100'000}) {
      EXPECT_THAT(ReadAll(text, size), RefusedWith(kInvalidArgument, "NOT_A_CSV")) << text.substr(0, 20);
    }
  }
  EXPECT_TRUE(ReadAll(std::string(kMaxCellBytes, 'x'), 1000).ok());
  EXPECT_TRUE(ReadAll(std::string(kMaxColumns - 1, ',') + "x", 1000).ok());
}

TEST(CsvLineTest, WhatIsWrittenIsReadAgain) {
  const auto seed = std::random_device()();
  std::mt19937 random(seed);
  const std::string alphabet = "a,\"\r\n ";
  for (int i = 0; i < 2'000; ++i) {
    std::vector<std::string> cells(1 + random() % 4);
    for (std::string& cell : cells) {
      for (size_t n = random() % 6; n > 0; --n) cell.push_back(alphabet[random() % alphabet.size()]);
    }
    // A row of nothing is left out, and a mark that begins a row would be taken for the file's.
    cells[0] = "x" + cells[0];
    auto read = ReadAll(CsvLine(cells), 1 + random() % 5);
    ASSERT_TRUE(read.ok()) << read.status() << ", seed " << seed;
    EXPECT_EQ(*read, std::vector<std::string>{absl::StrCat("1:", absl::StrJoin(cells, "|"))}) << "seed " << seed;
  }
}

TEST(WithoutFormulasTest, ASpreadsheetOpensTexts) {
  struct Row {
    const char* cell;
    const char* written;
  };
  const Row rows[] = {
      {"", ""},
      {"a", "a"},
      {"2-1", "2-1"},
      {"'a", "'a"},
      {"=HYPERLINK(\"http://x\",\"y\")", "'=HYPERLINK(\"http://x\",\"y\")"},
      {"@SUM(1)", "'@SUM(1)"},
      {"+1", "'+1"},
      {"-1", "'-1"},
      {"\t=1", "'\t=1"},
      {"\r=1", "'\r=1"},
      {"=\"45\"", "=\"45\""},
      {"=\"45\"&A1", "'=\"45\"&A1"},
      {"=\"", "'=\""},
  };
  for (const Row& row : rows) EXPECT_EQ(WithoutFormulas({row.cell})[0], row.written) << row.cell;
}

TEST(EncodingDetectorTest, Utf8ThroughoutOrGb18030) {
  struct Row {
    const char* what;
    std::string bytes;
    Encoding encoding;
  };
  const Row rows[] = {
      {"nothing", "", Encoding::kUtf8},
      {"ASCII", "a,b\r\n\t", Encoding::kUtf8},
      {"Chinese in UTF-8", "户编号", Encoding::kUtf8},
      {"four bytes", "\xF0\xA0\x80\x80", Encoding::kUtf8},
      {"Chinese in GB18030", "\xBB\xA7\xB1\xE0\xBA\xC5", Encoding::kGb18030},
      {"cut off", "\xE6\x88", Encoding::kGb18030},
      {"overlong", "\xC0\xAF", Encoding::kGb18030},
      {"overlong of three", "\xE0\x80\xAF", Encoding::kGb18030},
      {"a surrogate", "\xED\xA0\x80", Encoding::kGb18030},
      {"beyond Unicode", "\xF4\x90\x80\x80", Encoding::kGb18030},
      {"a lone continuation", "\x80", Encoding::kGb18030},
  };
  for (const Row& row : rows) {
    EncodingDetector whole, bytewise;
    whole.Feed(row.bytes);
    for (char c : row.bytes) bytewise.Feed(absl::string_view(&c, 1));
    EXPECT_EQ(*whole.Found(), row.encoding) << row.what;
    EXPECT_EQ(*bytewise.Found(), row.encoding) << row.what;
  }
}

TEST(EncodingDetectorTest, RefusesWhatIsNoText) {
  for (const std::string& bytes :
       {std::string("PK\x03\x04rest"), std::string("\xD0\xCF\x11\xE0"), std::string("a\0b", 3),
        std::string("\xFF\xFE\x61\x00", 4), std::string("\x1B[0m"), std::string("\x7F")}) {
    EncodingDetector detector;
    for (char c : bytes) detector.Feed(absl::string_view(&c, 1));
    EXPECT_THAT(detector.Found(), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  }
}

TEST(Gb18030DecoderTest, PiecesMayCutCharacters) {
  // 户, a character of four bytes (U+20000), and ASCII.
  const std::string bytes = "\xBB\xA7\x95\x32\x82\x36,a";
  for (size_t size = 1; size <= bytes.size(); ++size) {
    Gb18030Decoder decoder;
    std::string text;
    for (size_t at = 0; at < bytes.size(); at += size) text += *decoder.Decode(bytes.substr(at, size), false);
    text += *decoder.Decode("", true);
    EXPECT_EQ(text, "户\xF0\xA0\x80\x80,a") << size;
  }
  EXPECT_THAT(Gb18030Decoder().Decode("a\xBB", true), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(Gb18030Decoder().Decode("a\xFF\xFF", false), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
}

TEST(CsvFileTest, BothEncodingsGiveTheSameRows) {
  TemporaryDirectory directory;
  const std::string paths[] = {
      directory.Write("utf8.csv", "户编号\r\n1\r\n"),
      directory.Write("mark.csv", "\xEF\xBB\xBF户编号\r\n1\r\n"),
      directory.Write("gb.csv", "\xBB\xA7\xB1\xE0\xBA\xC5\r\n1\r\n"),
  };
  for (const std::string& path : paths) {
    auto file = CsvFile::Open(path);
    ASSERT_TRUE(file.ok()) << file.status();
    for (int round = 0; round < 2; ++round) {
      CsvRow row;
      ASSERT_TRUE(*(*file)->Next(row));
      EXPECT_EQ(row.cells, std::vector<std::string>{"户编号"});
      ASSERT_TRUE(*(*file)->Next(row));
      EXPECT_EQ(row.number, 2);
      EXPECT_FALSE(*(*file)->Next(row));
      EXPECT_EQ((*file)->bytes_read(), (*file)->bytes());
      (*file)->Rewind();
    }
  }
}

TEST(CsvFileTest, LargeFilesInGb18030KeepEveryCharacter) {
  TemporaryDirectory directory;
  std::string bytes;
  // An odd length of row, so that pieces cut characters.
  for (int i = 0; i < 200'000; ++i) bytes += "\xBB\xA7\xB1\xE0,x\n";
  auto file = CsvFile::Open(directory.Write("large.csv", bytes));
  ASSERT_TRUE(file.ok()) << file.status();
  CsvRow row;
  int64_t rows = 0;
  while (*(*file)->Next(row)) {
    ASSERT_EQ(row.cells[0], "户编");
    ++rows;
  }
  EXPECT_EQ(rows, 200'000);
}

TEST(CsvFileTest, FilesThatCannotBeRead) {
  TemporaryDirectory directory;
  EXPECT_EQ(CsvFile::Open(directory.Path("absent")).status().code(), kNotFound);
  EXPECT_EQ(CsvFile::Open(directory.Path("")).status().code(), kNotFound);
  EXPECT_THAT(CsvFile::Open(directory.Write("zip", "PK\x03\x04")), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
}

TEST(CsvFileTest, TheDigestIsOfTheBytes) {
  TemporaryDirectory directory;
  EXPECT_EQ((*CsvFile::Open(directory.Write("abc", "abc")))->digest(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace anju::intake
