#include "services/relocation/rpc/construction.h"

#include <map>
#include <set>

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/platform/records/change.h"
#include "services/platform/roots/queue.h"

namespace anju::relocation {
namespace {

using enum absl::StatusCode;

// The issue with this id, when it lies within the caller's scope.
absl::StatusOr<QualityIssue> FindWithin(roots::Session& session, const rpc::Caller& caller, const std::string& id) {
  ASSIGN_OR_RETURN(QualityIssue issue, FindIssue(session, id));
  RETURN_IF_ERROR(records::CheckScope(caller, issue.Division()));
  return issue;
}

template <typename Root>
absl::StatusOr<std::vector<Root>> Linked(roots::Store& store, absl::string_view kind, const std::string& link) {
  ASSIGN_OR_RETURN(const std::vector<roots::StoredRoot> stored, store.Linked(kind, link));
  std::vector<Root> found;
  for (const roots::StoredRoot& one : stored) found.push_back(*std::any_cast<Root>(&one.root));
  return found;
}

// Of the site with this id or key, as records::FindFor finds it.
absl::StatusOr<SiteWorks> FindWorksFor(roots::Session& session, const rpc::Caller& caller, const std::string& site) {
  return records::FindFor(caller, site, [&](const std::string& name) { return FindWorks(session, name); });
}

}  // namespace

grpc::Status ConstructionService::ImportBuildings(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportBuildingsRequest>* stream) {
  return intake_.Run(context, stream, ImportBuilding, {"building_no"});
}

grpc::Status ConstructionService::ImportMilestones(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportMilestonesRequest>* stream) {
  return intake_.Run(context, stream, ImportMilestone, {"milestone_no", "site_no"});
}

grpc::Status ConstructionService::ImportInspections(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportInspectionsRequest>* stream) {
  return intake_.Run(context, stream, ImportInspection, {"inspection_no", "site_no"});
}

grpc::Status ConstructionService::ImportFacilities(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportFacilitiesRequest>* stream) {
  return intake_.Run(context, stream, ImportFacility, {"facility_no", "site_no"});
}

grpc::Status ConstructionService::ImportQualityIssues(
    grpc::ServerContext* context, grpc::ServerReaderWriter<Receipt, v1::ImportQualityIssuesRequest>* stream) {
  return intake_.Run(context, stream, ImportQualityIssue, {"issue_no"});
}

grpc::Status ConstructionService::ListBuildings(grpc::ServerContext* context, const v1::ListBuildingsRequest* request,
                                                v1::ListBuildingsResponse* response) {
  const auto list = [&](const rpc::Caller&) {
    return records::List<Building>(store_, *request, &v1::ListBuildingsResponse::add_buildings);
  };
  return guard_.Unary<v1::ListBuildingsRequest, v1::ListBuildingsResponse>(context, request, response, list);
}

grpc::Status ConstructionService::ListUnits(grpc::ServerContext* context, const v1::ListUnitsRequest* request,
                                            v1::ListUnitsResponse* response) {
  const auto list = [&](const rpc::Caller&) {
    return records::List<Unit>(store_, *request, &v1::ListUnitsResponse::add_units);
  };
  return guard_.Unary<v1::ListUnitsRequest, v1::ListUnitsResponse>(context, request, response, list);
}

grpc::Status ConstructionService::GetSiteWorks(grpc::ServerContext* context, const v1::GetSiteWorksRequest* request,
                                               v1::SiteWorks* response) {
  const auto get = [&](const rpc::Caller& caller) -> absl::StatusOr<v1::SiteWorks> {
    SiteWorks works;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(works, FindWorksFor(session, caller, request->id()));
      return absl::OkStatus();
    }));
    return records::ToMasked<v1::SiteWorks>(works);
  };
  return guard_.Unary<v1::GetSiteWorksRequest, v1::SiteWorks>(context, request, response, get);
}

grpc::Status ConstructionService::ReachMilestone(grpc::ServerContext* context, const v1::ReachMilestoneRequest* request,
                                                 v1::SiteWorks* response) {
  return records::ChangeRecord<SiteWorks>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<SiteWorks> {
        ASSIGN_OR_RETURN(const ReachMilestoneRequest reach, messages::FromProto<ReachMilestoneRequest>(*request));
        ASSIGN_OR_RETURN(const SiteWorks before, FindWorksFor(session, caller, reach.id));
        return relocation::ReachMilestone(before, reach, act.on);
      });
}

grpc::Status ConstructionService::RaiseIssue(grpc::ServerContext* context, const v1::RaiseIssueRequest* request,
                                             v1::QualityIssue* response) {
  return records::ChangeRecord<QualityIssue>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<QualityIssue> {
        ASSIGN_OR_RETURN(const RaiseIssueRequest raise, messages::FromProto<RaiseIssueRequest>(*request));
        RETURN_IF_ERROR(FindWorksFor(session, caller, raise.site).status());
        return relocation::RaiseIssue(session, raise, act);
      });
}

grpc::Status ConstructionService::FixIssue(grpc::ServerContext* context, const v1::FixIssueRequest* request,
                                           v1::QualityIssue* response) {
  return records::ChangeRecord<QualityIssue>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<QualityIssue> {
        ASSIGN_OR_RETURN(const FixIssueRequest fix, messages::FromProto<FixIssueRequest>(*request));
        ASSIGN_OR_RETURN(const QualityIssue before, FindWithin(session, caller, fix.id));
        return Fix(before, fix.remark, act);
      });
}

grpc::Status ConstructionService::ReinspectIssue(grpc::ServerContext* context, const v1::ReinspectIssueRequest* request,
                                                 v1::QualityIssue* response) {
  return records::ChangeRecord<QualityIssue>(
      store_, guard_, context, request, response,
      [&](roots::Session& session, const rpc::Caller& caller, const Act& act) -> absl::StatusOr<QualityIssue> {
        ASSIGN_OR_RETURN(const ReinspectIssueRequest look, messages::FromProto<ReinspectIssueRequest>(*request));
        ASSIGN_OR_RETURN(const QualityIssue before, FindWithin(session, caller, look.id));
        return Reinspect(before, look, act);
      });
}

grpc::Status ConstructionService::ListOpenIssues(grpc::ServerContext* context, const v1::ListOpenIssuesRequest* request,
                                                 v1::ListOpenIssuesResponse* response) {
  const auto list = [&](const rpc::Caller&) -> absl::StatusOr<v1::ListOpenIssuesResponse> {
    const Date today = DayInChina(store_.clock().Now());
    const Date until = request->overdue_only() ? today - 1 : roots::kWhenever;
    return records::ListQueue<QualityIssue, v1::ListOpenIssuesResponse>(
        store_, kIssuesToClose, until, *request, [&](const QualityIssue& issue, v1::ListOpenIssuesResponse& to) {
          v1::OpenIssue& open = *to.add_issues();
          *open.mutable_issue() = records::ToMasked<v1::QualityIssue>(issue);
          open.set_days_overdue(DaysOverdue(issue, today));
        });
  };
  return guard_.Unary<v1::ListOpenIssuesRequest, v1::ListOpenIssuesResponse>(context, request, response, list);
}

absl::StatusOr<std::vector<SiteProgress>> ConstructionService::SitesIn(const std::string& division, Date day) {
  ASSIGN_OR_RETURN(const roots::RootPage page, store_.List(Site::kKind, division, "", kMostSitesOfBoard + 1));
  if (static_cast<int64_t>(page.roots.size()) > kMostSitesOfBoard) {
    return Refuse(kFailedPrecondition, "SITES_TOO_MANY", "ask for the townships one by one", "division");
  }
  std::vector<SiteProgress> sites;
  for (const roots::StoredRoot& stored : page.roots) {
    SiteRecords records{.site = *std::any_cast<Site>(&stored.root)};
    const std::string& key = records.site.key;
    RETURN_IF_ERROR(store_.Look([&](roots::Session& session) -> absl::Status {
      ASSIGN_OR_RETURN(records.works, FindWorks(session, key));
      return absl::OkStatus();
    }));
    ASSIGN_OR_RETURN(records.units, Linked<Unit>(store_, kUnitsOfSite, key));
    ASSIGN_OR_RETURN(records.cases, Linked<Case>(store_, kCasesOfSite, key));
    ASSIGN_OR_RETURN(records.issues, Linked<QualityIssue>(store_, kIssuesOfSite, key));
    sites.push_back(ProgressOf(records, day));
  }
  LaggingFirst(sites);
  return sites;
}

absl::StatusOr<std::vector<DivisionProgress>> ConstructionService::DivisionsIn(const std::string& division,
                                                                               Month month) {
  std::set<std::string> children;
  for (const absl::string_view kind : {Site::kKind, Case::kKind}) {
    ASSIGN_OR_RETURN(const std::vector<std::string> found, store_.Beneath(kind, division));
    children.insert(found.begin(), found.end());
  }
  const std::vector<std::string> indicators = ProgressIndicators();
  ASSIGN_OR_RETURN(const tally::Answer answer, figures_.Ask({.divisions = {children.begin(), children.end()},
                                                             .to = month,
                                                             .indicators = {indicators.begin(), indicators.end()}}));
  std::map<std::string, std::vector<std::pair<std::string, int64_t>>> figures;
  for (const std::string& child : children) figures[child];
  for (const tally::Sum& sum : answer.sums) figures[sum.division].emplace_back(sum.indicator, sum.value);
  std::vector<DivisionProgress> divisions;
  for (const auto& [child, sums] : figures) divisions.push_back(ProgressOf(child, sums));
  LaggingFirst(divisions);
  return divisions;
}

grpc::Status ConstructionService::GetProgressBoard(grpc::ServerContext* context,
                                                   const v1::GetProgressBoardRequest* request,
                                                   v1::ProgressBoard* response) {
  const auto board = [&](const rpc::Caller&) -> absl::StatusOr<v1::ProgressBoard> {
    Date day = DayInChina(store_.clock().Now());
    if (!request->as_of().empty()) {
      ASSIGN_OR_RETURN(day, ParseDate(request->as_of()));
    }
    v1::ProgressBoard answer;
    answer.set_as_of(Format(day));
    if (request->division().size() >= kCountyDigits) {
      ASSIGN_OR_RETURN(const std::vector<SiteProgress> sites, SitesIn(request->division(), day));
      for (const SiteProgress& site : sites) *answer.add_sites() = messages::ToProto<v1::SiteProgress>(site);
    }
    ASSIGN_OR_RETURN(const std::vector<DivisionProgress> divisions, DivisionsIn(request->division(), Month::Of(day)));
    for (const DivisionProgress& division : divisions) {
      *answer.add_divisions() = messages::ToProto<v1::DivisionProgress>(division);
    }
    return answer;
  };
  return guard_.Unary<v1::GetProgressBoardRequest, v1::ProgressBoard>(context, request, response, board);
}

}  // namespace anju::relocation
