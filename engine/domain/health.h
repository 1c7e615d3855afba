// Health: what the cloud and the listeners say of a member, and what follows from it (semantics.md
// §9; reliability.md C4, A21, I-20).
//
// One pass over the sources gives one reading a member. A source that did not answer, or not in
// full, is kUnread and infers nothing: neither good nor bad, and never "gone". A member turns
// UnHealthy, and Healthy again, only by several equal readings in a row, so that one flapping check
// moves nothing. It is gone only after complete readings without it that lie apart, and a read by
// its id that does not have it either.
#pragma once

#include <vector>

#include "absl/time/time.h"
#include "engine/domain/limits.h"
#include "engine/domain/member.h"

namespace accordion::domain {

enum class CloudWord {
  kUnread,
  kFine,    // running, or on its way to it
  kBad,     // stopped or in error
  kAbsent,  // a complete, error-free list of the account's instances does not have it
};
enum class ListenerWord {
  kNone,    // no listener's health check counts for it
  kUnread,  // one that may count did not answer
  kHealthy,
  kUnhealthy,  // at least one registration of ours is
};

struct HealthReading {
  CloudWord cloud = CloudWord::kUnread;
  ListenerWord listener = ListenerWord::kNone;
  absl::Time at;  // when the sources were asked
  // When the list was whole: it may have been made at any time until then.
  absl::Time whole_at = absl::InfinitePast();
};

struct HealthRules {
  absl::Duration listener_grace = kDefaultListenerGrace;  // from entering service
  int bad_readings = kBadReadings;                        // in a row, to turn UnHealthy
  int good_readings = kGoodReadings;                      // in a row, to turn Healthy again
  absl::Duration absence_gap = kAbsenceGap;  // between the first and the last reading without it
};

// What earlier readings left. It lives in the engine's memory: a restart begins anew, which only
// delays.
struct HealthRun {
  int bad = 0;
  int good = 0;
  int absent = 0;
  absl::Time absent_since;  // of the first of the run, if `absent` > 0

  friend bool operator==(const HealthRun&, const HealthRun&) = default;
};

enum class HealthChange {
  kNone,
  kTurnsUnHealthy,
  kTurnsHealthy,
  kAskById,  // missing long enough: the read by id decides (IsProvenGone)
};

enum class HealthReason { kNone, kStopped, kListener };

struct HealthVerdict {
  HealthRun run;
  HealthChange change = HealthChange::kNone;
  HealthReason reason = HealthReason::kNone;  // exactly if it turns UnHealthy
};

// Judges one reading. Only members in service have a health; for others the run begins anew.
HealthVerdict JudgeHealth(const Member& member, const HealthRun& run, const HealthReading& reading,
                          const HealthRules& rules);

// Whether one account's pass may be believed at all: a list that lost more than 30 % of the
// instances that are known, and more than one, changes nothing (I-20).
bool IsPlausible(int known, int absent);

// How many turned unhealthy within five minutes of each other, at most. `turned_at` has the members
// that are UnHealthy now, in any order.
int TurnedTogether(std::vector<absl::Time> turned_at);

// Whether replacement is held: more than 30 % of a group of `members` (and more than one) turned
// unhealthy together. It ends by itself when enough of them recover or leave.
bool ReplacementIsHeld(int members, std::vector<absl::Time> turned_at);

}  // namespace accordion::domain
