// The simulated cloud, with a look of the stage after each call.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/stage.h"

namespace accordion::sim {

class WatchedCloud final : public ports::ComputeCloud,
                           public ports::LoadBalancerCloud,
                           public ports::AddressCloud,
                           public ports::CloudInventory {
 public:
  explicit WatchedCloud(Stage& stage) : stage_(stage) {}

  activity::Event Launch(const domain::AccountId& account, const ports::LaunchCall& call) override {
    return After(stage_.cloud.Launch(account, call));
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) override {
    return After(stage_.cloud.FindByMarker(account, project_id, launch_name, marker));
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) override {
    return After(stage_.cloud.ReadInstances(account, project_id, ids));
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) override {
    auto list = After(stage_.cloud.ListInstances(account, projects));
    if (list.ok()) stage_.truth.TakeIn(account.value(), *list, stage_.time.Now());
    return list;
  }
  absl::Status Terminate(const domain::AccountId& account, const domain::InstanceId& id) override {
    return After(stage_.cloud.Terminate(account, id));
  }

  absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                       const activity::Register& call) override {
    return After(stage_.cloud.Register(account, call));
  }
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId& account,
                                                      const domain::ListenerId& listener) override {
    return After(stage_.cloud.List(account, listener));
  }
  absl::Status Deregister(const domain::AccountId& account,
                          absl::string_view register_id) override {
    return After(stage_.cloud.Deregister(account, register_id));
  }

  absl::StatusOr<std::vector<activity::ObservedAddress>> AddressesOf(
      const domain::AccountId& account, const activity::ListAddresses& look) override {
    return After(stage_.cloud.AddressesOf(account, look));
  }
  absl::StatusOr<std::optional<activity::ObservedAddress>> ReadAddress(
      const domain::AccountId& account, const activity::ReadAddress& read) override {
    return After(stage_.cloud.ReadAddress(account, read));
  }
  absl::Status ReleaseAddress(const domain::AccountId& account,
                              absl::string_view allocation_id) override {
    return After(stage_.cloud.ReleaseAddress(account, allocation_id));
  }

  absl::StatusOr<std::vector<ports::SubnetInfo>> Subnets(
      const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) override {
    return After(stage_.cloud.Subnets(account, ids));
  }
  absl::StatusOr<std::string> SecurityGroupVpc(const domain::AccountId& account,
                                               absl::string_view id) override {
    return After(stage_.cloud.SecurityGroupVpc(account, id));
  }
  absl::StatusOr<ports::ListenerInfo> Listener(const domain::AccountId& account,
                                               const domain::ListenerId& id) override {
    return After(stage_.cloud.Listener(account, id));
  }
  absl::Status Image(const domain::AccountId& account, absl::string_view id) override {
    return After(stage_.cloud.Image(account, id));
  }
  absl::StatusOr<ports::InstanceTypeInfo> InstanceType(const domain::AccountId& account,
                                                       absl::string_view name) override {
    return After(stage_.cloud.InstanceType(account, name));
  }
  absl::StatusOr<std::vector<ports::InstanceInfo>> Instances(
      const domain::AccountId& account, const std::vector<int64_t>& projects,
      const std::vector<domain::InstanceId>& ids) override {
    return After(stage_.cloud.Instances(account, projects, ids));
  }

 private:
  template <typename Result>
  Result After(Result result) {
    stage_.AfterCall();
    return result;
  }

  Stage& stage_;
};

}  // namespace accordion::sim
