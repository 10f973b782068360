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

// What is a household's of a record that is of others too, or that has no such link, and where it lies.
struct Part {
  std::string division;
  google::protobuf::Any record;
};

template <typename Message, typename Root>
Part PartOf(const Root& root, std::string division) {
  Part part{.division = std::move(division)};
  part.record.PackFrom(records::ToMessage<Message>(root));
  return part;
}
template <typename Message, typename Root>
Part PartOf(const Root& root) {
  return PartOf<Message>(root, root.Division());
}

using Gather = absl::StatusOr<std::vector<Part>> (*)(roots::Session& session, const std::string& household_id);

inline constexpr absl::string_view kHouseholdLink = "household";

// Serves this service's part of a household's file.
class FilesService final : public v1::Files::Service {
 public:
  // `gather`: null when all that the service has is exposed.
  FilesService(roots::Store& store, rpc::Guard& guard, std::string service, std::vector<Exposed> exposed, Gather gather)
      : store_(store), guard_(guard), service_(std::move(service)), exposed_(std::move(exposed)), gather_(gather) {}

  grpc::Status GetFilePart(grpc::ServerContext* context, const v1::GetFilePartRequest* request,
                           v1::FilePart* response) override;

 private:
  roots::Store& store_;
  rpc::Guard& guard_;
  const std::string service_;
  const std::vector<Exposed> exposed_;
  const Gather gather_;
};

}  // namespace anju::files
