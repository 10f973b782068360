// A bare gRPC server: answers every method with the bytes of a file. The reference for tests/bench/overview_bench.py.

#include <cstdio>
#include <fstream>
#include <sstream>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/grpcpp.h"

namespace {

class Echo final : public grpc::CallbackGenericService {
 public:
  explicit Echo(const std::string& payload) : slice_(payload), answer_(&slice_, 1) {}

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    class Reactor final : public grpc::ServerGenericBidiReactor {
     public:
      explicit Reactor(const grpc::ByteBuffer& answer) : answer_(answer) { StartRead(&request_); }
      void OnReadDone(bool ok) override {
        if (!ok) return Finish(grpc::Status::OK);
        StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status::OK);
      }
      void OnDone() override { delete this; }

     private:
      grpc::ByteBuffer request_, answer_;
    };
    return new Reactor(answer_);
  }

 private:
  const grpc::Slice slice_;
  const grpc::ByteBuffer answer_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "echo_server ADDRESS FILE\n"), 2;
  std::ifstream file(argv[2], std::ios::binary);
  std::stringstream payload;
  payload << file.rdbuf();
  Echo echo(payload.str());
  grpc::ServerBuilder builder;
  builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
  builder.RegisterCallbackGenericService(&echo);
  auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  server->Wait();
}
