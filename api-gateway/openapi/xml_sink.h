// Writes XML text into a string. One of the two sinks of the response encoder.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace accordion::gateway {

// Calls must nest; names are ASCII XML names (they come from the descriptors). Lists are
// `<XxxSet><item>…`.
class XmlSink {
 public:
  explicit XmlSink(std::string* out) : out_(*out) {}

  void StartObject(absl::string_view name) { StartTag(name); }
  void EndObject(absl::string_view name) { EndTag(name); }
  void StartList(absl::string_view name) { StartTag(name); }
  void EndList(absl::string_view name) { EndTag(name); }
  void StartItem();
  void EndItem();

  void Text(absl::string_view name, absl::string_view value);
  void Bare(absl::string_view name, absl::string_view value) { Text(name, value); }
  void TextItem(absl::string_view value);
  void BareItem(absl::string_view value) { TextItem(value); }

 private:
  void StartTag(absl::string_view name);
  void EndTag(absl::string_view name);
  void Escaped(absl::string_view value);

  std::string& out_;
};

}  // namespace accordion::gateway
