#include "base/settings.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace accordion::base {
namespace {

using Json = nlohmann::ordered_json;

std::string Show(const Setting::Target& target) {
  struct Visitor {
    std::string operator()(const std::string* value) const { return *value; }
    std::string operator()(const std::vector<std::string>* value) const {
      return absl::StrJoin(*value, ",");
    }
    std::string operator()(const int* value) const { return absl::StrCat(*value); }
    std::string operator()(const double* value) const { return absl::StrCat(*value); }
    std::string operator()(const bool* value) const { return *value ? "true" : "false"; }
    std::string operator()(const absl::Duration* value) const {
      return absl::FormatDuration(*value);
    }
  };
  return std::visit(Visitor{}, target);
}

bool Parse(absl::string_view text, const Setting::Target& target) {
  struct Visitor {
    absl::string_view text;
    bool operator()(std::string* value) const {
      *value = std::string(text);
      return true;
    }
    bool operator()(std::vector<std::string>* value) const {
      *value = absl::StrSplit(text, ',', absl::SkipWhitespace());
      return true;
    }
    bool operator()(int* value) const { return absl::SimpleAtoi(text, value) && *value >= 0; }
    bool operator()(double* value) const { return absl::SimpleAtod(text, value) && *value >= 0; }
    bool operator()(bool* value) const { return absl::SimpleAtob(text, value); }
    bool operator()(absl::Duration* value) const {
      return absl::ParseDuration(text, value) && *value >= absl::ZeroDuration();
    }
  };
  return std::visit(Visitor{text}, target);
}

absl::Status Set(absl::Span<const Setting> settings, absl::string_view name, absl::string_view text,
                 absl::string_view from) {
  for (const Setting& setting : settings) {
    if (name != setting.name) continue;
    if (Parse(text, setting.target)) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(from, ": ", name, " must be ", setting.unit, ", not '", text, "'"));
  }
  return absl::InvalidArgumentError(absl::StrCat(from, ": there is no setting ", name));
}

std::string EnvironmentName(const ProgramName& program, const Setting& setting) {
  return absl::StrCat(
      program.environment, "_",
      absl::AsciiStrToUpper(absl::StrReplaceAll(setting.name, {{".", "_"}, {"-", "_"}})));
}

std::string TextOf(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

absl::Status ReadObject(absl::Span<const Setting> settings, const Json& object,
                        const std::string& prefix, absl::string_view file) {
  for (const auto& [name, value] : object.items()) {
    const std::string full = absl::StrCat(prefix, name);
    if (value.is_object()) {
      RETURN_IF_ERROR(ReadObject(settings, value, absl::StrCat(full, "."), file));
      continue;
    }
    std::vector<std::string> elements;
    if (value.is_array()) {
      for (const Json& element : value) elements.push_back(TextOf(element));
    } else {
      elements.push_back(TextOf(value));
    }
    RETURN_IF_ERROR(Set(settings, full, absl::StrJoin(elements, ","), file));
  }
  return absl::OkStatus();
}

absl::Status ReadFile(absl::Span<const Setting> settings, const std::string& path) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read the configuration file ", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const Json document =
      Json::parse(text, nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (!document.is_object())
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a JSON object"));
  return ReadObject(settings, document, "", path);
}

struct Flag {
  std::string name;
  std::string value;
};

absl::StatusOr<std::vector<Flag>> ReadFlags(absl::Span<const std::string> args) {
  std::vector<Flag> flags;
  for (size_t i = 0; i < args.size(); ++i) {
    absl::string_view name = args[i];
    if (!absl::ConsumePrefix(&name, "--"))
      return absl::InvalidArgumentError(absl::StrCat("not a flag: ", args[i]));
    const size_t equals = name.find('=');
    if (equals != absl::string_view::npos) {
      flags.push_back({std::string(name.substr(0, equals)), std::string(name.substr(equals + 1))});
    } else if (i + 1 < args.size()) {
      flags.push_back({std::string(name), args[++i]});
    } else {
      return absl::InvalidArgumentError(absl::StrCat("--", name, " needs a value"));
    }
  }
  return flags;
}

}  // namespace

absl::Status ReadSettings(const ProgramName& program, absl::Span<const Setting> settings,
                          absl::Span<const std::string> args, Environment environment) {
  ASSIGN_OR_RETURN(const std::vector<Flag> flags, ReadFlags(args));
  for (const Flag& flag : flags) {
    if (flag.name == "config") RETURN_IF_ERROR(ReadFile(settings, flag.value));
  }
  for (const Setting& setting : settings) {
    const std::string name = EnvironmentName(program, setting);
    const char* value = environment(name);
    if (value != nullptr) RETURN_IF_ERROR(Set(settings, setting.name, value, name));
  }
  for (const Flag& flag : flags) {
    if (flag.name != "config")
      RETURN_IF_ERROR(Set(settings, flag.name, flag.value, "command line"));
  }
  return absl::OkStatus();
}

std::string SettingsHelp(absl::Span<const Setting> settings) {
  std::string text;
  for (const Setting& setting : settings) {
    absl::StrAppend(&text, "  --", setting.name, " (", setting.unit, ", default '",
                    Show(setting.target), "')\n      ", setting.meaning, "\n");
  }
  return text;
}

std::string SettingsReference(const ProgramName& program, absl::Span<const Setting> settings) {
  std::string text = absl::StrCat(
      "# Settings of ", program.name, "\n\nGenerated by `", program.name,
      " --print-config-reference`. A key is a flag (`--KEY VALUE`), a variable of the environment, "
      "or a member of the "
      "JSON file that `--config` names (objects nest by dots).\n\n"
      "| key | default | unit | environment | meaning |\n| --- | --- | --- | --- | --- |\n");
  for (const Setting& setting : settings) {
    absl::StrAppend(&text, "| `", setting.name, "` | `", Show(setting.target), "` | ", setting.unit,
                    " | `", EnvironmentName(program, setting), "` | ", setting.meaning, " |\n");
  }
  return text;
}

}  // namespace accordion::base
