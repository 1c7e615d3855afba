// The engine's cloud ports over cloudsim's pure region, in process and in the caller's time:
// no HTTP, no threads. The adapters of engine/cloud against accordion-cloudsim pass the same
// scripts (tests/engine/cloud/cloud_contract.h).
//
// Faults are the region's own plan (tests/cloudsim/region/fault_plan.h), read as the HTTP skin
// reads them: an error of 400, 403, 404 or 409 is a refusal, everything else says nothing of the
// outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/clock.h"
#include "engine/ports/address_cloud.h"
#include "engine/ports/cloud_inventory.h"
#include "engine/ports/compute_cloud.h"
#include "engine/ports/load_balancer_cloud.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::testing {

struct SimulatedCloudOptions {
  absl::Duration signature_window = absl::Minutes(15);
};

// Not thread-safe. The clock is the region's time and must outlive it.
class SimulatedCloud final : public ports::ComputeCloud,
                             public ports::LoadBalancerCloud,
                             public ports::AddressCloud,
                             public ports::CloudInventory {
 public:
  // `spec` must be consistent.
  SimulatedCloud(cloudsim::RegionSpec spec, uint64_t seed, const base::Clock& clock,
                 SimulatedCloudOptions options = {});

  // The region, brought up to now.
  cloudsim::Region& region();
  // Nobody listens at the cloud's address while it is unreachable: zero bytes are sent.
  void SetUnreachable(bool unreachable) { unreachable_ = unreachable; }
  // Asked for each call that no rule of the region's plan hits.
  using FaultSource = std::function<std::optional<cloudsim::FaultRule>(absl::string_view action,
                                                                       absl::string_view account)>;
  void SetFaultSource(FaultSource source) { source_ = std::move(source); }
  // Whether a read does not show the instance, although it exists: read lag, skipped rows.
  // `by_id`: it was asked for by its id.
  using Blindness = std::function<bool(const cloudsim::Instance& instance, bool by_id)>;
  void SetBlindness(Blindness blind) { blind_ = std::move(blind); }
  // When the next of the calls that were sent and have not arrived arrives.
  absl::Time NextArrival() const {
    return late_.empty() ? absl::InfiniteFuture() : late_.begin()->first;
  }

  activity::Event Launch(const domain::AccountId& account, const ports::LaunchCall& call) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const domain::AccountId& account, int64_t project_id, absl::string_view launch_name,
      const domain::IntentId& marker) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const domain::AccountId& account, int64_t project_id,
      absl::Span<const domain::InstanceId> ids) override;
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const domain::AccountId& account, absl::Span<const int64_t> projects) override;
  absl::Status Terminate(const domain::AccountId& account, const domain::InstanceId& id) override;

  absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                       const activity::Register& call) override;
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId& account,
                                                      const domain::ListenerId& listener) override;
  absl::Status Deregister(const domain::AccountId& account, absl::string_view register_id) override;

  absl::StatusOr<std::vector<activity::ObservedAddress>> AddressesOf(
      const domain::AccountId& account, const activity::ListAddresses& look) override;
  absl::StatusOr<std::optional<activity::ObservedAddress>> ReadAddress(
      const domain::AccountId& account, const activity::ReadAddress& read) override;
  absl::Status ReleaseAddress(const domain::AccountId& account,
                              absl::string_view allocation_id) override;

  absl::StatusOr<std::vector<ports::SubnetInfo>> Subnets(
      const domain::AccountId& account, const std::vector<domain::SubnetId>& ids) override;
  absl::StatusOr<std::string> SecurityGroupVpc(const domain::AccountId& account,
                                               absl::string_view id) override;
  absl::StatusOr<ports::ListenerInfo> Listener(const domain::AccountId& account,
                                               const domain::ListenerId& id) override;
  absl::Status Image(const domain::AccountId& account, absl::string_view id) override;
  absl::StatusOr<ports::InstanceTypeInfo> InstanceType(const domain::AccountId& account,
                                                       absl::string_view name) override;
  absl::StatusOr<std::vector<ports::InstanceInfo>> Instances(
      const domain::AccountId& account, const std::vector<int64_t>& projects,
      const std::vector<domain::InstanceId>& ids) override;

 private:
  // What a caller gets to know of one call.
  struct Reply {
    enum class Kind { kSucceeded, kRefused, kNotSent, kUnknown };
    Kind kind = Kind::kSucceeded;
    activity::FailureClass failure = activity::FailureClass::kNone;
    std::string words;
    bool not_found = false;

    absl::Status ToStatus() const;
  };
  using Execute = std::function<absl::Status(const cloudsim::Call& call, cloudsim::BootFate fate)>;

  // Runs one call as the fault plan says. Where it `changes` the region, `execute` may also run
  // later than this returns; a delayed read is never executed.
  Reply Call(const domain::AccountId& account, absl::string_view service, absl::string_view action,
             absl::Time signed_at, bool changes, const Execute& execute,
             absl::string_view digest = "");
  absl::Status ExecuteIfFresh(const cloudsim::Call& call, absl::Time signed_at,
                              cloudsim::BootFate fate, const Execute& execute);
  static Reply ReplyTo(const absl::Status& status);
  // Executes the delayed calls that have arrived by now.
  void ExecuteLate();
  absl::StatusOr<std::vector<activity::ObservedInstance>> Describe(const domain::AccountId& account,
                                                                   cloudsim::InstanceQuery query);
  // Runs a read; kNotFound if the cloud said so.
  absl::Status Read(const domain::AccountId& account, absl::string_view service,
                    absl::string_view action, std::function<absl::Status()> read);

  const base::Clock& clock_;
  const SimulatedCloudOptions options_;
  cloudsim::Region region_;
  bool unreachable_ = false;
  FaultSource source_;
  Blindness blind_;
  uint64_t last_request_ = 0;
  std::multimap<absl::Time, std::function<void()>> late_;  // by arrival
};

}  // namespace accordion::testing
