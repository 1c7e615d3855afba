// May this principal call this action?
#pragma once

#include "absl/strings/string_view.h"
#include "api-gateway/auth/principal.h"
#include "api-gateway/openapi/api_error.h"

namespace accordion::gateway {

// The main account may do everything, a sub-user what its patterns allow (deny by default), a
// frozen account nothing. `action` is the canonical name where the action is known, else the text
// received. AccessDenied names user and action.
MaybeError Authorize(const Principal& principal, absl::string_view action, bool main_account_only);

}  // namespace accordion::gateway
