#include "engine/service/policy_handlers.h"

#include "accordion/v1/scaling_policy.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

class PolicyHandlersTest : public ServiceFixture {
 protected:
  PolicyHandlersTest() : key_(AddGroup()) {}

  v1::CreateScalingPolicyRequest NewPolicy() {
    v1::CreateScalingPolicyRequest request;
    request.set_scaling_group_id(IdOf(key_));
    request.set_scaling_policy_name("cpu high");
    v1::Metric* metric = request.mutable_metric();
    metric->set_dimension_name("cpu_usage");
    metric->set_comparison_operator("EqualOrGreater");
    metric->set_threshold(80);
    metric->set_function("avg");
    request.set_adjustment_type("QuantityChangeInCapacity");
    request.set_adjustment_value(2);
    request.set_cool_down(60);
    return request;
  }
  std::string Create() {
    const auto response = handlers_.Create(context_, NewPolicy());
    EXPECT_OK(response);
    return response.ok() ? response->scaling_policy_id() : "";
  }
  v1::DescribeScalingPolicyResponse All() {
    v1::DescribeScalingPolicyRequest request;
    request.set_scaling_group_id(IdOf(key_));
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    return *response;
  }

  const ports::GroupKey key_;
  PolicyHandlers handlers_{{store_, waker_, absl::Seconds(60)}};
};

TEST_F(PolicyHandlersTest, CreatedPolicyAnswersItsIdTwiceAndReadsBackWithDefaults) {
  ASSERT_OK_AND_ASSIGN(const auto created, handlers_.Create(context_, NewPolicy()));
  EXPECT_GE(std::stoll(created.scaling_policy_id()), 10000001);
  EXPECT_EQ(created.return_set().scaling_policy_id(), created.scaling_policy_id());
  EXPECT_EQ(waker_.changed, 1);

  const v1::DescribeScalingPolicyResponse all = All();
  EXPECT_EQ(all.scaling_policy_size(), 1);
  EXPECT_EQ(all.max_results(), 10);
  ASSERT_EQ(all.scaling_policies_size(), 1);
  const v1::ScalingPolicy& policy = all.scaling_policies(0);
  EXPECT_EQ(policy.scaling_policy_id(), created.scaling_policy_id());
  EXPECT_EQ(policy.adjustment_type(), "QuantityChangeInCapacity");
  EXPECT_EQ(policy.adjustment_value(), 2);
  EXPECT_EQ(policy.cool_down(), 60);
  EXPECT_EQ(policy.metric().dimension_name(), "cpu_usage");
  EXPECT_EQ(policy.metric().comparison_operator(), "EqualOrGreater");
  EXPECT_EQ(policy.metric().threshold(), 80);
  EXPECT_EQ(policy.metric().repeat_times(), 3);
  EXPECT_EQ(policy.metric().period(), 300);
  EXPECT_EQ(policy.availability_zone(), "zone-a");
}

TEST_F(PolicyHandlersTest, CreateRefusesWhatCannotBe) {
  struct Row {
    const char* why;
    void (*spoil)(v1::CreateScalingPolicyRequest&);
    const char* reason;
  };
  using R = v1::CreateScalingPolicyRequest;
  const Row rows[] = {
      {"an unknown dimension", [](R& r) { r.mutable_metric()->set_dimension_name("disk"); },
       "INVALID_PARAMETER_VALUE Metric.dimensionName"},
      {"a percentage above 100", [](R& r) { r.mutable_metric()->set_threshold(101); },
       "INVALID_PARAMETER_VALUE Metric.threshold"},
      {"a period below the floor", [](R& r) { r.mutable_metric()->set_period(59); },
       "INVALID_PARAMETER_VALUE Metric.period"},
      {"too many repeats", [](R& r) { r.mutable_metric()->set_repeat_times(11); },
       "INVALID_PARAMETER_VALUE Metric.repeatTimes"},
      {"a listener's metric without a listener",
       [](R& r) { r.mutable_metric()->set_dimension_name("listener_intraffic"); },
       "INVALID_PARAMETER_VALUE Metric.dimensionName"},
      {"an unknown adjustment", [](R& r) { r.set_adjustment_type("Halve"); },
       "INVALID_PARAMETER_VALUE AdjustmentType"},
      {"a step above the quota", [](R& r) { r.set_adjustment_value(11); },
       "INVALID_PARAMETER_VALUE AdjustmentValue"},
      {"too short a cooldown", [](R& r) { r.set_cool_down(59); },
       "INVALID_PARAMETER_VALUE CoolDown"},
      {"an unknown group", [](R& r) { r.set_scaling_group_id("5"); }, "SCALING_GROUP_NOT_FOUND 5"},
  };
  for (const Row& row : rows) {
    v1::CreateScalingPolicyRequest request = NewPolicy();
    row.spoil(request);
    EXPECT_EQ(ReasonOf(handlers_.Create(context_, request)), row.reason) << row.why;
  }
  EXPECT_EQ(All().scaling_policy_size(), 0);
  EXPECT_EQ(waker_.changed, 0);
}

TEST_F(PolicyHandlersTest, AnOperatorLowersTheFloorOfPeriods) {
  PolicyHandlers handlers({store_, waker_, absl::Seconds(5)});
  v1::CreateScalingPolicyRequest request = NewPolicy();
  request.mutable_metric()->set_period(5);
  EXPECT_OK(handlers.Create(context_, request));
}

TEST_F(PolicyHandlersTest, CreateStopsAtTheQuota) {
  SetQuota("policies_per_group", 1);
  Create();
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, NewPolicy())),
            "QUOTA_EXCEEDED policies_per_group 1");
}

TEST_F(PolicyHandlersTest, ModifyKeepsWhatIsNotGivenAndCountsAsAnEdit) {
  const std::string id = Create();
  clock_.Advance(absl::Minutes(10));
  v1::ModifyScalingPolicyRequest request;
  request.set_scaling_group_id(IdOf(key_));
  request.set_scaling_policy_id(id);
  request.set_adjustment_value(-1);
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Modify(context_, request));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(response.return_set().scaling_policy_id(), id);
  EXPECT_EQ(All().scaling_policies(0).adjustment_value(), -1);
  EXPECT_EQ(All().scaling_policies(0).metric().threshold(), 80);
  EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
    EXPECT_EQ(tx.policies().Get(key_, domain::PolicyId(std::stoll(id)))->edited_at, clock_.Now());
    return absl::OkStatus();
  }));
}

TEST_F(PolicyHandlersTest, ModifyIsJudgedOnTheMergedPolicy) {
  const std::string id = Create();
  v1::ModifyScalingPolicyRequest request;
  request.set_scaling_group_id(IdOf(key_));
  request.set_scaling_policy_id(id);
  request.set_adjustment_type("TotalCapacity");
  EXPECT_OK(handlers_.Modify(context_, request));
  request.set_adjustment_value(-1);  // fine for a change of quantity, not for a total
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, request)),
            "INVALID_PARAMETER_VALUE AdjustmentValue");
}

TEST_F(PolicyHandlersTest, PoliciesAreFoundOnlyInTheirOwnGroup) {
  const std::string id = Create();
  const ports::GroupKey other = AddGroup();
  v1::DeleteScalingPolicyRequest request;
  request.set_scaling_policy_id(id);
  request.set_scaling_group_id(IdOf(other));
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, request)), "SCALING_POLICY_NOT_FOUND " + id);
  request.set_scaling_group_id(IdOf(key_));
  EXPECT_EQ(ReasonOf(handlers_.Delete(OtherAccount(), request)),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, request)), "OK");
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, request)), "SCALING_POLICY_NOT_FOUND " + id);
}

TEST_F(PolicyHandlersTest, DescribeOfAnUnknownPolicyIsEmptyAndOfAnUnknownGroupNotFound) {
  Create();
  v1::DescribeScalingPolicyRequest request;
  request.set_scaling_group_id(IdOf(key_));
  request.add_scaling_policy_ids("1");
  ASSERT_OK_AND_ASSIGN(const auto none, handlers_.Describe(context_, request));
  EXPECT_EQ(none.scaling_policy_size(), 0);
  request.set_scaling_group_id("1");
  EXPECT_EQ(ReasonOf(handlers_.Describe(context_, request)), "SCALING_GROUP_NOT_FOUND 1");
}

}  // namespace
}  // namespace accordion::service
