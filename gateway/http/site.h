#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "gateway/http/cors.h"
#include "gateway/http/counters.h"
#include "gateway/http/exchange.h"
#include "gateway/http/rendered.h"
#include "gateway/http/request.h"
#include "gateway/proxy/switchboard.h"
#include "gateway/proxy/workers.h"
#include "gateway/transcoding/transcoding.h"

namespace anju::gateway {

// Limits of the HTTP port, for tests to shorten.
struct HttpLimits {
  size_t header_bytes = 16 * 1024;
  // Of a request that is one message.
  size_t body_bytes = 8 * 1024 * 1024;
  // Of a file that is taken in as it comes.
  uint64_t upload_bytes = uint64_t{4} << 30;
  size_t connections = 4096;
  size_t connections_of_one = 256;
  // For a request to arrive once it has begun, for each kilobyte of a file, and for an answer to be taken.
  absl::Duration transfer = absl::Seconds(30);
  // Between two requests on a connection.
  absl::Duration idle = absl::Seconds(60);
};

// Requests and answers that are longer are turned into each other apart from the connections, whose turns are short.
inline constexpr size_t kLongBytes = 64 * 1024;
inline constexpr size_t kLongThreads = 2, kLongWaiting = 256;
inline constexpr int kLongNiceness = 10;

// A file that everybody may read without a token.
struct Page {
  std::string type;
  std::shared_ptr<const Rendered> rendered;
};

// What is served at all connections.
struct Site {
  Switchboard& switchboard;
  const Transcoder& transcoder;
  const HttpLimits limits;
  const Cors cors;
  // By path: the page on which the API can be tried, and its description.
  const std::map<std::string, Page, std::less<>> pages;
  Renderings renderings{transcoder};
  HttpCounters counters{switchboard.guard().metrics()};
  std::atomic<bool> draining = false;
  // Last: what is under way here uses the rest.
  Workers long_work{kLongThreads, kLongWaiting, kLongNiceness};
};

std::map<std::string, Page, std::less<>> MakePages(const Transcoder& transcoder,
                                                   const std::vector<std::string>& services);

// Finds out what a request asks for. `address` is where it comes from, without a port.
std::shared_ptr<Exchange> Receive(Site& site, const RequestHead& head, const std::string& address,
                                  std::shared_ptr<Line> line);

}  // namespace anju::gateway
