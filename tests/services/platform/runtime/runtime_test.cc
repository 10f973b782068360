#include "services/platform/runtime/runtime.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/rpc/status.pb.h"
#include "gmock/gmock.h"
#include "spdlog/spdlog.h"
#include "tests/support/certificates.h"
#include "tests/support/identity.h"

namespace anju::runtime {
namespace {

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest() : identity_(clock_) {
    // Each case ends its process by itself.
    ::testing::FLAGS_gtest_death_test_style = "threadsafe";
    jwks_ = absl::StrCat("--jwks=", identity_.jwks_path());
  }

  // Starts a runtime with these arguments and prints what it holds.
  void Start(std::vector<std::string> arguments) {
    std::vector<char*> argv = {const_cast<char*>("service")};
    for (std::string& argument : arguments) argv.push_back(argument.data());
    Runtime runtime(static_cast<int>(argv.size()), argv.data(), "service");
    std::fprintf(stderr, "started database=%s registry=%s\n", runtime.database().c_str(), runtime.registry().c_str());
    std::exit(7);
  }

  // How a call ends whose request is packed so, or not.
  static int Ask(const std::shared_ptr<grpc::Channel>& channel, grpc_compression_algorithm packing) {
    grpc::ClientContext context;
    context.set_compression_algorithm(packing);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
    const grpc::Slice nothing("");
    grpc::ByteBuffer request(&nothing, 1), response;
    int code = 0;
    absl::Notification done;
    grpc::GenericStub(channel).UnaryCall(&context, "/grpc.health.v1.Health/Check", grpc::StubOptions(), &request,
                                         &response, [&](const grpc::Status& status) {
                                           code = status.error_code();
                                           done.Notify();
                                         });
    done.WaitForNotification();
    return code;
  }

  // Serves with these flags until it has been seen who is let in: a peer with the same flags, a stranger in plain text;
  // and what becomes of a peer's calls, in plain and packed.
  void Serve(std::vector<std::string> flags) {
    const std::string socket = absl::StrCat("unix:", identity_.directory().Path("s"));
    flags.insert(flags.begin(), {"service", jwks_, absl::StrCat("--listen=", socket)});
    std::vector<char*> argv;
    for (std::string& flag : flags) argv.push_back(flag.data());
    Runtime runtime(static_cast<int>(argv.size()), argv.data(), "service");
    std::thread client([&] {
      const auto connects = [](const std::shared_ptr<grpc::Channel>& channel, int seconds) {
        return channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
      };
      const bool peer = connects(runtime.Peer(socket), 3), stranger = connects(rpc::Connect(socket), 1);
      std::fprintf(stderr, "peer %d, stranger %d\n", peer, stranger);
      for (const auto packing : {GRPC_COMPRESS_NONE, GRPC_COMPRESS_GZIP, GRPC_COMPRESS_DEFLATE}) {
        std::fprintf(stderr, "packed %d: %d\n", packing, Ask(runtime.Peer(socket), packing));
      }
      ::kill(::getpid(), SIGTERM);
    });
    const int code = runtime.Serve({});
    client.join();
    std::exit(code == 0 ? 7 : 8);
  }

  SystemClock clock_;
  testing::TestIdentity identity_;
  absl::FlagSaver saver_;
  std::string jwks_;
};

using RuntimeDeathTest = RuntimeTest;

TEST_F(RuntimeDeathTest, AFlagBeatsTheEnvironmentBeatsTheDefault) {
  const auto started = ::testing::ExitedWithCode(7);
  EXPECT_EXIT(Start({jwks_}), started, "started database= registry=");
  EXPECT_EXIT(
      {
        ::setenv("ANJU_DATABASE", "sqlite:/env", 1);
        ::setenv("ANJU_REGISTRY", "127.0.0.1:9", 1);
        Start({jwks_, "--database=sqlite:/flag"});
      },
      started, "started database=sqlite:/flag registry=127.0.0.1:9");
}

TEST_F(RuntimeDeathTest, ABadValueStopsTheStart) {
  const auto stopped = ::testing::ExitedWithCode(1);
  EXPECT_EXIT(Start({}), stopped, "--jwks");
  EXPECT_EXIT(Start({"--jwks=/nowhere"}), stopped, "--jwks");
  EXPECT_EXIT(Start({jwks_, "--listen=0.0.0.0:8081"}), stopped, "0.0.0.0:8081 would serve plain text.*--tls_cert");
  EXPECT_EXIT(Start({jwks_, "--tls_cert=/nowhere", "--tls_key=/nowhere"}), stopped, "--tls_cert.*/nowhere");
  EXPECT_EXIT(Start({jwks_, "--log_level=loud"}), stopped, "log_level");
  EXPECT_EXIT(Start({jwks_, "--night_hour=24"}), stopped, "night_hour");
  EXPECT_EXIT(Start({jwks_, "--no_such_flag=1"}), stopped, "no_such_flag");
  EXPECT_EXIT(Start({jwks_, "argument"}), stopped, "not a flag");
  EXPECT_EXIT(Start({jwks_, "--metrics=nowhere"}), stopped, "--metrics");
  EXPECT_EXIT(
      {
        ::setenv("ANJU_MIGRATE_ONLY", "perhaps", 1);
        Start({jwks_});
      },
      stopped, "ANJU_MIGRATE_ONLY");
}

TEST_F(RuntimeDeathTest, MigratingNeedsNoKeysAndDoesNotServe) {
  auto migrate = [] {
    std::string flag = "--migrate_only";
    std::vector<char*> argv = {const_cast<char*>("service"), flag.data()};
    Runtime runtime(2, argv.data(), "service");
    std::exit(runtime.Serve({}) == 0 ? 7 : 8);
  };
  EXPECT_EXIT(migrate(), ::testing::ExitedWithCode(7), "");
}

TEST_F(RuntimeDeathTest, ServesUntilItIsTold) {
  // Callers are answered before or after it says that it listens.
  EXPECT_EXIT(Serve({}), ::testing::ExitedWithCode(7),
              "(\"listening\"(.|\n)*peer 1, stranger 1|peer 1, stranger 1(.|\n)*\"listening\")(.|\n)*\"draining\"");
}

TEST_F(RuntimeDeathTest, TakesNothingThatIsPacked) {
  // UNIMPLEMENTED, see grpc::StatusCode. An algorithm is numbered: none, deflate, gzip.
  EXPECT_EXIT(Serve({}), ::testing::ExitedWithCode(7), "packed 0: 0(.|\n)*packed 2: 12(.|\n)*packed 1: 12");
}

TEST_F(RuntimeDeathTest, TlsIsMutualAndForAnyAddress) {
  testing::Authority authority;
  const rpc::TlsFiles files = authority.Sign("service", testing::Authority::kMade, "DNS:localhost");
  const std::vector<std::string> stranger = {absl::StrCat("--tls_cert=", files.cert),
                                             absl::StrCat("--tls_key=", files.key)};
  std::vector<std::string> peer = stranger;
  peer.push_back(absl::StrCat("--tls_ca=", files.ca));
  EXPECT_EXIT(Start({jwks_, "--listen=0.0.0.0:8081", peer[0], peer[1], peer[2]}), ::testing::ExitedWithCode(7), "");
  EXPECT_EXIT(Start({jwks_, peer[2]}), ::testing::ExitedWithCode(1), "--tls_cert");
  EXPECT_EXIT(Serve(peer), ::testing::ExitedWithCode(7), "peer 1, stranger 0");
  EXPECT_EXIT(Serve(stranger), ::testing::ExitedWithCode(8), "--tls_ca");
}

TEST(MayCallTest, NoTokenLeavesTheMachineInPlainText) {
  EXPECT_TRUE(MayCall("127.0.0.1:8091", rpc::Tls()).ok());
  EXPECT_THAT(std::string(MayCall("registry:8091", rpc::Tls()).message()), ::testing::HasSubstr("registry:8091"));
}

TEST(IsLoopbackTest, Addresses) {
  for (const char* address : {"127.0.0.1:0", "[::1]:8081", "localhost:1", "unix:/run/anju.sock"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"", "0.0.0.0:8081", "[::]:8081", "10.0.0.1:1", "127.0.0.1.example.org:1", ":8081"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
}

TEST(LogJsonDeathTest, EveryLineIsOneObject) {
  EXPECT_EXIT(
      {
        LogJson("service", "info");
        spdlog::info("said \"so\"\n");
        spdlog::info(R"({"event":"call"})");
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), R"("service":"service","message":"said \\"so\\"\\n")");
}

TEST(LogJsonDeathTest, SoIsWhatProtocolBuffersSay) {
  EXPECT_EXIT(
      {
        LogJson("service", "info");
        google::rpc::Status malformed;
        malformed.set_message("\xFF");
        malformed.SerializeAsString();
        std::exit(7);
      },
      ::testing::ExitedWithCode(7), R"(^\{"time":.*"level":"error","service":"service","message":"protobuf: .*"\})");
}

}  // namespace
}  // namespace anju::runtime
