// accordion-engine: see --help.
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/admin_apply.h"
#include "engine/admin_audit.h"
#include "engine/config.h"
#include "engine/daemon.h"
#include "engine/key_file.h"
#include "engine/port_file.h"
#include "engine/stop_signal.h"
#include "engine/version.h"

namespace {

using accordion::Config;
using accordion::Daemon;
using accordion::StopSignal;
using Arguments = std::vector<std::string>;

constexpr int kUsageError = 2;
constexpr char kUsage[] =
    "accordion-engine: keeps scaling groups at their desired capacity.\n\n"
    "usage: accordion-engine [serve] [--config FILE] [--KEY VALUE]...\n"
    "       accordion-engine migrate [--config FILE] [--KEY VALUE]...\n"
    "       accordion-engine admin apply FILE [--engine HOST:PORT]\n"
    "       accordion-engine admin audit [--json] [--engine HOST:PORT]\n"
    "       accordion-engine init-key FILE\n"
    "       accordion-engine --help | --version | --print-config-reference\n\n";

const char* Environment(const std::string& name) { return getenv(name.c_str()); }

// Memory holds secrets: it must reach neither a core file nor another process's debugger.
void ProtectMemory() {
  const rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
}

absl::StatusOr<Config> Configure(const Arguments& arguments) {
  ASSIGN_OR_RETURN(Config config, accordion::ReadConfig(arguments, Environment));
  accordion::base::LogLevel level = accordion::base::LogLevel::kInfo;
  accordion::base::ParseLogLevel(config.log_level, &level);
  accordion::base::SetLogLevel(level);
  return config;
}

absl::Status Serve(const Arguments& arguments) {
  ProtectMemory();
  StopSignal stop;
  ASSIGN_OR_RETURN(const Config config, Configure(arguments));
  ASSIGN_OR_RETURN(const auto daemon, Daemon::Start(config, [&stop](absl::Duration timeout) {
                     return stop.WaitFor(timeout);
                   }));
  if (!config.port_file.empty()) {
    RETURN_IF_ERROR(
        accordion::WritePortFile(config.port_file, daemon->Port(), daemon->AdminPort()));
  }
  accordion::base::LogInfo("engine serves", {{"port", daemon->Port()},
                                             {"admin_port", daemon->AdminPort()},
                                             {"version", accordion::kVersion}});
  stop.Wait();
  accordion::base::LogInfo("engine stops");
  daemon->Stop();
  return absl::OkStatus();
}

absl::Status Migrate(const Arguments& arguments) {
  StopSignal stop;
  ASSIGN_OR_RETURN(const Config config, Configure(arguments));
  return accordion::MigrateDatabase(
      config, [&stop](absl::Duration timeout) { return stop.WaitFor(timeout); });
}

// `audit [--json]`; violations are an error, so that a script sees them in the exit status.
absl::Status Audit(const std::string& engine, bool as_json) {
  ASSIGN_OR_RETURN(const accordion::AuditOutcome outcome,
                   accordion::AuditDatabase(engine, as_json));
  printf("%s", outcome.text.c_str());
  if (outcome.violations == 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the audit found violations: ", outcome.violations));
}

// `apply FILE` or `audit [--json]`, with `--engine HOST:PORT`
absl::Status Administer(const Arguments& arguments) {
  std::string engine = Config().listen;
  std::vector<std::string> words;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string flag = "--engine=";
    if (arguments[i] == "--engine" && i + 1 < arguments.size()) {
      engine = arguments[++i];
    } else if (arguments[i].rfind(flag, 0) == 0) {
      engine = arguments[i].substr(flag.size());
    } else {
      words.push_back(arguments[i]);
    }
  }
  if (words == std::vector<std::string>{"audit"}) return Audit(engine, false);
  if (words == std::vector<std::string>{"audit", "--json"}) return Audit(engine, true);
  if (words.size() != 2 || words[0] != "apply") return absl::InvalidArgumentError(kUsage);
  return accordion::ApplyAccounts(words[1], engine);
}

absl::Status InitKey(const Arguments& arguments) {
  if (arguments.size() != 1) return absl::InvalidArgumentError(kUsage);
  return accordion::CreateKeyFile(arguments[0]);
}

void PrintHelp() {
  Config config;
  printf("%s%s", kUsage, accordion::base::SettingsHelp(accordion::SettingsOf(config)).c_str());
}

void PrintReference() {
  Config config;
  printf("%s", accordion::base::SettingsReference(accordion::kEngineProgram,
                                                  accordion::SettingsOf(config))
                   .c_str());
}

absl::Status Run(const Arguments& arguments) {
  const std::string command = arguments.empty() ? "serve" : arguments[0];
  for (const std::string& argument : arguments) {
    if (argument == "--help") return PrintHelp(), absl::OkStatus();
  }
  if (command == "--version") return printf("%s\n", accordion::kVersion), absl::OkStatus();
  if (command == "--print-config-reference") return PrintReference(), absl::OkStatus();
  if (command.rfind("--", 0) == 0) return Serve(arguments);  // flags only: serve
  const Arguments rest(arguments.begin() + (arguments.empty() ? 0 : 1), arguments.end());
  if (command == "serve") return Serve(rest);
  if (command == "migrate") return Migrate(rest);
  if (command == "admin") return Administer(rest);
  if (command == "init-key") return InitKey(rest);
  return absl::InvalidArgumentError(kUsage);
}

}  // namespace

int main(int argc, char** argv) {
  const absl::Status status = Run(Arguments(argv + 1, argv + argc));
  if (status.ok() || absl::IsCancelled(status)) return EXIT_SUCCESS;
  fprintf(stderr, "accordion-engine: %s\n", std::string(status.message()).c_str());
  return absl::IsInvalidArgument(status) ? kUsageError : EXIT_FAILURE;
}
