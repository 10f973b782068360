#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/feed/facts.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::workshops {

// Labour agreement 劳务协议 or piecework contract 承揽合同.
enum class ContractKind : int32_t { kUnspecified = 0, kLabourAgreement = 1, kPiecework = 2 };
enum class EmploymentKind : int32_t { kUnspecified = 0, kTransferred = 1, kLocal = 2, kSelfEmployed = 3 };

// What was worked and paid in one month.
struct Pay {
  Month month;
  int32_t days_worked = 0;
  int64_t amount_fen = 0;

  void Fields(Archive& archive) {
    archive("month", month);
    archive("days_worked", days_worked);
    archive("amount_fen", amount_fen);
  }
  friend bool operator==(const Pay&, const Pay&) = default;
};

// A contract with a workshop.
struct Contract {
  std::string contract_no;
  std::string key;
  std::string workshop_key;
  ContractKind kind = ContractKind::kUnspecified;
  Date signed_on;
  std::optional<Date> ended_on;
  std::vector<Pay> pay;

  void Fields(Archive& archive) {
    archive("contract_no", contract_no);
    archive("key", key);
    archive("workshop_key", workshop_key);
    archive("kind", kind);
    archive("signed_on", signed_on);
    archive("ended_on", ended_on);
    archive("pay", pay);
  }
  friend bool operator==(const Contract&, const Contract&) = default;
};

// Part taken in a class, whose occupation and end are copied.
struct Training {
  std::string class_key;
  std::string occupation;
  Date ended_on;
  int32_t attendance_percent = 0;
  bool passed = false;
  std::string certificate_no;

  void Fields(Archive& archive) {
    archive("class_key", class_key);
    archive("occupation", occupation);
    archive("ended_on", ended_on);
    archive("attendance_percent", attendance_percent);
    archive("passed", passed);
    archive("certificate_no", certificate_no);
  }
  friend bool operator==(const Training&, const Training&) = default;
};

// Employment outside the workshops.
struct Employment {
  std::string employment_no;
  EmploymentKind kind = EmploymentKind::kUnspecified;
  std::string employer;
  Date started_on;
  std::optional<Date> ended_on;
  std::string key;

  void Fields(Archive& archive) {
    archive("employment_no", employment_no);
    archive("kind", kind);
    archive("employer", employer);
    archive("started_on", started_on);
    archive("ended_on", ended_on);
    archive("key", key);
  }
  friend bool operator==(const Employment&, const Employment&) = default;
};

// One person at work.
struct Worker {
  static constexpr absl::string_view kKind = "worker";
  std::string id;
  // `<key of the household>#<person_no>`.
  std::string key;
  std::string household_id;
  std::string person_no;
  // When the household moved in at its new home; nothing when it has not.
  std::optional<Date> relocated_on;
  std::vector<Contract> contracts;
  std::vector<Training> trainings;
  std::vector<Employment> employments;
  // The workshop subsidy, which is paid once.
  std::optional<Date> subsidy_paid_on;
  int64_t subsidy_fen = 0;
  // A copy of what the registry tells, which the figures follow.
  feed::HouseholdFact household;
  // The id of the run that paid the subsidy.
  std::string subsidy_run;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("household_id", household_id);
    archive("person_no", person_no);
    archive("relocated_on", relocated_on);
    archive("contracts", contracts);
    archive("trainings", trainings);
    archive("employments", employments);
    archive("subsidy_paid_on", subsidy_paid_on);
    archive("subsidy_fen", subsidy_fen);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("household", household);
    archive("subsidy_run", subsidy_run);
  }
  std::string Division() const { return household.Village(); }
  friend bool operator==(const Worker&, const Worker&) = default;
};

inline constexpr absl::string_view kContractName = "contract";
inline constexpr absl::string_view kEmploymentName = "employment";

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Worker& worker);
// A contract and an employment belong to one person.
std::vector<roots::Name> Names(const Worker& worker);
// A worker is found by the household and by the classes attended.
std::vector<roots::Name> Links(const Worker& worker);
std::optional<roots::Told> Tell(const Worker& worker);

// A row of anju.workshops.v1.ContractRecord.
struct ContractRecord {
  std::string contract_no;
  std::string workshop_no;
  std::string household_no;
  std::string person_no;
  ContractKind kind = ContractKind::kUnspecified;
  Date signed_on;
  std::optional<Date> ended_on;

  void Fields(Archive& archive) {
    archive("contract_no", contract_no);
    archive("workshop_no", workshop_no);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("kind", kind);
    archive("signed_on", signed_on);
    archive("ended_on", ended_on);
  }
};

// A row of anju.workshops.v1.PayRecord.
struct PayRecord {
  std::string contract_no;
  Pay pay;

  void Fields(Archive& archive) {
    archive("contract_no", contract_no);
    pay.Fields(archive);
  }
};

// A row of anju.workshops.v1.TraineeRecord.
struct TraineeRecord {
  std::string class_no;
  std::string household_no;
  std::string person_no;
  int32_t attendance_percent = 0;
  bool passed = false;
  std::string certificate_no;

  void Fields(Archive& archive) {
    archive("class_no", class_no);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("attendance_percent", attendance_percent);
    archive("passed", passed);
    archive("certificate_no", certificate_no);
  }
};

// A row of anju.workshops.v1.EmploymentRecord.
struct EmploymentRecord {
  std::string employment_no;
  std::string household_no;
  std::string person_no;
  EmploymentKind kind = EmploymentKind::kUnspecified;
  std::string employer;
  Date started_on;
  std::optional<Date> ended_on;

  void Fields(Archive& archive) {
    archive("employment_no", employment_no);
    archive("household_no", household_no);
    archive("person_no", person_no);
    archive("kind", kind);
    archive("employer", employer);
    archive("started_on", started_on);
    archive("ended_on", ended_on);
  }
};

// Whether a contract may last as it says, with the pay that is recorded for it. Pure. Refuses with DATES_REVERSED (also
// when that would leave a paid month outside).
absl::Status CheckSpan(const Contract& contract);

// Whether a month's pay fits its contract. Pure. Refuses, in this order, with MONTH_OUTSIDE_CONTRACT, AMOUNT_NEGATIVE,
// AMOUNT_TOO_LARGE and DAYS_OUT_OF_RANGE (more than the month has, or fewer than none).
absl::Status CheckPay(const Contract& contract, const Pay& pay);

// Use cases.
absl::StatusOr<roots::Outcome> ImportContract(roots::Session& session, const intake::Batch& batch,
                                              const ContractRecord& record);
absl::StatusOr<roots::Outcome> ImportPay(roots::Session& session, const intake::Batch& batch, const PayRecord& record);
absl::StatusOr<roots::Outcome> ImportTrainee(roots::Session& session, const intake::Batch& batch,
                                             const TraineeRecord& record);
absl::StatusOr<roots::Outcome> ImportEmployment(roots::Session& session, const intake::Batch& batch,
                                                const EmploymentRecord& record);

// What other services tell later: the workers of the household follow.
absl::Status TakeHousehold(roots::Session& session, const feed::HouseholdFact& fact);
absl::Status TakeRelocation(roots::Session& session, const feed::RelocationFact& fact);

}  // namespace anju::workshops
