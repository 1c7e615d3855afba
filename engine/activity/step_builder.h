// Builds one step of a slot: the few moves that both machines are made of. Internal to this module.
//
// Every step ends in exactly one of: a final state, an effect, or a time to be woken at. Asking for
// an effect and waiting exclude each other: the effect's outcome is the next event.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/activity/step.h"

namespace accordion::activity {

class StepBuilder {
 public:
  // Starts from "nothing changes". `context` must outlive the builder.
  StepBuilder(const StepContext& context, const Slot& slot);

  const StepContext& context() const { return context_; }
  const StepSettings& settings() const { return context_.settings; }
  absl::Time now() const { return context_.now; }
  Slot& slot() { return step_.slot; }

  bool Overdue() const { return now() >= context_.activity->deadline; }
  bool CleanupOverdue() const {
    return now() >= context_.activity->deadline + settings().cleanup_grace;
  }

  // Enters `state`: its attempts and wake-up begin anew. Also to begin a state again.
  void MoveTo(SlotState state);
  void Ask(Effect effect);
  void WaitUntil(absl::Time time);
  // Not before `due` by the database's time. Called when woken early, by an engine whose clock runs
  // ahead: asks for as much later as it came too early.
  void WaitLongerFor(absl::Time due);
  // Counts a failed call and waits before the next.
  void BackOff();
  void Blame(FailureClass failure, absl::string_view words);

  // The step's finding on `pair`, from the slot's current launch.
  void Find(domain::PlacementPair pair, bool available);

  // Moves the slot's current intent on from `from`.
  void ChangeIntent(IntentState from, IntentState to, absl::string_view outcome);
  // Inserts the slot's current intent.
  void InsertIntent(IntentState state);

  // Asserts that the move is legal. `member` of the step is the machine's to fill.
  Step Build() &&;

 private:
  LaunchIntent Intent(IntentState state) const;

  const StepContext& context_;
  const SlotState from_;
  Step step_;
};

}  // namespace accordion::activity
