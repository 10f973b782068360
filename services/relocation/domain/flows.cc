#include "services/relocation/domain/flows.h"

namespace anju::relocation {

const approval::Flow& NationalCaseFlow() {
  static const auto& flow = *new approval::Flow{
      .name = "relocation.case",
      .versions = {{.version = 1,
                    .since = Date(2016, 1, 1),
                    .steps = {{.code = "approve", .level = approval::Level::kCounty, .roles = {"approver"}}}}}};
  return flow;
}

}  // namespace anju::relocation
