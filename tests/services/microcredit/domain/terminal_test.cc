#include "services/microcredit/domain/terminal.h"

#include "services/microcredit/domain/indicators.h"
#include "tests/support/stand.h"

namespace anju::microcredit {
namespace {

using enum absl::StatusCode;
using roots::Outcome;
using ::testing::IsEmpty;
using testing::RefusedWith;
using testing::Stand;

constexpr char kVillage[] = "450328100201";

class TerminalTest : public ::testing::TestWithParam<std::string> {
 protected:
  TerminalTest() : stand_(GetParam(), {&roots::KindOf<Terminal>()}, Catalogue()) {
    for (const char* code : {"450328", kVillage, "451021001001"}) stand_.KnowDivision(code);
  }
  Stand stand_;
};

TEST_P(TerminalTest, CountsUntilItIsRemoved) {
  TerminalRecord row{.terminal_no = "t1", .bank = "样例银行", .village = kVillage, .installed_on = Date(2016, 5, 1)};
  EXPECT_EQ(*stand_.Import(ImportTerminal, row), Outcome::kAdded);
  EXPECT_EQ(*stand_.Import(ImportTerminal, row), Outcome::kUnchanged);
  row.removed_on = Date(2018, 10, 9);
  EXPECT_EQ(*stand_.Import(ImportTerminal, row), Outcome::kUpdated);
  for (const std::string division : {"45", "4503", "450328", "450328100", kVillage}) {
    EXPECT_EQ(stand_.Figure("microcredit.self_service_terminals", division, "2018-09"), 1) << division;
    EXPECT_EQ(stand_.Figure("microcredit.self_service_terminals", division, "2018-10"), 0) << division;
  }
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

TEST_P(TerminalTest, RefusesRowsInOrder) {
  TerminalRecord row{.terminal_no = "t1",
                     .bank = "样例银行",
                     .village = "450328999999",
                     .installed_on = Date(2016, 5, 1),
                     .removed_on = Date(2016, 4, 30)};
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kNotFound, "DIVISION_NOT_FOUND"));
  row.village = "451021001001";
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kInvalidArgument, "OUTSIDE_DIVISION"));
  row.village = "450328";
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kInvalidArgument, "NOT_A_VILLAGE"));
  row.village = kVillage;
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kInvalidArgument, "DATES_REVERSED"));
  row.removed_on = Date(2018, 11, 2);
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
  row.installed_on = Date(2018, 11, 2);
  row.removed_on.reset();
  EXPECT_THAT(stand_.Import(ImportTerminal, row), RefusedWith(kInvalidArgument, "DATE_IN_FUTURE"));
}

INSTANTIATE_TEST_SUITE_P(Engines, TerminalTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::microcredit
