#include "engine/notify/address_policy.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"

namespace accordion::notify {
namespace {

struct Special {
  const char* network;
  const char* why;
};

// The IANA registries of special-purpose addresses, less what is globally reachable. Clouds'
// metadata services are in them: 169.254.169.254 is link-local, 100.100.100.200 shared,
// fd00:ec2::254 unique local. The IPv6 forms that carry an IPv4 address are refused as a whole.
constexpr Special kSpecial[] = {
    {"0.0.0.0/8", "of this network"},
    {"10.0.0.0/8", "private"},
    {"100.64.0.0/10", "shared (carrier-grade NAT)"},
    {"127.0.0.0/8", "loopback"},
    {"169.254.0.0/16", "link-local"},
    {"172.16.0.0/12", "private"},
    {"192.0.0.0/24", "reserved"},
    {"192.0.2.0/24", "documentation"},
    {"192.31.196.0/24", "reserved"},
    {"192.52.193.0/24", "reserved"},
    {"192.88.99.0/24", "6to4 relay"},
    {"192.168.0.0/16", "private"},
    {"192.175.48.0/24", "reserved"},
    {"198.18.0.0/15", "benchmarking"},
    {"198.51.100.0/24", "documentation"},
    {"203.0.113.0/24", "documentation"},
    {"224.0.0.0/4", "multicast"},
    {"240.0.0.0/4", "reserved or broadcast"},
};
// Of IPv6 only 2000::/3 is routed in public.
constexpr Special kSpecialV6[] = {
    {"::1", "loopback"},
    {"fc00::/7", "unique local"},
    {"fe80::/10", "link-local"},
    {"ff00::/8", "multicast"},
    {"2001::/23", "reserved (Teredo and others)"},
    {"2001:db8::/32", "documentation"},
    {"2002::/16", "6to4"},
    {"3fff::/20", "documentation"},
};
constexpr char kPublicV6[] = "2000::/3";

const char* FindIn(absl::Span<const Special> table, const IpAddress& address) {
  for (const Special& special : table) {
    const std::optional<IpNetwork> network = IpNetwork::Parse(special.network);
    if (network.has_value() && network->Contains(address)) return special.why;
  }
  return nullptr;
}

}  // namespace

const char* SpecialUse(const IpAddress& address) {
  if (address.is_v4()) return FindIn(kSpecial, address);
  if (const char* why = FindIn(kSpecialV6, address); why != nullptr) return why;
  return IpNetwork::Parse(kPublicV6)->Contains(address) ? nullptr : "not routed in public";
}

bool AddressPolicy::IsAllowed(const IpAddress& address) const {
  return std::any_of(allowed_.begin(), allowed_.end(),
                     [&](const IpNetwork& network) { return network.Contains(address); });
}

absl::Status AddressPolicy::Check(absl::Span<const IpAddress> addresses) const {
  if (addresses.empty()) return absl::InvalidArgumentError("the host has no address");
  for (const IpAddress& address : addresses) {
    const char* why = SpecialUse(address);
    if (why == nullptr || IsAllowed(address)) continue;
    return absl::PermissionDeniedError(
        absl::StrCat("address ", address.Text(), " is ", why, "; see webhook.allowed-networks"));
  }
  return absl::OkStatus();
}

}  // namespace accordion::notify
