#include <map>

#include "gmock/gmock.h"
#include "tests/cloudsim_test/region_fixture.h"

namespace accordion::cloudsim {
namespace {

using testing::DoubleNear;

class RegionLoadTest : public RegionTest {
 protected:
  void SetLoad(std::vector<std::pair<absl::Duration, double>> points) {
    ASSERT_TRUE(
        region_->SetLoad(listener().id, {.starts_at = now_, .points = std::move(points)}).ok());
  }
  // metric/id -> value
  std::map<std::string, double> Measure(int account_number = 0) {
    std::map<std::string, double> values;
    for (const MetricSample& s : region_->Measure(account(account_number).id, now_)) {
      values[s.metric + "/" + s.id] = s.value;
    }
    return values;
  }
  absl::Duration check() const { return region_->spec().health_check_interval; }
};

TEST_F(RegionLoadTest, RealServerTurnsHealthyAfterACheckAndUnhealthyWhenItsInstanceStops) {
  const Instance instance = RunActive(1)[0];
  EXPECT_FALSE(Register(instance)->healthy);
  const Listener& front = *region_->load_balancers().FindListener(listener().id);
  Pass(check() - absl::Milliseconds(1));
  EXPECT_FALSE(region_->RealServersOf(front, now_)[0].healthy);
  Pass(absl::Milliseconds(1));
  EXPECT_TRUE(region_->RealServersOf(front, now_)[0].healthy);

  ASSERT_TRUE(region_->ForceState(CallOf("x"), instance.id, InstanceState::kStopped, now_).ok());
  EXPECT_FALSE(region_->RealServersOf(front, now_)[0].healthy);
  ASSERT_TRUE(region_->ForceState(CallOf("x"), instance.id, InstanceState::kActive, now_).ok());
  EXPECT_FALSE(region_->RealServersOf(front, now_)[0].healthy) << "checked again after the start";
  Pass(check());
  EXPECT_TRUE(region_->RealServersOf(front, now_)[0].healthy);
}

TEST_F(RegionLoadTest, RealServerOfADeadInstanceStaysUntilDeregistered) {
  const Instance instance = RunActive(1)[0];
  const std::string register_id = Register(instance)->server.register_id;
  ASSERT_TRUE(region_->Kill(CallOf("Kill"), instance.id, now_).ok());
  const Listener& front = *region_->load_balancers().FindListener(listener().id);
  ASSERT_EQ(region_->RealServersOf(front, now_).size(), 1u);
  EXPECT_FALSE(region_->RealServersOf(front, now_)[0].healthy);
  EXPECT_TRUE(region_->DeregisterInstance(CallOf("d"), register_id, now_).ok());
  EXPECT_TRUE(front.real_servers.empty());
  EXPECT_EQ(CodeOf(region_->DeregisterInstance(CallOf("d"), register_id, now_)),
            "RegisterIdNotFound");
}

TEST_F(RegionLoadTest, RegistersTwiceWhenAskedTwice) {
  const Instance instance = RunActive(1)[0];
  EXPECT_NE(Register(instance)->server.register_id, Register(instance)->server.register_id);
  EXPECT_EQ(region_->load_balancers().FindListener(listener().id)->real_servers.size(), 2u);
}

TEST_F(RegionLoadTest, RefusesToRegisterWhatDoesNotFit) {
  const Instance pending = (*Run(Launch()))[0];
  EXPECT_EQ(CodeOf(Register(pending).status()), "InstanceNotActive");
  Pass(region_->spec().boot_max);
  Instance wrong_address = pending;
  wrong_address.private_ip = "10.9.9.9";
  EXPECT_EQ(CodeOf(Register(wrong_address).status()), "InvalidParameterValue");
  Instance unknown = pending;
  unknown.id = "i-none";
  EXPECT_EQ(CodeOf(Register(unknown).status()), "InstanceNotFound");
  EXPECT_EQ(CodeOf(Register(pending, 101).status()), "InvalidParameterValue");
  EXPECT_TRUE(Register(pending).ok());
}

TEST_F(RegionLoadTest, SplitsTheLoadByWeightOverHealthyServersOnly) {
  const std::vector<Instance> instances = RunActive(3);
  ASSERT_TRUE(Register(instances[0], 30).ok());
  ASSERT_TRUE(Register(instances[1], 10).ok());
  Pass(check());
  ASSERT_TRUE(Register(instances[2], 60).ok());  // not checked yet
  SetLoad({{absl::ZeroDuration(), 80}});

  const std::map<std::string, double> rps = region_->RpsByInstance(now_);
  EXPECT_DOUBLE_EQ(rps.at(instances[0].id), 60);
  EXPECT_DOUBLE_EQ(rps.at(instances[1].id), 20);
  EXPECT_EQ(rps.count(instances[2].id), 0u);

  const std::map<std::string, double> values = Measure();
  EXPECT_THAT(values.at("cpu_usage/" + instances[0].id), DoubleNear(60, 0.5));
  EXPECT_THAT(values.at("cpu_usage/" + instances[1].id), DoubleNear(20, 0.5));
  EXPECT_THAT(values.at("cpu_usage/" + instances[2].id), DoubleNear(2, 0.5));
  EXPECT_THAT(values.at("mem_usage/" + instances[0].id), DoubleNear(50, 0.5));
  EXPECT_DOUBLE_EQ(values.at("net_outtraffic/" + instances[0].id), 60 * kResponseBytes);
  EXPECT_DOUBLE_EQ(values.at("net_intraffic/" + instances[0].id), 60 * kRequestBytes);
  EXPECT_DOUBLE_EQ(values.at("listener_outtraffic/" + listener().id), 80 * kResponseBytes);
  EXPECT_DOUBLE_EQ(values.at("listener_intraffic/" + listener().id), 80 * kRequestBytes);
}

TEST_F(RegionLoadTest, OverloadedInstanceShowsHundredPercentAndServesItsCapacity) {
  const Instance instance = RunActive(1)[0];
  ASSERT_TRUE(Register(instance).ok());
  Pass(check());
  SetLoad({{absl::ZeroDuration(), 500}});
  const std::map<std::string, double> values = Measure();
  EXPECT_THAT(values.at("cpu_usage/" + instance.id), DoubleNear(100, 0.5));
  EXPECT_LE(values.at("cpu_usage/" + instance.id), 100);
  EXPECT_DOUBLE_EQ(values.at("listener_outtraffic/" + listener().id), 100 * kResponseBytes);
  EXPECT_DOUBLE_EQ(values.at("listener_intraffic/" + listener().id), 500 * kRequestBytes);
}

TEST_F(RegionLoadTest, OnlyActiveInstancesOfTheAccountAreMeasured) {
  const Instance active = RunActive(1)[0];
  const Instance pending = (*Run(Launch()))[0];
  EXPECT_EQ(Measure().count("cpu_usage/" + active.id), 1u);
  EXPECT_EQ(Measure().count("cpu_usage/" + pending.id), 0u);
  EXPECT_EQ(Measure(1).count("cpu_usage/" + active.id), 0u);
  EXPECT_EQ(Measure(1).count("listener_outtraffic/" + listener().id), 0u);
}

TEST_F(RegionLoadTest, CurveRunsInStraightLinesAndStaysFlatOutside) {
  SetLoad({{absl::Seconds(10), 100}, {absl::Seconds(20), 300}, {absl::Seconds(20), 50}});
  const auto offered = [&](int seconds) {
    return region_->OfferedRps(listener().id, now_ + absl::Seconds(seconds));
  };
  EXPECT_DOUBLE_EQ(offered(0), 100);
  EXPECT_DOUBLE_EQ(offered(15), 200);
  EXPECT_DOUBLE_EQ(offered(20), 50) << "a step";
  EXPECT_DOUBLE_EQ(offered(900), 50);
}

TEST_F(RegionLoadTest, RefusesACurveOfNonsense) {
  const auto set = [&](std::vector<std::pair<absl::Duration, double>> points) {
    return region_->SetLoad(listener().id, {.starts_at = now_, .points = std::move(points)}).ok();
  };
  EXPECT_FALSE(set({{absl::Seconds(2), 1}, {absl::Seconds(1), 1}}));
  EXPECT_FALSE(set({{absl::Seconds(2), -1}}));
  EXPECT_FALSE(set({{absl::Seconds(2), std::numeric_limits<double>::quiet_NaN()}}));
  EXPECT_TRUE(set({}));
  EXPECT_FALSE(region_->SetLoad("none", {}).ok());
}

TEST_F(RegionLoadTest, CallLogNamesTheRegistration) {
  const Instance instance = RunActive(1)[0];
  const std::string register_id = Register(instance)->server.register_id;
  ASSERT_TRUE(region_->DeregisterInstance(CallOf("d"), register_id, now_).ok());
  const std::vector<CallRecord> calls = region_->call_log().Since(1, 10);
  ASSERT_EQ(calls.size(), 2u);
  for (const CallRecord& record : calls) {
    ASSERT_EQ(record.effects.size(), 1u);
    EXPECT_EQ(record.effects[0].register_id, register_id);
    EXPECT_EQ(record.effects[0].instance_id, instance.id);
    EXPECT_EQ(record.effects[0].listener_id, listener().id);
    EXPECT_EQ(record.effects[0].port, 80);
  }
}

TEST(FaultPlanTest, RuleHitsItsActionAndAccountAsOftenAsItSays) {
  FaultPlan plan;
  ASSERT_TRUE(
      plan.SetRules({{.action = "RunInstances", .account_id = "a", .count = 2},
                     {.action = "", .account_id = "", .mode = FaultMode::kHold, .count = -1}})
          .ok());
  EXPECT_EQ(plan.Take("RunInstances", "a")->mode, FaultMode::kError);
  EXPECT_EQ(plan.Take("RunInstances", "b")->mode, FaultMode::kHold);
  EXPECT_EQ(plan.Take("RunInstances", "a")->mode, FaultMode::kError);
  EXPECT_EQ(plan.Take("RunInstances", "a")->mode, FaultMode::kHold);
  EXPECT_EQ(plan.Take("DescribeInstances", "a")->mode, FaultMode::kHold);
  ASSERT_TRUE(plan.SetRules({}).ok());
  EXPECT_FALSE(plan.Take("RunInstances", "a").has_value());
}

TEST(FaultPlanTest, LatencyOfAnActionComesBeforeTheGeneralOne) {
  FaultPlan plan;
  EXPECT_EQ(plan.LatencyOf("RunInstances"), absl::ZeroDuration());
  plan.SetLatency("", absl::Milliseconds(5));
  plan.SetLatency("RunInstances", absl::Milliseconds(9));
  EXPECT_EQ(plan.LatencyOf("RunInstances"), absl::Milliseconds(9));
  EXPECT_EQ(plan.LatencyOf("DescribeInstances"), absl::Milliseconds(5));
}

TEST(FaultPlanTest, EveryModeHasAWord) {
  for (const char* word : {"error", "error_after_execute", "accept_then_timeout", "delay_before",
                           "hold_before", "hold", "boot_error", "boot_hang"}) {
    ASSERT_TRUE(ParseFaultMode(word).has_value()) << word;
    EXPECT_EQ(FaultModeName(*ParseFaultMode(word)), word);
  }
  EXPECT_FALSE(ParseFaultMode("explode").has_value());
}

TEST(RegionSpecTest, ContradictionsAreRefused) {
  const auto ok = [](void (*edit)(RegionSpec&)) {
    RegionSpec spec = DefaultRegion();
    edit(spec);
    return Region::Create(spec, 1).ok();
  };
  EXPECT_TRUE(ok([](RegionSpec&) {}));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.subnets[0].zone = "nowhere"; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.subnets[0].vpc_id = "nowhere"; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.subnets[1].id = s.subnets[0].id; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.vpcs[0].account_id = "nobody"; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.load_balancers[1].id = s.load_balancers[0].id; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.instance_types[0].capacity_rps = 0; }));
  EXPECT_FALSE(ok([](RegionSpec& s) { s.boot_max = s.boot_min - absl::Seconds(1); }));
}

}  // namespace
}  // namespace accordion::cloudsim
