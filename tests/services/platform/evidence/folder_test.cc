#include "services/platform/evidence/folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "services/platform/base/ids.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::evidence {
namespace {

using anju::testing::RefusedWith;
using anju::testing::TemporaryDirectory;
using enum absl::StatusCode;

class FolderTest : public ::testing::Test {
 protected:
  absl::StatusOr<int64_t> Add(const std::string& content, int64_t offset, size_t size,
                              const std::string& sender = "a") {
    return folder_.Add({.sender = sender,
                        .sha256 = Sha256(content),
                        .size_bytes = static_cast<int64_t>(content.size()),
                        .offset = offset,
                        .data = absl::string_view(content).substr(static_cast<size_t>(offset), size)});
  }
  size_t Incoming() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory_.Path("incoming")))
      count += entry.is_regular_file();
    return count;
  }

  TemporaryDirectory directory_;
  Folder folder_ = *Folder::Open(directory_.Path(""));
};

TEST_F(FolderTest, KeepsAFileUnderItsHash) {
  const std::string content = "notice board";
  EXPECT_EQ(*Add(content, 0, 5), 5);
  EXPECT_EQ(*Add(content, 5, 7), 12);
  const std::string hash = Sha256(content);
  std::ifstream kept(directory_.Path(hash.substr(0, 2) + "/" + hash));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(kept), {}), content);
  EXPECT_EQ(*folder_.Read(hash, 7, 100), "board");
  EXPECT_EQ(Incoming(), 0u);
  // Once it is kept, nothing changes it.
  EXPECT_EQ(*Add(content, 0, 3), 12);
}

TEST_F(FolderTest, GoesOnWhereItBrokeOff) {
  const std::string content(1000, 'x');
  EXPECT_EQ(*Add(content, 0, 600), 600);
  EXPECT_EQ(*Add(content, 0, 600), 600);
  EXPECT_EQ(*Add(content, 300, 200), 600);
  EXPECT_THAT(Add(content, 700, 300), RefusedWith(kFailedPrecondition, "OFFSET_AHEAD"));
  Folder again = *Folder::Open(directory_.Path(""));
  EXPECT_EQ(*again.Add({.sender = "a",
                        .sha256 = Sha256(content),
                        .size_bytes = 1000,
                        .offset = 600,
                        .data = absl::string_view(content).substr(600)}),
            1000);
}

TEST_F(FolderTest, TakesNothingUnderAWrongHash) {
  const std::string wrong = Sha256("something else");
  EXPECT_THAT(folder_.Add({.sender = "a", .sha256 = wrong, .size_bytes = 3, .offset = 0, .data = "abc"}),
              RefusedWith(kInvalidArgument, "EVIDENCE_HASH_WRONG"));
  EXPECT_EQ(Incoming(), 0u);
  EXPECT_EQ(folder_.Read(wrong, 0, 3).status().code(), kInternal);
}

TEST_F(FolderTest, NobodySpoilsWhatAnotherSends) {
  const std::string content = "right";
  EXPECT_EQ(*folder_.Add({.sender = "b", .sha256 = Sha256(content), .size_bytes = 5, .offset = 0, .data = "wro"}), 3);
  EXPECT_EQ(*Add(content, 0, 5, "a"), 5);
  EXPECT_EQ(*folder_.Read(Sha256(content), 0, 5), "right");
}

TEST_F(FolderTest, ManyMaySendTheSameAtOnce) {
  std::mt19937 random(1);
  std::string content(300'000, '\0');
  for (char& c : content) c = static_cast<char>(random());
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 8; ++sender) {
    senders.emplace_back([&, sender] {
      for (int64_t at = 0; at < 300'000; at += 50'000) {
        const auto has = Add(content, at, 50'000, std::to_string(sender % 2));
        // The other one of this name may have finished meanwhile.
        EXPECT_TRUE(has.ok() || ReasonOf(has.status()) == "OFFSET_AHEAD") << has.status();
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(*folder_.Read(Sha256(content), 0, 300'000), content);
}

TEST_F(FolderTest, ForgetsWhatWasBegunAndLeft) {
  const std::string content = "left";
  EXPECT_EQ(*Add(content, 0, 2), 2);
  for (const auto& entry : std::filesystem::directory_iterator(directory_.Path("incoming"))) {
    std::filesystem::last_write_time(entry.path(),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  }
  ASSERT_TRUE(Folder::Open(directory_.Path("")).ok());
  EXPECT_EQ(Incoming(), 0u);
}

}  // namespace
}  // namespace anju::evidence
