// The outbox row of a finished activity, written in its terminal commit (I-19).
#pragma once

#include "absl/status/status.h"
#include "base/random.h"
#include "engine/activity/activity.h"
#include "engine/ports/store.h"

namespace accordion::control {

// Adds the event if the group's notification subscribes to the activity's type.
absl::Status AddOutboxEvent(ports::Tx& tx, const activity::Activity& finished, base::Rng& rng);

}  // namespace accordion::control
