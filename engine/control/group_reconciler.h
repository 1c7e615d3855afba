// Reconcile: one level-triggered step of one group, in one transaction (reliability.md C5).
//
// Reads desired capacity, members, intents and the open activity; plans (domain::PlanGroup); opens
// at most one activity with its intents or victims; writes when to look again. Never touches the
// cloud.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "base/random.h"
#include "engine/control/settings.h"
#include "engine/domain/group_diff.h"
#include "engine/domain/placement.h"
#include "engine/ports/store.h"

namespace accordion::control {

// What a committed step asks for.
struct ReconcileOutcome {
  // The group's open activity, new or not: the worker drives what it doesn't drive already, so that
  // an activity whose commit went through although its answer was lost is not left alone.
  std::optional<ports::OpenActivity> open;
  bool is_new = false;
  // Slots of the open activity that should end unsent: the group was disabled, desired was lowered
  // or replacement is held meanwhile.
  std::optional<domain::ActivityId> cancel_activity;
  std::vector<int> cancel_slots;
  domain::HealthSituation health;  // of the group's members
  bool replacement_hold_began = false;
  absl::Time wake_at;  // look again then, whatever happens
};

// Thread-safe.
class GroupReconciler {
 public:
  GroupReconciler(ports::Store& store, base::Rng& rng, const Settings& settings);

  // kNotFound: the group is gone. kFailedPrecondition: the fence is lost.
  absl::StatusOr<ReconcileOutcome> Step(const ports::Fence& fence, const ports::GroupKey& key);

 private:
  absl::Status StepInTx(ports::Tx& tx, const ports::GroupKey& key, ReconcileOutcome& outcome);
  // Places up to `count` launches, none on what rests; where nothing is open, looks again when the
  // first rest ends.
  absl::StatusOr<domain::Placement> PlaceLaunches(ports::Tx& tx, const domain::GroupFacts& facts,
                                                  const domain::ScalingConfiguration& configuration,
                                                  std::vector<domain::SubnetFacts> subnets,
                                                  int count, ReconcileOutcome& outcome);
  absl::Status OpenScaleOut(ports::Tx& tx, const domain::GroupFacts& facts,
                            const domain::GroupPlan& plan, ReconcileOutcome& outcome);
  absl::Status OpenScaleIn(ports::Tx& tx, const domain::GroupFacts& facts,
                           const domain::GroupPlan& plan, ReconcileOutcome& outcome);
  // Takes up again what an ended activity left half done.
  absl::Status OpenFinishRemoval(ports::Tx& tx, const domain::GroupFacts& facts,
                                 const domain::GroupPlan& plan, ReconcileOutcome& outcome);
  absl::Status OpenDetach(ports::Tx& tx, const domain::GroupFacts& facts,
                          ReconcileOutcome& outcome);
  absl::Status OpenAttach(ports::Tx& tx, const domain::GroupFacts& facts,
                          ReconcileOutcome& outcome);
  absl::Status OpenReplace(ports::Tx& tx, const domain::GroupFacts& facts,
                           const domain::GroupPlan& plan, ReconcileOutcome& outcome);
  absl::Status OpenRegistration(ports::Tx& tx, const domain::GroupFacts& facts,
                                ReconcileOutcome& outcome);
  absl::Status Open(ports::Tx& tx, activity::Activity activity, std::vector<activity::Slot> slots,
                    const std::vector<activity::LaunchIntent>& intents, ReconcileOutcome& outcome);
  void AskToCancel(const domain::GroupFacts& facts, const ports::OpenActivity& open,
                   ReconcileOutcome& outcome);

  ports::Store& store_;
  base::Rng& rng_;
  const Settings settings_;
};

}  // namespace accordion::control
