// A simulated cloud region: the model behind accordion-cloudsim.
//
// It is a pure state machine: time is an argument, randomness comes from a seed, and nothing here
// knows of threads, clocks or HTTP, so that the process (with real time) and a deterministic
// simulation (with its own) run the same model. Where the real cloud's behaviour is in doubt it
// takes the stricter reading (docs/cloudsim.md lists them).
//
// Calls of accounts take a `Call` and leave a record in the call log when they change something or
// try to. Failures are `CloudError`s. Every method first advances the region to `now`; time never
// goes back. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "tests/cloudsim/region/address_book.h"
#include "tests/cloudsim/region/call_log.h"
#include "tests/cloudsim/region/fault_plan.h"
#include "tests/cloudsim/region/id_source.h"
#include "tests/cloudsim/region/instance_fleet.h"
#include "tests/cloudsim/region/instance_query.h"
#include "tests/cloudsim/region/load_balancers.h"
#include "tests/cloudsim/region/load_model.h"
#include "tests/cloudsim/region/region_spec.h"
#include "tests/cloudsim/region/stock.h"
#include "tests/cloudsim/region/subnet_pool.h"

namespace accordion::cloudsim {

struct LaunchRequest {
  std::string image_id;
  std::string instance_type;
  int min_count = 1;
  int max_count = 1;
  std::string subnet_id;
  std::vector<std::string> security_group_ids;
  std::string charge_type;
  std::string name;  // empty: the cloud makes one up
  std::string host_name;
  int64_t project_id = 0;
  std::vector<Tag> tags;
  std::optional<AddressTerms> address;  // of an EIP that is bought with it
  std::vector<DataDisk> data_disks;     // without ids
  bool boots_at_once = false;           // the operator's spare instances
  BootFate fate = BootFate::kBoots;
};

struct TerminationResult {
  std::string instance_id;
  bool ok = false;
  std::string message;
};

struct RegisterRequest {
  std::string listener_id;
  std::string instance_id;
  std::string ip;
  int port = 0;
  int weight = 1;
};

// A real server as the API shows it.
struct RealServerView {
  RealServer server;
  bool healthy = false;
};

// One value that an agent pushes. `label` is instance_id or listener_id.
struct MetricSample {
  std::string metric;
  std::string label;
  std::string id;
  double value = 0;
};

class Region {
 public:
  // InvalidArgument when the spec contradicts itself (unknown VPC, zone, CIDR ...).
  static absl::StatusOr<Region> Create(RegionSpec spec, uint64_t seed);

  const RegionSpec& spec() const { return spec_; }
  // Null for an unknown key / id.
  const AccountSpec* FindAccountByKey(absl::string_view access_key) const;
  const AccountSpec* FindAccount(absl::string_view account_id) const;

  // Makes everything happen that time alone brings, up to `now`.
  void Advance(absl::Time now);
  // When that happens next; InfiniteFuture when nothing is under way.
  absl::Time NextEventAt() const { return fleet_.NextTransitionAt(); }

  // --- KEC ---
  // One to max_count instances, all or none below min_count. What ran short decides the refusal:
  // InstanceQuotaExceeded, InstanceSoldOut, SubnetAvailableIpNotEnough (all 409).
  absl::StatusOr<std::vector<Instance>> RunInstances(const Call& call, const LaunchRequest& request,
                                                     absl::Time now);
  absl::StatusOr<InstancePage> DescribeInstances(absl::string_view account_id,
                                                 const InstanceQuery& query, absl::Time now);
  // Judges each id on its own. Without `force` an instance goes to the recycle bin and keeps
  // existing.
  absl::StatusOr<std::vector<TerminationResult>> TerminateInstances(
      const Call& call, const std::vector<std::string>& ids, bool force, absl::Time now);

  // --- VPC, images, types ---
  const SubnetPool& subnets() const { return subnets_; }
  std::vector<const SecurityGroupSpec*> SecurityGroups(absl::string_view account_id) const;
  const Stock& stock() const { return stock_; }

  // --- SLB ---
  std::vector<const LoadBalancer*> ListLoadBalancers(absl::string_view account_id) const;
  std::vector<const Listener*> ListListeners(absl::string_view account_id) const;
  std::vector<RealServerView> RealServersOf(const Listener& listener, absl::Time now);
  // The instance must be active and in the load balancer's VPC. Not idempotent.
  absl::StatusOr<RealServerView> RegisterInstance(const Call& call, const RegisterRequest& request,
                                                  absl::Time now);
  // 404 RegisterIdNotFound when it is gone already.
  absl::Status DeregisterInstance(const Call& call, absl::string_view register_id, absl::Time now);

  // --- EIP ---
  const AddressBook& addresses() const { return addresses_; }
  // Failures are AddressBook's.
  absl::StatusOr<const Address*> AllocateAddress(const Call& call, AddressTerms terms,
                                                 absl::Time now);
  absl::Status AssociateAddress(const Call& call, absl::string_view allocation_id,
                                absl::string_view instance_id, absl::Time now);
  absl::Status DisassociateAddress(const Call& call, absl::string_view allocation_id,
                                   absl::Time now);
  absl::Status ReleaseAddress(const Call& call, absl::string_view allocation_id, absl::Time now);

  // Data disks that have outlived their instances, oldest first.
  const std::vector<DataDisk>& surviving_disks() const { return surviving_disks_; }

  // --- what agents measure ---
  // Of the account's active instances and its listeners.
  std::vector<MetricSample> Measure(absl::string_view account_id, absl::Time now);
  // Requests per second that reach each instance now, over all its registrations that are healthy;
  // an instance that isn't in the map gets none.
  std::map<std::string, double> RpsByInstance(absl::Time now);

  // The same without noise, of an instance that `rps` reach.
  InstanceUsage UsageOf(const Instance& instance, double rps) const;

  // --- the operator's hand ---
  // An instance that dies without anybody's Terminate. 404 when unknown.
  absl::Status Kill(const Call& call, absl::string_view instance_id, absl::Time now);
  // `state` is active, stopped or error.
  absl::Status ForceState(const Call& call, absl::string_view instance_id, InstanceState state,
                          absl::Time now);
  absl::Status SetStock(absl::string_view type, absl::string_view zone, int count);
  absl::Status SetLoad(absl::string_view listener_id, LoadCurve curve);
  double OfferedRps(absl::string_view listener_id, absl::Time now) const {
    return load_.OfferedRps(listener_id, now);
  }

  const InstanceFleet& fleet() const { return fleet_; }
  const LoadBalancers& load_balancers() const { return load_balancers_; }
  FaultPlan& faults() { return faults_; }
  CallLog& call_log() { return call_log_; }
  const CallLog& call_log() const { return call_log_; }

 private:
  Region(RegionSpec spec, uint64_t seed);

  absl::Status AddResources();
  const InstanceTypeSpec* FindType(absl::string_view name) const;
  const VpcSpec* FindVpc(absl::string_view id) const;
  // The checks that need no stock: everything that the request names exists and fits together.
  absl::Status CheckLaunch(absl::string_view account_id, const LaunchRequest& request) const;
  // How many of max_count can be had; an error when fewer than min_count.
  absl::StatusOr<int> CountToLaunch(absl::string_view account_id, const LaunchRequest& request,
                                    const Subnet& subnet) const;
  // Takes an address, and an EIP if asked for. There is an address.
  Instance MakeInstance(absl::string_view account_id, const LaunchRequest& request,
                        const Subnet& subnet, std::string name, absl::Time now);
  absl::StatusOr<std::vector<Instance>> Launch(absl::string_view account_id,
                                               const LaunchRequest& request, absl::Time now);
  // Logs what came of a call on an address, and returns it.
  absl::Status LogAddress(const Call& call, absl::string_view allocation_id,
                          absl::string_view instance_id, const absl::Status& status,
                          absl::Time now);
  // Gives back what a gone instance held; its address and some disks stay.
  void Settle(const Instance& gone);
  const Instance* FindOwn(absl::string_view account_id, absl::string_view instance_id) const;
  TerminationResult TerminateOne(absl::string_view account_id, absl::string_view id, bool force,
                                 absl::Time now);
  absl::StatusOr<RealServerView> Register(absl::string_view account_id,
                                          const RegisterRequest& request, absl::Time now);
  RealServerView ViewOf(const RealServer& server, absl::Time now) const;
  int HealthyWeight(const Listener& listener, absl::Time now) const;
  void MeasureListener(const Listener& listener, absl::Time now, std::vector<MetricSample>& out);

  RegionSpec spec_;
  IdSource ids_;
  base::SeededRng boot_rng_;
  SubnetPool subnets_;
  Stock stock_;
  InstanceFleet fleet_;
  LoadBalancers load_balancers_;
  LoadModel load_;
  FaultPlan faults_;
  CallLog call_log_;
  AddressBook addresses_;
  std::vector<DataDisk> surviving_disks_;
};

// The call's view of an instance, for the log.
CallEffect EffectOf(const Instance& instance);

}  // namespace accordion::cloudsim
