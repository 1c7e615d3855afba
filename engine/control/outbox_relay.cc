#include "engine/control/outbox_relay.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace accordion::control {
namespace {

constexpr int kFanOutBatch = 100;
constexpr int kPruneBatch = 1000;
constexpr absl::Duration kPruneInterval = absl::Hours(1);

const char* OutcomeName(ports::DeliveryOutcome outcome) {
  switch (outcome) {
    case ports::DeliveryOutcome::kDelivered:
      return "delivered";
    case ports::DeliveryOutcome::kRetry:
      return "retry";
    case ports::DeliveryOutcome::kPermanent:
      return "dead";
  }
  return "unknown";
}

}  // namespace

OutboxRelay::OutboxRelay(const Parts& parts, const NotifySettings& settings)
    : parts_(parts),
      settings_(settings),
      lookout_(parts.executor, parts.clock, ports::Lane::kWork, [this] { Look(); }) {}

void OutboxRelay::Start() {
  lookout_.Start(settings_.poll);
  lookout_.Every(kPruneInterval, [this] { Prune(); });
}

void OutboxRelay::Look() {
  const std::vector<int> shards = parts_.leases.Shards();
  if (shards.empty()) return;
  // A read first: a quiet region must not cost a write a second.
  bool pending = false;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto events, tx.outbox().Pending(1));
    pending = !events.empty();
    return absl::OkStatus();
  });
  if (!read.ok()) {
    parts_.telemetry.StoreRetry("outbox");
    return;
  }
  if (pending && ClaimDue(shards)) lookout_.Wake();
}

bool OutboxRelay::ClaimDue(const std::vector<int>& shards) {
  ports::ClaimOptions options{
      .shards = shards, .per_endpoint = settings_.per_endpoint, .claim = settings_.claim};
  std::vector<ports::ClaimedDelivery> claims;
  int fanned_out = 0;
  {
    absl::MutexLock lock(&mutex_);
    options.limit = settings_.in_flight - gates_.in_flight();
    options.not_endpoints = gates_.Closed(parts_.clock.Now());
  }
  const absl::Status claimed = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(fanned_out, tx.outbox().FanOut(shards, kFanOutBatch));
    claims.clear();
    if (options.limit <= 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(claims, tx.outbox().Claim(options));
    return absl::OkStatus();
  });
  if (!claimed.ok()) {
    parts_.telemetry.StoreRetry("outbox");
    return false;
  }
  {
    absl::MutexLock lock(&mutex_);
    for (const ports::ClaimedDelivery& one : claims) gates_.Begin(ports::EndpointOf(one.contact));
  }
  for (const ports::ClaimedDelivery& one : claims) {
    if (parts_.executor.Submit(ports::Lane::kNotify, [this, one] { Run(one); })) continue;
    absl::MutexLock lock(&mutex_);  // nobody tries it until the claim lapses
    gates_.End(ports::EndpointOf(one.contact), true, parts_.clock.Now());
  }
  return fanned_out > 0 || !claims.empty();
}

void OutboxRelay::Run(const ports::ClaimedDelivery& claimed) {
  // Another engine's by now, or the process is stopping: the claim lapses, and the event goes out.
  const bool mine =
      !lookout_.stopped() && parts_.leases.FenceFor(claimed.event.group.group_id).has_value();
  ports::DeliveryResult result;
  if (mine) {
    result = Try(claimed);
    Settle(claimed, result);
  }
  {
    absl::MutexLock lock(&mutex_);
    gates_.End(ports::EndpointOf(claimed.contact), result.reached, parts_.clock.Now());
  }
  if (mine) lookout_.Wake();
}

ports::DeliveryResult OutboxRelay::Try(const ports::ClaimedDelivery& claimed) {
  ports::Announcement announcement{.event = claimed.event};
  const ports::GroupKey& key = claimed.event.group;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto found,
                     tx.activities().List(key, {.ids = {claimed.event.activity_id}}, {.limit = 1}));
    if (found.rows.empty()) return absl::NotFoundError("its activity is no longer kept");
    announcement.activity = found.rows.front();
    const absl::StatusOr<domain::ScalingGroup> group = tx.groups().Get(key);
    if (group.ok()) announcement.group_name = group->name;
    return absl::IsNotFound(group.status()) ? absl::OkStatus() : group.status();
  });
  if (absl::IsNotFound(read)) {
    return {.outcome = ports::DeliveryOutcome::kPermanent, .words = std::string(read.message())};
  }
  if (!read.ok()) return {.words = "the database cannot be read"};
  return parts_.notifier.Deliver(claimed.contact, announcement);
}

void OutboxRelay::Settle(const ports::ClaimedDelivery& claimed,
                         const ports::DeliveryResult& result) {
  ports::DeliveryOutcome outcome = result.outcome;
  std::string words = result.words;
  const absl::Time now = parts_.clock.Now();
  if (outcome == ports::DeliveryOutcome::kRetry &&
      now - claimed.event.created_at >= settings_.give_up) {
    outcome = ports::DeliveryOutcome::kPermanent;
    absl::StrAppend(&words, "; given up after ", absl::FormatDuration(settings_.give_up));
  }
  const absl::Duration delay = RetryDelay(settings_, claimed.attempt, parts_.rng);
  const absl::Status settled = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    switch (outcome) {
      case ports::DeliveryOutcome::kDelivered:
        return tx.outbox().End(claimed, ports::DeliveryState::kDelivered, "");
      case ports::DeliveryOutcome::kRetry:
        return tx.outbox().Retry(claimed, tx.Now() + delay, words);
      case ports::DeliveryOutcome::kPermanent:
        return tx.outbox().End(claimed, ports::DeliveryState::kDead, words);
    }
    return absl::InternalError("unknown outcome");
  });
  if (!settled.ok()) {
    // The claim lapses, and the event goes out again under its id.
    if (!absl::IsFailedPrecondition(settled)) parts_.telemetry.StoreRetry("outbox");
    return;
  }
  parts_.telemetry.NotificationTried(ports::ContactKindName(claimed.contact.kind),
                                     OutcomeName(outcome));
  if (outcome == ports::DeliveryOutcome::kDelivered) return;
  const bool dead = outcome == ports::DeliveryOutcome::kPermanent;
  base::Log(dead ? base::LogLevel::kError : base::LogLevel::kWarning,
            dead ? "notification dead-lettered" : "notification not delivered; trying again",
            {{"event", claimed.event.event_id},
             {"group", absl::StrCat(claimed.event.group.group_id.value())},
             {"contact", claimed.contact.id},
             {"attempt", absl::StrCat(claimed.attempt)},
             {"error", words}});
}

void OutboxRelay::Prune() {
  int pruned = 0;
  const absl::Status done = parts_.store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(pruned, tx.outbox().Prune(tx.Now() - settings_.keep, kPruneBatch));
    return absl::OkStatus();
  });
  if (!done.ok()) parts_.telemetry.StoreRetry("outbox");
  if (pruned == kPruneBatch) parts_.executor.Submit(ports::Lane::kWork, [this] { Prune(); });
}

}  // namespace accordion::control
