#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/registry/domain/quality/rule.h"

namespace anju::registry {
namespace {

constexpr int32_t kWorkingAge = 16;
constexpr int32_t kAdult = 18;
// When nobody studies any more.
constexpr int32_t kGrown = 24;
constexpr int32_t kRetired = 60;
constexpr int32_t kOldest = 110;
constexpr int32_t kLeastGeneration = 15;
// Beyond a surname of two and a given name of four characters there are only names with a dot, of minorities.
constexpr int64_t kLongestName = 6;
constexpr int64_t kLongestDottedName = 20;
constexpr absl::string_view kDot = "·";

// The first two digits of an ID number: provinces, and Hong Kong, Macau and Taiwan with their residence permits.
bool IsProvince(absl::string_view code) {
  static constexpr absl::string_view kProvinces[] = {
      "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43",
      "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83"};
  return std::find(std::begin(kProvinces), std::end(kProvinces), code) != std::end(kProvinces);
}

// 18 characters with 17 digits, whatever they say.
bool HasParts(const PersonView& person) { return person.id_shape >= IdShape::kImpossibleBirth; }
absl::string_view Part(const PersonView& person, size_t from, size_t size) {
  return absl::string_view(person.member->id_number).substr(from, size);
}

int64_t Characters(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool AnyCharacter(absl::string_view text, bool (*test)(unsigned char)) {
  return std::any_of(text.begin(), text.end(), [&](char c) { return test(static_cast<unsigned char>(c)); });
}

bool IsPlaceholder(absl::string_view name) {
  static constexpr absl::string_view kWords[] = {"不详", "不明", "未知", "无",   "无名",     "无名氏", "某某", "某人",
                                                 "待定", "待查", "测试", "暂无", "未取名字", "未取名", "空"};
  return std::find(std::begin(kWords), std::end(kWords), name) != std::end(kWords);
}

bool Present(const PersonView& person, Relation relation) {
  return person.present && person.member->relation == relation;
}

// By how many years the head is older; nothing when an age is not known.
std::optional<int32_t> HeadOlderBy(const View& view, const PersonView& person) {
  if (view.head == nullptr || view.head->age < 0 || person.age < 0) return std::nullopt;
  return view.head->age - person.age;
}

bool SharesWithEarlier(const View& view, const PersonView& person, std::string Member::*field) {
  const std::string& value = person.member->*field;
  if (value.empty()) return false;
  for (const PersonView& other : view.persons) {
    if (&other == &person) return false;
    if (other.present && other.member->*field == value) return true;
  }
  return false;
}

bool Overlaps(const Member& a, const Member& b) {
  return (!a.left_on.has_value() || b.joined_on < *a.left_on) && (!b.left_on.has_value() || a.joined_on < *b.left_on);
}

Rules NumberRules() {
  return {
      {.id = "P001",
       .title_zh = "缺身份证号",
       .title_en = "ID number missing",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "满周岁的成员没有身份证号。到户查看户口簿或身份证并补录；未上户口的协助办理。",
       .present = [](const View&, const PersonView& p) { return p.id_shape == IdShape::kMissing && p.age != 0; }},
      {.id = "P002",
       .title_zh = "身份证号格式错误",
       .title_en = "ID number malformed",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "身份证号应为17位数字加一位校验码。按证件原件重录。",
       .present = [](const View&, const PersonView& p) { return p.id_shape == IdShape::kMalformed; }},
      {.id = "P003",
       .title_zh = "使用15位旧身份证号",
       .title_en = "ID number of 15 digits",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "15位号码已停用。向派出所核对18位公民身份号码后更正。",
       .present = [](const View&, const PersonView& p) { return p.id_shape == IdShape::kFifteenDigits; }},
      {.id = "P004",
       .title_zh = "身份证号校验码错误",
       .title_en = "ID number checksum wrong",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "末位校验码与前17位不符，多为录错一位。对照证件逐位核对。",
       .present = [](const View&, const PersonView& p) { return p.id_shape == IdShape::kBadChecksum; }},
      {.id = "P005",
       .title_zh = "身份证号中的出生日期不存在",
       .title_en = "Birth date in the ID number impossible",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "第7至14位不是存在的日期。对照证件更正。",
       .present = [](const View&, const PersonView& p) { return p.id_shape == IdShape::kImpossibleBirth; }},
      {.id = "P006",
       .title_zh = "身份证号省级代码不存在",
       .title_en = "ID number of no province",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "前两位不是任何省级行政区划代码。对照证件更正。",
       .present = [](const View&, const PersonView& p) { return HasParts(p) && !IsProvince(Part(p, 0, 2)); }},
      {.id = "P007",
       .title_zh = "身份证号无市县代码",
       .title_en = "ID number of no county",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "第3至6位含00，不是县级代码，多为凑数号码。对照证件更正。",
       .present = [](const View&,
                     const PersonView& p) { return HasParts(p) && (Part(p, 2, 2) == "00" || Part(p, 4, 2) == "00"); }},
      {.id = "P008",
       .title_zh = "身份证号顺序码为000",
       .title_en = "ID number sequence 000",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "顺序码从001起编，000是编造的号码。对照证件更正。",
       .present = [](const View&, const PersonView& p) { return HasParts(p) && Part(p, 14, 3) == "000"; }},
      {.id = "P009",
       .title_zh = "子女身份证号属外省",
       .title_en = "Child's ID number of another province",
       .severity = Severity::kNotice,
       .mender = Mender::kTownship,
       .days = 60,
       .explanation = "子女的号码不是户籍所在省的。核实户口是否在本户，或号码是否录错。",
       .present =
           [](const View& view, const PersonView& p) {
             return p.member->relation == Relation::kChild && HasParts(p) && IsProvince(Part(p, 0, 2)) &&
                    Part(p, 0, 2) != absl::string_view(view.household.residences.front().village).substr(0, 2);
           }},
      {.id = "P010",
       .title_zh = "户内身份证号重复",
       .title_en = "Same ID number twice in the household",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 7,
       .explanation = "同户两名在册成员号码相同：或重复录入，或录错号码。删除重复或更正。",
       .present = [](const View& view, const PersonView& p) { return SharesWithEarlier(view, p, &Member::id_number); }},
      {.id = "P011",
       .title_zh = "同一人两段在户时间重叠",
       .title_en = "One person's memberships overlap",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "已离户的记录与另一条同号记录时间重叠，人数被重复计算。更正离户或入户日期。",
       .anybody =
           [](const View& view, const PersonView& p) {
             return !p.present && !p.member->id_number.empty() &&
                    std::any_of(view.persons.begin(), view.persons.end(), [&](const PersonView& other) {
                      return &other != &p && other.member->id_number == p.member->id_number &&
                             Overlaps(*other.member, *p.member);
                    });
           }},
  };
}

Rules BirthAndSexRules() {
  return {
      {.id = "P021",
       .title_zh = "出生日期不明",
       .title_en = "Birth date unknown",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "既无出生日期，号码也读不出生日，年龄类政策无法判断。补录。",
       .present = [](const View&, const PersonView& p) { return !p.born_on.has_value(); }},
      {.id = "P022",
       .title_zh = "出生日期与身份证号不符",
       .title_en = "Birth date contradicts the ID number",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "登记的出生日期与号码中的不同。以户口簿为准更正其一。",
       .present =
           [](const View&, const PersonView& p) {
             return p.id_shape == IdShape::kGood && p.member->born_on.has_value() &&
                    *p.member->born_on != p.identity.born_on;
           }},
      {.id = "P023",
       .title_zh = "性别不明",
       .title_en = "Sex unknown",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "未登记性别。补录。",
       .present =
           [](const View&, const PersonView& p) {
             return p.member->sex == Sex::kUnspecified && p.id_shape != IdShape::kGood;
           }},
      {.id = "P024",
       .title_zh = "性别与身份证号不符",
       .title_en = "Sex contradicts the ID number",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "第17位单数为男、双数为女，与登记的性别不符。更正其一。",
       .present =
           [](const View&, const PersonView& p) {
             return p.id_shape == IdShape::kGood && p.member->sex != Sex::kUnspecified &&
                    p.member->sex != p.identity.sex;
           }},
      {.id = "P025",
       .title_zh = "出生日期在将来",
       .title_en = "Born in the future",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 7,
       .explanation = "出生日期晚于今天。更正。",
       .anybody = [](const View& view,
                     const PersonView& p) { return p.born_on.has_value() && *p.born_on > view.today; }},
      {.id = "P026",
       .title_zh = "年龄超过110岁",
       .title_en = "Older than 110",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "年龄异常，多为已故未销户或年份录错。入户核实。",
       .present = [](const View&, const PersonView& p) { return p.age > kOldest; }},
      {.id = "P027",
       .title_zh = "入户早于出生",
       .title_en = "Joined before birth",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "入户日期早于出生日期。更正其一。",
       .anybody = [](const View&,
                     const PersonView& p) { return p.born_on.has_value() && p.member->joined_on < *p.born_on; }},
  };
}

Rules NameRules() {
  return {
      {.id = "P031",
       .title_zh = "姓名为空",
       .title_en = "Name empty",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 7,
       .explanation = "没有姓名的成员无法核实。补录。",
       .present = [](const View&, const PersonView& p) { return p.member->name.empty(); }},
      {.id = "P032",
       .title_zh = "姓名含数字或字母",
       .title_en = "Name with digits or letters",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "姓名应为汉字，生僻字请用国标字库录入，不以拼音代替。",
       .present = [](const View&, const PersonView& p) { return AnyCharacter(p.member->name, absl::ascii_isalnum); }},
      {.id = "P033",
       .title_zh = "姓名为占位词",
       .title_en = "Placeholder for a name",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "“不详”“无名”“测试”等不是姓名。入户核实后补录。",
       .present = [](const View&, const PersonView& p) { return IsPlaceholder(p.member->name); }},
      {.id = "P034",
       .title_zh = "姓名过长",
       .title_en = "Name too long",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "无间隔号的姓名超过6个字，多为两人并作一行或附注写入姓名。拆分或更正。",
       .present =
           [](const View&, const PersonView& p) {
             return Characters(p.member->name) >
                    (absl::StrContains(p.member->name, kDot) ? kLongestDottedName : kLongestName);
           }},
      {.id = "P035",
       .title_zh = "姓名只有一个字",
       .title_en = "Name of one character",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "只录了姓或名。补全。",
       .present =
           [](const View&, const PersonView& p) {
             return Characters(p.member->name) == 1 && !IsPlaceholder(p.member->name);
           }},
      {.id = "P036",
       .title_zh = "姓名含空格或符号",
       .title_en = "Name with spaces or signs",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "姓名中除间隔号外不应有空格、括号等符号，否则与其他部门比对不上。删除。",
       .present =
           [](const View&, const PersonView& p) {
             return AnyCharacter(p.member->name,
                                 [](unsigned char c) { return absl::ascii_isspace(c) || absl::ascii_ispunct(c); });
           }},
      {.id = "P037",
       .title_zh = "户内同名",
       .title_en = "Same name twice in the household",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "同户两名在册成员同名，多为重复录入。核实后删除重复。",
       .present = [](const View& view, const PersonView& p) { return SharesWithEarlier(view, p, &Member::name); }},
  };
}

Rules RelationRules() {
  return {
      {.id = "P041",
       .title_zh = "与户主关系不明",
       .title_en = "Relation to the head unknown",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "未登记与户主关系。补录。",
       .present = [](const View&, const PersonView& p) { return p.member->relation == Relation::kUnspecified; }},
      {.id = "P042",
       .title_zh = "子女年长于户主",
       .title_en = "Child older than the head",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "登记为子女的成员比户主年长。更正关系或出生日期。",
       .present =
           [](const View& view, const PersonView& p) {
             return Present(p, Relation::kChild) && HeadOlderBy(view, p).value_or(0) < 0;
           }},
      {.id = "P043",
       .title_zh = "子女与户主年龄差不足15岁",
       .title_en = "Child less than 15 years younger than the head",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "年龄差过小，可能是兄弟姐妹或继子女误登。核实关系。",
       .present =
           [](const View& view, const PersonView& p) {
             const int32_t older = HeadOlderBy(view, p).value_or(kLeastGeneration);
             return Present(p, Relation::kChild) && older >= 0 && older < kLeastGeneration;
           }},
      {.id = "P044",
       .title_zh = "父母比户主年轻",
       .title_en = "Parent younger than the head",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "登记为父母的成员比户主年轻。更正关系或出生日期。",
       .present =
           [](const View& view, const PersonView& p) {
             return Present(p, Relation::kParent) && HeadOlderBy(view, p).value_or(0) > 0;
           }},
      {.id = "P045",
       .title_zh = "父母与户主年龄差不足15岁",
       .title_en = "Parent less than 15 years older than the head",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "年龄差过小，可能是继父母或关系误登。核实关系。",
       .present =
           [](const View& view, const PersonView& p) {
             const int32_t younger = -HeadOlderBy(view, p).value_or(-kLeastGeneration);
             return Present(p, Relation::kParent) && younger >= 0 && younger < kLeastGeneration;
           }},
      {.id = "P046",
       .title_zh = "配偶未到法定婚龄",
       .title_en = "Spouse under the marriage age",
       .severity = Severity::kWarning,
       .mender = Mender::kTownship,
       .days = 30,
       .explanation = "男22周岁、女20周岁方可结婚（民法典第1047条）。核实年龄与婚姻登记。",
       .present =
           [](const View&, const PersonView& p) {
             return Present(p, Relation::kSpouse) && p.Aged(0, p.member->sex == Sex::kFemale ? 19 : 21);
           }},
      {.id = "P047",
       .title_zh = "配偶与户主同性",
       .title_en = "Spouse of the head's sex",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "夫妻登记为同一性别。更正性别或关系。",
       .present =
           [](const View& view, const PersonView& p) {
             return Present(p, Relation::kSpouse) && view.head != nullptr && p.member->sex != Sex::kUnspecified &&
                    p.member->sex == view.head->member->sex;
           }},
      {.id = "P048",
       .title_zh = "夫妻年龄差超过40岁",
       .title_en = "Spouses more than 40 years apart",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "年龄差异常，可能是把子女或父母登记为配偶。核实关系。",
       .present =
           [](const View& view, const PersonView& p) {
             const int32_t older = HeadOlderBy(view, p).value_or(0);
             return Present(p, Relation::kSpouse) && (older > 40 || older < -40);
           }},
      {.id = "P049",
       .title_zh = "未成年人为户主",
       .title_en = "Minor as head beside an adult",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "户内有成年人而户主未满18周岁。变更户主。",
       .present =
           [](const View& view, const PersonView& p) {
             return Present(p, Relation::kHead) && p.Aged(0, kAdult - 1) &&
                    view.Count([](const PersonView& other) { return other.age >= kAdult; }) > 0;
           }},
  };
}

Rules LabourRules() {
  return {
      {.id = "P051",
       .title_zh = "劳动能力不明",
       .title_en = "Labour unknown",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "未登记劳动能力，帮扶措施无法安排。补录。",
       .present = [](const View&, const PersonView& p) { return p.member->labour == Labour::kUnspecified; }},
      {.id = "P052",
       .title_zh = "未满16岁登记有劳动能力",
       .title_en = "Under 16 with labour",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "16周岁以下不计劳动力。更正劳动能力或出生日期。",
       .present = [](const View&, const PersonView& p) { return p.CanWork() && p.Aged(0, kWorkingAge - 1); }},
      {.id = "P053",
       .title_zh = "80岁以上登记为普通或技能劳动力",
       .title_en = "80 or older with full labour",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "高龄老人一般不计为完全劳动力。核实后改为弱、半劳动力或无劳动力。",
       .present = [](const View&, const PersonView& p) { return p.age >= 80 && p.member->labour >= Labour::kFull; }},
      {.id = "P054",
       .title_zh = "劳动年龄无劳动能力且无原因",
       .title_en = "No labour at working age without a reason",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "24至59岁登记为无劳动力，既不在校也无疾病、残疾。补录健康或在校状况，或更正劳动能力。",
       .present =
           [](const View&, const PersonView& p) {
             return p.member->labour == Labour::kNone && p.Aged(kGrown, kRetired - 1) &&
                    p.member->health <= Health::kHealthy && p.member->schooling <= Schooling::kNone;
           }},
      {.id = "P055",
       .title_zh = "大病或残疾登记为普通劳动力",
       .title_en = "Seriously ill or disabled with full labour",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "患大病或残疾的成员登记为普通、技能劳动力。核实健康状况与劳动能力。",
       .present =
           [](const View&, const PersonView& p) {
             return p.member->health >= Health::kSerious && p.member->labour >= Labour::kFull;
           }},
      {.id = "P056",
       .title_zh = "在校生登记有劳动能力",
       .title_en = "At school and counted as labour",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "在读学生不计劳动力。更正在校状况或劳动能力。",
       .present = [](const View&,
                     const PersonView& p) { return p.member->schooling > Schooling::kNone && p.CanWork(); }},
  };
}

Rules SchoolRules() {
  return {
      {.id = "P061",
       .title_zh = "义务教育阶段不在校",
       .title_en = "Of school age and not at school",
       .severity = Severity::kError,
       .mender = Mender::kDepartment,
       .days = 7,
       .explanation = "7至15周岁登记为不在校。教育部门控辍保学核查，确属不能入学的记录原因。",
       .present = [](const View&,
                     const PersonView& p) { return p.member->schooling == Schooling::kNone && p.Aged(7, 15); }},
      {.id = "P062",
       .title_zh = "成年仍登记为义务教育在读",
       .title_en = "Adult at primary or junior school",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "满19周岁仍登记为小学或初中在读，多为未更新。更正在校状况。",
       .present =
           [](const View&, const PersonView& p) {
             return p.age >= 19 &&
                    (p.member->schooling == Schooling::kPrimary || p.member->schooling == Schooling::kJunior);
           }},
      {.id = "P063",
       .title_zh = "年龄过小而登记为高中以上",
       .title_en = "Too young for senior school",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "不满13周岁登记为高中或高等教育在读。更正在校状况或出生日期。",
       .present = [](const View&,
                     const PersonView& p) { return p.Aged(0, 12) && p.member->schooling >= Schooling::kSenior; }},
      {.id = "P064",
       .title_zh = "不满5岁登记为小学或初中在读",
       .title_en = "Under 5 at primary or junior school",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 30,
       .explanation = "不满5周岁不可能就读小学、初中。更正在校状况或出生日期。",
       .present =
           [](const View&, const PersonView& p) {
             return p.Aged(0, 4) &&
                    (p.member->schooling == Schooling::kPrimary || p.member->schooling == Schooling::kJunior);
           }},
  };
}

Rules MembershipRules() {
  return {
      {.id = "P071",
       .title_zh = "入户日期在将来",
       .title_en = "Joined in the future",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "入户日期晚于今天，该成员尚不计入人数。更正。",
       .anybody = [](const View& view, const PersonView& p) { return p.member->joined_on > view.today; }},
      {.id = "P072",
       .title_zh = "离户早于入户",
       .title_en = "Left before joining",
       .severity = Severity::kError,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "离户日期早于入户日期，该成员从未计入人数。更正。",
       .anybody =
           [](const View&, const PersonView& p) {
             return p.member->left_on.has_value() && *p.member->left_on < p.member->joined_on;
           }},
      {.id = "P073",
       .title_zh = "离户日期在将来",
       .title_en = "Left in the future",
       .severity = Severity::kWarning,
       .mender = Mender::kVillage,
       .days = 15,
       .explanation = "离户日期晚于今天，至今仍计入人数。核实是否已离户。",
       .anybody = [](const View& view,
                     const PersonView& p) { return p.member->left_on.has_value() && *p.member->left_on > view.today; }},
      {.id = "P074",
       .title_zh = "入户当日离户",
       .title_en = "Joined and left on one day",
       .severity = Severity::kNotice,
       .mender = Mender::kVillage,
       .days = 60,
       .explanation = "入户与离户为同一天，多为误录。核实后删除或更正。",
       .anybody = [](const View&, const PersonView& p) { return p.member->left_on == p.member->joined_on; }},
  };
}

}  // namespace

const Rules& PersonRules() {
  static const auto& rules = *[] {
    auto* all = new Rules;
    for (Rules (*family)() :
         {NumberRules, BirthAndSexRules, NameRules, RelationRules, LabourRules, SchoolRules, MembershipRules}) {
      for (Rule& rule : family()) all->push_back(rule);
    }
    return all;
  }();
  return rules;
}

}  // namespace anju::registry
