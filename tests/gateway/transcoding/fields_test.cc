#include "gateway/transcoding/fields.h"

#include <gmock/gmock.h>

#include "anju/gateway/v1/gateway.pb.h"
#include "anju/registry/v1/registry.pb.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/wrappers.pb.h"
#include "services/platform/base/error.h"

namespace anju::gateway {
namespace {

using google::protobuf::FieldDescriptorProto;

// A message with a field of each kind, also of those that no contract has yet.
class FieldsTest : public ::testing::Test {
 protected:
  FieldsTest() {
    google::protobuf::FileDescriptorProto file;
    file.set_name("sample.proto");
    file.set_syntax("proto3");
    file.add_dependency("google/protobuf/timestamp.proto");
    file.add_dependency("google/protobuf/duration.proto");
    file.add_dependency("google/protobuf/field_mask.proto");
    file.add_dependency("google/protobuf/wrappers.proto");
    auto* kind = file.add_enum_type();
    kind->set_name("Kind");
    for (const char* name : {"NONE", "ONE"}) {
      auto* value = kind->add_value();
      value->set_name(name);
      value->set_number(kind->value_size() - 1);
    }
    auto* type = file.add_message_type();
    type->set_name("Sample");
    const auto add = [&](const char* name, FieldDescriptorProto::Type field_type, const char* type_name = "",
                         bool repeated = false) {
      auto* field = type->add_field();
      field->set_name(name);
      field->set_number(type->field_size());
      field->set_type(field_type);
      field->set_label(repeated ? FieldDescriptorProto::LABEL_REPEATED : FieldDescriptorProto::LABEL_OPTIONAL);
      if (*type_name != '\0') field->set_type_name(type_name);
    };
    add("text", FieldDescriptorProto::TYPE_STRING);
    add("bytes", FieldDescriptorProto::TYPE_BYTES);
    add("u32", FieldDescriptorProto::TYPE_UINT32);
    add("u64", FieldDescriptorProto::TYPE_UINT64);
    add("i32", FieldDescriptorProto::TYPE_INT32);
    add("i64s", FieldDescriptorProto::TYPE_INT64, "", true);
    add("flag", FieldDescriptorProto::TYPE_BOOL);
    add("kinds", FieldDescriptorProto::TYPE_ENUM, ".Kind", true);
    add("at", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.Timestamp");
    add("wait", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.Duration");
    add("mask", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.FieldMask");
    add("maybe", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.Int64Value");
    add("words", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.StringValue", true);
    add("yes", FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.BoolValue");
    add("inner_sample", FieldDescriptorProto::TYPE_MESSAGE, ".Sample");
    add("inners", FieldDescriptorProto::TYPE_MESSAGE, ".Sample", true);
    // The compiled ones stand under the pool.
    for (const auto* used : {google::protobuf::Timestamp::descriptor(), google::protobuf::Duration::descriptor(),
                             google::protobuf::FieldMask::descriptor(), google::protobuf::Int64Value::descriptor()}) {
      EXPECT_NE(used, nullptr);
    }
    type_ = pool_.BuildFile(file)->FindMessageTypeByName("Sample");
    message_.reset(factory_.GetPrototype(type_)->New());
  }

  google::protobuf::DescriptorPool pool_{google::protobuf::DescriptorPool::generated_pool()};
  google::protobuf::DynamicMessageFactory factory_{&pool_};
  const google::protobuf::Descriptor* type_ = nullptr;
  std::unique_ptr<google::protobuf::Message> message_;
};

TEST_F(FieldsTest, ReadsEveryKindOfField) {
  struct Row {
    const char* path;
    const char* text;
    const char* expected;
  };
  for (const Row& row : std::vector<Row>{
           {"text", "村 a", "text: \"\\346\\235\\221 a\""},
           {"bytes", "AP8=", "bytes: \"\\000\\377\""},
           {"bytes", "_w", "bytes: \"\\377\""},
           {"u32", "4294967295", "u32: 4294967295"},
           {"u64", "18446744073709551615", "u64: 18446744073709551615"},
           {"i32", "-2147483648", "i32: -2147483648"},
           {"i64s", "-1", "i64s: -1"},
           {"flag", "true", "flag: true"},
           {"kinds", "ONE", "kinds: ONE"},
           {"kinds", "1", "kinds: ONE"},
           {"at", "2018-10-20T01:46:40Z", "at { seconds: 1540000000 }"},
           {"wait", "1.5s", "wait { seconds: 1 nanos: 500000000 }"},
           {"mask", "text,innerSample.text", "mask { paths: \"text\" paths: \"inner_sample.text\" }"},
           {"maybe", "0", "maybe { }"},
           {"yes", "1", "yes { value: true }"},
           {"inner_sample.u32", "1", "inner_sample { u32: 1 }"},
           {"innerSample.innerSample.flag", "1", "inner_sample { inner_sample { flag: true } }"},
       }) {
    message_->Clear();
    const absl::Status status = SetField(*message_, row.path, row.text);
    ASSERT_TRUE(status.ok()) << row.path << "=" << row.text << ": " << status;
    EXPECT_EQ(message_->ShortDebugString(), row.expected);
  }
}

TEST_F(FieldsTest, AddsToLists) {
  for (const char* text : {"1", "2"}) EXPECT_TRUE(SetField(*message_, "i64s", text).ok());
  for (const char* text : {"NONE", "ONE"}) EXPECT_TRUE(SetField(*message_, "kinds", text).ok());
  EXPECT_EQ(message_->ShortDebugString(), "i64s: 1 i64s: 2 kinds: NONE kinds: ONE");
}

TEST_F(FieldsTest, RefusesWhatIsNotOfTheFieldsType) {
  struct Row {
    const char* path;
    const char* text;
    const char* reason;
  };
  for (const Row& row : std::vector<Row>{
           {"bytes", "*", "FIELD_MALFORMED"},
           {"u32", "-1", "FIELD_MALFORMED"},
           {"u32", "4294967296", "FIELD_MALFORMED"},
           {"i32", "1.5", "FIELD_MALFORMED"},
           {"i32", "", "FIELD_MALFORMED"},
           {"flag", "yes", "FIELD_MALFORMED"},
           {"kinds", "TWO", "FIELD_MALFORMED"},
           {"at", "2018-10-20", "FIELD_MALFORMED"},
           {"wait", "1", "FIELD_MALFORMED"},
           {"maybe", "x", "FIELD_MALFORMED"},
           {"yes", "2", "FIELD_MALFORMED"},
           {"inner_sample", "{}", "FIELD_NOT_IN_QUERY"},
           {"words", "a", "FIELD_NOT_IN_QUERY"},
           {"", "1", "FIELD_UNKNOWN"},
           {"nothing", "1", "FIELD_UNKNOWN"},
           {"text.x", "1", "FIELD_UNKNOWN"},
           {"inners.text", "1", "FIELD_NOT_IN_QUERY"},
           {"inner_sample.nothing", "1", "FIELD_UNKNOWN"},
           {"inner_sample.", "1", "FIELD_UNKNOWN"},
       }) {
    const absl::Status status = SetField(*message_, row.path, row.text);
    EXPECT_EQ(ReasonOf(status), row.reason) << row.path << "=" << row.text;
    EXPECT_EQ(FieldOf(status), row.path);
  }
}

}  // namespace
}  // namespace anju::gateway
