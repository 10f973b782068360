#pragma once

#include <algorithm>
#include <vector>

namespace anju::roots {

// What became of a record that was taken.
enum class Outcome { kAdded, kUpdated, kUnchanged };

// Puts `item` into `list`, where `number` (a pointer to member) tells items apart, and says what that changed.
template <typename Item, typename Number>
Outcome Keep(std::vector<Item>& list, Item item, Number Item::*number) {
  auto found = std::find_if(list.begin(), list.end(), [&](const Item& old) { return old.*number == item.*number; });
  if (found == list.end()) {
    list.push_back(std::move(item));
    return Outcome::kAdded;
  }
  if (*found == item) return Outcome::kUnchanged;
  *found = std::move(item);
  return Outcome::kUpdated;
}

template <typename Item, typename Number, typename Key>
Item* Lookup(std::vector<Item>& list, Number Item::*number, const Key& key) {
  auto found = std::find_if(list.begin(), list.end(), [&](const Item& item) { return item.*number == key; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace anju::roots
