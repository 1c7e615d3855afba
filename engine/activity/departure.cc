#include "engine/activity/departure.h"

#include <algorithm>
#include <variant>

#include "engine/activity/registering.h"

namespace accordion::activity {
namespace {

void StartTerminating(StepBuilder& step) {
  step.MoveTo(SlotState::kTerminating);
  step.Ask(Terminate{step.slot().instance_id});
}

ReadAddress CheckAddress(const Slot& slot) {
  return {.allocation_id = slot.address->allocation_id, .project_id = slot.address->project_id};
}

// The instance is gone.
void HasGone(StepBuilder& step, SlotState end) {
  if (!step.slot().address.has_value()) return step.MoveTo(end);
  step.MoveTo(SlotState::kReleasing);
  step.Ask(CheckAddress(step.slot()));
}

}  // namespace

void ForgetRegistration(Slot& slot, const std::string& register_id) {
  std::vector<domain::Registration>& known = slot.registrations;
  known.erase(std::remove_if(
                  known.begin(), known.end(),
                  [&](const domain::Registration& one) { return one.register_id == register_id; }),
              known.end());
}

bool AddressUnknown(const Slot& slot) {
  return slot.address.has_value() && slot.address->allocation_id.empty();
}

ListAddresses LookForAddress(const Slot& slot) {
  return {.instance_id = slot.instance_id,
          .network_interface_id = slot.network_interface_id,
          .project_id = slot.address->project_id};
}

bool RecordAddress(Slot& slot, const std::vector<ObservedAddress>& listed) {
  for (const ObservedAddress& one : listed) {
    if (one.instance_id != slot.instance_id || one.allocation_id.empty()) continue;
    slot.address->allocation_id = one.allocation_id;
    return true;
  }
  return false;
}

void AdoptRegistrations(Slot& slot, const std::vector<domain::Registration>& listed) {
  for (const domain::Registration& one : listed) {
    const bool known = std::any_of(
        slot.registrations.begin(), slot.registrations.end(),
        [&](const domain::Registration& other) { return other.register_id == one.register_id; });
    if (!known) slot.registrations.push_back(one);
  }
}

bool OnDeregistering(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (const auto* failed = std::get_if<CallFailed>(&event)) {
    step.Blame(failed->failure, failed->words);
    step.BackOff();
    return false;
  }
  if (const auto* listed = std::get_if<RegistrationsListed>(&event)) {
    if (listed->listener_id.has_value()) {
      SettleDoubt(slot, *listed, {});
    } else {
      AdoptRegistrations(slot, listed->registrations);
      slot.must_list = false;
    }
    slot.attempts = 0;
  } else if (const auto* gone = std::get_if<Deregistered>(&event)) {
    ForgetRegistration(slot, gone->register_id);
    slot.attempts = 0;
  } else if (!IsTick(event)) {
    return false;
  }
  // What is known goes first, so that a list that fails keeps nobody in service.
  if (!slot.registrations.empty()) {
    AskToDeregister(step, slot.registrations.front());
    return false;
  }
  if (slot.must_list) {
    step.Ask(ListRegistrations{slot.instance_id});
    return false;
  }
  return true;
}

void StartLeaving(StepBuilder& step) {
  if (!AddressUnknown(step.slot())) return StartTerminating(step);
  step.MoveTo(SlotState::kTracing);
  step.Ask(LookForAddress(step.slot()));
}

void OnTracing(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (IsTick(event)) {
    step.Ask(LookForAddress(slot));
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    step.Blame(failed->failure, failed->words);
    step.BackOff();
  } else if (const auto* listed = std::get_if<AddressesListed>(&event)) {
    if (RecordAddress(slot, listed->addresses)) return StartTerminating(step);
    // It was bought before this state began, so a list that is a read lag older shows it.
    const absl::Time lag_over = slot.state_since + step.settings().read_lag;
    if (step.now() < lag_over) return step.WaitUntil(lag_over);
    slot.address.reset();
    StartTerminating(step);
  }
}

void OnTerminating(StepBuilder& step, const Event& event) {
  Slot& slot = step.slot();
  if (IsTick(event)) {
    step.Ask(Terminate{slot.instance_id});
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    step.Blame(failed->failure, failed->words);
    step.BackOff();
  } else if (std::holds_alternative<TerminateAccepted>(event)) {
    step.MoveTo(SlotState::kProving);
    slot.absent_reads = 0;
    step.Ask(ReadInstance{slot.instance_id});
  }
}

void OnProving(StepBuilder& step, const Event& event, SlotState end) {
  Slot& slot = step.slot();
  // After the first read that missed it, `state_since` is that read's time.
  const absl::Time lag_over = slot.state_since + step.settings().read_lag;
  const bool missed_once_just_now = slot.absent_reads > 0 && step.now() < lag_over;
  if (IsTick(event)) {
    if (missed_once_just_now) {
      step.WaitLongerFor(lag_over);
    } else {
      step.Ask(ReadInstance{slot.instance_id});
    }
  } else if (std::holds_alternative<CallFailed>(event)) {
    step.BackOff();
  } else if (const auto* read = std::get_if<InstanceRead>(&event)) {
    if (!read->instance.has_value()) {
      if (missed_once_just_now) return step.WaitUntil(lag_over);
      if (++slot.absent_reads >= 2) return HasGone(step, end);
      slot.state_since = step.now();
      slot.attempts = 0;
      step.WaitUntil(step.now() + step.settings().read_lag);
      return;
    }
    slot.absent_reads = 0;
    if (step.now() >= lag_over) {
      StartTerminating(step);
    } else {
      step.WaitUntil(step.now() + step.settings().boot_poll);
    }
  }
}

void OnReleasing(StepBuilder& step, const Event& event, SlotState end) {
  Slot& slot = step.slot();
  if (IsTick(event)) {
    step.Ask(CheckAddress(slot));
  } else if (const auto* failed = std::get_if<CallFailed>(&event)) {
    step.Blame(failed->failure, failed->words);
    step.BackOff();
  } else if (const auto* read = std::get_if<AddressRead>(&event)) {
    if (!read->address.has_value() || !read->address->associated) {
      // A read that misses it proves nothing; the release answers for one that is gone, too.
      step.Ask(ReleaseAddress{slot.address->allocation_id});
    } else if (read->address->instance_id == slot.instance_id) {
      step.BackOff();  // the cloud has yet to take it from the instance that is gone
    } else {
      slot.address.reset();
      step.MoveTo(end);
    }
  } else if (std::holds_alternative<AddressReleased>(event)) {
    step.MoveTo(end);
  }
}

void Quarantine(StepBuilder& step) {
  // What the cloud said of the call that did not succeed stays as the words.
  step.Blame(FailureClass::kUnresolved, std::string(step.slot().failure_words));
  step.MoveTo(SlotState::kQuarantined);
}

}  // namespace accordion::activity
