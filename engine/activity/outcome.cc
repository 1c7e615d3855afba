#include "engine/activity/outcome.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/activity/launch_record.h"
#include "engine/activity/step.h"
#include "engine/domain/cooldown.h"
#include "engine/domain/limits.h"

namespace accordion::activity {
namespace {

bool Succeeded(const Slot& slot) {
  return slot.state == SlotState::kInService || slot.state == SlotState::kLeft;
}

// Its instance was terminated.
bool LostInstance(domain::ActivityType type, const Slot& slot) {
  // Attached and detached instances are left as they are.
  if (type == domain::ActivityType::kAttach || type == domain::ActivityType::kDetach) return false;
  if (slot.instance_id.value().empty()) return false;
  return slot.state == SlotState::kFailed ||
         (slot.state == SlotState::kLeft && slot.creation_type == domain::CreationType::kAuto);
}

bool SentNothing(const Slot& slot) {
  return slot.state == SlotState::kCancelled && slot.launches == 0 && slot.tried.empty();
}

// The larger, the more it needs a person: what may still cost money first, what passes by itself
// last.
int Severity(FailureClass failure) {
  switch (failure) {
    case FailureClass::kNone:
      return 0;
    case FailureClass::kTransient:
      return 1;
    case FailureClass::kThrottled:
      return 2;
    case FailureClass::kNoAddress:
      return 3;
    case FailureClass::kStock:
      return 4;
    case FailureClass::kTimeout:
      return 5;
    case FailureClass::kQuota:
      return 6;
    case FailureClass::kPermanent:
      return 7;
    case FailureClass::kAuth:
      return 8;
    case FailureClass::kUnresolved:
      break;
  }
  return 9;
}

// The back-off after the activity: longer after each failure in a row, none after a success.
void Rest(const Activity& finished, uint64_t jitter, int& failed_in_a_row,
          std::optional<absl::Time>& not_before) {
  switch (finished.status) {
    case domain::ActivityStatus::kSucceeded:
      failed_in_a_row = 0;
      not_before.reset();
      break;
    case domain::ActivityStatus::kFailed: {
      const absl::Duration rest =
          Backoff(failed_in_a_row, domain::kGroupBackoffMin, domain::kGroupBackoffMax, jitter);
      // Whole milliseconds: a time that the store would round might never be reached by its clock.
      not_before = *finished.end_time +
                   std::max(absl::Trunc(rest, absl::Milliseconds(1)), domain::kGroupBackoffMin);
      ++failed_in_a_row;
      break;
    }
    case domain::ActivityStatus::kCancelled:
    case domain::ActivityStatus::kRunning:
      break;
  }
}

}  // namespace

int ErrorCodeOf(FailureClass failure) {
  switch (failure) {
    case FailureClass::kNone:
      return 0;
    case FailureClass::kStock:
      return 1001;
    case FailureClass::kNoAddress:
      return 1002;
    case FailureClass::kQuota:
      return 1003;
    case FailureClass::kThrottled:
      return 1004;
    case FailureClass::kAuth:
      return 1005;
    case FailureClass::kPermanent:
      return 1006;
    case FailureClass::kTransient:
      return 1007;
    case FailureClass::kTimeout:
      return 1008;
    case FailureClass::kUnresolved:
      break;
  }
  return 1009;
}

bool AllFinal(absl::Span<const Slot> slots) {
  return std::all_of(slots.begin(), slots.end(),
                     [](const Slot& slot) { return IsFinal(slot.state); });
}

Activity Finish(Activity activity, absl::Span<const Slot> slots, absl::Time end,
                Language language) {
  activity.end_time = end;
  activity.succeeded.clear();
  activity.failed.clear();
  FailureClass worst = FailureClass::kNone;
  int failed = 0;
  std::vector<std::string> words;  // each once, in the order of the slots
  std::vector<Slot> lost;
  for (const Slot& slot : slots) {
    if (LostInstance(activity.type, slot)) lost.push_back(slot);
    if (Succeeded(slot)) {
      activity.succeeded.push_back(slot.instance_id);
      continue;
    }
    ++failed;
    std::string text;
    if (slot.state == SlotState::kCancelled) {
      text = CancelledText(language);
    } else {
      if (!slot.instance_id.value().empty()) activity.failed.push_back(slot.instance_id);
      if (Severity(slot.failure) > Severity(worst)) worst = slot.failure;
      text = FailureText(language, slot.failure, slot.failure_words);
    }
    if (std::find(words.begin(), words.end(), text) == words.end())
      words.push_back(std::move(text));
  }
  if (std::all_of(slots.begin(), slots.end(), SentNothing)) {
    activity.status = domain::ActivityStatus::kCancelled;
    activity.error_code = 0;
    return activity;
  }
  if (failed == 0) {
    activity.status = domain::ActivityStatus::kSucceeded;
    activity.error_code = 0;
  } else {
    activity.status = domain::ActivityStatus::kFailed;
    activity.error_code = worst == FailureClass::kNone ? kPartlyCancelledCode : ErrorCodeOf(worst);
    absl::StrAppend(&activity.cause.text, FailureWords(language, failed, words));
  }
  absl::StrAppend(&activity.cause.text, AttemptsWords(language, slots),
                  SurvivingDisksWords(language, lost));
  return activity;
}

domain::ScalingGroup ApplyToGroup(domain::ScalingGroup group, const Activity& finished,
                                  uint64_t jitter) {
  const absl::Time end = *finished.end_time;
  const bool registers = finished.type == domain::ActivityType::kAttach ||
                         finished.type == domain::ActivityType::kRegistration;
  if (registers) {
    Rest(finished, jitter, group.registrations_failed_in_a_row, group.registrations_not_before);
  } else {
    Rest(finished, jitter, group.failed_in_a_row, group.retry_not_before);
  }
  const bool changed = !finished.succeeded.empty();
  if (!changed || finished.type == domain::ActivityType::kRegistration) return group;
  group.cooldown_until = domain::CooldownAfter(group.cooldown_until, finished.cause, changed, end);
  group.membership_changed_at = end;
  // A replacement adds no capacity: a flapping member must not starve scale-out (semantics.md §5).
  if (finished.type == domain::ActivityType::kScaleOut ||
      finished.type == domain::ActivityType::kAttach) {
    group.capacity_added_at = end;
  }
  return group;
}

int NotificationType(const Activity& finished) {
  int type = 0;  // the successful one; its failure is the next number
  switch (finished.type) {
    case domain::ActivityType::kScaleOut:
      type = 1;
      break;
    case domain::ActivityType::kScaleIn:
      type = 3;
      break;
    case domain::ActivityType::kReplace:
      type = 5;
      break;
    case domain::ActivityType::kAttach:
    case domain::ActivityType::kDetach:
    case domain::ActivityType::kRegistration:
      return 0;
  }
  switch (finished.status) {
    case domain::ActivityStatus::kSucceeded:
      return type;
    case domain::ActivityStatus::kFailed:
      return type + 1;
    case domain::ActivityStatus::kCancelled:
    case domain::ActivityStatus::kRunning:
      break;
  }
  return 0;
}

}  // namespace accordion::activity
