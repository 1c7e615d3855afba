#include "engine/notify_config.h"

#include <fstream>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace accordion {
namespace {

absl::Status Wrong(absl::string_view key, absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(key, " ", why));
}

absl::StatusOr<notify::SmtpTls> TlsOf(absl::string_view word) {
  if (word == "none") return notify::SmtpTls::kNone;
  if (word == "starttls") return notify::SmtpTls::kStartTls;
  if (word == "tls") return notify::SmtpTls::kTls;
  return Wrong("smtp.tls", "must be none, starttls or tls");
}

absl::StatusOr<base::SecretString> PasswordOf(const std::string& path) {
  if (path.empty()) return base::SecretString();
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("smtp.password-file: cannot read ", path));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  absl::StripTrailingAsciiWhitespace(&text);
  return base::SecretString(std::move(text));
}

}  // namespace

std::vector<base::Setting> NotifySettingsOf(NotifyConfig& config) {
  return {
      {"webhook.allowed-networks", &config.allowed_networks, "networks",
       "addresses beyond the public Internet that webhooks may lead to, such as 10.1.0.0/16"},
      {"webhook.ports", &config.ports, "ports", "that webhooks may use"},
      {"webhook.allow-http", &config.allow_http, "true or false",
       "webhooks within webhook.allowed-networks may do without TLS"},
      {"webhook.ca-file", &config.webhook_ca_file, "path",
       "certificates to trust for webhooks; empty: the system's"},
      {"smtp.host", &config.smtp_host, "host", "the mail server for e-mail contacts; empty: none"},
      {"smtp.port", &config.smtp_port, "port", "of the mail server"},
      {"smtp.tls", &config.smtp_tls, "none, starttls or tls", "how the mail server is spoken to"},
      {"smtp.from", &config.smtp_from, "local@domain", "the sender of e-mails"},
      {"smtp.user", &config.smtp_user, "name", "for the mail server's AUTH; empty: none"},
      {"smtp.password-file", &config.smtp_password_file, "path",
       "holds the password for smtp.user"},
      {"smtp.ca-file", &config.smtp_ca_file, "path",
       "certificates to trust for the mail server; empty: the system's"},
  };
}

absl::StatusOr<notify::NotifyOptions> NotifyOptionsOf(const NotifyConfig& config,
                                                      const std::string& region,
                                                      absl::TimeZone time_zone) {
  notify::NotifyOptions options;
  options.webhook.region = region;
  options.webhook.allow_http = config.allow_http;
  options.webhook.ca_file = config.webhook_ca_file;
  for (const std::string& text : config.allowed_networks) {
    const std::optional<notify::IpNetwork> network = notify::IpNetwork::Parse(text);
    if (!network.has_value()) return Wrong("webhook.allowed-networks", "must be like 10.0.0.0/8");
    options.webhook.allowed_networks.push_back(*network);
  }
  options.webhook.ports.clear();
  for (const std::string& text : config.ports) {
    int port = 0;
    if (!absl::SimpleAtoi(text, &port) || port < 1 || port > 65535) {
      return Wrong("webhook.ports", "must be numbers from 1 to 65535");
    }
    options.webhook.ports.push_back(port);
  }
  options.mail = {.from = config.smtp_from, .region = region, .time_zone = time_zone};
  if (config.smtp_host.empty()) return options;
  if (const absl::Status from = ports::CheckMailAddress(config.smtp_from); !from.ok()) {
    return Wrong("smtp.from", absl::StrCat("is needed with smtp.host: ", from.message()));
  }
  options.smtp.host = config.smtp_host;
  options.smtp.port = config.smtp_port;
  ASSIGN_OR_RETURN(options.smtp.tls, TlsOf(config.smtp_tls));
  options.smtp.user = config.smtp_user;
  options.smtp.ca_file = config.smtp_ca_file;
  ASSIGN_OR_RETURN(options.smtp.password, PasswordOf(config.smtp_password_file));
  return options;
}

}  // namespace accordion
