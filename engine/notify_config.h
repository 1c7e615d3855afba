// The settings of notifications as an operator writes them, and what the notifier makes of them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/settings.h"
#include "engine/notify/contact_notifier.h"

namespace accordion {

struct NotifyConfig {
  std::vector<std::string> allowed_networks;
  std::vector<std::string> ports = {"443", "8443"};
  bool allow_http = false;
  std::string webhook_ca_file;

  std::string smtp_host;
  int smtp_port = 25;
  std::string smtp_tls = "starttls";
  std::string smtp_from;
  std::string smtp_user;
  std::string smtp_password_file;
  std::string smtp_ca_file;
};

// The keys bound to `config`.
std::vector<base::Setting> NotifySettingsOf(NotifyConfig& config);

// InvalidArgument says which key is wrong and how; NotFound: the password's file can't be read.
absl::StatusOr<notify::NotifyOptions> NotifyOptionsOf(const NotifyConfig& config,
                                                      const std::string& region,
                                                      absl::TimeZone time_zone);

}  // namespace accordion
