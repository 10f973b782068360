#include "services/platform/rpc/keys.h"

#include <nlohmann/json.hpp>

#include "gtest/gtest.h"

namespace anju::rpc {
namespace {

TEST(KeysTest, OnlyOurAlgorithms) {
  EXPECT_FALSE(MakeKey("HS256", "x").ok());
  EXPECT_FALSE(MakeKey("none", "x").ok());
  const auto key = nlohmann::json::parse(*MakeKey("ES256", "x"));
  EXPECT_EQ(key["alg"], "ES256");
  EXPECT_EQ(key["kid"], "x");
  EXPECT_TRUE(key.contains("d"));
}

TEST(KeysTest, RubbishIsNoKey) {
  for (const char* text : {"", "{", "[]", "{}", R"({"kid":1,"alg":2})", R"({"kid":"x","alg":"ES256"})"}) {
    EXPECT_FALSE(Sign(text, {.subject = "wei"}).ok()) << text;
  }
  EXPECT_FALSE(PublicKeys({"{}"}).ok());
}

TEST(KeysTest, APublicKeyCannotSign) {
  const auto set = nlohmann::json::parse(*PublicKeys({*MakeKey("ES256", "x")}));
  EXPECT_FALSE(Sign(set["keys"][0].dump(), {.subject = "wei"}).ok());
}

}  // namespace
}  // namespace anju::rpc
