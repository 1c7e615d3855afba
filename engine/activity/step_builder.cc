#include "engine/activity/step_builder.h"

#include <cassert>
#include <utility>

#include "engine/activity/launch_name.h"
#include "engine/activity/transition_table.h"

namespace accordion::activity {

StepBuilder::StepBuilder(const StepContext& context, const Slot& slot)
    : context_(context),
      from_(slot.state),
      step_{.slot = slot, .intents = {}, .finding = {}, .member = {}, .effect = {}} {}

void StepBuilder::MoveTo(SlotState state) {
  step_.slot.state = state;
  step_.slot.state_since = now();
  step_.slot.attempts = 0;
  step_.slot.wake_at.reset();
}

void StepBuilder::Ask(Effect effect) {
  step_.effect = std::move(effect);
  step_.slot.wake_at.reset();
}

void StepBuilder::WaitUntil(absl::Time time) { step_.slot.wake_at = time; }

void StepBuilder::WaitLongerFor(absl::Time due) { WaitUntil(due + (due - now())); }

void StepBuilder::BackOff() {
  WaitUntil(now() + Backoff(step_.slot.attempts, settings().retry_min, settings().retry_max,
                            context_.jitter));
  ++step_.slot.attempts;
}

void StepBuilder::Blame(FailureClass failure, absl::string_view words) {
  step_.slot.failure = failure;
  step_.slot.failure_words = std::string(words);
}

void StepBuilder::Find(domain::PlacementPair pair, bool available) {
  step_.finding = {.pair = std::move(pair), .available = available, .sent_at = *step_.slot.sent_at};
}

void StepBuilder::ChangeIntent(IntentState from, IntentState to, absl::string_view outcome) {
  LaunchIntent intent = Intent(to);
  intent.outcome = std::string(outcome);
  step_.intents.push_back({std::move(intent), from});
}

void StepBuilder::InsertIntent(IntentState state) {
  step_.intents.push_back({Intent(state), std::nullopt});
}

LaunchIntent StepBuilder::Intent(IntentState state) const {
  const Slot& slot = step_.slot;
  LaunchIntent intent;
  intent.id = slot.intent_id;
  intent.account_id = context_.activity->account_id;
  intent.group_id = context_.activity->group_id;
  intent.activity_id = slot.activity_id;
  intent.slot = slot.number;
  intent.state = state;
  intent.pair = slot.pair;
  intent.sent_at = slot.sent_at;
  if (slot.sent_at.has_value()) {
    const domain::ScalingConfiguration& configuration = *context_.activity->configuration;
    intent.send_not_after = *slot.sent_at + settings().call_timeout;
    intent.launch_name = LaunchName(configuration, intent.group_id, slot.intent_id, *slot.sent_at,
                                    settings().time_zone);
    intent.project_id = configuration.project_id;
    if (configuration.BuysAddress()) intent.address_project_id = configuration.address.ProjectId();
  }
  intent.instance_id = slot.instance_id;
  return intent;
}

Step StepBuilder::Build() && {
  assert(IsLegal(context_.activity->type, from_, step_.slot.state));
  return std::move(step_);
}

}  // namespace accordion::activity
