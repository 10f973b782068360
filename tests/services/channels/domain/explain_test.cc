#include "services/channels/domain/explain.h"

#include "tests/services/channels/domain/market.h"
#include "tests/support/setting.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using policy::Decision;
using policy::Verdict;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;

class ExplainTest : public MarketTest {
 protected:
  // A supermarket `m`, a street, a standard product `p`, and `q`, which has all but a licence; what is tested is good
  // today.
  void Open() {
    OpenStreet();
    ASSERT_TRUE(stand_.Import(ImportChannel, ChannelRow("m", ChannelKind::kSupermarket)).ok());
    ProductRecord standard = StandardRow("p");
    standard.residue_test_expires_on = Today() + 1;
    ASSERT_TRUE(stand_.Import(ImportProduct, standard).ok());
    ProductRecord unlicensed = standard;
    unlicensed.product_no = "q";
    unlicensed.production_licence.clear();
    ASSERT_TRUE(stand_.Import(ImportProduct, unlicensed).ok());
  }
  SaleRecord Today(const std::string& number, const std::string& channel, const std::string& product) {
    SaleRecord row = SaleRow(number, channel, 700);
    row.product_no = product;
    row.sold_on = Today();
    return row;
  }
  template <typename Root>
  absl::StatusOr<policy::Answer> Ask(const std::string& number, const std::string& subject = "") {
    absl::StatusOr<policy::Answer> answer = absl::UnknownError("not run");
    const absl::Status status = stand_.store.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(const std::optional<Root> root, session.Find<Root>(stand_.batch.Key(number)));
      answer = Explain(session, *root, policy::Question{.subject = subject, .today = Today()});
      return answer.status();
    });
    if (!status.ok()) return status;
    return answer;
  }
  void Set(absl::string_view name, int64_t value) { testing::SetParameter(stand_, Policies(), name, value); }
  Date Today() const { return DayInChina(stand_.clock.Now()); }
};

TEST_P(ExplainTest, ASaleKeepsWhatItsProductWasMeasuredBy) {
  Open();
  ASSERT_EQ(*stand_.Import(ImportSale, Today("1", "m", "p")), Outcome::kAdded);
  const Decision old = Ask<Sale>("1")->kept.at(0);
  EXPECT_EQ(old.rule, kStandardRule);
  EXPECT_EQ(old.subject, stand_.batch.Key("p"));
  EXPECT_EQ(old.verdict, Verdict::kYes);
  EXPECT_EQ(old.used.at(3), (policy::Used{"production_licence_needed", "1", 1}));
  EXPECT_THAT(stand_.Import(ImportSale, Today("2", "m", "q")),
              RefusedWith(kFailedPrecondition, "PRODUCT_NOT_STANDARD"));

  Set(kLicenceNeeded, 0);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("1", "m", "p")), Outcome::kUnchanged);
  EXPECT_EQ(Ask<Sale>("1")->kept.at(0), old);
  ASSERT_EQ(*stand_.Import(ImportSale, Today("2", "m", "q")), Outcome::kAdded);
  const Decision yes = Ask<Sale>("2")->kept.at(0);
  EXPECT_EQ(yes.inputs.at(2), (policy::Input{"production_licence", "no"}));
  EXPECT_EQ(yes.used.at(3), (policy::Used{"production_licence_needed", "450328/1", 0}));
  // Of yesterday, when it was needed.
  SaleRecord yesterday = Today("3", "m", "q");
  yesterday.sold_on = Today() + -1;
  EXPECT_THAT(stand_.Import(ImportSale, yesterday), RefusedWith(kFailedPrecondition, "PRODUCT_NOT_STANDARD"));
  // What figures count as standard is the same everywhere.
  EXPECT_EQ(Figure("standard_products", kElsewhere, "2018-09"), 1);

  // The same again is not decided again, though it would not be taken today.
  Set(kLicenceNeeded, 1);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("2", "m", "q")), Outcome::kUnchanged);
  EXPECT_EQ(Ask<Sale>("2")->kept.at(0), yes);
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(ExplainTest, ACountyDecidesWhichChannelsTakeStandardProductsOnly) {
  Open();
  ASSERT_EQ(*stand_.Import(ImportSale, Today("1", "street", "q")), Outcome::kAdded);
  EXPECT_THAT(Ask<Sale>("1")->kept, IsEmpty());
  Set("standard_only_exhibition_street", 1);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("1", "street", "q")), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Import(ImportSale, Today("2", "street", "q")),
              RefusedWith(kFailedPrecondition, "PRODUCT_NOT_STANDARD"));
  Set("standard_only_supermarket", 0);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("2", "m", "q")), Outcome::kAdded);
  EXPECT_THAT(Ask<Sale>("2")->kept, IsEmpty());
  // Where anything is taken, nothing is decided on any more.
  ASSERT_EQ(*stand_.Import(ImportSale, Today("3", "street", "p")), Outcome::kAdded);
  EXPECT_EQ(Ask<Sale>("3")->kept.size(), 1);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("3", "m", "p")), Outcome::kUpdated);
  EXPECT_THAT(Ask<Sale>("3")->kept, IsEmpty());
}

TEST_P(ExplainTest, ACountyMaySetALowerLargestAmount) {
  Open();
  ASSERT_TRUE(stand_.Import(ImportRoute, RouteRow("r")).ok());
  ASSERT_EQ(*stand_.Import(ImportSale, Today("1", "street", "p")), Outcome::kAdded);
  ASSERT_EQ(*stand_.Import(ImportTourGroup, GroupRow("g", "r", Today())), Outcome::kAdded);
  Set(kLargestAmount, 1'00);
  EXPECT_EQ(*stand_.Import(ImportSale, Today("1", "street", "p")), Outcome::kUnchanged);
  EXPECT_EQ(*stand_.Import(ImportTourGroup, GroupRow("g", "r", Today())), Outcome::kUnchanged);
  EXPECT_THAT(stand_.Import(ImportSale, Today("2", "street", "p")), RefusedWith(kInvalidArgument, "AMOUNT_TOO_LARGE"));
  EXPECT_THAT(stand_.Import(ImportTourGroup, GroupRow("h", "r", Today())),
              RefusedWith(kInvalidArgument, "AMOUNT_TOO_LARGE"));
}

TEST_P(ExplainTest, AChannelTellsWhetherItWouldTakeAProduct) {
  Open();
  const Decision no = Ask<Channel>("m", stand_.batch.Key("q"))->would.at(0);
  EXPECT_EQ(no.verdict, Verdict::kNo);
  EXPECT_EQ(no.reason, "PRODUCT_NOT_STANDARD");
  EXPECT_EQ(Ask<Channel>("m", stand_.batch.Key("p"))->would.at(0).verdict, Verdict::kYes);
  EXPECT_EQ(Ask<Channel>("street", stand_.batch.Key("q"))->would.at(0).verdict, Verdict::kYes);
  Set(kLicenceNeeded, 0);
  EXPECT_EQ(Ask<Channel>("m", stand_.batch.Key("q"))->would.at(0).verdict, Verdict::kYes);
  EXPECT_THAT(Ask<Channel>("m")->would, IsEmpty());
  EXPECT_THAT(Ask<Channel>("m", stand_.batch.Key("nothing")).status(), RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
}

TEST_P(ExplainTest, AProductOfAnotherSystemIsNobodys) {
  Open();
  const intake::Batch other{.division = kElsewhere, .source = "county"};
  ASSERT_TRUE(
      stand_.store
          .Change({}, [&](roots::Session& session) { return ImportProduct(session, other, StandardRow("x")).status(); })
          .ok());
  EXPECT_THAT(Ask<Channel>("m", other.Key("x")).status(), RefusedWith(kNotFound, "RECORD_NOT_FOUND"));
}

INSTANTIATE_TEST_SUITE_P(Engines, ExplainTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
