#include "engine/activity/orphan.h"

#include "engine/activity/launch_name.h"

namespace accordion::activity {
namespace {

// Whether the launch can have made it: a name alone may have been copied by its owner.
bool MadeByLaunch(const ObservedInstance& seen, const LaunchIntent& launch,
                  const OrphanRules& rules) {
  return launch.sent_at.has_value() && seen.created_at >= *launch.sent_at - rules.clock_skew &&
         seen.created_at <= *launch.sent_at + rules.latest_arrival + rules.clock_skew;
}

}  // namespace

const char* OrphanVerdictName(OrphanVerdict verdict) {
  switch (verdict) {
    case OrphanVerdict::kForeign:
      return "foreign";
    case OrphanVerdict::kTracked:
      return "tracked";
    case OrphanVerdict::kDoubtful:
      return "doubtful";
    case OrphanVerdict::kOrphan:
      return "orphan";
  }
  return "";
}

OrphanVerdict JudgeOrphan(const ObservedInstance& seen, const LaunchIntent* launch, absl::Time now,
                          const OrphanRules& rules) {
  if (launch == nullptr) {
    const bool looks_like_ours = !seen.marker.value().empty() || LooksLikeLaunchName(seen.name);
    return looks_like_ours ? OrphanVerdict::kDoubtful : OrphanVerdict::kForeign;
  }
  if (launch->instance_id == seen.instance_id) return OrphanVerdict::kTracked;
  switch (launch->state) {
    case IntentState::kPrepared:
    case IntentState::kSent:
    case IntentState::kUnknown:
      return OrphanVerdict::kTracked;
    case IntentState::kAccepted:
    case IntentState::kAdopted:
      return OrphanVerdict::kDoubtful;  // a second one: a copy by its owner, more likely than ours
    case IntentState::kRejected:
    case IntentState::kAbandoned:
      break;
  }
  if (!MadeByLaunch(seen, *launch, rules)) return OrphanVerdict::kDoubtful;
  return now >= seen.created_at + rules.least_age ? OrphanVerdict::kOrphan
                                                  : OrphanVerdict::kTracked;
}

}  // namespace accordion::activity
