#include "services/relocation/rpc/service.h"

#include "services/platform/approval/act.h"
#include "services/platform/base/error.h"
#include "services/platform/base/ids.h"
#include "services/platform/records/change.h"
#include "services/platform/records/read.h"
#include "services/relocation/domain/case.h"
#include "services/relocation/domain/ceremony.h"
#include "services/relocation/domain/site.h"
#include "services/relocation/domain/unit.h"
#include "services/relocation/rpc/sites.h"

namespace anju::relocation {
namespace {

// The draw with this id, when it lies within the caller's scope.
absl::StatusOr<Draw> FindWithin(roots::Session& session, const rpc::Caller& caller, const std::string& id) {
  ASSIGN_OR_RETURN(Draw draw, FindDraw(session, id));
  RETURN_IF_ERROR(records::CheckScope(caller, draw.Division()));
  return draw;
}

}  // namespace

grpc::Status RelocationService::ImportSites(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportSitesRequest>* stream) {
  return intake_.Run(context, stream, ImportSite, {"site_no"});
}

grpc::Status RelocationService::ImportUnits(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportUnitsRequest>* stream) {
  return intake_.Run(context, stream, ImportUnit, {"unit_no"});
}

grpc::Status RelocationService::ImportCases(grpc::ServerContext* context,
                                            grpc::ServerReaderWriter<Receipt, v1::ImportCasesRequest>* stream) {
  return intake_.Run(context, stream, ImportCase, {"case_no"});
}

grpc::Status RelocationService::ImportMeasures(grpc::ServerContext* context,
                                               grpc::ServerReaderWriter<Receipt, v1::ImportMeasuresRequest>* stream) {
  return intake_.Run(context, stream, ImportMeasure, {"measure_no", "household_no"});
}

grpc::Status RelocationService::ImportPublicPosts(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportPublicPostsRequest>* stream) {
  return intake_.Run(context, stream, ImportPublicPost, {"post_no"});
}

grpc::Status RelocationService::GetSite(grpc::ServerContext* context, const v1::GetSiteRequest* request,
                                        v1::Site* response) {
  return guard_.Unary<v1::GetSiteRequest, v1::Site>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Site, Site>(store_, caller, request->id(), "SITE_NOT_FOUND");
  });
}

grpc::Status RelocationService::ListSites(grpc::ServerContext* context, const v1::ListSitesRequest* request,
                                          v1::ListSitesResponse* response) {
  return guard_.Unary<v1::ListSitesRequest, v1::ListSitesResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Site>(store_, *request, &v1::ListSitesResponse::add_sites);
  });
}

grpc::Status RelocationService::GetCase(grpc::ServerContext* context, const v1::GetCaseRequest* request,
                                        v1::Case* response) {
  return guard_.Unary<v1::GetCaseRequest, v1::Case>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Case, Case>(store_, caller, request->id(), "CASE_NOT_FOUND");
  });
}

grpc::Status RelocationService::ListCases(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                                          v1::ListCasesResponse* response) {
  return guard_.Unary<v1::ListCasesRequest, v1::ListCasesResponse>(context, request, response, [&](const rpc::Caller&) {
    return records::List<Case>(store_, *request, &v1::ListCasesResponse::add_cases);
  });
}

grpc::Status RelocationService::MoveInHouseholds(grpc::ServerContext* context,
                                                 const v1::MoveInHouseholdsRequest* request,
                                                 v1::MoveInHouseholdsResponse* response) {
  const auto move_in = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::MoveInHouseholdsResponse> {
    ASSIGN_OR_RETURN(const Ceremony ceremony, messages::FromProto<Ceremony>(*request));
    return records::TakeOnce<Moved, v1::MoveInHouseholdsResponse>(
        store_, caller, *request,
        [&](roots::Session& session) { return relocation::MoveInHouseholds(session, ceremony, caller.subject); });
  };
  return guard_.Unary<v1::MoveInHouseholdsRequest, v1::MoveInHouseholdsResponse>(context, request, response, move_in);
}

template <typename Request>
grpc::Status RelocationService::Change(grpc::ServerContext* context, const Request* request, v1::Case* response,
                                       Step step) {
  return records::ChangeRecord<Case>(store_, guard_, context, request, response, step);
}

template <typename Request>
grpc::Status RelocationService::Move(grpc::ServerContext* context, const Request* request, v1::Case* response,
                                     Verb verb) {
  return Change(context, request, response,
                [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Case> {
                  ASSIGN_OR_RETURN(const Case before, FindCase(session, request->id()));
                  RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
                  return verb(session, before, act);
                });
}

grpc::Status RelocationService::DeclareCase(grpc::ServerContext* context, const v1::DeclareCaseRequest* request,
                                            v1::Case* response) {
  return Change(context, request, response,
                [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Case> {
                  ASSIGN_OR_RETURN(const Declaration declaration, messages::FromProto<Declaration>(*request));
                  ASSIGN_OR_RETURN(Case declared, relocation::DeclareCase(session, declaration, act));
                  // An old code may lead to a county that is not the caller's.
                  RETURN_IF_ERROR(records::CheckScope(caller, declared.Division()));
                  return declared;
                });
}

grpc::Status RelocationService::VerifyCase(grpc::ServerContext* context, const v1::VerifyCaseRequest* request,
                                           v1::Case* response) {
  return Move(context, request, response, [](roots::Session& session, const Case& before, const Act& act) {
    return relocation::VerifyCase(session, before, act);
  });
}

grpc::Status RelocationService::OpenCaseNotice(grpc::ServerContext* context, const v1::OpenCaseNoticeRequest* request,
                                               v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const NoticeRequest notice, messages::FromProto<NoticeRequest>(*request));
                return relocation::OpenCaseNotice(session, before, notice, act);
              });
}

grpc::Status RelocationService::FileObjection(grpc::ServerContext* context, const v1::FileObjectionRequest* request,
                                              v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session&, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const ObjectionRequest objection, messages::FromProto<ObjectionRequest>(*request));
                return relocation::FileObjection(before, objection.notice_no, objection.filed_by, objection.text, act);
              });
}

grpc::Status RelocationService::DecideObjection(grpc::ServerContext* context, const v1::DecideObjectionRequest* request,
                                                v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session&, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const DecisionRequest decision, messages::FromProto<DecisionRequest>(*request));
                return relocation::DecideObjection(before, decision.notice_no, decision.objection_no, decision.outcome,
                                                   decision.reason, act);
              });
}

grpc::Status RelocationService::CloseCaseNotice(grpc::ServerContext* context, const v1::CloseCaseNoticeRequest* request,
                                                v1::Case* response) {
  return Move(context, request, response, [&](roots::Session&, const Case& before, const Act& act) {
    return CloseNotice(before, request->notice_no(), act);
  });
}

grpc::Status RelocationService::ApproveCase(grpc::ServerContext* context, const v1::ApproveCaseRequest* request,
                                            v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const ApprovalRequest approval, messages::FromProto<ApprovalRequest>(*request));
                return DecideCase(
                    session, before,
                    {.verdict = approval::Verdict::kApprove, .step = approval.step, .reason = approval.reason}, act);
              });
}

grpc::Status RelocationService::AllotCase(grpc::ServerContext* context, const v1::AllotCaseRequest* request,
                                          v1::Case* response) {
  return Change(context, request, response,
                [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Case> {
                  ASSIGN_OR_RETURN(const AllotmentRequest allotment, messages::FromProto<AllotmentRequest>(*request));
                  ASSIGN_OR_RETURN(const Case before, FindCase(session, request->id()));
                  RETURN_IF_ERROR(records::CheckScope(caller, before.Division()));
                  ASSIGN_OR_RETURN(const std::optional<Unit> unit, session.Find<Unit>(allotment.unit));
                  // Whose unit it is, is asked too: a household moves to another county by who is over both, and for
                  // everybody else there is no such unit.
                  const bool is_ours = unit.has_value() && caller.Covers(unit->Division());
                  return relocation::AllotCase(session, before, is_ours ? allotment.unit : "", act);
                });
}

grpc::Status RelocationService::WithdrawCase(grpc::ServerContext* context, const v1::WithdrawCaseRequest* request,
                                             v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const EndRequest end, messages::FromProto<EndRequest>(*request));
                return relocation::WithdrawCase(session, before, end.reason, act);
              });
}

grpc::Status RelocationService::RejectCase(grpc::ServerContext* context, const v1::RejectCaseRequest* request,
                                           v1::Case* response) {
  return Move(context, request, response,
              [&](roots::Session& session, const Case& before, const Act& act) -> absl::StatusOr<Case> {
                ASSIGN_OR_RETURN(const EndRequest end, messages::FromProto<EndRequest>(*request));
                return relocation::RejectCase(session, before, end.reason, act);
              });
}

template <typename Request>
grpc::Status RelocationService::ChangeDraw(grpc::ServerContext* context, const Request* request, v1::Draw* response,
                                           DrawStep step) {
  return guard_.Unary<Request, v1::Draw>(
      context, request, response, [&](const rpc::Caller& caller) -> absl::StatusOr<v1::Draw> {
        const roots::Actor actor = records::ActorOf(caller, rpc::MethodTaking(*Request::descriptor()).name());
        std::string answer;
        RETURN_IF_ERROR(store_.ChangeOnce(
            actor, request->request_id(), request->SerializeAsString(),
            [&](roots::Session& session) -> absl::StatusOr<std::string> {
              ASSIGN_OR_RETURN(Draw draw, step(session, caller, approval::ActOf(caller, session.now())));
              RETURN_IF_ERROR(records::CheckScope(caller, draw.Division()));
              // Not the whole of it: a secret stays where the draw is kept.
              return roots::WriteJson([&](Archive& archive) { draw.Shown(archive); });
            },
            &answer));
        ASSIGN_OR_RETURN(const Draw shown, roots::FromJson<Draw>(answer));
        return records::ToMasked<v1::Draw>(shown);
      });
}

grpc::Status RelocationService::CommitDraw(grpc::ServerContext* context, const v1::CommitDrawRequest* request,
                                           v1::Draw* response) {
  return ChangeDraw(context, request, response,
                    [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Draw> {
                      ASSIGN_OR_RETURN(const Promise promise, messages::FromProto<Promise>(*request));
                      RETURN_IF_ERROR(FindSiteFor(session, caller, promise.site).status());
                      return relocation::CommitDraw(session, promise, NewSecret(), act);
                    });
}

grpc::Status RelocationService::FreezeDraw(grpc::ServerContext* context, const v1::FreezeDrawRequest* request,
                                           v1::Draw* response) {
  return ChangeDraw(
      context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Draw> {
        ASSIGN_OR_RETURN(const Draw before, FindWithin(session, caller, request->id()));
        return relocation::FreezeDraw(session, before, {request->cases().begin(), request->cases().end()}, act);
      });
}

grpc::Status RelocationService::RunDraw(grpc::ServerContext* context, const v1::RunDrawRequest* request,
                                        v1::Draw* response) {
  return ChangeDraw(context, request, response,
                    [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Draw> {
                      ASSIGN_OR_RETURN(const Draw before, FindWithin(session, caller, request->id()));
                      return relocation::RunDraw(session, before, request->seed(), act);
                    });
}

grpc::Status RelocationService::VoidDraw(grpc::ServerContext* context, const v1::VoidDrawRequest* request,
                                         v1::Draw* response) {
  return ChangeDraw(context, request, response,
                    [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<Draw> {
                      ASSIGN_OR_RETURN(const Voiding voiding, messages::FromProto<Voiding>(*request));
                      ASSIGN_OR_RETURN(const Draw before, FindWithin(session, caller, voiding.id));
                      return relocation::VoidDraw(session, before, voiding.reason, act);
                    });
}

grpc::Status RelocationService::GetDraw(grpc::ServerContext* context, const v1::GetDrawRequest* request,
                                        v1::Draw* response) {
  return guard_.Unary<v1::GetDrawRequest, v1::Draw>(context, request, response, [&](const rpc::Caller& caller) {
    return records::Get<v1::Draw, Draw>(store_, caller, request->id(), "DRAW_NOT_FOUND");
  });
}

grpc::Status RelocationService::ListDraws(grpc::ServerContext* context, const v1::ListDrawsRequest* request,
                                          v1::ListDrawsResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListDrawsResponse> {
    ASSIGN_OR_RETURN(v1::ListDrawsResponse page,
                     records::List<Draw>(store_, *request, &v1::ListDrawsResponse::add_draws));
    for (v1::Draw& draw : *page.mutable_draws()) {
      draw.clear_list();
      draw.clear_result();
    }
    return page;
  };
  return guard_.Unary<v1::ListDrawsRequest, v1::ListDrawsResponse>(context, request, response, list);
}

}  // namespace anju::relocation
