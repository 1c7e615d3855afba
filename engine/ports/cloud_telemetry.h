// What the cloud's client tells an operator's dashboards. Implemented over prometheus in
// observability; tests use NullCloudTelemetry.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace accordion::ports {

// Thread-safe; must not block. Actions and words are constants of the code: they label metrics.
class CloudTelemetry {
 public:
  virtual ~CloudTelemetry() = default;

  // A call ended; `outcome` is succeeded, refused, throttled, auth, not_sent or unknown.
  virtual void CloudCalled(absl::string_view action, absl::string_view outcome,
                           absl::Duration took) = 0;
  // A call was not made, to keep the engine's manners; `reason` names which.
  virtual void CloudCallHeldBack(absl::string_view action, absl::string_view reason) = 0;
  // The breaker of an action opened (or closed).
  virtual void CloudBreaker(absl::string_view action, bool open) = 0;
  // Accounts whose calls pause since the cloud refuses their credentials.
  virtual void CloudAccountsPaused(int accounts) = 0;
};

class NullCloudTelemetry final : public CloudTelemetry {
 public:
  void CloudCalled(absl::string_view, absl::string_view, absl::Duration) override {}
  void CloudCallHeldBack(absl::string_view, absl::string_view) override {}
  void CloudBreaker(absl::string_view, bool) override {}
  void CloudAccountsPaused(int) override {}
};

}  // namespace accordion::ports
