#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/platform/roots/store.h"
#include "services/registry/domain/household.h"

namespace anju::registry {

// Of those who are or were in it.
std::vector<std::string> NamesOf(const Household& household);

// Hides in what people wrote about households the names of those who are or were in them. For one answer.
class KnownNames {
 public:
  explicit KnownNames(roots::Store& store) : store_(store) {}

  // Those that are empty or not known have no names.
  absl::Status Hide(std::initializer_list<std::string> household_ids, std::string& words);

 private:
  roots::Store& store_;
  std::map<std::string, std::vector<std::string>> known_;
};

}  // namespace anju::registry
