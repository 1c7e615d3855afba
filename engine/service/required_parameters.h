// The one rule of parameters that is checked on this side, too: what the API requires is there.
//
// Gateways check all rules of the descriptors. An engine may get requests from a gateway of another
// version, so it checks again what its handlers rely on; words and quotas are checked where they
// are converted.
#pragma once

#include "absl/status/status.h"

namespace google::protobuf {
class Message;
}  // namespace google::protobuf

namespace accordion::service {

// MissingParameter for the first required field, in order, that is absent or empty; also in given
// nested messages.
absl::Status CheckRequired(const google::protobuf::Message& request);

}  // namespace accordion::service
