// Activities, their slots and launch intents in the store.
//
// Open activities live in a table of their own whose primary key is the group: at most one is open
// (I-13). The terminal commit moves the row to the history, where nothing ever changes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/ports/group_store.h"
#include "engine/ports/page.h"

namespace accordion::ports {

struct ActivityFilter {
  std::vector<domain::ActivityId> ids;  // empty: all
  std::optional<absl::Time> from;       // by start time, both ends inclusive
  std::optional<absl::Time> to;
};

struct OpenActivity {
  activity::Activity activity;
  std::vector<activity::Slot> slots;  // ordered by number
};

class ActivityStore {
 public:
  virtual ~ActivityStore() = default;

  // kAlreadyExists if the group has an open one.
  virtual absl::Status Open(const activity::Activity& activity,
                            absl::Span<const activity::Slot> slots,
                            absl::Span<const activity::LaunchIntent> intents) = 0;
  // nullopt if the group has none open. `LockOpen` holds the row.
  virtual absl::StatusOr<std::optional<OpenActivity>> GetOpen(const GroupKey& group) = 0;
  virtual absl::StatusOr<std::optional<OpenActivity>> LockOpen(const GroupKey& group) = 0;
  // All open ones of the shards, to resume after a start.
  virtual absl::StatusOr<std::vector<OpenActivity>> ScanOpen(absl::Span<const int> shards) = 0;
  // Locks one slot of an open activity; kNotFound once the activity has ended.
  virtual absl::StatusOr<activity::Slot> LockSlot(const GroupKey& group,
                                                  const domain::ActivityId& activity,
                                                  int number) = 0;
  virtual absl::Status UpdateSlot(const GroupKey& group, const activity::Slot& slot) = 0;

  virtual absl::Status InsertIntent(const activity::LaunchIntent& intent) = 0;
  // Compare-and-set on the state: kFailedPrecondition if the row isn't in `from` any more.
  virtual absl::Status UpdateIntent(const activity::LaunchIntent& intent,
                                    activity::IntentState from) = 0;
  virtual absl::StatusOr<activity::LaunchIntent> GetIntent(const domain::AccountId& account,
                                                           const domain::IntentId& id) = 0;
  // Intents of the group that may still bring an instance and have no member row (PREPARED, SENT,
  // UNKNOWN).
  virtual absl::StatusOr<int> UnresolvedIntents(const GroupKey& group) = 0;

  // Intents of ended activities of the shards that may still bring an instance (SENT, UNKNOWN), in
  // order of id.
  virtual absl::StatusOr<std::vector<activity::LaunchIntent>> UnresolvedEnded(
      absl::Span<const int> shards, int limit) = 0;

  // Launches of the account that carried one of `names`, in order of id.
  virtual absl::StatusOr<std::vector<activity::LaunchIntent>> IntentsNamed(
      const domain::AccountId& account, absl::Span<const std::string> names) = 0;

  // The terminal commit's part here: history row in, open row and slots out. kNotFound if it isn't
  // open.
  virtual absl::Status Finish(const activity::Activity& finished) = 0;
  // Open and finished ones that a user may see (domain::IsUserVisible), newest first.
  virtual absl::StatusOr<Listing<activity::Activity>> List(const GroupKey& group,
                                                           const ActivityFilter& filter,
                                                           const Page& page) = 0;
};

}  // namespace accordion::ports
