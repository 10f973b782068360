#pragma once

#include "absl/functional/function_ref.h"
#include "anju/relocation/v1/relocation.grpc.pb.h"
#include "services/platform/intake/intake.h"
#include "services/platform/roots/store.h"
#include "services/platform/rpc/guard.h"
#include "services/relocation/domain/draw.h"
#include "services/relocation/domain/moves.h"

namespace anju::relocation {

// Translates between the contract and the use cases.
class RelocationService final : public v1::Relocation::Service {
 public:
  RelocationService(roots::Store& store, intake::Intake& intake, rpc::Guard& guard)
      : store_(store), intake_(intake), guard_(guard) {}

  using Receipt = type::v1::ImportReceipt;
  grpc::Status ImportSites(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportSitesRequest>* stream) override;
  grpc::Status ImportUnits(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportUnitsRequest>* stream) override;
  grpc::Status ImportCases(grpc::ServerContext* context,
                           grpc::ServerReaderWriter<Receipt, v1::ImportCasesRequest>* stream) override;
  grpc::Status ImportMeasures(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<Receipt, v1::ImportMeasuresRequest>* stream) override;
  grpc::Status ImportPublicPosts(grpc::ServerContext* context,
                                 grpc::ServerReaderWriter<Receipt, v1::ImportPublicPostsRequest>* stream) override;
  grpc::Status GetSite(grpc::ServerContext* context, const v1::GetSiteRequest* request, v1::Site* response) override;
  grpc::Status ListSites(grpc::ServerContext* context, const v1::ListSitesRequest* request,
                         v1::ListSitesResponse* response) override;
  grpc::Status GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request, v1::Case* response) override;
  grpc::Status ListCases(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                         v1::ListCasesResponse* response) override;
  grpc::Status MoveInHouseholds(grpc::ServerContext* context, const v1::MoveInHouseholdsRequest* request,
                                v1::MoveInHouseholdsResponse* response) override;
  grpc::Status DeclareCase(grpc::ServerContext* context, const v1::DeclareCaseRequest* request,
                           v1::Case* response) override;
  grpc::Status VerifyCase(grpc::ServerContext* context, const v1::VerifyCaseRequest* request,
                          v1::Case* response) override;
  grpc::Status OpenCaseNotice(grpc::ServerContext* context, const v1::OpenCaseNoticeRequest* request,
                              v1::Case* response) override;
  grpc::Status FileObjection(grpc::ServerContext* context, const v1::FileObjectionRequest* request,
                             v1::Case* response) override;
  grpc::Status DecideObjection(grpc::ServerContext* context, const v1::DecideObjectionRequest* request,
                               v1::Case* response) override;
  grpc::Status CloseCaseNotice(grpc::ServerContext* context, const v1::CloseCaseNoticeRequest* request,
                               v1::Case* response) override;
  grpc::Status ApproveCase(grpc::ServerContext* context, const v1::ApproveCaseRequest* request,
                           v1::Case* response) override;
  grpc::Status AllotCase(grpc::ServerContext* context, const v1::AllotCaseRequest* request,
                         v1::Case* response) override;
  grpc::Status WithdrawCase(grpc::ServerContext* context, const v1::WithdrawCaseRequest* request,
                            v1::Case* response) override;
  grpc::Status RejectCase(grpc::ServerContext* context, const v1::RejectCaseRequest* request,
                          v1::Case* response) override;
  grpc::Status CommitDraw(grpc::ServerContext* context, const v1::CommitDrawRequest* request,
                          v1::Draw* response) override;
  grpc::Status FreezeDraw(grpc::ServerContext* context, const v1::FreezeDrawRequest* request,
                          v1::Draw* response) override;
  grpc::Status RunDraw(grpc::ServerContext* context, const v1::RunDrawRequest* request, v1::Draw* response) override;
  grpc::Status VoidDraw(grpc::ServerContext* context, const v1::VoidDrawRequest* request, v1::Draw* response) override;
  grpc::Status GetDraw(grpc::ServerContext* context, const v1::GetDrawRequest* request, v1::Draw* response) override;
  grpc::Status ListDraws(grpc::ServerContext* context, const v1::ListDrawsRequest* request,
                         v1::ListDrawsResponse* response) override;

 private:
  // Keeps the case that `step` answers, once per request id.
  using Step =
      absl::FunctionRef<absl::StatusOr<Case>(roots::Session& session, const rpc::Caller& caller, const Act& act)>;
  template <typename Request>
  grpc::Status Change(grpc::ServerContext* context, const Request* request, v1::Case* response, Step step);
  // The same for the case that the request names, within the caller's scope.
  using Verb = absl::FunctionRef<absl::StatusOr<Case>(roots::Session& session, const Case& before, const Act& act)>;
  template <typename Request>
  grpc::Status Move(grpc::ServerContext* context, const Request* request, v1::Case* response, Verb verb);

  // The same for a draw.
  using DrawStep =
      absl::FunctionRef<absl::StatusOr<Draw>(roots::Session& session, const rpc::Caller& caller, const Act& act)>;
  template <typename Request>
  grpc::Status ChangeDraw(grpc::ServerContext* context, const Request* request, v1::Draw* response, DrawStep step);

  roots::Store& store_;
  intake::Intake& intake_;
  rpc::Guard& guard_;
};

}  // namespace anju::relocation
