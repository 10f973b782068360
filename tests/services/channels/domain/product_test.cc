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
  const policy::Books nothing_set;
  const policy::InForce policy = PolicyOn(nothing_set, Date(2018, 5, 1));
  for (const Date day : {Date(2018, 1, 10), Date(2018, 9, 30)}) {
    EXPECT_THAT(Lacks(standard, day, policy), IsEmpty());
    EXPECT_TRUE(IsStandard(standard, day));
  }
  for (const Date day : {Date(2018, 1, 9), Date(2018, 10, 1)}) {
    EXPECT_EQ(Lacks(standard, day, policy).size(), 1);
    EXPECT_FALSE(IsStandard(standard, day));
  }
  for (void (*spoil)(Product&) :
       {+[](Product& p) { p.trademark = false; }, +[](Product& p) { p.packaging = false; },
        +[](Product& p) { p.production_licence.clear(); }, +[](Product& p) { p.traceable = false; }}) {
    Product product = standard;
    spoil(product);
    EXPECT_EQ(Lacks(product, Date(2018, 5, 1), policy).size(), 1);
    EXPECT_FALSE(IsStandard(product, Date(2018, 5, 1)));
  }
  EXPECT_EQ(Lacks(Product(), Date(2018, 5, 1), policy).size(), 5);
}

// The book of the county with these parameters set to 0.
policy::Books Without(const std::vector<absl::string_view>& names) {
  policy::Book book{.key = kCounty};
  for (absl::string_view name : names) {
    book.settings.push_back({.name = std::string(name),
                             .version = absl::StrCat(kCounty, "/", book.settings.size() + 1),
                             .since = Date(2018, 1, 1),
                             .confirmed_on = Date(2018, 1, 1)});
  }
  return {book};
}

TEST(Product, LacksNothingThatIsNotNeeded) {
  const std::vector<absl::string_view> needs = {kTrademarkNeeded, kPackagingNeeded, kLicenceNeeded, kResidueTestNeeded,
                                                kTraceabilityNeeded};
  for (absl::string_view name : needs) {
    const policy::Books books = Without({name});
    EXPECT_EQ(Lacks(Product(), Date(2018, 5, 1), PolicyOn(books, Date(2018, 5, 1))).size(), 4) << name;
    EXPECT_EQ(Lacks(Product(), Date(2017, 5, 1), PolicyOn(books, Date(2017, 5, 1))).size(), 5) << name;
  }
  const policy::Books books = Without(needs);
  EXPECT_THAT(Lacks(Product(), Date(2018, 5, 1), PolicyOn(books, Date(2018, 5, 1))), IsEmpty());
}

TEST(Product, IsJudgedByTheKindOfChannel) {
  const Product product{.key = "k", .trademark = true};
  const policy::Books books = Without({kLicenceNeeded, "standard_only_bulk"});
  const policy::InForce policy = PolicyOn(books, Date(2018, 5, 1));
  const policy::Decision no = JudgeStandard(product, ChannelKind::kSupermarket, Date(2018, 5, 1), policy);
  EXPECT_EQ(no.verdict, policy::Verdict::kNo);
  EXPECT_EQ(no.reason, "PRODUCT_NOT_STANDARD");
  EXPECT_EQ(no.subject, "k");
  EXPECT_EQ(no.decided_on, Date(2018, 5, 1));
  EXPECT_THAT(no.inputs,
              ::testing::ElementsAre(policy::Input{"trademark", "yes"}, policy::Input{"packaging", "no"},
                                     policy::Input{"production_licence", "no"}, policy::Input{"residue_test", "no"},
                                     policy::Input{"traceability", "no"}));
  EXPECT_EQ(no.used.front(), (policy::Used{"standard_only_supermarket", "1", 1}));
  EXPECT_EQ(no.used.at(3), (policy::Used{"production_licence_needed", "450328/1", 0}));
  for (const ChannelKind kind : {ChannelKind::kBulk, ChannelKind::kOfflineShop}) {
    EXPECT_EQ(JudgeStandard(product, kind, Date(2018, 5, 1), policy).verdict, policy::Verdict::kYes);
  }
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
  EXPECT_THAT(stand_.Import(ImportProduct, row).status(), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
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
