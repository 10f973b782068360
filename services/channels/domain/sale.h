#pragma once

#include <optional>
#include <string>
#include <vector>

#include "services/channels/domain/channel.h"
#include "services/channels/domain/product.h"
#include "services/platform/intake/batch.h"
#include "services/platform/roots/session.h"

namespace anju::channels {

// No sale is shared by more households.
inline constexpr size_t kMostShares = 1000;

enum class BuyerKind : int32_t { kUnspecified = 0, kConsumer = 1, kEnterprise = 2, kPublicBody = 3 };

// What of a sale is a household's.
struct SaleShare {
  std::string household_id;
  int64_t share_fen = 0;

  void Fields(Archive& archive) {
    archive("household_id", household_id);
    archive("share_fen", share_fen);
  }
  friend bool operator==(const SaleShare&, const SaleShare&) = default;
};

// One sale, and whose goods it was.
struct Sale {
  static constexpr absl::string_view kKind = "sale";
  std::string id;
  // `<division>/<source>/<sale_no>`.
  std::string key;
  std::string channel_key;
  std::string product_key;
  Date sold_on;
  int64_t quantity_milli = 0;
  std::string unit;
  int64_t amount_fen = 0;
  BuyerKind buyer_kind = BuyerKind::kUnspecified;
  std::vector<SaleShare> shares;
  // Of the channel.
  ChannelKind channel_kind = ChannelKind::kUnspecified;
  std::string location;
  // On its product; see explain.h.
  std::vector<policy::Decision> decisions;

  void Shown(Archive& archive) {
    archive("id", id);
    archive("key", key);
    archive("channel_key", channel_key);
    archive("product_key", product_key);
    archive("sold_on", sold_on);
    archive("quantity_milli", quantity_milli);
    archive("unit", unit);
    archive("amount_fen", amount_fen);
    archive("buyer_kind", buyer_kind);
    archive("shares", shares);
    archive("channel_kind", channel_kind);
    archive("location", location);
  }
  void Fields(Archive& archive) {
    Shown(archive);
    archive("decisions", decisions);
  }
  std::string Division() const { return location; }
  friend bool operator==(const Sale&, const Sale&) = default;
};

// What it adds to the figures; see indicators.cc.
tally::Contributions Contributions(const Sale& sale);
std::vector<roots::Name> Links(const Sale& sale);

// A row of anju.channels.v1.SaleRecord.
struct SaleRecord {
  std::string sale_no;
  std::string channel_no;
  std::string product_no;
  Date sold_on;
  int64_t quantity_milli = 0;
  std::string unit;
  int64_t amount_fen = 0;
  BuyerKind buyer_kind = BuyerKind::kUnspecified;

  void Fields(Archive& archive) {
    archive("sale_no", sale_no);
    archive("channel_no", channel_no);
    archive("product_no", product_no);
    archive("sold_on", sold_on);
    archive("quantity_milli", quantity_milli);
    archive("unit", unit);
    archive("amount_fen", amount_fen);
    archive("buyer_kind", buyer_kind);
  }
};

// A row of anju.channels.v1.SaleShareRecord.
struct SaleShareRecord {
  std::string sale_no;
  std::string household_no;
  int64_t share_fen = 0;

  void Fields(Archive& archive) {
    archive("sale_no", sale_no);
    archive("household_no", household_no);
    archive("share_fen", share_fen);
  }
};

// What a sale becomes when it is recorded so; its shares stay. The same again is not decided again. Pure. Refuses, in
// this order, with QUANTITY_NOT_POSITIVE, AMOUNT_NOT_POSITIVE, AMOUNT_TOO_LARGE, CHANNEL_NOT_OPEN, UNIT_MISMATCH,
// PRODUCT_NOT_STANDARD and SHARES_EXCEED_SALE.
absl::StatusOr<Sale> Record(const std::optional<Sale>& before, const SaleRecord& record, const std::string& key,
                            const Channel& channel, const Product& product, const policy::Books& books);

// What a sale becomes when a household has this share in it. Pure. Refuses, in this order, with AMOUNT_NOT_POSITIVE,
// SHARES_EXCEED_SALE and TOO_MANY_SHARES.
absl::StatusOr<Sale> Assign(const Sale& before, const SaleShare& share, roots::Outcome* outcome);

// Use cases.
absl::StatusOr<roots::Outcome> ImportSale(roots::Session& session, const intake::Batch& batch,
                                          const SaleRecord& record);
absl::StatusOr<roots::Outcome> ImportSaleShare(roots::Session& session, const intake::Batch& batch,
                                               const SaleShareRecord& record);

}  // namespace anju::channels
