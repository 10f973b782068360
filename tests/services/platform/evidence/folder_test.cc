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
  static Folder::Piece Piece(const std::string& content, int64_t offset, size_t size, const std::string& sender = "a",
                             const std::string& division = "450328") {
    return {.sender = sender,
            .division = division,
            .sha256 = Sha256(content),
            .size_bytes = static_cast<int64_t>(content.size()),
            .offset = offset,
            .data = absl::string_view(content).substr(static_cast<size_t>(offset), size)};
  }
  // How many bytes have come.
  absl::StatusOr<int64_t> Add(const Folder::Piece& piece) {
    ASSIGN_OR_RETURN(const Folder::Progress progress, folder_.Add(piece));
    EXPECT_EQ(progress.whole, progress.bytes >= piece.size_bytes);
    return progress.bytes;
  }
  absl::StatusOr<int64_t> Add(const std::string& content, int64_t offset, size_t size,
                              const std::string& sender = "a") {
    return Add(Piece(content, offset, size, sender));
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
  EXPECT_TRUE(folder_.Has(hash, 12));
  EXPECT_FALSE(folder_.Has(hash, 11));
  EXPECT_FALSE(folder_.Has(Sha256("another"), 12));
}

// As when what had come could not be recorded: its last piece is enough then, until it is forgotten.
TEST_F(FolderTest, ItsLastPieceMayComeAgainAndChangesNothing) {
  const std::string content = "notice board";
  EXPECT_EQ(*Add(content, 0, 5), 5);
  for (int n = 0; n < 2; ++n) EXPECT_EQ(*Add(content, 5, 7), 12);
  Folder::Piece more = Piece(content, 5, 7);
  more.size_bytes = 20;
  more.offset = 12;
  more.data = "spoiling";
  const auto progress = folder_.Add(more);
  ASSERT_TRUE(progress.ok()) << progress.status();
  EXPECT_EQ(progress->bytes, 12);
  EXPECT_TRUE(progress->whole);
  EXPECT_EQ(*folder_.Read(Sha256(content), 0, 100), content);
  folder_.Forget(Piece(content, 5, 7));
  EXPECT_EQ(Incoming(), 0u);
  EXPECT_EQ(*folder_.Read(Sha256(content), 0, 100), content);
}

TEST_F(FolderTest, WhatIsKeptIsNotToldToWhoHasNotSentIt) {
  const std::string content = "notice board";
  EXPECT_EQ(*Add(content, 0, 12), 12);
  folder_.Forget(Piece(content, 0, 12));
  // Another person, the same one for another division, and the same again.
  for (const Folder::Piece& piece :
       {Piece(content, 0, 5, "b"), Piece(content, 0, 6, "a", "451022"), Piece(content, 0, 7)}) {
    EXPECT_EQ(*Add(piece), static_cast<int64_t>(piece.data.size()));
  }
  EXPECT_EQ(Incoming(), 3u);
  EXPECT_EQ(*Add(Piece(content, 5, 7, "b")), 12);
}

TEST_F(FolderTest, WhoBeginsTooMuchLetsGoOfTheOldest) {
  const std::string other = "of another";
  EXPECT_EQ(*Add(other, 0, 2, "b"), 2);
  const auto content = [](size_t n) { return "file " + std::to_string(n); };
  const auto now = std::filesystem::file_time_type::clock::now();
  for (size_t n = 0; n < kMostBegun + 3; ++n) {
    EXPECT_EQ(*Add(content(n), 0, 2), 2);
    // The clock of files is coarse.
    for (const auto& entry : std::filesystem::directory_iterator(directory_.Path("incoming"))) {
      if (entry.path().string().find(Sha256(content(n))) == std::string::npos) continue;
      std::filesystem::last_write_time(entry.path(), now - std::chrono::hours(1) + std::chrono::seconds(n));
    }
  }
  EXPECT_EQ(Incoming(), kMostBegun + 1);
  EXPECT_EQ(*Add(content(3), 2, 1), 3);
  EXPECT_THAT(Add(content(2), 2, 1), RefusedWith(kFailedPrecondition, "OFFSET_AHEAD"));
  EXPECT_EQ(*Add(other, 2, 1, "b"), 3);
}

TEST_F(FolderTest, GoesOnWhereItBrokeOff) {
  const std::string content(1000, 'x');
  EXPECT_EQ(*Add(content, 0, 600), 600);
  EXPECT_EQ(*Add(content, 0, 600), 600);
  EXPECT_EQ(*Add(content, 300, 200), 600);
  EXPECT_THAT(Add(content, 700, 300), RefusedWith(kFailedPrecondition, "OFFSET_AHEAD"));
  Folder again = *Folder::Open(directory_.Path(""));
  EXPECT_EQ(again.Add(Piece(content, 600, 400))->bytes, 1000);
}

TEST_F(FolderTest, TakesNothingUnderAWrongHash) {
  const std::string wrong = Sha256("something else");
  EXPECT_THAT(Add({.sender = "a", .division = "450328", .sha256 = wrong, .size_bytes = 3, .data = "abc"}),
              RefusedWith(kInvalidArgument, "EVIDENCE_HASH_WRONG"));
  EXPECT_EQ(Incoming(), 0u);
  EXPECT_EQ(folder_.Read(wrong, 0, 3).status().code(), kInternal);
}

TEST_F(FolderTest, NobodySpoilsWhatAnotherSends) {
  const std::string content = "right";
  Folder::Piece wrong = Piece(content, 0, 3, "b");
  wrong.data = "wro";
  EXPECT_EQ(*Add(wrong), 3);
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
        // Two have each name, and either may be ahead.
        ASSERT_TRUE(has.ok()) << has.status();
        EXPECT_GE(*has, at + 50'000);
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
  // A process that runs for months forgets too.
  EXPECT_EQ(*Add(content, 0, 2), 2);
  for (const auto& entry : std::filesystem::directory_iterator(directory_.Path("incoming"))) {
    std::filesystem::last_write_time(entry.path(),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(25));
  }
  EXPECT_EQ(*Add("another", 0, 2, "b"), 2);
  EXPECT_EQ(Incoming(), 1u);
}

}  // namespace
}  // namespace anju::evidence
