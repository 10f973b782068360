#pragma once

#include <arpa/inet.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/platform/base/error.h"
#include "tests/support/eventually.h"

namespace anju::testing {

// A real Redis of the test's own, on a free port of loopback, that can be mistreated. It dies with this object.
class RedisServer {
 public:
  RedisServer() {
    char pattern[] = "/tmp/anju-redis-XXXXXX";
    ANJU_CHECK(mkdtemp(pattern) != nullptr);
    directory_ = pattern;
    port_ = FreePort();
    Start();
  }
  ~RedisServer() {
    Kill();
    std::filesystem::remove_all(directory_);
  }

  std::string url() const { return absl::StrCat("redis://127.0.0.1:", port_, "/0"); }
  int port() const { return port_; }

  // Starts it on the same port, from its last snapshot if there is one, and waits until it answers.
  void Start() {
    pid_ = fork();
    ANJU_CHECK(pid_ >= 0);
    if (pid_ == 0) {
      // A test that crashes takes its Redis along.
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      const std::string port = absl::StrCat(port_);
      if (freopen("/dev/null", "w", stdout) == nullptr) _exit(126);
      execlp("redis-server", "redis-server", "--port", port.c_str(), "--bind", "127.0.0.1", "--dir", directory_.c_str(),
             "--save", "", "--appendonly", "no", nullptr);
      _exit(127);
    }
    for (int i = 0; i < 500; ++i) {
      if (Do({"PING"}) == "PONG") return;
      absl::SleepFor(absl::Milliseconds(10));
    }
    ANJU_CHECK(false && "redis-server did not start");
  }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGCONT);
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  // Alive and connected, but answering nothing.
  void Pause() { kill(pid_, SIGSTOP); }
  void Resume() { kill(pid_, SIGCONT); }

  // Runs one command on a connection of its own: the reply as text, "(error)…" for an error, "(nil)" for nothing.
  std::string Do(const std::vector<std::string>& command) {
    const timeval patience = {.tv_sec = 2, .tv_usec = 0};
    redisContext* context = redisConnectWithTimeout("127.0.0.1", port_, patience);
    if (context == nullptr || context->err != 0) {
      if (context != nullptr) redisFree(context);
      return "(down)";
    }
    std::vector<const char*> arguments;
    std::vector<size_t> lengths;
    for (const std::string& argument : command) {
      arguments.push_back(argument.data());
      lengths.push_back(argument.size());
    }
    auto* reply = static_cast<redisReply*>(
        redisCommandArgv(context, static_cast<int>(command.size()), arguments.data(), lengths.data()));
    std::string text = "(broken)";
    if (reply != nullptr) {
      if (reply->type == REDIS_REPLY_INTEGER) {
        text = absl::StrCat(reply->integer);
      } else if (reply->type == REDIS_REPLY_NIL) {
        text = "(nil)";
      } else if (reply->str != nullptr) {
        text = std::string(reply->str, reply->len);
        if (reply->type == REDIS_REPLY_ERROR) text = absl::StrCat("(error)", text);
      }
      freeReplyObject(reply);
    }
    redisFree(context);
    return text;
  }

  static int FreePort() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ANJU_CHECK(bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ANJU_CHECK(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    close(fd);
    return ntohs(address.sin_port);
  }

 private:
  std::string directory_;
  int port_ = 0;
  pid_t pid_ = 0;
};

}  // namespace anju::testing
