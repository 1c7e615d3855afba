// Reads one value's text by the rules of its field's option and puts it into the message.
#pragma once

#include "absl/time/time.h"
#include "api-gateway/openapi/api_error.h"
#include "api-gateway/openapi/decode_plan.h"
#include "api-gateway/openapi/parameter_tree.h"

namespace google::protobuf {
class Message;
}

namespace accordion::gateway {

// Sets the field, or adds to it where it is repeated. `field` is a scalar or a Timestamp.
// InvalidParameterValue with the value's name where type, range, words, characters or length do not
// fit.
MaybeError SetScalar(const FieldPlan& field, const GivenValue& value, absl::TimeZone zone,
                     google::protobuf::Message* message);

}  // namespace accordion::gateway
