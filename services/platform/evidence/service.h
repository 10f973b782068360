#pragma once

#include "anju/evidence/v1/evidence.grpc.pb.h"
#include "services/platform/evidence/evidence.h"
#include "services/platform/evidence/folder.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"

namespace anju::evidence {

// Takes and gives the files that this service's records rest on.
class EvidenceService final : public v1::EvidenceFiles::Service {
 public:
  EvidenceService(roots::Store& store, rpc::Guard& guard, Folder folder)
      : store_(store), guard_(guard), folder_(std::move(folder)) {}

  grpc::Status UploadEvidence(grpc::ServerContext* context, const v1::UploadEvidenceRequest* request,
                              v1::EvidenceFile* response) override;
  grpc::Status ReadEvidence(grpc::ServerContext* context, const v1::ReadEvidenceRequest* request,
                            v1::EvidencePiece* response) override;

 private:
  absl::StatusOr<v1::EvidenceFile> Upload(const rpc::Caller& caller, const v1::UploadEvidenceRequest& request);

  roots::Store& store_;
  rpc::Guard& guard_;
  Folder folder_;
};

}  // namespace anju::evidence
