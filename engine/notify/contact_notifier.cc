#include "engine/notify/contact_notifier.h"

namespace accordion::notify {

ports::DeliveryResult ContactNotifier::Deliver(const ports::Contact& contact,
                                               const ports::Announcement& announcement) {
  switch (contact.kind) {
    case ports::ContactKind::kWebhook:
      return webhooks_.Deliver(contact, announcement);
    case ports::ContactKind::kEmail:
      return mail_.Deliver(contact, announcement);
  }
  return {.outcome = ports::DeliveryOutcome::kPermanent, .words = "unknown kind of contact"};
}

}  // namespace accordion::notify
