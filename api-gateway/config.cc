#include "api-gateway/config.h"

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace accordion::gateway {
namespace {

constexpr base::ProgramName kProgram = {
    "accordion-gateway", "ACCORDION_GATEWAY",
    "serves the public API by HTTP and hands its requests to the engine"};

// The keys bound to `config`.
std::vector<base::Setting> SettingsOf(Config& config) {
  return {
      {"listen", &config.listen, "host:port", "where the API is served; port 0 takes a free one"},
      {"admin-listen", &config.admin_listen, "host:port",
       "where /metrics, /livez and /readyz are served; keep it off the public network"},
      {"engine", &config.engine, "host:port", "the engine's gRPC address"},
      {"port-file", &config.port_file, "path",
       "a JSON file with the ports in use, written when the gateway serves; empty: none"},
      {"region", &config.regions, "comma-separated names",
       "the regions that a signature's scope may name"},
      {"time-zone", &config.time_zone, "IANA name",
       "the region's time zone, of times in parameters and answers"},
      {"threads", &config.threads, "threads", "HTTP worker threads; at most one a core"},
      {"engine.deadline", &config.engine_deadline, "duration",
       "after which a call to the engine is ServiceTimeout"},
      {"engine.max-in-flight", &config.max_in_flight, "calls",
       "open calls to the engine; further ones are ServiceUnavailable at once"},
      {"signature.window", &config.signature_window, "duration",
       "how far a signature's date may be off, either way"},
      {"credentials.ttl", &config.credential_ttl, "duration",
       "how long a key is trusted without asking the engine again"},
      {"credentials.unknown-ttl", &config.unknown_credential_ttl, "duration",
       "how long an unknown key is remembered as unknown"},
      {"throttle.rate", &config.throttle_rate, "requests/s",
       "an account may call each action this often, in the long run; 0: unlimited"},
      {"throttle.burst", &config.throttle_burst, "requests", "and this often at once"},
      {"failures.key-rate", &config.key_failure_rate, "failures/s",
       "signatures of one key may fail this often from one address before their answers are "
       "LimitExceeded; 0: unlimited"},
      {"failures.key-burst", &config.key_failure_burst, "failures", "and this often at once"},
      {"failures.address-rate", &config.address_failure_rate, "failures/s",
       "signatures from one address may fail this often before the address is turned away; 0: "
       "unlimited, as it must be behind a proxy that shows its own address"},
      {"failures.address-burst", &config.address_failure_burst, "failures",
       "and this often at once"},
      {"actions.disabled", &config.disabled_actions, "comma-separated names",
       "actions that answer ServiceUnavailable 404"},
      {"docs.serve", &config.serve_documents, "true or false",
       "serve the API document unsigned: /openapi.json, /docs, /docs/ACTION"},
      {"compat.scheduled_task_return_set", &config.scheduled_task_return_set, "object or number",
       "number: CreateScheduledTask answers ReturnSet as the bare id of the reference's sample, "
       "which breaks the Go SDK and Terraform"},
      {"remote-write.path", &config.remote_write_path, "path",
       "where Prometheus remote-write is taken, on the API's address"},
      {"remote-write.instance-label", &config.remote_write_instance_label, "label name",
       "the label that holds a sample's instance id"},
      {"remote-write.listener-label", &config.remote_write_listener_label, "label name",
       "the label that holds a sample's listener id"},
      {"remote-write.metric-names", &config.remote_write_metric_names,
       "comma-separated dimension=metric",
       "metrics whose name is not that of their dimension, e.g. cpu_usage=node_cpu_busy_percent"},
      {"remote-write.ack-timeout", &config.remote_write_ack_timeout, "duration",
       "a batch that the engine has not taken by then is answered 503, and the sender repeats it"},
      {"shutdown.grace", &config.shutdown_grace, "duration",
       "how long open requests may finish after SIGTERM"},
  };
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> args,
                                             base::Environment environment) {
  CommandLine line;
  if (absl::c_linear_search(args, "--help")) line.action = CommandLine::Action::kPrintHelp;
  if (absl::c_linear_search(args, "--print-config-reference")) {
    line.action = CommandLine::Action::kPrintReference;
  }
  if (absl::c_linear_search(args, "--print-openapi")) {
    line.action = CommandLine::Action::kPrintOpenApi;
  }
  const auto* const pages = absl::c_find(args, "--print-api-pages");
  if (pages != args.end()) {
    if (pages + 1 == args.end()) {
      return absl::InvalidArgumentError("--print-api-pages needs a directory");
    }
    line.action = CommandLine::Action::kPrintApiPages;
    line.directory = *(pages + 1);
  }
  if (line.action != CommandLine::Action::kRun) return line;
  RETURN_IF_ERROR(base::ReadSettings(kProgram, SettingsOf(line.config), args, environment));
  return line;
}

std::string HelpText() {
  Config defaults;
  return absl::StrCat(kProgram.name, ": ", kProgram.summary,
                      ".\n\nusage: accordion-gateway [--config FILE] [--KEY VALUE]...\n"
                      "       accordion-gateway --print-openapi | --print-api-pages DIRECTORY\n"
                      "       accordion-gateway --print-config-reference | --help\n\n",
                      base::SettingsHelp(SettingsOf(defaults)));
}

std::string ConfigReference() {
  Config defaults;
  return base::SettingsReference(kProgram, SettingsOf(defaults));
}

}  // namespace accordion::gateway
