// The engine as a process: owns every part, in order. What isn't built can't be passed, so the
// constructors show who needs whom.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/config.h"

namespace accordion {

// Waits; true as soon as the process has been asked to stop.
using StopWait = std::function<bool(absl::Duration)>;

// Brings the database's schema up to date. While PostgreSQL can't be reached it says so and tries
// again with back-off, until `stop` (then kCancelled).
absl::Status MigrateDatabase(const Config& config, const StopWait& stop);

class Daemon {
 public:
  // Serves when it returns. The admin pages are up first (not ready), then the database is waited
  // for as by MigrateDatabase. kFailedPrecondition for a bad key file, kUnavailable where an
  // address is taken.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(const Config& config, const StopWait& stop);
  // Stop().
  ~Daemon();

  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  int Port() const;
  int AdminPort() const;

  // Not ready at once; begins nothing more; calls under way end by their timeouts; gives the lease
  // back. Idempotent.
  void Stop();

 private:
  struct Parts;
  explicit Daemon(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace accordion
