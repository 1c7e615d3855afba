// One attempt to launch: from the PREPARED intent to an instance id, or to the proof that there is
// none. Internal to this module; the rules are those of scale_out.h.
#pragma once

#include "engine/activity/step_builder.h"

namespace accordion::activity {

// Enters kPlanned with a fresh PREPARED intent. The caller says when it is sent.
void PrepareLaunch(StepBuilder& step);

void OnPlanned(StepBuilder& step, const Event& event);
void OnSending(StepBuilder& step, const Event& event);
void OnLooking(StepBuilder& step, const Event& event);

}  // namespace accordion::activity
