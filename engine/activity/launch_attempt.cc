#include "engine/activity/launch_attempt.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace accordion::activity {
namespace {

constexpr int kSweepsToAbandon = 3;
constexpr absl::Duration kFirstLook = absl::Seconds(5);

void TakeFreshIntent(StepBuilder& step) {
  Slot& slot = step.slot();
  slot.intent_id = step.context().fresh_intent;
  slot.sent_at.reset();
  slot.negative_lookups = 0;
}

// Sends the slot's intent for the first time. `inserted`: its PREPARED row exists.
void SendFirst(StepBuilder& step, bool inserted) {
  Slot& slot = step.slot();
  slot.sent_at = step.now();
  if (inserted) {
    step.ChangeIntent(IntentState::kPrepared, IntentState::kSent, "");
  } else {
    step.InsertIntent(IntentState::kSent);
  }
  step.MoveTo(SlotState::kSending);
  step.Ask(Launch{slot.intent_id});
}

void SendFresh(StepBuilder& step) {
  TakeFreshIntent(step);
  SendFirst(step, false);
}

// Zero bytes of it were ever written: the same bytes go out once more, while they may.
void SendAgain(StepBuilder& step) {
  Slot& slot = step.slot();
  if (step.now() >= *slot.sent_at + step.settings().call_timeout) {
    step.ChangeIntent(IntentState::kSent, IntentState::kRejected, "not sent in time");
    SendFresh(step);
    return;
  }
  const int attempts = slot.attempts;  // the back-off is the call's, not the state's
  step.MoveTo(SlotState::kSending);
  slot.attempts = attempts;
  step.Ask(Launch{slot.intent_id});
}

void NotSent(StepBuilder& step, const LaunchNotSent& not_sent) {
  Slot& slot = step.slot();
  const int attempts = slot.attempts;
  step.MoveTo(SlotState::kPlanned);
  slot.attempts = attempts;
  slot.failure_words = not_sent.words;
  step.BackOff();
}

void HasInstance(StepBuilder& step) {
  Slot& slot = step.slot();
  slot.failure = FailureClass::kNone;
  step.Find(slot.pair, true);
  step.MoveTo(SlotState::kBooting);
  step.Ask(ReadInstance{slot.instance_id});
}

void Accepted(StepBuilder& step, const LaunchAccepted& accepted) {
  Slot& slot = step.slot();
  slot.instance_id = accepted.instance_id;
  slot.instance_name = accepted.instance_name;
  slot.failure_words.clear();
  ++slot.launches;
  step.ChangeIntent(IntentState::kSent, IntentState::kAccepted, "");
  HasInstance(step);
}

absl::Time Horizon(StepBuilder& step) {
  return *step.slot().sent_at + step.settings().UnknownHorizon();
}

// Looks at 5, 10, 20, 40 s ... after the last, sooner where reads lag less, and at the horizon
// exactly.
void WaitToLook(StepBuilder& step) {
  constexpr int kMaxDoublings = 20;
  const StepSettings& settings = step.settings();
  const absl::Duration first = std::min(kFirstLook, settings.read_lag / 4);
  const int doublings = std::min(step.slot().attempts, kMaxDoublings);
  absl::Time next = step.now() + std::min(settings.retry_max, first * (int64_t{1} << doublings));
  if (step.now() < Horizon(step)) next = std::min(next, Horizon(step));
  step.WaitUntil(next);
}

void Unknown(StepBuilder& step, absl::string_view words) {
  ++step.slot().launches;
  step.ChangeIntent(IntentState::kSent, IntentState::kUnknown, words);
  step.slot().failure_words = std::string(words);
  step.MoveTo(SlotState::kLooking);
  WaitToLook(step);
}

void AddTried(Slot& slot, domain::PlacementPair pair) {
  if (std::find(slot.tried.begin(), slot.tried.end(), pair) == slot.tried.end())
    slot.tried.push_back(std::move(pair));
}

void AddRefusal(Slot& slot, FailureClass failure) {
  const auto same = std::find_if(
      slot.refusals.begin(), slot.refusals.end(),
      [&](const Refusal& one) { return one.pair == slot.pair && one.failure == failure; });
  if (same != slot.refusals.end()) {
    ++same->count;
  } else {
    slot.refusals.push_back({.pair = slot.pair, .failure = failure, .count = 1});
  }
}

// The pair, or all of its subnet, has no room: the next open one is tried at once.
void TryElsewhere(StepBuilder& step, const LaunchRejected& rejected) {
  Slot& slot = step.slot();
  const std::vector<std::string>& types = step.context().activity->configuration->instance_types;
  if (rejected.failure == FailureClass::kNoAddress) {
    const domain::PlacementPair subnet{slot.pair.subnet_id, domain::kAnyType};
    AddTried(slot, subnet);
    step.Find(subnet, false);
  } else {
    AddTried(slot, slot.pair);
    step.Find(slot.pair, false);
  }
  domain::PlacementRequest request{.count = 1,
                                   .strategy = step.context().strategy,
                                   .subnets = step.context().subnets,
                                   .instance_types = types,
                                   .resting = step.context().resting};
  request.resting.insert(slot.tried.begin(), slot.tried.end());
  const domain::Placement placement = domain::Place(request);
  if (placement.placed.empty() || step.Overdue()) {
    step.Blame(rejected.failure, rejected.words);
    step.MoveTo(SlotState::kFailed);
    return;
  }
  slot.pair = placement.placed.front();
  SendFresh(step);
}

// How a refusal for now is tried again: each kind by its own clock.
struct RetryRule {
  int max_launches = 0;  // of which were refused for this kind
  absl::Duration min;
  absl::Duration max;
};

RetryRule RuleOf(FailureClass failure, const StepSettings& settings) {
  const bool of_account = failure == FailureClass::kQuota || failure == FailureClass::kAuth;
  if (!of_account) return {settings.max_launches, settings.retry_min, settings.retry_max};
  return {settings.max_account_refusals, settings.account_retry_min, settings.account_retry_max};
}

int RefusalsOf(const Slot& slot, FailureClass failure) {
  int count = 0;
  for (const Refusal& one : slot.refusals) {
    if (one.failure == failure) count += one.count;
  }
  return count;
}

// Refused for now: the same pair with a fresh intent, after a back-off that grows with the refusals
// of this kind. Says nothing of the pair.
void TryLater(StepBuilder& step, const LaunchRejected& rejected) {
  Slot& slot = step.slot();
  step.Blame(rejected.failure, rejected.words);
  const RetryRule rule = RuleOf(rejected.failure, step.settings());
  const int refusals = RefusalsOf(slot, rejected.failure);
  if (++slot.launches >= step.settings().max_launches || refusals >= rule.max_launches) {
    step.MoveTo(SlotState::kFailed);
    return;
  }
  TakeFreshIntent(step);
  step.InsertIntent(IntentState::kPrepared);
  step.MoveTo(SlotState::kPlanned);
  step.WaitUntil(step.now() + Backoff(refusals, rule.min, rule.max, step.context().jitter));
}

void Rejected(StepBuilder& step, const LaunchRejected& rejected) {
  AddRefusal(step.slot(), rejected.failure);
  step.ChangeIntent(IntentState::kSent, IntentState::kRejected, rejected.words);
  switch (rejected.failure) {
    case FailureClass::kStock:
    case FailureClass::kNoAddress:
      TryElsewhere(step, rejected);
      return;
    case FailureClass::kQuota:
    case FailureClass::kThrottled:
    case FailureClass::kAuth:
    case FailureClass::kTransient:
      TryLater(step, rejected);
      return;
    case FailureClass::kNone:
    case FailureClass::kPermanent:
    case FailureClass::kTimeout:
    case FailureClass::kUnresolved:
      break;
  }
  ++step.slot().launches;
  step.Blame(FailureClass::kPermanent, rejected.words);
  step.MoveTo(SlotState::kFailed);
}

void Adopt(StepBuilder& step, std::vector<ObservedInstance> found) {
  Slot& slot = step.slot();
  const auto by_id = [](const ObservedInstance& a, const ObservedInstance& b) {
    return a.instance_id < b.instance_id;
  };
  std::sort(found.begin(), found.end(), by_id);
  slot.failure_words.clear();
  if (found.size() > 1) {
    // The protocol makes this impossible; if the cloud does it all the same, somebody must see it.
    slot.failure_words =
        absl::StrCat("one marker, several instances: ",
                     absl::StrJoin(found, ", ", [](std::string* out, const ObservedInstance& one) {
                       absl::StrAppend(out, one.instance_id.value());
                     }));
  }
  slot.instance_id = found.front().instance_id;
  slot.instance_name = found.front().name;
  step.ChangeIntent(IntentState::kUnknown, IntentState::kAdopted, slot.failure_words);
  HasInstance(step);
}

void NotFound(StepBuilder& step) {
  Slot& slot = step.slot();
  ++slot.negative_lookups;
  ++slot.attempts;
  if (step.now() < Horizon(step) || slot.negative_lookups < kSweepsToAbandon) {
    WaitToLook(step);
    return;
  }
  step.ChangeIntent(IntentState::kUnknown, IntentState::kAbandoned, "not seen until the horizon");
  if (slot.launches < step.settings().max_launches && !step.Overdue()) {
    SendFresh(step);
    return;
  }
  step.Blame(FailureClass::kUnresolved, std::string(slot.failure_words));
  step.MoveTo(SlotState::kFailed);
}

}  // namespace

void OnPlanned(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  const bool resumed = std::holds_alternative<Resumed>(event);
  if (!resumed && !std::holds_alternative<Woken>(event)) return;
  // A restart doesn't cut a back-off short, or all slots of a throttled account would come back at
  // once.
  if (resumed && slot.wake_at.has_value() && *slot.wake_at > step.now()) return;
  if (slot.sent_at.has_value()) {
    SendAgain(step);
  } else {
    SendFirst(step, true);
  }
}

void OnSending(StepBuilder& step, const Event& event) {
  if (const auto* accepted = std::get_if<LaunchAccepted>(&event)) {
    Accepted(step, *accepted);
  } else if (const auto* rejected = std::get_if<LaunchRejected>(&event)) {
    Rejected(step, *rejected);
  } else if (const auto* not_sent = std::get_if<LaunchNotSent>(&event)) {
    NotSent(step, *not_sent);
  } else if (const auto* unknown = std::get_if<LaunchUnknown>(&event)) {
    Unknown(step, unknown->words);
  } else if (std::holds_alternative<Resumed>(event)) {
    Unknown(step, "the engine restarted while the call was out");
  }
}

void OnLooking(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (IsTick(event)) {
    step.Ask(LookUpMarker{slot.intent_id});
  } else if (std::holds_alternative<CallFailed>(event)) {  // says nothing about the launch
    ++slot.attempts;
    WaitToLook(step);
  } else if (const auto* looked = std::get_if<MarkerLookedUp>(&event)) {
    if (looked->found.empty()) {
      NotFound(step);
    } else {
      Adopt(step, looked->found);
    }
  }
}

}  // namespace accordion::activity
