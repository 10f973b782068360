#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "anju/gateway/v1/gateway.pb.h"
#include "gateway/overview/compose.h"
#include "gateway/overview/peers.h"
#include "gateway/overview/published.h"
#include "google/protobuf/descriptor.h"
#include "services/platform/base/clock.h"
#include "services/platform/cache/answers.h"
#include "services/platform/rpc/channel.h"
#include "services/platform/rpc/identity.h"

namespace anju::gateway {

// Answers the gateway's own methods: asks the services, puts their answers together, keeps the whole. The caller has
// been verified and has a role that may call; the desk looks after the scope itself, before it looks into any cache.
// Safe to use from any thread.
class Desk {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  // All outlive the desk. `token` is the gateway's own, with which it asks for what is published.
  Desk(const Peers& peers, cache::Answers& answers, const Clock& clock, rpc::TokenFile& token);

  // The answer to a request as it came over the wire, when it is known without waiting for anything; else nothing.
  Bytes Near(const google::protobuf::MethodDescriptor& method, const std::string& request, const rpc::Caller& caller);

  // The answer; waits for the services until the errand's deadline, at most 5 s. Refuses with what the contract names,
  // and with REQUEST_MALFORMED.
  absl::StatusOr<Bytes> Answer(const google::protobuf::MethodDescriptor& method, const std::string& request,
                               const rpc::Caller& caller, const Errand& errand);

 private:
  // A division that exists, under the code that it has or had.
  struct Place {
    std::string code;
    std::string name;
    // Of a code that was changed: all that it became.
    std::vector<std::string> parts;
  };
  static std::vector<std::string> AllOf(const Place& place);
  struct KnownPlace {
    Place place;
    absl::Time asked_at;
  };
  struct KnownCatalogue {
    indicators::v1::ListIndicatorsResponse listed;
    absl::Time asked_at = absl::InfinitePast();
  };
  // A question about one indicator, checked.
  struct Subject {
    Place place;
    Span span;
    Catalogue catalogue;
    const indicators::v1::Indicator* indicator = nullptr;
  };

  absl::StatusOr<Bytes> GetOverview(const v1::GetOverviewRequest& request, const rpc::Caller& caller,
                                    const Errand& errand);
  absl::StatusOr<Bytes> GetPublicOverview(const v1::GetPublicOverviewRequest& request, const Errand& errand);
  absl::StatusOr<Bytes> GetRanking(const v1::GetRankingRequest& request, const rpc::Caller& caller,
                                   const Errand& errand);
  absl::StatusOr<Bytes> GetTrend(const v1::GetTrendRequest& request, const rpc::Caller& caller, const Errand& errand);
  absl::StatusOr<Bytes> GetHouseholdFile(const v1::GetHouseholdFileRequest& request, const Errand& errand);
  absl::StatusOr<Bytes> ListAllIndicators(const Errand& errand);
  absl::StatusOr<Bytes> GetHealth(const rpc::Caller& caller, const Errand& errand);

  absl::StatusOr<std::string> MakeOverview(const Place& place, Span span, bool with_children, const Errand& errand);
  absl::StatusOr<std::string> MakePublicOverview(const Place& place, Month month, const Errand& errand);
  // What is published with a division: the divisions beneath, down to the counties.
  absl::StatusOr<Families> PublishedBeneath(const std::string& division, Month month, const Errand& errand,
                                            std::vector<Child>& children);
  absl::StatusOr<Subject> CheckSubject(absl::string_view division, absl::string_view indicator, Span span,
                                       const rpc::Caller& caller, const Errand& errand);
  absl::StatusOr<std::vector<Child>> Children(const Place& place, Month month, const Errand& errand);

  // What is known of a code without asking; nothing when that is too long ago.
  std::optional<Place> Remembered(absl::string_view code, absl::Duration max_age);
  absl::StatusOr<Place> Resolve(absl::string_view code, const Errand& errand);
  // The same as it was called in a month, and within the caller's scope. Old totals are found under the old code.
  absl::StatusOr<Place> ResolveFor(const rpc::Caller& caller, absl::string_view code, Month month,
                                   const Errand& errand);
  absl::StatusOr<Catalogue> GetCatalogue(const Errand& errand);

  // Sums of these divisions: everything, or the sums of one indicator.
  absl::StatusOr<Sums> AskSums(const std::vector<std::string>& divisions, Span span,
                               const indicators::v1::Indicator* indicator, bool monthly, const Errand& errand);

  const Peers& peers_;
  cache::Answers& answers_;
  const Clock& clock_;
  rpc::TokenFile& token_;

  absl::Mutex mutex_;
  std::map<std::string, KnownPlace, std::less<>> places_ ABSL_GUARDED_BY(mutex_);
  std::vector<KnownCatalogue> catalogues_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace anju::gateway
