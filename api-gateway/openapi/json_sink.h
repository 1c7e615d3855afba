// Writes JSON text into a string. One of the two sinks of the response encoder.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace accordion::gateway {

// Calls must nest; names are ASCII and need no escaping (they come from the descriptors).
class JsonSink {
 public:
  explicit JsonSink(std::string* out) : out_(*out) {}

  void StartObject() { Open('{'); }
  void StartObject(absl::string_view name) { Name(name), Open('{'); }
  void EndObject() { Close('}'); }
  void EndObject(absl::string_view) { Close('}'); }
  void StartList(absl::string_view name) { Name(name), Open('['); }
  void EndList(absl::string_view) { Close(']'); }
  void StartItem() { Separate(), Open('{'); }
  void EndItem() { Close('}'); }

  void Text(absl::string_view name, absl::string_view value) { Name(name), String(value); }
  void Bare(absl::string_view name, absl::string_view value) { Name(name), Literal(value); }
  void TextItem(absl::string_view value) { Separate(), String(value); }
  void BareItem(absl::string_view value) { Separate(), Literal(value); }

 private:
  void Separate();
  void Name(absl::string_view name);
  void Open(char bracket);
  void Close(char bracket);
  void String(absl::string_view value);
  void Literal(absl::string_view value);

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace accordion::gateway
