#include "api-gateway/openapi/api_error.h"

#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/limits.h"

namespace accordion::gateway {

ApiError MissingParameter(absl::string_view name) { return {v1::MISSING_PARAMETER, {Echo(name)}}; }

ApiError InvalidParameterValue(absl::string_view name) {
  return {v1::INVALID_PARAMETER_VALUE, {Echo(name)}};
}

ApiError InvalidQueryParameter(absl::string_view name) {
  return {v1::INVALID_QUERY_PARAMETER, {Echo(name)}};
}

ApiError LimitExceeded(absl::Duration wait) { return {v1::LIMIT_EXCEEDED, {}, wait}; }

std::string Echo(absl::string_view text) {
  std::string echo(text.substr(0, limits::kMaxEchoBytes));
  for (char& c : echo) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  return echo;
}

}  // namespace accordion::gateway
