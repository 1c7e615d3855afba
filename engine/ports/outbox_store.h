// The outbox: finished activities that are to be announced, written in the activity's own terminal
// commit (I-19).
//
// An event fans out to one delivery a contact that the account has then. A delivery is claimed for
// a short while by a commit, sent outside of any transaction, and settled by another commit;
// whoever dies in between lets the claim lapse, and the event is sent again under the same id. A
// contact gets a group's events in order: a delivery waits until the one before it has ended.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/ports/contact.h"
#include "engine/ports/group_store.h"

namespace accordion::ports {

struct OutboxEvent {
  std::string event_id;  // UUID, stable over deliveries
  GroupKey group;
  domain::ActivityId activity_id;
  int notification_type = 0;  // 1..6
  absl::Time created_at;
};

enum class DeliveryState {
  kOpen,
  kDelivered,
  kDead,     // given up: permanent refusal, or too old
  kDropped,  // its contact was disabled or deleted
};

struct Delivery {
  std::string event_id;
  std::string contact_id;
  DeliveryState state = DeliveryState::kOpen;
  int attempts = 0;
  absl::Time next_at;      // of an open one: not before
  std::string last_error;  // of the last try that failed
};

// A delivery that the caller may try now, and nobody else until the claim lapses.
struct ClaimedDelivery {
  OutboxEvent event;
  Contact contact;
  int attempt = 0;  // this try's number, from 1; proves the claim when it is settled
};

struct ClaimOptions {
  std::vector<int> shards;
  std::vector<std::string> not_endpoints;  // EndpointOf contacts that get nothing now
  int per_endpoint = 2;                    // at most so many of one endpoint
  int limit = 0;
  absl::Duration claim;  // how long nobody else may try
};

class OutboxStore {
 public:
  virtual ~OutboxStore() = default;

  // The types (1..6) that the group's notification subscribes to; empty without one.
  virtual absl::StatusOr<std::vector<int>> SubscribedTypes(const GroupKey& group) = 0;
  // kAlreadyExists if the activity has its event already.
  virtual absl::Status Add(const OutboxEvent& event) = 0;
  // Events with a delivery that is open or still to be made, oldest first.
  virtual absl::StatusOr<std::vector<OutboxEvent>> Pending(int limit) = 0;

  // Makes the deliveries of up to `limit` new events of the shards, one for each enabled contact;
  // an event without any is done. Returns the number of events.
  virtual absl::StatusOr<int> FanOut(absl::Span<const int> shards, int limit) = 0;
  // Open deliveries that are due and whose predecessors have ended, in no particular order.
  virtual absl::StatusOr<std::vector<ClaimedDelivery>> Claim(const ClaimOptions& options) = 0;
  // Settles a claimed delivery: again at `next_at`, or ended in `state`. kFailedPrecondition if the
  // claim has lapsed and somebody else tried since, or it has ended.
  virtual absl::Status Retry(const ClaimedDelivery& claimed, absl::Time next_at,
                             absl::string_view error) = 0;
  virtual absl::Status End(const ClaimedDelivery& claimed, DeliveryState state,
                           absl::string_view error) = 0;

  // In order of contact.
  virtual absl::StatusOr<std::vector<Delivery>> Deliveries(absl::string_view event_id) = 0;
  // Deletes up to `limit` events, with their deliveries, that were done before `before`. Returns
  // their number.
  virtual absl::StatusOr<int> Prune(absl::Time before, int limit) = 0;
};

}  // namespace accordion::ports
