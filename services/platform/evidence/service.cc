#include "services/platform/evidence/service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/intake/batch.h"
#include "services/platform/records/read.h"

namespace anju::evidence {
namespace {

using enum absl::StatusCode;

std::string KeyOf(const std::string& division, const std::string& sha256) {
  return absl::StrCat(division, "/", sha256);
}

absl::Status CheckPiece(const v1::UploadEvidenceRequest& request) {
  if (!IsHash(request.sha256())) {
    return Refuse(kInvalidArgument, "EVIDENCE_HASH_MALFORMED", "give the SHA-256 as 64 small hexadecimal digits",
                  "sha256");
  }
  if (request.size_bytes() < 1 || request.size_bytes() > kLargestFile) {
    return Refuse(kInvalidArgument, "EVIDENCE_SIZE_OUT_OF_RANGE",
                  absl::StrCat("a file has 1 to ", kLargestFile, " bytes"), "size_bytes");
  }
  const auto size = static_cast<int64_t>(request.data().size());
  if (request.offset() < 0 || size < 1 || size > kLargestPiece || request.offset() > request.size_bytes() - size) {
    return Refuse(kInvalidArgument, "PIECE_OUT_OF_RANGE",
                  absl::StrCat("a piece has 1 to ", kLargestPiece, " bytes and lies within the file"), "data");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::EvidenceFile> EvidenceService::Upload(const rpc::Caller& caller,
                                                         const v1::UploadEvidenceRequest& request) {
  RETURN_IF_ERROR(CheckPiece(request));
  if (!folder_.takes()) {
    return Refuse(kFailedPrecondition, "EVIDENCE_NOT_TAKEN", "this service keeps no files: it runs without --evidence");
  }
  v1::EvidenceFile answer;
  answer.set_sha256(request.sha256());
  answer.set_size_bytes(request.size_bytes());
  ASSIGN_OR_RETURN(const int64_t received, folder_.Add({.sender = caller.subject,
                                                        .sha256 = request.sha256(),
                                                        .size_bytes = request.size_bytes(),
                                                        .offset = request.offset(),
                                                        .data = request.data()}));
  answer.set_received_bytes(received);
  answer.set_division(request.division());
  if (received < request.size_bytes()) return answer;
  const roots::Actor actor = records::ActorOf(caller, "UploadEvidence");
  RETURN_IF_ERROR(store_.Change(actor, [&](roots::Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string division, intake::ResolveDivision(session, request.division(), "division"));
    // An old code may lead to a county that is not the caller's.
    RETURN_IF_ERROR(records::CheckScope(caller, division));
    KeptFile file{.key = KeyOf(division, request.sha256()),
                  .division = division,
                  .sha256 = request.sha256(),
                  .size_bytes = request.size_bytes()};
    answer.set_division(division);
    ASSIGN_OR_RETURN(const std::optional<KeptFile> known, session.Find<KeptFile>(file.key));
    if (!known.has_value()) session.Put(file);
    return absl::OkStatus();
  }));
  answer.set_kept(true);
  return answer;
}

grpc::Status EvidenceService::UploadEvidence(grpc::ServerContext* context, const v1::UploadEvidenceRequest* request,
                                             v1::EvidenceFile* response) {
  return guard_.Unary<v1::UploadEvidenceRequest, v1::EvidenceFile>(
      context, request, response, [&](const rpc::Caller& caller) { return Upload(caller, *request); });
}

grpc::Status EvidenceService::ReadEvidence(grpc::ServerContext* context, const v1::ReadEvidenceRequest* request,
                                           v1::EvidencePiece* response) {
  const auto read = [&](const rpc::Caller&) -> absl::StatusOr<v1::EvidencePiece> {
    std::optional<KeptFile> file;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(file, session.Find<KeptFile>(KeyOf(request->division(), request->sha256())));
      return absl::OkStatus();
    }));
    if (!file.has_value()) {
      return Refuse(kNotFound, "EVIDENCE_NOT_FOUND", "this division has sent no file with this hash", "sha256");
    }
    if (request->offset() < 0 || request->offset() > file->size_bytes || request->limit_bytes() < 0) {
      return Refuse(kInvalidArgument, "PIECE_OUT_OF_RANGE", absl::StrCat("the file has ", file->size_bytes, " bytes"),
                    "offset");
    }
    const int64_t limit =
        request->limit_bytes() == 0 ? kLargestPiece : std::min<int64_t>(request->limit_bytes(), kLargestPiece);
    v1::EvidencePiece piece;
    ASSIGN_OR_RETURN(*piece.mutable_data(), folder_.Read(file->sha256, request->offset(), limit));
    piece.set_offset(request->offset());
    piece.set_size_bytes(file->size_bytes);
    return piece;
  };
  return guard_.Unary<v1::ReadEvidenceRequest, v1::EvidencePiece>(context, request, response, read);
}

}  // namespace anju::evidence
