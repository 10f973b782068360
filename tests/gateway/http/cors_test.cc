#include "gateway/http/cors.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace anju::gateway {
namespace {

std::string FieldOf(const Reply& reply, const std::string& name) {
  const auto found =
      std::find_if(reply.fields.begin(), reply.fields.end(), [&](const auto& field) { return field.first == name; });
  return found == reply.fields.end() ? "" : found->second;
}

RequestHead From(const std::string& origin) {
  return RequestHead{.fields = {{"origin", origin}, {"access-control-request-method", "POST"}}};
}

TEST(CorsTest, LetsTheNamedOriginsReadAndNobodyElse) {
  const Cors cors = *Cors::Parse("https://figures.example.cn, http://127.0.0.1:3000");
  for (const char* origin : {"https://figures.example.cn", "http://127.0.0.1:3000"}) {
    Reply reply;
    cors.Add(From(origin), reply);
    EXPECT_EQ(FieldOf(reply, "Access-Control-Allow-Origin"), origin);
    EXPECT_EQ(FieldOf(reply, "Access-Control-Allow-Credentials"), "");
    EXPECT_EQ(FieldOf(reply, "Vary"), "Origin");
    cors.AddPreflight(From(origin), "GET, POST", reply);
    EXPECT_EQ(FieldOf(reply, "Access-Control-Allow-Methods"), "GET, POST");
    EXPECT_THAT(FieldOf(reply, "Access-Control-Allow-Headers"), ::testing::HasSubstr("Authorization"));
  }
  for (const char* origin : {"", "null", "*", "https://figures.example.cn.evil.cn", "http://figures.example.cn",
                             "https://figures.example.cn:444", "https://FIGURES.example.cn"}) {
    Reply reply;
    cors.Add(From(origin), reply);
    cors.AddPreflight(From(origin), "GET, POST", reply);
    EXPECT_EQ(FieldOf(reply, "Access-Control-Allow-Origin"), "") << origin;
    EXPECT_EQ(FieldOf(reply, "Access-Control-Allow-Methods"), "") << origin;
    // Or what is kept for one page would be shown to another.
    EXPECT_EQ(FieldOf(reply, "Vary"), "Origin");
  }
}

TEST(CorsTest, SaysNothingWhenNobodyIsNamed) {
  Reply reply;
  Cors::Parse("")->Add(From("https://figures.example.cn"), reply);
  EXPECT_TRUE(reply.fields.empty());
}

TEST(CorsTest, TakesOriginsOnly) {
  for (const char* list : {"*", "null", "figures.example.cn", "https://", "https://a.cn/", "https://a.cn/x",
                           "https://A.cn", "https://a.cn, *", "ftp://a.cn", "https://a.cn\r\nX: y"}) {
    EXPECT_EQ(Cors::Parse(list).status().code(), absl::StatusCode::kInvalidArgument) << list;
  }
}

}  // namespace
}  // namespace anju::gateway
