// Bodies of remote-write requests, written by hand: no code of the parser under test.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace accordion::gateway {

inline std::string Varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<char>(value | 0x80));
  bytes.push_back(static_cast<char>(value));
  return bytes;
}

inline std::string LengthField(int number, const std::string& content) {
  return Varint(static_cast<std::uint64_t>(number) << 3 | 2) + Varint(content.size()) + content;
}

inline std::string Label(const std::string& name, const std::string& value) {
  return LengthField(1, LengthField(1, name) + LengthField(2, value));
}

inline std::string Sample(double value, std::int64_t timestamp_ms) {
  std::string bytes = "\x09" + std::string(8, '\0');
  std::memcpy(bytes.data() + 1, &value, sizeof(value));
  return LengthField(2, bytes + "\x10" + Varint(static_cast<std::uint64_t>(timestamp_ms)));
}

inline std::string Series(const std::string& metric, const std::string& label,
                          const std::string& id,
                          const std::vector<std::pair<double, std::int64_t>>& samples) {
  std::string content = Label("__name__", metric) + Label(label, id);
  for (const auto& [value, at] : samples) content += Sample(value, at);
  return LengthField(1, content);
}

}  // namespace accordion::gateway
