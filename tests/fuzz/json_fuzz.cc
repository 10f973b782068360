// Bodies: the first line names a method of any contract, `anju.registry.v1.Registry.GetHousehold` (or stands for one
// that it does not name), the rest is the body. What is taken is a request of that method, and can be written as JSON
// again; what is refused is refused with a reason that repeats nothing of the body.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gateway/transcoding/transcoding.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "protos/contracts.h"
#include "services/platform/base/error.h"
#include "tests/fuzz/property.h"

namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

const anju::gateway::Transcoder& Contracts() {
  static const anju::gateway::Transcoder transcoder({"registry", "relocation", "microcredit", "workshops", "channels"});
  return transcoder;
}

const std::vector<const MethodDescriptor*>& Methods() {
  static const auto& methods = *[] {
    auto* all = new std::vector<const MethodDescriptor*>;
    for (const auto* contract : anju::AllContracts()) {
      for (int m = 0; m < contract->method_count(); ++m) all->push_back(contract->method(m));
    }
    return all;
  }();
  return methods;
}

const MethodDescriptor& MethodOf(const std::string& line) {
  const auto* named = google::protobuf::DescriptorPool::generated_pool()->FindMethodByName(line);
  return named != nullptr ? *named : *Methods()[std::hash<std::string>()(line) % Methods().size()];
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const size_t line = std::min(text.find('\n'), size);
  const MethodDescriptor& method = MethodOf(text.substr(0, line));
  const std::string body = text.substr(std::min(line + 1, size));
  anju::gateway::Transcoder::Match match;
  match.method = &method;
  match.body = "*";
  const auto bytes = Contracts().ToRequest(match, body);
  if (!bytes.ok()) {
    PROPERTY(!anju::ReasonOf(bytes.status()).empty());
    return 0;
  }
  const std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
  PROPERTY(request->ParseFromString(*bytes));
  std::string json;
  PROPERTY(google::protobuf::util::MessageToJsonString(*request, &json).ok());
  // Written and read again it is the same request.
  const auto again = Contracts().ToRequest(match, json);
  PROPERTY(again.ok());
  const std::unique_ptr<Message> second(request->New());
  PROPERTY(second->ParseFromString(*again));
  PROPERTY(second->SerializeAsString() == request->SerializeAsString());
  return 0;
}
