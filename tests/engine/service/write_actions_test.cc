// What holds for every writing action that is served, by a table over the descriptors: a dry run
// makes all checks and writes nothing, and a client token makes repeats one.
#include <google/protobuf/message.h>
#include <google/protobuf/text_format.h>

#include <algorithm>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "absl/strings/str_replace.h"
#include "accordion/v1/scaling_notification.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "gmock/gmock.h"
#include "openapi/v1/options.pb.h"
#include "tests/engine/service/rpc_fixture.h"

namespace accordion::service {
namespace {

// A request that succeeds, and one that only the state refuses, in text form. $names stand for ids
// of WriteActions.
struct WriteAction {
  const char* rpc;
  const char* good;
  const char* refused;
  const char* refusal;  // the reason's name

  friend std::ostream& operator<<(std::ostream& out, const WriteAction& row) {
    return out << row.rpc;
  }
};

constexpr char kGroupGone[] = "SCALING_GROUP_NOT_FOUND";

const WriteAction kWriteActions[] = {
    {"CreateScalingGroup",
     "scaling_group_name: 'new' scaling_configuration_id: '$configuration' min_size: 0 max_size: 2 "
     "desired_capacity: 1 remove_policy: 'RemoveOldestInstance' subnet_ids: 's-a' "
     "security_group_ids: 'sg-1'",
     "scaling_group_name: 'new' scaling_configuration_id: '404' min_size: 0 max_size: 2 "
     "desired_capacity: 1 remove_policy: 'RemoveOldestInstance' subnet_ids: 's-a' "
     "security_group_ids: 'sg-1'",
     "INVALID_PARAMETER_VALUE"},
    {"EnableScalingGroup", "scaling_group_id: '$group'", "scaling_group_id: '404'", kGroupGone},
    {"DisableScalingGroup", "scaling_group_id: '$group'", "scaling_group_id: '404'", kGroupGone},
    {"DeleteScalingGroup", "scaling_group_id: '$idle'", "scaling_group_id: '$group'",
     "SCALING_GROUP_IN_USE"},
    {"ModifyScalingGroup", "scaling_group_id: '$group' max_size: 7",
     "scaling_group_id: '404' max_size: 7", kGroupGone},
    {"ModifyScalingLoadBalancers",
     "scaling_group_id: '$group' slbs { id: 'lb-1' listener_id: 'ls-1' server_ports: 80 }",
     "scaling_group_id: '404'", kGroupGone},
    {"AttachInstance", "scaling_group_id: '$group' scaling_instance_ids: 'i-free'",
     "scaling_group_id: '$group' scaling_instance_ids: 'i-taken'", "INSTANCE_IN_USE"},
    {"DetachInstance", "scaling_group_id: '$group' scaling_instance_ids: 'i-1'",
     "scaling_group_id: '$group' scaling_instance_ids: 'i-404'", "SCALING_INSTANCE_NOT_FOUND"},
    {"SetKvmProtectedDetach", "scaling_group_id: '$group' scaling_instance_ids: 'i-1'",
     "scaling_group_id: '$group' scaling_instance_ids: 'i-404'", "SCALING_INSTANCE_NOT_FOUND"},
    {"CreateScalingConfiguration",
     "scaling_configuration_name: 'new' image_id: 'img-1' instance_types: 't.small' "
     "keep_image_login: true",
     "scaling_configuration_name: 'new' image_id: 'img-404' instance_types: 't.small' "
     "keep_image_login: true",
     "INVALID_PARAMETER_VALUE"},
    {"ModifyScalingConfiguration",
     "scaling_configuration_id: '$configuration' scaling_configuration_name: 'renamed'",
     "scaling_configuration_id: '404' scaling_configuration_name: 'renamed'",
     "SCALING_CONFIGURATION_NOT_FOUND"},
    {"DeleteScalingConfiguration", "scaling_configuration_ids: '$configuration'",
     "scaling_configuration_ids: '$used'", "SCALING_CONFIGURATION_IN_USE"},
    {"CreateScalingPolicy",
     "scaling_group_id: '$group' scaling_policy_name: 'new' adjustment_value: 2 cool_down: 60 "
     "adjustment_type: 'QuantityChangeInCapacity' metric { dimension_name: 'cpu_usage' "
     "comparison_operator: 'EqualOrGreater' threshold: 80 function: 'avg' }",
     "scaling_group_id: '404' scaling_policy_name: 'new' adjustment_value: 2 cool_down: 60 "
     "adjustment_type: 'QuantityChangeInCapacity' metric { dimension_name: 'cpu_usage' "
     "comparison_operator: 'EqualOrGreater' threshold: 80 function: 'avg' }",
     kGroupGone},
    {"ModifyScalingPolicy",
     "scaling_group_id: '$group' scaling_policy_id: '$policy' adjustment_value: 3",
     "scaling_group_id: '$idle' scaling_policy_id: '$policy' adjustment_value: 3",
     "SCALING_POLICY_NOT_FOUND"},
    {"DeleteScalingPolicy", "scaling_group_id: '$group' scaling_policy_id: '$policy'",
     "scaling_group_id: '$idle' scaling_policy_id: '$policy'", "SCALING_POLICY_NOT_FOUND"},
    {"CreateScheduledTask",
     "scaling_group_id: '$group' scaling_scheduled_task_name: 'new' readjust_max_size: 3 "
     "readjust_min_size: 0 readjust_expect_size: 1 start_time { seconds: 2000000000 }",
     "scaling_group_id: '404' scaling_scheduled_task_name: 'new' readjust_max_size: 3 "
     "readjust_min_size: 0 readjust_expect_size: 1 start_time { seconds: 2000000000 }",
     kGroupGone},
    {"ModifyScheduledTask", "scaling_scheduled_task_id: '$task' readjust_max_size: 4",
     "scaling_scheduled_task_id: '404' readjust_max_size: 4", "SCALING_SCHEDULED_TASK_NOT_FOUND"},
    {"DeleteScheduledTask", "scaling_group_id: '$group' scaling_scheduled_task_id: '$task'",
     "scaling_group_id: '$idle' scaling_scheduled_task_id: '$task'",
     "SCALING_SCHEDULED_TASK_NOT_FOUND"},
    {"CreateScalingNotification", "scaling_group_id: '$idle' notification_types: [1, 2]",
     "scaling_group_id: '404' notification_types: [1, 2]", kGroupGone},
    {"ModifyScalingNotification",
     "scaling_group_id: '$group' scaling_notification_id: '$notification' notification_types: 3",
     "scaling_group_id: '$idle' scaling_notification_id: '$notification' notification_types: 3",
     "SCALING_NOTIFICATION_NOT_FOUND"},
};

class WriteActions : public RpcTest, public ::testing::WithParamInterface<WriteAction> {
 protected:
  WriteActions() : group_(AddGroup()), idle_(AddGroup()), configuration_(AddConfiguration()) {
    AddMember(group_, "i-1");
    AddMember(AddGroup(), "i-taken");
    for (const char* id : {"i-free", "i-taken"}) AddInstance(id);
    v1::CreateScalingPolicyResponse policy;
    EXPECT_TRUE(policy.ParseFromString(Made("CreateScalingPolicy")));
    policy_ = policy.scaling_policy_id();
    v1::CreateScheduledTaskResponse task;
    EXPECT_TRUE(task.ParseFromString(Made("CreateScheduledTask")));
    task_ = task.return_set().scaling_schedule_task_id();
    v1::CreateScalingNotificationResponse notification;
    EXPECT_TRUE(notification.ParseFromString(
        Call("CreateScalingNotification",
             Serialized("CreateScalingNotification",
                        "scaling_group_id: '$group' notification_types: 1"))
            .answer));
    notification_ = notification.scaling_notification_id();
    commits_ = store_.commits();
  }

  // A request of the rpc, serialized.
  std::string Serialized(const std::string& rpc, const std::string& text) {
    const auto* input = AutoScalingApi().FindMethodByName(rpc)->input_type();
    const std::unique_ptr<google::protobuf::Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(input)->New());
    const std::string filled = absl::StrReplaceAll(
        text, {{"$configuration", std::to_string(configuration_.value())},
               {"$used", std::to_string(Group(group_).configuration_id.value())},
               {"$group", IdOf(group_)},
               {"$idle", IdOf(idle_)},
               {"$policy", policy_},
               {"$task", task_},
               {"$notification", notification_}});
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(filled, message.get())) << filled;
    return message->SerializeAsString();
  }
  std::string Made(const std::string& rpc) {
    for (const WriteAction& row : kWriteActions) {
      if (row.rpc == rpc) return Call(rpc, Serialized(rpc, row.good)).answer;
    }
    return "";
  }
  std::string Good() { return Serialized(GetParam().rpc, GetParam().good); }
  std::string Refused() { return Serialized(GetParam().rpc, GetParam().refused); }
  // Since the last call of this.
  int NewCommits() { return store_.commits() - std::exchange(commits_, store_.commits()); }

  const ports::GroupKey group_;  // has a member, a policy, a task and a notification
  const ports::GroupKey idle_;
  const domain::ConfigurationId configuration_;  // of no group
  std::string policy_;
  std::string task_;
  std::string notification_;
  int commits_ = 0;
};

TEST(WriteActionsTable, HasEveryActionThatWrites) {
  std::set<std::string> rows;
  for (const WriteAction& row : kWriteActions) rows.insert(row.rpc);
  const auto& api = *google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      "accordion.v1.AutoScalingService");
  for (int i = 0; i < api.method_count(); ++i) {
    const std::string& rpc = api.method(i)->name();
    const bool writes = api.method(i)->options().GetExtension(openapi::v1::action).writes();
    EXPECT_EQ(rows.contains(rpc), writes) << rpc << " and the rows above differ";
  }
}

TEST_P(WriteActions, ADryRunMakesEveryCheckAndWritesNothing) {
  EXPECT_EQ(Call(GetParam().rpc, Refused(), {.dry_run = true}).Outcome(), GetParam().refusal);
  EXPECT_EQ(Call(GetParam().rpc, Good(), {.dry_run = true}).Outcome(), "DRY_RUN_OPERATION");
  EXPECT_EQ(NewCommits(), 0);
  EXPECT_EQ(Call(GetParam().rpc, Good()).Outcome(), "OK");
  EXPECT_EQ(NewCommits(), 1);
}

TEST_P(WriteActions, ARepeatWithTheClientTokenHasNoSecondEffectAndTheSameAnswer) {
  const Envelope envelope{.client_token = "token"};
  const Called first = Call(GetParam().rpc, Good(), envelope);
  ASSERT_EQ(first.Outcome(), "OK");
  EXPECT_EQ(NewCommits(), 1);
  for (int i = 0; i < 3; ++i) {
    const Called repeat = Call(GetParam().rpc, Good(), envelope);
    EXPECT_EQ(repeat.Outcome(), "OK");
    EXPECT_EQ(repeat.answer, first.answer);
  }
  EXPECT_EQ(NewCommits(), 0);
}

TEST_P(WriteActions, AClientTokenOfOtherParametersOrAnotherActionIsRefused) {
  const Envelope envelope{.client_token = "token"};
  ASSERT_EQ(Call(GetParam().rpc, Good(), envelope).Outcome(), "OK");
  NewCommits();
  EXPECT_EQ(Call(GetParam().rpc, Refused(), envelope).Outcome(), "IDEMPOTENT_PARAMETER_MISMATCH");
  const std::string other = std::string(GetParam().rpc) == "EnableScalingGroup"
                                ? "DisableScalingGroup"
                                : "EnableScalingGroup";
  const Called elsewhere = Call(other, Serialized(other, "scaling_group_id: '$group'"), envelope);
  EXPECT_EQ(elsewhere.Outcome(), "IDEMPOTENT_PARAMETER_MISMATCH");
  EXPECT_EQ(elsewhere.detail.arguments(0), "token");
  EXPECT_EQ(NewCommits(), 0);
}

TEST_P(WriteActions, ARefusedRequestLeavesItsClientTokenFree) {
  const Envelope envelope{.client_token = "token"};
  const Called refused = Call(GetParam().rpc, Refused(), envelope);
  EXPECT_EQ(refused.Outcome(), GetParam().refusal);
  EXPECT_EQ(NewCommits(), 0);
  EXPECT_EQ(Call(GetParam().rpc, Good(), envelope).Outcome(), "OK");
  EXPECT_EQ(NewCommits(), 1);
}

TEST_P(WriteActions, ADryRunTellsWhatTheRequestWithItsClientTokenWould) {
  const Envelope dry{.client_token = "token", .dry_run = true};
  EXPECT_EQ(Call(GetParam().rpc, Good(), dry).Outcome(), "DRY_RUN_OPERATION");
  EXPECT_EQ(NewCommits(), 0);
  ASSERT_EQ(Call(GetParam().rpc, Good(), {.client_token = "token"}).Outcome(), "OK");
  NewCommits();
  EXPECT_EQ(Call(GetParam().rpc, Good(), dry).Outcome(), "DRY_RUN_OPERATION");
  EXPECT_EQ(Call(GetParam().rpc, Refused(), dry).Outcome(), "IDEMPOTENT_PARAMETER_MISMATCH");
  EXPECT_EQ(NewCommits(), 0);
}

INSTANTIATE_TEST_SUITE_P(Served, WriteActions, ::testing::ValuesIn(kWriteActions),
                         [](const auto& row) { return std::string(row.param.rpc); });

}  // namespace
}  // namespace accordion::service
