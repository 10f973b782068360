#include "services/channels/domain/product.h"

#include "services/platform/base/error.h"

namespace anju::channels {

using enum absl::StatusCode;
using roots::Outcome;

std::vector<absl::string_view> Lacks(const Product& product, const Policy& policy, Date day) {
  const bool tested = product.residue_tested_on.has_value() && *product.residue_tested_on <= day &&
                      product.residue_test_expires_on.has_value() && day <= *product.residue_test_expires_on;
  std::vector<absl::string_view> lacks;
  if (policy.trademark_needed && !product.trademark) lacks.push_back("a trademark");
  if (policy.packaging_needed && !product.packaging) lacks.push_back("packaging");
  if (policy.licence_needed && product.production_licence.empty()) lacks.push_back("a production licence");
  if (policy.residue_test_needed && !tested) lacks.push_back("a residue test that is good on that day");
  if (policy.traceability_needed && !product.traceable) lacks.push_back("traceability");
  return lacks;
}

absl::StatusOr<Product> Record(const std::optional<Product>& before, const ProductRecord& record,
                               const std::string& key, const std::string& origin, Date today) {
  if (record.residue_tested_on.has_value() != record.residue_test_expires_on.has_value()) {
    return Refuse(kInvalidArgument, "RESIDUE_TEST_INCOMPLETE",
                  "give both the day of the residue test and the day until which it is good, or neither",
                  record.residue_tested_on.has_value() ? "residue_test_expires_on" : "residue_tested_on");
  }
  if (record.residue_tested_on.has_value()) {
    RETURN_IF_ERROR(
        intake::InOrder(*record.residue_tested_on, record.residue_test_expires_on, "residue_test_expires_on"));
  }
  Product after = before.value_or(Product{.key = key, .recorded_on = today});
  after.name = record.name;
  after.origin = origin;
  after.unit = record.unit;
  after.trademark = record.trademark;
  after.packaging = record.packaging;
  after.production_licence = record.production_licence;
  after.residue_tested_on = record.residue_tested_on;
  after.residue_test_expires_on = record.residue_test_expires_on;
  after.traceable = record.traceable;
  return after;
}

absl::StatusOr<Outcome> ImportProduct(roots::Session& session, const intake::Batch& batch,
                                      const ProductRecord& record) {
  // A street sells what comes from all over the country.
  ASSIGN_OR_RETURN(std::string origin, intake::ResolveDivision(session, record.origin, "origin"));
  const std::string key = batch.Key(record.product_no);
  ASSIGN_OR_RETURN(const std::optional<Product> before, session.Find<Product>(key));
  if (before.has_value()) {
    ASSIGN_OR_RETURN(origin, intake::KeepCode(session, before->origin, origin));
  }
  ASSIGN_OR_RETURN(Product after, Record(before, record, key, origin, DayInChina(session.now())));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  return before.has_value() ? Outcome::kUpdated : Outcome::kAdded;
}

}  // namespace anju::channels
