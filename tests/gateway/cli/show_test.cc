#include "gateway/cli/show.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace anju::cli {
namespace {

using anju::gateway::v1::Figure;
using ::testing::HasSubstr;
using ::testing::Not;

namespace ind = anju::indicators::v1;

TEST(FigureTextTest, ByKindAndUnit) {
  Figure figure;
  figure.set_unit("fen");
  EXPECT_EQ(FigureText(figure), "-");
  figure.set_value(0);
  EXPECT_EQ(FigureText(figure), "0.00 元");
  figure.set_kind(ind::INDICATOR_KIND_RATIO);
  figure.set_value(3'454);
  EXPECT_EQ(FigureText(figure), "34.54%");
}

TEST(DiscrepancyTextTest, SaysWhatWasPublished) {
  Figure figure;
  figure.set_kind(ind::INDICATOR_KIND_RATIO);
  figure.mutable_reported()->set_value(355'400);
  EXPECT_EQ(DiscrepancyText(figure), "");
  figure.set_discrepancy(true);
  EXPECT_EQ(DiscrepancyText(figure), "≠ published 公布 35.54%");
  figure.mutable_reported()->set_value(1'000'000);
  EXPECT_EQ(DiscrepancyText(figure), "≠ published 公布 100%");
  figure.set_kind(ind::INDICATOR_KIND_FLOW);
  figure.set_unit("person");
  figure.mutable_reported()->set_at_least(true);
  figure.mutable_reported()->set_source("bulletin 3");
  EXPECT_EQ(DiscrepancyText(figure), "≠ published 公布 ≥1,000,000 人 (bulletin 3)");
}

TEST(ShowTest, AReceiptTellsWhatWasRefused) {
  ImportOutcome outcome{.received = 12'000, .added = 11'985, .refused = 15, .refused_path = "r.csv"};
  for (int i = 2; i < 14; ++i) outcome.refused_rows[i].set_reason("ENUM_UNKNOWN");
  std::ostringstream out;
  Show(out, outcome);
  EXPECT_THAT(out.str(), HasSubstr("12,000"));
  EXPECT_THAT(out.str(), HasSubstr("and 2 more"));
  EXPECT_THAT(out.str(), HasSubstr("3 rows were refused before"));
  EXPECT_THAT(out.str(), HasSubstr("r.csv"));
  EXPECT_THAT(out.str(), Not(HasSubstr("中断前")));

  std::ostringstream json;
  ShowJson(json, outcome);
  const auto parsed = nlohmann::json::parse(json.str());
  EXPECT_EQ(parsed["received"], 12'000);
  EXPECT_EQ(parsed["refused_rows"].size(), 12u);
}

TEST(ShowTest, ARecordThatIsNotKnownDoesNotHarm) {
  gateway::v1::HouseholdFile file;
  auto* part = file.add_parts();
  part->set_service("registry");
  part->add_records()->set_type_url("type.googleapis.com/anju.future.v1.Thing");
  std::ostringstream out;
  Show(out, file);
  EXPECT_THAT(out.str(), HasSubstr("anju.future.v1.Thing"));
}

}  // namespace
}  // namespace anju::cli
