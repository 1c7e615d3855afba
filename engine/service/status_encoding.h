// What a failed rpc says: a gRPC status, and the catalogue's reason in the trailing metadata
// `accordion-error-bin`.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace grpc {
class Status;
}  // namespace grpc
namespace accordion::v1 {
class ErrorDetail;
}  // namespace accordion::v1

namespace accordion::service {

inline constexpr char kErrorMetadata[] = "accordion-error-bin";

// The reason of a failed status. One without a reason of the catalogue is ServiceTimeout
// (kDeadlineExceeded), ServiceUnavailable (the store or the cloud could not be reached; a commit in
// doubt; overload), or else a fault of ours: an opaque exception. Its own words stay here, since
// they may tell of our inside.
v1::ErrorDetail ErrorDetailOf(const absl::Status& status);

// The gRPC status that goes with it. Its message is the reason's name; of a kInvalidArgument
// without a reason, which only our own checks of internal requests make, its words, for the
// operator.
grpc::Status GrpcStatusOf(const absl::Status& status);

}  // namespace accordion::service
