#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/feed/facts.h"
#include "services/platform/roots/session.h"

namespace anju::registry {

// The lists that other departments send for comparison 大数据比对 [JX1].
enum class ListKind : int32_t {
  kUnspecified = 0,
  kHousing = 1,
  kPower = 2,
  kWater = 3,
  kVehicle = 4,
  kBusiness = 5,
  kSocialInsurance = 6,
  kDeath = 7,
  kMarriage = 8
};

// What a meter counted in a month, in thousandths of a kWh or m³.
struct Reading {
  Month month;
  int64_t amount_milli = 0;

  void Fields(Archive& archive) {
    archive("month", month);
    archive("amount_milli", amount_milli);
  }
  friend bool operator==(const Reading&, const Reading&) = default;
};

// What a list says of a household, or of one of its members.
struct Listed {
  std::string entry_id;
  ListKind list = ListKind::kUnspecified;
  // Empty when it was matched by the household's number.
  std::string person_no;
  // From when on: bought, registered, insured, dead, married.
  std::optional<Date> since;
  // Until when: sold, closed, ended.
  std::optional<Date> until;
  // In the order of their months.
  std::vector<Reading> readings;

  void Fields(Archive& archive) {
    archive("entry_id", entry_id);
    archive("list", list);
    archive("person_no", person_no);
    archive("since", since);
    archive("until", until);
    archive("readings", readings);
  }
  friend bool operator==(const Listed&, const Listed&) = default;
};

// What others say of a household: the other services, and the lists of other departments.
struct Others {
  static constexpr absl::string_view kKind = "others";
  std::string id;
  // The household's id.
  std::string key;
  // Where it lived when something was last told of it.
  std::string village;
  feed::RelocationFact relocation;
  feed::CreditFact credit;
  // One for each person who works or has learned.
  std::vector<feed::WorkFact> works;
  feed::ProducerFact producer;
  std::vector<Listed> listed;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("village", village);
    archive("relocation", relocation);
    archive("credit", credit);
    archive("works", works);
    archive("producer", producer);
    archive("listed", listed);
  }
  std::string Division() const { return village; }
  friend bool operator==(const Others&, const Others&) = default;
};

// The others' figures are counted by them.
inline tally::Contributions Contributions(const Others&) { return {}; }
// The household's quality is evaluated again when something else is said of it.
inline std::string Mark(const Others& others) { return others.key; }

// Take in what the other services tell. A household that is not on file is left out.
absl::Status TakeRelocation(roots::Session& session, const feed::RelocationFact& fact);
absl::Status TakeCredit(roots::Session& session, const feed::CreditFact& fact);
absl::Status TakeWork(roots::Session& session, const feed::WorkFact& fact);
absl::Status TakeProducer(roots::Session& session, const feed::ProducerFact& fact);

}  // namespace anju::registry
