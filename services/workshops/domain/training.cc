#include "services/workshops/domain/training.h"

#include <algorithm>

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"
#include "services/workshops/domain/move.h"
#include "services/workshops/domain/worker.h"

namespace anju::workshops {

using roots::Outcome;

const TrainingClass* TrainingBatch::FindClass(absl::string_view class_key) const {
  auto found =
      std::find_if(classes.begin(), classes.end(), [&](const TrainingClass& held) { return held.key == class_key; });
  return found == classes.end() ? nullptr : &*found;
}

std::vector<roots::Name> Names(const TrainingBatch& batch) {
  std::vector<roots::Name> names;
  for (const TrainingClass& held : batch.classes) {
    names.push_back({.kind = std::string(kClassName), .name = held.key});
  }
  return names;
}

absl::StatusOr<Outcome> ImportTrainingClass(roots::Session& session, const intake::Batch& batch,
                                            const TrainingClassRecord& record) {
  ASSIGN_OR_RETURN(std::string location, intake::ResolveWithin(session, batch, record.location, "location"));
  RETURN_IF_ERROR(intake::InOrder(record.started_on, record.ended_on, "ended_on"));
  const std::string key = batch.Key(record.batch_no);
  ASSIGN_OR_RETURN(const std::optional<TrainingBatch> before, session.Find<TrainingBatch>(key));
  TrainingBatch after = before.value_or(TrainingBatch{.key = key});
  if (const TrainingClass* known = roots::Lookup(after.classes, &TrainingClass::key, batch.Key(record.class_no))) {
    ASSIGN_OR_RETURN(location, intake::KeepCode(session, known->location, location));
  }
  // After this point the row is taken.
  const TrainingClass held{.class_no = record.class_no,
                           .key = batch.Key(record.class_no),
                           .occupation = record.occupation,
                           .location = location,
                           .started_on = record.started_on,
                           .ended_on = record.ended_on};
  ASSIGN_OR_RETURN(const std::optional<TrainingClass> moved,
                   TakeFromOther(session, kClassName, held.key, after.id, &TrainingBatch::classes));
  const Outcome outcome = roots::Keep(after.classes, held, &TrainingClass::key);
  if (outcome == Outcome::kUnchanged) return outcome;
  after.county = std::string(CountyOf(after.classes.front().location));
  session.Put(after);
  if (outcome == Outcome::kAdded && !moved.has_value()) return outcome;
  RETURN_IF_ERROR(session.AdjustLinked<Worker>(kClassName, held.key, [&](Worker& worker) {
    Training* training = roots::Lookup(worker.trainings, &Training::class_key, held.key);
    ANJU_CHECK(training != nullptr);
    training->occupation = held.occupation;
    training->ended_on = held.ended_on;
  }));
  return Outcome::kUpdated;
}

}  // namespace anju::workshops
