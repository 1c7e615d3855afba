// Hands one message to a mail server by SMTP or SMTPS, over libcurl.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace accordion::notify {

enum class SmtpTls {
  kNone,      // for a relay on the same host or a trusted network
  kStartTls,  // required, not merely tried
  kTls,       // from the first byte (SMTPS)
};

struct SmtpServer {
  std::string host;
  int port = 25;
  SmtpTls tls = SmtpTls::kStartTls;
  std::string user;  // empty: no AUTH
  base::SecretString password;
  std::string ca_file;  // "" = the system's
  absl::Duration timeout = absl::Seconds(10);
};

struct SmtpResult {
  absl::Status status;  // OK: the server took the message
  int code = 0;         // of the server's last reply; 0: there was none
};

// Blocks. `from` and `to` have been checked by CheckMailAddress.
SmtpResult SendMail(const SmtpServer& server, const std::string& from, const std::string& to,
                    absl::string_view message);

}  // namespace accordion::notify
