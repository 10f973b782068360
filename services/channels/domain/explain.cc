#include "services/channels/domain/explain.h"

#include "absl/strings/match.h"
#include "services/platform/base/error.h"

namespace anju::channels {

using enum absl::StatusCode;

absl::StatusOr<policy::Answer> Explain(roots::Session&, const Sale& sale, const policy::Question& question) {
  return policy::Answer{.kept = policy::Asked(sale.decisions, question)};
}

absl::StatusOr<policy::Answer> Explain(roots::Session& session, const Channel& channel,
                                       const policy::Question& question) {
  policy::Answer answer;
  if (!question.Asks(kStandardRule) || question.subject.empty()) return answer;
  // Whose scope holds the channel need not hold what other counties keep.
  std::optional<Product> product;
  if (absl::StartsWith(question.subject, KeyBeside(channel.key, ""))) {
    ASSIGN_OR_RETURN(product, session.Find<Product>(question.subject));
  }
  if (!product.has_value()) {
    return Refuse(kNotFound, "RECORD_NOT_FOUND", "there is no product with this key in the channel's system",
                  "subject");
  }
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, channel.Division()));
  answer.would.push_back(JudgeStandard(*product, channel.kind, question.today, PolicyOn(*books, question.today)));
  return answer;
}

}  // namespace anju::channels
