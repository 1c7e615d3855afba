#include "tests/sim/tenant.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

constexpr int kMaxTries = 6;
constexpr absl::Duration kLongestRest = absl::Minutes(3);

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
    stage_.requests.Answered(request, answer, attempt + 1, stage_.time.Now());
    if (answer.http < 500) break;
    if (stage_.CanWait()) stage_.Meanwhile(absl::Seconds(Draw(1, 20)));
  }
  if (answer.ok() && stage_.faults.Strikes(Fault::kRepeatedRequest)) {
    stage_.In(absl::Minutes(10) * base::UniformUnit(stage_.rng),
              [this, request] { Repeat(request); });
  }
  return answer;
}

// As a client does that lost the answer.
void Tenant::Repeat(const ApiRequest& request) {
  stage_.requests.Answered(request, fleet_.Call(request), kMaxTries, stage_.time.Now());
}

void Tenant::Account() {
  for (const OwnGroup& group : groups_) stage_.requests.Keeps(group.id, stage_.time.Now());
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
      return Draw(0, 1) == 0 ? CreateGroup() : Trespass();
    case 9:
    case 10:
      return CreatePolicy(group);
    case 11:
      return EditPolicy(group);
    case 12:
      return Draw(0, 2) == 0 ? EditTask(group) : CreateTask(group);
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

// At another account's group, which must seem not to be there.
void Tenant::Trespass() {
  for (const auto& [id, group] : stage_.truth.groups()) {
    if (!group.row.has_value() || group.account == account_.value()) continue;
    const ApiAnswer answer = Send("ModifyScalingGroup",
                                  {{"ScalingGroupId", absl::StrCat(id)}, {"DesiredCapacity", "0"}});
    stage_.verdict.Expect(23, true, answer.http == 404 || answer.http >= 500, stage_.time.Now(),
                          [&] { return absl::StrCat("a foreign group answered ", answer.http); });
    return;
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

}  // namespace accordion::sim
