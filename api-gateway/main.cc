// accordion-gateway: see --help.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "api-gateway/config.h"
#include "api-gateway/document/document_pages.h"
#include "api-gateway/gateway.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"

namespace {

using accordion::gateway::CommandLine;
using accordion::gateway::Config;
using accordion::gateway::Gateway;

constexpr int kUsageError = 2;

const char* Environment(const std::string& name) { return getenv(name.c_str()); }

// Whoever waits for the file must find it whole, so it is renamed into place.
bool WritePortFile(const std::string& path, int port, int admin_port) {
  const std::string next = absl::StrCat(path, ".new");
  FILE* file = fopen(next.c_str(), "w");
  if (file == nullptr) return false;
  const bool written = fprintf(file, "{\"port\": %d, \"admin_port\": %d}\n", port, admin_port) > 0;
  return (fclose(file) == 0) && written && rename(next.c_str(), path.c_str()) == 0;
}

// The document of the API as it is by default.
int PrintDocument(const CommandLine& line) {
  const auto routes = accordion::gateway::BuildRoutes(line.config);
  absl::TimeZone zone;
  if (!routes.ok() || !absl::LoadTimeZone(line.config.time_zone, &zone)) {
    fprintf(stderr, "accordion-gateway: the API's description or the time zones are broken\n");
    return EXIT_FAILURE;
  }
  if (line.action == CommandLine::Action::kPrintOpenApi) {
    fputs(accordion::gateway::PublishedOpenApi(**routes, zone).c_str(), stdout);
    return EXIT_SUCCESS;
  }
  const absl::Status written =
      accordion::gateway::WriteApiPages(**routes, line.config.regions, zone, line.directory);
  if (written.ok()) return EXIT_SUCCESS;
  fprintf(stderr, "accordion-gateway: %s\n", std::string(written.message()).c_str());
  return EXIT_FAILURE;
}

int Serve(const Config& config, const sigset_t& stop_signals) {
  accordion::base::SystemClock clock;
  accordion::base::SystemRng rng;
  auto gateway =
      Gateway::Start(config, accordion::gateway::ConnectEngine(config, &clock), &clock, &rng);
  if (!gateway.ok()) {
    accordion::base::LogError("cannot start", {{"reason", gateway.status().message()}});
    return EXIT_FAILURE;
  }
  if (!config.port_file.empty() &&
      !WritePortFile(config.port_file, (*gateway)->Port(), (*gateway)->AdminPort())) {
    accordion::base::LogError("cannot write the port file", {{"path", config.port_file}});
    return EXIT_FAILURE;
  }
  accordion::base::LogInfo("gateway serves", {{"port", (*gateway)->Port()},
                                              {"admin_port", (*gateway)->AdminPort()},
                                              {"engine", config.engine}});
  int received = 0;
  sigwait(&stop_signals, &received);
  accordion::base::LogInfo("gateway stops", {{"signal", received}});
  (*gateway)->Stop();
  return EXIT_SUCCESS;
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = accordion::gateway::ParseCommandLine(
      std::vector<std::string>(argv + 1, argv + argc), Environment);
  if (!line.ok()) {
    fprintf(stderr, "accordion-gateway: %s\n", std::string(line.status().message()).c_str());
    return kUsageError;
  }
  // Blocked before any thread starts, so that all inherit it and sigwait alone gets them.
  sigset_t stop_signals;
  sigemptyset(&stop_signals);
  sigaddset(&stop_signals, SIGTERM);
  sigaddset(&stop_signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  switch (line->action) {
    case CommandLine::Action::kPrintHelp:
      fputs(accordion::gateway::HelpText().c_str(), stdout);
      return EXIT_SUCCESS;
    case CommandLine::Action::kPrintReference:
      fputs(accordion::gateway::ConfigReference().c_str(), stdout);
      return EXIT_SUCCESS;
    case CommandLine::Action::kPrintOpenApi:
    case CommandLine::Action::kPrintApiPages:
      return PrintDocument(*line);
    case CommandLine::Action::kRun:
      break;
  }
  return Serve(line->config, stop_signals);
}
