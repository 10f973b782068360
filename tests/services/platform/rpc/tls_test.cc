#include "services/platform/rpc/tls.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "anju/indicators/v1/indicators.grpc.pb.h"
#include "services/platform/rpc/channel.h"
#include "tests/support/certificates.h"
#include "tests/support/eventually.h"

namespace anju::rpc {
namespace {

using ::anju::testing::Authority;
using ::anju::testing::Eventually;

// A server whose methods do nothing: who gets as far as to be told so has been let in.
class TlsTest : public ::testing::Test {
 protected:
  ~TlsTest() override {
    if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  }

  void Serve(const TlsFiles& files) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", Tls::Open(files)->ForServer(), &port_);
    builder.RegisterService(&nothing_);
    server_ = builder.BuildAndStart();
    ANJU_CHECK(server_ != nullptr);
  }

  bool Admits(const TlsFiles& client) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    indicators::v1::ListIndicatorsResponse response;
    const auto channel = Connect(absl::StrCat("127.0.0.1:", port_), *Tls::Open(client));
    const grpc::Status status = indicators::v1::Indicators::NewStub(channel)->ListIndicators(&context, {}, &response);
    const bool admitted = status.error_code() == grpc::StatusCode::UNIMPLEMENTED;
    EXPECT_TRUE(admitted || status.error_code() == grpc::StatusCode::UNAVAILABLE) << status.error_message();
    return admitted;
  }

  Authority ours_, theirs_;
  indicators::v1::Indicators::Service nothing_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(TlsTest, AdmitsThoseWhomItsAuthoritySigned) {
  Serve(ours_.Sign("server"));
  const TlsFiles right = ours_.Sign("client");
  EXPECT_TRUE(Admits(right));
  EXPECT_FALSE(Admits({.ca = ours_.ca()})) << "shows nothing";
  EXPECT_FALSE(Admits({})) << "plain text";
  TlsFiles stranger = theirs_.Sign("client");
  stranger.ca = ours_.ca();
  EXPECT_FALSE(Admits(stranger)) << "signed by another";
  EXPECT_FALSE(Admits(ours_.Sign("expired", "3 days ago")));
  EXPECT_TRUE(Admits(right)) << "and still";
}

TEST_F(TlsTest, TrustsOnlyAServerThatItsAuthoritySigned) {
  TlsFiles files = theirs_.Sign("server");
  files.ca = ours_.ca();
  Serve(files);
  EXPECT_FALSE(Admits(ours_.Sign("client")));
}

TEST_F(TlsTest, DoesNotTrustAnExpiredServer) {
  Serve(ours_.Sign("server", "3 days ago"));
  EXPECT_FALSE(Admits(ours_.Sign("client")));
}

TEST_F(TlsTest, DoesNotTrustTheServerOfAnotherHost) {
  Serve(ours_.Sign("server", testing::Authority::kMade, "DNS:elsewhere"));
  EXPECT_FALSE(Admits(ours_.Sign("client")));
}

TEST_F(TlsTest, WithoutAnAuthorityItAdmitsStrangers) {
  TlsFiles files = ours_.Sign("server");
  files.ca.clear();
  Serve(files);
  EXPECT_TRUE(Admits({.ca = ours_.ca()}));
  EXPECT_FALSE(Admits({.ca = theirs_.ca()}));
  EXPECT_FALSE(Admits({})) << "plain text";
}

TEST_F(TlsTest, WithoutFilesItIsPlainText) {
  Serve({});
  EXPECT_TRUE(Admits({}));
  EXPECT_FALSE(Admits(ours_.Sign("client")));
}

TEST_F(TlsTest, ServesWhatTheFilesWereReplacedBy) {
  Serve(ours_.Sign("server"));
  const TlsFiles client = ours_.Sign("client");
  ASSERT_TRUE(Admits(client));
  ours_.Sign("server", "3 days ago");
  EXPECT_TRUE(Eventually([&] { return !Admits(client); }));
  ours_.Sign("server");
  EXPECT_TRUE(Eventually([&] { return Admits(client); }));
  // Another authority from now on.
  TlsFiles stranger = theirs_.Sign("client");
  stranger.ca = ours_.ca();
  ASSERT_FALSE(Admits(stranger));
  std::filesystem::copy_file(ours_.ca(), ours_.directory().Path("first.pem"));
  stranger.ca = ours_.directory().Path("first.pem");
  std::filesystem::copy_file(theirs_.ca(), ours_.ca(), std::filesystem::copy_options::overwrite_existing);
  EXPECT_TRUE(Eventually([&] { return Admits(stranger); }));
}

TEST(TlsOpenTest, SaysWhatIsWrongWithTheFiles) {
  Authority authority;
  const TlsFiles good = authority.Sign("a"), other = authority.Sign("b");
  const std::string rubbish = authority.directory().Write("rubbish", "rubbish");
  EXPECT_FALSE(Tls::Open({})->on());
  EXPECT_TRUE(Tls::Open(good)->mutual());
  EXPECT_FALSE(Tls::Open({.ca = good.ca})->serves());
  for (const TlsFiles& bad : std::vector<TlsFiles>{{.cert = good.cert},
                                                   {.key = good.key},
                                                   {.cert = good.cert, .key = other.key},
                                                   {.cert = rubbish, .key = good.key},
                                                   {.cert = good.cert, .key = rubbish},
                                                   {.cert = "/nowhere", .key = good.key},
                                                   {.ca = rubbish},
                                                   {.ca = "/nowhere"}}) {
    EXPECT_EQ(Tls::Open(bad).status().code(), absl::StatusCode::kInvalidArgument) << bad.cert << bad.key << bad.ca;
  }
}

}  // namespace
}  // namespace anju::rpc
