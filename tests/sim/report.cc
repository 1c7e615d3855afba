#include "tests/sim/report.h"

#include <cinttypes>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace accordion::sim {

void Report::Add(const RunResult& result) {
  ++seeds_;
  total_.events += result.events;
  total_.simulated_hours += result.simulated_hours;
  total_.groups += result.groups;
  total_.engine_starts += result.engine_starts;
  total_.requests += result.requests;
  for (size_t i = 0; i < total_.struck.size(); ++i) total_.struck[i] += result.struck[i];
  for (size_t i = 0; i < total_.evaluated.size(); ++i) {
    total_.evaluated[i] += result.evaluated[i];
    total_.exercised[i] += result.exercised[i];
  }
  if (result.violation.has_value()) failed_.push_back(result.seed);
}

void Report::Print() const {
  std::printf("faults struck:\n");
  for (int i = 0; i < kFaultCount; ++i) {
    std::printf("  %-22s %" PRId64 "\n", std::string(FaultName(static_cast<Fault>(i))).c_str(),
                total_.struck[static_cast<size_t>(i)]);
  }
  std::printf("invariants: looked at, of which with their precondition met\n");
  for (const int number : kCheckedInvariants) {
    const auto i = static_cast<size_t>(number);
    std::printf("  I-%-3d %12" PRId64 " %12" PRId64 "\n", number, total_.evaluated[i],
                total_.exercised[i]);
  }
  for (const uint64_t seed : unstable_) std::printf("UNSTABLE seed=%" PRIu64 "\n", seed);
  std::printf("SIM seeds=%" PRId64 " failed=%zu unstable=%zu events=%" PRId64
              " hours=%.1f groups=%d starts=%d requests=%" PRId64 "\n",
              seeds_, failed_.size(), unstable_.size(), total_.events, total_.simulated_hours,
              total_.groups, total_.engine_starts, total_.requests);
}

void PrintFailure(const RunResult& result, const RunOptions& options) {
  if (!result.violation.has_value()) return;
  for (const std::string& line : result.last_lines) std::printf("%s\n", line.c_str());
  std::printf("FAIL seed=%" PRIu64 " invariant=I-%d at=%.3f %s\n", result.seed,
              result.violation->invariant, result.violated_after_seconds,
              result.violation->words.c_str());
  std::string again = absl::StrCat("./dev sim --seed ", result.seed);
  if (options.hours > 0) absl::StrAppend(&again, " --hours ", options.hours);
  if (options.calm) absl::StrAppend(&again, " --calm");
  std::printf("again: %s --trace\n", again.c_str());
}

}  // namespace accordion::sim
