#include "gateway/cli/import.h"

#include <deque>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "anju/registry/v1/registry.pb.h"
#include "gateway/cli/contracts.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/status.h"
#include "tests/support/identity.h"
#include "tests/support/refused.h"

namespace anju::cli {
namespace {

using anju::registry::v1::ImportHouseholdsRequest;
using anju::testing::RefusedWith;
using anju::testing::TemporaryDirectory;
using anju::type::v1::ImportReceipt;
using google::protobuf::Message;
using enum absl::StatusCode;

constexpr char kHeading[] = "户编号,村代码,户类型,建档日期\r\n";

// A service that takes batches in as the contract says, over connections that break.
struct FakeService {
  // Where each import stands, and what has been taken in.
  std::map<std::string, ImportReceipt> standing;
  std::map<std::string, std::string> households;
  std::vector<ImportHouseholdsRequest> batches;
  int connections = 0;
  // The operation, counted over all connections, that breaks its connection; before or after it took effect.
  int operation = 0, break_at = -1;
  bool after_effect = false;
  // The operation before which somebody else sends the next batch, of `overtaken_rows` rows.
  int overtake_at = -1, overtaken_rows = 0;
  // Every operation breaks.
  bool down = false;
  // So many connections are refused, with when to come back.
  int busy = 0;
  absl::Status refuse_all;
  // The batch from which on all are refused.
  int refuse_from_batch = 0;

  absl::StatusOr<ImportReceipt> Handle(const ImportHouseholdsRequest& request) {
    const auto& batch = request.batch();
    ImportReceipt receipt;
    if (batch.number() == 0) {
      return standing[batch.import_id()];
    }
    ImportReceipt& stand = standing[batch.import_id()];
    if (batch.number() != stand.number() + 1) {
      return Refuse(kFailedPrecondition, "BATCH_OUT_OF_ORDER", "send the next batch");
    }
    if (refuse_from_batch > 0 && batch.number() >= refuse_from_batch) {
      return Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "not yours");
    }
    batches.push_back(request);
    receipt.set_number(batch.number());
    for (int i = 0; i < request.rows_size(); ++i) {
      const auto& row = request.rows(i);
      receipt.set_received(receipt.received() + 1);
      if (row.village() == "000000000000") {
        receipt.set_refused(receipt.refused() + 1);
        auto* refused = receipt.add_refused_rows();
        refused->set_row(batch.row_numbers_size() > 0 ? batch.row_numbers(i) : batch.first_row() + i);
        refused->set_field("village");
        refused->set_reason("DIVISION_NOT_FOUND");
        refused->set_hint("no such village");
        continue;
      }
      auto [at, is_new] = households.try_emplace(row.household_no(), row.SerializeAsString());
      if (is_new) {
        receipt.set_added(receipt.added() + 1);
      } else {
        receipt.set_unchanged(receipt.unchanged() + 1);
      }
    }
    stand.set_number(batch.number());
    stand.set_received(stand.received() + receipt.received());
    stand.set_added(stand.added() + receipt.added());
    stand.set_unchanged(stand.unchanged() + receipt.unchanged());
    stand.set_refused(stand.refused() + receipt.refused());
    if (batch.last()) stand.Clear();
    return receipt;
  }
};

class FakeExchange final : public Exchange {
 public:
  explicit FakeExchange(FakeService& service) : service_(service) { ++service_.connections; }

  absl::Status Send(const Message& request) override {
    return Perform([&]() -> absl::Status {
      RETURN_IF_ERROR(service_.refuse_all);
      if (service_.busy > 0) {
        --service_.busy;
        return rpc::RetryAfter(Refuse(kResourceExhausted, "TOO_MANY_CALLS", "wait"), absl::Seconds(3));
      }
      ASSIGN_OR_RETURN(ImportReceipt receipt, service_.Handle(static_cast<const ImportHouseholdsRequest&>(request)));
      receipts_.push_back(std::move(receipt));
      return absl::OkStatus();
    });
  }
  absl::Status Receive(Message& response) override {
    return Perform([&] {
      ANJU_CHECK(!receipts_.empty());
      static_cast<ImportReceipt&>(response) = receipts_.front();
      receipts_.pop_front();
      return absl::OkStatus();
    });
  }
  absl::Status Close() override {
    return Perform([] { return absl::OkStatus(); });
  }

 private:
  absl::Status Perform(const std::function<absl::Status()>& effect) {
    const absl::Status gone = absl::UnavailableError("the connection is gone");
    if (broken_ || service_.down) return gone;
    if (service_.operation == service_.overtake_at) {
      for (auto& [id, stand] : service_.standing) {
        stand.set_number(stand.number() + 1);
        stand.set_received(stand.received() + service_.overtaken_rows);
        stand.set_added(stand.added() + service_.overtaken_rows);
      }
    }
    const bool breaks = service_.operation++ == service_.break_at;
    broken_ = breaks;
    if (breaks && !service_.after_effect) return gone;
    const absl::Status status = effect();
    return breaks ? gone : status;
  }

  FakeService& service_;
  std::deque<ImportReceipt> receipts_;
  bool broken_ = false;
};

class ImportTest : public ::testing::Test {
 protected:
  absl::StatusOr<ImportOutcome> Send(const std::string& text, FakeService& service, int batch = 2) {
    const ImportOptions options = {
        .path = directory_.Write("households.csv", text), .division = "450328", .batch = batch};
    const ImportWorld world = {
        .open = [&] { return std::make_unique<FakeExchange>(service); },
        .sleep = [&](absl::Duration time) { slept_.push_back(time); },
        .progress = [&](double share, int64_t) { EXPECT_TRUE(share >= 0 && share <= 1) << share; }};
    return Import(**FindImport("registry", "households"), options, world);
  }

  static std::string Rows(int count) {
    std::string text = kHeading;
    for (int i = 1; i <= count; ++i) absl::StrAppend(&text, i, ",450328100201,一般户,2015-11-01\r\n");
    return text;
  }

  TemporaryDirectory directory_;
  std::vector<absl::Duration> slept_;
};

TEST_F(ImportTest, BatchesCountUpAndTheLastSaysSo) {
  FakeService service;
  auto outcome = Send(Rows(5), service);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->received, 5);
  EXPECT_EQ(outcome->added, 5);
  EXPECT_EQ(outcome->import_id.size(), 32u);
  ASSERT_EQ(service.batches.size(), 3u);
  for (int i = 0; i < 3; ++i) {
    const auto& batch = service.batches[i].batch();
    EXPECT_EQ(batch.number(), i + 1);
    EXPECT_EQ(batch.first_row(), 2 + 2 * i);
    EXPECT_EQ(batch.row_numbers_size(), 0);
    EXPECT_EQ(batch.last(), i == 2);
    EXPECT_EQ(batch.division(), "450328");
    EXPECT_EQ(batch.source(), "county");
  }
  EXPECT_EQ(service.batches[2].rows_size(), 1);

  // The same file again changes nothing.
  auto again = Send(Rows(5), service);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->import_id, outcome->import_id);
  EXPECT_EQ(again->unchanged, 5);
  EXPECT_EQ(again->added, 0);
}

TEST_F(ImportTest, AFullLastBatchIsTheLast) {
  FakeService service;
  ASSERT_TRUE(Send(Rows(4), service).ok());
  ASSERT_EQ(service.batches.size(), 2u);
  EXPECT_TRUE(service.batches[1].batch().last());
}

TEST_F(ImportTest, RefusedRowsComeBackWithTheirReasons) {
  FakeService service;
  const std::string text = absl::StrCat(kHeading,
                                        "1,450328100201,一般户,2015-11-01\r\n"   // Row 2.
                                        "2,450328100201,国王,2015-11-01\r\n"     // Row 3: no such class.
                                        "\r\n"                                   // Row 4: empty.
                                        "3,000000000000,一般户,2015-11-01\r\n"   // Row 5: refused by the service.
                                        "6,450328100201,王后,2015-11-01\r\n"     // Row 6: no such class either.
                                        "\"4,\"\"x\",,一般户,2015-11-01\r\n"     // Row 7: no village.
                                        "5,450328100201,边缘户,2015/11/1\r\n");  // Row 8.
  auto outcome = Send(text, service);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->received, 6);
  EXPECT_EQ(outcome->added, 2);
  EXPECT_EQ(outcome->refused, 4);
  EXPECT_THAT(std::vector<int64_t>(service.batches[0].batch().row_numbers().begin(),
                                   service.batches[0].batch().row_numbers().end()),
              ::testing::ElementsAre(2, 5));
  std::map<int64_t, std::string> reasons;
  for (const auto& [number, row] : outcome->refused_rows) reasons[number] = row.reason();
  EXPECT_EQ(reasons, (std::map<int64_t, std::string>{
                         {3, "ENUM_UNKNOWN"}, {5, "DIVISION_NOT_FOUND"}, {6, "ENUM_UNKNOWN"}, {7, "FIELD_MISSING"}}));

  EXPECT_TRUE(outcome->refused_written.ok());
  EXPECT_EQ(outcome->refused_path, directory_.Path("households-refused.csv"));
  std::ifstream file(outcome->refused_path);
  std::stringstream written;
  written << file.rdbuf();
  const std::vector<std::string> lines = absl::StrSplit(written.str(), "\r\n");
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "\xEF\xBB\xBF户编号,村代码,户类型,建档日期,行号,字段,原因,提示");
  EXPECT_EQ(lines[2], "3,000000000000,一般户,2015-11-01,5,村代码,DIVISION_NOT_FOUND,no such village");
  EXPECT_EQ(lines[4].substr(0, 12), "\"4,\"\"x\",,一");

  // The file of refused rows can be sent in itself, once it is mended.
  FakeService other;
  auto mended = Send(written.str(), other);
  ASSERT_TRUE(mended.ok()) << mended.status();
  EXPECT_EQ(mended->unknown_columns, (std::vector<std::string>{"行号", "字段", "原因", "提示"}));
}

// Breaks the connection at every operation in turn, before and after it took effect: every row arrives, every row is
// accounted for once, and nothing arrives twice as new.
TEST_F(ImportTest, ABrokenConnectionLosesNothing) {
  const std::string text = Rows(13);
  for (bool after_effect : {false, true}) {
    for (int n = 0;; ++n) {
      FakeService service{.break_at = n, .after_effect = after_effect};
      auto outcome = Send(text, service);
      ASSERT_TRUE(outcome.ok()) << outcome.status() << ", operation " << n;
      EXPECT_EQ(service.households.size(), 13u) << n;
      EXPECT_EQ(outcome->received, 13) << n;
      EXPECT_EQ(outcome->added + outcome->unchanged, 13) << n;
      EXPECT_EQ(outcome->refused, 0) << n;
      if (service.operation <= n) break;
      ASSERT_LT(n, 100);
    }
  }
}

TEST_F(ImportTest, AnImportThatIsTooMuchNowComesBack) {
  FakeService service{.busy = 2};
  auto outcome = Send(Rows(3), service);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->added, 3);
  EXPECT_EQ(slept_, (std::vector<absl::Duration>{absl::Seconds(3), absl::Seconds(3)}));
}

TEST_F(ImportTest, AnImportThatBrokeOffIsContinued) {
  FakeService service;
  auto first = Send(Rows(9), service);
  ASSERT_TRUE(first.ok());
  // As if the program had ended after the third batch.
  service.batches.clear();
  ImportReceipt& stand = service.standing[first->import_id];
  stand.set_number(3);
  stand.set_received(6);
  stand.set_added(5);
  stand.set_refused(1);
  auto outcome = Send(Rows(9), service);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(service.batches.size(), 2u);
  EXPECT_EQ(service.batches[0].batch().number(), 4);
  EXPECT_EQ(outcome->received, 9);
  EXPECT_EQ(outcome->earlier, 6);
  EXPECT_EQ(outcome->added, 5);
  EXPECT_EQ(outcome->unchanged, 3);
  EXPECT_EQ(outcome->refused, 1);
}

TEST_F(ImportTest, AnotherSenderOfTheSameFileIsNotInTheWay) {
  for (int operation = 3; operation < 12; ++operation) {
    FakeService service{.overtake_at = operation, .overtaken_rows = 2};
    const auto outcome = Send(Rows(20), service);
    ASSERT_TRUE(outcome.ok()) << operation << ": " << outcome.status();
    EXPECT_EQ(outcome->received, 20) << operation;
    EXPECT_EQ(outcome->added, 20) << operation;
  }
}

TEST_F(ImportTest, ItGivesUpAfterSomeTries) {
  FakeService service{.down = true};
  EXPECT_EQ(Send(Rows(3), service).status().code(), kUnavailable);
  EXPECT_EQ(service.connections, kImportAttempts + 1);
  ASSERT_EQ(slept_.size(), static_cast<size_t>(kImportAttempts));
  EXPECT_GT(slept_.back(), slept_.front());
}

TEST_F(ImportTest, ARefusalIsNotRetried) {
  FakeService service{.refuse_all = Refuse(kPermissionDenied, "OUTSIDE_SCOPE", "not yours")};
  EXPECT_THAT(Send(Rows(3), service), RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_EQ(service.connections, 1);
}

TEST_F(ImportTest, AnErrorSaysWhatWasTakenBeforeIt) {
  FakeService service{.refuse_from_batch = 3};
  const absl::Status end = Send(Rows(9), service).status();
  EXPECT_THAT(end, RefusedWith(kPermissionDenied, "OUTSIDE_SCOPE"));
  EXPECT_THAT(std::string(end.message()),
              ::testing::HasSubstr("not yours; before that 4 rows were taken (4 added, 0 updated, 0 unchanged, 0 "
                                   "refused) and the rest was not: send the whole file again"));
}

TEST_F(ImportTest, FilesThatAreNotSent) {
  FakeService service;
  EXPECT_THAT(Send("", service), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(Send("PK\x03\x04", service), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(Send("a,b\r\n1,2\r\n", service), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  EXPECT_THAT(Send("户编号\r\n1\r\n", service), RefusedWith(kInvalidArgument, "COLUMN_MISSING"));
  // The end is read before the first row is sent.
  EXPECT_THAT(Send(Rows(300) + "\"300\"x\r\n" + Rows(3), service), RefusedWith(kInvalidArgument, "NOT_A_CSV"));
  for (int batch : {0, 1'001}) {
    EXPECT_THAT(Send(Rows(1), service, batch), RefusedWith(kInvalidArgument, "BATCH_OUT_OF_RANGE"));
  }
  EXPECT_EQ(service.connections, 0);
  auto empty = Send(kHeading, service);
  ASSERT_TRUE(empty.ok()) << empty.status();
  EXPECT_EQ(empty->received, 0);
  EXPECT_TRUE(service.batches.empty());
}

TEST_F(ImportTest, AQuoteThatIsNeverClosedIsFoundBeforeTheEnd) {
  FakeService service;
  EXPECT_THAT(Send(Rows(3) + "\"4,450328100201,一般户,2015-11-01\r\n", service),
              RefusedWith(kInvalidArgument, "NOT_A_CSV"));
}

}  // namespace
}  // namespace anju::cli
