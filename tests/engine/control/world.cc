#include "tests/engine/control/world.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "gtest/gtest.h"

namespace accordion::control {
namespace {

cloudsim::RegionSpec Adjusted(const std::function<void(cloudsim::RegionSpec&)>& adjust) {
  cloudsim::RegionSpec spec = cloudsim::DefaultRegion();
  if (adjust) adjust(spec);
  return spec;
}

// The value that `read` finds in the store.
template <typename T>
T FromStore(testing::MemoryStore& store, const std::function<absl::StatusOr<T>(ports::Tx&)>& read) {
  T value{};
  const absl::Status status = store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(value, read(tx));
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  return value;
}

std::string TagOf(const std::vector<cloudsim::Tag>& tags, absl::string_view key) {
  for (const cloudsim::Tag& tag : tags) {
    if (tag.key == key) return tag.value;
  }
  return "";
}

}  // namespace

World::World(const std::function<void(cloudsim::RegionSpec&)>& adjust)
    : cloud(Adjusted(adjust), 1, clock,
            {.signature_window = TestSettings().steps.signature_window}),
      account(cloud.region().spec().accounts[0].id) {
  const absl::Status made = store.Transact([&](ports::Tx& tx) {
    return tx.accounts().PutAccount({.id = account, .name = "test", .frozen = false});
  });
  EXPECT_TRUE(made.ok()) << made;
}

ports::GroupKey World::MakeGroup(const GroupOptions& options) {
  const cloudsim::RegionSpec& spec = cloud.region().spec();
  ports::GroupKey key{account, {}};
  const absl::Status made = store.Transact([&](ports::Tx& tx) -> absl::Status {
    domain::ScalingConfiguration configuration;
    ASSIGN_OR_RETURN(const int64_t configuration_id, tx.NewId());
    configuration.id = domain::ConfigurationId(configuration_id);
    configuration.account_id = account;
    configuration.image_id = spec.images[0].id;
    configuration.instance_types = options.instance_types;
    configuration.project_id = options.project_id;
    configuration.data_disks = options.data_disks;
    if (options.address_project.has_value()) {
      configuration.address.bandwidth_mbps = 5;
      configuration.address.project_id = options.address_project;
    }
    configuration.create_time = tx.Now();
    RETURN_IF_ERROR(tx.configurations().Insert(configuration));

    domain::ScalingGroup group;
    ASSIGN_OR_RETURN(const int64_t group_id, tx.NewId());
    key.group_id = group.id = domain::GroupId(group_id);
    group.account_id = account;
    group.min_size = options.min_size;
    group.desired_capacity = options.desired;
    group.max_size = options.max_size;
    group.desired_cause = {.kind = domain::TriggerKind::kCreate, .text = "created"};
    group.configuration_id = configuration.id;
    group.vpc_id = spec.vpcs[0].id;
    for (int i = 0; i < options.subnets; ++i) {
      group.subnet_ids.emplace_back(spec.subnets[static_cast<size_t>(i)].id);
    }
    group.security_group_ids = {spec.security_groups[0].id};
    if (options.with_listener) {
      const cloudsim::LoadBalancerSpec& balancer = spec.load_balancers[0];
      group.slb_configs = {{.load_balancer_id = balancer.id,
                            .listener_id = domain::ListenerId(balancer.listeners[0].id),
                            .ports = {80, 81}}};
    }
    group.create_time = tx.Now();
    return tx.groups().Insert(group);
  });
  EXPECT_TRUE(made.ok()) << made;
  return key;
}

void World::Edit(const ports::GroupKey& key,
                 const std::function<void(domain::ScalingGroup&)>& edit) {
  const absl::Status edited = store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(key));
    group.desired_cause = {.kind = domain::TriggerKind::kModify,
                           .text = absl::StrCat("edit of version ", group.version)};
    edit(group);
    return tx.groups().Update(group);
  });
  EXPECT_TRUE(edited.ok()) << edited;
}

void World::SetDesired(const ports::GroupKey& key, int desired) {
  Edit(key, [&](domain::ScalingGroup& group) { group.desired_capacity = desired; });
}

domain::PolicyId World::AddPolicy(const ports::GroupKey& key, domain::Comparison comparison,
                                  double threshold, int adjustment, int repeat_times,
                                  absl::Duration cooldown) {
  domain::PolicyId id;
  const absl::Status added = store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(id, tx.policies().NewPolicyId());
    domain::ScalingPolicy policy;
    policy.id = id;
    policy.group_id = key.group_id;
    policy.account_id = key.account_id;
    policy.name = absl::StrCat("policy ", id.value());
    policy.rule = {.dimension = domain::Dimension::kCpuUsage,
                   .comparison = comparison,
                   .statistic = domain::Statistic::kAvg,
                   .threshold = threshold,
                   .repeat_times = repeat_times,
                   .period = absl::Minutes(1)};
    policy.adjustment = {.type = domain::AdjustmentType::kQuantityChange, .value = adjustment};
    policy.cooldown = cooldown;
    policy.create_time = policy.edited_at = tx.Now();
    return tx.policies().Insert(policy);
  });
  EXPECT_TRUE(added.ok()) << added;
  return id;
}

domain::TaskId World::AddTask(const ports::GroupKey& key, absl::Time start, int expect,
                              const std::string& cron) {
  domain::ScheduledTask task;
  task.group_id = key.group_id;
  task.account_id = key.account_id;
  task.readjust = {.max_size = 20, .min_size = 0, .expect_size = expect};
  task.start_time = start;
  task.recurrence.recurrence = cron;
  task.rule = std::get<domain::Rule>(domain::ParseRule(task.recurrence));
  if (!cron.empty()) task.end_time = start + absl::Hours(24 * 365);
  const absl::Status added = store.Transact([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
    task.id = domain::TaskId(id);
    task.name = absl::StrCat("task to ", expect);
    task.create_time = tx.Now();
    task.next_due_at = domain::FirstDueAt(task, tx.Now(), TestSettings().time_zone);
    return tx.tasks().Insert(task);
  });
  EXPECT_TRUE(added.ok()) << added;
  return task.id;
}

domain::ScalingGroup World::Group(const ports::GroupKey& key) {
  return FromStore<domain::ScalingGroup>(store,
                                         [&](ports::Tx& tx) { return tx.groups().Get(key); });
}

std::vector<domain::Member> World::Members(const ports::GroupKey& key) {
  return FromStore<std::vector<domain::Member>>(
      store, [&](ports::Tx& tx) { return tx.members().Unclosed(key); });
}

std::vector<activity::Activity> World::Activities(const ports::GroupKey& key) {
  return FromStore<ports::Listing<activity::Activity>>(
             store, [&](ports::Tx& tx) { return tx.activities().List(key, {}, {}); })
      .rows;
}

std::vector<ports::DecisionRecord> World::Decisions(const ports::GroupKey& key) {
  return FromStore<ports::Listing<ports::DecisionRecord>>(
             store, [&](ports::Tx& tx) { return tx.decisions().List(key, {}); })
      .rows;
}

std::vector<ports::TaskOccurrence> World::Occurrences(const ports::GroupKey& key,
                                                      const domain::TaskId& task) {
  std::vector<ports::TaskOccurrence> rows =
      FromStore<ports::Listing<ports::TaskOccurrence>>(store, [&](ports::Tx& tx) {
        return tx.tasks().Occurrences(key, task, {});
      }).rows;
  std::reverse(rows.begin(), rows.end());
  return rows;
}

bool World::ActivityOpen(const ports::GroupKey& key) {
  return FromStore<std::optional<ports::OpenActivity>>(
             store, [&](ports::Tx& tx) { return tx.activities().GetOpen(key); })
      .has_value();
}

int World::UnresolvedIntents(const ports::GroupKey& key) {
  return FromStore<int>(store,
                        [&](ports::Tx& tx) { return tx.activities().UnresolvedIntents(key); });
}

std::vector<std::string> World::Instances(const ports::GroupKey& key) {
  std::vector<std::string> ids;
  for (const cloudsim::Instance* instance : cloud.region().fleet().List()) {
    if (instance->state == cloudsim::InstanceState::kTerminating) continue;
    if (TagOf(instance->tags, "as.group") == absl::StrCat(key.group_id.value())) {
      ids.push_back(instance->id);
    }
  }
  return ids;
}

std::vector<std::string> World::Addresses() {
  std::vector<std::string> ids;
  for (const cloudsim::Address* address : cloud.region().addresses().List()) {
    ids.push_back(address->allocation_id);
  }
  return ids;
}

std::vector<cloudsim::CallRecord> World::Executed(absl::string_view action) {
  std::vector<cloudsim::CallRecord> records = cloud.region().call_log().Since(0, 1'000'000);
  std::erase_if(records, [&](const cloudsim::CallRecord& record) {
    return record.phase != cloudsim::CallPhase::kExecuted || record.call.action != action;
  });
  return records;
}

void World::SetFaults(std::vector<cloudsim::FaultRule> rules) {
  const absl::Status set = cloud.region().faults().SetRules(std::move(rules));
  EXPECT_TRUE(set.ok()) << set;
}

std::string World::Unrest(const ports::GroupKey& key, int desired) {
  std::vector<std::string> wrong;
  const auto expect = [&](bool right, std::string words) {
    if (!right) wrong.push_back(std::move(words));
  };
  const std::vector<domain::Member> members = Members(key);
  std::multiset<std::string> ids;
  for (const domain::Member& member : members) {
    ids.insert(member.instance_id.value());
    expect(member.life_cycle == domain::LifeCycle::kInService,
           absl::StrCat(member.instance_id.value(), " is not in service"));
    expect(!member.activity_id.has_value(), "a member is held by an activity");
  }
  expect(static_cast<int>(members.size()) == desired, absl::StrCat(members.size(), " members"));
  const std::vector<std::string> instances = Instances(key);
  expect(ids == std::multiset<std::string>(instances.begin(), instances.end()),
         absl::StrCat(instances.size(), " instances: ", absl::StrJoin(instances, ","), " but ",
                      absl::StrJoin(ids, ",")));
  expect(!ActivityOpen(key), "an activity is open");
  expect(UnresolvedIntents(key) == 0, "an intent is unresolved");
  std::multiset<std::string> recorded;
  for (const domain::Member& member : members) {
    if (member.address.has_value()) recorded.insert(member.address->allocation_id);
  }
  const std::vector<std::string> addresses = Addresses();
  expect(recorded == std::multiset<std::string>(addresses.begin(), addresses.end()),
         absl::StrCat(addresses.size(), " addresses, but ", recorded.size(), " on record"));
  for (const domain::SlbConfig& slb : Group(key).slb_configs) {
    const absl::StatusOr<std::vector<ports::RealServer>> servers =
        cloud.List(account, slb.listener_id);
    for (const int port : slb.ports) {
      std::multiset<std::string> registered;
      for (const ports::RealServer& server : *servers) {
        if (server.port == port) registered.insert(server.instance_id.value());
      }
      expect(registered == ids,
             absl::StrCat("registered at ", port, ": ", absl::StrJoin(registered, ",")));
    }
  }
  return absl::StrJoin(wrong, "; ");
}

std::string World::Settle(const ports::GroupKey& key, int desired, absl::Duration limit) {
  const absl::Time end = time.Now() + limit;
  std::string unrest = Unrest(key, desired);
  while (!unrest.empty() && time.Now() < end) {
    time.RunFor(absl::Seconds(1));
    unrest = Unrest(key, desired);
  }
  return unrest;
}

Settings TestSettings() {
  Settings settings;
  settings.language = activity::Language::kEnglish;
  settings.lateness = absl::ZeroDuration();
  settings.steps.signature_window = absl::Seconds(60);
  settings.steps.call_timeout = absl::Seconds(5);
  settings.steps.read_lag = absl::Seconds(10);
  settings.steps.drain = absl::Seconds(5);
  return settings;
}

Engine::Engine(World& the_world, uint64_t seed, const Settings& settings,
               ports::Notifier* the_notifier)
    : world(the_world),
      executor(the_world.time),
      store(the_world.store, lifeline),
      cloud(the_world.cloud, lifeline),
      notifier(the_notifier, lifeline),
      samples({.lateness = settings.lateness}),
      rng(seed) {
  lifeline.OnDeath([this] { executor.Crash(); });
  plane = std::make_unique<ControlPlane>(
      ControlPlane::Parts{store, store, cloud, cloud, cloud, samples, executor, the_world.clock,
                          rng, telemetry, notifier.exists() ? &notifier : nullptr},
      settings);
  plane->Start();
}

void Engine::PushCpu(const std::vector<std::string>& instances, double value) {
  std::vector<metrics::Sample> batch;
  for (const std::string& instance : instances) {
    batch.push_back({.resource_id = instance,
                     .dimension = domain::Dimension::kCpuUsage,
                     .time = world.time.Now(),
                     .value = value});
  }
  samples.Apply(world.account, batch, world.time.Now());
}

}  // namespace accordion::control
