#include "engine/activity/activity.h"

namespace accordion::activity {

bool IsFinal(SlotState state) {
  switch (state) {
    case SlotState::kInService:
    case SlotState::kLeft:
    case SlotState::kFailed:
    case SlotState::kQuarantined:
    case SlotState::kCancelled:
      return true;
    case SlotState::kWaiting:
    case SlotState::kPlanned:
    case SlotState::kSending:
    case SlotState::kLooking:
    case SlotState::kBooting:
    case SlotState::kRegistering:
    case SlotState::kUndoing:
    case SlotState::kPicked:
    case SlotState::kDeregistering:
    case SlotState::kDraining:
    case SlotState::kTracing:
    case SlotState::kVerifying:
    case SlotState::kTerminating:
    case SlotState::kProving:
    case SlotState::kReleasing:
      break;
  }
  return false;
}

const char* SlotStateName(SlotState state) {
  switch (state) {
    case SlotState::kWaiting:
      return "Waiting";
    case SlotState::kPlanned:
      return "Planned";
    case SlotState::kSending:
      return "Sending";
    case SlotState::kLooking:
      return "Looking";
    case SlotState::kBooting:
      return "Booting";
    case SlotState::kRegistering:
      return "Registering";
    case SlotState::kInService:
      return "InService";
    case SlotState::kUndoing:
      return "Undoing";
    case SlotState::kPicked:
      return "Picked";
    case SlotState::kDeregistering:
      return "Deregistering";
    case SlotState::kDraining:
      return "Draining";
    case SlotState::kTracing:
      return "Tracing";
    case SlotState::kVerifying:
      return "Verifying";
    case SlotState::kTerminating:
      return "Terminating";
    case SlotState::kProving:
      return "Proving";
    case SlotState::kReleasing:
      return "Releasing";
    case SlotState::kLeft:
      return "Left";
    case SlotState::kFailed:
      return "Failed";
    case SlotState::kQuarantined:
      return "Quarantined";
    case SlotState::kCancelled:
      break;
  }
  return "Cancelled";
}

const char* IntentStateName(IntentState state) {
  switch (state) {
    case IntentState::kPrepared:
      return "Prepared";
    case IntentState::kSent:
      return "Sent";
    case IntentState::kAccepted:
      return "Accepted";
    case IntentState::kRejected:
      return "Rejected";
    case IntentState::kUnknown:
      return "Unknown";
    case IntentState::kAdopted:
      return "Adopted";
    case IntentState::kAbandoned:
      break;
  }
  return "Abandoned";
}

}  // namespace accordion::activity
