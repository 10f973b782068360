#include "services/registry/domain/identity_number.h"

#include "tests/support/stand.h"

namespace anju::registry {
namespace {

using enum absl::StatusCode;
using testing::RefusedWith;

TEST(IdentityNumber, TellsBirthAndSex) {
  const auto identity = ReadIdNumber("11010519491231002X");
  ASSERT_TRUE(identity.ok()) << identity.status();
  EXPECT_EQ(identity->born_on, Date(1949, 12, 31));
  EXPECT_EQ(identity->sex, Sex::kFemale);
}

TEST(IdentityNumber, RefusesInOrder) {
  const struct {
    absl::string_view number;
    absl::string_view reason;
  } rows[] = {
      {"", "ID_NUMBER_MALFORMED"},
      {"11010519491231002", "ID_NUMBER_MALFORMED"},
      {"1101051949123100200", "ID_NUMBER_MALFORMED"},
      {"1101051949123100A1", "ID_NUMBER_MALFORMED"},
      {"11010519490231002X", "ID_NUMBER_MALFORMED"},
      {"110105194912310021", "ID_NUMBER_CHECKSUM"},
      {"11010519491231002x", "ID_NUMBER_CHECKSUM"},
  };
  for (const auto& row : rows) {
    EXPECT_THAT(ReadIdNumber(row.number).status(), RefusedWith(kInvalidArgument, std::string(row.reason)))
        << row.number;
  }
}

}  // namespace
}  // namespace anju::registry
