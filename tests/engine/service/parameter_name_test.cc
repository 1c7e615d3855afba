#include "engine/service/parameter_name.h"

#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "accordion/v1/scheduled_task.pb.h"
#include "engine/service/required_parameters.h"
#include "gtest/gtest.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using Create = v1::CreateScalingGroupRequest;

TEST(ParameterName, IsTheOptionsNameOrTheFieldInUpperCamelCase) {
  EXPECT_EQ(ParameterName<Create>({Create::kMinSizeFieldNumber}), "MinSize");
  EXPECT_EQ(ParameterName<Create>({Create::kSubnetIdsFieldNumber}), "SubnetId.N");
  EXPECT_EQ(ParameterName<Create>({Create::kSlbsFieldNumber}), "Slb.N");
  EXPECT_EQ(ParameterName<v1::CreateScheduledTaskRequest>(
                {v1::CreateScheduledTaskRequest::kRepeatCycleFieldNumber}),
            "RepeatCycle");
}

TEST(ParameterName, JoinsNestedNamesWithDots) {
  EXPECT_EQ(ParameterName<Create>({Create::kSlbsFieldNumber, v1::Slb::kServerPortsFieldNumber}),
            "Slb.N.ServerPort.N");
  EXPECT_EQ(ParameterName<v1::CreateScalingPolicyRequest>(
                {v1::CreateScalingPolicyRequest::kMetricFieldNumber,
                 v1::Metric::kDimensionNameFieldNumber}),
            "Metric.dimensionName");
}

TEST(RequiredParameters, NamesTheFirstOneThatIsMissingInTheReferencesOrder) {
  Create request;
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "MISSING_PARAMETER ScalingGroupName");
  request.set_scaling_group_name("");
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "MISSING_PARAMETER ScalingGroupName");
  request.set_scaling_group_name("web");
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "MISSING_PARAMETER ScalingConfigurationId");
}

TEST(RequiredParameters, LooksIntoGivenMessagesOnly) {
  v1::ModifyScalingPolicyRequest request;
  request.set_scaling_policy_id("1");
  request.set_scaling_group_id("1");
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "OK");
  request.mutable_metric()->set_dimension_name("cpu_usage");
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "MISSING_PARAMETER Metric.comparisonOperator");

  v1::ModifyScalingGroupRequest group;
  group.set_scaling_group_id("1");
  group.add_slbs()->set_listener_id("ls-1");
  EXPECT_EQ(ReasonOf(CheckRequired(group)), "MISSING_PARAMETER Slb.N.Id");
}

TEST(RequiredParameters, ZeroIsAValue) {
  Create request;
  request.set_scaling_group_name("web");
  request.set_scaling_configuration_id("1");
  request.set_min_size(0);
  EXPECT_EQ(ReasonOf(CheckRequired(request)), "MISSING_PARAMETER MaxSize");
}

}  // namespace
}  // namespace accordion::service
