#include "engine/control/client_token_pruner.h"

#include "base/status_macros.h"
#include "engine/domain/limits.h"

namespace accordion::control {
namespace {

constexpr int kBatch = 1000;  // rows a transaction: milliseconds
constexpr absl::Duration kInterval = absl::Hours(1);

}  // namespace

void ClientTokenPruner::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
}

bool ClientTokenPruner::stopped() {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void ClientTokenPruner::Schedule() {
  parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + kInterval, [this] {
    if (stopped()) return;
    Schedule();
    Prune();
  });
}

void ClientTokenPruner::Prune() {
  if (stopped()) return;
  int pruned = 0;
  const absl::Status done = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(pruned,
                     tx.client_tokens().Prune(tx.Now() - domain::kClientTokenLifetime, kBatch));
    return absl::OkStatus();
  });
  if (!done.ok()) parts_.telemetry.StoreRetry("client_tokens");  // the next hour tries again
  if (done.ok() && pruned == kBatch) {
    parts_.executor.Submit(ports::Lane::kWork, [this] { Prune(); });
  }
}

}  // namespace accordion::control
