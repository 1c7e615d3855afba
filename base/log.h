// Structured logs: one JSON object a line on standard error, e.g.
//   {"time":"2026-11-24T08:21:25.123456Z","level":"info","message":"policy fired","group":"5373"}
//
// Logs are for operators; the audit is the activity row, so a line carries ids instead of stories.
// Never log secrets, user data or query strings (reliability.md E16).
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <variant>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// A key and its value. Holds references: lives no longer than the call that it is passed to.
class LogField {
 public:
  using Value = std::variant<absl::string_view, int64_t, uint64_t, double, bool>;

  template <typename Text>
  requires std::convertible_to<const Text&, absl::string_view> LogField(absl::string_view key,
                                                                        const Text& value)
      : key_(key), value_(absl::string_view(value)) {}
  LogField(absl::string_view key, std::same_as<bool> auto value) : key_(key), value_(value) {}
  LogField(absl::string_view key, std::signed_integral auto value)
      : key_(key), value_(int64_t{value}) {}
  template <std::unsigned_integral Unsigned>
  requires(!std::same_as<Unsigned, bool>) LogField(absl::string_view key, Unsigned value)
      : key_(key), value_(uint64_t{value}) {}
  LogField(absl::string_view key, std::floating_point auto value)
      : key_(key), value_(static_cast<double>(value)) {}

  absl::string_view key() const { return key_; }
  const Value& value() const { return value_; }

 private:
  absl::string_view key_;
  Value value_;
};

using LogFields = std::initializer_list<LogField>;

// All of these are thread-safe; a line is never torn. A line below the level costs one atomic load.
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);
void Log(LogLevel level, absl::string_view message, LogFields fields = {});
inline void LogDebug(absl::string_view message, LogFields fields = {}) {
  Log(LogLevel::kDebug, message, fields);
}
inline void LogInfo(absl::string_view message, LogFields fields = {}) {
  Log(LogLevel::kInfo, message, fields);
}
inline void LogWarning(absl::string_view message, LogFields fields = {}) {
  Log(LogLevel::kWarning, message, fields);
}
inline void LogError(absl::string_view message, LogFields fields = {}) {
  Log(LogLevel::kError, message, fields);
}

// "debug", "info", "warning" or "error"; false leaves *level alone.
bool ParseLogLevel(absl::string_view text, LogLevel* level);

// The line, with its line feed. Control characters are escaped and bytes that aren't UTF-8 become
// U+FFFD, so that a hostile value can neither forge a line nor break a JSON reader.
std::string FormatLogLine(absl::Time time, LogLevel level, absl::string_view message,
                          LogFields fields);

}  // namespace accordion::base
