// One engine's view of its contacts: a dead engine reaches them no more.
#pragma once

#include "engine/ports/notifier.h"
#include "tests/support/lifeline.h"

namespace accordion::testing {

// A decorator; null: there is no notifier. Not thread-safe.
class LifelineNotifier final : public ports::Notifier {
 public:
  LifelineNotifier(ports::Notifier* inner, Lifeline& lifeline)
      : inner_(inner), lifeline_(lifeline) {}

  bool exists() const { return inner_ != nullptr; }

  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override {
    if (!lifeline_.Pass("before delivery")) return {.words = "dead"};
    ports::DeliveryResult result = inner_->Deliver(contact, announcement);
    if (!lifeline_.Pass("after delivery")) return {.words = "dead"};
    return result;
  }

 private:
  ports::Notifier* inner_;
  Lifeline& lifeline_;
};

}  // namespace accordion::testing
