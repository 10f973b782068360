#include "services/platform/tally/cells.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace anju::tally {

void AppendCell(absl::string_view indicator, Month month, int64_t amount, std::string& text) {
  absl::StrAppend(&text, indicator, " ", month.index, " ", amount, "\n");
}

absl::Status ForEachCell(absl::string_view text,
                         absl::FunctionRef<void(absl::string_view indicator, int64_t month, int64_t amount)> visit) {
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> cell = absl::StrSplit(line, absl::MaxSplits(' ', 1));
    const std::pair<absl::string_view, absl::string_view> rest = absl::StrSplit(cell.second, absl::MaxSplits(' ', 1));
    int64_t month = 0, amount = 0;
    if (!absl::SimpleAtoi(rest.first, &month) || !absl::SimpleAtoi(rest.second, &amount)) {
      return absl::InternalError("a pending difference cannot be read");
    }
    visit(cell.first, month, amount);
  }
  return absl::OkStatus();
}

}  // namespace anju::tally
