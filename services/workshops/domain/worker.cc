#include "services/workshops/domain/worker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/platform/base/today.h"
#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/move.h"
#include "services/workshops/domain/policy.h"
#include "services/workshops/domain/training.h"

namespace anju::workshops {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

constexpr absl::string_view kHouseholdLink = "household";

enum class Need { kNothing, kLabour };

// The worker that a row names, as they are or about to begin. Refuses, in this order, with HOUSEHOLD_NOT_FOUND,
// PERSON_NOT_FOUND and, where labour is needed, NO_LABOUR.
absl::StatusOr<Worker> FindWorker(roots::Session& session, const intake::Batch& batch, const std::string& household_no,
                                  const std::string& person_no, Need need) {
  ASSIGN_OR_RETURN(feed::HouseholdFact household, intake::FindHousehold(session, batch, household_no));
  const feed::PersonFact* person = household.FindPerson(person_no);
  if (person == nullptr) {
    return Refuse(kNotFound, "PERSON_NOT_FOUND", "the registry knows no such member of the household", "person_no");
  }
  if (need == Need::kLabour && !feed::CanWork(person->labour)) {
    return Refuse(kFailedPrecondition, "NO_LABOUR", "the registry says that this person cannot work: correct it there",
                  "person_no");
  }
  const std::string key = absl::StrCat(household.key, "#", person_no);
  ASSIGN_OR_RETURN(std::optional<Worker> known, session.Find<Worker>(key));
  if (known.has_value()) return *std::move(known);
  ASSIGN_OR_RETURN(const std::optional<feed::RelocationFact> relocation,
                   session.FindFact<feed::RelocationFact>(household.id));
  return Worker{.key = key,
                .household_id = household.id,
                .person_no = person_no,
                .relocated_on = relocation.has_value() ? relocation->moved_in_on : std::nullopt,
                .household = std::move(household)};
}

bool IsWithin(const Contract& contract, Month month) {
  return month >= Month::Of(contract.signed_on) &&
         (!contract.ended_on.has_value() || month <= Month::Of(*contract.ended_on));
}

}  // namespace

std::vector<roots::Name> Names(const Worker& worker) {
  std::vector<roots::Name> names;
  for (const Contract& contract : worker.contracts) {
    names.push_back({.kind = std::string(kContractName), .name = contract.key});
  }
  for (const Employment& employment : worker.employments) {
    names.push_back({.kind = std::string(kEmploymentName), .name = employment.key});
  }
  return names;
}

std::vector<roots::Name> Links(const Worker& worker) {
  std::vector<roots::Name> links = {{.kind = std::string(kHouseholdLink), .name = worker.household_id}};
  for (const Training& training : worker.trainings) {
    links.push_back({.kind = std::string(kClassName), .name = training.class_key});
  }
  return links;
}

std::optional<roots::Told> Tell(const Worker& worker) {
  feed::WorkFact fact{.household_id = worker.household_id, .person_no = worker.person_no};
  for (const Contract& contract : worker.contracts) {
    feed::JobFact job{.since = contract.signed_on, .until = contract.ended_on, .workshop = true};
    for (const Pay& pay : contract.pay) job.paid_until = std::max(job.paid_until, std::optional(pay.month));
    fact.jobs.push_back(job);
  }
  for (const Employment& employment : worker.employments) {
    fact.jobs.push_back({.since = employment.started_on, .until = employment.ended_on});
  }
  for (const Training& training : worker.trainings) {
    fact.trained_on = std::max(fact.trained_on, std::optional(training.ended_on));
  }
  return roots::Told{.topic = feed::WorkFact::kTopic, .key = worker.key, .body = roots::ToJson(fact)};
}

absl::Status CheckSpan(const Contract& contract) {
  RETURN_IF_ERROR(intake::InOrder(contract.signed_on, contract.ended_on, "ended_on"));
  const bool pays_within = std::all_of(contract.pay.begin(), contract.pay.end(),
                                       [&](const Pay& pay) { return IsWithin(contract, pay.month); });
  if (pays_within) return absl::OkStatus();
  return Refuse(kInvalidArgument, "DATES_REVERSED", "pay is recorded for a month in which the contract does not run",
                "ended_on");
}

absl::Status CheckPay(const Contract& contract, const Pay& pay) {
  if (!IsWithin(contract, pay.month)) {
    return Refuse(kInvalidArgument, "MONTH_OUTSIDE_CONTRACT", "the contract does not run in this month", "month");
  }
  if (pay.amount_fen < 0) return Refuse(kInvalidArgument, "AMOUNT_NEGATIVE", "pay is 0 or more", "amount_fen");
  if (pay.amount_fen > kLargestPayFen) {
    return Refuse(kInvalidArgument, "AMOUNT_TOO_LARGE",
                  absl::StrCat("a month's pay is at most ", Yuan(kLargestPayFen), ": check the decimal point"),
                  "amount_fen");
  }
  if (pay.days_worked < 0 || pay.days_worked > pay.month.LastDay().day()) {
    return Refuse(kInvalidArgument, "DAYS_OUT_OF_RANGE",
                  absl::StrCat("the month has ", pay.month.LastDay().day(), " days"), "days_worked");
  }
  return absl::OkStatus();
}

absl::StatusOr<Outcome> ImportContract(roots::Session& session, const intake::Batch& batch,
                                       const ContractRecord& record) {
  const std::string workshop_key = batch.Key(record.workshop_no);
  ASSIGN_OR_RETURN(const std::optional<Enterprise> enterprise,
                   session.FindNamed<Enterprise>(kWorkshopName, workshop_key));
  if (!enterprise.has_value()) {
    return Refuse(kNotFound, "WORKSHOP_NOT_FOUND", "import the workshop before its contracts", "workshop_no");
  }
  ASSIGN_OR_RETURN(Worker worker, FindWorker(session, batch, record.household_no, record.person_no, Need::kLabour));
  const Workshop* workshop = enterprise->FindWorkshop(workshop_key);
  ANJU_CHECK(workshop != nullptr);
  if (!workshop->RecognisedOn(record.signed_on)) {
    return Refuse(kFailedPrecondition, "WORKSHOP_NOT_RECOGNISED",
                  "on the day of signing the workshop was not recognised, or no longer", "workshop_no");
  }
  Contract contract{.contract_no = record.contract_no,
                    .key = batch.Key(record.contract_no),
                    .workshop_key = workshop_key,
                    .kind = record.kind,
                    .signed_on = record.signed_on,
                    .ended_on = record.ended_on};
  ASSIGN_OR_RETURN(std::optional<Worker> holder, session.FindNamed<Worker>(kContractName, contract.key));
  if (holder.has_value()) {
    contract.pay = roots::Lookup(holder->contracts, &Contract::key, contract.key)->pay;
  }
  RETURN_IF_ERROR(CheckSpan(contract));
  // After this point the row is taken.
  ASSIGN_OR_RETURN(const std::optional<Contract> moved,
                   TakeFromOther(session, kContractName, contract.key, worker.id, &Worker::contracts));
  const Outcome outcome = roots::Keep(worker.contracts, std::move(contract), &Contract::key);
  if (outcome != Outcome::kUnchanged) session.Put(worker);
  return moved.has_value() ? Outcome::kUpdated : outcome;
}

absl::StatusOr<Outcome> ImportPay(roots::Session& session, const intake::Batch& batch, const PayRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.pay.month.FirstDay(), DayInChina(session.now()), "month"));
  const std::string key = batch.Key(record.contract_no);
  ASSIGN_OR_RETURN(std::optional<Worker> worker, session.FindNamed<Worker>(kContractName, key));
  if (!worker.has_value()) {
    return Refuse(kNotFound, "CONTRACT_NOT_FOUND", "import the contract before its pay", "contract_no");
  }
  Contract* contract = roots::Lookup(worker->contracts, &Contract::key, key);
  ANJU_CHECK(contract != nullptr);
  RETURN_IF_ERROR(CheckPay(*contract, record.pay));
  const Outcome outcome = roots::Keep(contract->pay, record.pay, &Pay::month);
  if (outcome != Outcome::kUnchanged) session.Put(*worker);
  return outcome;
}

absl::StatusOr<Outcome> ImportTrainee(roots::Session& session, const intake::Batch& batch,
                                      const TraineeRecord& record) {
  const std::string key = batch.Key(record.class_no);
  ASSIGN_OR_RETURN(const std::optional<TrainingBatch> held, session.FindNamed<TrainingBatch>(kClassName, key));
  if (!held.has_value()) {
    return Refuse(kNotFound, "CLASS_NOT_FOUND", "import the class before those who took part", "class_no");
  }
  ASSIGN_OR_RETURN(Worker worker, FindWorker(session, batch, record.household_no, record.person_no, Need::kNothing));
  if (record.attendance_percent < 0 || record.attendance_percent > 100) {
    return Refuse(kInvalidArgument, "ATTENDANCE_OUT_OF_RANGE", "attendance is from 0 to 100 percent",
                  "attendance_percent");
  }
  const TrainingClass* attended = held->FindClass(key);
  ANJU_CHECK(attended != nullptr);
  Training training{.class_key = key,
                    .occupation = attended->occupation,
                    .ended_on = attended->ended_on,
                    .attendance_percent = record.attendance_percent,
                    .passed = record.passed,
                    .certificate_no = record.certificate_no};
  const Outcome outcome = roots::Keep(worker.trainings, std::move(training), &Training::class_key);
  if (outcome != Outcome::kUnchanged) session.Put(worker);
  return outcome;
}

absl::StatusOr<Outcome> ImportEmployment(roots::Session& session, const intake::Batch& batch,
                                         const EmploymentRecord& record) {
  ASSIGN_OR_RETURN(Worker worker, FindWorker(session, batch, record.household_no, record.person_no, Need::kLabour));
  RETURN_IF_ERROR(intake::InOrder(record.started_on, record.ended_on, "ended_on"));
  // After this point the row is taken.
  Employment employment{.employment_no = record.employment_no,
                        .kind = record.kind,
                        .employer = record.employer,
                        .started_on = record.started_on,
                        .ended_on = record.ended_on,
                        .key = batch.Key(record.employment_no)};
  ASSIGN_OR_RETURN(const std::optional<Employment> moved,
                   TakeFromOther(session, kEmploymentName, employment.key, worker.id, &Worker::employments));
  const Outcome outcome = roots::Keep(worker.employments, std::move(employment), &Employment::key);
  if (outcome != Outcome::kUnchanged) session.Put(worker);
  return moved.has_value() ? Outcome::kUpdated : outcome;
}

absl::Status TakeHousehold(roots::Session& session, const feed::HouseholdFact& fact) {
  return session.AdjustLinked<Worker>(kHouseholdLink, fact.id, [&](Worker& worker) { worker.household = fact; });
}

absl::Status TakeRelocation(roots::Session& session, const feed::RelocationFact& fact) {
  return session.AdjustLinked<Worker>(kHouseholdLink, fact.household_id,
                                      [&](Worker& worker) { worker.relocated_on = fact.moved_in_on; });
}

}  // namespace anju::workshops
