#include "services/workshops/store/migrations.h"

#include "tests/services/workshops/domain/workshops_stand.h"

namespace anju::workshops {
namespace {

using ::testing::IsEmpty;
using testing::RefusedWith;

class MigrationsTest : public WorkshopsStand {};

TEST_P(MigrationsTest, ClaimTheCodesOfBefore) {
  ASSERT_TRUE(stand_.Import(ImportEnterprise, AnEnterprise("e1")).ok());
  EnterpriseRecord left = AnEnterprise("e2");
  left.left_on = Date(2018, 1, 1);
  ASSERT_TRUE(stand_.Import(ImportEnterprise, left).ok());
  // As it was before codes were claimed.
  ASSERT_TRUE(stand_.database
                  ->Write([](storage::Transaction& transaction) {
                    return transaction.Execute("DELETE FROM root_names WHERE kind = 'credit_code'");
                  })
                  .ok());
  ASSERT_TRUE(storage::Migrate(*stand_.database, "workshops", Migrations()).ok());
  EnterpriseRecord record = AnEnterprise("e3");
  record.credit_code = AnEnterprise("e1").credit_code;
  EXPECT_THAT(stand_.Import(ImportEnterprise, record).status(),
              RefusedWith(absl::StatusCode::kAlreadyExists, "CREDIT_CODE_TAKEN"));
  record.credit_code = left.credit_code;
  EXPECT_TRUE(stand_.Import(ImportEnterprise, record).ok());
  EXPECT_THAT(stand_.Recount(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Engines, MigrationsTest, ::testing::ValuesIn(testing::Engines()), testing::EngineName);

}  // namespace
}  // namespace anju::workshops
