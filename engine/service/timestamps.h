// Instants between absl and protobuf.
#pragma once

#include "absl/time/time.h"

namespace google::protobuf {
class Timestamp;
}  // namespace google::protobuf

namespace accordion::service {

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp);
// Finite times only.
void SetTimestamp(absl::Time time, google::protobuf::Timestamp* timestamp);

}  // namespace accordion::service
