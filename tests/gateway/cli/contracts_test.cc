#include "gateway/cli/contracts.h"

#include "gtest/gtest.h"
#include "protos/contracts.h"
#include "tests/support/refused.h"

namespace anju::cli {
namespace {

using anju::testing::RefusedWith;
using enum absl::StatusCode;

TEST(FindImportTest, AllWaysToSayIt) {
  for (const char* kind : {"loans", "Loans", "ImportLoans", "import_loans"}) {
    for (const char* service : {"", "microcredit", "anju.microcredit.v1.Microcredit"}) {
      auto method = FindImport(service, kind);
      ASSERT_TRUE(method.ok()) << service << " " << kind;
      EXPECT_EQ((*method)->full_name(), "anju.microcredit.v1.Microcredit.ImportLoans");
    }
  }
  EXPECT_EQ((*FindImport("", "sale_shares"))->name(), "ImportSaleShares");
}

TEST(FindImportTest, WhatIsNotThere) {
  EXPECT_THAT(FindImport("", "astronauts"), RefusedWith(kNotFound, "KIND_NOT_FOUND"));
  EXPECT_THAT(FindImport("registry", "loans"), RefusedWith(kNotFound, "KIND_NOT_FOUND"));
  EXPECT_THAT(FindImport("nobody", "loans"), RefusedWith(kNotFound, "KIND_NOT_FOUND"));
  EXPECT_THAT(FindImport("", ""), RefusedWith(kNotFound, "KIND_NOT_FOUND"));
}

TEST(FindImportTest, NoTwoServicesTakeTheSameKind) {
  std::vector<std::string> kinds;
  for (const auto* contract : AllContracts()) {
    for (int i = 0; i < contract->method_count(); ++i) {
      if (!contract->method(i)->client_streaming()) continue;
      EXPECT_EQ(*FindImport("", KindOf(*contract->method(i))), contract->method(i));
      EXPECT_NE(contract->method(i)->input_type()->FindFieldByName("batch"), nullptr);
      EXPECT_NE(contract->method(i)->input_type()->FindFieldByName("rows"), nullptr);
    }
  }
}

TEST(FindMethodTest, ByItsFullName) {
  for (const char* name : {"anju.registry.v1.Registry/GetDivision", "/anju.registry.v1.Registry/GetDivision",
                           "anju.registry.v1.Registry.GetDivision"}) {
    EXPECT_TRUE(FindMethod(name).ok()) << name;
  }
  EXPECT_THAT(FindMethod("GetDivision"), RefusedWith(kNotFound, "METHOD_NOT_FOUND"));
}

}  // namespace
}  // namespace anju::cli
