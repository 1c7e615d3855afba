// What must hold for every request message that the decoder calls good.
#pragma once

#include "api-gateway/openapi/decode_plan.h"
#include "api-gateway/openapi/route_table.h"

namespace google::protobuf {
class Message;
}

namespace accordion::fuzz {

// The routes of the public API.
const gateway::RouteTable& Routes();

// Every rule of the options that the gateway promises to the engine: required fields are there,
// numbers in range, texts valid UTF-8 and no longer than allowed, words known, lists bounded.
void CheckDecoded(const gateway::MessagePlan& plan, const google::protobuf::Message& message);

}  // namespace accordion::fuzz
