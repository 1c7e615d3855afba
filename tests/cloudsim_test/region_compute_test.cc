#include <set>

#include "gmock/gmock.h"
#include "tests/cloudsim_test/region_fixture.h"

namespace accordion::cloudsim {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

using RegionComputeTest = RegionTest;

TEST_F(RegionComputeTest, LaunchedInstanceIsPendingAndTurnsActiveWithinTheBootTime) {
  const Instance launched = (*Run(Launch()))[0];
  EXPECT_EQ(launched.state, InstanceState::kPending);
  EXPECT_EQ(launched.zone, "cn-beijing-6a");

  Pass(region_->spec().boot_min - absl::Milliseconds(1));
  EXPECT_EQ(region_->fleet().Find(launched.id)->state, InstanceState::kPending);
  EXPECT_LE(region_->NextEventAt(), launched.created_at + region_->spec().boot_max);
  Pass(region_->spec().boot_max - region_->spec().boot_min + absl::Milliseconds(1));
  EXPECT_EQ(region_->fleet().Find(launched.id)->state, InstanceState::kActive);
}

TEST_F(RegionComputeTest, EachInstanceGetsItsOwnAddressOfTheSubnet) {
  std::set<std::string> addresses;
  const std::vector<Instance> launched = *Run(Launch(59));
  for (const Instance& instance : launched) {
    EXPECT_THAT(instance.private_ip, StartsWith("10.1.1."));
    addresses.insert(instance.private_ip);
  }
  EXPECT_EQ(addresses.size(), 59u);
}

TEST_F(RegionComputeTest, AHostNameThatNobodyChoseIsMadeOfTheAddress) {
  const Instance launched = (*Run(Launch()))[0];
  EXPECT_THAT(launched.host_name, StartsWith("vm10-1-1-"));
  LaunchRequest named = Launch();
  named.host_name = "web";
  EXPECT_EQ((*Run(named))[0].host_name, "web");
}

TEST_F(RegionComputeTest, FullSubnetRefusesUntilAnInstanceIsGone) {
  const std::vector<Instance> launched = RunActive(59);  // a /26 less five reserved
  const absl::StatusOr<std::vector<Instance>> refused = Run(Launch());
  EXPECT_EQ(CodeOf(refused.status()), "SubnetAvailableIpNotEnough");
  EXPECT_EQ(CloudErrorInfoOf(refused.status()).http_status, 409);

  ASSERT_TRUE(
      region_->TerminateInstances(CallOf("TerminateInstances"), {launched[3].id}, true, now_).ok());
  EXPECT_EQ(CodeOf(Run(Launch()).status()), "SubnetAvailableIpNotEnough");
  Pass(region_->spec().terminate_time);
  const absl::StatusOr<std::vector<Instance>> again = Run(Launch());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)[0].private_ip, launched[3].private_ip);
}

TEST_F(RegionComputeTest, SoldOutTypeRefusesAndAnotherZoneStillSells) {
  ASSERT_TRUE(region_->SetStock("N3.1A", "cn-beijing-6a", 0).ok());
  EXPECT_EQ(CodeOf(Run(Launch()).status()), "InstanceSoldOut");
  LaunchRequest elsewhere = Launch();
  elsewhere.subnet_id = subnet(1).id;
  EXPECT_TRUE(Run(elsewhere).ok());
}

TEST_F(RegionComputeTest, TypeThatAZoneDoesNotOfferIsAnotherErrorThanSoldOut) {
  RegionSpec spec = DefaultRegion();
  spec.instance_types[0].stock.erase("cn-beijing-6a");
  Rebuild(spec);
  EXPECT_EQ(CodeOf(Run(Launch()).status()), "InstanceTypeNotSupported");
}

TEST_F(RegionComputeTest, TerminatedInstanceGivesItsStockBack) {
  ASSERT_TRUE(region_->SetStock("N3.1A", "cn-beijing-6a", 1).ok());
  const Instance only = RunActive(1)[0];
  EXPECT_EQ(CodeOf(Run(Launch()).status()), "InstanceSoldOut");
  ASSERT_TRUE(
      region_->TerminateInstances(CallOf("TerminateInstances"), {only.id}, true, now_).ok());
  Pass(region_->spec().terminate_time);
  EXPECT_TRUE(Run(Launch()).ok());
}

TEST_F(RegionComputeTest, LaunchIsCutToWhatIsLeftButNotBelowMinCount) {
  ASSERT_TRUE(region_->SetStock("N3.1A", "cn-beijing-6a", 3).ok());
  LaunchRequest request = Launch(5);
  EXPECT_EQ(CodeOf(Run(request).status()), "InstanceSoldOut");
  request.min_count = 2;
  EXPECT_EQ(Run(request)->size(), 3u);
}

TEST_F(RegionComputeTest, QuotaCountsRecycledInstancesAndIsTheAccountsOwn) {
  RegionSpec spec = DefaultRegion();
  spec.accounts[0].instance_quota = 1;
  Rebuild(spec);
  const Instance only = RunActive(1)[0];
  ASSERT_TRUE(
      region_->TerminateInstances(CallOf("TerminateInstances"), {only.id}, false, now_).ok());
  Pass(absl::Hours(1));
  EXPECT_EQ(region_->fleet().Find(only.id)->state, InstanceState::kRecycling);
  EXPECT_EQ(CodeOf(Run(Launch()).status()), "InstanceQuotaExceeded");

  LaunchRequest other = Launch();
  other.subnet_id = subnet(3).id;
  other.security_group_ids = {region_->spec().security_groups[1].id};
  EXPECT_TRUE(Run(other, 1).ok());

  ASSERT_TRUE(
      region_->TerminateInstances(CallOf("TerminateInstances"), {only.id}, true, now_).ok());
  Pass(region_->spec().terminate_time);
  EXPECT_TRUE(Run(Launch()).ok());
}

TEST_F(RegionComputeTest, LaunchRefusesWhatDoesNotExistOrIsAnotherAccounts) {
  LaunchRequest request = Launch();
  request.image_id = "IMG-none";
  EXPECT_EQ(CodeOf(Run(request).status()), "ImageNotFound");
  request = Launch();
  request.instance_type = "X9.9Z";
  EXPECT_EQ(CodeOf(Run(request).status()), "InstanceTypeNotFound");
  request = Launch();
  request.subnet_id = subnet(3).id;
  EXPECT_EQ(CodeOf(Run(request).status()), "SubnetNotFound");
  request = Launch();
  request.security_group_ids = {region_->spec().security_groups[1].id};
  EXPECT_EQ(CodeOf(Run(request).status()), "SecurityGroupNotFound");
  request = Launch();
  request.project_id = 202;
  EXPECT_EQ(CodeOf(Run(request).status()), "InvalidParameterValue");
  EXPECT_EQ(region_->fleet().size(), 0u);
}

TEST_F(RegionComputeTest, DescribeShowsProjectZeroUnlessProjectsAreNamed) {
  LaunchRequest request = Launch(2);
  request.project_id = 101;
  const Instance hidden = (*Run(request))[0];
  ASSERT_TRUE(Run(Launch()).ok());
  EXPECT_EQ(Total({}), 1);
  EXPECT_EQ(Total({.ids = {hidden.id}}), 0) << "a look-up by id forgets the project, too";
  EXPECT_EQ(Total({.project_ids = {101}}), 2);
  EXPECT_EQ(Total({.project_ids = {0, 101}}), 3);
}

TEST_F(RegionComputeTest, DescribePagesByTenInOrderOfCreation) {
  const std::vector<Instance> launched = RunActive(12);
  const InstancePage first = *region_->DescribeInstances(account().id, {}, now_);
  EXPECT_EQ(first.total, 12);
  ASSERT_EQ(first.instances.size(), 10u);
  EXPECT_EQ(first.instances[0]->id, launched[0].id);

  const InstancePage second = *region_->DescribeInstances(account().id, {.marker = 10}, now_);
  EXPECT_EQ(second.total, 12);
  ASSERT_EQ(second.instances.size(), 2u);
  EXPECT_EQ(second.instances[1]->id, launched[11].id);
  EXPECT_TRUE(region_->DescribeInstances(account().id, {.marker = 99}, now_)->instances.empty());
}

TEST_F(RegionComputeTest, DescribeRefusesAPageOutOfBoundsAndAnUnknownFilter) {
  const auto code = [&](const InstanceQuery& query) {
    return CodeOf(region_->DescribeInstances(account().id, query, now_).status());
  };
  EXPECT_EQ(code({.max_results = 4}), "InvalidParameterValue");
  EXPECT_EQ(code({.max_results = 1001}), "InvalidParameterValue");
  EXPECT_EQ(code({.max_results = 5}), "ok");
  EXPECT_EQ(code({.marker = -1}), "InvalidParameterValue");
  EXPECT_EQ(code({.filters = {{.name = "tag", .values = {"x"}}}}), "InvalidParameterValue");
}

TEST_F(RegionComputeTest, DescribeFiltersByNameSubnetAndState) {
  LaunchRequest request = Launch();
  request.name = "as-1-abc";
  const Instance pending = (*Run(request))[0];
  RunActive(2);
  const auto total = [&](absl::string_view name, absl::string_view value) {
    return Total({.filters = {{.name = std::string(name), .values = {std::string(value)}}}});
  };
  EXPECT_EQ(total("instance-name", "as-1-abc"), 1);
  EXPECT_EQ(total("instance-name", "as-1-ab"), 0) << "exact, not a prefix";
  EXPECT_EQ(total("subnet-id", subnet().id), 3);
  EXPECT_EQ(total("instance-state.name", "active"), 3);
  EXPECT_EQ(Total({.search = "1-ab"}), 1);
  EXPECT_EQ(Total({.ids = {pending.id}}), 1);
}

TEST_F(RegionComputeTest, NoAccountSeesOrEndsAnothersInstances) {
  const Instance instance = RunActive(1)[0];
  EXPECT_EQ(Total({.ids = {instance.id}}, 1), 0);
  const auto results =
      *region_->TerminateInstances(CallOf("TerminateInstances", 1), {instance.id}, true, now_);
  EXPECT_FALSE(results[0].ok);
  EXPECT_EQ(region_->fleet().Find(instance.id)->state, InstanceState::kActive);
}

TEST_F(RegionComputeTest, TerminateJudgesEachInstanceAndTakesTime) {
  const Instance instance = RunActive(1)[0];
  const auto results = *region_->TerminateInstances(CallOf("TerminateInstances"),
                                                    {instance.id, "i-none"}, true, now_);
  EXPECT_TRUE(results[0].ok);
  EXPECT_FALSE(results[1].ok);
  EXPECT_EQ(results[1].message, "InstanceNotFound");
  EXPECT_EQ(region_->fleet().Find(instance.id)->state, InstanceState::kTerminating);
  Pass(region_->spec().terminate_time);
  EXPECT_EQ(region_->fleet().Find(instance.id), nullptr);
}

TEST_F(RegionComputeTest, ReadLagHidesAnInstanceJustLaunched) {
  RegionSpec spec = DefaultRegion();
  spec.describe_lag = absl::Seconds(3);
  Rebuild(spec);
  ASSERT_TRUE(Run(Launch()).ok());
  EXPECT_EQ(Total({}), 0);
  Pass(absl::Seconds(3));
  EXPECT_EQ(Total({}), 1);
}

TEST_F(RegionComputeTest, BootFaultsEndInErrorOrNever) {
  LaunchRequest request = Launch();
  request.fate = BootFate::kFails;
  const Instance failing = (*Run(request))[0];
  request.fate = BootFate::kHangs;
  const Instance hanging = (*Run(request))[0];
  Pass(absl::Hours(5));
  EXPECT_EQ(region_->fleet().Find(failing.id)->state, InstanceState::kError);
  EXPECT_EQ(region_->fleet().Find(hanging.id)->state, InstanceState::kPending);
}

TEST_F(RegionComputeTest, SameSeedMakesTheSameRegion) {
  const Instance first = RunActive(1)[0];
  const absl::Time booted = region_->fleet().Find(first.id)->active_since;
  now_ = absl::FromUnixSeconds(1'700'000'000);
  Rebuild(DefaultRegion());
  const Instance second = RunActive(1)[0];
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(booted, region_->fleet().Find(second.id)->active_since);
  now_ = absl::FromUnixSeconds(1'700'000'000);
  Rebuild(DefaultRegion(), 8);
  EXPECT_NE(RunActive(1)[0].id, first.id);
}

TEST_F(RegionComputeTest, CallLogKeepsLaunchesRefusalsAndTerminations) {
  LaunchRequest request = Launch();
  request.tags = {{.key = "as.intent", .value = "abc"}};
  const Instance instance = (*Run(request))[0];
  request.image_id = "IMG-none";
  ASSERT_FALSE(Run(request).ok());
  ASSERT_TRUE(
      region_->TerminateInstances(CallOf("TerminateInstances"), {instance.id, "i-none"}, true, now_)
          .ok());

  const std::vector<CallRecord> calls = region_->call_log().Since(0, 100);
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[0].phase, CallPhase::kExecuted);
  EXPECT_EQ(calls[0].call.account_id, account().id);
  ASSERT_EQ(calls[0].effects.size(), 1u);
  const CallEffect& launch = calls[0].effects[0];
  EXPECT_EQ(launch.instance_id, instance.id);
  EXPECT_EQ(launch.instance_name, "web");
  EXPECT_EQ(launch.subnet_id, subnet().id);
  EXPECT_EQ(launch.zone, "cn-beijing-6a");
  EXPECT_EQ(launch.instance_type, "N3.1A");
  EXPECT_EQ(launch.tags[0].value, "abc");
  EXPECT_EQ(calls[1].phase, CallPhase::kRefused);
  EXPECT_EQ(calls[1].outcome, "ImageNotFound");
  EXPECT_TRUE(calls[1].effects.empty());
  EXPECT_EQ(calls[2].effects[0].instance_name, "web");
  EXPECT_FALSE(calls[2].effects[1].ok);
  EXPECT_EQ(region_->call_log().Since(2, 100).size(), 1u);
}

TEST_F(RegionComputeTest, OperatorStartsSpareInstancesAtOnceAndKillsThem) {
  LaunchRequest request = Launch(4);
  request.boots_at_once = true;
  const std::vector<Instance> spare = *Run(request);
  ASSERT_EQ(spare.size(), 4u);
  EXPECT_EQ(spare[3].state, InstanceState::kActive);
  EXPECT_EQ(region_->subnets().Find(account().id, subnet().id)->available(), 55);

  ASSERT_TRUE(region_->Kill(CallOf("Kill"), spare[0].id, now_).ok());
  EXPECT_EQ(region_->fleet().Find(spare[0].id), nullptr);
  EXPECT_EQ(region_->subnets().Find(account().id, subnet().id)->available(), 56);
  EXPECT_EQ(CodeOf(region_->Kill(CallOf("Kill"), spare[0].id, now_)), "InstanceNotFound");
}

TEST(CallLogTest, ForgetsTheOldestBeyondItsBoundAndKeepsNumbering) {
  CallLog log(2);
  for (int i = 0; i < 5; ++i) log.Execute({}, absl::UnixEpoch(), {});
  EXPECT_EQ(log.last_sequence(), 5u);
  const std::vector<CallRecord> calls = log.Since(0, 10);
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].sequence, 4u);
  EXPECT_EQ(log.Since(4, 10)[0].sequence, 5u);
  EXPECT_TRUE(log.Since(5, 10).empty());
  EXPECT_EQ(log.Since(0, 1).size(), 1u);
}

TEST(SubnetPoolTest, RefusesACidrThatIsNone) {
  SubnetPool pool;
  for (const char* cidr :
       {"", "10.0.0.0", "10.0.0.0/8", "10.0.0.0/30", "10.0.0/24", "10.0.0.999/24"}) {
    EXPECT_FALSE(
        pool.Add({.id = cidr, .name = {}, .vpc_id = {}, .zone = {}, .cidr = cidr}, "a").ok())
        << cidr;
  }
  ASSERT_TRUE(
      pool.Add({.id = "s", .name = {}, .vpc_id = {}, .zone = {}, .cidr = "10.0.0.0/24"}, "a").ok());
  EXPECT_EQ(pool.Find("a", "s")->available(), 251);
  EXPECT_EQ(pool.Find("b", "s"), nullptr);
  EXPECT_EQ(*pool.TakeAddress("s"), "10.0.0.4");
}

TEST(SubnetPoolTest, DoesNotHandOutAFreedAddressWhileAnotherIsLeft) {
  SubnetPool pool;
  ASSERT_TRUE(
      pool.Add({.id = "s", .name = {}, .vpc_id = {}, .zone = {}, .cidr = "10.0.0.0/29"}, "a").ok());
  const std::string first = *pool.TakeAddress("s");
  pool.ReturnAddress("s", first);
  EXPECT_NE(*pool.TakeAddress("s"), first);
}

}  // namespace
}  // namespace accordion::cloudsim
