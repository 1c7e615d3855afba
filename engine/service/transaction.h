// One request, one transaction: how handlers use the store.
#pragma once

#include <algorithm>
#include <type_traits>

#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/ports/store.h"
#include "engine/service/client_token.h"
#include "engine/service/request_context.h"

namespace accordion::service {

// Runs `work(tx)` -> absl::StatusOr<Response>, which makes every check and every write, and gives
// its answer. A dry run ends in DryRunOperation when all checks have passed, and so writes nothing.
// With a client token the answer is kept in the same transaction, and repeats get it.
//
// `refusal`: where work that commits something may leave the error that the caller will answer
// instead (of DeleteScalingGroup alone); such an answer is not kept.
template <typename Work, typename Answer = std::invoke_result_t<Work, ports::Tx&>>
Answer Write(ports::Store& store, const RequestContext& context, Work work,
             const absl::Status* refusal = nullptr) {
  Answer answer = absl::InternalError("the transaction did not run");
  const absl::Status written = store.Transact([&](ports::Tx& tx) -> absl::Status {
    if (!context.client_token.empty()) RETURN_IF_ERROR(HoldToken(tx, context));
    answer = work(tx);
    RETURN_IF_ERROR(answer.status());
    if (context.dry_run) return domain::DryRunOperation();
    const bool refused = refusal != nullptr && !refusal->ok();
    if (context.client_token.empty() || refused) return absl::OkStatus();
    return KeepAnswer(tx, context, answer->SerializeAsString());
  });
  RETURN_IF_ERROR(written);
  return answer;
}

// A plain kNotFound of the store, in the words of the API; everything else as it is.
template <typename T>
absl::StatusOr<T> OrNotFound(absl::StatusOr<T> result, const absl::Status& not_found) {
  if (result.ok() || !absl::IsNotFound(result.status())) return result;
  return not_found;
}

// The page that a Describe asks for; absent fields have the descriptor's default. Gateways check
// the ranges; an engine only makes sure that no page is unbounded.
template <typename Request>
ports::Page PageOf(const Request& request, int default_limit = 10) {
  constexpr int kMaxResults = 1000;
  const int limit = request.has_max_results() ? request.max_results() : default_limit;
  return {.offset = std::max(0, request.marker()), .limit = std::clamp(limit, 1, kMaxResults)};
}

}  // namespace accordion::service
