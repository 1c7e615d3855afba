#include "tests/sim/tenant.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace accordion::sim {
namespace {

constexpr int kMaxTries = 6;
constexpr absl::Duration kLongestRest = absl::Minutes(3);

std::string TimeText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

}  // namespace

Tenant::Tenant(Stage& stage, Fleet& fleet, int number, int groups)
    : stage_(stage), fleet_(fleet), number_(number), account_(absl::StrCat(2000000000 + number)) {
  stage_.In(absl::Seconds(1), [this, groups] {
    Begin();
    for (int i = 0; i < groups; ++i) CreateGroup();
    stage_.In(absl::Minutes(1), [this] { Act(); });
  });
}

ApiAnswer Tenant::Send(const std::string& action, Parameters parameters) {
  ApiRequest request{.account = account_,
                     .action = action,
                     .parameters = std::move(parameters),
                     .client_token = absl::StrCat("token-", number_, "-", ++requests_),
                     .request_id = absl::StrCat("request-", number_, "-", requests_)};
  ApiAnswer answer;
  for (int attempt = 0; attempt < kMaxTries && stage_.ok(); ++attempt) {
    answer = fleet_.Call(request);
    stage_.trace.Note(stage_.time.Now(), "api", [&] {
      std::string words = absl::StrCat(number_, " ", action);
      for (const auto& [name, value] : request.parameters)
        absl::StrAppend(&words, " ", name, "=", value);
      return absl::StrCat(words, " -> ", answer.http, " ", answer.reason);
    });
    if (answer.http < 500) break;
    if (stage_.CanWait()) stage_.Meanwhile(absl::Seconds(Draw(1, 20)));
  }
  return answer;
}

void Tenant::Begin() {
  for (int i = 0; i < 2; ++i) {
    Parameters parameters = {{"ScalingConfigurationName", absl::StrCat("configuration-", i)},
                             {"ImageId", "image-1"},
                             {"ChargeType", "HourlyInstantSettlement"},
                             {"InstanceType.1", "N3.1A"}};
    if (i > 0) parameters.emplace_back("InstanceType.2", "N3.2B");
    const ApiAnswer answer = Send("CreateScalingConfiguration", std::move(parameters));
    if (answer.ok()) configurations_.push_back(answer.Text("scaling_configuration_id"));
  }
}

void Tenant::AddListeners(Parameters& parameters, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string slb = absl::StrCat("Slb.", i + 1, ".");
    parameters.emplace_back(slb + "Id", absl::StrCat("slb-", number_));
    parameters.emplace_back(slb + "ListenerId",
                            absl::StrCat("listener-", number_, "-", (Draw(0, 2) + i) % 3));
    parameters.emplace_back(slb + "ServerPort.1", absl::StrCat(8000 + Draw(0, 3)));
    if (Draw(0, 2) == 0) parameters.emplace_back(slb + "HealthCheckType", "slb");
  }
}

void Tenant::CreateGroup() {
  if (configurations_.empty()) return;
  OwnGroup group;
  group.max_size = static_cast<int>(Draw(1, 8));
  group.min_size = static_cast<int>(Draw(0, group.max_size / 2));
  group.desired = static_cast<int>(Draw(group.min_size, group.max_size));
  Parameters parameters = {
      {"ScalingGroupName", absl::StrCat("group-", groups_.size())},
      {"ScalingConfigurationId", configurations_[static_cast<size_t>(
                                     Draw(0, static_cast<int64_t>(configurations_.size()) - 1))]},
      {"MinSize", absl::StrCat(group.min_size)},
      {"MaxSize", absl::StrCat(group.max_size)},
      {"DesiredCapacity", absl::StrCat(group.desired)},
      {"RemovePolicy", Draw(0, 1) == 0 ? "RemoveOldestInstance" : "RemoveNewestInstance"},
      {"SubnetStrategy", Draw(0, 2) == 0 ? "choice-first" : "balanced-distribution"},
      {"SecurityGroupId.1", absl::StrCat("security-", number_)}};
  const int64_t subnets = Draw(1, 3);
  for (int64_t i = 0; i < subnets; ++i) {
    parameters.emplace_back(absl::StrCat("SubnetId.", i + 1),
                            absl::StrCat("subnet-", number_, "-", i));
  }
  AddListeners(parameters, static_cast<int>(Draw(0, 2)));
  const ApiAnswer answer = Send("CreateScalingGroup", std::move(parameters));
  if (!answer.ok()) return;
  group.id = answer.Text("return_set.scaling_group_id");
  groups_.push_back(std::move(group));
}

void Tenant::Act() {
  if (rests_) return;
  stage_.In(kLongestRest * base::UniformUnit(stage_.rng), [this] { Act(); });
  if (groups_.empty()) return CreateGroup();
  const auto index = static_cast<size_t>(Draw(0, static_cast<int64_t>(groups_.size()) - 1));
  // By value: while the tenant waits for an answer it may act elsewhere.
  OwnGroup group = groups_[index];
  switch (Draw(0, 19)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
    case 5:
      return ModifyGroup(group);
    case 6:
      return SwitchGroup(group);
    case 7:
      return DeleteGroup(index);
    case 8:
      return CreateGroup();
    case 9:
    case 10:
    case 11:
      return CreatePolicy(group);
    case 12:
      return CreateTask(group);
    case 13:
      return Subscribe(group);
    case 14:
    case 15:
      return Protect(group);
    case 16:
      return Attach(group);
    case 17:
    case 18:
      return Detach(group);
    default:
      return ChangeLoadBalancers(group);
  }
}

void Tenant::ModifyGroup(OwnGroup& group) {
  Parameters parameters = {{"ScalingGroupId", group.id}};
  // Now and then out of bounds.
  const int64_t max_size = Draw(1, 8);
  const int64_t min_size = Draw(0, max_size / 2);
  if (Draw(0, 2) > 0) {
    parameters.emplace_back("MaxSize", absl::StrCat(max_size));
    parameters.emplace_back("MinSize", absl::StrCat(min_size));
  }
  if (Draw(0, 3) > 0) {
    parameters.emplace_back("DesiredCapacity",
                            absl::StrCat(Draw(0, 5) == 0 ? Draw(0, 60) : Draw(min_size, max_size)));
  }
  (void)Send("ModifyScalingGroup", std::move(parameters));
}

void Tenant::SwitchGroup(OwnGroup& group) {
  (void)Send("DisableScalingGroup", {{"ScalingGroupId", group.id}});
  const absl::Duration rest = absl::Minutes(10) * base::UniformUnit(stage_.rng);
  stage_.In(rest, [this, id = group.id] {
    (void)Send("EnableScalingGroup", {{"ScalingGroupId", id}});
  });
}

void Tenant::DeleteGroup(size_t index) {
  const std::string id = groups_[index].id;
  const ApiAnswer emptied = Send(
      "ModifyScalingGroup", {{"ScalingGroupId", id}, {"MinSize", "0"}, {"DesiredCapacity", "0"}});
  if (!emptied.ok()) return;
  const ApiAnswer answer = Send("DeleteScalingGroup", {{"ScalingGroupId", id}});
  if (answer.ok() || answer.http == 404) {
    std::erase_if(groups_, [&](const OwnGroup& group) { return group.id == id; });
  }
}

void Tenant::CreatePolicy(OwnGroup& group) {
  const bool raises = Draw(0, 1) == 0;
  (void)Send(
      "CreateScalingPolicy",
      {{"ScalingGroupId", group.id},
       {"ScalingPolicyName", absl::StrCat("policy-", Draw(0, 99))},
       {"Metric",
        absl::StrFormat(
            R"({"dimensionName":"cpu_usage","comparisonOperator":"%s","threshold":%d,"repeatTimes":%d,"period":60,"function":"avg"})",
            raises ? "Greater" : "Less", raises ? 70 : 30, Draw(1, 3))},
       {"AdjustmentType", "QuantityChangeInCapacity"},
       {"AdjustmentValue", absl::StrCat(raises ? Draw(1, 2) : -Draw(1, 2))},
       {"CoolDown", absl::StrCat(60 * Draw(1, 10))}});
}

void Tenant::CreateTask(OwnGroup& group) {
  const absl::Time start = stage_.time.Now() + absl::Minutes(Draw(1, 60));
  const int64_t max_size = Draw(1, 8);
  const int64_t expect = Draw(0, max_size);
  (void)Send("CreateScheduledTask",
             {{"ScalingGroupId", group.id},
              {"ScalingScheduledTaskName", absl::StrCat("task-", Draw(0, 99))},
              {"ReadjustMaxSize", absl::StrCat(max_size)},
              {"ReadjustMinSize", absl::StrCat(Draw(0, expect))},
              {"ReadjustExpectSize", absl::StrCat(expect)},
              {"StartTime", TimeText(start)}});
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
