// Elastic IPs that are bought with launches, against the simulated cloud: none stays behind, and
// none that isn't ours is touched.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using cloudsim::FaultMode;

cloudsim::Call UserCall(World& world, const char* action) {
  return {.request_id = "user",
          .account_id = world.account.value(),
          .service = "eip",
          .action = action,
          .digest = "",
          .arrived_at = world.time.Now()};
}

std::string BuyAddress(World& world) {
  return (*world.cloud.region().AllocateAddress(UserCall(world, "AllocateAddress"),
                                                {.band_width = 1}, world.time.Now()))
      ->allocation_id;
}

// As a user who moves addresses about.
void Detach(World& world, const std::string& allocation_id) {
  EXPECT_TRUE(world.cloud.region()
                  .DisassociateAddress(UserCall(world, "DisassociateAddress"), allocation_id,
                                       world.time.Now())
                  .ok());
}
void Attach(World& world, const std::string& allocation_id, const std::string& instance) {
  const absl::Status attached = world.cloud.region().AssociateAddress(
      UserCall(world, "AssociateAddress"), allocation_id, instance, world.time.Now());
  EXPECT_TRUE(attached.ok()) << attached;
}

TEST(BoughtAddress, IsReleasedWithItsInstanceAndInItsProject) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 3, .address_project = 101});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 3), "");
  ASSERT_EQ(world.Addresses().size(), 3u);
  for (const domain::Member& member : world.Members(key)) {
    EXPECT_EQ(member.address->project_id, 101);
  }
  world.SetDesired(key, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  EXPECT_EQ(world.Addresses().size(), 1u);
  EXPECT_EQ(world.Executed("ReleaseAddress").size(), 2u);
  EXPECT_EQ(world.Activities(key)[0].status, domain::ActivityStatus::kSucceeded);
}

TEST(BoughtAddress, OfALaunchThatTimesOutIsReleased) {
  World world;
  Settings settings = TestSettings();
  settings.steps.launch_timeout = absl::Minutes(2);
  const ports::GroupKey key = world.MakeGroup({.desired = 1, .address_project = 0});
  world.SetFaults({{.action = "RunInstances", .mode = FaultMode::kBootHang}});
  Engine engine(world, 1, settings);
  ASSERT_EQ(world.Settle(key, 1, absl::Minutes(10)), "");
  EXPECT_EQ(world.Executed("ReleaseAddress").size(), 1u);
}

TEST(BoughtAddress, OfALateArrivalIsFoundAndReleased) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1, .address_project = 101});
  // The call executes only when its activity has long ended; its deadline is an hour.
  world.SetFaults({{.action = "RunInstances", .mode = FaultMode::kAcceptThenTimeout},
                   {.action = "DescribeInstances", .count = 2000, .http_status = 500}});
  Engine engine(world, 1);
  world.time.RunFor(domain::kActivityDeadline + absl::Minutes(2));
  ASSERT_EQ(world.Addresses().size(), 1u);
  EXPECT_EQ(world.Activities(key)[0].status, domain::ActivityStatus::kFailed);
  world.SetDesired(key, 0);
  world.SetFaults({});
  ASSERT_EQ(world.Settle(key, 0, absl::Minutes(30)), "");
  EXPECT_EQ(world.Executed("ReleaseAddress").size(), 1u);
}

TEST(BoughtAddress, IsReleasedAlthoughItsUserTookItOff) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1, .address_project = 0});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  Detach(world, world.Addresses()[0]);
  world.SetDesired(key, 0);
  ASSERT_EQ(world.Settle(key, 0), "");
  EXPECT_TRUE(world.Addresses().empty());
}

TEST(BoughtAddress, AUsersOwnOnTheSameInstanceIsLeftAlone) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1, .address_project = 0});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  const std::string bought = world.Addresses()[0];
  const std::string own = BuyAddress(world);
  Detach(world, bought);
  Attach(world, own, world.Instances(key)[0]);
  world.SetDesired(key, 0);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_TRUE(world.Members(key).empty());
  EXPECT_EQ(world.Addresses(), std::vector<std::string>{own});
}

TEST(BoughtAddress, ThatWasGivenToAnotherInstanceIsLeftThere) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 1, .address_project = 0});
  const ports::GroupKey other = world.MakeGroup({.desired = 1});
  Engine engine(world, 1);
  world.time.RunFor(absl::Minutes(2));
  const std::string bought = world.Addresses()[0];
  Detach(world, bought);
  Attach(world, bought, world.Instances(other)[0]);
  world.SetDesired(key, 0);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_TRUE(world.Members(key).empty());
  EXPECT_FALSE(world.ActivityOpen(key));
  EXPECT_EQ(world.Addresses(), std::vector<std::string>{bought});
  EXPECT_TRUE(world.Executed("ReleaseAddress").empty());
}

TEST(BoughtAddress, OnAGroupWithoutOneNoAddressIsAskedFor) {
  World world;
  const std::string own = BuyAddress(world);
  const ports::GroupKey key = world.MakeGroup({.desired = 1});
  world.SetFaults({{.action = "DescribeAddresses", .count = -1, .http_status = 500}});
  Engine engine(world, 1);
  world.time.RunFor(absl::Minutes(1));
  Attach(world, own, world.Instances(key)[0]);
  world.SetDesired(key, 0);
  world.time.RunFor(absl::Minutes(5));
  EXPECT_TRUE(world.Members(key).empty());
  EXPECT_EQ(world.Addresses(), std::vector<std::string>{own});
}

TEST(BoughtAddress, AnOutageOfTheAddressServiceDelaysAndLosesNothing) {
  World world;
  const ports::GroupKey key = world.MakeGroup({.desired = 2, .address_project = 0});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 2), "");
  world.SetFaults({{.action = "ReleaseAddress", .count = -1, .http_status = 503}});
  world.SetDesired(key, 0);
  // Past the activity's deadline and its clean-up grace.
  world.time.RunFor(absl::Hours(2));
  EXPECT_EQ(world.Addresses().size(), 2u);
  EXPECT_EQ(world.Members(key).size(), 2u) << "they aren't forgotten";
  world.SetFaults({});
  ASSERT_EQ(world.Settle(key, 0, absl::Hours(2)), "");
  EXPECT_TRUE(world.Addresses().empty());
}

TEST(SurvivingDisks, AreNamedInTheScaleIn) {
  World world;
  const ports::GroupKey key = world.MakeGroup(
      {.desired = 1,
       .data_disks = {{.type = "SSD3.0", .size_gb = 50},
                      {.type = "SSD3.0", .size_gb = 60, .delete_with_instance = true}}});
  Engine engine(world, 1);
  ASSERT_EQ(world.Settle(key, 1), "");
  world.SetDesired(key, 0);
  ASSERT_EQ(world.Settle(key, 0), "");
  ASSERT_EQ(world.cloud.region().surviving_disks().size(), 1u);
  EXPECT_THAT(world.Activities(key)[0].cause.text,
              ::testing::HasSubstr(world.cloud.region().surviving_disks()[0].id));
}

}  // namespace
}  // namespace accordion::control
