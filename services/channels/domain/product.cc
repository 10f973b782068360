#include "services/channels/domain/product.h"

#include <algorithm>

#include "services/platform/base/error.h"

namespace anju::channels {

using enum absl::StatusCode;
using roots::Outcome;

namespace {

// What can be asked of a product.
struct Need {
  // The parameter that says whether it is asked.
  absl::string_view parameter;
  // Among the inputs of a decision, and in the words of a refusal.
  const char* input;
  const char* words;
  bool (*has)(const Product& product, Date day);
};

constexpr Need kNeeds[] = {
    {kTrademarkNeeded, "trademark", "a trademark", [](const Product& product, Date) { return product.trademark; }},
    {kPackagingNeeded, "packaging", "packaging", [](const Product& product, Date) { return product.packaging; }},
    {kLicenceNeeded, "production_licence", "a production licence",
     [](const Product& product, Date) { return !product.production_licence.empty(); }},
    {kResidueTestNeeded, "residue_test", "a residue test that is good on that day",
     [](const Product& product, Date day) {
       return product.residue_tested_on.has_value() && *product.residue_tested_on <= day &&
              product.residue_test_expires_on.has_value() && day <= *product.residue_test_expires_on;
     }},
    {kTraceabilityNeeded, "traceability", "traceability",
     [](const Product& product, Date) { return product.traceable; }},
};

}  // namespace

bool IsStandard(const Product& product, Date day) {
  return std::all_of(std::begin(kNeeds), std::end(kNeeds), [&](const Need& need) { return need.has(product, day); });
}

std::vector<absl::string_view> Lacks(const Product& product, Date day, const policy::InForce& policy) {
  std::vector<absl::string_view> lacks;
  for (const Need& need : kNeeds) {
    if (policy[need.parameter] != 0 && !need.has(product, day)) lacks.push_back(need.words);
  }
  return lacks;
}

policy::Decision JudgeStandard(const Product& product, ChannelKind kind, Date day, const policy::InForce& policy) {
  const absl::string_view standard_only = StandardOnlyOf(kind);
  const bool takes = policy[standard_only] == 0 || Lacks(product, day, policy).empty();
  policy::Decision decision{.rule = std::string(kStandardRule),
                            .subject = product.key,
                            .verdict = takes ? policy::Verdict::kYes : policy::Verdict::kNo,
                            .reason = takes ? "" : "PRODUCT_NOT_STANDARD",
                            .decided_on = day};
  std::vector<absl::string_view> used = {standard_only};
  for (const Need& need : kNeeds) {
    decision.inputs.push_back({need.input, need.has(product, day) ? "yes" : "no"});
    used.push_back(need.parameter);
  }
  decision.used = policy.Use(used);
  return decision;
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
