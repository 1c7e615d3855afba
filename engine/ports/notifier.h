// The notifier: how one event reaches one contact.
#pragma once

#include <string>

#include "engine/activity/activity.h"
#include "engine/ports/contact.h"
#include "engine/ports/outbox_store.h"

namespace accordion::ports {

// An event with what its text says.
struct Announcement {
  OutboxEvent event;
  activity::Activity activity;
  std::string group_name;  // empty once the group is gone
};

enum class DeliveryOutcome {
  kDelivered,
  kRetry,      // may succeed later
  kPermanent,  // will not, however often it is tried
};

struct DeliveryResult {
  DeliveryOutcome outcome = DeliveryOutcome::kRetry;
  std::string words;    // why not delivered, for an operator; no secrets
  bool reached = true;  // false: the endpoint itself did not answer
};

// Thread-safe.
class Notifier {
 public:
  virtual ~Notifier() = default;

  // Blocks until the contact has answered, or a few seconds have passed.
  virtual DeliveryResult Deliver(const Contact& contact, const Announcement& announcement) = 0;
};

}  // namespace accordion::ports
