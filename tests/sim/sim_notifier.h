// The receivers of announcements: slow or refusing where faults say so; remembers what arrived.
#pragma once

#include "engine/ports/notifier.h"
#include "tests/sim/stage.h"

namespace accordion::sim {

class SimNotifier final : public ports::Notifier {
 public:
  explicit SimNotifier(Stage& stage) : stage_(stage) {}

  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override;

 private:
  Stage& stage_;
};

}  // namespace accordion::sim
