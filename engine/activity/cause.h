// Cause texts: the sentence that tells a user why an activity happened, from one catalogue in two
// languages.
//
// Chinese as in the reference's samples (`创建伸缩组触发`) unless the operator chose English.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/domain/arbitration.h"
#include "engine/domain/group_diff.h"
#include "engine/domain/metric_window.h"
#include "engine/domain/occurrence.h"
#include "engine/domain/scaling_policy.h"
#include "engine/domain/scheduled_task.h"

namespace accordion::activity {

enum class Language { kChinese, kEnglish };

// Who did it: principal and access key id, as the audit shows them.
struct Actor {
  std::string principal;
  std::string access_key_id;
};

std::string GroupCreatedCause(Language language);
std::string GroupModifiedCause(Language language, const Actor& actor, int desired_before,
                               int desired_after, bool moved_into_range);
std::string GroupDeletedCause(Language language, const Actor& actor);
std::string GroupEnabledCause(Language language, const Actor& actor);
// One request's; an activity that several requests led to has their causes joined by JoinedCauses.
std::string InstancesAttachedCause(Language language, const Actor& actor, int count,
                                   int desired_before, int desired_after);
std::string InstancesDetachedCause(Language language, const Actor& actor, int count,
                                   int desired_before, int desired_after);
std::string JoinedCauses(Language language, absl::Span<const std::string> causes);
// Of the registrations that follow a change of load balancers; no user reads it.
std::string LoadBalancersChangedCause(Language language);
// Of an activity that goes on with removals that an earlier one began and could not end.
std::string RemovalContinuedCause(Language language);
// Of a replacement: the members that are to have successors, and how many UnHealthy ones are kept
// because they are protected.
std::string ReplacementCause(Language language, absl::Span<const domain::InstanceId> unhealthy,
                             int unhealthy_protected);
// Of the record that replacement is held.
std::string ReplacementHeldCause(Language language, const domain::HealthSituation& situation);

// Names the policy, rule, threshold, each period's start (in the region's `zone`) with its observed
// value, and the change of capacity. Values with enough digits (%.10g) to be compared with a
// recomputation.
std::string PolicyCause(Language language, const domain::Decision& decision, absl::TimeZone zone);

// Names the task, the instant that was due (in the region's `zone`) and the sizes that the group
// got.
std::string TaskCause(Language language, const domain::ScheduledTask& task, absl::Time due_at,
                      int desired_before, absl::TimeZone zone);

// How a task last fired: the instant that was due, what became of it, and why if it failed.
std::string OccurrenceText(Language language, const domain::Occurrence& occurrence,
                           absl::string_view why, absl::TimeZone zone);
// Why a task's sizes failed at its turn.
std::string TaskFaultText(Language language, const domain::Readjust& readjust,
                          const domain::TaskFault& fault);

// Appended to a finished activity's cause when something failed, e.g. "；失败 2 台：库存不足
// (...)".
std::string FailureWords(Language language, int failed, absl::Span<const std::string> words);

// Appended where data disks outlive an instance of the activity, which their owner goes on paying
// for: "；未随实例删除的数据盘：i-1 的 d-1、d-2".
std::string SurvivingDisksWords(Language language, absl::Span<const Slot> slots);

// What went wrong with one slot, in a few words, with the cloud's own in brackets if there are any.
std::string FailureText(Language language, FailureClass failure, absl::string_view cloud_words);
// A slot that was cancelled before anything was sent, in an activity that did send something.
std::string CancelledText(Language language);

// How dimension, comparison and statistic are written in causes ("cpu_usage", ">=", "avg").
const char* DimensionName(domain::Dimension dimension);
const char* ComparisonSign(domain::Comparison comparison);
const char* StatisticName(domain::Statistic statistic);

}  // namespace accordion::activity
