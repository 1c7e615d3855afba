// The breaker on replacement as its user sees it: one record an episode (semantics.md §9).
#pragma once

#include "absl/status/statusor.h"
#include "base/random.h"
#include "engine/activity/cause.h"
#include "engine/domain/group_diff.h"
#include "engine/ports/store.h"

namespace accordion::control {

// Writes down in the group's row when the hold on replacement begins and ends; the row is locked,
// the group's activity isn't open. A hold that begins is also an activity of type 10 that failed at
// once, and its notification. Replacement itself is held by domain::PlanGroup, whether or not this
// has been written. Answers whether a hold began.
absl::StatusOr<bool> RecordReplacementHold(ports::Tx& tx, domain::GroupFacts& facts,
                                           activity::Language language, base::Rng& rng);

}  // namespace accordion::control
