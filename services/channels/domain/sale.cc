#include "services/channels/domain/sale.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/channels/domain/policy.h"
#include "services/channels/domain/producer.h"
#include "services/platform/base/error.h"
#include "services/platform/base/money.h"
#include "services/platform/base/today.h"

namespace anju::channels {
namespace {

using enum absl::StatusCode;
using roots::Outcome;

// Never more than the sale's amount, so that it cannot overflow.
int64_t Shared(const Sale& sale) {
  int64_t sum = 0;
  for (const SaleShare& share : sale.shares) sum += share.share_fen;
  return sum;
}

absl::Status CheckShape(const SaleRecord& record, const policy::InForce& policy) {
  if (record.quantity_milli < 1) {
    return Refuse(kInvalidArgument, "QUANTITY_NOT_POSITIVE", "a sale is of more than nothing", "quantity_milli");
  }
  if (record.amount_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a sale is at least 1 fen", "amount_fen");
  }
  if (record.amount_fen > policy[kLargestAmount]) {
    return Refuse(kInvalidArgument, "AMOUNT_TOO_LARGE",
                  absl::StrCat("one sale is at most ", Yuan(policy[kLargestAmount]), ": check the decimal point"),
                  "amount_fen");
  }
  return absl::OkStatus();
}

absl::Status CheckState(const SaleRecord& record, const policy::InForce& policy, const Channel& channel,
                        const Product& product, const policy::Decision& decision) {
  if (!channel.OpenOn(record.sold_on)) {
    return Refuse(kFailedPrecondition, "CHANNEL_NOT_OPEN",
                  absl::StrCat("the channel was not open on ", Format(record.sold_on), ": correct the channel's dates"),
                  "sold_on");
  }
  if (record.unit != product.unit) {
    return Refuse(kInvalidArgument, "UNIT_MISMATCH", absl::StrCat("this product is counted in ", product.unit), "unit");
  }
  if (decision.verdict == policy::Verdict::kNo) {
    return Refuse(kFailedPrecondition, decision.reason,
                  absl::StrCat("this channel takes standard products only, and this one lacks ",
                               absl::StrJoin(Lacks(product, record.sold_on, policy), ", "),
                               ": sell it in a street, a shop or at the table"),
                  "product_no");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<roots::Name> Links(const Sale& sale) {
  return {{.kind = std::string(kChannelLink), .name = sale.channel_key}};
}

absl::StatusOr<Sale> Record(const std::optional<Sale>& before, const SaleRecord& record, const std::string& key,
                            const Channel& channel, const Product& product, const policy::Books& books) {
  Sale after = before.value_or(Sale{.key = key});
  after.channel_key = channel.key;
  after.product_key = product.key;
  after.sold_on = record.sold_on;
  after.quantity_milli = record.quantity_milli;
  after.unit = record.unit;
  after.amount_fen = record.amount_fen;
  after.buyer_kind = record.buyer_kind;
  after.channel_kind = channel.kind;
  after.location = channel.location;
  if (before == after) return after;
  const policy::InForce policy = PolicyOn(books, record.sold_on);
  RETURN_IF_ERROR(CheckShape(record, policy));
  policy::Decision decision = JudgeStandard(product, channel.kind, record.sold_on, policy);
  RETURN_IF_ERROR(CheckState(record, policy, channel, product, decision));
  if (Shared(after) > record.amount_fen) {
    return Refuse(kFailedPrecondition, "SHARES_EXCEED_SALE",
                  absl::StrCat("the households have shares of ", Yuan(Shared(after)), " in it already"), "amount_fen");
  }
  after.decisions.clear();
  if (policy[StandardOnlyOf(channel.kind)] != 0) after.decisions.push_back(std::move(decision));
  return after;
}

absl::StatusOr<Sale> Assign(const Sale& before, const SaleShare& share, Outcome* outcome) {
  if (share.share_fen < 1) {
    return Refuse(kInvalidArgument, "AMOUNT_NOT_POSITIVE", "a share is at least 1 fen", "share_fen");
  }
  Sale after = before;
  const SaleShare* old = roots::Lookup(after.shares, &SaleShare::household_id, share.household_id);
  const int64_t left = before.amount_fen - Shared(before) + (old == nullptr ? 0 : old->share_fen);
  if (share.share_fen > left) {
    return Refuse(kFailedPrecondition, "SHARES_EXCEED_SALE",
                  absl::StrCat("only ", Yuan(left), " of the sale are left for this household"), "share_fen");
  }
  *outcome = roots::Keep(after.shares, share, &SaleShare::household_id);
  if (after.shares.size() > kMostShares) {
    return Refuse(kFailedPrecondition, "TOO_MANY_SHARES",
                  absl::StrCat("at most ", kMostShares, " households share one sale: record several sales"), "sale_no");
  }
  return after;
}

absl::StatusOr<Outcome> ImportSale(roots::Session& session, const intake::Batch& batch, const SaleRecord& record) {
  RETURN_IF_ERROR(CheckHasCome(record.sold_on, DayInChina(session.now()), "sold_on"));
  ASSIGN_OR_RETURN(const Channel channel, FindChannel(session, batch, record.channel_no));
  ASSIGN_OR_RETURN(const std::optional<Product> product, session.Find<Product>(batch.Key(record.product_no)));
  if (!product.has_value()) {
    return Refuse(kNotFound, "PRODUCT_NOT_FOUND", "import the product first", "product_no");
  }
  const std::string key = batch.Key(record.sale_no);
  ASSIGN_OR_RETURN(const std::optional<Sale> before, session.Find<Sale>(key));
  ASSIGN_OR_RETURN(const policy::Books* books, policy::BooksOf(session, channel.Division()));
  ASSIGN_OR_RETURN(Sale after, Record(before, record, key, channel, *product, *books));
  if (before == after) return Outcome::kUnchanged;
  session.Put(after);
  if (!before.has_value()) return Outcome::kAdded;
  if (before->sold_on != after.sold_on) {
    for (const SaleShare& share : after.shares) {
      RETURN_IF_ERROR(session.AdjustLinked<Producer>(kHouseholdLink, share.household_id, [&](Producer& producer) {
        if (ProducerShare* copy = roots::Lookup(producer.shares, &ProducerShare::sale_key, key)) {
          copy->sold_on = after.sold_on;
        }
      }));
    }
  }
  return Outcome::kUpdated;
}

absl::StatusOr<Outcome> ImportSaleShare(roots::Session& session, const intake::Batch& batch,
                                        const SaleShareRecord& record) {
  ASSIGN_OR_RETURN(const std::optional<Sale> before, session.Find<Sale>(batch.Key(record.sale_no)));
  if (!before.has_value()) return Refuse(kNotFound, "SALE_NOT_FOUND", "import the sale first", "sale_no");
  ASSIGN_OR_RETURN(const feed::HouseholdFact household, intake::FindHousehold(session, batch, record.household_no));
  Outcome outcome = Outcome::kUnchanged;
  ASSIGN_OR_RETURN(Sale after,
                   Assign(*before, {.household_id = household.id, .share_fen = record.share_fen}, &outcome));
  if (outcome == Outcome::kUnchanged) return outcome;
  ASSIGN_OR_RETURN(Producer producer, ProducerOf(session, household));
  // After this point both records change together.
  roots::Keep(producer.shares, {.sale_key = after.key, .sold_on = after.sold_on, .share_fen = record.share_fen},
              &ProducerShare::sale_key);
  session.Put(after);
  session.Put(producer);
  return outcome;
}

}  // namespace anju::channels
