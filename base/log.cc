#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
#include "base/utf8.h"

namespace accordion::base {
namespace {

std::atomic<LogLevel> lowest_level = LogLevel::kInfo;

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

void AppendEscape(char control, std::string* line) {
  if (control == '\n') {
    *line += "\\n";
  } else if (control == '\t') {
    *line += "\\t";
  } else {
    absl::StrAppend(line, "\\u", absl::Hex(static_cast<unsigned char>(control), absl::kZeroPad4));
  }
}

void AppendString(absl::string_view text, std::string* line) {
  line->push_back('"');
  while (!text.empty()) {
    const size_t length = Utf8CharacterLength(text);
    const char first = text.front();
    if (length == 0) {
      *line += "\\ufffd";
    } else if (first == '"' || first == '\\') {
      line->push_back('\\');
      line->push_back(first);
    } else if (static_cast<unsigned char>(first) < 0x20 || first == 0x7f) {
      AppendEscape(first, line);
    } else if (length == 2 && static_cast<unsigned char>(first) == 0xc2 &&
               static_cast<unsigned char>(text[1]) < 0xa0) {
      // U+0080 to U+009F control terminals too.
      absl::StrAppend(line, "\\u", absl::Hex(static_cast<unsigned char>(text[1]), absl::kZeroPad4));
    } else {
      absl::StrAppend(line, text.substr(0, length));
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  line->push_back('"');
}

struct ValueAppender {
  std::string* line;

  void operator()(absl::string_view text) const { AppendString(text, line); }
  void operator()(int64_t number) const { absl::StrAppend(line, number); }
  void operator()(uint64_t number) const { absl::StrAppend(line, number); }
  void operator()(bool truth) const { *line += truth ? "true" : "false"; }
  void operator()(double number) const {
    // JSON has no infinities or NaN.
    if (std::isfinite(number)) {
      absl::StrAppend(line, number);
    } else {
      *line += "null";
    }
  }
};

void WriteToStandardError(absl::string_view line) {
  // A line longer than PIPE_BUF may be written in parts; the mutex keeps the parts together.
  static absl::Mutex mutex(absl::kConstInit);
  absl::MutexLock lock(&mutex);
  while (!line.empty()) {
    const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;  // nowhere to complain
    line.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace

void SetLogLevel(LogLevel level) { lowest_level.store(level, std::memory_order_relaxed); }

bool LogEnabled(LogLevel level) { return level >= lowest_level.load(std::memory_order_relaxed); }

void Log(LogLevel level, absl::string_view message, LogFields fields) {
  if (!LogEnabled(level)) return;
  WriteToStandardError(FormatLogLine(SystemClock().Now(), level, message, fields));
}

bool ParseLogLevel(absl::string_view text, LogLevel* level) {
  for (const LogLevel candidate :
       {LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarning, LogLevel::kError}) {
    if (text != LevelName(candidate)) continue;
    *level = candidate;
    return true;
  }
  return false;
}

std::string FormatLogLine(absl::Time time, LogLevel level, absl::string_view message,
                          LogFields fields) {
  std::string line = absl::StrCat(
      "{\"time\":\"", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone()),
      "\",\"level\":\"", LevelName(level), "\",\"message\":");
  AppendString(message, &line);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendString(field.key(), &line);
    line.push_back(':');
    std::visit(ValueAppender{&line}, field.value());
  }
  line += "}\n";
  return line;
}

}  // namespace accordion::base
