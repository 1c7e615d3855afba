#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/proto/api_walk.h"

namespace accordion::proto_test {
namespace {

using ::testing::IsSupersetOf;
using ::testing::UnorderedElementsAre;

using Check =
    std::function<void(const FieldDescriptor& field, const openapi::v1::ResponseField& answer)>;

void ForEachAnswerField(const Check& check) {
  for (const MethodDescriptor* method : Actions()) {
    for (const FieldDescriptor* field : AllFields(method->output_type())) {
      SCOPED_TRACE(absl::StrCat(method->name(), " ", field->full_name()));
      check(*field, Answer(*field));
    }
  }
}

void AddNames(const Descriptor* message, const std::string& prefix,
              std::vector<std::string>& names) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor& field = *message->field(i);
    names.push_back(absl::StrCat(prefix, AnswerName(field)));
    if (IsMessage(field)) AddNames(field.message_type(), absl::StrCat(names.back(), "."), names);
  }
}

// Every field of the action's answer by its way from the top: `ReturnSet.ScalingGroupId`.
std::vector<std::string> NamesOf(const std::string& action) {
  std::vector<std::string> names;
  for (const MethodDescriptor* method : Actions()) {
    if (method->name() == action) AddNames(method->output_type(), "", names);
  }
  return names;
}

TEST(Answers, CarryTheOptionWithHelp) {
  ForEachAnswerField([](const FieldDescriptor& field, const openapi::v1::ResponseField& answer) {
    EXPECT_TRUE(field.options().HasExtension(openapi::v1::answer));
    EXPECT_TRUE(absl::EndsWith(answer.help(), ".")) << answer.help();
  });
}

TEST(Answers, LeaveTheRequestIdToTheGateway) {
  ForEachAnswerField([](const FieldDescriptor& field, const openapi::v1::ResponseField&) {
    EXPECT_NE(AnswerName(field), "RequestId");
  });
}

TEST(Answers, NameNoFieldTwice) {
  for (const MethodDescriptor* method : Actions()) {
    absl::flat_hash_set<std::string> taken;
    for (const std::string& name : NamesOf(method->name())) {
      EXPECT_TRUE(taken.insert(name).second) << method->name() << " " << name;
    }
  }
}

TEST(Answers, SpellTimesAsLocalTimesAndListsAlways) {
  ForEachAnswerField([](const FieldDescriptor& field, const openapi::v1::ResponseField& answer) {
    EXPECT_EQ(IsTime(field), answer.format() == openapi::v1::LOCAL_TIME);
    EXPECT_FALSE(field.is_repeated() && answer.omit_empty());
  });
}

// What is left out when unset must be able to be unset, or a real 0 would vanish.
TEST(Answers, OmitOnlyWhatKnowsThatItIsUnset) {
  ForEachAnswerField([](const FieldDescriptor& field, const openapi::v1::ResponseField& answer) {
    if (!answer.omit_empty()) return;
    EXPECT_TRUE(field.has_presence() || field.cpp_type() == FieldDescriptor::CPPTYPE_STRING);
  });
}

TEST(Answers, SpellIdsAsStringsButForTheDeclaredExceptions) {
  std::vector<std::string> exceptions;
  ForEachAnswerField([&](const FieldDescriptor& field, const openapi::v1::ResponseField& answer) {
    if (answer.id_as_number()) exceptions.push_back(field.full_name());
    const std::string name = AnswerName(field);
    if (absl::StartsWith(name, "Scaling") && absl::EndsWith(name, "Id")) {
      EXPECT_EQ(field.cpp_type(), FieldDescriptor::CPPTYPE_STRING);
    }
  });
  EXPECT_THAT(exceptions,
              UnorderedElementsAre("accordion.v1.CreateScalingPolicyResponse.scaling_policy_id",
                                   "accordion.v1.Project.account_id"));
}

TEST(Answers, ShowNoPassword) {
  ForEachAnswerField([](const FieldDescriptor& field, const openapi::v1::ResponseField&) {
    EXPECT_FALSE(absl::StrContains(AnswerName(field), "Password"));
    EXPECT_FALSE(absl::StrContains(AnswerName(field), "Secret"));
  });
}

struct AnswerCase {
  const char* action;
  std::vector<std::string> names;
};

// What the reference's samples show and the typed clients read (clients.md §2).
TEST(Answers, HoldWhatTheReferenceShowsAndClientsRead) {
  const std::vector<AnswerCase> cases = {
      {"CreateScalingGroup", {"ReturnSet.ScalingGroupId"}},
      {"EnableScalingGroup", {"ReturnSet.ScalingGroupId"}},
      {"DisableScalingGroup", {"ReturnSet.ScalingGroupId"}},
      {"DeleteScalingGroup", {"ReturnSet.ScalingGroupId"}},
      {"AttachInstance", {"Return"}},
      {"DetachInstance", {"Return"}},
      {"ModifyScalingGroup", {"Return", "ReturnSet.ScalingGroupId"}},
      {"ModifyScalingLoadBalancers", {"Return", "ReturnSet.ScalingGroupId"}},
      {"SetKvmProtectedDetach",
       {"ScalingInstanceCount", "ScalingInstanceSet.ProtectedFromScaleIn", "DesiredCapacity",
        "Return"}},
      {"DescribeScalingInstance",
       {"ScalingInstanceCount", "DesiredCapacity", "ScalingInstanceSet.InstanceId",
        "ScalingInstanceSet.InstanceName", "ScalingInstanceSet.HealthStatus",
        "ScalingInstanceSet.CreationType", "ScalingInstanceSet.AddTime",
        "ScalingInstanceSet.ProtectedFromScaleIn", "ScalingInstanceSet.LifeCycleState"}},
      {"DescribeScalingActivity",
       {"ScalingActivityCount", "ScalingActivitySet.SuccInsList", "ScalingActivitySet.FailInsList",
        "ScalingActivitySet.ErrorCode", "ScalingActivitySet.Cause"}},
      {"DescribeScalingGroup",
       {"ScalingGroupCount", "ScalingGroupSet.InstanceNum", "ScalingGroupSet.SubnetIdSet",
        "ScalingGroupSet.SecurityGroupIdSet", "ScalingGroupSet.BInScalingActivity",
        "ScalingGroupSet.SlbConfigSet.ServerPortSet", "ScalingGroupSet.ServerPorts"}},
      {"CreateScalingConfiguration", {"ScalingConfigurationId"}},
      {"ModifyScalingConfiguration", {"Return"}},
      {"DeleteScalingConfiguration", {"ReturnSet.ScalingConfigurationId", "ReturnSet.Message"}},
      {"DescribeScalingConfiguration",
       {"ScalingConfigurationCount", "ScalingConfigurationSet.InstanceType",
        "ScalingConfigurationSet.InstanceTypeSet", "ScalingConfigurationSet.DataDiskEbsDetail",
        "ScalingConfigurationSet.KeyIds", "ScalingConfigurationSet.TagSet.Key",
        "ScalingConfigurationSet.Project.Krn", "ScalingConfigurationSet.SupportAvailabilityZones",
        "ScalingConfigurationSet.ScalingGroupIdSet.ScalingGroupName"}},
      {"CreateScalingPolicy", {"ScalingPolicyId", "ReturnSet.ScalingPolicyId"}},
      {"ModifyScalingPolicy", {"Return", "ReturnSet.ScalingPolicyId"}},
      {"DescribeScalingPolicy",
       {"ScalingPolicySize", "ScalingPolicySet.Metric.Threshold", "ScalingPolicySet.CoolDown",
        "Marker", "MaxResults"}},
      {"CreateScheduledTask", {"ReturnSet.ScalingScheduleTaskId"}},
      {"ModifyScheduledTask", {"Return", "ReturnSet.ScalingScheduleTaskId"}},
      {"DeleteScheduledTask", {"ReturnSet.ScalingScheduleTaskId", "ReturnSet.Message"}},
      {"DescribeScheduledTask",
       {"ScheduledTaskSize", "ScalingScheduleTaskSet.ScalingScheduledTaskId",
        "ScalingScheduleTaskSet.RepeatCycle"}},
      {"CreateScalingNotification", {"ScalingNotificationId"}},
      {"DescribeScalingNotification",
       {"ScalingNotificationCount", "ScalingNotificationSet.ScalingNotificationTypes"}},
      {"ModifyScalingNotification", {"Return", "ScalingNotificationId"}},
  };
  for (const AnswerCase& c : cases) {
    EXPECT_THAT(NamesOf(c.action), IsSupersetOf(c.names)) << c.action;
  }
}

TEST(Answers, DeletedConfigurationsAreAnArray) {
  for (const MethodDescriptor* method : Actions()) {
    if (method->name() != "DeleteScalingConfiguration") continue;
    EXPECT_TRUE(method->output_type()->FindFieldByName("return_set")->is_repeated());
  }
}

}  // namespace
}  // namespace accordion::proto_test
