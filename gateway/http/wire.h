#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/system/error_code.hpp>
#include <optional>
#include <utility>

namespace anju::gateway {

// A connection with TLS or without, to read and write.
class Wire {
 public:
  using executor_type = boost::asio::ip::tcp::socket::executor_type;

  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Plain text without a certificate.
  Wire(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* certificate) : tcp_(std::move(socket)) {
    if (certificate != nullptr) tls_.emplace(tcp_, *certificate);
  }

  executor_type get_executor() { return tcp_.get_executor(); }

  // Says that no more is sent. Every answer tells where it ends, so that TLS need not tell where the last one does.
  void ShutDown() {
    boost::system::error_code ignored;
    tcp_.shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  }
  void Close() {
    boost::system::error_code ignored;
    tcp_.close(ignored);
  }

  // Calls `done` when both may speak, at once in plain text.
  template <typename Done>
  void Handshake(Done done) {
    if (!tls_) return done(boost::system::error_code());
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::move(done));
  }
  template <typename Buffers, typename Done>
  auto async_read_some(const Buffers& buffers, Done&& done) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Done>(done))
                : tcp_.async_read_some(buffers, std::forward<Done>(done));
  }
  template <typename Buffers, typename Done>
  auto async_write_some(const Buffers& buffers, Done&& done) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Done>(done))
                : tcp_.async_write_some(buffers, std::forward<Done>(done));
  }

 private:
  boost::asio::ip::tcp::socket tcp_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
};

}  // namespace anju::gateway
