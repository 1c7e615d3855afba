// One request, one transaction: the two ways in which handlers use the store.
#pragma once

#include <algorithm>

#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/ports/store.h"
#include "engine/service/request_context.h"

namespace accordion::service {

// Runs `work`, which makes every check and every write. A dry run ends in DryRunOperation when all
// checks have passed, and so writes nothing.
inline absl::Status Write(ports::Store& store, const RequestContext& context,
                          ports::Store::Work work) {
  return store.Transact([&](ports::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(work(tx));
    return context.dry_run ? domain::DryRunOperation() : absl::OkStatus();
  });
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
