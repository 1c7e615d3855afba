// ports::ComputeCloud with reads by id gathered, so that DescribeInstances calls grow with accounts
// and not with the slots that watch their instances.
//
// Two things gather. While one read of an account's project is under way, the next ones collect and
// go together. And a read takes along the ids that others watch (asked for again and again while
// they boot or go); what it saw of them answers their next question if that comes soon. An instance
// that a read doesn't show is never answered from memory: absence is proved by reads of its own
// (reliability.md I-20).
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/cloud/manners/account_seats.h"
#include "engine/cloud/manners/read_rounds.h"
#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {

struct GatherOptions {
  // An instance that was seen this long ago needn't be read again; zero: it must. Less than the
  // time between a slot's polls.
  absl::Duration share = absl::Seconds(1);
  // An id that nobody has asked for during this is watched no more.
  absl::Duration watch = absl::Seconds(10);
};

// Thread-safe. `inner`, `seats` and `clock` outlive it.
class GatheredCompute final : public ports::ComputeCloud {
 public:
  GatheredCompute(ports::ComputeCloud& inner, AccountSeats& seats, const base::Clock& clock,
                  GatherOptions options);

  activity::Event Launch(const domain::AccountId& account, const ports::LaunchCall& call) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) override;
  // kThrottled where too many of the account's threads wait for a read already.
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) override;
  absl::Status Terminate(const domain::AccountId& account, const domain::InstanceId& id) override;

 private:
  using Instances = std::vector<activity::ObservedInstance>;
  using Key = std::pair<domain::AccountId, int64_t>;  // with the project
  struct Watched {
    absl::Duration asked_at;
    absl::Duration read_at = -absl::InfiniteDuration();  // when the read began that saw it
    activity::ObservedInstance seen;
  };
  using Watch = std::map<domain::InstanceId, Watched>;

  // What is known of all of `ids`, if it is fresh. Notes that they are asked for.
  std::optional<Instances> Remembered(const Key& key, absl::Span<const domain::InstanceId> ids);
  absl::StatusOr<Instances> ReadRound(const Key& key, const std::vector<domain::InstanceId>& asked);
  // `asked` without repetitions, and the watched ids that were seen longest ago.
  std::vector<domain::InstanceId> TakeAlong(const Key& key, std::vector<domain::InstanceId> asked,
                                            absl::Duration now);
  void Remember(const Key& key, const std::vector<domain::InstanceId>& read, const Instances& seen,
                absl::Duration began);

  ports::ComputeCloud& inner_;
  AccountSeats& seats_;
  const base::Clock& clock_;
  const GatherOptions options_;
  ReadRounds<Key, domain::InstanceId, Instances> rounds_;
  absl::Mutex mutex_;
  std::map<Key, Watch> watch_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace accordion::cloud
