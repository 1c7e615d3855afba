#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "engine/service/group_handlers.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

class LoadBalancersTest : public ServiceFixture {
 protected:
  LoadBalancersTest()
      : key_(AddGroup([](domain::ScalingGroup& group) {
          group.slb_configs = {{.load_balancer_id = "lb-1",
                                .listener_id = domain::ListenerId("ls-1"),
                                .ports = {80}}};
          group.registrations_not_before = absl::InfiniteFuture();
        })) {}

  v1::ModifyScalingLoadBalancersRequest Request(const std::vector<std::string>& listeners,
                                                int port = 90) {
    v1::ModifyScalingLoadBalancersRequest request;
    request.set_scaling_group_id(IdOf(key_));
    for (const std::string& listener : listeners) {
      v1::Slb* slb = request.add_slbs();
      slb->set_id("lb-1");
      slb->set_listener_id(listener);
      slb->add_server_ports(port);
    }
    return request;
  }
  std::string Modify(const v1::ModifyScalingLoadBalancersRequest& request) {
    return ReasonOf(handlers_.ModifyLoadBalancers(context_, request));
  }

  const ports::GroupKey key_;
  GroupHandlers handlers_{{store_, inventory_, waker_}};
};

TEST_F(LoadBalancersTest, TheListReplacesAllAndAnEmptyOneClears) {
  v1::ModifyScalingLoadBalancersRequest request = Request({"ls-2", "ls-1"});
  request.mutable_slbs(0)->set_weight(7);
  request.mutable_slbs(0)->set_health_check_type("slb");
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.ModifyLoadBalancers(context_, request));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(response.return_set().scaling_group_id(), IdOf(key_));
  const domain::ScalingGroup group = Group(key_);
  ASSERT_EQ(group.slb_configs.size(), 2u);
  EXPECT_EQ(group.slb_configs[0], (domain::SlbConfig{.load_balancer_id = "lb-1",
                                                     .listener_id = domain::ListenerId("ls-2"),
                                                     .ports = {90},
                                                     .weight = 7,
                                                     .health_check = domain::HealthCheck::kSlb}));
  EXPECT_EQ(group.slb_configs[1].weight, 20);
  EXPECT_EQ(group.registrations_not_before, std::nullopt) << "tried at once";
  EXPECT_EQ(waker_.woken, 1);
  EXPECT_EQ(waker_.changed, 1);
  EXPECT_EQ(Modify(Request({})), "OK");
  EXPECT_TRUE(Group(key_).slb_configs.empty());
}

TEST_F(LoadBalancersTest, AWrongListChangesNothing) {
  EXPECT_EQ(Modify(Request({"ls-404"})), "INVALID_PARAMETER_VALUE Slb.N.ListenerId");
  EXPECT_EQ(Modify(Request({"ls-1", "ls-1"})), "INVALID_PARAMETER_VALUE Slb.N.ListenerId");
  EXPECT_EQ(Modify(Request({"ls-1"}, 70000)), "INVALID_PARAMETER_VALUE Slb.N.ServerPort.N");
  v1::ModifyScalingLoadBalancersRequest request = Request({"ls-1"});
  request.mutable_slbs(0)->set_id("lb-2");
  EXPECT_EQ(Modify(request), "INVALID_PARAMETER_VALUE Slb.N.Id");
  request = Request({"ls-1"});
  request.mutable_slbs(0)->clear_server_ports();
  EXPECT_EQ(Modify(request), "MISSING_PARAMETER Slb.N.ServerPort.N");
  request = Request({"ls-1"});
  request.mutable_slbs(0)->set_health_check_type("ping");
  EXPECT_EQ(Modify(request), "INVALID_PARAMETER_VALUE Slb.N.HealthCheckType");
  SetQuota("listeners_per_group", 1);
  EXPECT_EQ(Modify(Request({"ls-1", "ls-2"})), "QUOTA_EXCEEDED listeners_per_group 1");
  EXPECT_EQ(ReasonOf(handlers_.ModifyLoadBalancers(DryRun(), Request({}))), "DRY_RUN_OPERATION");
  EXPECT_EQ(ReasonOf(handlers_.ModifyLoadBalancers(OtherAccount(), Request({}))),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  inventory_.outage = absl::UnavailableError("down");
  EXPECT_EQ(Modify(Request({"ls-2"})), "SERVICE_TIMEOUT");
  EXPECT_EQ(Group(key_).slb_configs[0].listener_id.value(), "ls-1");
  EXPECT_EQ(waker_.woken, 0);
}

}  // namespace
}  // namespace accordion::service
