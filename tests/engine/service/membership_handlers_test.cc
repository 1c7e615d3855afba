#include "engine/service/membership_handlers.h"

#include "accordion/v1/scaling_instance.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::HasSubstr;

class MembershipTest : public ServiceFixture {
 protected:
  // Desired 2 of 1..4, with members i-1 and i-2 in service.
  MembershipTest()
      : key_(AddGroup([](domain::ScalingGroup& group) {
          group.min_size = 1;
          group.max_size = 4;
        })) {
    for (const char* id : {"i-1", "i-2"}) {
      AddMember(key_, id);
      AddInstance(id);
    }
    for (const char* id : {"i-a", "i-b", "i-c"}) AddInstance(id);
  }

  template <typename Request>
  Request Named(std::vector<std::string> ids) {
    Request request;
    request.set_scaling_group_id(IdOf(key_));
    for (const std::string& id : ids) request.add_scaling_instance_ids(id);
    return request;
  }
  std::string Attach(std::vector<std::string> ids) { return Attach(context_, std::move(ids)); }
  std::string Attach(const RequestContext& context, std::vector<std::string> ids) {
    return ReasonOf(handlers_.Attach(context, Named<v1::AttachInstanceRequest>(std::move(ids))));
  }
  std::string Detach(std::vector<std::string> ids) { return Detach(context_, std::move(ids)); }
  std::string Detach(const RequestContext& context, std::vector<std::string> ids) {
    return ReasonOf(handlers_.Detach(context, Named<v1::DetachInstanceRequest>(std::move(ids))));
  }

  std::vector<domain::Member> Members() {
    std::vector<domain::Member> members;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      members = *tx.members().Unclosed(key_);
      return absl::OkStatus();
    }));
    return members;
  }
  // "i-1 InService, i-a Attaching; desired 3"
  std::string State() {
    std::string state;
    for (const domain::Member& member : Members()) {
      absl::StrAppend(&state, member.instance_id.value(),
                      member.life_cycle == domain::LifeCycle::kAttaching   ? " Attaching, "
                      : member.life_cycle == domain::LifeCycle::kDetaching ? " Detaching, "
                      : member.life_cycle == domain::LifeCycle::kInService ? " InService, "
                                                                           : " other, ");
    }
    return absl::StrCat(state, "desired ", Group(key_).desired_capacity);
  }
  void SetLifeCycle(const char* id, domain::LifeCycle life_cycle) {
    EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
      domain::Member member = *tx.members().Lock(key_, domain::InstanceId(id));
      member.life_cycle = life_cycle;
      return tx.members().Update(member);
    }));
  }

  const ports::GroupKey key_;
  MembershipHandlers handlers_{{store_, inventory_, waker_}};
};

constexpr char kUntouched[] = "i-1 InService, i-2 InService, desired 2";

TEST_F(MembershipTest, AnAttachIsListedAndCountedWhenItReturns) {
  ASSERT_OK_AND_ASSIGN(
      const auto response,
      handlers_.Attach(context_, Named<v1::AttachInstanceRequest>({"i-b", "i-a"})));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(State(), "i-1 InService, i-2 InService, i-a Attaching, i-b Attaching, desired 4");
  const domain::Member attached = Members()[2];
  EXPECT_EQ(attached.creation_type, domain::CreationType::kManual);
  EXPECT_EQ(attached.name, "name-i-a");
  EXPECT_EQ(attached.subnet_id.value(), "s-a");
  EXPECT_EQ(attached.private_ip, "10.0.0.7");
  EXPECT_EQ(attached.network_interface_id, "eni-i-a");
  EXPECT_EQ(attached.request_cause,
            "添加云服务器触发（用户 root，密钥 AKDEMO）：添加 2 台；期望实例数 2 → 4");
  EXPECT_EQ(Group(key_).desired_cause.text, attached.request_cause);
  EXPECT_EQ(Group(key_).desired_cause.kind, domain::TriggerKind::kAttach);
  EXPECT_EQ(waker_.woken, 1);
  EXPECT_EQ(waker_.changed, 1);
}

TEST_F(MembershipTest, WhatMayNotBeAttachedChangesNothing) {
  AddInstance("i-stopped").running = false;
  AddInstance("i-subnet").subnet_id = domain::SubnetId("s-other");
  AddInstance("i-vpc").vpc_id = "vpc-2";
  AddInstance("i-project").project_id = 7;  // no configuration of the account says so
  AddInstance("i-elsewhere");
  AddMember(AddGroup(), "i-elsewhere");
  const std::string invalid = "INVALID_PARAMETER_VALUE ScalingInstanceId.N";
  EXPECT_EQ(Attach({"i-a", "i-404"}), invalid);
  EXPECT_EQ(Attach({"i-a", "i-subnet"}), invalid);
  EXPECT_EQ(Attach({"i-a", "i-vpc"}), invalid);
  EXPECT_EQ(Attach({"i-a", "i-project"}), invalid);
  EXPECT_EQ(Attach({"i-a", "i-a"}), invalid);
  EXPECT_EQ(Attach({"i-a", "i-stopped"}), "INSTANCE_NOT_RUNNING i-stopped");
  EXPECT_EQ(Attach({"i-a", "i-1"}), "INSTANCE_IN_USE i-1");
  EXPECT_EQ(Attach({"i-a", "i-elsewhere"}), "INSTANCE_IN_USE i-elsewhere");
  EXPECT_EQ(Attach({"i-a", "i-b", "i-c"}), "CAPACITY_OUT_OF_RANGE desired capacity 5, MaxSize 4");
  EXPECT_EQ(Attach({}), "MISSING_PARAMETER ScalingInstanceId.N");
  EXPECT_EQ(Attach(DryRun(), {"i-a"}), "DRY_RUN_OPERATION");
  EXPECT_EQ(Attach(OtherAccount(), {"i-a"}), "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  inventory_.outage = absl::UnavailableError("down");
  EXPECT_EQ(Attach({"i-a"}), "SERVICE_TIMEOUT");
  EXPECT_EQ(State(), kUntouched);
  EXPECT_EQ(waker_.woken, 0);
}

TEST_F(MembershipTest, InstancesAreFoundInTheProjectsOfTheAccountsConfigurations) {
  AddInstance("i-project").project_id = 7;
  const domain::ConfigurationId id = AddConfiguration();
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
    domain::ScalingConfiguration configuration = *tx.configurations().Lock(key_.account_id, id);
    configuration.project_id = 7;
    return tx.configurations().Update(configuration);
  }));
  EXPECT_EQ(Attach({"i-project"}), "OK");
  EXPECT_EQ(Members()[2].project_id, 7);
}

TEST_F(MembershipTest, AnAttachIsTakenWhileTheGroupIsBusyOrDisabledAndTakesADeleteBack) {
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
    domain::ScalingGroup group = *tx.groups().Lock(key_);
    group.status = domain::GroupStatus::kUnActive;
    group.delete_requested_at = tx.Now();
    group.registrations_failed_in_a_row = group.failed_in_a_row = 3;
    group.registrations_not_before = group.retry_not_before = tx.Now() + absl::Hours(1);
    return tx.groups().Update(group);
  }));
  AddActivity(key_, /*finished=*/false);
  EXPECT_EQ(Attach({"i-a"}), "OK");
  const domain::ScalingGroup group = Group(key_);
  EXPECT_EQ(group.delete_requested_at, std::nullopt);
  EXPECT_EQ(group.registrations_not_before, std::nullopt);
  EXPECT_EQ(group.retry_not_before, std::nullopt);
  EXPECT_EQ(Detach({"i-2"}), "OK");
  EXPECT_EQ(State(), "i-1 InService, i-2 Detaching, i-a Attaching, desired 2");
}

TEST_F(MembershipTest, ADetachLowersDesiredAndSaysWhoAskedForIt) {
  ASSERT_OK_AND_ASSIGN(const auto response,
                       handlers_.Detach(context_, Named<v1::DetachInstanceRequest>({"i-2"})));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(State(), "i-1 InService, i-2 Detaching, desired 1");
  EXPECT_EQ(Members()[1].request_cause,
            "移除云服务器触发（用户 root，密钥 AKDEMO）：移除 1 台；期望实例数 2 → 1");
  EXPECT_EQ(Group(key_).desired_cause.kind, domain::TriggerKind::kDetach);
  EXPECT_EQ(waker_.woken, 1);
  EXPECT_EQ(waker_.changed, 1);
}

TEST_F(MembershipTest, WhatMayNotBeDetachedChangesNothing) {
  AddMember(key_, "i-3", /*is_protected=*/true);
  const std::string before = State();
  EXPECT_EQ(Detach({"i-1", "i-404"}), "SCALING_INSTANCE_NOT_FOUND i-404");
  EXPECT_EQ(Detach({"i-1", "i-3"}), "INSTANCE_PROTECTED i-3");
  EXPECT_EQ(Detach({"i-1", "i-1"}), "INVALID_PARAMETER_VALUE ScalingInstanceId.N");
  EXPECT_EQ(Detach({"i-1", "i-2"}), "CAPACITY_OUT_OF_RANGE desired capacity 0, MinSize 1");
  EXPECT_EQ(Detach({}), "MISSING_PARAMETER ScalingInstanceId.N") << "never all";
  EXPECT_EQ(Detach({""}), "MISSING_PARAMETER ScalingInstanceId.N");
  EXPECT_EQ(Detach(DryRun(), {"i-1"}), "DRY_RUN_OPERATION");
  EXPECT_EQ(Detach(OtherAccount(), {"i-1"}), "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  EXPECT_EQ(State(), before);
}

TEST_F(MembershipTest, ADetachLeavesMinSizeInService) {
  SetLifeCycle("i-2", domain::LifeCycle::kPending);
  EXPECT_EQ(Detach({"i-2"}), "INSTANCE_IN_USE i-2");
  EXPECT_EQ(Detach({"i-1"}), "CAPACITY_OUT_OF_RANGE members in service 0, MinSize 1");
}

TEST_F(MembershipTest, OneThatLeavesIsInUseAndAnAttachingOneMayGo) {
  for (const domain::LifeCycle leaving :
       {domain::LifeCycle::kDetaching, domain::LifeCycle::kTerminating}) {
    SetLifeCycle("i-2", leaving);
    EXPECT_EQ(Detach({"i-2"}), "INSTANCE_IN_USE i-2");
    EXPECT_THAT(Attach({"i-2"}), HasSubstr("INSTANCE_IN_USE"));
  }
  SetLifeCycle("i-2", domain::LifeCycle::kAttaching);
  EXPECT_EQ(Detach({"i-2"}), "OK");
}

}  // namespace
}  // namespace accordion::service
