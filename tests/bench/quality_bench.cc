// How fast the rules of quality are: 1,000,000 persons in 250,000 households, made by their numbers with errors sown
// in, evaluated in full on two threads; and one household again. First the rules alone, then through a SQLite database
// with everything on. Beside each stands what reading the same records costs in the same run.
//
//   build/default/bin/quality_bench [households]

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <thread>

#include "absl/strings/str_format.h"
#include "services/platform/base/clock.h"
#include "services/platform/base/error.h"
#include "services/platform/roots/schema.h"
#include "services/platform/storage/database.h"
#include "services/registry/rpc/evaluator.h"

namespace anju::registry {
namespace {

constexpr int kThreads = 2;
constexpr int kPersons = 4;
constexpr int kChunk = 20'000;
constexpr int kPutAtOnce = 500;
constexpr int64_t kPage = 1000;
constexpr const char* kTownships[kThreads] = {"450328100", "450328101"};
constexpr char kChecks[] = "10X98765432";
constexpr int kWeights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  std::exit(1);
}

std::string IdNumber(Date born_on, int sequence) {
  std::string id = absl::StrFormat("450328%04d%02d%02d%03d", born_on.year(), born_on.month(), born_on.day(), sequence);
  int sum = 0;
  for (int i = 0; i < 17; ++i) sum += (id[i] - '0') * kWeights[i];
  return id + kChecks[sum % 11];
}

Member MakeMember(int household, int i) {
  static constexpr Relation kRelations[kPersons] = {Relation::kHead, Relation::kSpouse, Relation::kChild,
                                                    Relation::kParent};
  static constexpr int kYears[kPersons] = {1975, 1977, 2008, 1950};
  const Sex sex = i == 1 || (i == 2 && household % 3 == 0) ? Sex::kFemale : Sex::kMale;
  // Every person has a number of their own: a birthday and a sequence number within it.
  const Date born_on = Date(kYears[i] + household / 180'000, 1, 1) + household % 360;
  const int sequence = household / 360 % 500 * 2 + (sex == Sex::kMale ? 1 : 0);
  return {.person_no = absl::StrFormat("%d", i + 1),
          .name = absl::StrFormat("例%s%s", i % 2 == 0 ? "甲" : "乙", i < 2 ? "丙" : "丁"),
          .id_number = IdNumber(born_on, sequence),
          .sex = sex,
          .born_on = born_on,
          .relation = kRelations[i],
          .labour = i < 2 ? Labour::kFull : Labour::kNone,
          .joined_on = Date(2016, 1, 15)};
}

// One household in ten has an error, of one of eight kinds.
Household MakeHousehold(int number) {
  Household household{
      .key = absl::StrFormat("450328/bench/%07d", number),
      .residences = {{.since = Date(2016, 1, 15),
                      .village = absl::StrFormat("%s%03d", kTownships[number % kThreads], 200 + number / 2 % 100)}},
      .classifications = {{.since = Date(2016, 1, 15), .household_class = HouseholdClass::kRegisteredPoor}},
      .registered_on = Date(2016, 1, 15)};
  for (int i = 0; i < kPersons; ++i) household.members.push_back(MakeMember(number, i));
  if (number % 10 != 0) return household;
  Member& head = household.members[0];
  switch (number / 10 % 8) {
    case 0:
      head.id_number = "";
      break;
    case 1:
      head.id_number[17] = head.id_number[17] == '1' ? '2' : '1';
      break;
    case 2:
      head.relation = Relation::kOther;
      break;
    case 3:
      household.members[2].labour = Labour::kFull;
      break;
    case 4:
      household.members[3].born_on = Date(1980, 1, 1);
      break;
    case 5:
      head.name = "不详";
      break;
    case 6:
      household.exited_on = Date(2016, 2, 1);
      break;
    case 7:
      household.members[1].sex = Sex::kMale;
      break;
  }
  return household;
}

// Runs `work(thread)` on two threads, and answers the seconds.
double Timed(const std::function<void(int)>& work) {
  const absl::Time started = absl::Now();
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&work, i] { work(i); });
  for (std::thread& thread : threads) thread.join();
  return absl::ToDoubleSeconds(absl::Now() - started);
}

void BenchRules(int households) {
  double decode = 0, evaluate = 0;
  std::atomic<int64_t> hits = 0, members = 0;
  for (int begin = 0; begin < households; begin += kChunk) {
    std::vector<std::string> bodies;
    for (int i = begin; i < std::min(households, begin + kChunk); ++i)
      bodies.push_back(roots::ToJson(MakeHousehold(i)));
    decode += Timed([&](int thread) {
      for (size_t i = thread; i < bodies.size(); i += kThreads) {
        members += static_cast<int64_t>(roots::FromJson<Household>(bodies[i])->members.size());
      }
    });
    evaluate += Timed([&](int thread) {
      const Others others;
      for (size_t i = thread; i < bodies.size(); i += kThreads) {
        const Household household = *roots::FromJson<Household>(bodies[i]);
        hits += static_cast<int64_t>(Evaluate(View(household, others, Date(2018, 11, 1))).size());
      }
    });
  }
  std::printf(
      "rules alone: %zu rules over %lld persons: %.1f s with decoding, %.1f s of it decoding (ratio %.2f); "
      "%lld hits\n",
      Library().size(), static_cast<long long>(members), evaluate, decode, evaluate / decode,
      static_cast<long long>(hits));
}

class Bench {
 public:
  explicit Bench(storage::Database& database)
      : clock_(absl::FromCivil(absl::CivilDay(2018, 11, 1), absl::UTCTimeZone()) + absl::Hours(4)),
        store_(database, clock_, {&roots::KindOf<Household>(), &roots::KindOf<Others>(), &roots::KindOf<Finding>()},
               nullptr, [](const std::set<std::string>&) {}),
        evaluator_(store_) {}

  void Fill(int households) {
    for (int begin = 0; begin < households; begin += kPutAtOnce) {
      Must(store_.Change(actor_, [&](roots::Session& session) -> absl::Status {
        for (int i = begin; i < std::min(households, begin + kPutAtOnce); ++i) {
          Household household = MakeHousehold(i);
          session.Put(household);
        }
        return absl::OkStatus();
      }));
    }
  }

  double Read() {
    return Timed([&](int thread) {
      std::string token;
      do {
        auto page = store_.List(Household::kKind, kTownships[thread], token, kPage);
        Must(page.status());
        token = page->next_page_token;
      } while (!token.empty());
    });
  }

  double EvaluateAll(Evaluation& total) {
    std::vector<Evaluation> parts(kThreads);
    const double seconds = Timed([&](int thread) {
      std::string token;
      do {
        auto page = evaluator_.EvaluatePage(actor_, kTownships[thread], token, kPage);
        Must(page.status());
        parts[thread].Add(page->evaluation);
        token = page->next_page_token;
      } while (!token.empty());
    });
    total = Evaluation();
    for (const Evaluation& part : parts) total.Add(part);
    return seconds;
  }

  // Microseconds for one household: when nothing changes, and when a finding opens or closes each time.
  void One() {
    const auto page = store_.List(Household::kKind, kTownships[0], "", 1000);
    Must(page.status());
    constexpr int kTimes = 1000;
    absl::Time started = absl::Now();
    for (int i = 0; i < kTimes; ++i) {
      Must(store_.Look([&](roots::Session& session) {
        return EvaluateHousehold(session, page->roots[i % page->roots.size()].id).status();
      }));
    }
    const double same = absl::ToDoubleMicroseconds(absl::Now() - started) / kTimes;
    started = absl::Now();
    for (int i = 0; i < kTimes; ++i) {
      Must(store_.Change(actor_, [&](roots::Session& session) -> absl::Status {
        ASSIGN_OR_RETURN(std::optional<Household> household, session.Get<Household>(page->roots[i % 100].id));
        const Household& original = *std::any_cast<Household>(&page->roots[i % 100].root);
        household->members[1].id_number = i / 100 % 2 == 0 ? "" : original.members[1].id_number;
        session.Put(*household);
        return EvaluateHousehold(session, household->id).status();
      }));
    }
    const double changed = absl::ToDoubleMicroseconds(absl::Now() - started) / kTimes;
    std::printf("one household: %.0f us when its findings stay, %.0f us with its own write, a finding and the commit\n",
                same, changed);
  }

 private:
  const FakeClock clock_;
  roots::Store store_;
  Evaluator evaluator_;
  const roots::Actor actor_{.subject = "bench", .method = "bench"};
};

void Run(int households) {
  BenchRules(households);
  const std::string folder = std::filesystem::temp_directory_path() / absl::StrFormat("anju_quality_%d", getpid());
  std::filesystem::create_directories(folder);
  {
    auto database = storage::Database::Open("sqlite:" + folder + "/bench.db");
    Must(database.status());
    Must(storage::Migrate(**database, "platform", roots::PlatformMigrations()));
    Bench bench(**database);
    const absl::Time started = absl::Now();
    bench.Fill(households);
    std::printf("filled in %.0f s\n", absl::ToDoubleSeconds(absl::Now() - started));
    Evaluation first, again;
    const double read = bench.Read();
    const double opening = bench.EvaluateAll(first);
    const double same = bench.EvaluateAll(again);
    std::printf(
        "through the store, in full, %d persons: %.1f s for the first time (%d findings opened), %.1f s again "
        "(%d changed); reading the same households alone %.1f s (ratio %.2f)\n",
        first.persons, opening, first.opened, same, again.changed, read, same / read);
    bench.One();
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace anju::registry

int main(int argc, char** argv) { anju::registry::Run(argc > 1 ? std::atoi(argv[1]) : 250'000); }
