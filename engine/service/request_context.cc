#include "engine/service/request_context.h"

#include "accordion/v1/request_context.pb.h"

namespace accordion::service {

absl::StatusOr<RequestContext> ParseRequestContext(absl::string_view bytes) {
  v1::RequestContext message;
  if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      message.account_id().empty()) {
    return absl::InvalidArgumentError("the call carries no request context");
  }
  return RequestContext{.account_id = domain::AccountId(message.account_id()),
                        .principal = message.principal(),
                        .access_key_id = message.access_key_id(),
                        .request_id = message.request_id(),
                        .dry_run = message.dry_run(),
                        .client_token = message.client_token(),
                        .source_address = message.source_address()};
}

}  // namespace accordion::service
