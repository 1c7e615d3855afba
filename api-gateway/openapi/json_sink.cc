#include "api-gateway/openapi/json_sink.h"

#include <cstddef>

namespace accordion::gateway {

void JsonSink::Separate() {
  if (needs_comma_) out_.push_back(',');
  needs_comma_ = false;
}

void JsonSink::Name(absl::string_view name) {
  Separate();
  out_.push_back('"');
  out_.append(name.data(), name.size());
  out_.append("\":");
}

void JsonSink::Open(char bracket) {
  out_.push_back(bracket);
  needs_comma_ = false;
}

void JsonSink::Close(char bracket) {
  out_.push_back(bracket);
  needs_comma_ = true;
}

void JsonSink::Literal(absl::string_view value) {
  out_.append(value.data(), value.size());
  needs_comma_ = true;
}

void JsonSink::String(absl::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  out_.push_back('"');
  std::size_t copied = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f) continue;
    out_.append(value.data() + copied, i - copied);
    copied = i + 1;
    switch (c) {
      case '"':
        out_.append("\\\"");
        break;
      case '\\':
        out_.append("\\\\");
        break;
      case '\n':
        out_.append("\\n");
        break;
      case '\r':
        out_.append("\\r");
        break;
      case '\t':
        out_.append("\\t");
        break;
      default:
        out_.append("\\u00");
        out_.push_back(kHex[c >> 4]);
        out_.push_back(kHex[c & 0xf]);
    }
  }
  out_.append(value.data() + copied, value.size() - copied);
  out_.push_back('"');
  needs_comma_ = true;
}

}  // namespace accordion::gateway
