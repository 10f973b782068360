#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"

namespace anju::gateway {

// Objects keep the order in which they were written, so that the document reads as the contracts do.
using OrderedJson = nlohmann::ordered_json;

// The schemas of messages as JSON has them (JSON Schema 2020-12), under the full names of the contracts.
class Schemas {
 public:
  // A reference to the message, whose schema is made.
  OrderedJson Refer(const google::protobuf::Descriptor& type);
  // What a field holds: with its comment, its Chinese label as the title, and what it demands.
  OrderedJson Of(const google::protobuf::FieldDescriptor& field);
  // The same for one item of a list.
  OrderedJson ItemOf(const google::protobuf::FieldDescriptor& field);

  // Says what the method's request and response are for, when they are its own and have no comment.
  void Carries(const google::protobuf::MethodDescriptor& method, const std::string& summary);
  // What is said of a message.
  std::string DescriptionOf(const google::protobuf::Descriptor& type) const;

  // All that were referred to.
  OrderedJson Take();

 private:
  OrderedJson Refer(const google::protobuf::EnumDescriptor& type);
  static OrderedJson Make(const google::protobuf::EnumDescriptor& type);
  OrderedJson Make(const google::protobuf::Descriptor& type);

  std::vector<const google::protobuf::Descriptor*> wanted_;
  std::set<std::string> known_;
  std::map<const google::protobuf::Descriptor*, std::string> carried_;
  OrderedJson made_ = OrderedJson::object();
};

}  // namespace anju::gateway
