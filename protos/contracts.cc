#include "protos/contracts.h"

#include "anju/contract_files.h"
#include "services/platform/base/error.h"

namespace anju {

const std::vector<const google::protobuf::ServiceDescriptor*>& AllContracts() {
  static const auto& contracts = *[] {
    auto* found = new std::vector<const google::protobuf::ServiceDescriptor*>();
    for (const char* name : kContractFiles) {
      const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
      ANJU_CHECK(file != nullptr);
      for (int i = 0; i < file->service_count(); ++i) found->push_back(file->service(i));
    }
    return found;
  }();
  return contracts;
}

}  // namespace anju
