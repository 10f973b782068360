#include "gateway/transcoding/template.h"

#include <gmock/gmock.h>

namespace anju::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(PathTemplateTest, MatchesAndReadsVariables) {
  struct Row {
    const char* text;
    const char* path;
    // field=value,…; null when it does not fit.
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {"/v1/cases", "/v1/cases", ""},
           {"/v1/cases", "/v1/cases/", nullptr},
           {"/v1/cases", "/v1/case", nullptr},
           {"/v1/cases", "v1/cases", nullptr},
           {"/v1/cases", "", nullptr},
           {"/v1/cases/{id}", "/v1/cases/7", "id=7"},
           {"/v1/cases/{id}", "/v1/cases/", nullptr},
           {"/v1/cases/{id}", "/v1/cases/7/8", nullptr},
           {"/v1/cases/{id}", "/v1/cases/7:approve", nullptr},
           {"/v1/cases/{id}", "/v1/cases/7%3Aapprove", "id=7:approve"},
           {"/v1/cases/{id}", "/v1/cases/a%2Fb", "id=a/b"},
           {"/v1/cases/{id}", "/v1/cases/%E6%9D%91", "id=村"},
           {"/v1/cases/{id}", "/v1/cases/%E", nullptr},
           {"/v1/cases/{id}", "/v1/cases/%FF", nullptr},
           {"/v1/cases/{id}", "/v1/cases/%ED%A0%80", nullptr},
           {"/v1/cases/{id}", "/v1/cases/a+b", "id=a+b"},
           {"/v1/cases/{id}:approve", "/v1/cases/7:approve", "id=7"},
           {"/v1/cases/{id}:approve", "/v1/cases/7:pay", nullptr},
           {"/v1/cases/{id}:approve", "/v1/cases/7", nullptr},
           {"/v1/cases/{id}:approve", "/v1/cases/7:", nullptr},
           {"/v1/cases:moveIn", "/v1/cases:moveIn", ""},
           {"/v1/cases", "/v1/cases:moveIn", nullptr},
           {"/v1/cases", "/v1/cases:", nullptr},
           {"/v1/{name=loans/*}", "/v1/loans/7", "name=loans/7"},
           {"/v1/{name=loans/*}:repay", "/v1/loans/7:repay", "name=loans/7"},
           {"/v1/{name=loans/*}", "/v1/sales/7", nullptr},
           {"/v1/{name=files/**}", "/v1/files/a/b/c", "name=files/a/b/c"},
           {"/v1/{name=files/**}", "/v1/files", nullptr},
           {"/v1/households/{household_id}/file", "/v1/households/h1/file", "household_id=h1"},
           {"/v1/{a.b}/{c}", "/v1/1/2", "a.b=1,c=2"},
       }) {
    const auto parsed = PathTemplate::Parse(row.text);
    ASSERT_TRUE(parsed.has_value()) << row.text;
    const auto variables = parsed->Match(row.path);
    ASSERT_EQ(variables.has_value(), row.expected != nullptr) << row.text << " against " << row.path;
    if (row.expected == nullptr) continue;
    std::string found;
    for (const auto& [field, value] : *variables) found += (found.empty() ? "" : ",") + field + "=" + value;
    EXPECT_EQ(found, row.expected) << row.text << " against " << row.path;
  }
}

TEST(PathTemplateTest, RefusesWhatIsNoTemplate) {
  for (const char* text : {"", "/", "v1", "/v1/", "//", "/v1/{", "/v1/{}", "/v1/{id}x", "/v1/a{id}", "/v1/**/b"}) {
    EXPECT_FALSE(PathTemplate::Parse(text).has_value()) << text;
  }
}

TEST(ParseQueryTest, DecodesNamesAndValues) {
  EXPECT_THAT(*ParseQuery(""), IsEmpty());
  EXPECT_THAT(*ParseQuery("a=1&b=%E6%9D%91+1&c=&&d&a=2"),
              ElementsAre(Pair("a", "1"), Pair("b", "村 1"), Pair("c", ""), Pair("d", ""), Pair("a", "2")));
  EXPECT_FALSE(ParseQuery("a=%").has_value());
  // A service would answer such a message with a fault.
  EXPECT_FALSE(ParseQuery("a=%FF").has_value());
  EXPECT_FALSE(ParseQuery("%FF=a").has_value());
  EXPECT_FALSE(ParseQuery("a=\xFF").has_value());
  EXPECT_FALSE(ParseQuery("=1").has_value());
}

}  // namespace
}  // namespace anju::gateway
