// Reads the body of a Prometheus remote-write request, with every length checked before anything is
// allocated.
//
// A generated message would allocate whatever five hostile bytes announce (prometheus#18591); this
// parser keeps views into the body and two small reused vectors.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace accordion::gateway {

struct WireLabel {
  absl::string_view name;
  absl::string_view value;
};

struct WireSample {
  double value;
  std::int64_t timestamp_ms;
};

// The raw bytes of a snappy block. The declared length is checked against the limit and against
// what a block of this size can hold at all, before the result is allocated. InvalidArgument
// otherwise.
absl::StatusOr<std::string> DecompressSnappy(absl::string_view body);

// Calls `series` for each time series, in order; its views are good during the call. Metadata,
// exemplars and histograms are skipped. InvalidArgument for what is no WriteRequest or passes a
// limit (limits.h); the series before the fault were then seen.
absl::Status ParseWriteRequest(
    absl::string_view bytes,
    absl::FunctionRef<void(absl::Span<const WireLabel>, absl::Span<const WireSample>)> series);

}  // namespace accordion::gateway
