#include "services/workshops/domain/credit_code.h"

#include "tests/support/refused.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

struct Row {
  const char* code;
  const char* reason;
};

class CreditCodeTest : public ::testing::TestWithParam<Row> {};

TEST_P(CreditCodeTest, IsRead) {
  const auto& [code, reason] = GetParam();
  if (reason == nullptr) {
    EXPECT_TRUE(CheckCreditCode(code).ok()) << code;
  } else {
    EXPECT_THAT(CheckCreditCode(code), RefusedWith(kInvalidArgument, reason)) << code;
  }
}

INSTANTIATE_TEST_SUITE_P(Codes, CreditCodeTest,
                         ::testing::Values(Row{"91350100M000100Y43", nullptr},  // The standard's example.
                                           Row{"91350100M000100Y44", "CREDIT_CODE_CHECKSUM"},    //
                                           Row{"91350100M000010Y43", "CREDIT_CODE_CHECKSUM"},    // Two were swapped.
                                           Row{"", "CREDIT_CODE_MALFORMED"},                     //
                                           Row{"91350100M000100Y4", "CREDIT_CODE_MALFORMED"},    //
                                           Row{"91350100M000100Y433", "CREDIT_CODE_MALFORMED"},  //
                                           Row{"91350100m000100Y43", "CREDIT_CODE_MALFORMED"},   //
                                           Row{"91350100MOOO1OOY43", "CREDIT_CODE_MALFORMED"}));

}  // namespace
}  // namespace anju::workshops
