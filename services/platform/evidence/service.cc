#include "services/platform/evidence/service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/platform/intake/batch.h"
#include "services/platform/records/read.h"

namespace anju::evidence {
namespace {

using enum absl::StatusCode;

// Where a file belongs, and whether that division has it already.
struct Place {
  std::string division;
  std::optional<KeptFile> kept;
};

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

absl::StatusOr<Place> Locate(roots::Session& session, const rpc::Caller& caller,
                             const v1::UploadEvidenceRequest& request) {
  Place place;
  ASSIGN_OR_RETURN(place.division, intake::ResolveDivision(session, request.division(), "division"));
  // An old code may lead to a county that is not the caller's.
  RETURN_IF_ERROR(records::CheckScope(caller, place.division));
  ASSIGN_OR_RETURN(place.kept, session.Find<KeptFile>(KeyOf(place.division, request.sha256())));
  return place;
}

v1::EvidenceFile Kept(const KeptFile& file) {
  v1::EvidenceFile answer;
  answer.set_id(file.id);
  answer.set_division(file.division);
  answer.set_sha256(file.sha256);
  answer.set_size_bytes(file.size_bytes);
  answer.set_received_bytes(file.size_bytes);
  answer.set_kept(true);
  return answer;
}

}  // namespace

absl::StatusOr<v1::EvidenceFile> EvidenceService::Upload(const rpc::Caller& caller,
                                                         const v1::UploadEvidenceRequest& request) {
  RETURN_IF_ERROR(CheckPiece(request));
  if (!folder_.takes()) {
    return Refuse(kFailedPrecondition, "EVIDENCE_NOT_TAKEN", "this service keeps no files: it runs without --evidence");
  }
  Place place{.division = request.division()};
  RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
    absl::StatusOr<Place> found = Locate(session, caller, request);
    // A division that was never heard of here is asked about when the file is recorded.
    if (ReasonOf(found.status()) == "DIVISION_NOT_FOUND") return absl::OkStatus();
    ASSIGN_OR_RETURN(place, std::move(found));
    return absl::OkStatus();
  }));
  // Whether others have the file is not asked: who has all of it may keep it too, and nobody else learns of it.
  if (place.kept.has_value() && folder_.Has(place.kept->sha256, place.kept->size_bytes)) return Kept(*place.kept);
  const Folder::Piece piece{.sender = caller.subject,
                            .division = place.division,
                            .sha256 = request.sha256(),
                            .size_bytes = request.size_bytes(),
                            .offset = request.offset(),
                            .data = request.data()};
  ASSIGN_OR_RETURN(const Folder::Progress progress, folder_.Add(piece));
  if (!progress.whole) {
    v1::EvidenceFile answer;
    answer.set_division(place.division);
    answer.set_sha256(request.sha256());
    answer.set_size_bytes(request.size_bytes());
    answer.set_received_bytes(progress.bytes);
    return answer;
  }
  KeptFile file;
  RETURN_IF_ERROR(
      store_.Change(records::ActorOf(caller, "UploadEvidence"), [&](roots::Session& session) -> absl::Status {
        ASSIGN_OR_RETURN(const Place home, Locate(session, caller, request));
        file = home.kept.value_or(KeptFile{
            .key = KeyOf(home.division, request.sha256()), .division = home.division, .sha256 = request.sha256()});
        // That of what came, whatever was said of it, now or before.
        if (std::exchange(file.size_bytes, progress.bytes) != progress.bytes) session.Put(file);
        return absl::OkStatus();
      }));
  folder_.Forget(piece);
  return Kept(file);
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
    piece.set_id(file->id);
    ASSIGN_OR_RETURN(*piece.mutable_data(), folder_.Read(file->sha256, request->offset(), limit));
    piece.set_offset(request->offset());
    piece.set_size_bytes(file->size_bytes);
    return piece;
  };
  return guard_.Unary<v1::ReadEvidenceRequest, v1::EvidencePiece>(context, request, response, read);
}

}  // namespace anju::evidence
