// Schedule: the instants at which a rule fires, in a region's time zone (semantics.md §6, I-17).
//
// A rule matches local times. A local time that clocks skip fires at the first valid instant after
// it, one that they show twice fires the first time; local times that fall on the same instant so
// fire once. Everything is a pure function of its arguments, so that each replica and each restart
// computes the same instants.
#pragma once

#include <optional>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "engine/domain/recurrence.h"

namespace accordion::domain {

// The instant at which a local time fires.
absl::Time FiringInstant(absl::CivilSecond local, const absl::TimeZone& zone);

// The rule's first instant strictly after `after` and within [start, end]; nullopt if there is
// none. Without `end` a rule goes on for ever; a one-shot is `start` whatever `end` says. Day, week
// and month cycles have the local time of day of `start`; cron fires at the beginning of its
// minutes. A `start` that the rule doesn't match does not fire.
//
// `start` is finite. A rule that matches nothing (none that a text makes) has no instants. At most
// the days of 40 years are searched, most of them by month: the longest gap that a calendar leaves
// between two matches (29 February on one weekday, across a year such as 2100).
std::optional<absl::Time> NextOccurrence(const Rule& rule, absl::Time start,
                                         const std::optional<absl::Time>& end, absl::Time after,
                                         const absl::TimeZone& zone);

}  // namespace accordion::domain
