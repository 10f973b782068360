#include "services/workshops/domain/indicators.h"

#include <algorithm>

#include "services/workshops/domain/enterprise.h"
#include "services/workshops/domain/policy.h"
#include "services/workshops/domain/spans.h"
#include "services/workshops/domain/training.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {
namespace {

using tally::AddStock;
using tally::IndicatorKind;
using tally::Place;
using tally::Span;

constexpr absl::string_view kEnterprises = "workshops.enterprises";
constexpr absl::string_view kParkEnterprises = "workshops.park_enterprises";
constexpr absl::string_view kParkEnterprisesAboveScale = "workshops.park_enterprises_above_scale";
constexpr absl::string_view kParkJobsOffered = "workshops.park_jobs_offered";
constexpr absl::string_view kJobsOffered = "workshops.jobs_offered";
constexpr absl::string_view kWorkshops = "workshops.workshops";
constexpr absl::string_view kWorkshopFoundingEnterprises = "workshops.workshop_founding_enterprises";
constexpr absl::string_view kWorkshopFloorArea = "workshops.workshop_floor_area";
constexpr absl::string_view kWorkshopWorkers = "workshops.workshop_workers";
constexpr absl::string_view kWorkshopRelocatedWorkers = "workshops.workshop_relocated_workers";
constexpr absl::string_view kPoorLabourersWorking = "workshops.poor_labourers_working";
constexpr absl::string_view kWorkshopSubsidyPaid = "workshops.workshop_subsidy_paid";
constexpr absl::string_view kWorkshopSubsidyPaidInPeriod = "workshops.workshop_subsidy_paid_in_period";
constexpr absl::string_view kTrainingBatches = "workshops.training_batches";
constexpr absl::string_view kTrainingClasses = "workshops.training_classes";
constexpr absl::string_view kTrainedPersonTimes = "workshops.trained_person_times";
constexpr absl::string_view kTrainedPersons = "workshops.trained_persons";
constexpr absl::string_view kTrainedRelocatedPersons = "workshops.trained_relocated_persons";
constexpr absl::string_view kTrainedPoorPersons = "workshops.trained_poor_persons";
constexpr absl::string_view kTrainedRelocatedRecently = "workshops.trained_relocated_recently";
constexpr absl::string_view kTrainingCoverage = "workshops.training_coverage";
constexpr absl::string_view kNewlyTransferred = "workshops.newly_transferred";
constexpr absl::string_view kTransferredRelocated = "workshops.transferred_relocated";
constexpr absl::string_view kTransferredRelocatedLabourers = "workshops.transferred_relocated_labourers";
constexpr absl::string_view kTransferredRelocatedRate = "workshops.transferred_relocated_rate";
constexpr absl::string_view kSelfEmployed = "workshops.self_employed";
constexpr absl::string_view kStableEmploymentRelocated = "workshops.stable_employment_relocated";
constexpr absl::string_view kStableEmploymentRate = "workshops.stable_employment_rate";
constexpr absl::string_view kWagesPaid = "workshops.wages_paid";
constexpr absl::string_view kWagesPaidInPeriod = "workshops.wages_paid_in_period";
// Of the relocation service.
constexpr absl::string_view kRelocatedLabourers = "relocation.relocated_labourers";
constexpr absl::string_view kPersonsMovedIn = "relocation.persons_moved_in";

using Places = std::vector<Place>;

// No day that anybody may record is before it.
constexpr Date kFirstDay(1900, 1, 1);

Places At(const std::string& division, Date since) { return {{.since = since, .division = division}}; }

void AddSpans(absl::string_view indicator, const Places& places, const Spans& spans, tally::Contributions& to) {
  for (const Span& span : spans) AddStock(indicator, places, span.from, span.until, 1, to);
}

Spans Recognised(const Enterprise& enterprise) {
  Spans spans;
  for (const Workshop& workshop : enterprise.workshops) {
    if (workshop.recognised_on.has_value()) {
      spans.push_back({.from = *workshop.recognised_on, .until = workshop.revoked_on});
    }
  }
  return Union(std::move(spans));
}

// When the household is registered poor, whether or not it has left poverty; as HouseholdFact::RegisteredPoorOn, but
// also after it was merged into another one: the worker goes on there, and is known here by the old number.
Spans RegisteredPoor(const feed::HouseholdFact& household) {
  Spans spans;
  for (size_t i = 0; i < household.classifications.size(); ++i) {
    const feed::Classification& classification = household.classifications[i];
    if (classification.household_class != feed::HouseholdClass::kRegisteredPoor) continue;
    Span span{.from = i == 0 ? household.registered_on : std::max(classification.since, household.registered_on)};
    if (i + 1 < household.classifications.size()) span.until = household.classifications[i + 1].since;
    spans.push_back(span);
  }
  return Union(std::move(spans));
}

// From when on a job that lasts over `span` is stable; nothing when it ends before.
void AddStable(const Span& span, Spans& to) {
  to.push_back({.from = PlusMonths(span.from, kStableMonths), .until = span.until});
}

// What the figures say of one person, as spans of days.
struct Person {
  Places places;
  Spans poor;
  // Since the household moved in, also after the person has left it: for what stays counted.
  Spans relocated;
  // Until the person died or left for nobody knows where; who goes on in another household works on there.
  Spans present;
  // A member of a household that has moved in, as the figures of relocation count it; and if they can work.
  Spans relocated_member;
  Spans relocated_labourer;
};

Person PersonOf(const Worker& worker) {
  Person person{.places = worker.household.Places(), .poor = RegisteredPoor(worker.household)};
  if (worker.relocated_on.has_value()) person.relocated = {{.from = *worker.relocated_on}};
  const feed::PersonFact* fact = worker.household.FindPerson(worker.person_no);
  if (fact == nullptr) return person;
  // Not only from joining on: what a person did before is recorded where they are known.
  person.present = {{.from = kFirstDay, .until = fact->goes_on ? std::nullopt : fact->left_on}};
  person.relocated_member = Intersect(person.relocated, {{.from = fact->joined_on, .until = fact->left_on}});
  if (feed::CanWork(fact->labour)) person.relocated_labourer = person.relocated_member;
  return person;
}

void AddWork(const Worker& worker, const Person& person, tally::Contributions& to) {
  Spans contracts, jobs, self_employed, stable, transferred;
  for (const Contract& contract : worker.contracts) {
    const Span span{.from = contract.signed_on, .until = contract.ended_on};
    contracts.push_back(span);
    jobs.push_back(span);
    AddStable(span, stable);
  }
  for (const Employment& employment : worker.employments) {
    const Span span{.from = employment.started_on, .until = employment.ended_on};
    jobs.push_back(span);
    AddStable(span, stable);
    if (employment.kind == EmploymentKind::kSelfEmployed) self_employed.push_back(span);
    // Whoever was transferred once stays counted.
    if (employment.kind == EmploymentKind::kTransferred) transferred.push_back({.from = span.from});
  }
  contracts = Intersect(Union(std::move(contracts)), person.present);
  jobs = Intersect(Union(std::move(jobs)), person.present);
  self_employed = Intersect(Union(std::move(self_employed)), person.present);
  stable = Union(std::move(stable));
  transferred = Union(std::move(transferred));
  AddSpans(kWorkshopWorkers, person.places, contracts, to);
  AddSpans(kWorkshopRelocatedWorkers, person.places, Intersect(contracts, person.relocated_member), to);
  AddSpans(kPoorLabourersWorking, person.places, Intersect(jobs, person.poor), to);
  AddSpans(kSelfEmployed, person.places, self_employed, to);
  AddSpans(kNewlyTransferred, person.places, transferred, to);
  AddSpans(kTransferredRelocated, person.places, Intersect(transferred, person.relocated), to);
  AddSpans(kTransferredRelocatedLabourers, person.places, Intersect(transferred, person.relocated_labourer), to);
  AddSpans(kStableEmploymentRelocated, person.places, Intersect(stable, person.relocated_member), to);
}

void AddTraining(const Worker& worker, const Person& person, tally::Contributions& to) {
  Spans trained, recently;
  for (const Training& training : worker.trainings) {
    if (training.attendance_percent < kAttendancePercent) continue;
    AddStock(kTrainedPersonTimes, person.places, training.ended_on, std::nullopt, 1, to);
    trained.push_back({.from = training.ended_on});
    recently.push_back({.from = training.ended_on, .until = PlusMonths(training.ended_on, kTrainingMonths)});
  }
  trained = Union(std::move(trained));
  AddSpans(kTrainedPersons, person.places, trained, to);
  AddSpans(kTrainedPoorPersons, person.places, Intersect(trained, person.poor), to);
  AddSpans(kTrainedRelocatedPersons, person.places, Intersect(trained, person.relocated), to);
  AddSpans(kTrainedRelocatedRecently, person.places, Intersect(Union(std::move(recently)), person.relocated_labourer),
           to);
}

void AddMoney(const Worker& worker, const Places& places, tally::Contributions& to) {
  for (const Contract& contract : worker.contracts) {
    for (const Pay& pay : contract.pay) {
      AddStock(kWagesPaid, places, pay.month.FirstDay(), std::nullopt, pay.amount_fen, to);
      tally::AddFlow(kWagesPaidInPeriod, places, pay.month.FirstDay(), pay.amount_fen, to);
    }
  }
  if (worker.subsidy_paid_on.has_value()) {
    AddStock(kWorkshopSubsidyPaid, places, *worker.subsidy_paid_on, std::nullopt, worker.subsidy_fen, to);
    tally::AddFlow(kWorkshopSubsidyPaidInPeriod, places, *worker.subsidy_paid_on, worker.subsidy_fen, to);
  }
}

}  // namespace

const tally::Catalogue& Catalogue() {
  static const auto& catalogue = *new tally::Catalogue{
      {.id = kEnterprises, .label_zh = "企业数", .label_en = "Enterprises", .unit = "enterprise"},
      {.id = kParkEnterprises, .label_zh = "入驻园区企业", .label_en = "Enterprises in parks", .unit = "enterprise"},
      {.id = kParkEnterprisesAboveScale,
       .label_zh = "入驻园区规模以上企业",
       .label_en = "Enterprises above scale in parks",
       .unit = "enterprise"},
      {.id = kParkJobsOffered, .label_zh = "园区提供就业岗位", .label_en = "Jobs offered in parks", .unit = "job"},
      {.id = kJobsOffered, .label_zh = "提供就业岗位", .label_en = "Jobs offered", .unit = "job"},
      {.id = kWorkshops, .label_zh = "就业扶贫车间", .label_en = "Employment workshops", .unit = "workshop"},
      {.id = kWorkshopFoundingEnterprises,
       .label_zh = "创建车间的驻园企业",
       .label_en = "Park enterprises with a workshop",
       .unit = "enterprise"},
      {.id = kWorkshopFloorArea, .label_zh = "车间面积", .label_en = "Floor area of workshops", .unit = "centi_sqm"},
      {.id = kWorkshopWorkers,
       .label_zh = "车间就业人数",
       .label_en = "Persons working in workshops",
       .unit = "person"},
      {.id = kWorkshopRelocatedWorkers,
       .label_zh = "车间就业搬迁群众",
       .label_en = "Relocated persons working in workshops",
       .unit = "person"},
      {.id = kPoorLabourersWorking,
       .label_zh = "贫困劳动力务工人数",
       .label_en = "Registered-poor persons at work",
       .unit = "person"},
      {.id = kWorkshopSubsidyPaid, .label_zh = "兑现就业奖补", .label_en = "Workshop subsidy paid", .unit = "fen"},
      {.id = kWorkshopSubsidyPaidInPeriod,
       .label_zh = "当期兑现就业奖补",
       .label_en = "Workshop subsidy paid in the period",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
      {.id = kTrainingBatches, .label_zh = "职业培训期数", .label_en = "Training batches", .unit = "batch"},
      {.id = kTrainingClasses, .label_zh = "职业培训班数", .label_en = "Training classes", .unit = "class"},
      {.id = kTrainedPersonTimes, .label_zh = "培训人次", .label_en = "Trainings taken", .unit = "person-time"},
      {.id = kTrainedPersons, .label_zh = "培训人数", .label_en = "Persons trained", .unit = "person"},
      {.id = kTrainedRelocatedPersons,
       .label_zh = "培训搬迁群众",
       .label_en = "Relocated persons trained",
       .unit = "person"},
      {.id = kTrainedPoorPersons,
       .label_zh = "培训贫困人口",
       .label_en = "Registered-poor persons trained",
       .unit = "person"},
      {.id = kTrainedRelocatedRecently,
       .label_zh = "近一年培训搬迁劳动力",
       .label_en = "Present relocated labourers trained within a year",
       .unit = "person"},
      {.id = kTrainingCoverage,
       .label_zh = "搬迁劳动力培训覆盖率",
       .label_en = "Relocated labourers trained within a year",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kTrainedRelocatedRecently,
       .denominator = kRelocatedLabourers},
      {.id = kNewlyTransferred,
       .label_zh = "新增转移就业",
       .label_en = "Persons newly transferred to jobs",
       .unit = "person"},
      {.id = kTransferredRelocated,
       .label_zh = "搬迁群众转移就业",
       .label_en = "Relocated persons transferred to jobs",
       .unit = "person"},
      {.id = kTransferredRelocatedLabourers,
       .label_zh = "现有搬迁劳动力中转移就业人数",
       .label_en = "Present relocated labourers transferred to jobs",
       .unit = "person"},
      {.id = kTransferredRelocatedRate,
       .label_zh = "搬迁劳动力转移就业率",
       .label_en = "Share of relocated labourers transferred to jobs",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kTransferredRelocatedLabourers,
       .denominator = kRelocatedLabourers},
      {.id = kSelfEmployed, .label_zh = "自主创业人数", .label_en = "Self-employed persons", .unit = "person"},
      {.id = kStableEmploymentRelocated,
       .label_zh = "搬迁群众稳定就业",
       .label_en = "Relocated persons in stable employment",
       .unit = "person"},
      {.id = kStableEmploymentRate,
       .label_zh = "搬迁人口稳定就业率",
       .label_en = "Relocated persons in stable employment, of all who moved in",
       .unit = "percent",
       .kind = IndicatorKind::kRatio,
       .numerator = kStableEmploymentRelocated,
       .denominator = kPersonsMovedIn},
      {.id = kWagesPaid, .label_zh = "累计发放工资", .label_en = "Wages paid", .unit = "fen"},
      {.id = kWagesPaidInPeriod,
       .label_zh = "当期发放工资",
       .label_en = "Wages paid in the period",
       .unit = "fen",
       .kind = IndicatorKind::kFlow},
  };
  return catalogue;
}

tally::Contributions Contributions(const Enterprise& enterprise) {
  tally::Contributions parts;
  const Places places = At(enterprise.location, enterprise.entered_on);
  const Span here{.from = enterprise.entered_on, .until = enterprise.left_on};
  AddStock(kEnterprises, places, here.from, here.until, 1, parts);
  AddStock(kJobsOffered, places, here.from, here.until, enterprise.jobs_offered, parts);
  if (enterprise.in_park) {
    AddStock(kParkEnterprises, places, here.from, here.until, 1, parts);
    AddStock(kParkEnterprisesAboveScale, places, here.from, here.until, enterprise.above_scale ? 1 : 0, parts);
    AddStock(kParkJobsOffered, places, here.from, here.until, enterprise.jobs_offered, parts);
    AddSpans(kWorkshopFoundingEnterprises, places, Intersect(Recognised(enterprise), {here}), parts);
  }
  for (const Workshop& workshop : enterprise.workshops) {
    if (!workshop.recognised_on.has_value()) continue;
    const Places there = At(workshop.location, *workshop.recognised_on);
    AddStock(kWorkshops, there, *workshop.recognised_on, workshop.revoked_on, 1, parts);
    AddStock(kWorkshopFloorArea, there, *workshop.recognised_on, workshop.revoked_on, workshop.floor_area_centi_sqm,
             parts);
  }
  return parts;
}

tally::Contributions Contributions(const TrainingBatch& batch) {
  tally::Contributions parts;
  std::optional<Date> first;
  for (const TrainingClass& held : batch.classes) {
    AddStock(kTrainingClasses, At(held.location, held.ended_on), held.ended_on, std::nullopt, 1, parts);
    first = std::min(first.value_or(held.ended_on), held.ended_on);
  }
  if (first.has_value()) AddStock(kTrainingBatches, At(batch.county, *first), *first, std::nullopt, 1, parts);
  return parts;
}

tally::Contributions Contributions(const Worker& worker) {
  tally::Contributions parts;
  const Person person = PersonOf(worker);
  AddWork(worker, person, parts);
  AddTraining(worker, person, parts);
  AddMoney(worker, person.places, parts);
  return parts;
}

}  // namespace anju::workshops
