#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The lottery 摇号 that gives units to households. It can be checked by anyone: a seed is committed to by its SHA-256,
// then the list of households and units is frozen, then the seed is revealed, and the result is a pure function of the
// two. services/relocation/LOTTERY.md is its specification, byte by byte; what is here follows it.
namespace anju::lottery {

// A list holds at most this many households and this many units.
inline constexpr size_t kMostHouseholds = 5000;
inline constexpr size_t kMostUnits = 5000;
// A name of the list is at most this long, in bytes.
inline constexpr size_t kLongestName = 1024;
// Every number of the list lies from 1 to this.
inline constexpr int64_t kLargestNumber = 999'999'999;

struct Household {
  std::string name;
  int64_t persons = 0;
  friend auto operator<=>(const Household&, const Household&) = default;
};

struct Unit {
  std::string name;
  int64_t area_centi_sqm = 0;
  friend auto operator<=>(const Unit&, const Unit&) = default;
};

// What is drawn from, each sorted by the bytes of its name.
struct List {
  std::string draw;
  // The SHA-256 of the seed.
  std::string commitment;
  // A household may be given a unit of at most this area for each of its persons.
  int64_t area_per_person_centi_sqm = 0;
  std::vector<Household> households;
  std::vector<Unit> units;
  friend bool operator==(const List&, const List&) = default;
};

struct Allotment {
  std::string household;
  // Empty when there is none for it.
  std::string unit;
  friend bool operator==(const Allotment&, const Allotment&) = default;
};

// The seed and all hashes are written as 64 hexadecimal digits, the letters small.
bool IsHash(absl::string_view text);
// Whether the seed is what was committed to.
bool Opens(absl::string_view seed, absl::string_view commitment);

// The one text of a list.
std::string WriteList(List list);
// Refuses with LIST_MALFORMED what WriteList would not have written so.
absl::StatusOr<List> ReadList(const std::string& text);

// Numbers that follow from the seed and the list alone.
class Numbers {
 public:
  // `seed` must be as IsHash says.
  Numbers(absl::string_view seed, const std::string& list_text);
  // The next number from 0 to `n` - 1, each as likely as the others.
  uint64_t Below(uint64_t n);

 private:
  const std::string prefix_;
  uint64_t count_ = 0;
};

// The draw: one entry for each household, in the order of the list. `list` must be what `list_text` says, and `seed` as
// IsHash says. Pure.
std::vector<Allotment> Draw(const List& list, const std::string& list_text, absl::string_view seed);

// The one text of a result.
std::string WriteResult(const std::vector<Allotment>& result, const std::string& list_text, absl::string_view seed);

// What is published of a draw.
struct Published {
  std::string list;
  std::string list_hash;
  std::string commitment;
  std::string seed;
  std::string result;
};

// Checks what was published and answers the result. Refuses, in this order, with SEED_NOT_COMMITTED, LIST_CHANGED (its
// hash is another), LIST_MALFORMED, LIST_OF_OTHER_DRAW (it names another commitment) and RESULT_DIFFERS.
absl::StatusOr<std::vector<Allotment>> Verify(const Published& published);

}  // namespace anju::lottery
