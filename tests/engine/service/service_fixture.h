// What every handler test stands on: an account in a MemoryStore, a small region, and a record of
// the hints.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/domain/errors.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/group_waker.h"
#include "engine/service/request_context.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/status_matchers.h"

namespace accordion::service {

// A region with subnets s-a (zone-a) and s-b (zone-b) of vpc-1 and s-x of vpc-2; security groups
// sg-1 (vpc-1) and sg-x (vpc-2); load balancer lb-1 with listeners ls-1 and ls-2; image img-1;
// types t.small and t.large.
class FakeInventory final : public ports::CloudInventory {
 public:
  absl::Status outage;  // every call fails with it

  absl::StatusOr<std::vector<ports::SubnetInfo>> Subnets(
      const domain::AccountId&, const std::vector<domain::SubnetId>& ids) override {
    if (!outage.ok()) return outage;
    const std::map<std::string, std::string> vpcs = {
        {"s-a", "vpc-1"}, {"s-b", "vpc-1"}, {"s-x", "vpc-2"}};
    std::vector<ports::SubnetInfo> infos;
    for (const domain::SubnetId& id : ids) {
      const auto vpc = vpcs.find(id.value());
      if (vpc == vpcs.end()) return absl::NotFoundError(id.value());
      infos.push_back(
          {.id = id, .vpc_id = vpc->second, .zone = id.value() == "s-b" ? "zone-b" : "zone-a"});
    }
    return infos;
  }

  absl::StatusOr<std::string> SecurityGroupVpc(const domain::AccountId&,
                                               absl::string_view id) override {
    if (!outage.ok()) return outage;
    if (id == "sg-1") return std::string("vpc-1");
    if (id == "sg-x") return std::string("vpc-2");
    return absl::NotFoundError(id);
  }

  absl::StatusOr<ports::ListenerInfo> Listener(const domain::AccountId&,
                                               const domain::ListenerId& id) override {
    if (!outage.ok()) return outage;
    if (id.value() != "ls-1" && id.value() != "ls-2") return absl::NotFoundError(id.value());
    return ports::ListenerInfo{.id = id, .load_balancer_id = "lb-1"};
  }

  absl::Status Image(const domain::AccountId&, absl::string_view id) override {
    if (!outage.ok()) return outage;
    return id == "img-1" ? absl::OkStatus() : absl::NotFoundError(id);
  }

  absl::StatusOr<ports::InstanceTypeInfo> InstanceType(const domain::AccountId&,
                                                       absl::string_view name) override {
    if (!outage.ok()) return outage;
    if (name == "t.small") {
      return ports::InstanceTypeInfo{
          .name = "t.small", .cpu = 1, .memory_gb = 2, .zones = {"zone-a"}};
    }
    if (name == "t.large") {
      return ports::InstanceTypeInfo{
          .name = "t.large", .cpu = 8, .memory_gb = 32, .zones = {"zone-a", "zone-b"}};
    }
    return absl::NotFoundError(name);
  }

  absl::StatusOr<std::vector<ports::InstanceInfo>> Instances(
      const domain::AccountId& account, const std::vector<int64_t>& projects,
      const std::vector<domain::InstanceId>& ids) override {
    if (!outage.ok()) return outage;
    std::vector<ports::InstanceInfo> infos;
    for (const domain::InstanceId& id : ids) {
      const auto found = instances.find(id.value());
      const bool shown =
          account.value() == "73400123" && found != instances.end() &&
          std::find(projects.begin(), projects.end(), found->second.project_id) != projects.end();
      if (!shown) return absl::NotFoundError(id.value());
      infos.push_back(found->second);
      infos.back().id = id;
    }
    return infos;
  }

  // Of account 73400123, by id.
  std::map<std::string, ports::InstanceInfo> instances;
};

class RecordingWaker final : public ports::GroupWaker {
 public:
  int woken = 0;
  int changed = 0;
  int tasks_changed = 0;

  void Wake(const ports::GroupKey&) override { ++woken; }
  void DefinitionChanged(const ports::GroupKey&) override { ++changed; }
  void TaskChanged(const ports::GroupKey&) override { ++tasks_changed; }
};

// A failed result's reason and arguments as one line: "INVALID_PARAMETER_VALUE SubnetId.N"; "OK"
// for success.
template <typename Result>
std::string ReasonOf(const Result& result) {
  const absl::Status& status = testing::StatusOf(result);
  if (status.ok()) return "OK";
  const auto info = domain::ErrorInfoOf(status);
  if (!info) return status.ToString();
  std::string line = info->reason;
  for (const std::string& argument : info->arguments) line += " " + argument;
  return line;
}

class ServiceFixture : public ::testing::Test {
 protected:
  ServiceFixture() {
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      EXPECT_OK(tx.accounts().PutAccount({.id = context_.account_id, .name = "one"}));
      return tx.accounts().PutAccount({.id = domain::AccountId("other"), .name = "two"});
    }));
  }

  RequestContext OtherAccount() const {
    RequestContext other = context_;
    other.account_id = domain::AccountId("other");
    return other;
  }
  RequestContext DryRun() const {
    RequestContext dry = context_;
    dry.dry_run = true;
    return dry;
  }

  // A configuration in the store.
  domain::ConfigurationId AddConfiguration(const std::string& name = "conf") {
    domain::ScalingConfiguration configuration;
    configuration.account_id = context_.account_id;
    configuration.name = name;
    configuration.image_id = "img-1";
    configuration.instance_types = {"t.small"};
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      configuration.id = domain::ConfigurationId(*tx.NewId());
      configuration.create_time = tx.Now();
      return tx.configurations().Insert(configuration);
    }));
    return configuration.id;
  }

  // A group in the store: 0..5 with desired 2 unless `edit` says otherwise.
  template <typename Edit>
  ports::GroupKey AddGroup(Edit edit) {
    domain::ScalingGroup group;
    group.account_id = context_.account_id;
    group.configuration_id = AddConfiguration();
    group.name = "group";
    group.max_size = 5;
    group.desired_capacity = 2;
    group.desired_cause.text = "创建伸缩组触发";
    group.vpc_id = "vpc-1";
    group.subnet_ids = {domain::SubnetId("s-a"), domain::SubnetId("s-b")};
    group.zone = "zone-a";
    group.security_group_ids = {"sg-1"};
    edit(group);
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      group.id = domain::GroupId(*tx.NewId());
      group.create_time = tx.Now();
      return tx.groups().Insert(group);
    }));
    return {group.account_id, group.id};
  }
  ports::GroupKey AddGroup() {
    return AddGroup([](domain::ScalingGroup&) {});
  }

  domain::ScalingGroup Group(const ports::GroupKey& key) {
    domain::ScalingGroup group;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      group = *tx.groups().Get(key);
      return absl::OkStatus();
    }));
    return group;
  }

  void AddMember(const ports::GroupKey& key, const std::string& id, bool is_protected = false) {
    domain::Member member;
    member.account_id = key.account_id;
    member.group_id = key.group_id;
    member.instance_id = domain::InstanceId(id);
    member.name = "name-" + id;
    member.host_name = "host-" + id;
    member.subnet_id = domain::SubnetId("s-a");
    member.zone = "zone-a";
    member.instance_type = "t.small";
    member.life_cycle = domain::LifeCycle::kInService;
    member.is_protected = is_protected;
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) {
      member.add_time = tx.Now();
      member.in_service_at = tx.Now();
      return tx.members().Insert(member);
    }));
  }

  // A running instance of the account in subnet s-a, in no group.
  ports::InstanceInfo& AddInstance(const std::string& id) {
    ports::InstanceInfo& instance = inventory_.instances[id];
    instance.name = "name-" + id;
    instance.vpc_id = "vpc-1";
    instance.subnet_id = domain::SubnetId("s-a");
    instance.zone = "zone-a";
    instance.instance_type = "t.small";
    instance.private_ip = "10.0.0.7";
    instance.network_interface_id = "eni-" + id;
    instance.running = true;
    return instance;
  }

  activity::Activity AddActivity(const ports::GroupKey& key, bool finished) {
    activity::Activity activity;
    activity.account_id = key.account_id;
    activity.group_id = key.group_id;
    activity.cause.text = "创建伸缩组触发";
    activity.description = "424915383923019776";
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      activity.id = domain::ActivityId(*tx.NewId());
      activity.start_time = tx.Now();
      activity.deadline = tx.Now() + absl::Hours(1);
      return tx.activities().Open(activity, {}, {});
    }));
    if (finished) {
      activity.status = domain::ActivityStatus::kSucceeded;
      activity.end_time = activity.start_time + absl::Minutes(2);
      activity.succeeded = {domain::InstanceId("i-1")};
      EXPECT_OK(store_.Transact([&](ports::Tx& tx) { return tx.activities().Finish(activity); }));
    }
    return activity;
  }

  void SetQuota(const std::string& name, int value) {
    EXPECT_OK(store_.Transact(
        [&](ports::Tx& tx) { return tx.accounts().PutQuota(context_.account_id, name, value); }));
  }

  static std::string IdOf(const ports::GroupKey& key) {
    return std::to_string(key.group_id.value());
  }

  testing::FakeClock clock_;
  testing::MemoryStore store_{clock_};
  FakeInventory inventory_;
  RecordingWaker waker_;
  const RequestContext context_{
      .account_id = domain::AccountId("73400123"), .principal = "root", .access_key_id = "AKDEMO"};
};

}  // namespace accordion::service
