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

TEST_P(ScopesTest, AfterAMergerEverybodyHasWhatTheirCodeBecame) {
  const CodeChange change{.key = "1",
                          .since = Month::Of(Date(2018, 6, 1)),
                          .became = {{"450328", "450399", true},
                                     {"450328100", "450399100"},
                                     {"450328101", "450399101"},
                                     {"450329", "450399", true},
                                     {"450329100", "450399200"},
                                     {"450330", "450331"}}};
  ASSERT_TRUE(
      stand_.store
          .Change({},
                  [&](roots::BatchSession& session) { return roots::Store::KeepChange(session.transaction(), change); })
          .ok());
  ASSERT_TRUE(stand_.store.Settle().ok());
  const struct {
    const char* scope;
    std::vector<const char*> covered, not_covered;
  } rows[] = {
      // Who had one of the two goes on with that.
      {"450328", {"450328", "450328100", "450399100201"}, {"450399", "450399200", "450329", "450329100", "4503"}},
      // Who has the new one has both, and their old totals.
      {"450399", {"450399", "450399200", "450328", "450329100201"}, {"450330", "450331"}},
      {"450330", {"450331", "450330", "450331100", "450330100201"}, {"450399", "450328"}},
      {"450331", {"450331", "450330100"}, {"450399"}},
      {"4503", {"4503", "450328", "450399", "450331"}, {"4510"}},
      {"", {"", "450328", "36"}, {}},
  };
  for (const auto& row : rows) {
    const rpc::Caller caller = Resolve(row.scope);
    for (const char* division : row.covered) EXPECT_TRUE(caller.Covers(division)) << row.scope << " " << division;
    for (const char* division : row.not_covered) EXPECT_FALSE(caller.Covers(division)) << row.scope << " " << division;
  }
  EXPECT_EQ(Resolve("450330").scope, "450331");
  EXPECT_EQ(Resolve("450328").scope, "450328");
}

INSTANTIATE_TEST_SUITE_P(Engines, ScopesTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::feed
