#include "engine/service/instance_handlers.h"

#include "accordion/v1/scaling_instance.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

class InstanceHandlersTest : public ServiceFixture {
 protected:
  InstanceHandlersTest() : key_(AddGroup()) {
    for (const char* id : {"i-1", "i-2", "i-3"}) {
      AddMember(key_, id);
      clock_.Advance(absl::Seconds(1));
    }
  }
  v1::SetKvmProtectedDetachRequest Protection(std::vector<std::string> ids) {
    v1::SetKvmProtectedDetachRequest request;
    request.set_scaling_group_id(IdOf(key_));
    for (const std::string& id : ids) request.add_scaling_instance_ids(id);
    return request;
  }
  int ProtectedCount() {
    v1::DescribeScalingInstanceRequest request;
    request.set_scaling_group_id(IdOf(key_));
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    int count = 0;
    for (const auto& instance : response->scaling_instances()) {
      EXPECT_EQ(instance.protected_from_scale_down(), instance.protected_from_scale_in() == 1);
      count += instance.protected_from_scale_in();
    }
    return count;
  }

  const ports::GroupKey key_;
  InstanceHandlers handlers_{store_, waker_};
};

TEST_F(InstanceHandlersTest, MembersAreShownOldestFirstWithTheGroupsDesiredCapacity) {
  v1::DescribeScalingInstanceRequest request;
  request.set_scaling_group_id(IdOf(key_));
  ASSERT_OK_AND_ASSIGN(const auto all, handlers_.Describe(context_, request));
  EXPECT_EQ(all.scaling_instance_count(), 3);
  EXPECT_EQ(all.desired_capacity(), 2);
  ASSERT_EQ(all.scaling_instances_size(), 3);
  const v1::ScalingInstance& oldest = all.scaling_instances(0);
  EXPECT_EQ(oldest.instance_id(), "i-1");
  EXPECT_EQ(oldest.instance_name(), "name-i-1");
  EXPECT_EQ(oldest.health_status(), "Healthy");
  EXPECT_EQ(oldest.creation_type(), "Auto");
  EXPECT_EQ(oldest.life_cycle_state(), "InService");
  EXPECT_EQ(oldest.availability_zone(), "zone-a");
  EXPECT_EQ(oldest.host_name(), "host-i-1");
  EXPECT_EQ(oldest.autoscaler_host_name(), "host-i-1");
}

TEST_F(InstanceHandlersTest, FiltersNarrow) {
  v1::DescribeScalingInstanceRequest request;
  request.set_scaling_group_id(IdOf(key_));
  request.set_creation_type("Manual");
  ASSERT_OK_AND_ASSIGN(const auto manual, handlers_.Describe(context_, request));
  EXPECT_EQ(manual.scaling_instance_count(), 0);
  request.set_creation_type("Auto");
  request.add_scaling_instance_ids("i-2");
  request.add_scaling_instance_ids("i-9");
  ASSERT_OK_AND_ASSIGN(const auto one, handlers_.Describe(context_, request));
  EXPECT_EQ(one.scaling_instance_count(), 1);
  request.set_health_status("Sick");
  EXPECT_EQ(ReasonOf(handlers_.Describe(context_, request)),
            "INVALID_PARAMETER_VALUE HealthStatus");
}

TEST_F(InstanceHandlersTest, ProtectionDefaultsToOnAndAnswersTheAffected) {
  ASSERT_OK_AND_ASSIGN(const auto response,
                       handlers_.SetProtection(context_, Protection({"i-1", "i-3", "i-1"})));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(response.scaling_instance_count(), 2);
  EXPECT_EQ(response.desired_capacity(), 2);
  EXPECT_EQ(response.scaling_instances(0).protected_from_scale_in(), 1);
  EXPECT_EQ(ProtectedCount(), 2);
  EXPECT_EQ(waker_.woken, 0);

  v1::SetKvmProtectedDetachRequest off = Protection({"i-1"});
  off.set_protected_from_detach(0);
  ASSERT_OK(handlers_.SetProtection(context_, off));
  EXPECT_EQ(ProtectedCount(), 1);
  EXPECT_EQ(waker_.woken, 1);
}

TEST_F(InstanceHandlersTest, OneUnknownInstanceProtectsNone) {
  EXPECT_EQ(ReasonOf(handlers_.SetProtection(context_, Protection({"i-1", "i-9"}))),
            "SCALING_INSTANCE_NOT_FOUND i-9");
  EXPECT_EQ(ProtectedCount(), 0);
}

TEST_F(InstanceHandlersTest, AnInstanceThatIsLeavingIsInUse) {
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) -> absl::Status {
    domain::Member member = *tx.members().Lock(key_, domain::InstanceId("i-2"));
    member.life_cycle = domain::LifeCycle::kTerminating;
    return tx.members().Update(member);
  }));
  EXPECT_EQ(ReasonOf(handlers_.SetProtection(context_, Protection({"i-2"}))),
            "INSTANCE_IN_USE i-2");
}

TEST_F(InstanceHandlersTest, ADryRunProtectsNothing) {
  EXPECT_EQ(ReasonOf(handlers_.SetProtection(DryRun(), Protection({"i-1"}))), "DRY_RUN_OPERATION");
  EXPECT_EQ(ProtectedCount(), 0);
}

}  // namespace
}  // namespace accordion::service
