#include "gateway/cli/token.h"

#include <sys/stat.h>

#include <filesystem>

#include "gtest/gtest.h"
#include "services/platform/rpc/identity.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::cli {
namespace {

using anju::testing::RefusedWith;
using anju::testing::TemporaryDirectory;
using enum absl::StatusCode;

TEST(TokenTest, AServiceTakesWhatIsMade) {
  TemporaryDirectory directory;
  const std::string keys = directory.Path("keys");
  ASSERT_TRUE(InitKeys(keys).ok());
  FakeClock clock(absl::FromUnixSeconds(1'540'000'000));
  auto verifier = *rpc::Verifier::Open(keys + "/jwks.json", "anju", "anju", clock);
  const std::string token =
      *MakeToken({.keys = keys, .subject = "wei", .roles = {"officer", "approver"}, .division = "450328", .hours = 1},
                 clock.Now());
  auto caller = verifier->Verify(token);
  ASSERT_TRUE(caller.ok()) << caller.status();
  EXPECT_EQ(caller->subject, "wei");
  EXPECT_EQ(caller->scope, "450328");
  EXPECT_EQ(caller->roles.size(), 2u);
  clock.Advance(absl::Hours(2));
  EXPECT_THAT(verifier->Verify(token), RefusedWith(kUnauthenticated, "TOKEN_EXPIRED"));

  // Again: the key stays, and a JWKS that is missing comes back.
  std::filesystem::remove(keys + "/jwks.json");
  ASSERT_TRUE(InitKeys(keys).ok());
  clock.Advance(-absl::Hours(2));
  EXPECT_TRUE((*rpc::Verifier::Open(keys + "/jwks.json", "anju", "anju", clock))->Verify(token).ok());
}

TEST(TokenTest, OnlyTheOwnerReadsTheKey) {
  TemporaryDirectory directory;
  ASSERT_TRUE(InitKeys(directory.Path("")).ok());
  struct stat info = {};
  ASSERT_EQ(::stat(directory.Path("signing.jwk").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
}

TEST(TokenTest, WhatCannotBeMade) {
  struct Row {
    TokenRequest request;
    const char* reason;
  };
  const Row rows[] = {
      {{.subject = "", .roles = {}, .division = "x", .hours = 0}, "SUBJECT_MISSING"},
      {{.subject = "wei", .roles = {}, .division = "x", .hours = 0}, "ROLE_UNKNOWN"},
      {{.subject = "wei", .roles = {"king"}, .division = "x", .hours = 0}, "HOURS_OUT_OF_RANGE"},
      {{.subject = "wei", .roles = {"officer", "king"}, .division = "x"}, "ROLE_UNKNOWN"},
      {{.subject = "wei", .roles = {"officer"}, .division = "4503x"}, "DIVISION_MALFORMED"},
      {{.subject = "wei", .roles = {"officer"}, .division = ""}, "SCOPE_TOO_WIDE"},
      {{.subject = "wei", .roles = {"admin", "officer"}, .division = "*"}, "SCOPE_TOO_WIDE"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(MakeToken(row.request, absl::UnixEpoch()), RefusedWith(kInvalidArgument, row.reason));
  }
  EXPECT_EQ(MakeToken({.keys = "/nowhere", .subject = "wei", .roles = {"admin"}}, absl::UnixEpoch()).status().code(),
            kNotFound);
}

}  // namespace
}  // namespace anju::cli
