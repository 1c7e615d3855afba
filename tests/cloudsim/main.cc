// accordion-cloudsim: starts the simulator and waits for SIGINT or SIGTERM.
#include <signal.h>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "tests/cloudsim/flags.h"
#include "tests/cloudsim/json.h"
#include "tests/cloudsim/simulator.h"

namespace accordion::cloudsim {
namespace {

// Whole or not at all: a reader that polls for the file never sees half a line.
bool WriteFile(const std::string& path, const std::string& line) {
  const std::string draft = path + ".new";
  {
    std::ofstream file(draft);
    file << line << '\n';
    if (!file.flush()) return false;
  }
  return std::rename(draft.c_str(), path.c_str()) == 0;
}

int Main(const std::vector<std::string>& arguments) {
  // Blocked before any thread starts, so that only the wait below gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  absl::StatusOr<Flags> flags = ParseFlags(arguments);
  if (!flags.ok()) {
    std::cerr << "accordion-cloudsim: " << flags.status().message() << " (see --help)\n";
    return 2;
  }
  if (flags->help) {
    std::cout << HelpText();
    return 0;
  }
  const base::SystemClock clock;
  const auto simulator = Simulator::Start(std::move(flags->simulator), clock);
  if (!simulator.ok()) {
    std::cerr << "accordion-cloudsim: " << simulator.status().message() << "\n";
    return 1;
  }
  const std::string ready = ToText(
      Json::Object({{"port", (*simulator)->Port()}, {"admin_port", (*simulator)->AdminPort()}}));
  if (!flags->port_file.empty() && !WriteFile(flags->port_file, ready)) {
    std::cerr << "accordion-cloudsim: can't write " << flags->port_file << "\n";
    return 1;
  }
  std::cout << ready << std::endl;
  int signal = 0;
  sigwait(&signals, &signal);
  base::LogInfo("simulated region stops", {{"signal", signal}});
  return 0;
}

}  // namespace
}  // namespace accordion::cloudsim

int main(int argc, char** argv) {
  return accordion::cloudsim::Main(std::vector<std::string>(argv + 1, argv + argc));
}
