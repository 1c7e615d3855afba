// The schemas (JSON Schema 2020-12) of the OpenAPI document, from the plans that decode and encode.
#pragma once

#include <string>

#include "api-gateway/openapi/json_sink.h"
#include "api-gateway/openapi/route_table.h"

namespace accordion::gateway {

inline constexpr char kErrorSchema[] = "ErrorAnswer";

// `#/components/schemas/NAME`.
std::string SchemaReference(absl::string_view name);

// Names of a route's own schemas.
std::string RequestSchemaName(const Route& route);
std::string AnswerSchemaName(const Route& route);

// All schemas that the routes need, each once, sorted by name, as members of an open object.
void WriteSchemas(const RouteTable& routes, JsonSink* sink);

}  // namespace accordion::gateway
