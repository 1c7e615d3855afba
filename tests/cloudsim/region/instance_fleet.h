// All instances that exist in the region, and their life from pending to gone.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/region/instance.h"

namespace accordion::cloudsim {

// Keeps instances by id and in order of creation, and moves them along as time passes. It knows
// nothing of addresses, stock or load balancers: `Advance` hands back who is gone, and the region
// settles the rest. Not thread-safe. Pointers stay valid until the instance is gone.
class InstanceFleet {
 public:
  // Takes in `instance` (state pending), whose boot ends at `boot_at`; `sequence` is assigned here.
  const Instance& Add(Instance instance, absl::Time boot_at);

  // Null when it doesn't exist.
  const Instance* Find(absl::string_view id) const;
  // Oldest first, of all accounts.
  std::vector<const Instance*> List() const;
  int CountOf(absl::string_view account_id) const;
  std::size_t size() const { return by_sequence_.size(); }

  // Each: the instance exists. `BeginTermination` of one that is terminating already changes
  // nothing.
  void BeginTermination(absl::string_view id, absl::Time gone_at);
  void Recycle(absl::string_view id);
  // Sets a settled state (active, stopped, error) by hand.
  void ForceState(absl::string_view id, InstanceState state, absl::Time now);
  // Gone this instant.
  Instance Remove(absl::string_view id);

  // Makes all transitions due at or before `now`; returns the instances that are gone with it.
  std::vector<Instance> Advance(absl::Time now);
  // When the next transition is due; InfiniteFuture when none is.
  absl::Time NextTransitionAt() const;

 private:
  Instance& Get(absl::string_view id);
  void Schedule(Instance& instance, absl::Time at);

  uint64_t next_sequence_ = 1;
  std::map<uint64_t, Instance> by_sequence_;
  std::map<std::string, uint64_t> sequence_of_;
  std::map<std::string, int> count_by_account_;
  std::set<std::pair<absl::Time, uint64_t>> due_;
};

}  // namespace accordion::cloudsim
