// A small strict JSON reader: for parameters that hold JSON text, and for the configuration file.
//
// Strict: duplicate keys, more nesting or values than the limits, text behind the value and broken
// UTF-8 are refused. Numbers keep the text of their integer form, so that nothing passes through a
// double. The JSON library is included in json_value.cc alone.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace accordion::gateway {

struct JsonMember;

struct JsonValue {
  enum class Kind { kNull, kBool, kInteger, kReal, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  std::string text;  // of a scalar: the string's content, the number's text, "true" or "false"
  std::vector<JsonMember> members;  // of an object; an array's have empty names
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// InvalidArgument says what is wrong without quoting the text (it may hold secrets).
absl::StatusOr<JsonValue> ParseJson(absl::string_view text);

}  // namespace accordion::gateway
