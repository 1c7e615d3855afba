// The name that a launch carries, which look-ups by marker search for.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "engine/domain/scaling_configuration.h"
#include "engine/domain/types.h"

namespace accordion::activity {

// `as-<group>-<marker10>`, or the user's instance name with its suffixes and `-<marker10>`. The
// time suffix is the launch's, in the region's `zone`.
std::string LaunchName(const domain::ScalingConfiguration& configuration,
                       const domain::GroupId& group, const domain::IntentId& marker,
                       absl::Time signed_at, absl::TimeZone zone);

// Whether `name` has the form that a launch gives where its user chose no name. A hint, no proof.
bool LooksLikeLaunchName(absl::string_view name);

}  // namespace accordion::activity
