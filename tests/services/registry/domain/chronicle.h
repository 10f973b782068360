#pragma once

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "services/registry/domain/indicators.h"
#include "services/registry/domain/life.h"
#include "tests/support/stand.h"

// Random events of households, and beside them the plainest register that could be kept.
namespace anju::registry {

inline const std::vector<std::string> kVillages = {"450328100201", "450328101202", "451021001001"};
inline const Date kBegin(2016, 1, 15), kToday(2018, 11, 1);

// What happened, as the plainest of all registers would write it down.
struct Entry {
  Date on;
  EventKind kind;
  std::vector<std::string> names;
  std::string from, to, village;
  // The event of `from` that this is.
  int32_t number = 0;
};

// Who is where on a day, from the entries alone.
struct Register {
  std::map<std::string, std::string> household_of;
  std::map<std::string, std::string> village_of;
  std::map<std::string, bool> poor;

  void Replay(const Entry& entry) {
    for (const std::string& name : entry.names) {
      if (entry.to.empty()) {
        household_of.erase(name);
      } else {
        household_of[name] = entry.to;
      }
    }
    switch (entry.kind) {
      case EventKind::kRecorded:
        village_of[entry.to] = entry.village;
        poor[entry.to] = true;
        break;
      case EventKind::kSplit:
        village_of[entry.to] = entry.village.empty() ? village_of[entry.from] : entry.village;
        poor[entry.to] = poor[entry.from];
        break;
      case EventKind::kMove:
        village_of[entry.from] = entry.village;
        break;
      case EventKind::kExit:
      case EventKind::kFallBack:
        poor[entry.from] = entry.kind == EventKind::kFallBack;
        break;
      case EventKind::kMerge:
      case EventKind::kDissolution:
        village_of.erase(entry.from);
        break;
      default:
        break;
    }
  }
};

// Random events, those that are refused left out; beside them the plain register.
class Chronicle {
 public:
  explicit Chronicle(const std::string& engine, uint32_t seed)
      : stand(engine, {&roots::KindOf<Household>(), &roots::KindOf<HouseholdEvent>()}, Catalogue()), random_(seed) {
    stand.KnowDivision("450328");
    for (const std::string& village : kVillages) stand.KnowDivision(village);
    for (int i = 0; i < 4; ++i) {
      const std::string number = absl::StrCat("h", ++households_);
      EXPECT_TRUE(stand
                      .Import(ImportHousehold, {.household_no = number,
                                                .village = kVillages[i % 2],
                                                .household_class = HouseholdClass::kRegisteredPoor,
                                                .registered_on = kBegin})
                      .ok());
      Entry entry{.on = kBegin, .kind = EventKind::kRecorded, .to = number, .village = kVillages[i % 2]};
      for (int j = 0; j < 3; ++j) {
        entry.names.push_back(absl::StrCat("n", ++persons_));
        const Member member{
            .person_no = entry.names[j], .name = entry.names[j], .labour = Labour::kNone, .joined_on = kBegin};
        EXPECT_TRUE(stand.Import(ImportPerson, {.household_no = number, .member = member}).ok());
      }
      entries.push_back(entry);
    }
  }

  void Step() {
    now_ += Pick(4);
    stand.clock.Advance(absl::Seconds(1));
    std::vector<Household> all = All();
    std::erase_if(all, [](const Household& household) { return household.ended_on.has_value(); });
    Household& one = all[Pick(all.size())];
    const Household& two = all[Pick(all.size())];
    const std::string other = two.id, from = NumberOf(one), to = NumberOf(two);
    std::vector<Member> present;
    for (const Member& member : one.members) {
      if (!member.left_on.has_value()) present.push_back(member);
    }
    const Member* some = present.empty() ? nullptr : &present[Pick(present.size())];
    const Date on = now_;
    switch (Pick(9)) {
      case 0: {
        const std::string name = absl::StrCat("n", ++persons_);
        return Do(RecordBirth,
                  {.id = one.id, .person_no = name, .name = name, .born_on = on, .relation = Relation::kChild},
                  {on, EventKind::kBirth, {name}, from, from});
      }
      case 1:
        if (some == nullptr || Pick(2) == 0) return;
        return Do(RecordDeath, {.id = one.id, .person_no = some->person_no, .died_on = on},
                  {on, EventKind::kDeath, {some->name}, from});
      case 2: {
        if (some == nullptr) return;
        const std::string number = absl::StrCat("h", ++households_);
        const std::string village = Pick(2) == 0 ? "" : kVillages[Pick(3)];
        Split split{.id = one.id, .happened_on = on, .household_no = number, .village = village};
        Entry entry{on, EventKind::kSplit, {}, from, number, village};
        for (const Member& member : present) {
          if (&member != some && Pick(2) == 0) continue;
          split.person_nos.push_back(member.person_no);
          entry.names.push_back(member.name);
        }
        split.head = some->person_no;
        return Do(SplitHousehold, split, entry);
      }
      case 3: {
        if (Pick(3) != 0) return;
        Entry entry{on, EventKind::kMerge, {}, from, to};
        for (const Member& member : present) entry.names.push_back(member.name);
        return Do(MergeHouseholds, {.id = one.id, .into = other, .happened_on = on}, entry);
      }
      case 4: {
        const std::string village = kVillages[Pick(3)];
        return Do(TransferHousehold, {.id = one.id, .happened_on = on, .village = village},
                  {on, EventKind::kMove, {}, from, "", village});
      }
      case 5:
        if (some == nullptr) return;
        return Do(TransferMember,
                  {.id = one.id,
                   .person_no = some->person_no,
                   .into = other,
                   .happened_on = on,
                   .relation = Relation::kOther},
                  {on, EventKind::kMemberTransfer, {some->name}, from, to});
      case 6:
        return Do(ExitPoverty, {.id = one.id, .happened_on = on}, {on, EventKind::kExit, {}, from});
      case 7:
        return Do(FallBackIntoPoverty, {.id = one.id, .happened_on = on}, {on, EventKind::kFallBack, {}, from});
      default:
        return TakeBackLast();
    }
  }

  std::vector<Household> All() {
    std::vector<Household> all;
    auto page = stand.store.List(Household::kKind, "45", "", 1000);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const roots::StoredRoot& stored : page->roots) all.push_back(*std::any_cast<Household>(&stored.root));
    return all;
  }
  static std::string NumberOf(const Household& household) { return household.key.substr(household.key.rfind('/') + 1); }

  testing::Stand stand;
  std::vector<Entry> entries;
  int done = 0, taken_back = 0;

 private:
  size_t Pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }

  template <typename Value>
  absl::Status Try(absl::StatusOr<Household> (*verb)(const Office&, const Value&), const Value& value) {
    return stand.store.Change({}, [&](roots::Session& session) {
      return verb({.session = session,
                   .act = {.by = "tester", .today = kToday},
                   .may = [](absl::string_view) { return absl::OkStatus(); }},
                  value)
          .status();
    });
  }

  template <typename Value>
  void Do(absl::StatusOr<Household> (*verb)(const Office&, const Value&), const Value& value, Entry entry) {
    const absl::Status status = Try(verb, value);
    ASSERT_TRUE(status.ok() || IsRefusal(status)) << status;
    if (!status.ok()) return;
    for (const Household& household : All()) {
      if (NumberOf(household) == entry.from) entry.number = household.events;
    }
    entries.push_back(std::move(entry));
    ++done;
  }

  void TakeBackLast() {
    if (entries.size() <= 4) return;
    const size_t which = entries.size() - 1 - Pick(std::min<size_t>(5, entries.size() - 4));
    const Entry entry = entries[which];
    for (const Household& household : All()) {
      if (NumberOf(household) != entry.from) continue;
      const absl::Status status =
          Try<Correction>(CorrectEvent, {.id = household.id, .number = entry.number, .reason = "误录"});
      ASSERT_TRUE(status.ok() || IsRefusal(status)) << status;
      if (!status.ok()) return;
      entries.erase(entries.begin() + static_cast<int64_t>(which));
      ++taken_back;
      return;
    }
  }

  std::mt19937 random_;
  Date now_ = kBegin;
  int households_ = 0, persons_ = 0;
};

}  // namespace anju::registry
