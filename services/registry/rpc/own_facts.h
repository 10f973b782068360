#pragma once

#include <string>
#include <vector>

#include "services/platform/roots/store.h"

namespace anju::registry {

// Answers the other services what is no root here: the topics that `divisions` answers, and `person`, see
// feed/whereabouts.h.
class OwnFacts final : public roots::FactSource {
 public:
  explicit OwnFacts(roots::FactSource& divisions) : divisions_(divisions) {}

  // Where the persons are; to be said before the first call, because the store itself asks for divisions here.
  void Open(roots::Store& store) { store_ = &store; }

  absl::StatusOr<std::vector<roots::Fact>> Ask(absl::string_view topic, const std::vector<std::string>& keys) override;

 private:
  roots::FactSource& divisions_;
  roots::Store* store_ = nullptr;
};

}  // namespace anju::registry
