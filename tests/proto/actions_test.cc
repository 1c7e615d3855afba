#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "accordion/v1/error_reason.pb.h"
#include "tests/proto/api_walk.h"

namespace accordion::proto_test {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::UnorderedElementsAre;
using ::testing::UnorderedElementsAreArray;

// The overview and the sections of the reference. Where they differ (ModifyScalingLoadBalancer),
// the section's.
const std::vector<std::string>& ReferenceActions() {
  static const auto* const kActions = new std::vector<std::string>{"CreateScalingGroup",
                                                                   "EnableScalingGroup",
                                                                   "DisableScalingGroup",
                                                                   "DeleteScalingGroup",
                                                                   "DescribeScalingActivity",
                                                                   "AttachInstance",
                                                                   "DetachInstance",
                                                                   "DescribeScalingInstance",
                                                                   "SetKvmProtectedDetach",
                                                                   "ModifyScalingGroup",
                                                                   "DescribeScalingGroup",
                                                                   "ModifyScalingLoadBalancers",
                                                                   "CreateScalingConfiguration",
                                                                   "ModifyScalingConfiguration",
                                                                   "DescribeScalingConfiguration",
                                                                   "DeleteScalingConfiguration",
                                                                   "CreateScalingPolicy",
                                                                   "DescribeScalingPolicy",
                                                                   "ModifyScalingPolicy",
                                                                   "DeleteScalingPolicy",
                                                                   "CreateScheduledTask",
                                                                   "DescribeScheduledTask",
                                                                   "ModifyScheduledTask",
                                                                   "DeleteScheduledTask",
                                                                   "CreateScalingNotification",
                                                                   "DescribeScalingNotification",
                                                                   "ModifyScalingNotification"};
  return *kActions;
}

const openapi::v1::Action& Option(const MethodDescriptor& method) {
  return method.options().GetExtension(openapi::v1::action);
}

TEST(Actions, AreTheReferences) {
  std::vector<std::string> names;
  for (const MethodDescriptor* method : Actions()) {
    names.push_back(Option(*method).name().empty() ? method->name() : Option(*method).name());
  }
  EXPECT_THAT(names, UnorderedElementsAreArray(ReferenceActions()));
}

TEST(Actions, CarryTheOptionAndTheirOwnMessages) {
  for (const MethodDescriptor* method : Actions()) {
    SCOPED_TRACE(method->name());
    EXPECT_TRUE(method->options().HasExtension(openapi::v1::action));
    EXPECT_EQ(method->input_type()->name(), absl::StrCat(method->name(), "Request"));
    EXPECT_EQ(method->output_type()->name(), absl::StrCat(method->name(), "Response"));
    EXPECT_FALSE(method->client_streaming() || method->server_streaming());
  }
}

TEST(Actions, HaveNamesAndAliasesThatNoOtherHas) {
  absl::flat_hash_set<std::string> taken;
  for (const MethodDescriptor* method : Actions()) {
    EXPECT_TRUE(taken.insert(method->name()).second) << method->name();
    for (const std::string& alias : Option(*method).aliases()) {
      EXPECT_TRUE(taken.insert(alias).second) << alias;
    }
  }
  EXPECT_TRUE(taken.contains("ModifyScalingLoadBalancer"));  // the reference's overview
  EXPECT_TRUE(taken.contains("ModifyLoadBalancers"));        // the typed SDKs
}

TEST(Actions, WriteUnlessTheyDescribe) {
  for (const MethodDescriptor* method : Actions()) {
    EXPECT_EQ(Option(*method).writes(), !absl::StartsWith(method->name(), "Describe"))
        << method->name();
  }
}

TEST(Actions, OnlyTheModificationOfNotificationsIsForTheMainAccountAlone) {
  std::vector<std::string> names;
  for (const MethodDescriptor* method : Actions()) {
    if (Option(*method).main_account_only()) names.push_back(method->name());
  }
  EXPECT_THAT(names, ElementsAre("ModifyScalingNotification"));
}

TEST(Actions, AnswerAnUnknownAddressedIdByARowOf404) {
  for (const MethodDescriptor* method : Actions()) {
    for (const std::string& reason : Option(*method).not_found()) {
      SCOPED_TRACE(absl::StrCat(method->name(), " ", reason));
      const auto* value = v1::ErrorReason_descriptor()->FindValueByName(reason);
      ASSERT_NE(value, nullptr);
      const auto& row = value->options().GetExtension(openapi::v1::error);
      EXPECT_EQ(row.http(), 404u);
      EXPECT_THAT(row.code(), EndsWith("NotFound"));
    }
  }
}

// A required id of a resource of ours is addressed; an optional one filters (semantics.md §2).
TEST(Actions, DeclareTheReasonOfEachResourceThatTheyAddress) {
  const std::vector<std::pair<std::string, std::string>> reasons = {
      {"ScalingGroupId", "SCALING_GROUP_NOT_FOUND"},
      {"ScalingPolicyId", "SCALING_POLICY_NOT_FOUND"},
      {"ScalingScheduledTaskId", "SCALING_SCHEDULED_TASK_NOT_FOUND"},
      {"ScalingNotificationId", "SCALING_NOTIFICATION_NOT_FOUND"}};
  for (const MethodDescriptor* method : Actions()) {
    SCOPED_TRACE(method->name());
    const auto& declared = Option(*method).not_found();
    for (int i = 0; i < method->input_type()->field_count(); ++i) {
      const FieldDescriptor& field = *method->input_type()->field(i);
      if (!Param(field).required()) continue;
      for (const auto& [name, reason] : reasons) {
        if (ParameterName(field) != name) continue;
        EXPECT_THAT(declared, testing::Contains(reason));
      }
    }
  }
}

TEST(Actions, ThatAddressNothingDeclareNoReason) {
  std::vector<std::string> names;
  for (const MethodDescriptor* method : Actions()) {
    if (Option(*method).not_found().empty()) names.push_back(method->name());
  }
  EXPECT_THAT(names,
              UnorderedElementsAre("CreateScalingGroup", "DescribeScalingGroup",
                                   "CreateScalingConfiguration", "DescribeScalingConfiguration"));
}

}  // namespace
}  // namespace accordion::proto_test
