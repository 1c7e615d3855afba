// Where webhooks may lead: public addresses only, unless the operator allows a network
// (reliability.md E7). Pure, so that a table tests it.
#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "engine/notify/ip_address.h"

namespace accordion::notify {

class AddressPolicy {
 public:
  explicit AddressPolicy(std::vector<IpNetwork> allowed) : allowed_(std::move(allowed)) {}

  // Whether the operator allows the address in so many words.
  bool IsAllowed(const IpAddress& address) const;
  // kPermissionDenied with words unless every address of a host is public or allowed: a name that
  // has one good and one bad address is a bad name. kInvalidArgument for no address.
  absl::Status Check(absl::Span<const IpAddress> addresses) const;

 private:
  std::vector<IpNetwork> allowed_;
};

// Why the address is not of the public Internet; null if it is.
const char* SpecialUse(const IpAddress& address);

}  // namespace accordion::notify
