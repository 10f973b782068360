#include "services/relocation/domain/policy.h"

#include <gtest/gtest.h>

namespace anju::relocation {
namespace {

TEST(PolicyTest, GivesEachPersonTwentyFiveSquareMetres) {
  EXPECT_EQ(PolicyOn(Date(2018, 7, 20)).area_per_person_centi_sqm, 2500);
}

TEST(PolicyTest, TheFirstOneHoldsBeforeItBegan) {
  EXPECT_EQ(PolicyOn(Date(2015, 12, 1)).since, PolicyOn(Date(2016, 1, 1)).since);
}

}  // namespace
}  // namespace anju::relocation
