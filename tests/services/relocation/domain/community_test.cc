#include "services/relocation/domain/community.h"

#include "tests/services/relocation/domain/neighbourhood.h"

namespace anju::relocation {
namespace {

using ::testing::IsEmpty;

class CommunityTest : public Neighbourhood {};

// What each kind of record does when its site moves is tested with the kind; this is a site that has nothing.
TEST_P(CommunityTest, ASiteWithoutACommunityMovesToo) {
  Build();
  EXPECT_TRUE(
      stand.store.Change({}, [&](roots::Session& session) { return MoveCommunity(session, kSite, kOther); }).ok());
  EXPECT_THAT(stand.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, CommunityTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::relocation
