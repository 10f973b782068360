#include "services/channels/store/migrations.h"

#include "tests/services/channels/domain/market.h"

namespace anju::channels {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class MigrationsTest : public MarketTest {};

// Two records of one village, as two divisions that ran routes made them, and one of another.
TEST_P(MigrationsTest, MakeOneRecordOfAVillage) {
  struct Old {
    std::string id, location, village, participations;
  };
  const Old before[] = {
      {"t1", kCounty, kVillage, R"([{"group_key":"g","household_id":"a","visited_on":"2018-04-05"}])"},
      {"t2", kTownship, kVillage, R"([{"group_key":"h","household_id":"a","visited_on":"2018-05-05"}])"},
      {"t3", kTownship, kOther, "[]"}};
  for (const Old& old : before) {
    const std::string key = absl::StrCat(old.location, "/", old.village);
    const std::string body =
        absl::StrCat(R"({"id":")", old.id, R"(","key":")", key, R"(","location":")", old.location, R"(","village":")",
                     old.village, R"(","participations":)", old.participations, "}");
    ASSERT_TRUE(stand_.database
                    ->Write([&](storage::Transaction& transaction) -> absl::Status {
                      RETURN_IF_ERROR(transaction.Execute(
                          "INSERT INTO roots (id, kind, key, division, version, body) VALUES ($1, $2, $3, $4, 1, $5)",
                          {old.id, "tour_village", key, old.location, body}));
                      return transaction.Execute("INSERT INTO root_divisions (division, root_id) VALUES ($1, $2)",
                                                 {old.location, old.id});
                    })
                    .ok());
  }
  const absl::Status migrated = storage::Migrate(*stand_.database, "channels", Migrations());
  ASSERT_TRUE(migrated.ok()) << migrated;
  ASSERT_TRUE(stand_.store
                  .Change({},
                          [&](roots::Session& session) -> absl::Status {
                            ASSIGN_OR_RETURN(const auto village, session.Find<TourVillage>(kVillage));
                            EXPECT_EQ(village->id, "t1");
                            EXPECT_EQ(village->key, kVillage);
                            const Participation first{"g", "a", Date(2018, 4, 5), kCounty};
                            const Participation second{"h", "a", Date(2018, 5, 5), kTownship};
                            EXPECT_THAT(village->participations, UnorderedElementsAre(first, second));
                            ASSIGN_OR_RETURN(const auto other, session.Find<TourVillage>(kOther));
                            EXPECT_EQ(*other, (TourVillage{.id = "t3", .key = kOther}));
                            return absl::OkStatus();
                          })
                  .ok());
  // What was recorded of them goes on under the one.
  ASSERT_TRUE(stand_.database
                  ->Read([](storage::Transaction& transaction) -> absl::Status {
                    ASSIGN_OR_RETURN(const storage::Rows rows,
                                     transaction.Query("SELECT division FROM root_divisions WHERE root_id = 't1' "
                                                       "ORDER BY division"));
                    std::vector<std::string> divisions;
                    for (const storage::Row& row : rows) divisions.push_back(row.Text(0));
                    EXPECT_THAT(divisions, ElementsAre(kCounty, kTownship));
                    return absl::OkStatus();
                  })
                  .ok());
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrationsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::channels
