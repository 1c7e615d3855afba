#include "engine/domain/health.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace accordion::domain {
namespace {

// More than the share, and more than one: a small group must be able to replace its one bad member.
bool IsMany(int some, int all) { return some > 1 && some * 100 > all * kUnhealthySharePercent; }

bool ListenerCounts(const Member& member, const HealthReading& reading, const HealthRules& rules) {
  return member.in_service_at.has_value() &&
         reading.at >= *member.in_service_at + rules.listener_grace;
}

HealthVerdict JudgeAbsence(HealthRun run, const HealthReading& reading, const HealthRules& rules) {
  if (run.absent == 0) run.absent_since = std::max(reading.at, reading.whole_at);
  ++run.absent;
  run.good = 0;
  const bool long_enough =
      run.absent >= kAbsentReadings && reading.at >= run.absent_since + rules.absence_gap;
  return {.run = run, .change = long_enough ? HealthChange::kAskById : HealthChange::kNone};
}

}  // namespace

HealthVerdict JudgeHealth(const Member& member, const HealthRun& run, const HealthReading& reading,
                          const HealthRules& rules) {
  if (member.life_cycle != LifeCycle::kInService) return {};
  if (reading.cloud == CloudWord::kAbsent) return JudgeAbsence(run, reading, rules);

  HealthVerdict verdict{.run = run};
  // Only a reading that has the member ends its absence; silence does not.
  if (reading.cloud != CloudWord::kUnread) verdict.run.absent = 0;
  const bool stopped = reading.cloud == CloudWord::kBad;
  const bool counts = ListenerCounts(member, reading, rules);
  const bool refused = counts && reading.listener == ListenerWord::kUnhealthy;
  const bool silent = counts && reading.listener == ListenerWord::kUnread;
  const bool fine = reading.cloud == CloudWord::kFine && !refused && !silent;
  if (stopped || refused) {
    ++verdict.run.bad;
    verdict.run.good = 0;
  } else if (fine) {
    ++verdict.run.good;
    verdict.run.bad = 0;
  }
  if (member.health == Health::kHealthy && verdict.run.bad >= rules.bad_readings) {
    verdict.change = HealthChange::kTurnsUnHealthy;
    verdict.reason = stopped ? HealthReason::kStopped : HealthReason::kListener;
  } else if (member.health == Health::kUnHealthy && verdict.run.good >= rules.good_readings) {
    verdict.change = HealthChange::kTurnsHealthy;
  }
  return verdict;
}

bool IsPlausible(int known, int absent) { return !IsMany(absent, known); }

int TurnedTogether(std::vector<absl::Time> turned_at) {
  std::sort(turned_at.begin(), turned_at.end());
  size_t most = 0;
  size_t first = 0;
  for (size_t last = 0; last < turned_at.size(); ++last) {
    while (turned_at[last] - turned_at[first] > kUnhealthyWindow) ++first;
    most = std::max(most, last - first + 1);
  }
  return static_cast<int>(most);
}

bool ReplacementIsHeld(int members, std::vector<absl::Time> turned_at) {
  return IsMany(TurnedTogether(std::move(turned_at)), members);
}

}  // namespace accordion::domain
