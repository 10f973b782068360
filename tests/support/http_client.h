#pragma once

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/platform/base/error.h"

namespace anju::testing {

struct Answer {
  int status = 0;
  std::string head;
  std::string body;
  // The last chunk has come, where there are chunks.
  bool is_complete = false;
  nlohmann::json Json() const { return nlohmann::json::parse(body, nullptr, false); }
  // Of NDJSON.
  std::vector<nlohmann::json> Lines() const {
    std::vector<nlohmann::json> lines;
    for (absl::string_view line : absl::StrSplit(body, '\n', absl::SkipEmpty())) {
      lines.push_back(nlohmann::json::parse(line.begin(), line.end(), nullptr, false));
    }
    return lines;
  }
};

// One HTTP connection to loopback, spoken to in bytes.
class Connection {
 public:
  explicit Connection(int port, const char* from = "127.0.0.1") : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = inet_addr(from);
    ANJU_CHECK(bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ANJU_CHECK(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    const timeval patience = {.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  ~Connection() { close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Send(const std::string& bytes) { (void)!send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  // As much as is taken within `milliseconds`.
  size_t SendSome(const std::string& bytes, int milliseconds) {
    const timeval patience = {.tv_sec = milliseconds / 1000, .tv_usec = milliseconds % 1000 * 1000};
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<size_t>(sent);
  }
  void EndSending() { shutdown(fd_, SHUT_WR); }

  // Status 0 when the connection was closed instead.
  Answer Receive(bool has_body = true) {
    Answer answer;
    while (received_.find("\r\n\r\n") == std::string::npos) {
      if (!More()) return answer;
    }
    const size_t end = received_.find("\r\n\r\n");
    answer.head = received_.substr(0, end + 2);
    received_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    if (!has_body || answer.status == 100) return answer;
    const std::string lower = absl::AsciiStrToLower(answer.head);
    if (absl::StrContains(lower, "transfer-encoding: chunked")) {
      ReceiveChunks(answer);
    } else if (const size_t at = lower.find("content-length: "); at != std::string::npos) {
      answer.body = Take(std::strtoul(lower.c_str() + at + 16, nullptr, 10));
    } else {
      while (More()) {
      }
      answer.body = std::exchange(received_, std::string());
    }
    return answer;
  }
  // The next bytes, at least one; empty when there are none.
  std::string Some() {
    if (received_.empty()) More();
    return std::exchange(received_, std::string());
  }

 private:
  void ReceiveChunks(Answer& answer) {
    while (true) {
      while (received_.find("\r\n") == std::string::npos) {
        if (!More()) return;
      }
      const size_t size = std::strtoul(received_.c_str(), nullptr, 16);
      received_.erase(0, received_.find("\r\n") + 2);
      const std::string chunk = Take(size + 2);
      if (chunk.size() < size + 2) return;
      answer.body += chunk.substr(0, size);
      answer.is_complete = size == 0;
      if (size == 0) return;
    }
  }
  std::string Take(size_t size) {
    while (received_.size() < size) {
      if (!More()) break;
    }
    std::string taken = received_.substr(0, size);
    received_.erase(0, taken.size());
    return taken;
  }
  bool More() {
    char buffer[4096];
    const ssize_t size = recv(fd_, buffer, sizeof(buffer), 0);
    if (size <= 0) return false;
    received_.append(buffer, static_cast<size_t>(size));
    return true;
  }

  const int fd_;
  std::string received_;
};

}  // namespace anju::testing
