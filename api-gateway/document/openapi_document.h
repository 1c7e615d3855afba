// The OpenAPI 3.1 description of the API.
//
// All actions share the path `/` and differ by a parameter, which OpenAPI has no word for. As
// others do who describe such APIs, each action gets a path of its own behind a fragment, which a
// client does not send: `/#Action=CreateScalingGroup`.
#pragma once

#include <string>

#include "api-gateway/document/api_description.h"

namespace accordion::gateway {

// Indented JSON, the same for the same descriptors.
std::string OpenApiDocument(const ApiDescription& api);

}  // namespace accordion::gateway
