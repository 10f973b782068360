#pragma once

#include <nghttp2/nghttp2.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gateway/http2/wire.h"

namespace anju::gateway::http2 {

// Headers in their order, names in lower case.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The value of the first field of this name, empty when there is none.
absl::string_view Find(const Fields& fields, absl::string_view name);

// How much of one stream may be under way before its reader has taken it.
inline constexpr int32_t kStreamWindowBytes = 256 * 1024;
// The most that the headers of one message may come to: a token of the largest size and what else comes with it.
inline constexpr size_t kMaxHeaderBytes = 16 * 1024;

// One HTTP/2 connection: nghttp2 on a wire. Flow control is by what was passed on: a stream whose reader waits fills
// its window, and its writer waits too; other streams of the connection go on.
class Session : public Wire::User {
 public:
  // The body of a message that is being sent.
  class Body {
   public:
    virtual ~Body() = default;
    // Copies up to `size` bytes to `to`. Nothing now: 0.
    virtual size_t Read(uint8_t* to, size_t size) = 0;
    // True when there is nothing left, nor will be. `trailers` is what comes after it.
    virtual bool Ended(Fields& trailers) = 0;
  };

  void Open(std::shared_ptr<Wire> wire) override { wire_ = std::move(wire); }
  bool Take(const uint8_t* bytes, size_t size) override;
  void Fill(std::string& out) override;
  bool Finished() const override;

  // There is more of this stream's body.
  void Resume(int32_t stream);
  // So many bytes that have come on this stream were passed on: as many more may come.
  void Consume(int32_t stream, size_t size);
  // Breaks the stream off.
  void Reset(int32_t stream, uint32_t code);
  // Breaks everything off.
  void HangUp();

  // Whether anything has come, ever.
  bool has_heard() const { return heard_; }

 protected:
  enum class Side { kServer, kClient };
  explicit Session(Side side, uint32_t max_streams);
  ~Session() override;

  nghttp2_session* nghttp2() const { return session_.get(); }
  Wire* wire() const { return wire_.get(); }
  bool open() const { return wire_ != nullptr; }
  void Wake() {
    if (wire_ != nullptr) wire_->Wake();
  }
  // To be said by Gone.
  void Forget() { wire_.reset(); }
  // Asks the other side for a sign of life when nothing has come since this was last asked. False when it has been
  // asked, and has not given any.
  bool IsStillThere();
  // Whether anything has gone out, ever.
  bool has_spoken() const { return spoken_; }

  // Called while bytes are taken. A header that is refused breaks its stream off.
  virtual void OnBegin(int32_t stream, bool is_first) = 0;
  virtual bool OnField(int32_t stream, std::string name, std::string value) = 0;
  // The headers are complete; `ended` says that nothing follows.
  virtual void OnFields(int32_t stream, bool ended) = 0;
  virtual void OnData(int32_t stream, const uint8_t* bytes, size_t size) = 0;
  // The other side has said all of this stream, with its body.
  virtual void OnEnd(int32_t stream) = 0;
  // The stream is no more; `code` is 0 when it has ended well.
  virtual void OnClosed(int32_t stream, uint32_t code) = 0;
  // The last frame of a stream has gone out.
  virtual void OnSentEnd(int32_t) {}

 private:
  struct Callbacks;

  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_{nullptr, nghttp2_session_del};
  std::shared_ptr<Wire> wire_;
  bool heard_ = false;
  // Since it was last asked for a sign of life.
  bool heard_more_ = false;
  bool asked_ = false;
  bool spoken_ = false;
};

// The fields as nghttp2 wants them; they must outlive what is made of them. What differs in every call is not kept in
// the tables of the compression.
std::vector<nghttp2_nv> ToNv(const Fields& fields);

// A provider that reads from this body.
nghttp2_data_provider ProviderOf(Session::Body& body);

}  // namespace anju::gateway::http2
