#include "services/registry/store/twins.h"

#include "services/platform/base/division.h"
#include "services/platform/base/error.h"

namespace anju::registry {
namespace {

// A household stands under a link once, however many of its members do.
constexpr absl::string_view kShared =
    "SELECT link FROM root_links WHERE kind = $1 AND link >= $2 AND link < $3 AND link > $4 "
    "GROUP BY link HAVING COUNT(*) > 1 ORDER BY link LIMIT $5";

}  // namespace

absl::StatusOr<std::vector<std::string>> SqlTwins::Shared(absl::string_view county, absl::string_view after,
                                                          int64_t limit) {
  std::vector<std::string> links;
  RETURN_IF_ERROR(database_.Read([&](storage::Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(const storage::Rows rows,
                     transaction.Query(kShared, {std::string(kTwinLink), std::string(county), PrefixEnd(county),
                                                 std::string(after), limit}));
    for (const storage::Row& row : rows) links.push_back(row.Text(0));
    return absl::OkStatus();
  }));
  return links;
}

}  // namespace anju::registry
