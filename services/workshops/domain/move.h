#pragma once

#include <string>
#include <vector>

#include "services/platform/roots/session.h"

namespace anju::workshops {

// A row that now names another owner moves what it is about: takes the item that bears `key` as a name of kind `kind`
// out of the root that holds it, unless that is the root with `id`. Nothing when there is none or it stays.
template <typename Root, typename Item>
absl::StatusOr<std::optional<Item>> TakeFromOther(roots::Session& session, absl::string_view kind,
                                                  const std::string& key, const std::string& id,
                                                  std::vector<Item> Root::*items) {
  ASSIGN_OR_RETURN(std::optional<Root> holder, session.FindNamed<Root>(kind, key));
  if (!holder.has_value() || holder->id == id) return std::optional<Item>();
  std::vector<Item>& list = (*holder).*items;
  auto found = std::find_if(list.begin(), list.end(), [&](const Item& item) { return item.key == key; });
  ANJU_CHECK(found != list.end());
  std::optional<Item> taken = std::move(*found);
  list.erase(found);
  session.Put(*holder);
  return taken;
}

}  // namespace anju::workshops
