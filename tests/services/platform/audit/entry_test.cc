#include "services/platform/audit/entry.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace anju::audit {
namespace {

Entry Read() {
  return {.id = "0166cd1c0a00abababababababababab",
          .at = absl::FromUnixMicros(1541044800123456),
          .kind = Kind::kRead,
          .subject = "韦一",
          .role = "officer,approver",
          .method = "anju.registry.v1.Registry.GetHousehold",
          .division = "450328100201",
          .request_id = "r-1",
          .purpose = "核对低保名单",
          .record_count = 2,
          .record_ids = {"00000000000000000000000000000001", "00000000000000000000000000000002"}};
}

// Computed by another program from the words of the contract.
TEST(EntryTest, TheHashesAreThoseOfTheContract) {
  EXPECT_EQ(ContentHash(Read()), "0cc6a114b0ef0f865bcb8c440ad64c1a6de8583d03b242a286c246c7fdef2a8d");
  EXPECT_EQ(Genesis("registry").hash, "5517f565ca6c45526f93d927ac52d916b2800ec2bd20fd6def90cd4bdedcf8a8");
  const Head first = Next(Genesis("registry"), ContentHash(Read()));
  EXPECT_EQ(first, (Head{.number = 1, .hash = "2e222e19a9bdf7e39056a310e98ef41495d7145d633e235e3b45675b10270fd9"}));
}

TEST(EntryTest, EveryFieldIsInTheHash) {
  const std::function<void(Entry&)> changes[] = {
      [](Entry& entry) { entry.id[3] = '7'; },
      [](Entry& entry) { entry.at += absl::Microseconds(1); },
      [](Entry& entry) { entry.kind = Kind::kWrite; },
      [](Entry& entry) { entry.subject = ""; },
      [](Entry& entry) { entry.role = "officer"; },
      [](Entry& entry) { entry.method += "s"; },
      [](Entry& entry) { entry.division = "450328"; },
      [](Entry& entry) { entry.request_id = "r-2"; },
      [](Entry& entry) { entry.purpose = ""; },
      [](Entry& entry) { entry.record_count = 3; },
      [](Entry& entry) { std::swap(entry.record_ids[0], entry.record_ids[1]); },
      // What is taken from one text and given to its neighbour.
      [](Entry& entry) { entry.subject += ",16:officer", entry.role = "approver"; },
  };
  for (size_t i = 0; i < std::size(changes); ++i) {
    Entry entry = Read();
    changes[i](entry);
    EXPECT_NE(ContentHash(entry), ContentHash(Read())) << i;
  }
}

// Five sealed entries, a minute apart.
std::vector<Link> Chain() {
  std::vector<Link> links;
  Head head = Genesis("registry");
  for (int n = 1; n <= 5; ++n) {
    Entry entry = Read();
    entry.request_id = absl::StrCat("r-", n);
    entry.at += absl::Minutes(n);
    const std::string content = ContentHash(entry);
    head = Next(head, content);
    links.push_back({.number = n, .content_hash = content, .hash = head.hash, .entry = entry});
  }
  return links;
}

std::optional<Fault> FirstFault(const std::vector<Link>& links, const std::vector<Head>& kept = {}) {
  ChainCheck check(Genesis("registry"), kept);
  for (const Link& link : links) {
    if (const std::optional<Fault> fault = check.Take(link)) return fault;
  }
  return check.End();
}

// As who owns the database would: so that all after it fits.
void Rechain(std::vector<Link>& links) {
  Head head = Genesis("registry");
  for (Link& link : links) {
    link.content_hash = ContentHash(*link.entry);
    head = Next(head, link.content_hash);
    link.number = head.number, link.hash = head.hash;
  }
}

TEST(ChainCheckTest, FindsTheFirstFault) {
  struct Row {
    const char* what;
    std::function<void(std::vector<Link>&)> tamper;
    FaultKind kind;
    int64_t number;
  };
  const Row rows[] = {
      {"changed", [](auto& links) { links[2].entry->purpose = "another"; }, FaultKind::kChanged, 3},
      {"changed with its hash",
       [](auto& links) {
         links[2].entry->purpose = "another";
         links[2].hash = Next({2, links[1].hash}, ContentHash(*links[2].entry)).hash;
       },
       FaultKind::kChanged, 4},
      {"removed", [](auto& links) { links.erase(links.begin() + 2); }, FaultKind::kMissing, 3},
      {"the first removed", [](auto& links) { links.erase(links.begin()); }, FaultKind::kMissing, 1},
      {"removed, and the others moved up",
       [](auto& links) {
         links.erase(links.begin() + 2);
         for (size_t i = 2; i < links.size(); ++i) links[i].number = static_cast<int64_t>(i + 1);
       },
       FaultKind::kChanged, 3},
      {"exchanged", [](auto& links) { std::swap(links[1].entry, links[3].entry); }, FaultKind::kChanged, 2},
      {"inserted", [](auto& links) { links.insert(links.begin() + 2, links[1]); }, FaultKind::kChanged, 3},
      {"backdated",
       [](auto& links) {
         links[3].entry->at -= absl::Hours(2);
         Rechain(links);
       },
       FaultKind::kBackdated, 4},
  };
  for (const Row& row : rows) {
    std::vector<Link> links = Chain();
    row.tamper(links);
    const std::optional<Fault> fault = FirstFault(links);
    ASSERT_TRUE(fault.has_value()) << row.what;
    EXPECT_EQ(fault->kind, row.kind) << row.what;
    EXPECT_EQ(fault->number, row.number) << row.what;
    EXPECT_NE(Describe(*fault), "");
  }
  EXPECT_EQ(FirstFault(Chain()), std::nullopt);
}

TEST(ChainCheckTest, AHeadThatWasKeptElsewhereFindsWhatWasChainedAnewOrCutOff) {
  const std::vector<Link> honest = Chain();
  const std::vector<Head> kept = {{.number = 2, .hash = honest[1].hash}, {.number = 5, .hash = honest[4].hash}};
  EXPECT_EQ(FirstFault(honest, kept), std::nullopt);

  std::vector<Link> rewritten = honest;
  rewritten[3].entry->subject = "nobody";
  Rechain(rewritten);
  EXPECT_EQ(FirstFault(rewritten), std::nullopt);
  // Between the heads that were kept it was done.
  EXPECT_EQ(FirstFault(rewritten, kept)->kind, FaultKind::kHeadLost);
  EXPECT_EQ(FirstFault(rewritten, kept)->number, 5);

  std::vector<Link> cut = honest;
  cut.pop_back();
  EXPECT_EQ(FirstFault(cut), std::nullopt);
  EXPECT_EQ(FirstFault(cut, kept), (Fault{.kind = FaultKind::kHeadLost, .number = 5, .last_number = 5}));
  cut.resize(2);
  EXPECT_EQ(FirstFault(cut, kept), (Fault{.kind = FaultKind::kHeadLost, .number = 3, .last_number = 5}));
}

TEST(ChainCheckTest, ALossIsToldAndWhatStandsBehindItIsLookedAt) {
  std::vector<Link> links = Chain();
  const absl::Time at = links[2].entry->at;
  // The entries 3 to 9 were cut off; as in the middle of the log it was rewritten up to the entry 2.
  links[2].entry = LossOf({.number = 9, .hash = "abc"}, {.number = 2}, at);
  links[3].entry = LossOf({.number = 2, .hash = "abc"}, {.number = 3}, at);
  EXPECT_EQ(links[2].entry->purpose, "9:abc");
  EXPECT_EQ(links[2].entry->record_count, 7);
  EXPECT_EQ(links[3].entry->record_count, 0);
  Rechain(links);
  ChainCheck check(Genesis("registry"), {});
  std::vector<std::optional<Fault>> faults;
  for (const Link& link : links) faults.push_back(check.Take(link));
  EXPECT_EQ(faults[1], std::nullopt);
  EXPECT_EQ(faults[2], (Fault{.kind = FaultKind::kLoss, .number = 3, .last_number = 9}));
  EXPECT_EQ(faults[3], (Fault{.kind = FaultKind::kLoss, .number = 2}));
  EXPECT_EQ(faults[4], std::nullopt);
  EXPECT_EQ(check.head().number, 5);
  EXPECT_EQ(Describe(*faults[2]),
            "entries 3 to 9 are gone: the end of the log was cut off earlier, as the log itself says");
  // One that the service did not write is a loss too.
  links[3].entry->purpose = "x";
  Rechain(links);
  ChainCheck forged({.number = 3, .hash = links[2].hash}, {});
  EXPECT_EQ(forged.Take(links[3]), (Fault{.kind = FaultKind::kLoss, .number = 4, .last_number = 4}));
}

TEST(ChainCheckTest, WhoSeesNoEntriesFollowsTheirHashes) {
  std::vector<Link> links = Chain();
  for (Link& link : links) link.entry.reset();
  EXPECT_EQ(FirstFault(links), std::nullopt);
  links[3].content_hash = ContentHash(Read());
  EXPECT_EQ(FirstFault(links)->number, 4);
}

TEST(ChainCheckTest, GoesOnWhereAnEarlierCheckHasEnded) {
  const std::vector<Link> links = Chain();
  ChainCheck check({.number = 3, .hash = links[2].hash}, {});
  EXPECT_EQ(check.Take(links[3]), std::nullopt);
  EXPECT_EQ(check.Take(links[4]), std::nullopt);
  EXPECT_EQ(check.head(), (Head{.number = 5, .hash = links[4].hash}));
  ChainCheck wrong({.number = 3, .hash = links[1].hash}, {});
  EXPECT_EQ(wrong.Take(links[3])->kind, FaultKind::kChanged);
}

}  // namespace
}  // namespace anju::audit
