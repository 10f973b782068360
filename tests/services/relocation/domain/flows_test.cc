#include "services/relocation/domain/flows.h"

#include <gtest/gtest.h>

namespace anju::relocation {
namespace {

TEST(FlowsTest, ANationalFlowIsOneStepOfTheCountysApprover) {
  for (const auto& [flow, name] :
       {std::pair(&NationalCaseFlow(), "relocation.case"), std::pair(&NationalSubsidyFlow(), "relocation.subsidy"),
        std::pair(&NationalLeaseFlow(), "relocation.lease"),
        std::pair(&NationalMortgageFlow(), "relocation.mortgage")}) {
    EXPECT_EQ(flow->name, name);
    ASSERT_EQ(flow->versions.size(), 1);
    const std::vector<approval::Step>& steps = flow->versions[0].steps;
    EXPECT_TRUE(approval::CheckSteps(steps).ok());
    ASSERT_EQ(steps.size(), 1);
    EXPECT_EQ(steps[0].code, "approve");
    EXPECT_EQ(steps[0].level, approval::Level::kCounty);
    EXPECT_EQ(steps[0].roles, std::vector<std::string>{"approver"});
    EXPECT_EQ(steps[0].days, 0);
  }
}

}  // namespace
}  // namespace anju::relocation
