// One step of a slot: what is committed, and what is done after the commit.
#pragma once

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"
#include "engine/activity/activity.h"
#include "engine/activity/event.h"
#include "engine/domain/placement.h"

namespace accordion::activity {

// Times and counts that the machines go by; the operator's settings (defaults: domain/limits.h,
// reliability.md C3).
struct StepSettings {
  absl::Duration launch_timeout = absl::Minutes(15);
  absl::Duration boot_poll = absl::Seconds(2);     // by-id reads while booting
  absl::Duration call_timeout = absl::Minutes(1);  // longest life of one call
  absl::Duration signature_window =
      absl::Minutes(15);                       // W_sig: the cloud refuses a request older than this
  absl::Duration read_lag = absl::Minutes(4);  // longest time until reads show what was done
  absl::Duration drain = absl::Seconds(30);
  absl::TimeZone time_zone = absl::UTCTimeZone();  // of the region, for time suffixes of names
  int max_launches = 5;                            // intents a slot may use besides stock-outs
  // A refusal for the account's quota or credential doesn't pass within seconds, and every group of
  // the account gets it: fewer launches, further apart, than after throttling.
  int max_account_refusals = 2;  // intents a slot may use that are refused for these
  absl::Duration account_retry_min = absl::Seconds(30);
  absl::Duration account_retry_max = absl::Minutes(5);
  // Calls in a row that may fail until an attach or a registration is left for another time.
  int max_registration_failures = 8;
  absl::Duration retry_min = absl::Seconds(1);
  absl::Duration retry_max = absl::Seconds(60);
  // Past the activity's deadline nothing new is begun; what must be deregistered, terminated and
  // proven gone has this long.
  absl::Duration cleanup_grace = absl::Minutes(10);

  // H: an intent not seen until this long after sending is abandoned, given three complete negative
  // sweeps.
  absl::Duration UnknownHorizon() const { return signature_window + call_timeout + read_lag; }
};

// Facts that a step may look at, besides the slot itself.
struct StepContext {
  const Activity* activity = nullptr;
  StepSettings settings;
  absl::Time now;  // database time
  // Placement facts for a launch that must go elsewhere: subnets with members and the other slots'
  // pairs counted.
  domain::SubnetStrategy strategy = domain::SubnetStrategy::kBalancedDistribution;
  std::vector<domain::SubnetFacts> subnets;
  absl::flat_hash_set<domain::PlacementPair> resting;  // out of stock, as other activities found
  domain::IntentId fresh_intent;  // an unused marker, in case the step needs a new intent
  uint64_t jitter = 0;            // random bits for back-off
};

// A launch intent that is inserted (no `from`) or moved on from `from` by compare-and-set, with the
// step's commit. A step that gives up one intent for a fresh one has two.
struct IntentChange {
  LaunchIntent intent;
  std::optional<IntentState> from;
};

// What a launch taught of its pair, for the launches of other activities (domain/pair_rest.h).
struct PairFinding {
  domain::PlacementPair pair;  // of domain::kAnyType: its subnet has no free address
  bool available = false;      // the cloud took a launch that was sent at `sent_at`
  absl::Time sent_at;

  friend bool operator==(const PairFinding&, const PairFinding&) = default;
};

struct Step {
  Slot slot;                             // to be committed
  std::vector<IntentChange> intents;     // in this order
  std::optional<PairFinding> finding;    // to be recorded with it
  std::optional<domain::Member> member;  // to be inserted or updated with it
  std::optional<Effect> effect;          // to be run after the commit
};

// Full-jitter exponential back-off: uniformly in (0, min(retry_max, retry_min * 2^attempts)].
absl::Duration Backoff(int attempts, absl::Duration min, absl::Duration max, uint64_t random_bits);

}  // namespace accordion::activity
