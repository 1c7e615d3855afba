// Instances that launches left behind, and those that only look so.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/engine/control/member_acts.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

constexpr absl::Duration kPatience = absl::Minutes(20);
constexpr int64_t kAddressProject = 5;

// An instance of that name, which no group has.
std::string RunNamed(World& world, const std::string& name, bool with_address = false) {
  const cloudsim::RegionSpec& spec = world.cloud.region().spec();
  cloudsim::LaunchRequest request;
  request.image_id = spec.images[0].id;
  request.instance_type = spec.instance_types[0].name;
  request.subnet_id = spec.subnets[0].id;
  request.security_group_ids = {spec.security_groups[0].id};
  request.charge_type = "HourlyInstantSettlement";
  request.name = name;
  if (with_address) {
    request.address = cloudsim::AddressTerms{.band_width = 1,
                                             .band_width_share_id = "",
                                             .line_id = "BGP",
                                             .charge_type = "HourlyInstantSettlement",
                                             .project_id = kAddressProject};
  }
  const auto made = world.cloud.region().RunInstances(
      {.account_id = world.account.value(), .action = "RunInstances"}, request, world.time.Now());
  EXPECT_TRUE(made.ok()) << made.status();
  return made->front().id;
}

// A world with a group of two that rests, and an engine.
class OrphanSweeper : public ::testing::Test {
 protected:
  OrphanSweeper() { Start(); }

  void Start() {
    engine_ = std::make_unique<Engine>(world_, ++seed_);
    if (key_.group_id.value() == 0) key_ = world_.MakeGroup({.desired = 2});
    EXPECT_EQ(world_.Settle(key_, 2), "");
  }

  // A launch on record that came to `state`, sent now.
  activity::LaunchIntent Launch(activity::IntentState state, bool buys_address = false) {
    activity::LaunchIntent launch;
    launch.id = domain::IntentId(absl::StrCat("orphan", ++launches_));
    launch.account_id = key_.account_id;
    launch.group_id = key_.group_id;
    launch.activity_id = domain::ActivityId(1);
    launch.state = state;
    launch.sent_at = world_.time.Now();
    launch.launch_name = absl::StrCat("web-", launch.id.value());
    if (buys_address) launch.address_project_id = kAddressProject;
    const absl::Status inserted =
        world_.store.Transact([&](ports::Tx& tx) { return tx.activities().InsertIntent(launch); });
    EXPECT_TRUE(inserted.ok()) << inserted;
    return launch;
  }
  std::string Appear(const std::string& name) { return RunNamed(world_, name); }
  std::string Appear(const activity::LaunchIntent& launch) {
    return RunNamed(world_, launch.launch_name, launch.address_project_id.has_value());
  }
  bool Exists(const std::string& id) {
    const cloudsim::Instance* instance = world_.cloud.region().fleet().Find(id);
    return instance != nullptr && instance->state != cloudsim::InstanceState::kTerminating;
  }
  int Existing(const std::vector<std::string>& ids) {
    int count = 0;
    for (const std::string& id : ids) count += Exists(id) ? 1 : 0;
    return count;
  }
  int OpenOrphans() {
    int open = 0;
    const absl::Status read = world_.store.Read([&](ports::Tx& tx) {
      const auto orphans = tx.sweeps().OpenOrphans(world_.account);
      if (orphans.ok()) open = static_cast<int>(orphans->size());
      return orphans.status();
    });
    EXPECT_TRUE(read.ok()) << read;
    return open;
  }

  World world_;
  ports::GroupKey key_;
  std::unique_ptr<Engine> engine_;
  uint64_t seed_ = 0;
  int launches_ = 0;
};

TEST_F(OrphanSweeper, WhatAnAbandonedLaunchBroughtIsTerminatedOnceItIsOldEnough) {
  const std::string orphan = Appear(Launch(activity::IntentState::kAbandoned));
  world_.time.RunFor(TestSettings().orphans.least_age - absl::Minutes(1));
  EXPECT_TRUE(Exists(orphan));
  world_.time.RunFor(kPatience);
  EXPECT_FALSE(Exists(orphan));
  EXPECT_EQ(OpenOrphans(), 0);
  EXPECT_EQ(world_.Unrest(key_, 2), "");
}

TEST_F(OrphanSweeper, WhatIsSomebodyElsesIsLeftAlone) {
  const std::vector<std::string> others = {
      Appear("web"),
      Appear("as-77-abcdefghij"),                                           // no such launch
      Appear(Launch(activity::IntentState::kAdopted)),                      // a second one
      Appear(Launch(activity::IntentState::kAbandoned).launch_name + "x"),  // another name
  };
  // A copy that its owner made long after the launch.
  const activity::LaunchIntent old = Launch(activity::IntentState::kAbandoned);
  world_.time.RunFor(absl::Hours(1));
  const std::string copy = Appear(old.launch_name);
  world_.time.RunFor(absl::Hours(1));
  EXPECT_EQ(Existing(others), 4);
  EXPECT_TRUE(Exists(copy));
}

TEST_F(OrphanSweeper, WhatItsUserTookIntoAGroupIsTheUsers) {
  const std::string taken = Appear(Launch(activity::IntentState::kAbandoned));
  world_.time.RunFor(absl::Minutes(2));
  Attach(world_, key_, {taken});
  EXPECT_EQ(Settle(world_, key_, 3), "");
  Detach(world_, key_, {taken});
  EXPECT_EQ(Settle(world_, key_, 2), "");
  world_.time.RunFor(absl::Hours(1));
  EXPECT_TRUE(Exists(taken));
}

TEST_F(OrphanSweeper, OfManyTenAreBegunInTenMinutes) {
  std::vector<std::string> orphans;
  for (int i = 0; i < 12; ++i) orphans.push_back(Appear(Launch(activity::IntentState::kRejected)));
  const absl::Time end = world_.time.Now() + absl::Hours(1);
  while (Existing(orphans) == 12 && world_.time.Now() < end) world_.time.RunFor(absl::Seconds(10));
  world_.time.RunFor(absl::Minutes(2));
  EXPECT_EQ(Existing(orphans), 2);
  world_.time.RunFor(absl::Minutes(20));
  EXPECT_EQ(Existing(orphans), 0);
}

TEST_F(OrphanSweeper, ARestartDoesNotLiftTheCap) {
  std::vector<std::string> orphans;
  for (int i = 0; i < 12; ++i) orphans.push_back(Appear(Launch(activity::IntentState::kRejected)));
  const absl::Time end = world_.time.Now() + absl::Hours(1);
  while (Existing(orphans) == 12 && world_.time.Now() < end) world_.time.RunFor(absl::Seconds(10));
  engine_->Kill();
  Start();
  world_.time.RunFor(absl::Minutes(2));
  EXPECT_EQ(Existing(orphans), 2);
}

TEST_F(OrphanSweeper, TheAddressThatWasBoughtWithItIsReleased) {
  const size_t before = world_.Addresses().size();
  Appear(Launch(activity::IntentState::kAbandoned, /*buys_address=*/true));
  ASSERT_EQ(world_.Addresses().size(), before + 1);
  world_.time.RunFor(absl::Minutes(40));
  EXPECT_EQ(world_.Addresses().size(), before);
}

TEST_F(OrphanSweeper, AListThatFailsEndsNobody) {
  const std::string orphan = Appear(Launch(activity::IntentState::kAbandoned));
  world_.SetFaults(
      {{.action = "DescribeInstances", .count = -1, .http_status = 500, .code = "Injected"}});
  world_.time.RunFor(absl::Hours(1));
  EXPECT_TRUE(Exists(orphan));
  world_.SetFaults({});
  world_.time.RunFor(kPatience);
  EXPECT_FALSE(Exists(orphan));
}

// Where an orphan is found soon after it is old enough, so that there are few boundaries.
Settings OftenSwept() {
  Settings settings = TestSettings();
  settings.account_sweep = absl::Seconds(5);
  settings.orphan_search = absl::Seconds(5);
  settings.due_poll = absl::Seconds(20);
  return settings;
}

// A world with an orphan that is about to be old enough, and an engine.
struct Debris {
  Debris() {
    key = world.MakeGroup({.desired = 1});
    EXPECT_EQ(world.Settle(key, 1), "");
    activity::LaunchIntent launch;
    launch.id = domain::IntentId("orphan");
    launch.account_id = key.account_id;
    launch.group_id = key.group_id;
    launch.state = activity::IntentState::kAbandoned;
    launch.sent_at = world.time.Now();
    launch.launch_name = "web-orphan";
    const absl::Status inserted =
        world.store.Transact([&](ports::Tx& tx) { return tx.activities().InsertIntent(launch); });
    EXPECT_TRUE(inserted.ok()) << inserted;
    orphan = RunNamed(world, launch.launch_name);
    world.time.RunFor(OftenSwept().orphans.least_age - absl::Seconds(1));
    armed_at = engine.lifeline.passed();
  }
  bool IsGone() { return world.cloud.region().fleet().Find(orphan) == nullptr; }

  World world;
  ports::GroupKey key;
  Engine engine{world, 1, OftenSwept()};
  std::string orphan;
  int armed_at = 0;
};

TEST(OrphanCrash, AnOrphansEndIsTakenUpWhereverAnEngineDies) {
  int boundaries = 0;
  {
    Debris calm;
    ASSERT_TRUE(calm.world.time.RunUntilTrue([&] { return calm.IsGone(); }, absl::Minutes(5)));
    calm.world.time.RunFor(absl::Seconds(20));  // to the release and the end of its row
    boundaries = calm.engine.lifeline.passed() - calm.armed_at;
  }
  ASSERT_GT(boundaries, 10);
  for (int die_at = 1; die_at <= boundaries; ++die_at) {
    Debris debris;
    debris.engine.lifeline.DieAt(debris.armed_at + die_at);
    debris.world.time.RunFor(absl::Minutes(3));
    ASSERT_TRUE(debris.engine.lifeline.dead());
    Engine heir(debris.world, 2, OftenSwept());
    debris.world.time.RunFor(absl::Minutes(5));
    EXPECT_TRUE(debris.IsGone()) << "died at " << debris.engine.lifeline.died_at();
    EXPECT_EQ(debris.world.Unrest(debris.key, 1), "");
  }
}

}  // namespace
}  // namespace accordion::control
