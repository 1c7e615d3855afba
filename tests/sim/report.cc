#include "tests/sim/report.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace accordion::sim {
namespace {

constexpr double kHoursADay = 24;

// Everything that is added up, in one order for writing and reading.
template <typename Total, typename Each>
void ForEachNumber(Total& total, Each each) {
  each(total.events);
  each(total.requests);
  each(total.engine_starts);
  each(total.group_hours);
  each(total.simulated_hours);
  for (auto& number : total.struck) each(number);
  for (auto& number : total.evaluated) each(number);
  for (auto& number : total.exercised) each(number);
}

}  // namespace

void Report::Add(const RunResult& result) {
  ++seeds_;
  std::vector<double> numbers;
  ForEachNumber(result,
                [&](const auto& number) { numbers.push_back(static_cast<double>(number)); });
  size_t i = 0;
  ForEachNumber(total_, [&](auto& number) {
    number += static_cast<std::decay_t<decltype(number)>>(numbers[i++]);
  });
  if (result.violation.has_value()) failed_.push_back(result.seed);
}

void Report::AddRerun(uint64_t seed, bool stable) {
  ++reruns_;
  if (!stable) unstable_.push_back(seed);
}

std::string Report::Encode() const {
  std::vector<std::string> numbers = {absl::StrCat(seeds_), absl::StrCat(reruns_)};
  ForEachNumber(total_, [&](const auto& number) { numbers.push_back(absl::StrCat(number)); });
  return absl::StrCat("PART ", absl::StrJoin(numbers, " "), " | ", absl::StrJoin(failed_, " "),
                      " | ", absl::StrJoin(unstable_, " "));
}

bool Report::Merge(absl::string_view line) {
  const std::vector<std::string> parts = absl::StrSplit(line, '|');
  if (parts.size() != 3) return false;
  const std::vector<std::string> words = absl::StrSplit(parts[0], ' ', absl::SkipEmpty());
  size_t at = 1;
  bool right = !words.empty() && words[0] == "PART";
  const auto add = [&](auto& number) {
    double value = 0;
    right = right && at < words.size() && absl::SimpleAtod(words[at++], &value);
    number += static_cast<std::decay_t<decltype(number)>>(value);
  };
  add(seeds_);
  add(reruns_);
  ForEachNumber(total_, add);
  const auto add_seeds = [&](absl::string_view text, std::vector<uint64_t>& seeds) {
    for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
      uint64_t seed = 0;
      right = right && absl::SimpleAtoi(word, &seed);
      seeds.push_back(seed);
    }
  };
  add_seeds(parts[1], failed_);
  add_seeds(parts[2], unstable_);
  return right;
}

std::vector<int> Report::Vacuous() const {
  std::vector<int> vacuous;
  for (const int number : kCheckedInvariants) {
    if (total_.exercised[static_cast<size_t>(number)] == 0) vacuous.push_back(number);
  }
  return vacuous;
}

void Report::Print(double seconds) const {
  std::printf("faults struck:\n");
  for (int i = 0; i < kFaultCount; ++i) {
    std::printf("  %-22s %10" PRId64 "\n", std::string(FaultName(static_cast<Fault>(i))).c_str(),
                total_.struck[static_cast<size_t>(i)]);
  }
  std::printf("invariants: looked at, of which with their precondition met\n");
  for (const int number : kCheckedInvariants) {
    const auto i = static_cast<size_t>(number);
    std::printf("  I-%-3d %12" PRId64 " %12" PRId64 "\n", number, total_.evaluated[i],
                total_.exercised[i]);
  }
  for (const uint64_t seed : unstable_) std::printf("UNSTABLE seed=%" PRIu64 "\n", seed);
  std::printf("%.1f simulated cluster-days, %.1f group-days, %d engine starts, %" PRId64
              " requests\n",
              total_.simulated_hours / kHoursADay, total_.group_hours / kHoursADay,
              total_.engine_starts, total_.requests);
  std::printf("SIM seeds=%" PRId64 " events=%" PRId64
              " seconds=%.0f events_per_second=%.0f"
              " reruns=%" PRId64 " unstable=%zu failed=%zu failed_seeds=%s vacuous=%s\n",
              seeds_, total_.events, seconds,
              static_cast<double>(total_.events) / std::max(seconds, 0.001), reruns_,
              unstable_.size(), failed_.size(), absl::StrJoin(failed_, ",").c_str(),
              absl::StrJoin(Vacuous(), ",").c_str());
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
