#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace anju::cli {

// How many columns of a terminal a text takes: a Chinese character takes two.
size_t DisplayWidth(absl::string_view text);

// A table for people: a heading, a line, and rows in columns that fit their contents.
struct Table {
  std::vector<std::string> heading;
  // The columns that hold numbers stand to the right.
  std::vector<bool> numeric;
  std::vector<std::vector<std::string>> rows;

  void Print(std::ostream& out) const;
};

// 1234567 as 1,234,567.
std::string Grouped(int64_t number);

// An integer in a unit's smallest parts, as people read it: 1048273000 fen is 10,482,730.00 元.
std::string Amount(int64_t value, absl::string_view unit);

}  // namespace anju::cli
