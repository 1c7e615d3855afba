// A program's settings: each key declared once with its unit and meaning, read from flags, the
// environment and a file.
//
// A value comes from (strongest first) a flag `--key value` or `--key=value`, the environment
// (PREFIX_KEY, dots and dashes as underscores), the JSON file that `--config` names (objects nest
// by dots, arrays are lists), the default, which is what the bound variable held.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace accordion::base {

// One key, bound to the variable that it sets. Numbers and durations are never negative.
struct Setting {
  using Target =
      std::variant<std::string*, std::vector<std::string>*, int*, double*, bool*, absl::Duration*>;

  const char* name;  // "cloud.call-timeout"
  Target target;
  const char* unit;     // "duration", "host:port", ...
  const char* meaning;  // one sentence
};

// How a program names itself in texts and in the environment.
struct ProgramName {
  const char* name;         // "accordion-engine"
  const char* environment;  // "ACCORDION_ENGINE"
  const char* summary;      // one sentence
};

using Environment = const char* (*)(const std::string& name);  // null where unset

// Sets what `args` (without the program's name), the environment and the file say. InvalidArgument
// names the key and says what is wrong; NotFound: the file can't be read. Nothing is half set that
// a caller would use after an error.
absl::Status ReadSettings(const ProgramName& program, absl::Span<const Setting> settings,
                          absl::Span<const std::string> args, Environment environment);

// The keys as lines of --help. Call before reading, so that the defaults are shown.
std::string SettingsHelp(absl::Span<const Setting> settings);
// The keys as a Markdown table for docs/.
std::string SettingsReference(const ProgramName& program, absl::Span<const Setting> settings);

}  // namespace accordion::base
