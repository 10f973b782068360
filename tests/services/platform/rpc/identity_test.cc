#include "services/platform/rpc/identity.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "services/platform/rpc/keys.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::rpc {
namespace {

using anju::testing::RefusedWith;
using anju::testing::TemporaryDirectory;
using anju::type::v1::ROLE_ADMIN;
using anju::type::v1::ROLE_APPROVER;
using anju::type::v1::ROLE_OFFICER;
using anju::type::v1::ROLE_READER;
using nlohmann::json;
using enum absl::StatusCode;

constexpr int64_t kNow = 1'540'000'000;

class IdentityTest : public ::testing::Test {
 protected:
  void SetUp() override {
    es_ = *MakeKey("ES256", "es");
    rs_ = *MakeKey("RS256", "rs");
    jwks_ = *PublicKeys({es_, rs_});
    path_ = directory_.Write("jwks.json", jwks_);
    verifier_ = *Verifier::Open(path_, "anju", "anju", clock_);
  }

  json Good() const {
    return {{"sub", "wei"},     {"iss", "anju"},       {"aud", "anju"},
            {"iat", kNow},      {"exp", kNow + 3'600}, {"roles", {"officer", "approver"}},
            {"scope", "450328"}};
  }

  FakeClock clock_{absl::FromUnixSeconds(kNow)};
  TemporaryDirectory directory_;
  std::string es_, rs_, jwks_, path_;
  std::unique_ptr<Verifier> verifier_;
};

std::string Encode(const json& part) { return absl::WebSafeBase64Escape(part.dump()); }

std::string HmacSigned(const json& header, const json& claims, const std::string& secret) {
  const std::string text = Encode(header) + "." + Encode(claims);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &size);
  return text + "." + absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<char*>(digest), size));
}

TEST_F(IdentityTest, BothAlgorithmsTellWhoIsCalling) {
  for (const std::string& key : {es_, rs_}) {
    // Twice: the second answer is remembered.
    for (int i = 0; i < 2; ++i) {
      auto caller = verifier_->Verify(*SignJson(key, Good().dump()));
      ASSERT_TRUE(caller.ok()) << caller.status();
      EXPECT_EQ(caller->subject, "wei");
      EXPECT_TRUE(caller->Has(ROLE_OFFICER));
      EXPECT_TRUE(caller->Has(ROLE_APPROVER));
      EXPECT_FALSE(caller->Has(ROLE_ADMIN));
      EXPECT_TRUE(caller->Covers("450328"));
      EXPECT_TRUE(caller->Covers("450328100201"));
      EXPECT_FALSE(caller->Covers("4503"));
      EXPECT_FALSE(caller->Covers("450329"));
      EXPECT_FALSE(caller->Covers(""));
    }
  }
}

TEST_F(IdentityTest, ClaimsAreCheckedInOrder) {
  struct Row {
    const char* what;
    json patch;
    const char* reason;
  };
  // Each row also breaks the later rules.
  const json late = {{"iss", "x"}, {"aud", "x"}, {"scope", "x"}};
  auto with = [](json patch, const json& more) {
    patch.update(more);
    return patch;
  };
  const Row rows[] = {
      {"no exp", with({{"exp", nullptr}, {"nbf", kNow + 900}}, late), "TOKEN_EXPIRED"},
      {"exp is text", with({{"exp", "tomorrow"}}, late), "TOKEN_EXPIRED"},
      {"exp is huge", with({{"exp", 1e300}}, late), "TOKEN_EXPIRED"},
      {"exp is negative", with({{"exp", -1}}, late), "TOKEN_EXPIRED"},
      {"expired beyond the skew", with({{"exp", kNow - 60}, {"nbf", kNow + 900}}, late), "TOKEN_EXPIRED"},
      {"nbf beyond the skew", with({{"nbf", kNow + 61}}, late), "TOKEN_NOT_YET_VALID"},
      {"nbf is text", with({{"nbf", "now"}}, late), "TOKEN_NOT_YET_VALID"},
      {"issued in the future", with({{"iat", kNow + 61}}, late), "TOKEN_NOT_YET_VALID"},
      {"other issuer", late, "TOKEN_ISSUER"},
      {"no issuer", with({}, {{"iss", nullptr}, {"aud", "x"}}), "TOKEN_ISSUER"},
      {"other audience", {{"aud", "x"}, {"scope", "x"}}, "TOKEN_AUDIENCE"},
      {"no audience", {{"aud", nullptr}}, "TOKEN_AUDIENCE"},
      {"audiences without us", {{"aud", {"x", "y"}}}, "TOKEN_AUDIENCE"},
      {"no scope", {{"scope", nullptr}}, "TOKEN_SCOPE"},
      {"scope is no code", {{"scope", "45032"}}, "TOKEN_SCOPE"},
      {"scope is a number", {{"scope", 450328}}, "TOKEN_SCOPE"},
      {"an officer of the whole country", {{"scope", "*"}}, "TOKEN_SCOPE"},
      {"an auditor who is an officer too", {{"roles", {"auditor", "officer"}}, {"scope", "*"}}, "TOKEN_SCOPE"},
      {"no role in the whole country", {{"roles", nullptr}, {"scope", "*"}}, "TOKEN_SCOPE"},
      {"an officer of nothing", {{"scope", ""}}, "TOKEN_SCOPE"},
      {"nobody", {{"sub", ""}}, "TOKEN_MALFORMED"},
      {"two lines of a log", {{"sub", "wei\nli"}}, "TOKEN_MALFORMED"},
      {"nothing to be seen", {{"sub", std::string("wei\0", 4)}}, "TOKEN_MALFORMED"},
      {"a screen that is cleared", {{"sub", "wei\x1B[2J"}}, "TOKEN_MALFORMED"},
      {"a character that is taken back", {{"sub", "wei\x7F"}}, "TOKEN_MALFORMED"},
  };
  for (const Row& row : rows) {
    json claims = Good();
    claims.merge_patch(row.patch);
    EXPECT_THAT(verifier_->Verify(*SignJson(es_, claims.dump())), RefusedWith(kUnauthenticated, row.reason))
        << row.what;
  }
}

TEST_F(IdentityTest, WhatIsStillGood) {
  struct Row {
    const char* what;
    json patch;
  };
  const Row rows[] = {
      {"expired within the skew", {{"exp", kNow - 59}}},
      {"begins within the skew", {{"nbf", kNow + 60}}},
      {"one audience of several", {{"aud", {"x", "anju"}}}},
      {"a role of another system", {{"roles", {"officer", "astronaut", 7}}}},
      {"an administrator of the whole country", {{"roles", {"admin"}}, {"scope", "*"}}},
      {"an auditor of the whole country", {{"roles", {"auditor"}}, {"scope", ""}}},
      {"a service", {{"roles", {"service"}}, {"scope", ""}}},
  };
  for (const Row& row : rows) {
    json claims = Good();
    claims.merge_patch(row.patch);
    auto caller = verifier_->Verify(*SignJson(es_, claims.dump()));
    EXPECT_TRUE(caller.ok()) << row.what << ": " << caller.status();
  }
}

TEST_F(IdentityTest, TokensThatAreNone) {
  const std::string good = *SignJson(es_, Good().dump());
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  EXPECT_THAT(verifier_->Verify(""), RefusedWith(kUnauthenticated, "TOKEN_MISSING"));
  const std::string bad[] = {
      "x", "a.b.c", parts[0] + "." + parts[1], good + ".x", "." + parts[1] + "." + parts[2],
      Encode(json::array()) + "." + parts[1] + "." + parts[2], good + std::string(kMaxTokenBytes, 'x'),
      std::string(kMaxTokenBytes, '.'), Encode({{"alg", "none"}, {"kid", "es"}}) + "." + parts[1] + ".",
      // Not base64url, or not the one spelling of its value.
      good + "=", good + "==", parts[0] + "." + parts[1] + "." + std::string(43, 'A') + "=>" + std::string(41, 'A'),
      parts[0] + "." + parts[1] + "." + std::string(41, 'A'),
      parts[0] + "." + parts[1] + "." + std::string(85, 'A') + "B",
      parts[0] + "." + parts[1] + ".+" + std::string(85, 'A'), parts[0] + "." + parts[1] + ". " + std::string(85, 'A')};
  for (const std::string& token : bad) {
    EXPECT_THAT(verifier_->Verify(token), RefusedWith(kUnauthenticated, "TOKEN_MALFORMED")) << token.substr(0, 40);
  }
}

TEST_F(IdentityTest, TokensDoNotChooseTheirAlgorithm) {
  const json claims = Good();
  const std::string good = *SignJson(es_, claims.dump());
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  const std::string none = Encode({{"alg", "none"}, {"kid", "es"}});
  std::string signed_bytes;
  ASSERT_TRUE(absl::WebSafeBase64Unescape(parts[2], &signed_bytes));
  const std::string signature[] = {
      none + "." + parts[1] + "." + parts[2],
      HmacSigned({{"alg", "HS256"}, {"kid", "es"}}, claims, jwks_),
      HmacSigned({{"alg", "HS256"}, {"kid", "es"}}, claims, json::parse(jwks_)["keys"][0].dump()),
      HmacSigned({{"alg", "HS256"}, {"kid", "rs"}}, claims, json::parse(jwks_)["keys"][1]["n"]),
      // The right algorithm with the wrong key's name, and the wrong algorithm with the right one's.
      Encode({{"alg", "RS256"}, {"kid", "rs"}}) + "." + parts[1] + "." + parts[2],
      Encode({{"alg", "RS256"}, {"kid", "es"}}) + "." + parts[1] + "." + parts[2],
      Encode({{"alg", "ES256"}, {"kid", "unknown"}}) + "." + parts[1] + "." + parts[2],
      Encode({{"alg", "ES256"}}) + "." + parts[1] + "." + parts[2],
      // Somebody else's key under our key's name.
      *SignJson(*MakeKey("ES256", "es"), claims.dump()),
      // Another claim under a good signature.
      parts[0] + "." + Encode({{"sub", "other"}}) + "." + parts[2],
      // A good signature with a byte behind it.
      parts[0] + "." + parts[1] + "." + absl::WebSafeBase64Escape(signed_bytes + "a"),
  };
  for (const std::string& token : signature) {
    EXPECT_THAT(verifier_->Verify(token), RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE")) << token.substr(0, 60);
  }
  EXPECT_THAT(verifier_->Verify(*SignJson(es_, "\xEF\xBB\xBF" + claims.dump())),
              RefusedWith(kUnauthenticated, "TOKEN_MALFORMED"));
  for (const char* trick : {"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"}) {
    const std::string header = Encode({{"alg", "ES256"}, {"kid", "es"}, {trick, "https://example.org/keys"}});
    EXPECT_THAT(verifier_->Verify(header + "." + parts[1] + "." + parts[2]),
                RefusedWith(kUnauthenticated, "TOKEN_MALFORMED"))
        << trick;
  }
}

// The claims are good and signed by our key; only the header tries something.
TEST_F(IdentityTest, TheKeyIsFoundByItsNameAlone) {
  const std::string claims = Good().dump();
  for (const char* id : {"", "../es", "/etc/passwd", "../../dev/null", "es' OR '1'='1", "es\";--", "ES", "es ",
                         "https://example.org/jwks", "file:///etc/anju/jwks.json", "rs"}) {
    json key = json::parse(es_);
    key["kid"] = id;
    auto token = SignJson(key.dump(), claims);
    if (!token.ok()) continue;
    EXPECT_THAT(verifier_->Verify(*token), RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE")) << id;
  }
  const std::vector<std::string> parts = absl::StrSplit(*SignJson(es_, claims), '.');
  for (const json& id :
       {json(7), json(nullptr), json::array({"es"}), json::object({{"es", 1}}), json(std::string("es\0", 3))}) {
    EXPECT_THAT(verifier_->Verify(Encode({{"alg", "ES256"}, {"kid", id}}) + "." + parts[1] + "." + parts[2]),
                RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE"))
        << id;
  }
}

TEST_F(IdentityTest, NothingIsSaidTwice) {
  const auto encode = [](const std::string& text) { return absl::WebSafeBase64Escape(text); };
  const std::string claims = Good().dump();
  const std::string open = claims.substr(0, claims.size() - 1);
  for (const std::string& twice : {open + R"(,"scope":"45"})", open + R"(,"sub":"li"})", open + R"(,"\u0073ub":"li"})",
                                   open + R"(,"x":{"y":1,"y":2}})"}) {
    EXPECT_THAT(verifier_->Verify(*SignJson(es_, twice)), RefusedWith(kUnauthenticated, "TOKEN_MALFORMED")) << twice;
  }
  const std::vector<std::string> parts = absl::StrSplit(*SignJson(es_, claims), '.');
  for (const char* header :
       {R"({"alg":"none","alg":"ES256","kid":"es"})", R"({"alg":"ES256","kid":"rs","kid":"es"})"}) {
    EXPECT_THAT(verifier_->Verify(encode(header) + "." + parts[1] + "." + parts[2]),
                RefusedWith(kUnauthenticated, "TOKEN_MALFORMED"))
        << header;
  }
  EXPECT_TRUE(verifier_->Verify(*SignJson(es_, open + R"(,"x":{"sub":1},"y":{"sub":1}})")).ok());
}

TEST_F(IdentityTest, OnlyP256AndLongEnoughRsaAreKeys) {
  json good = json::parse(jwks_);
  struct Row {
    const char* what;
    json key;
  };
  const json ec = good["keys"][0], rsa = good["keys"][1];
  auto with = [](json key, const json& patch) {
    key.merge_patch(patch);
    return key;
  };
  for (const Row& row :
       {Row{"another curve", with(ec, {{"crv", "P-384"}})},
        Row{"a curve for signing no tokens", with(ec, {{"crv", "secp256k1"}})},
        Row{"no curve", with(ec, {{"crv", nullptr}})},
        Row{"a point that is not on the curve", with(ec, {{"x", ec["y"]}})},
        Row{"a secret", {{"kty", "oct"}, {"kid", "es"}, {"k", rsa["n"]}}},
        Row{"another algorithm of RSA", with(rsa, {{"alg", "PS256"}})},
        Row{"a short RSA key", with(rsa, {{"n", "4f5wg5l2hKsTeNem_V41fGnJm6gOdrj8ym3rFkEU_wT8RDtn"}})}}) {
    const std::string path = directory_.Write("one.json", json({{"keys", {row.key}}}).dump());
    EXPECT_FALSE(Verifier::Open(path, "anju", "anju", clock_).ok()) << row.what;
  }
}

TEST_F(IdentityTest, NoRefusalRepeatsTheToken) {
  json claims = Good();
  claims["iss"] = "secret-issuer";
  const auto status = verifier_->Verify(*SignJson(es_, claims.dump())).status();
  EXPECT_EQ(status.ToString().find("secret"), std::string::npos);
  EXPECT_EQ(status.ToString().find("wei"), std::string::npos);
}

TEST_F(IdentityTest, ARememberedTokenExpires) {
  const std::string token = *SignJson(es_, Good().dump());
  EXPECT_TRUE(verifier_->Verify(token).ok());
  clock_.Advance(absl::Seconds(3'600 + 59));
  EXPECT_TRUE(verifier_->Verify(token).ok());
  clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(verifier_->Verify(token), RefusedWith(kUnauthenticated, "TOKEN_EXPIRED"));
}

TEST_F(IdentityTest, KeysRotateWhileServing) {
  const std::string old_token = *SignJson(es_, Good().dump());
  EXPECT_TRUE(verifier_->Verify(old_token).ok());
  const std::string next = *MakeKey("ES256", "next");
  const std::string new_token = *SignJson(next, Good().dump());
  EXPECT_THAT(verifier_->Verify(new_token), RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE"));

  directory_.Write("jwks.json", *PublicKeys({es_, next}));
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(verifier_->Verify(new_token).ok());
  EXPECT_TRUE(verifier_->Verify(old_token).ok());

  // A file that is broken, or gone, leaves the last good keys.
  directory_.Write("jwks.json", "{");
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(verifier_->Verify(new_token).ok());
  std::filesystem::remove(path_);
  clock_.Advance(absl::Seconds(2));
  EXPECT_TRUE(verifier_->Verify(new_token).ok());

  // A key that is gone takes with it what was remembered of it.
  directory_.Write("jwks.json", *PublicKeys({next}));
  clock_.Advance(absl::Seconds(2));
  EXPECT_THAT(verifier_->Verify(old_token), RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE"));
  EXPECT_TRUE(verifier_->Verify(new_token).ok());
}

TEST_F(IdentityTest, KeyFilesThatCannotBeUsed) {
  const json good = json::parse(jwks_);
  json oct = {{"keys", {{{"kty", "oct"}, {"kid", "x"}, {"k", "AAAA"}, {"alg", "HS256"}}}}};
  json encryption = good, wrapping = good, no_id = good, twice = good, other_algorithm = good;
  for (auto* set : {&encryption, &wrapping, &no_id, &other_algorithm}) (*set)["keys"].erase(1);
  encryption["keys"][0]["use"] = "enc";
  wrapping["keys"][0]["key_ops"] = {"wrapKey"};
  no_id["keys"][0].erase("kid");
  other_algorithm["keys"][0]["alg"] = "HS256";
  twice["keys"][1] = twice["keys"][0];
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"keys":[]})"), oct.dump(),
        encryption.dump(), wrapping.dump(), no_id.dump(), twice.dump(), other_algorithm.dump()}) {
    EXPECT_FALSE(Verifier::Open(directory_.Write("bad.json", text), "anju", "anju", clock_).ok()) << text;
  }
  EXPECT_FALSE(Verifier::Open(directory_.Path("absent.json"), "anju", "anju", clock_).ok());
  EXPECT_THAT(Verifier::Closed(clock_)->Verify(*SignJson(es_, Good().dump())),
              RefusedWith(kUnauthenticated, "TOKEN_SIGNATURE"));
}

TEST_F(IdentityTest, ThePublicFileHoldsNoPrivateKey) {
  const json keys = json::parse(jwks_)["keys"];
  for (const json& key : keys) {
    for (const char* secret : {"d", "p", "q", "dp", "dq", "qi"}) EXPECT_FALSE(key.contains(secret)) << secret;
  }
}

TEST_F(IdentityTest, ManyThreadsVerifyAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        json claims = Good();
        claims["sub"] = absl::StrCat("s", t, "-", i % 5);
        auto caller = verifier_->Verify(*SignJson(t % 2 == 0 ? es_ : rs_, claims.dump()));
        ASSERT_TRUE(caller.ok()) << caller.status();
        EXPECT_EQ(caller->subject, claims["sub"]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(RoleWordTest, GoesBothWays) {
  EXPECT_EQ(RoleWord(ROLE_OFFICER), "officer");
  EXPECT_EQ(RoleOfWord("reader"), ROLE_READER);
  for (const char* word : {"", "unspecified", "Officer", "role_officer"}) {
    EXPECT_EQ(RoleOfWord(word), anju::type::v1::ROLE_UNSPECIFIED) << word;
  }
}

}  // namespace
}  // namespace anju::rpc
