#pragma once

#include <memory>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/channel.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/tls.h"

namespace anju::cli {

// A stream in both directions. One thread uses it, one operation at a time.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Any error ends the exchange and is the call's own.
  virtual absl::Status Send(const google::protobuf::Message& request) = 0;
  virtual absl::Status Receive(google::protobuf::Message& response) = 0;
  // Says that nothing more is sent, and waits for the end.
  virtual absl::Status Close() = 0;
};

// Calls any method of the platform through the gateway, knowing it by its descriptor only.
class Client {
 public:
  // `purpose` says what for personal data is to be answered unmasked; empty when it need not be.
  Client(absl::string_view gateway, absl::string_view token_file, absl::Duration timeout, const rpc::Tls& tls = {},
         absl::string_view purpose = "");

  // `service` says who shall answer a contract that every service serves. Refused with when to come back, it waits and
  // calls again, for no longer than the call may take.
  absl::Status Call(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                    google::protobuf::Message& response, absl::string_view service = "");

  // The timeout is then for each message, not for the whole.
  std::unique_ptr<Exchange> Open(const google::protobuf::MethodDescriptor& method);

  const std::string& gateway() const { return gateway_; }

 private:
  absl::Status CallOnce(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                        google::protobuf::Message& response, absl::string_view service);

  const std::string gateway_;
  const absl::Duration timeout_;
  std::shared_ptr<grpc::Channel> channel_;
  rpc::TokenFile token_;
  const std::string purpose_;
};

// Says what went wrong: code, reason, sentence, and what to do about it.
void PrintError(std::ostream& err, const absl::Status& status, absl::string_view gateway);

}  // namespace anju::cli
