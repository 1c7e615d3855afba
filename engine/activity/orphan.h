// Orphans: instances that a launch of ours left behind and that no group has (reliability.md C3,
// I-6). Which ones may be terminated is decided here, from values.
//
// To terminate somebody's machine is worse than to leave one running, so only one thing is an
// orphan: an instance that carries the marker of a launch of this account that is on record, that
// is known to have brought no instance, and that was sent when the instance was made. What merely
// looks like ours is told to the operator and left alone.
#pragma once

#include "absl/time/time.h"
#include "engine/activity/activity.h"
#include "engine/activity/event.h"

namespace accordion::activity {

struct OrphanRules {
  // Younger ones are left to their activity and to the look-ups by marker.
  absl::Duration least_age = absl::Minutes(10);
  // How long after its sending a launch may still make an instance: W_sig plus one call.
  absl::Duration latest_arrival = absl::Minutes(16);
  // Between the cloud's clock, which dates the instance, and the database's.
  absl::Duration clock_skew = absl::Minutes(10);
};

enum class OrphanVerdict {
  kForeign,   // nothing of it is ours
  kTracked,   // its launch, or the group that had it, sees to it
  kDoubtful,  // looks like ours, but not enough to end it
  kOrphan,
};
const char* OrphanVerdictName(OrphanVerdict verdict);

// Judges an instance that is no member of any group. `launch` is the one of the account whose name
// or marker the instance carries; nullptr if none is on record.
OrphanVerdict JudgeOrphan(const ObservedInstance& seen, const LaunchIntent* launch, absl::Time now,
                          const OrphanRules& rules);

}  // namespace accordion::activity
