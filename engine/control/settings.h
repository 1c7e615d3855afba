// What an operator may set of the control loops.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "engine/activity/cause.h"
#include "engine/activity/orphan.h"
#include "engine/activity/step.h"
#include "engine/control/delivery_policy.h"
#include "engine/domain/health.h"
#include "engine/domain/limits.h"

namespace accordion::control {

struct Settings {
  std::string engine_name = "engine";
  activity::StepSettings steps;
  activity::Language language = activity::Language::kChinese;
  absl::TimeZone time_zone = absl::UTCTimeZone();  // of the region, for times in causes

  absl::Duration lateness = domain::kDefaultLateness;  // how long after its end a period stays open

  // reliability.md C1.2
  absl::Duration lease_ttl = absl::Seconds(12);
  absl::Duration lease_margin = absl::Seconds(2);
  // A call that changes the cloud is only begun if it can end within the lease (I-11), so this
  // stays well below the TTL.
  absl::Duration cloud_call_timeout = absl::Seconds(5);

  absl::Duration resync =
      absl::Minutes(5);  // every group is looked at this often, whatever woke (C5)
  absl::Duration due_poll = absl::Seconds(1);  // wake-ups that other processes committed
  absl::Duration intent_sweep =
      absl::Minutes(1);  // look-ups of launches that outlived their activity
  absl::Duration account_sweep =
      absl::Seconds(30);  // each account's instances are listed this often
  domain::HealthRules health;
  // How long an account's list may miss more than can be believed (I-20) until it is believed.
  absl::Duration loss_patience = absl::Minutes(30);
  activity::OrphanRules orphans;
  absl::Duration orphan_search = absl::Minutes(5);  // per account (C3)
  absl::Duration misfire_grace =
      domain::kDefaultMisfireGrace;  // a due instant missed by more than this does not fire
  absl::Duration keep_occurrences = absl::Hours(24 * 90);  // what became of due instants
  NotifySettings notify;
  absl::Duration store_retry = absl::Milliseconds(500);  // after a failed transaction of a loop
};

}  // namespace accordion::control
