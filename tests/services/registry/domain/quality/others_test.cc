#include "services/registry/domain/quality/others.h"

#include "services/registry/domain/indicators.h"
#include "services/registry/domain/quality/finding.h"
#include "tests/services/registry/domain/quality/sample.h"
#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using ::testing::SizeIs;
using testing::Stand;

class OthersTest : public ::testing::TestWithParam<std::string> {
 protected:
  OthersTest()
      : stand_(GetParam(), {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()},
               Catalogue()) {
    household_.id.clear();
    Run([&](roots::Session& session) {
      session.Put(household_);
      return absl::OkStatus();
    });
  }
  void Run(absl::FunctionRef<absl::Status(roots::BatchSession&)> body) {
    const absl::Status status = stand_.store.Change({.subject = "tester"}, body);
    EXPECT_TRUE(status.ok()) << status;
  }
  std::optional<Others> Known(const std::string& household_id) {
    std::optional<Others> known;
    Run([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(known, session.Find<Others>(household_id));
      return absl::OkStatus();
    });
    return known;
  }

  Stand stand_;
  Household household_ = Sample().household;
};

TEST_P(OthersTest, KeepWhatIsToldLast) {
  const std::string& id = household_.id;
  Run([&](roots::Session& session) -> absl::Status {
    RETURN_IF_ERROR(TakeRelocation(session, {.household_id = id, .moved_in_on = Date(2018, 7, 28)}));
    RETURN_IF_ERROR(TakeCredit(session, {.household_id = id, .rated_on = Date(2016, 5, 1)}));
    RETURN_IF_ERROR(TakeProducer(session, {.household_id = id, .share_fen = 5}));
    RETURN_IF_ERROR(TakeWork(session, {.household_id = id, .person_no = "1"}));
    RETURN_IF_ERROR(TakeWork(session, {.household_id = id, .person_no = "2"}));
    return TakeWork(session, {.household_id = id, .person_no = "1", .trained_on = Date(2018, 5, 1)});
  });
  const std::optional<Others> known = Known(id);
  ASSERT_TRUE(known.has_value());
  EXPECT_EQ(known->relocation.moved_in_on, Date(2018, 7, 28));
  EXPECT_EQ(known->credit.rated_on, Date(2016, 5, 1));
  EXPECT_EQ(known->producer.share_fen, 5);
  ASSERT_THAT(known->works, SizeIs(2));
  EXPECT_EQ(known->works[0].trained_on, Date(2018, 5, 1));
  EXPECT_EQ(known->village, kHome);
  Run([&](roots::Session& session) { return TakeRelocation(session, {.household_id = id}); });
  EXPECT_EQ(Known(id)->relocation.moved_in_on, std::nullopt);
}

TEST_P(OthersTest, MarkTheHouseholdAndLeaveOutTheUnknown) {
  Run([&](roots::BatchSession& session) { return roots::Store::Unmark(session, *stand_.store.ListMarked(10)); });
  ASSERT_THAT(*stand_.store.ListMarked(10), SizeIs(0));
  Run([&](roots::Session& session) -> absl::Status {
    RETURN_IF_ERROR(TakeRelocation(session, {.household_id = "nobody", .moved_in_on = Date(2018, 7, 28)}));
    return TakeRelocation(session, {.household_id = household_.id, .moved_in_on = Date(2018, 7, 28)});
  });
  EXPECT_FALSE(Known("nobody").has_value());
  ASSERT_THAT(*stand_.store.ListMarked(10), SizeIs(1));
  EXPECT_EQ((*stand_.store.ListMarked(10))[0].mark, household_.id);
}

INSTANTIATE_TEST_SUITE_P(Engines, OthersTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::registry
