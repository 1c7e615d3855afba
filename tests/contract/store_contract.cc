#include "tests/contract/store_contract.h"

#include "absl/strings/str_cat.h"

namespace accordion::testing {

StoreContract::StoreContract() : backend_(GetParam().make()) {
  EXPECT_OK(Write([&](ports::Tx& tx) {
    const absl::Status added = tx.accounts().PutAccount({.id = own, .name = "own"});
    return added.ok() ? tx.accounts().PutAccount({.id = foreign, .name = "foreign"}) : added;
  }));
  const domain::ScalingConfiguration configuration = MakeConfiguration();
  configuration_id = configuration.id;
  EXPECT_OK(Write([&](ports::Tx& tx) { return tx.configurations().Insert(configuration); }));
}

int64_t StoreContract::NewId() {
  const absl::StatusOr<int64_t> id = Write([](ports::Tx& tx) { return tx.NewId(); });
  EXPECT_OK(id);
  return id.value_or(0);
}

domain::ScalingConfiguration StoreContract::MakeConfiguration() {
  domain::ScalingConfiguration c;
  c.id = domain::ConfigurationId(NewId());
  c.account_id = own;
  c.name = "网站 \"web\"";
  c.image_id = "img-1";
  c.instance_types = {"N3.2B", "N3.4B, \"quoted\" {brace}"};
  c.charge_type = "Daily";
  c.project_id = 7;
  c.password = base::SecretString("Passw0rd-canary");
  c.key_ids = {"key-1", ""};
  c.keep_image_login = true;
  c.data_disk_gb = 40;
  c.data_disks = {
      {.type = "SSD3.0", .size_gb = 50, .delete_with_instance = true, .snapshot_id = "snap"}};
  c.system_disk = {.type = "Local_SSD", .size_gb = 30, .resize_type = "online"};
  c.address = {.bandwidth_mbps = 5,
               .bandwidth_share_id = "bws",
               .line_id = "line",
               .project_id = 9,
               .charge_type = "d"};
  c.instance_name = "web";
  c.instance_name_suffix = "01";
  c.instance_name_time_suffix = true;
  c.user_data = base::SecretString("dXNlcmRhdGEtY2FuYXJ5");
  c.tags = {{.key = "team", .value = "平台"}};
  c.need_monitor_agent = 1;
  c.need_security_agent = 0;
  c.sync_tag = true;
  c.login_set_after = false;
  c.ip_bind_after = true;
  c.instance_name_random = false;
  c.create_time = kLongAgo;
  c.cpu = 2;
  c.memory_gb = 4;
  c.gpu = 1;
  c.zones = {"cn-1a", "cn-1b"};
  return c;
}

domain::ScalingGroup StoreContract::MakeGroup() {
  domain::ScalingGroup g;
  g.id = domain::GroupId(NewId());
  g.account_id = own;
  g.name = "组 'front'; DROP TABLE scaling_group; --";
  g.status = domain::GroupStatus::kUnActive;
  g.min_size = 1;
  g.max_size = 9;
  g.desired_capacity = 3;
  g.desired_cause = {.kind = domain::TriggerKind::kPolicy,
                     .text = "创建伸缩组触发",
                     .policy_id = domain::PolicyId(10000001),
                     .cooldown = absl::Seconds(90)};
  g.configuration_id = configuration_id;
  g.remove_policy = domain::RemovePolicy::kNewestInstance;
  g.vpc_id = "vpc-1";
  g.subnet_ids = {domain::SubnetId("subnet-b"), domain::SubnetId("subnet-a")};
  g.subnet_strategy = domain::SubnetStrategy::kChoiceFirst;
  g.security_group_ids = {"sg-1", "sg-2"};
  g.slb_configs = {{.load_balancer_id = "lb",
                    .listener_id = domain::ListenerId("listener"),
                    .ports = {80, 443},
                    .weight = 30,
                    .health_check = domain::HealthCheck::kSlb}};
  g.container_subnet_ids = {domain::SubnetId("subnet-a")};
  g.create_time = kLongAgo;
  g.cooldown_until = kLongAgo + absl::Seconds(1);
  g.capacity_added_at = kLongAgo + absl::Seconds(2);
  g.membership_changed_at = kLongAgo + absl::Seconds(3);
  g.delete_requested_at = kLongAgo + absl::Seconds(4);
  g.failed_in_a_row = 2;
  g.registrations_failed_in_a_row = 3;
  g.registrations_not_before = kLongAgo + absl::Seconds(7);
  g.launch_errors_in_a_row = 10;
  g.launch_probe_at = kLongAgo + absl::Seconds(8);
  g.retry_not_before = kLongAgo + absl::Microseconds(5);
  return g;
}

domain::ScalingPolicy StoreContract::MakePolicy(const domain::ScalingGroup& group) {
  const absl::StatusOr<domain::PolicyId> id =
      Write([](ports::Tx& tx) { return tx.policies().NewPolicyId(); });
  EXPECT_OK(id);
  domain::ScalingPolicy p;
  p.id = id.value_or(domain::PolicyId());
  p.group_id = group.id;
  p.account_id = group.account_id;
  p.name = "cpu-high";
  p.rule = {.dimension = domain::Dimension::kNetOutTraffic,
            .comparison = domain::Comparison::kEqualOrGreater,
            .statistic = domain::Statistic::kMax,
            .threshold = 0.1 + 0.2,  // no short decimal: every digit must survive
            .repeat_times = 4,
            .period = absl::Seconds(60)};
  p.adjustment = {.type = domain::AdjustmentType::kPercentChange, .value = -30};
  p.cooldown = absl::Seconds(120);
  p.create_time = kLongAgo;
  p.edited_at = kLongAgo + absl::Microseconds(1);
  return p;
}

domain::Member StoreContract::MakeMember(const domain::ScalingGroup& group,
                                         const std::string& instance_id) {
  domain::Member m;
  m.instance_id = domain::InstanceId(instance_id);
  m.group_id = group.id;
  m.account_id = group.account_id;
  m.name = "web-1";
  m.host_name = "host";
  m.life_cycle = domain::LifeCycle::kInService;
  m.subnet_id = domain::SubnetId("subnet-a");
  m.zone = "cn-1a";
  m.instance_type = "N3.2B";
  m.private_ip = "10.0.0.4";
  m.network_interface_id = "eni";
  m.project_id = 7;
  m.registrations = {
      {.listener_id = domain::ListenerId("listener"), .port = 80, .register_id = "r-1"}};
  m.add_time = kLongAgo;
  m.in_service_at = kLongAgo + absl::Minutes(1);
  return m;
}

activity::Activity StoreContract::MakeActivity(const domain::ScalingGroup& group) {
  activity::Activity a;
  a.id = domain::ActivityId(NewId());
  a.group_id = group.id;
  a.account_id = group.account_id;
  a.type = domain::ActivityType::kScaleOut;
  a.cause = group.desired_cause;
  a.description = "configuration";
  a.start_time = kLongAgo;
  a.deadline = kLongAgo + absl::Hours(1);
  a.configuration = MakeConfiguration();
  a.slb_configs = group.slb_configs;
  a.security_group_ids = group.security_group_ids;
  return a;
}

domain::ScalingGroup StoreContract::AddGroup() {
  domain::ScalingGroup group = MakeGroup();
  EXPECT_OK(Write([&](ports::Tx& tx) { return tx.groups().Insert(group); }));
  return group;
}

domain::Member StoreContract::AddMember(const domain::ScalingGroup& group,
                                        const std::string& instance_id) {
  domain::Member member = MakeMember(group, instance_id);
  EXPECT_OK(Write([&](ports::Tx& tx) { return tx.members().Insert(member); }));
  return member;
}

activity::Activity StoreContract::AddActivity(const domain::ScalingGroup& group) {
  activity::Activity activity = MakeActivity(group);
  EXPECT_OK(Write([&](ports::Tx& tx) { return tx.activities().Open(activity, {}, {}); }));
  return activity;
}

std::vector<int> StoreContract::AllShards() {
  std::vector<int> shards(ports::kShardCount);
  for (int i = 0; i < ports::kShardCount; ++i) shards[static_cast<size_t>(i)] = i;
  return shards;
}

}  // namespace accordion::testing
