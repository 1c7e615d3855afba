// On whose behalf an rpc is called. The gateway has authenticated the caller and authorized the
// action.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/activity/cause.h"
#include "engine/domain/types.h"

namespace accordion::service {

// The request metadata that carries a serialized accordion.v1.RequestContext.
inline constexpr char kContextMetadata[] = "accordion-context-bin";

struct RequestContext {
  domain::AccountId account_id;
  std::string principal;
  std::string access_key_id;
  std::string request_id;
  bool dry_run = false;
  std::string client_token;  // empty: the request is not to be made idempotent
  // With a client token: what the request asks for (client_token.h).
  std::string action;
  std::string request_sha256;
  std::string source_address;

  // As causes name the caller.
  activity::Actor actor() const { return {principal, access_key_id}; }
};

// kInvalidArgument unless `bytes` is a serialized context with an account: no work is done for
// nobody.
absl::StatusOr<RequestContext> ParseRequestContext(absl::string_view bytes);

}  // namespace accordion::service
