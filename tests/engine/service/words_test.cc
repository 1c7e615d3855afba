#include "engine/service/words.h"

#include <google/protobuf/descriptor.h>

#include <string>

#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_instance.pb.h"
#include "accordion/v1/scaling_load_balancer.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "engine/service/resource_id.h"
#include "gtest/gtest.h"
#include "openapi/v1/options.pb.h"

namespace accordion::service {
namespace {

// Each word that the descriptor allows is parsed, and answered as it came.
template <typename Enum, typename Message>
void ExpectWordsOfField(int field) {
  const auto* descriptor = Message::descriptor()->FindFieldByNumber(field);
  const auto& words = descriptor->options().GetExtension(openapi::v1::param).words();
  EXPECT_GT(words.size(), 0) << descriptor->full_name();
  for (const std::string& word : words) {
    const auto value = ParseWord<Enum>(word);
    ASSERT_TRUE(value.has_value()) << descriptor->full_name() << " " << word;
    EXPECT_EQ(WordOf(*value), word);
  }
}

TEST(Words, AreThoseOfTheDescriptors) {
  using Create = v1::CreateScalingGroupRequest;
  using Instances = v1::DescribeScalingInstanceRequest;
  using Policy = v1::CreateScalingPolicyRequest;
  ExpectWordsOfField<domain::RemovePolicy, Create>(Create::kRemovePolicyFieldNumber);
  ExpectWordsOfField<domain::SubnetStrategy, Create>(Create::kSubnetStrategyFieldNumber);
  ExpectWordsOfField<domain::HealthCheck, v1::Slb>(v1::Slb::kHealthCheckTypeFieldNumber);
  ExpectWordsOfField<domain::CreationType, Instances>(Instances::kCreationTypeFieldNumber);
  ExpectWordsOfField<domain::Health, Instances>(Instances::kHealthStatusFieldNumber);
  ExpectWordsOfField<domain::AdjustmentType, Policy>(Policy::kAdjustmentTypeFieldNumber);
  ExpectWordsOfField<domain::Dimension, v1::Metric>(v1::Metric::kDimensionNameFieldNumber);
  ExpectWordsOfField<domain::Comparison, v1::Metric>(v1::Metric::kComparisonOperatorFieldNumber);
  ExpectWordsOfField<domain::Statistic, v1::Metric>(v1::Metric::kFunctionFieldNumber);
}

TEST(Words, OthersAreNone) {
  EXPECT_EQ(ParseWord<domain::Statistic>("AVG"), std::nullopt);
  EXPECT_EQ(ParseWord<domain::RemovePolicy>(""), std::nullopt);
}

TEST(ResourceId, TakesOnlyWhatWeWrite) {
  EXPECT_EQ(ParseResourceId("436995593677910016"), 436995593677910016);
  EXPECT_EQ(ParseResourceId("9223372036854775807"), INT64_MAX);
  for (const char* text : {"", "0", "-1", "+1", "01", " 1", "1 ", "1.0", "9223372036854775808"}) {
    EXPECT_EQ(ParseResourceId(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace accordion::service
