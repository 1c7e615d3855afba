// A region, a store, and engines that come and go, in virtual time on one thread: what the control
// loops' tests play on. The engines are the production classes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "engine/control/control_plane.h"
#include "engine/metrics/sample_store.h"
#include "engine/ports/telemetry.h"
#include "tests/cloudsim/region/default_region.h"
#include "tests/support/fake_clock.h"
#include "tests/support/faulty_store.h"
#include "tests/support/lifeline.h"
#include "tests/support/lifeline_cloud.h"
#include "tests/support/lifeline_notifier.h"
#include "tests/support/memory_store.h"
#include "tests/support/simulated_cloud.h"
#include "tests/support/virtual_executor.h"

namespace accordion::control {

struct GroupOptions {
  int min_size = 0;
  int desired = 0;
  int max_size = 20;
  int subnets = 2;
  bool with_listener = true;
  std::vector<std::string> instance_types = {"N3.1A"};
  int64_t project_id = 0;
  std::optional<int64_t> address_project;  // an elastic IP is bought with each launch
  std::vector<domain::DataDisk> data_disks;
};

// Not thread-safe.
class World {
 public:
  // The default region, unless `adjust` changes it.
  explicit World(const std::function<void(cloudsim::RegionSpec&)>& adjust = {});

  ports::GroupKey MakeGroup(const GroupOptions& options = {});
  // Edits the group as a request does: one transaction, with a cause of its own. Tells no engine.
  void Edit(const ports::GroupKey& key, const std::function<void(domain::ScalingGroup&)>& edit);
  void SetDesired(const ports::GroupKey& key, int desired);
  // A policy on cpu: `comparison` `threshold` for `repeat_times` periods of a minute.
  domain::PolicyId AddPolicy(const ports::GroupKey& key, domain::Comparison comparison,
                             double threshold, int adjustment, int repeat_times = 1,
                             absl::Duration cooldown = absl::Seconds(60));

  // A task that sets 0..20 and desired `expect`: once at `start`, or by `cron` for a year from
  // then.
  domain::TaskId AddTask(const ports::GroupKey& key, absl::Time start, int expect,
                         const std::string& cron = "");

  domain::ScalingGroup Group(const ports::GroupKey& key);
  // Unclosed ones, oldest first.
  std::vector<domain::Member> Members(const ports::GroupKey& key);
  // Newest first.
  std::vector<activity::Activity> Activities(const ports::GroupKey& key);
  std::vector<ports::DecisionRecord> Decisions(const ports::GroupKey& key);
  // Oldest due instant first.
  std::vector<ports::TaskOccurrence> Occurrences(const ports::GroupKey& key,
                                                 const domain::TaskId& task);
  bool ActivityOpen(const ports::GroupKey& key);
  int UnresolvedIntents(const ports::GroupKey& key);

  // Ids of the group's instances that exist and aren't being terminated.
  std::vector<std::string> Instances(const ports::GroupKey& key);
  // Ids of the region's elastic IPs, whoever bought them.
  std::vector<std::string> Addresses();
  // The region's calls of one action that took effect.
  std::vector<cloudsim::CallRecord> Executed(absl::string_view action);
  void SetFaults(std::vector<cloudsim::FaultRule> rules);

  // What is wrong with the group if it should rest at `desired`; empty if nothing is: members in
  // service = instances = registrations = desired, nothing open or unresolved. Where addresses are
  // bought, one each, and no other in the region.
  std::string Unrest(const ports::GroupKey& key, int desired);
  // What the region's log says against the rules: more alive than max size (I-1), a launch without
  // a committed intent, or twice of one (I-7, I-8), a terminate before its deregistrations or
  // within the drain time after them (I-12), a terminate of what no group of ours launched (I-4).
  std::string Misdeeds();
  // Runs until the group rests at `desired`; the unrest that is left after `limit`, else empty.
  std::string Settle(const ports::GroupKey& key, int desired,
                     absl::Duration limit = absl::Minutes(5));

  testing::FakeClock clock;
  testing::VirtualTime time{clock};
  testing::MemoryStore store{clock};
  testing::SimulatedCloud cloud;
  const domain::AccountId account;
};

// Short waits, so that a test's virtual minutes are few; no lateness.
Settings TestSettings();

// One engine process.
class Engine {
 public:
  // Starts at once. `seed` must differ between the engines of a world, as processes' randomness
  // does.
  Engine(World& world, uint64_t seed, const Settings& settings = TestSettings(),
         ports::Notifier* notifier = nullptr);
  ~Engine() { executor.Crash(); }

  // As kill -9.
  void Kill() { executor.Crash(); }
  // Samples of cpu that the agents of `instances` push now.
  void PushCpu(const std::vector<std::string>& instances, double value);

  World& world;
  testing::Lifeline lifeline;
  testing::VirtualExecutor executor;
  testing::FaultyStore<testing::MemoryStore> store;
  testing::LifelineCloud<testing::SimulatedCloud> cloud;
  testing::LifelineNotifier notifier;
  metrics::SampleStore samples;
  base::SeededRng rng;
  ports::NullTelemetry telemetry;
  std::unique_ptr<ControlPlane> plane;
};

}  // namespace accordion::control
