#include "services/platform/messages/archive.h"

#include <limits>

#include "anju/evidence/v1/evidence.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "anju/type/v1/import.pb.h"
#include "services/registry/domain/household.h"
#include "tests/support/refused.h"

namespace anju::messages {
namespace {

using enum absl::StatusCode;
using registry::HouseholdRecord;
using registry::PersonRecord;
using testing::RefusedWith;
namespace v1 = registry::v1;

v1::HouseholdRecord Row() {
  v1::HouseholdRecord row;
  row.set_household_no("h1");
  row.set_village("450328100201");
  row.set_household_class(v1::HOUSEHOLD_CLASS_REGISTERED_POOR);
  row.set_registered_on("2016-01-15");
  return row;
}

TEST(Archive, ReadsByName) {
  const auto record = FromProto<HouseholdRecord>(Row());
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->registered_on, Date(2016, 1, 15));
  EXPECT_EQ(record->household_class, feed::HouseholdClass::kRegisteredPoor);
  EXPECT_FALSE(record->exited_on.has_value());
}

TEST(Archive, NamesTheFieldAtFault) {
  const struct {
    void (*spoil)(v1::HouseholdRecord&);
    const char* field;
    const char* reason;
  } rows[] = {
      {[](auto& r) { r.clear_household_no(); }, "household_no", "FIELD_MISSING"},
      {[](auto& r) { r.clear_registered_on(); }, "registered_on", "FIELD_MISSING"},
      {[](auto& r) { r.clear_household_class(); }, "household_class", "FIELD_MISSING"},
      {[](auto& r) { r.set_household_class(static_cast<v1::HouseholdClass>(77)); }, "household_class", "ENUM_UNKNOWN"},
      {[](auto& r) { r.set_exited_on("2017-02-30"); }, "exited_on", "DATE_MALFORMED"},
      {[](auto& r) { r.set_village(std::string(2000, '4')); }, "village", "TEXT_TOO_LONG"},
      {[](auto& r) { r.set_household_no(std::string("h\0001", 4)); }, "household_no", "TEXT_MALFORMED"},
      {[](auto& r) { r.set_household_no("450328199003070010"); }, "household_no", "NUMBER_IS_PERSONAL"},
      {[](auto& r) { r.set_household_no("11010519491231002x-1"); }, "household_no", "NUMBER_IS_PERSONAL"},
  };
  for (const auto& row : rows) {
    v1::HouseholdRecord spoilt = Row();
    row.spoil(spoilt);
    const absl::Status status = FromProto<HouseholdRecord>(spoilt).status();
    EXPECT_THAT(status, RefusedWith(kInvalidArgument, std::string(row.reason)));
    EXPECT_EQ(FieldOf(status), row.field);
  }
}

// Two such amounts would not fit into the sum of a figure.
TEST(Archive, NoNumberIsSoLargeThatSumsOverflow) {
  struct Record {
    int64_t received = 0;
    void Fields(Archive& archive) { archive("received", received); }
  };
  for (const int64_t number : {std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(),
                               int64_t{10'000'000'000'001}, int64_t{-10'000'000'000'001}}) {
    type::v1::ImportReceipt message;
    message.set_received(number);
    EXPECT_THAT(FromProto<Record>(message).status(), RefusedWith(kInvalidArgument, "NUMBER_TOO_LARGE")) << number;
  }
  type::v1::ImportReceipt message;
  message.set_received(10'000'000'000'000);
  EXPECT_EQ(FromProto<Record>(message)->received, 10'000'000'000'000);
}

TEST(Archive, MasksWhatIsPersonal) {
  registry::Household household{.id = "1", .residences = {{.since = Date(2016, 1, 1), .village = "450328100201"}}};
  household.members.push_back({.person_no = "p1",
                               .name = "例某某",
                               .id_number = "11010519491231002X",
                               .born_on = Date(1949, 12, 31),
                               .joined_on = Date(2016, 1, 1)});
  auto message = ToProto<v1::Household>(household);
  EXPECT_EQ(message.members(0).id_number(), "11010519491231002X");
  Mask(message);
  EXPECT_EQ(message.members(0).name(), "例**");
  EXPECT_EQ(message.members(0).id_number(), "11**************2X");
  EXPECT_EQ(message.members(0).born_on(), "1949");
  EXPECT_EQ(message.members(0).joined_on(), "2016-01-01");
  // What is masked stays as it is.
  const std::string once = message.SerializeAsString();
  Mask(message);
  EXPECT_EQ(message.SerializeAsString(), once);
}

TEST(Archive, NothingIsLeftOfPersonalBytes) {
  evidence::v1::EvidencePiece piece;
  piece.set_size_bytes(4);
  piece.set_data("scan");
  Mask(piece);
  EXPECT_EQ(piece.data(), "");
  EXPECT_EQ(piece.size_bytes(), 4);
  EXPECT_TRUE(CannotBeMasked(*evidence::v1::EvidencePiece::descriptor()));
  EXPECT_FALSE(CannotBeMasked(*v1::Household::descriptor()));
  EXPECT_FALSE(CannotBeMasked(*evidence::v1::UploadEvidenceRequest::descriptor()));
}

TEST(Archive, WhatIsAsLongAsAnIdNumberIsMaskedAsTheNameThatItIs) {
  const std::pair<std::string, std::string> names[] = {// 18 bytes each.
                                                       {"阿依古丽买提", "阿**"},
                                                       {"Muhammad Abdullahi", "M**"},
                                                       {"45032819900101123Y", "4**"},
                                                       {"4503281990010112X4", "4**"},
                                                       {"4503*****001011234", "4**"},
                                                       {"450328199001011234", "45**************34"},
                                                       {"45032819900101123x", "45**************3x"},
                                                       {"1949-12-31", "1949"}};
  for (const auto& [name, masked] : names) {
    v1::Household household;
    household.add_members()->set_name(name);
    Mask(household);
    EXPECT_EQ(household.members(0).name(), masked);
    Mask(household);
    EXPECT_EQ(household.members(0).name(), masked);
  }
}

TEST(Archive, MasksWhatAnAnyHoldsAndLetsGoOfWhatItDoesNotKnow) {
  v1::Household household;
  household.add_members()->set_name("例某某");
  google::protobuf::Any any;
  any.PackFrom(household);
  Mask(any);
  ASSERT_TRUE(any.UnpackTo(&household));
  EXPECT_EQ(household.members(0).name(), "例**");
  any.set_type_url("type.googleapis.com/anju.Unknown");
  Mask(any);
  EXPECT_EQ(any.value(), "");
  EXPECT_TRUE(HoldsPersonal(*v1::ListHouseholdsResponse::descriptor()));
  EXPECT_FALSE(HoldsPersonal(*v1::GetHouseholdRequest::descriptor()));
}

}  // namespace
}  // namespace anju::messages
