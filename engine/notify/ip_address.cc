#include "engine/notify/ip_address.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/numbers.h"

namespace accordion::notify {
namespace {

constexpr IpAddress::Bytes kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr size_t kMappedBytes = 12;
constexpr int kMappedBits = 96;

}  // namespace

IpAddress IpAddress::V4(uint32_t host_order) {
  Bytes bytes = kMappedPrefix;
  for (size_t i = 0; i < 4; ++i) {
    bytes[kMappedBytes + i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  }
  return IpAddress(bytes);
}

std::optional<IpAddress> IpAddress::Parse(absl::string_view text) {
  const std::string name(text);
  in_addr v4{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return V4(ntohl(v4.s_addr));
  Bytes bytes{};
  if (inet_pton(AF_INET6, name.c_str(), bytes.data()) == 1) return IpAddress(bytes);
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(bytes_.begin(), bytes_.begin() + kMappedBytes, kMappedPrefix.begin());
}

std::string IpAddress::Text() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (is_v4()) {
    inet_ntop(AF_INET, bytes_.data() + kMappedBytes, text, sizeof(text));
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text, sizeof(text));
  }
  return text;
}

std::optional<IpNetwork> IpNetwork::Parse(absl::string_view text) {
  const size_t slash = text.find('/');
  const std::optional<IpAddress> address = IpAddress::Parse(text.substr(0, slash));
  if (!address.has_value()) return std::nullopt;
  const bool dotted = text.find(':') == absl::string_view::npos;
  int bits = dotted ? 32 : 128;
  if (slash != absl::string_view::npos) {
    int given = 0;
    if (!absl::SimpleAtoi(text.substr(slash + 1), &given) || given < 0 || given > bits) {
      return std::nullopt;
    }
    bits = given;
  }
  return IpNetwork(*address, dotted ? kMappedBits + bits : bits);
}

bool IpNetwork::Contains(const IpAddress& address) const {
  for (int bit = 0; bit < bits_; bit += 8) {
    const auto i = static_cast<size_t>(bit / 8);
    const int rest = std::min(8, bits_ - bit);
    const auto mask = static_cast<uint8_t>(0xff << (8 - rest));
    if (((address.bytes()[i] ^ address_.bytes()[i]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace accordion::notify
