#include "api-gateway/openapi/json_value.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "api-gateway/limits.h"

namespace accordion::gateway {
namespace {

// Receives nlohmann's parse events and builds the tree; stops at the first broken rule.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return Add({JsonValue::Kind::kNull, "", {}}); }
  bool boolean(bool value) override {
    return Add({JsonValue::Kind::kBool, value ? "true" : "false", {}});
  }
  bool number_integer(number_integer_t value) override {
    return Add({JsonValue::Kind::kInteger, absl::StrCat(value), {}});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return Add({JsonValue::Kind::kInteger, absl::StrCat(value), {}});
  }
  bool number_float(number_float_t, const string_t& text) override {
    return Add({JsonValue::Kind::kReal, text, {}});
  }
  bool string(string_t& value) override { return Add({JsonValue::Kind::kString, value, {}}); }
  bool binary(binary_t&) override { return Fail("binary value"); }
  bool start_object(std::size_t) override { return Open(JsonValue::Kind::kObject); }
  bool start_array(std::size_t) override { return Open(JsonValue::Kind::kArray); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& name) override {
    for (const auto& member : open_.back()->members) {
      if (member.name == name) return Fail("duplicate key");
    }
    key_ = name;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    return Fail(absl::StrCat("malformed JSON at byte ", position));
  }

  absl::StatusOr<JsonValue> Take(bool parsed) {
    if (parsed && problem_.empty()) return std::move(root_);
    return absl::InvalidArgumentError(problem_.empty() ? "malformed JSON" : problem_);
  }

 private:
  bool Fail(std::string problem) {
    if (problem_.empty()) problem_ = std::move(problem);
    return false;
  }

  bool Add(JsonValue value) {
    if (++values_ > limits::kMaxJsonValues) return Fail("too many JSON values");
    Insert(std::move(value));
    return true;
  }

  JsonValue* Insert(JsonValue value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    // The key is meaningful only inside an object; an array's elements have none.
    open_.back()->members.push_back({std::move(key_), std::move(value)});
    key_.clear();
    return &open_.back()->members.back().value;
  }

  bool Open(JsonValue::Kind kind) {
    if (open_.size() >= static_cast<std::size_t>(limits::kMaxJsonDepth)) {
      return Fail("JSON nested too deep");
    }
    if (++values_ > limits::kMaxJsonValues) return Fail("too many JSON values");
    // Pointers into a vector stay good: a parent's members only grow after its open child is
    // closed.
    open_.push_back(Insert({kind, "", {}}));
    return true;
  }

  bool Close() {
    open_.pop_back();
    return true;
  }

  JsonValue root_;
  std::vector<JsonValue*> open_;
  std::string key_;
  std::size_t values_ = 0;
  std::string problem_;
};

}  // namespace

absl::StatusOr<JsonValue> ParseJson(absl::string_view text) {
  // The library takes a NUL for the end of its input, whatever stands behind it.
  if (absl::StrContains(text, '\0')) return absl::InvalidArgumentError("malformed JSON");
  TreeBuilder builder;
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return builder.Take(parsed);
}

}  // namespace accordion::gateway
