#include "services/channels/domain/product.h"

#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class ProductTest : public MarketTest {
 public:
  using MarketTest::StandardRow;
};

TEST(Product, LacksWhatItHasNot) {
  const Product standard = *Record(std::nullopt, ProductTest::StandardRow("p"), "k", kElsewhere, Date(2018, 1, 1));
  const Policy& policy = PolicyOn(Date(2018, 5, 1));
  EXPECT_THAT(Lacks(standard, policy, Date(2018, 1, 10)), IsEmpty());
  EXPECT_THAT(Lacks(standard, policy, Date(2018, 9, 30)), IsEmpty());
  EXPECT_EQ(Lacks(standard, policy, Date(2018, 1, 9)).size(), 1);
  EXPECT_EQ(Lacks(standard, policy, Date(2018, 10, 1)).size(), 1);
  for (void (*spoil)(Product&) :
       {+[](Product& p) { p.trademark = false; }, +[](Product& p) { p.packaging = false; },
        +[](Product& p) { p.production_licence.clear(); }, +[](Product& p) { p.traceable = false; }}) {
    Product product = standard;
    spoil(product);
    EXPECT_EQ(Lacks(product, policy, Date(2018, 5, 1)).size(), 1);
  }
  EXPECT_EQ(Lacks(Product(), policy, Date(2018, 5, 1)).size(), 5);
  Policy lenient = policy;
  lenient.trademark_needed = lenient.packaging_needed = lenient.licence_needed = false;
  lenient.residue_test_needed = lenient.traceability_needed = false;
  EXPECT_THAT(Lacks(Product(), lenient, Date(2018, 5, 1)), IsEmpty());
}

TEST(Product, RefusesInOrder) {
  const struct {
    std::optional<Date> tested_on;
    std::optional<Date> expires_on;
    absl::StatusCode code;
    const char* reason;
  } rows[] = {
      {Date(2018, 1, 1), std::nullopt, kInvalidArgument, "RESIDUE_TEST_INCOMPLETE"},
      {std::nullopt, Date(2018, 1, 1), kInvalidArgument, "RESIDUE_TEST_INCOMPLETE"},
      {Date(2018, 1, 2), Date(2018, 1, 1), kInvalidArgument, "DATES_REVERSED"},
      {Date(2018, 1, 1), Date(2018, 1, 1), kOk, ""},
      {std::nullopt, std::nullopt, kOk, ""},
  };
  for (const auto& row : rows) {
    const ProductRecord record{.residue_tested_on = row.tested_on, .residue_test_expires_on = row.expires_on};
    EXPECT_THAT(Record(std::nullopt, record, "k", kElsewhere, Date(2018, 1, 1)).status(),
                RefusedWith(row.code, std::string(row.reason)));
  }
}

TEST_P(ProductTest, CountsWhereItComesFrom) {
  ProductRecord row = StandardRow("p");
  row.origin = "459999";
  EXPECT_THAT(stand_.Import(ImportProduct, row).status(), RefusedWith(kInvalidArgument, "DIVISION_NOT_FOUND"));
  row.origin = kElsewhere;
  ASSERT_EQ(*stand_.Import(ImportProduct, row), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportProduct, ProductRow("q")), Outcome::kAdded);
  for (const std::string division : {"45", "4510", kElsewhere}) {
    EXPECT_EQ(Figure("products", division, "2017-12"), 0) << division;
    EXPECT_EQ(Figure("products", division, "2018-01"), 1) << division;
    EXPECT_EQ(Figure("products", division, "2018-10"), 1) << division;
    EXPECT_EQ(Figure("products", division, "2018-11"), 2) << division;
    EXPECT_EQ(Figure("standard_products", division, "2017-12"), 0) << division;
    EXPECT_EQ(Figure("standard_products", division, "2018-01"), 1) << division;
    EXPECT_EQ(Figure("standard_products", division, "2018-09"), 1) << division;
    EXPECT_EQ(Figure("standard_products", division, "2018-10"), 0) << division;
  }
  EXPECT_EQ(*stand_.Import(ImportProduct, row), Outcome::kUnchanged);
  row.packaging = false;
  EXPECT_EQ(*stand_.Import(ImportProduct, row), Outcome::kUpdated);
  EXPECT_EQ(Figure("standard_products", "45", "2018-09"), 0);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, ProductTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
