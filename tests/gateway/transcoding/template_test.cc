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
           {"/v1/{name=files/**}", "/v1/files", "name=files"},
           {"/v1/{name=files/**}", "/v1/files/", nullptr},
           {"/v1/{name=files/**}", "/v1", nullptr},
           {"/v1/{name=files/**}", "/v1/files/a%2Fb/%41", "name=files/a%2Fb/A"},
           {"/v1/{name=files/**}", "/v1/files/a/../b", nullptr},
           {"/v1/{name=files/**}", "/v1/files/a//b", nullptr},
           {"/v1/{name=shelves/*/books/**}", "/v1/shelves/1/books/2/3", "name=shelves/1/books/2/3"},
           {"/v1/{name=shelves/*/books/**}", "/v1/shelves/1/2/books/3", nullptr},
           {"/v1/{name=shelves/*/books/*}:read", "/v1/shelves/a%2fb/books/2:read", "name=shelves/a%2fb/books/2"},
           {"/v1/*/books/{id}", "/v1/any/books/2", "id=2"},
           {"/v1/files/{rest=**}", "/v1/files", "rest="},
           {"/v1/{name=files/**}:get", "/v1/files/a/b:get", "name=files/a/b"},
           {"/v1/cases/{id}", "/v1/cases/%2e%2E", nullptr},
           {"/v1/cases/{id}", "/v1/cases/%00", nullptr},
           {"/v1/cases/{id}", "/v1/%63ases/1", nullptr},
           {"/v1/cases/{id}", "/v1/cases/%", nullptr},
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
  for (const char* text :
       {"",          "/",           "v1",        "/v1/",         "//",          "/v1/{",        "/v1/{}",
        "/v1/{id}x", "/v1/a{id}",   "/v1/**/b",  "/v1/{a=**}/b", "/v1/{a={b}}", "/v1/{a=b//c}", "/v1/{1a}",
        "/v1/{a.}",  "/v1/a:",      "/v1//a",    "/v1/{a=}/b}",  "/v1/{a=}",    "/v1/{a}/{a}",  "/v1/{a=x/*}/{a}",
        "/v1/a*",    "/v1/{a=***}", "/v1/a:b:c", "/v1/a:b/c",    "/v1/a:*",     "/v1/{a=b:c}"}) {
    EXPECT_FALSE(PathTemplate::Parse(text).has_value()) << text;
  }
}

TEST(PathTemplateTest, HasOneForm) {
  for (const char* text : {"/v1/cases", "/v1/cases/{id}:approve", "/v1/{name=shelves/*/books/**}", "/v1/*/{a.b}/c"}) {
    EXPECT_EQ(PathTemplate::Parse(text)->Text(), text);
  }
  EXPECT_EQ(PathTemplate::Parse("/v1/{id=*}")->Text(), "/v1/{id}");
}

TEST(PercentEncodeTest, ComesBack) {
  EXPECT_EQ(PercentEncode("a-Z.0_~ 村/"), "a-Z.0_~%20%E6%9D%91%2F");
  EXPECT_EQ(*PercentDecode(PercentEncode("a b/村%")), "a b/村%");
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
