// accordion-sim: the engine in a simulated world, seed by seed (docs/simulation.md).
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "base/log.h"
#include "tests/sim/report.h"
#include "tests/sim/simulation.h"

namespace {

using accordion::sim::Report;
using accordion::sim::RunOptions;
using accordion::sim::RunResult;
using accordion::sim::Trace;

constexpr char kUsage[] =
    "usage: accordion-sim --seed N [--trace] [--hours H] [--calm]\n"
    "       accordion-sim --seeds A..B|N [--check-hash] [--hours H] [--calm]\n";

struct Arguments {
  uint64_t first = 1;
  uint64_t last = 1;
  bool trace = false;
  bool check_hash = false;
  RunOptions run;
};

bool ParseSeeds(const std::string& text, Arguments& arguments) {
  const std::vector<std::string> ends = absl::StrSplit(text, "..");
  if (ends.size() == 1) return absl::SimpleAtoi(ends[0], &arguments.last);
  return ends.size() == 2 && absl::SimpleAtoi(ends[0], &arguments.first) &&
         absl::SimpleAtoi(ends[1], &arguments.last);
}

bool Parse(int argc, char** argv, Arguments& arguments) {
  bool has_seeds = false;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&] { return i + 1 < argc ? std::string(argv[++i]) : std::string(); };
    if (name == "--seed") {
      has_seeds = absl::SimpleAtoi(value(), &arguments.first);
      arguments.last = arguments.first;
    } else if (name == "--seeds") {
      has_seeds = ParseSeeds(value(), arguments);
    } else if (name == "--hours") {
      if (!absl::SimpleAtod(value(), &arguments.run.hours)) return false;
    } else if (name == "--trace") {
      arguments.trace = true;
    } else if (name == "--calm") {
      arguments.run.calm = true;
    } else if (name == "--check-hash") {
      arguments.check_hash = true;
    } else {
      return false;
    }
  }
  return has_seeds;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 2;
  }
  // Engines wait for each other's turns on one stack, so the order in which they take their own
  // locks says nothing here.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  accordion::base::SetLogLevel(accordion::base::LogLevel::kError);
  Report report;
  for (uint64_t seed = arguments.first; seed <= arguments.last; ++seed) {
    RunOptions options = arguments.run;
    options.seed = seed;
    options.lines = arguments.trace ? Trace::Lines::kPrintAll : Trace::Lines::kNone;
    const RunResult result = accordion::sim::Run(options);
    report.Add(result);
    if (arguments.check_hash) {
      const RunResult again = accordion::sim::Run(options);
      if (again.hash != result.hash) report.AddUnstable(seed);
    }
    if (result.violation.has_value()) {
      options.lines = Trace::Lines::kKeepLast;
      accordion::sim::PrintFailure(accordion::sim::Run(options), options);
    }
  }
  report.Print();
  return report.ok() ? 0 : 1;
}
