// IP addresses and networks as values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace accordion::notify {

// IPv4 addresses are held as IPv6 sees them (::ffff:a.b.c.d), so that the two spellings of one
// address are equal and no rule can be passed by changing the spelling.
class IpAddress {
 public:
  using Bytes = std::array<uint8_t, 16>;

  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  static IpAddress V4(uint32_t host_order);
  // Dotted IPv4, or IPv6 without brackets; nullopt for anything else.
  static std::optional<IpAddress> Parse(absl::string_view text);

  const Bytes& bytes() const { return bytes_; }
  bool is_v4() const;  // the mapped form included
  // As Parse takes it; a mapped address as IPv4.
  std::string Text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  Bytes bytes_;
};

class IpNetwork {
 public:
  // "10.0.0.0/8", "fc00::/7", or one address; nullopt for anything else.
  static std::optional<IpNetwork> Parse(absl::string_view text);

  bool Contains(const IpAddress& address) const;

 private:
  IpNetwork(const IpAddress& address, int bits) : address_(address), bits_(bits) {}

  IpAddress address_;
  int bits_;  // of 128
};

}  // namespace accordion::notify
