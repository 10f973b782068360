#include "services/platform/lottery/lottery.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"

namespace anju::lottery {
namespace {

using enum absl::StatusCode;

constexpr absl::string_view kListTitle = "anju-lottery-list 1";
constexpr absl::string_view kResultTitle = "anju-lottery-result 1";

absl::Status Malformed(size_t line) {
  return Refuse(kInvalidArgument, "LIST_MALFORMED",
                absl::StrCat("line ", line, " of the list is not as the specification says"));
}

bool IsName(absl::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool IsNumber(int64_t number) { return number >= 1 && number <= kLargestNumber; }

template <typename Item>
bool NamesRepeat(const std::vector<Item>& items) {
  return std::adjacent_find(items.begin(), items.end(),
                            [](const Item& a, const Item& b) { return a.name == b.name; }) != items.end();
}

// Fills the list from one line after the title, whatever the order of lines; false when the line says nothing known.
bool ReadLine(absl::string_view line, List& list) {
  const std::vector<std::string> cells = absl::StrSplit(line, '\t');
  if (cells.size() == 2 && cells[0] == "draw") {
    list.draw = cells[1];
    return IsName(list.draw);
  }
  if (cells.size() == 2 && cells[0] == "commitment") {
    list.commitment = cells[1];
    return IsHash(list.commitment);
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(cells.back(), &number) || !IsNumber(number)) return false;
  if (cells.size() == 2 && cells[0] == "area-per-person") {
    list.area_per_person_centi_sqm = number;
    return true;
  }
  if (cells.size() != 3 || !IsName(cells[1])) return false;
  if (cells[0] == "household") list.households.push_back({.name = cells[1], .persons = number});
  if (cells[0] == "unit") list.units.push_back({.name = cells[1], .area_centi_sqm = number});
  return cells[0] == "household" || cells[0] == "unit";
}

// The order in which the households come to the urn, as indexes of the list.
std::vector<size_t> Shuffle(size_t households, Numbers& numbers) {
  std::vector<size_t> order(households);
  std::iota(order.begin(), order.end(), size_t{0});
  for (size_t i = households; i-- > 1;) std::swap(order[i], order[numbers.Below(i + 1)]);
  return order;
}

// Those of `order` who get a unit: each one for whom one is left when all before stay served. The units that a
// head-count permits are among those that a larger one permits, so it is enough to count.
std::vector<size_t> Admit(const List& list, const std::vector<size_t>& order) {
  // By head-count: how many more of at most so many persons can be served.
  std::map<int64_t, int64_t> left;
  for (const Household& household : list.households) {
    left.try_emplace(household.persons, std::count_if(list.units.begin(), list.units.end(), [&](const Unit& unit) {
                       return unit.area_centi_sqm <= household.persons * list.area_per_person_centi_sqm;
                     }));
  }
  std::vector<size_t> admitted;
  for (const size_t i : order) {
    const auto from = left.find(list.households[i].persons);
    if (std::any_of(from, left.end(), [](const auto& room) { return room.second == 0; })) continue;
    std::for_each(from, left.end(), [](auto& room) { --room.second; });
    admitted.push_back(i);
  }
  return admitted;
}

}  // namespace

bool IsHash(absl::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool Opens(absl::string_view seed, absl::string_view commitment) {
  return IsHash(seed) && Sha256(absl::HexStringToBytes(seed)) == commitment;
}

std::string WriteList(List list) {
  std::sort(list.households.begin(), list.households.end());
  std::sort(list.units.begin(), list.units.end());
  std::string text = absl::StrCat(kListTitle, "\ndraw\t", list.draw, "\ncommitment\t", list.commitment,
                                  "\narea-per-person\t", list.area_per_person_centi_sqm, "\n");
  for (const Household& household : list.households) {
    absl::StrAppend(&text, "household\t", household.name, "\t", household.persons, "\n");
  }
  for (const Unit& unit : list.units) absl::StrAppend(&text, "unit\t", unit.name, "\t", unit.area_centi_sqm, "\n");
  return text;
}

absl::StatusOr<List> ReadList(const std::string& text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  if (lines.front() != kListTitle) return Malformed(1);
  List list;
  for (size_t i = 1; i + 1 < lines.size(); ++i) {
    if (!ReadLine(lines[i], list)) return Malformed(i + 1);
  }
  // The order of lines, the spelling of numbers and the last line's end: a list that is written again is the same.
  const std::string again = WriteList(list);
  if (again != text) {
    const auto differs = std::mismatch(text.begin(), text.end(), again.begin(), again.end()).first;
    return Malformed(1 + std::count(text.begin(), differs, '\n'));
  }
  if (list.households.size() > kMostHouseholds || list.units.size() > kMostUnits || NamesRepeat(list.households) ||
      NamesRepeat(list.units)) {
    return Refuse(kInvalidArgument, "LIST_MALFORMED",
                  absl::StrCat("a list names at most ", kMostHouseholds, " households and ", kMostUnits,
                               " units, and each once"));
  }
  return list;
}

Numbers::Numbers(absl::string_view seed, const std::string& list_text)
    : prefix_(absl::HexStringToBytes(seed) + absl::HexStringToBytes(Sha256(list_text))) {
  ANJU_CHECK(IsHash(seed));
}

uint64_t Numbers::Below(uint64_t n) {
  ANJU_CHECK(n > 0);
  // The remainder of 2^64: as many words are passed over, so that the rest divides evenly.
  const uint64_t uneven = -n % n;
  while (true) {
    std::string input = prefix_;
    for (int shift = 56; shift >= 0; shift -= 8) input.push_back(static_cast<char>(count_ >> shift));
    ++count_;
    uint64_t word = 0;
    ANJU_CHECK(absl::SimpleHexAtoi(Sha256(input).substr(0, 16), &word));
    if (word >= uneven) return word % n;
  }
}

std::vector<Allotment> Draw(const List& list, const std::string& list_text, absl::string_view seed) {
  Numbers numbers(seed, list_text);
  std::vector<size_t> admitted = Admit(list, Shuffle(list.households.size(), numbers));
  // Those who may choose among the fewest units first: then nobody who was admitted finds none.
  std::stable_sort(admitted.begin(), admitted.end(),
                   [&](size_t a, size_t b) { return list.households[a].persons < list.households[b].persons; });
  std::vector<Allotment> result;
  for (const Household& household : list.households) result.push_back({.household = household.name});
  std::vector<bool> taken(list.units.size());
  for (const size_t i : admitted) {
    const int64_t most = list.households[i].persons * list.area_per_person_centi_sqm;
    std::vector<size_t> permitted;
    for (size_t u = 0; u < list.units.size(); ++u) {
      if (!taken[u] && list.units[u].area_centi_sqm <= most) permitted.push_back(u);
    }
    ANJU_CHECK(!permitted.empty());
    const size_t drawn = permitted[numbers.Below(permitted.size())];
    taken[drawn] = true;
    result[i].unit = list.units[drawn].name;
  }
  return result;
}

std::string WriteResult(const std::vector<Allotment>& result, const std::string& list_text, absl::string_view seed) {
  std::string text = absl::StrCat(kResultTitle, "\nlist\t", Sha256(list_text), "\nseed\t", seed, "\n");
  for (const Allotment& allotment : result) {
    if (allotment.unit.empty()) {
      absl::StrAppend(&text, "unallotted\t", allotment.household, "\n");
    } else {
      absl::StrAppend(&text, "allotted\t", allotment.household, "\t", allotment.unit, "\n");
    }
  }
  return text;
}

absl::StatusOr<std::vector<Allotment>> Verify(const Published& published) {
  if (!Opens(published.seed, published.commitment)) {
    return Refuse(kFailedPrecondition, "SEED_NOT_COMMITTED", "the SHA-256 of the seed is not the commitment", "seed");
  }
  if (Sha256(published.list) != published.list_hash) {
    return Refuse(kFailedPrecondition, "LIST_CHANGED", "the SHA-256 of the list is not the one published", "list");
  }
  ASSIGN_OR_RETURN(const List list, ReadList(published.list));
  if (list.commitment != published.commitment) {
    return Refuse(kFailedPrecondition, "LIST_OF_OTHER_DRAW", "the list names another commitment", "list");
  }
  std::vector<Allotment> result = Draw(list, published.list, published.seed);
  const std::string expected = WriteResult(result, published.list, published.seed);
  if (expected != published.result) {
    const auto differs =
        std::mismatch(expected.begin(), expected.end(), published.result.begin(), published.result.end()).first;
    return Refuse(
        kFailedPrecondition, "RESULT_DIFFERS",
        absl::StrCat("the draw gives another result: see line ", 1 + std::count(expected.begin(), differs, '\n')),
        "result");
  }
  return result;
}

}  // namespace anju::lottery
