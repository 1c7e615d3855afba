#include "api-gateway/openapi/xml_sink.h"

#include <cstddef>

#include "api-gateway/envelope.h"

namespace accordion::gateway {
namespace {

// What stands for the byte, or null where it stands for itself. XML 1.0 has no way to write most
// control characters, so they become U+FFFD.
const char* EscapeOf(unsigned char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&apos;";
    case '\r':
      return "&#13;";  // a parser would turn a bare one into a line feed
    case '\n':
    case '\t':
      return nullptr;
    default:
      return c < 0x20 ? "\xef\xbf\xbd" : nullptr;
  }
}

}  // namespace

void XmlSink::StartTag(absl::string_view name) {
  out_.push_back('<');
  out_.append(name.data(), name.size());
  out_.push_back('>');
}

void XmlSink::EndTag(absl::string_view name) {
  out_.append("</");
  out_.append(name.data(), name.size());
  out_.push_back('>');
}

void XmlSink::StartItem() { StartTag(envelope::kXmlItem); }
void XmlSink::EndItem() { EndTag(envelope::kXmlItem); }

void XmlSink::Text(absl::string_view name, absl::string_view value) {
  StartTag(name);
  Escaped(value);
  EndTag(name);
}

void XmlSink::TextItem(absl::string_view value) { Text(envelope::kXmlItem, value); }

void XmlSink::Escaped(absl::string_view value) {
  std::size_t copied = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char* escape = EscapeOf(static_cast<unsigned char>(value[i]));
    if (escape == nullptr) continue;
    out_.append(value.data() + copied, i - copied).append(escape);
    copied = i + 1;
  }
  out_.append(value.data() + copied, value.size() - copied);
}

}  // namespace accordion::gateway
