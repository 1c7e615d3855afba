#include "engine/control/outbox_event.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/status_macros.h"
#include "engine/activity/outcome.h"

namespace accordion::control {
namespace {

// A random UUID (version 4).
std::string NewUuid(base::Rng& rng) {
  const uint64_t high = (rng.Next() & ~uint64_t{0xf000}) | uint64_t{0x4000};
  const uint64_t low = (rng.Next() & ~(uint64_t{3} << 62)) | (uint64_t{2} << 62);
  return absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace

absl::Status AddOutboxEvent(ports::Tx& tx, const activity::Activity& finished, base::Rng& rng) {
  const int type = activity::NotificationType(finished);
  if (type == 0) return absl::OkStatus();
  const ports::GroupKey group{finished.account_id, finished.group_id};
  ASSIGN_OR_RETURN(const std::vector<int> subscribed, tx.outbox().SubscribedTypes(group));
  if (std::find(subscribed.begin(), subscribed.end(), type) == subscribed.end())
    return absl::OkStatus();
  return tx.outbox().Add({.event_id = NewUuid(rng),
                          .group = group,
                          .activity_id = finished.id,
                          .notification_type = type,
                          .created_at = *finished.end_time});
}

}  // namespace accordion::control
