#include "api-gateway/auth/authorizer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "accordion/v1/error_reason.pb.h"
#include "api-gateway/envelope.h"

namespace accordion::gateway {
namespace {

bool Matches(absl::string_view pattern, absl::string_view operation) {
  return absl::ConsumeSuffix(&pattern, "*") ? absl::StartsWith(operation, pattern)
                                            : operation == pattern;
}

}  // namespace

MaybeError Authorize(const Principal& principal, absl::string_view action, bool main_account_only) {
  const std::string operation = absl::StrCat(envelope::kService, ":", action);
  const bool allowed =
      principal.is_main_account ||
      (!main_account_only &&
       std::any_of(principal.allowed_actions.begin(), principal.allowed_actions.end(),
                   [&](const std::string& pattern) { return Matches(pattern, operation); }));
  if (allowed && !principal.is_frozen) return std::nullopt;
  return ApiError{v1::ACCESS_DENIED, {principal.user_name, Echo(operation)}};
}

}  // namespace accordion::gateway
