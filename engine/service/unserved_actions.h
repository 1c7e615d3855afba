// The actions of the API that this engine does not serve yet. They answer ServiceUnavailable (500),
// never UNIMPLEMENTED or a 404, which clients take for "gone". The conformance test reads this
// table.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace accordion::service {

// Names of rpcs of AutoScalingService.
inline constexpr absl::string_view kUnservedActions[] = {
    "ModifyScalingLoadBalancers",
    "AttachInstance",
    "DetachInstance",
};

inline absl::Span<const absl::string_view> UnservedActions() { return kUnservedActions; }

}  // namespace accordion::service
