// One engine's view of the cloud: a dead engine reaches it no more.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/ports/address_cloud.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/load_balancer_cloud.h"
#include "tests/support/lifeline.h"

namespace accordion::testing {

// A decorator. An engine that dies after a call never learns its outcome.
template <typename Inner>  // all of the ports
class LifelineCloud final : public ports::ComputeCloud,
                            public ports::LoadBalancerCloud,
                            public ports::AddressCloud {
 public:
  LifelineCloud(Inner& inner, Lifeline& lifeline) : inner_(inner), lifeline_(lifeline) {}

  activity::Event Launch(const domain::AccountId& account, const ports::LaunchCall& call) override {
    return Guard<activity::Event>("RunInstances", activity::LaunchUnknown{"dead"},
                                  [&] { return inner_.Launch(account, call); });
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) override {
    return Guard<absl::StatusOr<std::vector<activity::ObservedInstance>>>(
        "FindByMarker", Dead(),
        [&] { return inner_.FindByMarker(account, project_id, launch_name, marker); });
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) override {
    return Guard<absl::StatusOr<std::vector<activity::ObservedInstance>>>(
        "ReadInstances", Dead(), [&] { return inner_.ReadInstances(account, project_id, ids); });
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) override {
    return Guard<absl::StatusOr<std::vector<activity::ObservedInstance>>>(
        "ListInstances", Dead(), [&] { return inner_.ListInstances(account, projects); });
  }
  absl::Status Terminate(const domain::AccountId& account, const domain::InstanceId& id) override {
    return Guard<absl::Status>("TerminateInstances", Dead(),
                               [&] { return inner_.Terminate(account, id); });
  }

  absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                       const activity::Register& call) override {
    return Guard<absl::StatusOr<std::string>>("Register", Dead(),
                                              [&] { return inner_.Register(account, call); });
  }
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId& account,
                                                      const domain::ListenerId& listener) override {
    return Guard<absl::StatusOr<std::vector<ports::RealServer>>>(
        "List", Dead(), [&] { return inner_.List(account, listener); });
  }
  absl::Status Deregister(const domain::AccountId& account,
                          absl::string_view register_id) override {
    return Guard<absl::Status>("Deregister", Dead(),
                               [&] { return inner_.Deregister(account, register_id); });
  }

  absl::StatusOr<std::vector<activity::ObservedAddress>> AddressesOf(
      const domain::AccountId& account, const activity::ListAddresses& look) override {
    return Guard<absl::StatusOr<std::vector<activity::ObservedAddress>>>(
        "AddressesOf", Dead(), [&] { return inner_.AddressesOf(account, look); });
  }
  absl::StatusOr<std::optional<activity::ObservedAddress>> ReadAddress(
      const domain::AccountId& account, const activity::ReadAddress& read) override {
    return Guard<absl::StatusOr<std::optional<activity::ObservedAddress>>>(
        "ReadAddress", Dead(), [&] { return inner_.ReadAddress(account, read); });
  }
  absl::Status ReleaseAddress(const domain::AccountId& account,
                              absl::string_view allocation_id) override {
    return Guard<absl::Status>("ReleaseAddress", Dead(),
                               [&] { return inner_.ReleaseAddress(account, allocation_id); });
  }

 private:
  static absl::Status Dead() { return absl::UnavailableError("dead"); }

  template <typename Result, typename Call>
  Result Guard(absl::string_view name, Result dead, Call call) {
    if (!lifeline_.Pass(absl::StrCat("before ", name))) return dead;
    Result result = call();
    if (!lifeline_.Pass(absl::StrCat("after ", name))) return dead;
    return result;
  }

  Inner& inner_;
  Lifeline& lifeline_;
};

}  // namespace accordion::testing
