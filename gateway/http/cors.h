#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "gateway/http/reply.h"
#include "gateway/http/request.h"

namespace anju::gateway {

// Which pages of other origins may read answers in a browser. None may, unless they are named. A page sends its token
// itself; cookies are not known here, so credentials are never allowed.
class Cors {
 public:
  // `https://figures.example.cn,http://127.0.0.1:3000`. INVALID_ARGUMENT for what is not a list of origins; `*` is
  // none.
  static absl::StatusOr<Cors> Parse(absl::string_view origins);

  // What an answer to this request says to a browser.
  void Add(const RequestHead& head, Reply& reply) const;
  // The same for OPTIONS that ask before a request by one of `methods`.
  void AddPreflight(const RequestHead& head, absl::string_view methods, Reply& reply) const;

 private:
  bool Allows(absl::string_view origin) const;

  std::vector<std::string> origins_;
};

}  // namespace anju::gateway
