#include "api-gateway/access_log.h"

#include "base/log.h"

namespace accordion::gateway {

void LogAccess(const AccessEntry& entry) {
  base::LogInfo("request", {{"request_id", entry.request_id},
                            {"action", entry.action},
                            {"account", entry.account_id},
                            {"access_key", entry.access_key_id},
                            {"peer", entry.remote_address},
                            {"status", entry.status},
                            {"code", entry.code},
                            {"duration_ms", absl::ToDoubleMilliseconds(entry.took)},
                            {"received_bytes", entry.received_bytes},
                            {"sent_bytes", entry.sent_bytes}});
}

}  // namespace accordion::gateway
