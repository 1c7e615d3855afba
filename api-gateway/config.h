// The gateway's settings.
//
// Each key is declared once, in config.cc, with its unit and its meaning; its default is the
// initialiser below. base/settings.h says where a value may come from.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "api-gateway/limits.h"
#include "base/settings.h"

namespace accordion::gateway {

struct Config {
  std::string listen = "127.0.0.1:8080";
  std::string admin_listen = "127.0.0.1:8081";
  std::string engine = "127.0.0.1:7070";
  std::string port_file;
  std::vector<std::string> regions = {"cn-beijing-6"};
  std::string time_zone = "Asia/Shanghai";
  int threads = 2;

  absl::Duration engine_deadline = absl::Milliseconds(limits::kEngineDeadlineMs);
  int max_in_flight = limits::kMaxInFlight;
  absl::Duration signature_window = absl::Seconds(limits::kSignatureWindowSeconds);
  absl::Duration credential_ttl = absl::Seconds(limits::kCredentialTtlSeconds);
  absl::Duration unknown_credential_ttl = absl::Seconds(limits::kUnknownCredentialTtlSeconds);
  double throttle_rate = limits::kThrottleRequestsPerSecond;
  double throttle_burst = limits::kThrottleBurst;
  double key_failure_rate = limits::kKeyFailuresPerSecond;
  double key_failure_burst = limits::kKeyFailureBurst;
  double address_failure_rate = limits::kAddressFailuresPerSecond;
  double address_failure_burst = limits::kAddressFailureBurst;
  std::vector<std::string> disabled_actions;
  bool serve_documents = true;
  std::string scheduled_task_return_set = "object";

  std::string remote_write_path = "/api/v1/write";
  std::string remote_write_instance_label = "instance_id";
  std::string remote_write_listener_label = "listener_id";
  std::vector<std::string> remote_write_metric_names;
  absl::Duration remote_write_ack_timeout = absl::Milliseconds(limits::kIngestAckTimeoutMs);

  absl::Duration shutdown_grace = absl::Seconds(10);
};

// What the command line asks for.
struct CommandLine {
  enum class Action { kRun, kPrintHelp, kPrintReference, kPrintOpenApi, kPrintApiPages };

  Action action = Action::kRun;
  std::string directory;  // of kPrintApiPages
  Config config;
};

// `args` without the program's name; `environment` looks a variable up (null where unset).
// InvalidArgument names the key and says what is wrong.
absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> args,
                                             base::Environment environment);

// The text of --help.
std::string HelpText();

// The reference of all keys, as a page of Markdown (docs/gateway-config.md is this output).
std::string ConfigReference();

}  // namespace accordion::gateway
