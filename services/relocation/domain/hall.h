#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/policy/policy.h"
#include "services/relocation/domain/resident.h"
#include "services/relocation/domain/site.h"

// The service hall of a site 农事城办 [GX26]: who lives there asks for something, a department does it by a day, and
// who asked says how well.
//
//   RECEIVED -assign-> ASSIGNED -close-> CLOSED -rate-> CLOSED; reopen -> ASSIGNED.
namespace anju::relocation {

enum class RequestKind : int32_t {
  kUnspecified = 0,
  kEmployment = 1,
  kSocialInsurance = 2,
  kSubsistence = 3,
  kEducation = 4,
  kHealth = 5,
  kHouseholdRegister = 6,
  kLegal = 7,
  kAgriculture = 8,
  kHousing = 9,
  kParty = 10
};
enum class Department : int32_t {
  kUnspecified = 0,
  kOrganization = 1,
  kHumanResources = 2,
  kEducation = 3,
  kHealth = 4,
  kCivilAffairs = 5,
  kPublicSecurity = 6,
  kJustice = 7,
  kAgriculture = 8,
  kHousing = 9
};
enum class RequestState : int32_t { kUnspecified = 0, kReceived = 1, kAssigned = 2, kClosed = 3 };
enum class RequestVerb : int32_t { kUnspecified = 0, kReceive = 1, kAssign = 2, kClose = 3, kRate = 4, kReopen = 5 };

// The queue of what is not closed yet, by the day it is due.
inline constexpr absl::string_view kHallRequestsOpen = "hall_requests_open";
inline constexpr absl::string_view kHallRequestsOfSite = "hall_requests_of_site";
inline constexpr int32_t kBestRating = 5;
// Of one request.
inline constexpr size_t kMostRequestMoves = 50;

// Something that was done here about a request, by whom and when.
struct RequestMove {
  RequestVerb verb = RequestVerb::kUnspecified;
  std::string by;
  Date on;
  // Of a reopening.
  std::string reason;

  void Fields(Archive& archive) {
    archive("verb", verb);
    archive("by", by);
    archive("on", on);
    archive("reason", reason);
  }
  friend bool operator==(const RequestMove&, const RequestMove&) = default;
};

// What a household asks for; what it is about in words is not kept.
struct HallRequest {
  static constexpr absl::string_view kKind = "hall_request";
  std::string id;
  // `<division>/<source>/<request_no>`.
  std::string key;
  std::string site_key;
  // Copied from its site.
  std::string site_location;
  std::string household_id;
  RequestKind kind = RequestKind::kUnspecified;
  Department department = Department::kUnspecified;
  RequestState state = RequestState::kUnspecified;
  Date received_on;
  // Of the last reopening, if it was reopened; the first one stays for the figures.
  Date due_on;
  Date first_due_on;
  std::optional<Date> closed_on;
  // 1 to 5 since it was closed; 0: none.
  int32_t rating = 0;
  bool reopened = false;
  // In the order of their days; empty when it comes from another system.
  std::vector<RequestMove> trail;
  // On the days by which it is due.
  std::vector<policy::Decision> decisions;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("site_key", site_key);
    archive("household_id", household_id);
    archive("kind", kind);
    archive("department", department);
    archive("state", state);
    archive("received_on", received_on);
    archive("due_on", due_on);
    archive("first_due_on", first_due_on);
    archive("closed_on", closed_on);
    archive("rating", rating);
    archive("reopened", reopened);
    archive("trail", trail);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("site_location", site_location);
    archive("decisions", decisions);
  }
  std::string Division() const { return site_location; }
  // Closed by the day it was first due, and never opened again.
  bool ClosedInTime() const { return !reopened && closed_on.has_value() && *closed_on <= first_due_on; }
  friend bool operator==(const HallRequest&, const HallRequest&) = default;
};

tally::Contributions Contributions(const HallRequest& request);
std::vector<roots::Name> Links(const HallRequest& request);

// A row of anju.relocation.v1.HallRequestRecord.
struct HallRequestRecord {
  std::string request_no;
  std::string site_no;
  std::string household_no;
  RequestKind kind = RequestKind::kUnspecified;
  Department department = Department::kUnspecified;
  Date received_on;
  std::optional<Date> closed_on;
  int32_t rating = 0;

  void Fields(Archive& archive) {
    archive("request_no", request_no);
    archive("site_no", site_no);
    archive("household_no", household_no);
    archive("kind", kind);
    archive("department", department);
    archive("received_on", received_on);
    archive("closed_on", closed_on);
    archive("rating", rating);
  }
};

// anju.relocation.v1.ReceiveHallRequestRequest.
struct Asking {
  // An id or a key.
  std::string site;
  std::string request_no;
  // The key of the household.
  std::string household;
  RequestKind kind = RequestKind::kUnspecified;

  void Fields(Archive& archive) {
    archive("site", site);
    archive("request_no", request_no);
    archive("household", household);
    archive("kind", kind);
  }
};

// anju.relocation.v1.AssignHallRequestRequest.
struct DepartmentRequest {
  Department department = Department::kUnspecified;

  void Fields(Archive& archive) { archive("department", department); }
};

// anju.relocation.v1.ReopenHallRequestRequest.
struct ReopeningRequest {
  std::string reason;

  void Fields(Archive& archive) { archive("reason", reason); }
};

// The day by which a request of this kind is to be closed that is received or reopened on a day, in working days of the
// policy of that day, and how that came. Pure.
struct Due {
  Date on;
  policy::Decision decision;
};
Due DueOn(RequestKind kind, Date from, const policy::Books& books);

// What a request becomes when the county records it so. Pure. Refuses, in this order, with REQUEST_OF_OTHER_SITE,
// DATES_REVERSED and RATING_OUT_OF_RANGE (also one of a request that is not closed).
absl::StatusOr<HallRequest> Record(const std::optional<HallRequest>& before, const HallRequestRecord& record,
                                   const std::string& key, const Site& site, const std::string& household_id,
                                   const policy::Books& books);

// The verbs, of the day of the act. All pure. AssignRequest refuses, in this order, with REQUEST_CLOSED; CloseRequest
// with REQUEST_NOT_ASSIGNED and REQUEST_CLOSED; RateRequest with RATING_OUT_OF_RANGE, REQUEST_NOT_CLOSED, REQUEST_RATED
// and RATER_IS_HANDLER (closed it); ReopenRequest with REQUEST_NOT_CLOSED. Each then with
// MOVES_TOO_MANY.
absl::StatusOr<HallRequest> AssignRequest(const HallRequest& before, Department department, const Act& act);
absl::StatusOr<HallRequest> CloseRequest(const HallRequest& before, const Act& act);
absl::StatusOr<HallRequest> RateRequest(const HallRequest& before, int32_t rating, const Act& act);
absl::StatusOr<HallRequest> ReopenRequest(const HallRequest& before, const std::string& reason, const Act& act,
                                          const policy::Books& books);

// Use cases. ImportHallRequest refuses, in this order, with SITE_NOT_FOUND, HOUSEHOLD_NOT_FOUND, NOT_MOVED_IN,
// LIVES_ELSEWHERE, as Record does, and with REQUEST_KEPT_HERE when it would change one that is dealt with here.
absl::StatusOr<roots::Outcome> ImportHallRequest(roots::Session& session, const intake::Batch& batch,
                                                 const HallRequestRecord& record);
// Refuses, in this order, with REQUEST_NO_TAKEN, HOUSEHOLD_NOT_FOUND, NOT_MOVED_IN and LIVES_ELSEWHERE.
absl::StatusOr<HallRequest> ReceiveRequest(roots::Session& session, const Site& site, const Asking& asking,
                                           const Act& act);

}  // namespace anju::relocation
