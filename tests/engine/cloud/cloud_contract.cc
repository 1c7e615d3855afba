#include "tests/engine/cloud/cloud_contract.h"

#include <algorithm>
#include <variant>

#include "absl/strings/str_cat.h"
#include "tests/cloudsim/region/default_region.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {

using activity::FailureClass;
using activity::LaunchAccepted;
using activity::LaunchNotSent;
using activity::LaunchRejected;
using activity::LaunchUnknown;
using activity::ObservedInstance;
using cloudsim::FaultMode;
using testing::StatusIs;

CloudContract::CloudContract() { Rebuild(cloudsim::DefaultRegion()); }

void CloudContract::Rebuild(cloudsim::RegionSpec spec) {
  spec_ = std::move(spec);
  account_ = domain::AccountId(spec_.accounts[0].id);
  configuration_.image_id = spec_.images[0].id;
  configuration_.instance_types = {"N3.1A"};
  configuration_.tags = {{.key = "role", .value = "网"}};
  backend_ = GetParam().make(spec_);
}

ports::LaunchCall CloudContract::Call(const std::string& marker) const {
  ports::LaunchCall call{
      .marker = domain::IntentId(marker),
      .group_id = domain::GroupId(77),
      .pair = {.subnet_id = domain::SubnetId(spec_.subnets[0].id), .instance_type = "N3.1A"},
      .security_group_ids = {spec_.security_groups[0].id},
      .configuration = &configuration_,
      .name = "",
      .signed_at = backend_->clock.Now()};
  call.name = ports::LaunchName(configuration_, call.group_id, call.marker, call.signed_at,
                                absl::UTCTimeZone());
  return call;
}

activity::Event CloudContract::Launch(const ports::LaunchCall& call) {
  return backend_->compute().Launch(account_, call);
}

domain::InstanceId CloudContract::RunActive(const std::string& marker) {
  const activity::Event event = Launch(Call(marker));
  const auto* accepted = std::get_if<LaunchAccepted>(&event);
  EXPECT_NE(accepted, nullptr) << activity::EventName(event);
  backend_->clock.Advance(spec_.boot_max);
  return accepted == nullptr ? domain::InstanceId() : accepted->instance_id;
}

std::vector<ObservedInstance> CloudContract::Find(const ports::LaunchCall& call) {
  const auto found =
      backend_->compute().FindByMarker(account_, configuration_.project_id, call.name, call.marker);
  EXPECT_OK(found);
  return found.ok() ? *found : std::vector<ObservedInstance>();
}

activity::Register CloudContract::RegisterCall(const domain::InstanceId& id, int port) {
  const auto read = backend_->compute().ReadInstances(account_, 0, {id});
  EXPECT_TRUE(read.ok() && read->size() == 1);
  return {.instance_id = id,
          .listener_id = domain::ListenerId(spec_.load_balancers[0].listeners[0].id),
          .port = port,
          .weight = 30,
          .private_ip = read->front().private_ip,
          .network_interface_id = read->front().network_interface_id};
}

void CloudContract::SetFault(cloudsim::FaultRule rule) {
  backend_->With([&](cloudsim::Region& region) { EXPECT_OK(region.faults().SetRules({rule})); });
}

size_t CloudContract::CountExecuted(const std::string& action) {
  size_t count = 0;
  backend_->With([&](cloudsim::Region& region) {
    for (const cloudsim::CallRecord& record : region.call_log().Since(0, 100'000)) {
      count += record.phase == cloudsim::CallPhase::kExecuted && record.call.action == action;
    }
  });
  return count;
}

// ---- Launch ----

TEST_P(CloudContract, ALaunchIsAcceptedAndCarriesNameAndTags) {
  const ports::LaunchCall call = Call("abcdefghijklmnop");
  const activity::Event event = Launch(call);
  ASSERT_TRUE(std::holds_alternative<LaunchAccepted>(event)) << activity::EventName(event);
  const auto& accepted = std::get<LaunchAccepted>(event);
  EXPECT_EQ(accepted.instance_name, "as-77-abcdefghij");
  backend_->With([&](cloudsim::Region& region) {
    const cloudsim::Instance* instance = region.fleet().Find(accepted.instance_id.value());
    ASSERT_NE(instance, nullptr);
    EXPECT_EQ(instance->name, "as-77-abcdefghij");
    EXPECT_EQ(instance->type, "N3.1A");
    EXPECT_EQ(instance->subnet_id, spec_.subnets[0].id);
    EXPECT_EQ(instance->charge_type, "HourlyInstantSettlement");
    ASSERT_EQ(instance->tags.size(), 3u);
    EXPECT_EQ(instance->tags[0].key, "as.intent");
    EXPECT_EQ(instance->tags[0].value, "abcdefghijklmnop");
    EXPECT_EQ(instance->tags[1].key, "as.group");
    EXPECT_EQ(instance->tags[1].value, "77");
    EXPECT_EQ(instance->tags[2].value, "网");
  });
}

struct RefusalRow {
  int status;
  const char* code;
  FailureClass failure;
};

TEST_P(CloudContract, ARefusalHasItsClass) {
  const RefusalRow rows[] = {
      {409, "InstanceSoldOut", FailureClass::kStock},
      {409, "SubnetAvailableIpNotEnough", FailureClass::kNoAddress},
      {409, "InstanceQuotaExceeded", FailureClass::kQuota},
      {409, "LimitExceeded", FailureClass::kThrottled},
      {403, "AccessDenied", FailureClass::kAuth},
      {403, "SignatureDoesNotMatch", FailureClass::kAuth},
      {400, "InvalidParameterValue", FailureClass::kPermanent},
      {400, "InsufficientBalance", FailureClass::kPermanent},
      {404, "ImageNotFound", FailureClass::kPermanent},
  };
  for (const RefusalRow& row : rows) {
    SetFault({.action = "RunInstances", .http_status = row.status, .code = row.code});
    const activity::Event event = Launch(Call("refused"));
    ASSERT_TRUE(std::holds_alternative<LaunchRejected>(event)) << row.code;
    EXPECT_EQ(std::get<LaunchRejected>(event).failure, row.failure) << row.code;
    EXPECT_EQ(std::get<LaunchRejected>(event).words.find(row.code), 0u) << row.code;
  }
  EXPECT_EQ(CountExecuted("RunInstances"), 0u);
}

TEST_P(CloudContract, WhatTheRegionLacksIsToldApart) {
  const auto refused = [&](const ports::LaunchCall& call) {
    const activity::Event event = Launch(call);
    const auto* rejected = std::get_if<LaunchRejected>(&event);
    return rejected == nullptr ? FailureClass::kNone : rejected->failure;
  };
  backend_->With([&](cloudsim::Region& region) {
    EXPECT_OK(region.SetStock("N3.1A", spec_.subnets[0].zone, 0));
  });
  EXPECT_EQ(refused(Call("a")), FailureClass::kStock);
  ports::LaunchCall elsewhere = Call("b");
  elsewhere.pair.subnet_id = domain::SubnetId("no-such-subnet");
  EXPECT_EQ(refused(elsewhere), FailureClass::kPermanent);
  configuration_.image_id = "no-such-image";
  EXPECT_EQ(refused(Call("c")), FailureClass::kPermanent);
}

struct SilenceRow {
  const char* sentence;
  cloudsim::FaultRule fault;
  bool executed;
};

TEST_P(CloudContract, AnAnswerThatProvesNothingIsUnknown) {
  const SilenceRow rows[] = {
      {"500 and not executed", {.mode = FaultMode::kError, .http_status = 500}, false},
      {"503 and not executed", {.mode = FaultMode::kError, .http_status = 503}, false},
      {"500 but executed", {.mode = FaultMode::kErrorAfterExecute, .http_status = 500}, true},
      {"executed and never answered", {.mode = FaultMode::kAcceptThenTimeout}, true},
      {"never executed nor answered", {.mode = FaultMode::kHoldBefore}, false},
  };
  int number = 0;
  for (const SilenceRow& row : rows) {
    SCOPED_TRACE(row.sentence);
    cloudsim::FaultRule fault = row.fault;
    fault.action = "RunInstances";
    SetFault(fault);
    const ports::LaunchCall call = Call(absl::StrCat("silent", ++number));
    const activity::Event event = Launch(call);
    EXPECT_TRUE(std::holds_alternative<LaunchUnknown>(event)) << activity::EventName(event);
    EXPECT_EQ(Find(call).size(), row.executed ? 1u : 0u);
  }
}

TEST_P(CloudContract, NothingIsSentWhereNobodyListens) {
  const domain::InstanceId id = RunActive("first");
  backend_->Disconnect();
  EXPECT_TRUE(std::holds_alternative<LaunchNotSent>(Launch(Call("second"))));
  const auto read = backend_->compute().ReadInstances(account_, 0, {id});
  EXPECT_EQ(ports::FailureClassOf(read.status()), FailureClass::kTransient);
  EXPECT_FALSE(backend_->compute().Terminate(account_, id).ok());
  EXPECT_FALSE(backend_->load_balancers()
                   .List(account_, domain::ListenerId(spec_.load_balancers[0].listeners[0].id))
                   .ok());
  const absl::Status image = backend_->inventory().Image(account_, spec_.images[0].id);
  EXPECT_FALSE(image.ok());
  EXPECT_FALSE(absl::IsNotFound(image));
}

TEST_P(CloudContract, ARequestThatIsTooOldIsRefused) {
  ports::LaunchCall call = Call("late");
  backend_->clock.Advance(absl::Minutes(16));
  const activity::Event event = Launch(call);
  ASSERT_TRUE(std::holds_alternative<LaunchRejected>(event)) << activity::EventName(event);
  EXPECT_EQ(std::get<LaunchRejected>(event).failure, FailureClass::kAuth);
  EXPECT_EQ(CountExecuted("RunInstances"), 0u);
}

// ---- Look-ups ----

TEST_P(CloudContract, AMarkerIsFoundByItsWholeNameAndProject) {
  configuration_.project_id = 101;
  const ports::LaunchCall call = Call("abcdefghijkl");
  ASSERT_TRUE(std::holds_alternative<LaunchAccepted>(Launch(call)));
  ASSERT_TRUE(std::holds_alternative<LaunchAccepted>(Launch(Call("abcdefghiX"))));
  EXPECT_EQ(Find(call).size(), 1u);
  EXPECT_TRUE(Find(Call("abcdefghi")).empty());
  configuration_.project_id = 0;
  EXPECT_TRUE(Find(call).empty());
}

TEST_P(CloudContract, AReadHasWhatTheInstanceIs) {
  configuration_.project_id = 101;
  const activity::Event event = Launch(Call("one"));
  const domain::InstanceId id = std::get<LaunchAccepted>(event).instance_id;
  auto read = backend_->compute().ReadInstances(account_, 101, {id});
  ASSERT_OK(read);
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ(read->front().power, ObservedInstance::Power::kInProgress);
  backend_->clock.Advance(spec_.boot_max);
  read = backend_->compute().ReadInstances(account_, 101, {id, domain::InstanceId("unknown")});
  ASSERT_OK(read);
  ASSERT_EQ(read->size(), 1u);
  const ObservedInstance& seen = read->front();
  EXPECT_EQ(seen.instance_id, id);
  EXPECT_EQ(seen.name, "as-77-one");
  EXPECT_EQ(seen.power, ObservedInstance::Power::kRunning);
  EXPECT_EQ(seen.zone, spec_.subnets[0].zone);
  EXPECT_FALSE(seen.private_ip.empty());
  EXPECT_FALSE(seen.network_interface_id.empty());
  // Project 0 is what the cloud shows unless another is named.
  EXPECT_TRUE(backend_->compute().ReadInstances(account_, 0, {id})->empty());
}

TEST_P(CloudContract, AFailedReadIsAnErrorAndNeverEmpty) {
  const domain::InstanceId id = RunActive("one");
  for (const int status : {400, 403, 409, 500}) {
    SetFault({.action = "DescribeInstances", .http_status = status, .code = "Injected"});
    EXPECT_FALSE(backend_->compute().ReadInstances(account_, 0, {id}).ok()) << status;
  }
}

TEST_P(CloudContract, AListOfMoreThanAPageIsWhole) {
  cloudsim::RegionSpec large = cloudsim::DefaultRegion();
  large.accounts[0].instance_quota = 2000;
  large.subnets[0].cidr = "10.1.16.0/20";
  large.instance_types[0].stock[large.zones[0]] = 2000;
  Rebuild(large);
  const ports::LaunchCall call = Call("many");
  std::vector<domain::InstanceId> ids;
  backend_->With([&](cloudsim::Region& region) {
    for (int i = 0; i < 1005; ++i) {
      const cloudsim::LaunchRequest request{.image_id = spec_.images[0].id,
                                            .instance_type = "N3.1A",
                                            .subnet_id = spec_.subnets[0].id,
                                            .security_group_ids = {spec_.security_groups[0].id},
                                            .charge_type = "HourlyInstantSettlement",
                                            .name = "as-77-many",
                                            .host_name = {},
                                            .tags = {}};
      const auto made =
          region.RunInstances({.account_id = account_.value(), .action = "RunInstances"}, request,
                              backend_->clock.Now());
      ASSERT_OK(made);
      ids.emplace_back(made->front().id);
    }
  });
  EXPECT_EQ(Find(call).size(), 1005u);
  const auto read = backend_->compute().ReadInstances(account_, 0, ids);
  ASSERT_OK(read);
  EXPECT_EQ(read->size(), 1005u);
}

// ---- Terminate ----

TEST_P(CloudContract, TerminateIsFreelyRepeated) {
  const domain::InstanceId id = RunActive("one");
  EXPECT_OK(backend_->compute().Terminate(account_, id));
  EXPECT_OK(backend_->compute().Terminate(account_, id));
  backend_->clock.Advance(spec_.terminate_time);
  EXPECT_TRUE(backend_->compute().ReadInstances(account_, 0, {id})->empty());
  EXPECT_OK(backend_->compute().Terminate(account_, id));  // what is gone may be terminated
  EXPECT_OK(backend_->compute().Terminate(account_, domain::InstanceId("unknown")));
}

TEST_P(CloudContract, AListHasEveryInstanceOfTheProjectsWithItsMarker) {
  const absl::Time launched_at = backend_->clock.Now();
  const domain::InstanceId first = RunActive("one");
  configuration_.project_id = 101;
  const domain::InstanceId second = RunActive("two");
  EXPECT_OK(backend_->compute().Terminate(account_, first));  // it exists until it is gone
  const auto all = backend_->compute().ListInstances(account_, {0, 101});
  ASSERT_OK(all);
  ASSERT_EQ(all->size(), 2u);
  const ObservedInstance& seen = (*all)[0].instance_id == first ? (*all)[0] : (*all)[1];
  EXPECT_EQ(seen.instance_id, first);
  EXPECT_EQ(seen.marker, domain::IntentId("one"));
  EXPECT_EQ(seen.group_id, domain::GroupId(77));
  EXPECT_EQ(seen.project_id, 0);
  EXPECT_LE(launched_at - seen.created_at, absl::Seconds(1));
  EXPECT_LE(seen.created_at, launched_at);
  const auto some = backend_->compute().ListInstances(account_, {101});
  ASSERT_OK(some);
  ASSERT_EQ(some->size(), 1u);
  EXPECT_EQ((*some)[0].instance_id, second);
  EXPECT_EQ((*some)[0].project_id, 101);
  EXPECT_TRUE(backend_->compute().ListInstances(account_, {7})->empty());
  EXPECT_FALSE(backend_->compute().ListInstances(account_, {}).ok())
      << "the cloud would list one project, and it would look like all";
}

TEST_P(CloudContract, AListThatFailsSaysNothing) {
  RunActive("one");
  SetFault({.action = "DescribeInstances", .http_status = 500});
  EXPECT_FALSE(backend_->compute().ListInstances(account_, {0}).ok());
}

TEST_P(CloudContract, ATerminateThatFailsSaysWhy) {
  const domain::InstanceId id = RunActive("one");
  SetFault({.action = "TerminateInstances", .http_status = 409, .code = "LimitExceeded"});
  EXPECT_EQ(ports::FailureClassOf(backend_->compute().Terminate(account_, id)),
            FailureClass::kThrottled);
  SetFault({.action = "TerminateInstances", .http_status = 500});
  EXPECT_EQ(ports::FailureClassOf(backend_->compute().Terminate(account_, id)),
            FailureClass::kTransient);
}

// ---- Load balancers ----

TEST_P(CloudContract, ARealServerIsRegisteredListedAndDeregistered) {
  const domain::InstanceId id = RunActive("one");
  ports::LoadBalancerCloud& balancers = backend_->load_balancers();
  const activity::Register call = RegisterCall(id);
  EXPECT_TRUE(balancers.List(account_, call.listener_id)->empty());
  const absl::StatusOr<std::string> register_id = balancers.Register(account_, call);
  ASSERT_OK(register_id);
  auto listed = balancers.List(account_, call.listener_id);
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_EQ(listed->front().register_id, *register_id);
  EXPECT_EQ(listed->front().listener_id, call.listener_id);
  EXPECT_EQ(listed->front().instance_id, id);
  EXPECT_EQ(listed->front().port, 80);
  EXPECT_EQ(listed->front().weight, 30);
  EXPECT_FALSE(listed->front().healthy);
  backend_->clock.Advance(spec_.health_check_interval);
  EXPECT_TRUE(balancers.List(account_, call.listener_id)->front().healthy);
  EXPECT_OK(balancers.Deregister(account_, *register_id));
  EXPECT_OK(balancers.Deregister(account_, *register_id));
  EXPECT_TRUE(balancers.List(account_, call.listener_id)->empty());
}

TEST_P(CloudContract, ARegistrationWhoseAnswerIsLostIsListed) {
  const activity::Register call = RegisterCall(RunActive("one"));
  SetFault({.action = "RegisterInstancesWithListener",
            .mode = FaultMode::kErrorAfterExecute,
            .http_status = 500});
  EXPECT_FALSE(backend_->load_balancers().Register(account_, call).ok());
  EXPECT_EQ(backend_->load_balancers().List(account_, call.listener_id)->size(), 1u);
}

TEST_P(CloudContract, AnInstanceThatIsNotRunningIsNotRegistered) {
  activity::Register call = RegisterCall(RunActive("one"));
  call.instance_id = std::get<LaunchAccepted>(Launch(Call("two"))).instance_id;
  EXPECT_FALSE(backend_->load_balancers().Register(account_, call).ok());
  EXPECT_EQ(CountExecuted("RegisterInstancesWithListener"), 0u);
}

// ---- Addresses ----

TEST_P(CloudContract, AnAddressOutlivesItsInstanceUntilItIsReleased) {
  configuration_.address = {
      .bandwidth_mbps = 5, .line_id = "line", .project_id = 101, .charge_type = "Daily"};
  const domain::InstanceId id = RunActive("one");
  const std::string interface =
      backend_->compute().ReadInstances(account_, 0, {id})->front().network_interface_id;
  ports::AddressCloud& addresses = backend_->addresses();
  const auto listed = addresses.AddressesOf(account_, {id, interface, 101});
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1u);
  EXPECT_TRUE((*listed)[0].associated);
  EXPECT_EQ((*listed)[0].instance_id, id);
  const std::string allocation = (*listed)[0].allocation_id;
  EXPECT_EQ(addresses.AddressesOf(account_, {id, "", 101})->size(), 1u) << "without the interface";
  EXPECT_TRUE(addresses.AddressesOf(account_, {id, interface, 0})->empty()) << "another project";
  EXPECT_TRUE(
      addresses.AddressesOf(account_, {domain::InstanceId("i-2"), interface, 101})->empty());

  EXPECT_FALSE(addresses.ReleaseAddress(account_, allocation).ok()) << "it is in use";
  EXPECT_OK(backend_->compute().Terminate(account_, id));
  backend_->clock.Advance(spec_.terminate_time);
  const auto read = addresses.ReadAddress(account_, {allocation, 101});
  ASSERT_OK(read);
  ASSERT_TRUE(read->has_value()) << "nobody has released it";
  EXPECT_FALSE((*read)->associated);
  EXPECT_OK(addresses.ReleaseAddress(account_, allocation));
  const auto released = addresses.ReadAddress(account_, {allocation, 101});
  ASSERT_OK(released);
  EXPECT_FALSE(released->has_value());
  EXPECT_OK(addresses.ReleaseAddress(account_, allocation)) << "as good as done";
  EXPECT_EQ(CountExecuted("ReleaseAddress"), 1u);
}

TEST_P(CloudContract, AnAddressServiceThatFailsSaysNothing) {
  SetFault({.action = "DescribeAddresses", .count = -1, .http_status = 503});
  const domain::InstanceId id("i-1");
  EXPECT_FALSE(backend_->addresses().AddressesOf(account_, {id, "eni", 0}).ok());
  EXPECT_FALSE(backend_->addresses().ReadAddress(account_, {"eip", 0}).ok());
  SetFault({.action = "ReleaseAddress", .http_status = 503});
  EXPECT_FALSE(backend_->addresses().ReleaseAddress(account_, "eip").ok());
}

TEST_P(CloudContract, DisksThatOutliveTheInstanceAreSeen) {
  configuration_.data_disks = {{.type = "SSD3.0", .size_gb = 50},
                               {.type = "SSD3.0", .size_gb = 60, .delete_with_instance = true}};
  const domain::InstanceId id = RunActive("one");
  const auto read = backend_->compute().ReadInstances(account_, 0, {id});
  ASSERT_OK(read);
  ASSERT_EQ(read->front().surviving_disks.size(), 1u);
  backend_->With([&](cloudsim::Region& region) {
    EXPECT_EQ(region.fleet().Find(id.value())->data_disks[0].id, read->front().surviving_disks[0]);
  });
}

// ---- Inventory ----

TEST_P(CloudContract, TheInventoryKnowsWhatTheRegionHas) {
  ports::CloudInventory& inventory = backend_->inventory();
  const domain::SubnetId first(spec_.subnets[0].id);
  const domain::SubnetId second(spec_.subnets[1].id);
  const auto subnets = inventory.Subnets(account_, {second, first});
  ASSERT_OK(subnets);
  ASSERT_EQ(subnets->size(), 2u);
  EXPECT_EQ((*subnets)[0].id, second);
  EXPECT_EQ((*subnets)[1].id, first);
  EXPECT_EQ((*subnets)[1].vpc_id, spec_.vpcs[0].id);
  EXPECT_EQ((*subnets)[1].zone, spec_.subnets[0].zone);
  ASSERT_TRUE((*subnets)[1].free_addresses.has_value());
  EXPECT_EQ(*(*subnets)[1].free_addresses, 59);  // a /26 less the cloud's own five
  EXPECT_EQ(*inventory.SecurityGroupVpc(account_, spec_.security_groups[0].id), spec_.vpcs[0].id);
  const auto listener =
      inventory.Listener(account_, domain::ListenerId(spec_.load_balancers[0].listeners[0].id));
  ASSERT_OK(listener);
  EXPECT_EQ(listener->load_balancer_id, spec_.load_balancers[0].id);
  EXPECT_OK(inventory.Image(account_, spec_.images[0].id));
  const auto type = inventory.InstanceType(account_, "N3.2B");
  ASSERT_OK(type);
  EXPECT_EQ(type->cpu, 2);
  EXPECT_EQ(type->memory_gb, 4);
  EXPECT_EQ(type->zones, spec_.zones);
}

TEST_P(CloudContract, TheInventoryReadsInstancesOfTheProjectsAskedFor) {
  configuration_.project_id = 101;
  const domain::InstanceId in_project = RunActive("one");
  configuration_.project_id = 0;
  const domain::InstanceId booting = std::get<LaunchAccepted>(Launch(Call("two"))).instance_id;
  ports::CloudInventory& inventory = backend_->inventory();
  const auto read = inventory.Instances(account_, {0, 101}, {booting, in_project});
  ASSERT_OK(read);
  ASSERT_EQ(read->size(), 2u);
  EXPECT_EQ((*read)[0].id, booting);
  EXPECT_FALSE((*read)[0].running);
  const ports::InstanceInfo& one = (*read)[1];
  EXPECT_EQ(one.id, in_project);
  EXPECT_TRUE(one.running);
  EXPECT_EQ(one.name, "as-77-one");
  EXPECT_EQ(one.vpc_id, spec_.vpcs[0].id);
  EXPECT_EQ(one.subnet_id.value(), spec_.subnets[0].id);
  EXPECT_EQ(one.zone, spec_.subnets[0].zone);
  EXPECT_EQ(one.instance_type, "N3.1A");
  EXPECT_FALSE(one.private_ip.empty());
  EXPECT_FALSE(one.network_interface_id.empty());
  EXPECT_EQ(one.project_id, 101);
  EXPECT_THAT(inventory.Instances(account_, {0}, {booting, in_project}),
              StatusIs(absl::StatusCode::kNotFound, in_project.value()));
  domain::InstanceId foreign;
  backend_->With([&](cloudsim::Region& region) {
    const cloudsim::LaunchRequest request{.image_id = spec_.images[0].id,
                                          .instance_type = "N3.1A",
                                          .subnet_id = spec_.subnets[3].id,
                                          .security_group_ids = {spec_.security_groups[1].id},
                                          .charge_type = "HourlyInstantSettlement",
                                          .name = "foreign",
                                          .host_name = {},
                                          .tags = {}};
    const auto made =
        region.RunInstances({.account_id = spec_.accounts[1].id, .action = "RunInstances"}, request,
                            backend_->clock.Now());
    ASSERT_OK(made);
    foreign = domain::InstanceId(made->front().id);
  });
  EXPECT_THAT(inventory.Instances(account_, {0, 101}, {booting, foreign}),
              StatusIs(absl::StatusCode::kNotFound, foreign.value()));
  SetFault({.action = "DescribeInstances", .http_status = 500, .code = "Injected"});
  const auto failed = inventory.Instances(account_, {0}, {booting});
  EXPECT_FALSE(failed.ok() || absl::IsNotFound(failed.status()));
}

TEST_P(CloudContract, TheInventoryNamesWhatIsMissing) {
  ports::CloudInventory& inventory = backend_->inventory();
  const auto missing = [](absl::string_view id) {
    return StatusIs(absl::StatusCode::kNotFound, std::string(id));
  };
  const domain::SubnetId known(spec_.subnets[0].id);
  const domain::SubnetId foreign(spec_.subnets[3].id);  // another account's
  EXPECT_THAT(inventory.Subnets(account_, {known, foreign}), missing(foreign.value()));
  EXPECT_THAT(inventory.SecurityGroupVpc(account_, "sg"), missing("sg"));
  EXPECT_THAT(inventory.Listener(account_, domain::ListenerId("l")), missing("l"));
  EXPECT_THAT(inventory.Image(account_, "image"), missing("image"));
  EXPECT_THAT(inventory.InstanceType(account_, "type"), missing("type"));
}

TEST_P(CloudContract, AnInventoryThatCannotAnswerSaysNothing) {
  const domain::SubnetId known(spec_.subnets[0].id);
  for (const int status : {403, 409, 500}) {
    SetFault({.action = "DescribeSubnets", .http_status = status, .code = "Injected"});
    const auto subnets = backend_->inventory().Subnets(account_, {known});
    EXPECT_FALSE(subnets.ok());
    EXPECT_FALSE(absl::IsNotFound(subnets.status())) << status;
  }
}

}  // namespace accordion::cloud
