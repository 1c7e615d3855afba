// The command line of accordion-cloudsim.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/cloudsim/simulator.h"

namespace accordion::cloudsim {

struct Flags {
  SimulatorOptions simulator;
  std::string port_file;  // empty: none
  bool help = false;
};

// What --help prints.
const char* HelpText();

// `arguments` without the program's name; `--name=value` and `--name value` mean the same. Reads
// --config. InvalidArgument names the flag that is unknown or wrong.
absl::StatusOr<Flags> ParseFlags(const std::vector<std::string>& arguments);

}  // namespace accordion::cloudsim
