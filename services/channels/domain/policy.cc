#include "services/channels/domain/policy.h"

#include "services/platform/base/error.h"

namespace anju::channels {
namespace {

using policy::Parameter;

constexpr char kStreet[] = "广西精准脱贫攻坚简报2018年第33期 西乡塘区扶贫产品展销街";
constexpr char kOurs[] = "平台默认值，文件未定";

Parameter One(absl::string_view name, const std::string& label_zh, const std::string& label_en, const std::string& unit,
              int64_t least, int64_t greatest, int64_t value, const std::string& document, const std::string& text) {
  return {.name = std::string(name),
          .label_zh = label_zh,
          .label_en = label_en,
          .unit = unit,
          .least = least,
          .greatest = greatest,
          .defaults = {{.since = Date(2016, 1, 1), .value = value, .document = document, .text = text}}};
}

Parameter Needed(absl::string_view name, const std::string& label_zh, const std::string& label_en) {
  return One(name, label_zh, label_en, "yes_no", 0, 1, 1, kStreet,
             "通过帮助注册商标、制作包装、申请生产许可证、申请初级农产品农残检测、建立追溯系统等，实现农产品标准化");
}

Parameter StandardOnly(ChannelKind kind, bool only, const std::string& kind_zh, const std::string& kind_en) {
  return One(StandardOnlyOf(kind), kind_zh + "只收标准化产品", "Standard products only: " + kind_en, "yes_no", 0, 1,
             only ? 1 : 0, only ? kStreet : kOurs,
             only ? "农产品标准化后便于在电商、大宗实体批发、实体连锁超市等渠道流通销售" : "非标产品可在此渠道销售");
}

}  // namespace

absl::string_view StandardOnlyOf(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kExhibitionStreet:
      return "standard_only_exhibition_street";
    case ChannelKind::kFlagshipShop:
      return "standard_only_flagship_shop";
    case ChannelKind::kOfflineShop:
      return "standard_only_offline_shop";
    case ChannelKind::kTownshipStation:
      return "standard_only_township_station";
    case ChannelKind::kMealTicketPoint:
      return "standard_only_meal_ticket_point";
    case ChannelKind::kSupermarket:
      return "standard_only_supermarket";
    case ChannelKind::kBulk:
      return "standard_only_bulk";
    case ChannelKind::kGroupPurchase:
      return "standard_only_group_purchase";
    case ChannelKind::kUnspecified:
      break;
  }
  ANJU_CHECK(false);
  return "";
}

const policy::Catalogue& Policies() {
  static const auto& policies = *new policy::Catalogue(
      {One(kLargestAmount, "单笔金额上限", "Largest single amount", "fen", 1'00, 1'000'000'000'00, 1'000'000'000'00,
           kOurs, "单笔超过10亿元应为小数点错位"),
       Needed(kTrademarkNeeded, "标准化产品须有商标", "A standard product has a trademark"),
       Needed(kPackagingNeeded, "标准化产品须有包装", "A standard product has packaging"),
       Needed(kLicenceNeeded, "标准化产品须有生产许可证", "A standard product has a production licence"),
       Needed(kResidueTestNeeded, "标准化产品须农残检测合格且在有效期内", "A standard product has a good residue test"),
       Needed(kTraceabilityNeeded, "标准化产品须可追溯", "A standard product can be traced"),
       StandardOnly(ChannelKind::kExhibitionStreet, false, "展销街", "exhibition streets"),
       StandardOnly(ChannelKind::kFlagshipShop, true, "电商旗舰店", "flagship shops"),
       StandardOnly(ChannelKind::kOfflineShop, false, "线下实体店", "offline shops"),
       StandardOnly(ChannelKind::kTownshipStation, true, "乡镇电商服务站", "township stations"),
       StandardOnly(ChannelKind::kMealTicketPoint, false, "农家饭票服务点", "meal ticket points"),
       StandardOnly(ChannelKind::kSupermarket, true, "商超", "supermarkets"),
       StandardOnly(ChannelKind::kBulk, true, "大宗批发", "wholesale"),
       StandardOnly(ChannelKind::kGroupPurchase, false, "团购", "group purchases")},
      {{.name = std::string(kStandardRule), .label_zh = "标准化产品", .label_en = "Standard products only"}});
  return policies;
}

}  // namespace anju::channels
