#include "api-gateway/config.h"

#include <fstream>
#include <iterator>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "api-gateway/openapi/json_value.h"

namespace accordion::gateway {
namespace {

using Member = std::variant<std::string Config::*, std::vector<std::string> Config::*,
                            int Config::*, double Config::*, absl::Duration Config::*>;

struct Key {
  const char* name;
  Member member;
  const char* unit;
  const char* meaning;
};

const std::vector<Key>& Keys() {
  static const auto* const keys = new std::vector<Key>{
      {"listen", &Config::listen, "host:port", "where the API is served; port 0 takes a free one"},
      {"admin-listen", &Config::admin_listen, "host:port",
       "where /metrics, /livez and /readyz are served; keep it off the public network"},
      {"engine", &Config::engine, "host:port", "the engine's gRPC address"},
      {"port-file", &Config::port_file, "path",
       "a JSON file with the ports in use, written when the gateway serves; empty: none"},
      {"region", &Config::regions, "comma-separated names",
       "the regions that a signature's scope may name"},
      {"time-zone", &Config::time_zone, "IANA name",
       "the region's time zone, of times in parameters and answers"},
      {"threads", &Config::threads, "threads", "HTTP worker threads; at most one a core"},
      {"engine.deadline", &Config::engine_deadline, "duration",
       "after which a call to the engine is ServiceTimeout"},
      {"engine.max-in-flight", &Config::max_in_flight, "calls",
       "open calls to the engine; further ones are ServiceUnavailable at once"},
      {"signature.window", &Config::signature_window, "duration",
       "how far a signature's date may be off, either way"},
      {"credentials.ttl", &Config::credential_ttl, "duration",
       "how long a key is trusted without asking the engine again"},
      {"credentials.unknown-ttl", &Config::unknown_credential_ttl, "duration",
       "how long an unknown key is remembered as unknown"},
      {"throttle.rate", &Config::throttle_rate, "requests/s",
       "an account may call each action this often, in the long run; 0: unlimited"},
      {"throttle.burst", &Config::throttle_burst, "requests", "and this often at once"},
      {"actions.disabled", &Config::disabled_actions, "comma-separated names",
       "actions that answer ServiceUnavailable 404"},
      {"remote-write.path", &Config::remote_write_path, "path",
       "where Prometheus remote-write is taken, on the API's address"},
      {"remote-write.instance-label", &Config::remote_write_instance_label, "label name",
       "the label that holds a sample's instance id"},
      {"remote-write.listener-label", &Config::remote_write_listener_label, "label name",
       "the label that holds a sample's listener id"},
      {"remote-write.metric-names", &Config::remote_write_metric_names,
       "comma-separated dimension=metric",
       "metrics whose name is not that of their dimension, e.g. cpu_usage=node_cpu_busy_percent"},
      {"remote-write.ack-timeout", &Config::remote_write_ack_timeout, "duration",
       "a batch that the engine has not taken by then is answered 503, and the sender repeats it"},
      {"shutdown.grace", &Config::shutdown_grace, "duration",
       "how long open requests may finish after SIGTERM"},
  };
  return *keys;
}

std::string Show(const Config& config, const Member& member) {
  struct Visitor {
    const Config& config;
    std::string operator()(std::string Config::*m) const { return config.*m; }
    std::string operator()(std::vector<std::string> Config::*m) const {
      return absl::StrJoin(config.*m, ",");
    }
    std::string operator()(int Config::*m) const { return absl::StrCat(config.*m); }
    std::string operator()(double Config::*m) const { return absl::StrCat(config.*m); }
    std::string operator()(absl::Duration Config::*m) const {
      return absl::FormatDuration(config.*m);
    }
  };
  return std::visit(Visitor{config}, member);
}

bool Read(absl::string_view text, const Member& member, Config* config) {
  struct Visitor {
    absl::string_view text;
    Config& config;
    bool operator()(std::string Config::*m) const {
      config.*m = std::string(text);
      return true;
    }
    bool operator()(std::vector<std::string> Config::*m) const {
      config.*m = absl::StrSplit(text, ',', absl::SkipWhitespace());
      return true;
    }
    bool operator()(int Config::*m) const {
      return absl::SimpleAtoi(text, &(config.*m)) && config.*m >= 0;
    }
    bool operator()(double Config::*m) const {
      return absl::SimpleAtod(text, &(config.*m)) && config.*m >= 0;
    }
    bool operator()(absl::Duration Config::*m) const {
      return absl::ParseDuration(text, &(config.*m)) && config.*m >= absl::ZeroDuration();
    }
  };
  return std::visit(Visitor{text, *config}, member);
}

absl::Status Set(const Key& key, absl::string_view text, absl::string_view from, Config* config) {
  if (Read(text, key.member, config)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(from, ": ", key.name, " must be ", key.unit, ", not '", text, "'"));
}

const Key* FindKey(absl::string_view name) {
  for (const Key& key : Keys()) {
    if (name == key.name) return &key;
  }
  return nullptr;
}

std::string EnvironmentName(const Key& key) {
  return absl::StrCat("ACCORDION_GATEWAY_", absl::AsciiStrToUpper(absl::StrReplaceAll(
                                                key.name, {{".", "_"}, {"-", "_"}})));
}

// Objects nest by dots; an array is a comma-separated list.
absl::Status ReadObject(const JsonValue& object, absl::string_view prefix, absl::string_view file,
                        Config* config) {
  for (const auto& [name, value] : object.members) {
    const std::string full = absl::StrCat(prefix, name);
    if (value.kind == JsonValue::Kind::kObject) {
      absl::Status status = ReadObject(value, absl::StrCat(full, "."), file, config);
      if (!status.ok()) return status;
      continue;
    }
    const Key* key = FindKey(full);
    if (key == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat(file, ": there is no key ", full));
    }
    std::string text = value.text;
    if (value.kind == JsonValue::Kind::kArray) {
      text = absl::StrJoin(value.members, ",", [](std::string* out, const auto& element) {
        out->append(element.second.text);
      });
    }
    absl::Status status = Set(*key, text, file, config);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ReadFile(const std::string& path, Config* config) {
  std::ifstream file(path);
  if (!file) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const absl::StatusOr<JsonValue> document = ParseJson(text);
  if (!document.ok() || document->kind != JsonValue::Kind::kObject) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": ", document.ok() ? "not a JSON object" : document.status().message()));
  }
  return ReadObject(*document, "", path, config);
}

struct Flag {
  std::string name;
  std::string value;
};

// `--key value` and `--key=value`.
absl::StatusOr<std::vector<Flag>> ReadFlags(absl::Span<const std::string> args) {
  std::vector<Flag> flags;
  for (std::size_t i = 0; i < args.size(); ++i) {
    absl::string_view name = args[i];
    if (!absl::ConsumePrefix(&name, "--")) {
      return absl::InvalidArgumentError(absl::StrCat("not a flag: ", args[i]));
    }
    const std::size_t equals = name.find('=');
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

absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> args,
                                             const char* (*environment)(const std::string& name)) {
  CommandLine line;
  for (const std::string& arg : args) {
    if (arg == "--help") line.action = CommandLine::Action::kPrintHelp;
    if (arg == "--print-config-reference") line.action = CommandLine::Action::kPrintReference;
  }
  if (line.action != CommandLine::Action::kRun) return line;

  absl::StatusOr<std::vector<Flag>> flags = ReadFlags(args);
  if (!flags.ok()) return flags.status();
  for (const Flag& flag : *flags) {
    if (flag.name != "config") continue;
    absl::Status status = ReadFile(flag.value, &line.config);
    if (!status.ok()) return status;
  }
  for (const Key& key : Keys()) {
    const std::string name = EnvironmentName(key);
    const char* value = environment(name);
    if (value == nullptr) continue;
    absl::Status status = Set(key, value, name, &line.config);
    if (!status.ok()) return status;
  }
  for (const Flag& flag : *flags) {
    if (flag.name == "config") continue;
    const Key* key = FindKey(flag.name);
    if (key == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("there is no flag --", flag.name));
    }
    absl::Status status = Set(*key, flag.value, absl::StrCat("--", flag.name), &line.config);
    if (!status.ok()) return status;
  }
  return line;
}

std::string HelpText() {
  std::string text =
      "accordion-gateway: serves the public API by HTTP and hands its requests to the engine.\n\n"
      "usage: accordion-gateway [--config FILE] [--KEY VALUE]...\n"
      "       accordion-gateway --print-config-reference | --help\n\n";
  const Config defaults;
  for (const Key& key : Keys()) {
    absl::StrAppend(&text, "  --", key.name, " (", key.unit, ", default '",
                    Show(defaults, key.member), "')\n      ", key.meaning, "\n");
  }
  return text;
}

std::string ConfigReference() {
  std::string text =
      "# Settings of accordion-gateway\n\n"
      "Generated by `accordion-gateway --print-config-reference`. A key is a flag (`--KEY VALUE`), "
      "a variable of the\n"
      "environment, or a member of the JSON file that `--config` names (objects nest by dots).\n\n"
      "| key | default | unit | environment | meaning |\n| --- | --- | --- | --- | --- |\n";
  const Config defaults;
  for (const Key& key : Keys()) {
    absl::StrAppend(&text, "| `", key.name, "` | `", Show(defaults, key.member), "` | ", key.unit,
                    " | `", EnvironmentName(key), "` | ", key.meaning, " |\n");
  }
  return text;
}

}  // namespace accordion::gateway
