#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/channels/domain/policy.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// What is sold, where it comes from, and how far it is standardised.
struct Product {
  static constexpr absl::string_view kKind = "product";
  std::string id;
  // `<division>/<source>/<product_no>`.
  std::string key;
  std::string name;
  std::string origin;
  std::string unit;
  bool trademark = false;
  bool packaging = false;
  // Empty when it has none.
  std::string production_licence;
  std::optional<Date> residue_tested_on;
  // The last day on which the test is good.
  std::optional<Date> residue_test_expires_on;
  bool traceable = false;
  // When it was first told of.
  Date recorded_on;

  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("name", name);
    archive("origin", origin);
    archive("unit", unit);
    archive("trademark", trademark);
    archive("packaging", packaging);
    archive("production_licence", production_licence);
    archive("residue_tested_on", residue_tested_on);
    archive("residue_test_expires_on", residue_test_expires_on);
    archive("traceable", traceable);
    archive("recorded_on", recorded_on);
  }
  std::string Division() const { return origin; }
  friend bool operator==(const Product&, const Product&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Product& product);

// A row of anju.channels.v1.ProductRecord.
struct ProductRecord {
  std::string product_no;
  std::string name;
  std::string origin;
  std::string unit;
  bool trademark = false;
  bool packaging = false;
  std::string production_licence;
  std::optional<Date> residue_tested_on;
  std::optional<Date> residue_test_expires_on;
  bool traceable = false;

  void Fields(Archive& archive) {
    archive("product_no", product_no);
    archive("name", name);
    archive("origin", origin);
    archive("unit", unit);
    archive("trademark", trademark);
    archive("packaging", packaging);
    archive("production_licence", production_licence);
    archive("residue_tested_on", residue_tested_on);
    archive("residue_test_expires_on", residue_test_expires_on);
    archive("traceable", traceable);
  }
};

// Has all that can be asked of it on a day. Figures count this, wherever a county asks for less. Pure.
bool IsStandard(const Product& product, Date day);

// What a product lacks of what is needed on a day, in words. Pure.
std::vector<absl::string_view> Lacks(const Product& product, Date day, const policy::InForce& policy);

// Whether a channel of this kind takes the product on a day: kStandardRule, with the product's key as its subject. A no
// is of PRODUCT_NOT_STANDARD. Pure.
policy::Decision JudgeStandard(const Product& product, ChannelKind kind, Date day, const policy::InForce& policy);

// What a product becomes when it is recorded so. Pure. Refuses, in this order, with RESIDUE_TEST_INCOMPLETE and
// DATES_REVERSED.
absl::StatusOr<Product> Record(const std::optional<Product>& before, const ProductRecord& record,
                               const std::string& key, const std::string& origin, Date today);

// Use case.
absl::StatusOr<roots::Outcome> ImportProduct(roots::Session& session, const intake::Batch& batch,
                                             const ProductRecord& record);

}  // namespace anju::channels
