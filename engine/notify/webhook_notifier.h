// Delivers announcements to webhooks: a signed POST of a CloudEvents document.
//
// A tenant's URL makes this process connect to somewhere, so the host is looked up once, all its
// addresses are checked, and libcurl connects to those and no others, under the URL's own name
// (reliability.md E7). Redirects and proxies are off, replies are cut at 4 KiB.
//
//   X-Event-Id              the event's id, for de-duplication
//   X-Accordion-Timestamp   seconds since 1970 of this try
//   X-Accordion-Signature   v1=hex(HMAC-SHA256(secret, timestamp "." event id "." body))
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "base/http_client.h"
#include "engine/notify/address_policy.h"
#include "engine/ports/notifier.h"
#include "engine/ports/webhook_url.h"

namespace accordion::notify {

// All addresses of a host; kUnavailable if it has none now. Thread-safe.
using Resolve = std::function<absl::StatusOr<std::vector<IpAddress>>(const std::string& host)>;
// By the system's resolver; blocks as long as that does.
Resolve SystemResolve();

struct WebhookOptions {
  std::string region;
  std::vector<IpNetwork> allowed_networks;
  std::vector<int> ports = {443, 8443};
  // Plain HTTP, to hosts that lie in the allowed networks as a whole.
  bool allow_http = false;
  absl::Duration timeout = absl::Seconds(5);
  std::string ca_file;  // "" = the system's
};

// The value of X-Accordion-Signature.
std::string WebhookSignature(const base::SecretString& secret, absl::string_view timestamp,
                             absl::string_view event_id, absl::string_view body);

// Thread-safe.
class WebhookNotifier final : public ports::Notifier {
 public:
  WebhookNotifier(const WebhookOptions& options, const base::Clock& clock, Resolve resolve);

  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override;

 private:
  // The checked addresses of the URL's host. kPermissionDenied where it must not lead.
  absl::StatusOr<std::vector<IpAddress>> Vet(const ports::WebhookUrl& url) const;
  ports::DeliveryResult Post(const ports::WebhookUrl& url, const std::vector<IpAddress>& addresses,
                             const ports::Contact& contact,
                             const ports::Announcement& announcement);

  const WebhookOptions options_;
  const AddressPolicy policy_;
  const base::Clock& clock_;
  const Resolve resolve_;
  base::HttpClient client_;
};

}  // namespace accordion::notify
