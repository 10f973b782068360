#pragma once

#include <functional>
#include <string>

#include "gateway/http/reply.h"

namespace anju::gateway {

// What may be done on a connection for the request at hand. For its own turn only, except Post.
class Line {
 public:
  virtual ~Line() = default;
  // Asks for the next piece of the body: OnBody follows. The request has a time to arrive in; with `anew` it begins
  // again.
  virtual void ReadBody(bool anew) = 0;
  // Answers with one whole, which ends the exchange.
  virtual void Send(Reply reply) = 0;
  // Begins an answer that comes in pieces; its body is not looked at. OnWritten follows each Write, before which there
  // is no other. EndStream ends the exchange.
  virtual void BeginStream(Reply reply) = 0;
  virtual void Write(std::string piece) = 0;
  virtual void EndStream() = 0;
  // Does something on the connection's turn, at once when it is; from any thread.
  virtual void Post(std::function<void()> work) = 0;
};

// What becomes of one request. Everything happens on the turn of its connection.
class Exchange {
 public:
  virtual ~Exchange() = default;
  virtual void Begin() = 0;
  // The next piece of the body, perhaps empty; `last` with the end.
  virtual void OnBody(std::string piece, bool last) = 0;
  virtual void OnWritten() {}
  // The caller has gone: the line is not to be used any more.
  virtual void OnGone() = 0;
};

}  // namespace anju::gateway
