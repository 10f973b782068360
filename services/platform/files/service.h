#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "anju/files/v1/files.grpc.pb.h"
#include "services/platform/records/read.h"
#include "services/platform/rpc/guard.h"

namespace anju::files {

// How a kind of root appears in a household's file. Roots appear there by their link ("household", <household id>).
struct Exposed {
  absl::string_view kind;
  void (*pack)(const std::any& root, google::protobuf::Any& to) = nullptr;
};

template <typename Root, typename Message>
Exposed Expose() {
  return {.kind = Root::kKind, .pack = [](const std::any& root, google::protobuf::Any& to) {
            to.PackFrom(records::ToMessage<Message>(*std::any_cast<Root>(&root)));
          }};
}

inline constexpr absl::string_view kHouseholdLink = "household";

// Serves this service's part of a household's file.
class FilesService final : public v1::Files::Service {
 public:
  FilesService(roots::Store& store, rpc::Guard& guard, std::string service, std::vector<Exposed> exposed)
      : store_(store), guard_(guard), service_(std::move(service)), exposed_(std::move(exposed)) {}

  grpc::Status GetFilePart(grpc::ServerContext* context, const v1::GetFilePartRequest* request,
                           v1::FilePart* response) override;

 private:
  roots::Store& store_;
  rpc::Guard& guard_;
  const std::string service_;
  const std::vector<Exposed> exposed_;
};

}  // namespace anju::files
