// accordion-sim: the engine in a simulated world, seed by seed (docs/simulation.md).
#include <sys/wait.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "base/clock.h"
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
    "       accordion-sim --seeds A..B|N [--jobs N] [--check-hash] [--demand-all] [--hours H]"
    " [--calm]\n";
// Of many seeds one in so many runs twice.
constexpr uint64_t kRerunEvery = 100;

struct Arguments {
  uint64_t first = 1;
  uint64_t last = 1;
  int jobs = 1;
  bool trace = false;
  bool check_hash = false;  // every seed runs twice
  bool demand_all = false;  // an invariant that was never really exercised is a failure
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
    bool right = true;
    if (name == "--seed") {
      right = has_seeds = absl::SimpleAtoi(value(), &arguments.first);
      arguments.last = arguments.first;
    } else if (name == "--seeds") {
      right = has_seeds = ParseSeeds(value(), arguments);
    } else if (name == "--hours") {
      right = absl::SimpleAtod(value(), &arguments.run.hours);
    } else if (name == "--jobs") {
      right = absl::SimpleAtoi(value(), &arguments.jobs) && arguments.jobs > 0;
    } else if (name == "--trace") {
      arguments.trace = true;
    } else if (name == "--calm") {
      arguments.run.calm = true;
    } else if (name == "--check-hash") {
      arguments.check_hash = true;
    } else if (name == "--demand-all") {
      arguments.demand_all = true;
    } else {
      right = false;
    }
    if (!right) return false;
  }
  return has_seeds;
}

// Every `jobs`-th seed, from the `job`-th on.
Report RunShare(const Arguments& arguments, int job) {
  Report report;
  const bool many = arguments.last > arguments.first;
  for (uint64_t seed = arguments.first + static_cast<uint64_t>(job); seed <= arguments.last;
       seed += static_cast<uint64_t>(arguments.jobs)) {
    RunOptions options = arguments.run;
    options.seed = seed;
    options.lines = arguments.trace ? Trace::Lines::kPrintAll : Trace::Lines::kNone;
    const RunResult result = accordion::sim::Run(options);
    report.Add(result);
    if (!many) std::printf("trace hash %016" PRIx64 "\n", result.hash);
    if (arguments.check_hash || (many && seed % kRerunEvery == 0)) {
      report.AddRerun(seed, accordion::sim::Run(options).hash == result.hash);
    }
    if (result.violation.has_value()) {
      options.lines = Trace::Lines::kKeepLast;
      accordion::sim::PrintFailure(accordion::sim::Run(options), options);
      std::fflush(stdout);
    }
  }
  return report;
}

// The share of `job` in a process of its own; what it reports is read from the pipe.
FILE* Fork(const Arguments& arguments, int job) {
  int ends[2];
  if (pipe(ends) != 0) return nullptr;
  if (fork() == 0) {
    close(ends[0]);
    const std::string line = RunShare(arguments, job).Encode() + "\n";
    const bool written =
        write(ends[1], line.data(), line.size()) == static_cast<ssize_t>(line.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  return fdopen(ends[0], "r");
}

bool RunAll(const Arguments& arguments, Report& report) {
  if (arguments.jobs == 1) {
    report = RunShare(arguments, 0);
    return true;
  }
  std::vector<FILE*> parts;
  for (int job = 0; job < arguments.jobs; ++job) parts.push_back(Fork(arguments, job));
  bool complete = true;
  for (FILE* part : parts) {
    std::string line;
    for (int c; part != nullptr && (c = std::fgetc(part)) != EOF && c != '\n';) {
      line.push_back(static_cast<char>(c));
    }
    // A process that crashed reports nothing.
    complete &= report.Merge(line);
    if (part != nullptr) std::fclose(part);
  }
  while (wait(nullptr) > 0) {
  }
  return complete;
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
  // Engines log what they think is wrong; here that is the rule.
  if (!arguments.trace && std::freopen("/dev/null", "w", stderr) == nullptr) return 2;
  accordion::base::SetLogLevel(accordion::base::LogLevel::kError);
  const accordion::base::SystemClock clock;
  const absl::Duration started = clock.BootTime();
  Report report;
  const bool complete = RunAll(arguments, report);
  report.Print(absl::ToDoubleSeconds(clock.BootTime() - started));
  if (!complete) std::puts("a part of the seeds crashed");
  const bool covered = !arguments.demand_all || report.Vacuous().empty();
  return complete && covered && report.ok() ? 0 : 1;
}
