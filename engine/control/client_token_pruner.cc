#include "engine/control/client_token_pruner.h"

#include "base/status_macros.h"
#include "engine/domain/limits.h"

namespace accordion::control {
namespace {

constexpr int kBatch = 1000;  // rows a transaction: milliseconds
constexpr absl::Duration kInterval = absl::Hours(1);

}  // namespace

ClientTokenPruner::ClientTokenPruner(const Parts& parts)
    : parts_(parts),
      lookout_(parts.executor, parts.clock, ports::Lane::kWork, [this] { Prune(); }) {}

void ClientTokenPruner::Start() { lookout_.Start(kInterval); }

void ClientTokenPruner::Prune() {
  int pruned = 0;
  const absl::Status done = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(pruned,
                     tx.client_tokens().Prune(tx.Now() - domain::kClientTokenLifetime, kBatch));
    return absl::OkStatus();
  });
  if (!done.ok()) parts_.telemetry.StoreRetry("client_tokens");  // the next hour tries again
  if (done.ok() && pruned == kBatch) lookout_.Wake();
}

}  // namespace accordion::control
