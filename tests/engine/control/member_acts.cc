#include "tests/engine/control/member_acts.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace accordion::control {

using domain::LifeCycle;

std::vector<std::string> RunInstances(World& world, int count, int subnet) {
  const cloudsim::RegionSpec& spec = world.cloud.region().spec();
  std::vector<std::string> ids;
  for (int i = 0; i < count; ++i) {
    const cloudsim::LaunchRequest request{
        .image_id = spec.images[0].id,
        .instance_type = "N3.1A",
        .subnet_id = spec.subnets[static_cast<size_t>(subnet)].id,
        .security_group_ids = {spec.security_groups[0].id},
        .charge_type = "HourlyInstantSettlement",
        .name = "mine",
        .host_name = {},
        .tags = {{"as.intent", absl::StrCat("mine-", subnet, "-", i)}}};
    const auto made = world.cloud.region().RunInstances(
        {.account_id = world.account.value(), .action = "RunInstances"}, request, world.time.Now());
    EXPECT_TRUE(made.ok()) << made.status();
    ids.push_back(made->front().id);
  }
  world.time.RunFor(spec.boot_max);
  return ids;
}

void Attach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause) {
  std::vector<domain::InstanceId> wanted;
  for (const std::string& id : ids) wanted.emplace_back(id);
  const auto instances = world.cloud.Instances(world.account, {0}, wanted);
  ASSERT_TRUE(instances.ok()) << instances.status();
  const absl::Status done = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
    auto group = tx.groups().Lock(key);
    if (!group.ok()) return group.status();
    for (const ports::InstanceInfo& one : *instances) {
      domain::Member member;
      member.instance_id = one.id;
      member.group_id = key.group_id;
      member.account_id = key.account_id;
      member.life_cycle = LifeCycle::kAttaching;
      member.creation_type = domain::CreationType::kManual;
      member.subnet_id = one.subnet_id;
      member.private_ip = one.private_ip;
      member.network_interface_id = one.network_interface_id;
      member.add_time = tx.Now();
      member.request_cause = cause;
      if (absl::Status inserted = tx.members().Insert(member); !inserted.ok()) return inserted;
    }
    group->desired_capacity += static_cast<int>(ids.size());
    group->desired_cause = {.kind = domain::TriggerKind::kAttach, .text = cause};
    return tx.groups().Update(*group);
  });
  ASSERT_TRUE(done.ok()) << done;
}

void Detach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause) {
  const absl::Status done = world.store.Transact([&](ports::Tx& tx) -> absl::Status {
    auto group = tx.groups().Lock(key);
    if (!group.ok()) return group.status();
    for (const std::string& id : ids) {
      auto member = tx.members().Lock(key, domain::InstanceId(id));
      if (!member.ok()) return member.status();
      member->life_cycle = LifeCycle::kDetaching;
      member->request_cause = cause;
      if (absl::Status updated = tx.members().Update(*member); !updated.ok()) return updated;
    }
    group->desired_capacity -= static_cast<int>(ids.size());
    group->desired_cause = {.kind = domain::TriggerKind::kDetach, .text = cause};
    return tx.groups().Update(*group);
  });
  ASSERT_TRUE(done.ok()) << done;
}

void UseListener(World& world, const ports::GroupKey& key, int listener) {
  const cloudsim::LoadBalancerSpec balancer = world.cloud.region().spec().load_balancers[0];
  world.Edit(key, [&](domain::ScalingGroup& group) {
    group.slb_configs.clear();
    if (listener < 0) return;
    const std::string& id = balancer.listeners[static_cast<size_t>(listener)].id;
    group.slb_configs = {
        {.load_balancer_id = balancer.id,
         .listener_id = domain::ListenerId(id),
         .ports = listener == 0 ? std::vector<int>{80} : std::vector<int>{90, 91}}};
  });
}

std::map<std::string, std::multiset<std::string>> RealServers(World& world) {
  std::map<std::string, std::multiset<std::string>> servers;
  for (const cloudsim::Listener* listener :
       world.cloud.region().ListListeners(world.account.value())) {
    for (const cloudsim::RealServer& one : listener->real_servers)
      servers[absl::StrCat(one.listener_id, ":", one.port)].insert(one.instance_id);
  }
  return servers;
}

std::string Wrong(World& world, const ports::GroupKey& key, int desired) {
  std::multiset<std::string> ids;
  for (const domain::Member& member : world.Members(key)) {
    if (member.life_cycle != LifeCycle::kInService || member.activity_id || member.request_cause)
      return member.instance_id.value() + " is not at rest";
    ids.insert(member.instance_id.value());
  }
  if (static_cast<int>(ids.size()) != desired) return absl::StrCat(ids.size(), " members");
  if (world.ActivityOpen(key)) return "an activity is open";
  if (world.Group(key).desired_capacity != desired) return "another desired capacity";
  std::map<std::string, std::multiset<std::string>> wanted;
  for (const domain::SlbConfig& slb : world.Group(key).slb_configs) {
    for (const int port : slb.ports) {
      if (!ids.empty()) wanted[absl::StrCat(slb.listener_id.value(), ":", port)] = ids;
    }
  }
  if (RealServers(world) != wanted) return "other registrations";
  return "";
}

std::string Settle(World& world, const ports::GroupKey& key, int desired, absl::Duration limit) {
  const absl::Time end = world.time.Now() + limit;
  while (!Wrong(world, key, desired).empty() && world.time.Now() < end)
    world.time.RunFor(absl::Seconds(1));
  return Wrong(world, key, desired);
}

bool Runs(World& world, const std::string& id) {
  const cloudsim::Instance* instance = world.cloud.region().fleet().Find(id);
  return instance != nullptr && instance->state == cloudsim::InstanceState::kActive;
}

std::string IdOf(const domain::Member& member) { return member.instance_id.value(); }

}  // namespace accordion::control
