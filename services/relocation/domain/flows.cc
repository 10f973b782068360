#include "services/relocation/domain/flows.h"

namespace anju::relocation {

using approval::Flow;
using approval::OneApprover;

const Flow& NationalCaseFlow() {
  static const auto& flow = *new Flow(OneApprover("relocation.case"));
  return flow;
}

const Flow& NationalSubsidyFlow() {
  static const auto& flow = *new Flow(OneApprover("relocation.subsidy"));
  return flow;
}

const Flow& NationalLeaseFlow() {
  static const auto& flow = *new Flow(OneApprover("relocation.lease"));
  return flow;
}

const Flow& NationalMortgageFlow() {
  static const auto& flow = *new Flow(OneApprover("relocation.mortgage"));
  return flow;
}

}  // namespace anju::relocation
