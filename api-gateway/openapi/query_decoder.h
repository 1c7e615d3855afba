// Fills the request message of an action from its parameters.
//
// Order of errors (semantics.md §12): repeated names that disagree, then missing parameters in the
// order of the fields, then invalid values in that order. Every error carries the wire name as
// received.
#pragma once

#include "absl/time/time.h"
#include "api-gateway/openapi/api_error.h"
#include "api-gateway/openapi/decode_plan.h"
#include "api-gateway/openapi/request_parameters.h"

namespace google::protobuf {
class Message;
}

namespace accordion::gateway {

// `request` must be an empty message of the plan's type; its content is undefined after an error.
// `zone` is the region's time zone.
MaybeError DecodeRequest(const DecodePlan& plan, const RequestParameters& parameters,
                         absl::TimeZone zone, google::protobuf::Message* request);

}  // namespace accordion::gateway
