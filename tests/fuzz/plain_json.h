// A second JSON reader, for comparison with the product's: a plain recursive descent over RFC 8259,
// standard library only, with the gateway's limits on nesting and on the number of values.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace accordion::fuzz {

struct PlainMember;

struct PlainJson {
  // n: null, b: flag, i: integer within 64 bits, r: other number, s: string, a: array, o: object
  char kind = 'n';
  std::string text;                  // of a string its content, of a number or flag its text
  std::vector<PlainMember> members;  // of an array with empty names
};

struct PlainMember {
  std::string name;
  PlainJson value;
};

// nullopt: not one JSON value, a repeated key, or past `max_depth` containers or `max_values`.
std::optional<PlainJson> ReadPlainJson(const std::string& text, int max_depth, int max_values);

}  // namespace accordion::fuzz
