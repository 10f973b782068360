#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/platform/base/error.h"
#include "services/platform/rpc/tls.h"
#include "tests/support/identity.h"

namespace anju::testing {

// A CA of the test's own and what it signs, made by the openssl command; good for a day.
class Authority {
 public:
  // A moment ago: the time that is written into a certificate may be rounded up, and it is not good before.
  static constexpr char kMade[] = "1 minute ago";

  Authority() { Openssl(kMade, "-subj /CN=authority -keyout ca.key -out ca.pem"); }

  // The files `name`.pem and `name`.key, as if they had been made then; they replace those that are there.
  rpc::TlsFiles Sign(const std::string& name, const std::string& made = kMade,
                     const std::string& host = "IP:127.0.0.1") {
    Openssl(made,
            absl::StrCat("-CA ca.pem -CAkey ca.key -subj /CN=", name, " -addext basicConstraints=critical,CA:FALSE ",
                         "-addext subjectAltName=", host, " -keyout new.key -out new.pem"));
    std::filesystem::rename(directory_.Path("new.key"), directory_.Path(name + ".key"));
    std::filesystem::rename(directory_.Path("new.pem"), directory_.Path(name + ".pem"));
    return {.cert = directory_.Path(name + ".pem"), .key = directory_.Path(name + ".key"), .ca = ca()};
  }
  std::string ca() const { return directory_.Path("ca.pem"); }
  const TemporaryDirectory& directory() const { return directory_; }

 private:
  void Openssl(const std::string& made, const std::string& words) {
    const std::string command =
        absl::StrCat("cd ", directory_.Path(""), " && faketime '", made,
                     "' openssl req -x509 -days 1 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 ", words, " 2>&1");
    ANJU_CHECK(std::system(command.c_str()) == 0);
  }

  TemporaryDirectory directory_;
};

}  // namespace anju::testing
