#include "api-gateway/openapi/xml_sink.h"

#include <cstddef>

#include "api-gateway/envelope.h"

namespace accordion::gateway {
namespace {

// XML 1.0 has no way to write most control characters, nor U+FFFE and U+FFFF (section 2.2): this
// stands for them.
constexpr char kReplacement[] = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t kNoncharacterBytes = 3;

bool IsNoncharacter(absl::string_view character) {
  return character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf";
}

// What stands for the byte, or null where it stands for itself.
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
      return c < 0x20 ? kReplacement : nullptr;
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
  for (std::size_t i = 0; i < value.size();) {
    const bool is_noncharacter = IsNoncharacter(value.substr(i, kNoncharacterBytes));
    const char* escape =
        is_noncharacter ? kReplacement : EscapeOf(static_cast<unsigned char>(value[i]));
    const std::size_t end = i + (is_noncharacter ? kNoncharacterBytes : 1);
    if (escape != nullptr) {
      out_.append(value.data() + copied, i - copied).append(escape);
      copied = end;
    }
    i = end;
  }
  out_.append(value.data() + copied, value.size() - copied);
}

}  // namespace accordion::gateway
