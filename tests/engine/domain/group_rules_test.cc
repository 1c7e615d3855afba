#include "engine/domain/group_rules.h"

#include <gtest/gtest.h>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr Quotas kQuotas;

using F = GroupField;
using K = FaultKind;

MergedCapacity Merged(const ScalingGroup& group, const CapacityEdit& edit) {
  return std::get<MergedCapacity>(MergeCapacity(group, edit, kQuotas));
}

GroupFault Fault(const ScalingGroup& group, const CapacityEdit& edit) {
  return std::get<GroupFault>(MergeCapacity(group, edit, kQuotas));
}

SlbConfig Slb(const std::string& listener) {
  return {.load_balancer_id = "lb", .listener_id = ListenerId(listener), .ports = {80, 443}};
}

ScalingGroup GoodGroup() {
  ScalingGroup group = MakeGroup(1, 2, 5);
  group.security_group_ids = {"sg"};
  group.slb_configs = {Slb("l-1"), Slb("l-2")};
  return group;
}

TEST(GroupRules, AnAbsentSizeStaysAsItIs) {
  const ScalingGroup group = MakeGroup(1, 2, 5);
  EXPECT_EQ(Merged(group, {}), (MergedCapacity{{1, 5}, 2, false}));
  EXPECT_EQ(Merged(group, {.desired_capacity = 4}), (MergedCapacity{{1, 5}, 4, false}));
  EXPECT_EQ(Merged(group, {.min_size = 0, .max_size = 9}), (MergedCapacity{{0, 9}, 2, false}));
}

TEST(GroupRules, NewBoundsMoveDesiredThatWasNotGiven) {
  const ScalingGroup group = MakeGroup(1, 2, 5);
  EXPECT_EQ(Merged(group, {.min_size = 3}), (MergedCapacity{{3, 5}, 3, true}));
  EXPECT_EQ(Merged(group, {.min_size = 0, .max_size = 1}), (MergedCapacity{{0, 1}, 1, true}));
}

TEST(GroupRules, ADesiredOutsideTheMergedRangeIsAFault) {
  const ScalingGroup group = MakeGroup(1, 2, 5);
  EXPECT_EQ(Fault(group, {.desired_capacity = 6}), (GroupFault{F::kDesiredCapacity}));
  EXPECT_EQ(Fault(group, {.desired_capacity = 0}), (GroupFault{F::kDesiredCapacity}));
  EXPECT_EQ(Merged(group, {.max_size = 6, .desired_capacity = 6}).desired_capacity, 6);
  EXPECT_EQ(Merged(group, {.min_size = 0, .desired_capacity = 0}).desired_capacity, 0);
}

TEST(GroupRules, MinAboveMaxBlamesTheOneThatWasGiven) {
  const ScalingGroup group = MakeGroup(3, 4, 5);
  EXPECT_EQ(Fault(group, {.min_size = 6}), (GroupFault{F::kMinSize}));
  EXPECT_EQ(Fault(group, {.max_size = 2}), (GroupFault{F::kMaxSize}));
  EXPECT_EQ(Fault(group, {.min_size = 6, .max_size = 5}), (GroupFault{F::kMinSize}));
}

TEST(GroupRules, SizesHaveFloorsAndTheQuota) {
  const ScalingGroup group = MakeGroup(0, 0, 5);
  EXPECT_EQ(Fault(group, {.min_size = -1}), (GroupFault{F::kMinSize}));
  EXPECT_EQ(Fault(group, {.max_size = 0}), (GroupFault{F::kMaxSize}));
  EXPECT_EQ(Merged(group, {.max_size = 50}).bounds.max_size, 50);
  EXPECT_EQ(Fault(group, {.max_size = 51}), (GroupFault{F::kMaxSize, K::kAboveQuota, -1, 50}));
  // Lowering the quota breaks no group that is there.
  EXPECT_EQ(Merged(MakeGroup(0, 60, 90), {.desired_capacity = 70}).desired_capacity, 70);
}

TEST(GroupRules, SubnetsAreNeededDistinctAndLimited) {
  EXPECT_EQ(CheckSubnets({}, kQuotas), (GroupFault{F::kSubnetIds, K::kMissing}));
  EXPECT_EQ(CheckSubnets({SubnetId("a"), SubnetId("b")}, kQuotas), std::nullopt);
  EXPECT_EQ(CheckSubnets({SubnetId("a"), SubnetId("b"), SubnetId("a")}, kQuotas),
            (GroupFault{F::kSubnetIds, K::kInvalid, 2}));
  EXPECT_EQ(CheckSubnets({SubnetId("a"), SubnetId("")}, kQuotas),
            (GroupFault{F::kSubnetIds, K::kInvalid, 1}));
  std::vector<SubnetId> many;
  for (int i = 0; i < 10; ++i) many.push_back(SubnetId(absl::StrCat("s-", i)));
  EXPECT_EQ(CheckSubnets(many, kQuotas), std::nullopt);
  many.push_back(SubnetId("one more"));
  EXPECT_EQ(CheckSubnets(many, kQuotas), (GroupFault{F::kSubnetIds, K::kAboveQuota, -1, 10}));
}

TEST(GroupRules, ALoadBalancerIsGivenWhole) {
  EXPECT_EQ(CheckSlbConfigs({}, kQuotas), std::nullopt);
  EXPECT_EQ(CheckSlbConfigs({Slb("l-1"), Slb("l-2")}, kQuotas), std::nullopt);
  const auto check = [](const SlbConfig& second) {
    return CheckSlbConfigs({Slb("l-1"), second}, kQuotas);
  };
  SlbConfig config = Slb("l-2");
  config.load_balancer_id = "";
  EXPECT_EQ(check(config), (GroupFault{F::kSlbId, K::kMissing, 1}));
  EXPECT_EQ(check(Slb("")), (GroupFault{F::kSlbListenerId, K::kMissing, 1}));
  EXPECT_EQ(check(Slb("l-1")), (GroupFault{F::kSlbListenerId, K::kInvalid, 1}));
  config = Slb("l-2");
  config.ports = {};
  EXPECT_EQ(check(config), (GroupFault{F::kSlbServerPorts, K::kMissing, 1}));
  for (const std::vector<int>& ports : {std::vector<int>{0}, {65536}, {-1}, {80, 81, 80}}) {
    config.ports = ports;
    EXPECT_EQ(check(config), (GroupFault{F::kSlbServerPorts, K::kInvalid, 1}));
  }
  config.ports = {1, 65535};
  for (int weight : {0, 20, 100}) {
    config.weight = weight;
    EXPECT_EQ(check(config), std::nullopt);
  }
  for (int weight : {-1, 101}) {
    config.weight = weight;
    EXPECT_EQ(check(config), (GroupFault{F::kSlbWeight, K::kInvalid, 1}));
  }
}

TEST(GroupRules, ListenersAreLimited) {
  std::vector<SlbConfig> configs;
  for (int i = 0; i < 30; ++i) configs.push_back(Slb(absl::StrCat("l-", i)));
  EXPECT_EQ(CheckSlbConfigs(configs, kQuotas), std::nullopt);
  configs.push_back(Slb("one more"));
  EXPECT_EQ(CheckSlbConfigs(configs, kQuotas),
            (GroupFault{F::kSlbConfigs, K::kAboveQuota, -1, 30}));
}

TEST(GroupRules, ANewGroupPassesAllRules) {
  EXPECT_EQ(CheckNewGroup(GoodGroup(), kQuotas), std::nullopt);
  ScalingGroup group = GoodGroup();
  group.desired_capacity = 6;
  EXPECT_EQ(CheckNewGroup(group, kQuotas), (GroupFault{F::kDesiredCapacity}));
  group = GoodGroup();
  group.max_size = 51;
  EXPECT_EQ(CheckNewGroup(group, kQuotas), (GroupFault{F::kMaxSize, K::kAboveQuota, -1, 50}));
  group = GoodGroup();
  group.subnet_ids.clear();
  EXPECT_EQ(CheckNewGroup(group, kQuotas), (GroupFault{F::kSubnetIds, K::kMissing}));
  group = GoodGroup();
  group.security_group_ids.clear();
  EXPECT_EQ(CheckNewGroup(group, kQuotas), (GroupFault{F::kSecurityGroupIds, K::kMissing}));
  group = GoodGroup();
  group.slb_configs[0].weight = 101;
  EXPECT_EQ(CheckNewGroup(group, kQuotas), (GroupFault{F::kSlbWeight, K::kInvalid, 0}));
}

}  // namespace
}  // namespace accordion::domain
