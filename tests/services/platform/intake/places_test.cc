#include "services/platform/intake/places.h"

#include <gmock/gmock.h>

namespace anju::intake {
namespace {

using ::testing::ElementsAre;

CodeChange Change(const std::string& key, const std::vector<Became>& became) {
  return {.key = key, .since = *ParseMonth("2018-06"), .became = became};
}

// 450328 became 450397, and that 450399; 450330 and 450331 were merged into 450388, whose first township became the
// county 450387.
const Successions& Changes() {
  static const auto& changes = *new Successions({
      Change("1", {{.old_code = "450328", .new_code = "450397"}}),
      Change("2", {{.old_code = "450397", .new_code = "450399"}}),
      Change("3", {{.old_code = "450330", .new_code = "450388", .alone = true},
                   {.old_code = "450330100", .new_code = "450388100"},
                   {.old_code = "450330101", .new_code = "450388101"},
                   {.old_code = "450331", .new_code = "450388", .alone = true},
                   {.old_code = "450331100", .new_code = "450388300"}}),
      Change("4", {{.old_code = "450388100", .new_code = "450387100"}}),
  });
  return changes;
}

TEST(LiesInTest, APlaceLiesWhereItWouldByEveryCode) {
  struct Row {
    const char* place;
    const char* division;
    bool lies;
  };
  for (const Row& row : {// Codes that nothing became of say it themselves.
                         Row{"360101100", "360101", true},
                         {"360101100", "36", true},
                         {"360101", "360101100", false},
                         {"360102100", "360101", false},
                         {"", "360101", false},
                         // Recoded, twice.
                         {"450328100", "450328", true},
                         {"450328100", "450397", true},
                         {"450328100", "450399", true},
                         {"450397100", "450328", true},
                         {"450397100", "450399", true},
                         {"450399100", "450328", true},
                         {"450399100", "450397", true},
                         {"450328100", "4503", true},
                         {"450328100", "450388", false},
                         {"450399100", "450330", false},
                         // Merged: of the whole, and of the own part only.
                         {"450331100", "450388", true},
                         {"450331100", "450331", true},
                         {"450388300", "450331", true},
                         {"450388300", "450330", false},
                         {"450331100", "450330", false},
                         {"450331", "450388", true},
                         // What was split off is no part of what goes on.
                         {"450330100", "450387", true},
                         {"450388100", "450387", true},
                         {"450388100", "450388", false},
                         {"450330100", "450388", false},
                         {"450387100", "450388", false},
                         {"450330100", "450330", true}}) {
    EXPECT_EQ(LiesIn(Changes(), row.place, row.division), row.lies) << row.place << " in " << row.division;
  }
}

TEST(AuthoritiesTest, SettingsGoOnUnderNewerCodes) {
  const auto of = [](absl::string_view place, const std::vector<std::string>& set = {}) {
    return Authorities(Changes(), place, set);
  };
  EXPECT_THAT(of(""), ElementsAre());
  EXPECT_THAT(of("45"), ElementsAre("45"));
  EXPECT_THAT(of("360101100"), ElementsAre("360101", "3601", "36"));
  // What was entered under an old code knows it.
  EXPECT_THAT(of("450328100"), ElementsAre("450399", "450397", "450328", "4503", "45"));
  EXPECT_THAT(of("450397100"), ElementsAre("450399", "450397", "4503", "45"));
  // What was entered since finds what the county has set before.
  const std::vector<std::string> set = {"450328", "450397", "450399"};
  for (const char* place : {"450328", "450397100", "450399100"}) {
    EXPECT_THAT(of(place, set), ElementsAre("450399", "450397", "450328", "4503", "45")) << place;
  }
  // Of counties that were merged each has its own.
  const std::vector<std::string> merged = {"450330", "450331", "450388"};
  EXPECT_THAT(of("450330101", merged), ElementsAre("450388", "450330", "4503", "45"));
  EXPECT_THAT(of("450331", merged), ElementsAre("450388", "450331", "4503", "45"));
  EXPECT_THAT(of("450388101", merged), ElementsAre("450388", "4503", "45"));
  // What was split off was of both.
  EXPECT_THAT(of("450330100", {"450387"}), ElementsAre("450387", "450388", "450330", "4503", "45"));
  EXPECT_THAT(of("450387100", {"450387"}), ElementsAre("450387", "4503", "45"));
}

}  // namespace
}  // namespace anju::intake
