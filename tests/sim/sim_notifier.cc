#include "tests/sim/sim_notifier.h"

#include "absl/strings/str_cat.h"

namespace accordion::sim {

ports::DeliveryResult SimNotifier::Deliver(const ports::Contact& contact,
                                           const ports::Announcement& announcement) {
  if (stage_.faults.Strikes(Fault::kSlowNotifier)) stage_.Meanwhile(absl::Seconds(5));
  if (stage_.faults.Strikes(Fault::kNotifierFails)) {
    const bool reached = base::UniformUnit(stage_.faults.rng()) < 0.5;
    return {.outcome = ports::DeliveryOutcome::kRetry, .words = "refused", .reached = reached};
  }
  stage_.announcements.Delivered(announcement.event.event_id);
  stage_.trace.Note(stage_.time.Now(), "notify", [&] {
    return absl::StrCat(contact.id, " ", announcement.event.event_id, " type ",
                        announcement.event.notification_type);
  });
  return {.outcome = ports::DeliveryOutcome::kDelivered, .words = "", .reached = true};
}

}  // namespace accordion::sim
