#include "services/platform/feed/scopes.h"

#include "tests/support/stand.h"

namespace anju::feed {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ScopesTest : public ::testing::TestWithParam<std::string> {
 protected:
  ScopesTest() : stand_(GetParam(), {}, {}), scopes_(stand_.store, nullptr) {}
  rpc::Caller Resolve(const std::string& scope) {
    rpc::Caller caller{.subject = "officer", .roles = {}, .scope = scope, .former_scopes = {}};
    scopes_.Resolve(caller);
    return caller;
  }
  testing::Stand stand_;
  Scopes scopes_;
};

TEST_P(ScopesTest, AnOldCodeIsThePresentOne) {
  stand_.Know("451021", DivisionFact{.code = "451021", .successor = "451003", .former_codes = {"451021"}});
  stand_.Know("451003", DivisionFact{.code = "451003", .former_codes = {"451021"}});
  for (const char* scope : {"451021", "451003"}) {
    const rpc::Caller caller = Resolve(scope);
    EXPECT_EQ(caller.scope, "451003");
    EXPECT_THAT(caller.former_scopes, ElementsAre("451021"));
    EXPECT_TRUE(caller.Covers("451003100201"));
    // What was counted under the old code is theirs.
    EXPECT_TRUE(caller.Covers("451021100201"));
    EXPECT_FALSE(caller.Covers("451022"));
  }
}

TEST_P(ScopesTest, WhatIsNotKnownStays) {
  for (const char* scope : {"", "45", "4510", "450328"}) {
    EXPECT_EQ(Resolve(scope).scope, scope);
    EXPECT_THAT(Resolve(scope).former_scopes, IsEmpty());
  }
}

TEST_P(ScopesTest, AChangeIsSeenAfterAWhile) {
  stand_.Know("450328", DivisionFact{.code = "450328"});
  EXPECT_EQ(Resolve("450328").scope, "450328");
  stand_.Know("450328", DivisionFact{.code = "450328", .successor = "450382", .former_codes = {"450328"}});
  EXPECT_EQ(Resolve("450328").scope, "450328");
  stand_.clock.Advance(kScopesRemembered);
  EXPECT_EQ(Resolve("450328").scope, "450382");
}

INSTANTIATE_TEST_SUITE_P(Engines, ScopesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::feed
