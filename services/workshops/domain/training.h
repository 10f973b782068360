#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::workshops {

// A class 班 of a batch.
struct TrainingClass {
  std::string class_no;
  std::string key;
  std::string occupation;
  // The county, township or village it is held for.
  std::string location;
  Date started_on;
  Date ended_on;

  void Fields(Archive& archive) {
    archive("class_no", class_no);
    archive("key", key);
    archive("occupation", occupation);
    archive("location", location);
    archive("started_on", started_on);
    archive("ended_on", ended_on);
  }
  friend bool operator==(const TrainingClass&, const TrainingClass&) = default;
};

// A batch 期 of training and its classes.
struct TrainingBatch {
  static constexpr absl::string_view kKind = "training_batch";
  std::string id;
  // `<division>/<source>/<batch_no>`.
  std::string key;
  // The county of its first class.
  std::string county;
  std::vector<TrainingClass> classes;

  const TrainingClass* FindClass(absl::string_view class_key) const;
  void Fields(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("county", county);
    archive("classes", classes);
  }
  std::string Division() const { return county; }
  friend bool operator==(const TrainingBatch&, const TrainingBatch&) = default;
};

// The kind of name under which a batch is found by one of its classes, and of the link of those who took part.
inline constexpr absl::string_view kClassName = "class";

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const TrainingBatch& batch);
// A class belongs to one batch.
std::vector<roots::Name> Names(const TrainingBatch& batch);

// A row of anju.workshops.v1.TrainingClassRecord.
struct TrainingClassRecord {
  std::string class_no;
  std::string batch_no;
  std::string occupation;
  std::string location;
  Date started_on;
  Date ended_on;

  void Fields(Archive& archive) {
    archive("class_no", class_no);
    archive("batch_no", batch_no);
    archive("occupation", occupation);
    archive("location", location);
    archive("started_on", started_on);
    archive("ended_on", ended_on);
  }
};

// The use case: those who took part follow a class whose dates are corrected. Refuses, in this order, with
// DIVISION_NOT_FOUND, OUTSIDE_DIVISION and DATES_REVERSED.
absl::StatusOr<roots::Outcome> ImportTrainingClass(roots::Session& session, const intake::Batch& batch,
                                                   const TrainingClassRecord& record);

}  // namespace anju::workshops
