// What the API document is written from.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "api-gateway/document/samples.h"
#include "api-gateway/openapi/route_table.h"

namespace accordion::gateway {

struct ApiDescription {
  const RouteTable& routes;
  const Samples& samples;
  std::vector<std::string> regions;  // served; the first stands in samples
  absl::TimeZone zone;               // of times in samples
};

inline constexpr char kApiTitle[] = "Accordion auto scaling";

// `CreateScalingGroup` -> `Create scaling group`.
std::string TitleOf(const Route& route);

}  // namespace accordion::gateway
