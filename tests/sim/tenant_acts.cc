// What a tenant does with one of its groups: policies, tasks, members, load balancers.
#include <algorithm>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/sim/tenant.h"

namespace accordion::sim {
namespace {

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

// The average of cpu over minutes.
std::string Metric(bool raises, int64_t repeat_times) {
  return absl::StrFormat(R"({"dimensionName":"cpu_usage","comparisonOperator":"%s","threshold":%d,)"
                         R"("repeatTimes":%d,"period":60,"function":"avg"})",
                         raises ? "Greater" : "Less", raises ? 70 : 30, repeat_times);
}

}  // namespace

OwnGroup* Tenant::Known(const std::string& id) {
  const auto found = std::find_if(groups_.begin(), groups_.end(),
                                  [&](const OwnGroup& group) { return group.id == id; });
  return found == groups_.end() ? nullptr : &*found;
}

void Tenant::CreatePolicy(OwnGroup& group) {
  const bool raises = Draw(0, 1) == 0;
  const int64_t change = Draw(1, 2);
  const ApiAnswer answer =
      Send("CreateScalingPolicy", {{"ScalingGroupId", group.id},
                                   {"ScalingPolicyName", absl::StrCat("policy-", Draw(0, 99))},
                                   {"Metric", Metric(raises, Draw(1, 3))},
                                   {"AdjustmentType", "QuantityChangeInCapacity"},
                                   {"AdjustmentValue", absl::StrCat(raises ? change : -change)},
                                   {"CoolDown", absl::StrCat(60 * Draw(1, 10))}});
  OwnGroup* known = Known(group.id);
  if (answer.ok() && known != nullptr) known->policies.push_back(answer.Text("scaling_policy_id"));
}

void Tenant::EditPolicy(OwnGroup& group) {
  if (group.policies.empty()) return CreatePolicy(group);
  const std::string id = group.policies.back();
  if (Draw(0, 1) == 0) {
    (void)Send("ModifyScalingPolicy", {{"ScalingGroupId", group.id},
                                       {"ScalingPolicyId", id},
                                       {"CoolDown", absl::StrCat(60 * Draw(1, 10))}});
    return;
  }
  const ApiAnswer answer =
      Send("DeleteScalingPolicy", {{"ScalingGroupId", group.id}, {"ScalingPolicyId", id}});
  OwnGroup* known = Known(group.id);
  if (answer.ok() && known != nullptr) std::erase(known->policies, id);
}

void Tenant::CreateTask(OwnGroup& group) {
  const absl::Time start = stage_.time.Now() + absl::Minutes(Draw(1, 60));
  const int64_t max_size = Draw(1, 8);
  const int64_t expect = Draw(0, max_size);
  Parameters parameters = {{"ScalingGroupId", group.id},
                           {"ScalingScheduledTaskName", absl::StrCat("task-", Draw(0, 99))},
                           {"ReadjustMaxSize", absl::StrCat(max_size)},
                           {"ReadjustMinSize", absl::StrCat(Draw(0, expect))},
                           {"ReadjustExpectSize", absl::StrCat(expect)},
                           {"StartTime", TimeText(start)}};
  if (Draw(0, 2) == 0) {
    // Twice an hour.
    parameters.emplace_back("EndTime", TimeText(start + absl::Hours(Draw(1, 48))));
    parameters.emplace_back("Recurrence",
                            absl::StrCat(Draw(0, 29), ",", Draw(30, 59), " 0-23 * * *"));
  }
  const ApiAnswer answer = Send("CreateScheduledTask", std::move(parameters));
  OwnGroup* known = Known(group.id);
  if (answer.ok() && known != nullptr) {
    known->tasks.push_back(answer.Text("return_set.scaling_schedule_task_id"));
  }
}

void Tenant::EditTask(OwnGroup& group) {
  if (group.tasks.empty()) return CreateTask(group);
  const std::string id = group.tasks.back();
  if (Draw(0, 1) == 0) {
    const absl::Time start = stage_.time.Now() + absl::Minutes(Draw(1, 60));
    (void)Send("ModifyScheduledTask",
               {{"ScalingScheduledTaskId", id}, {"StartTime", TimeText(start)}});
    return;
  }
  const ApiAnswer answer =
      Send("DeleteScheduledTask", {{"ScalingGroupId", group.id}, {"ScalingScheduledTaskId", id}});
  OwnGroup* known = Known(group.id);
  if (answer.ok() && known != nullptr) std::erase(known->tasks, id);
}

void Tenant::Subscribe(OwnGroup& group) {
  (void)Send("CreateScalingNotification", {{"ScalingGroupId", group.id},
                                           {"NotificationType.1", absl::StrCat(Draw(1, 6))},
                                           {"NotificationType.2", "1"}});
}

std::string Tenant::SomeMember(const OwnGroup& group) {
  int64_t id = 0;
  if (!absl::SimpleAtoi(group.id, &id)) return "";
  const auto& members = stage_.truth.Group(id).members;
  if (members.empty()) return "";
  auto member = members.begin();
  std::advance(member, Draw(0, static_cast<int64_t>(members.size()) - 1));
  return member->first;
}

void Tenant::Protect(OwnGroup& group) {
  const std::string member = SomeMember(group);
  if (member.empty()) return;
  (void)Send("SetKvmProtectedDetach", {{"ScalingGroupId", group.id},
                                       {"ScalingInstanceId.1", member},
                                       {"ProtectedFromDetach", absl::StrCat(Draw(0, 1))}});
}

void Tenant::Attach(OwnGroup& group) {
  // A free instance of the account: one that was let go.
  for (const auto& [id, instance] : stage_.truth.instances()) {
    if (!instance.lives || !instance.let_go || instance.account != account_.value()) continue;
    (void)Send("AttachInstance", {{"ScalingGroupId", group.id}, {"ScalingInstanceId.1", id}});
    return;
  }
}

void Tenant::Detach(OwnGroup& group) {
  const std::string member = SomeMember(group);
  if (member.empty()) return;
  (void)Send("DetachInstance", {{"ScalingGroupId", group.id}, {"ScalingInstanceId.1", member}});
}

void Tenant::ChangeLoadBalancers(OwnGroup& group) {
  Parameters parameters = {{"ScalingGroupId", group.id}};
  AddListeners(parameters, static_cast<int>(Draw(0, 2)));
  (void)Send("ModifyScalingLoadBalancers", std::move(parameters));
}

}  // namespace accordion::sim
