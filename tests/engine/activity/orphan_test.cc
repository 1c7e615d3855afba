#include "engine/activity/orphan.h"

#include "engine/activity/launch_name.h"
#include "gtest/gtest.h"

namespace accordion::activity {
namespace {

const absl::Time kSent = absl::FromUnixSeconds(1'700'000'000);
const OrphanRules kRules;

ObservedInstance Seen(absl::Time created_at) {
  ObservedInstance seen;
  seen.instance_id = domain::InstanceId("i-1");
  seen.name = "web-abcdefghij";
  seen.created_at = created_at;
  return seen;
}

LaunchIntent LaunchIn(IntentState state) {
  LaunchIntent launch;
  launch.id = domain::IntentId("abcdefghijklmnopqrstuvwxyz");
  launch.state = state;
  launch.sent_at = kSent;
  launch.launch_name = "web-abcdefghij";
  return launch;
}

OrphanVerdict Judge(const LaunchIntent& launch, absl::Time created_at = kSent,
                    absl::Duration later = absl::Hours(1)) {
  return JudgeOrphan(Seen(created_at), &launch, created_at + later, kRules);
}

TEST(OrphanTest, OnlyALaunchThatIsKnownToHaveBroughtNothingLeavesAnOrphan) {
  EXPECT_EQ(Judge(LaunchIn(IntentState::kAbandoned)), OrphanVerdict::kOrphan);
  EXPECT_EQ(Judge(LaunchIn(IntentState::kRejected)), OrphanVerdict::kOrphan);
  for (const IntentState state :
       {IntentState::kPrepared, IntentState::kSent, IntentState::kUnknown}) {
    EXPECT_EQ(Judge(LaunchIn(state)), OrphanVerdict::kTracked) << IntentStateName(state);
  }
  // Another instance came of these: a second one with its name may be a copy by its owner.
  for (const IntentState state : {IntentState::kAccepted, IntentState::kAdopted}) {
    EXPECT_EQ(Judge(LaunchIn(state)), OrphanVerdict::kDoubtful) << IntentStateName(state);
  }
}

TEST(OrphanTest, TheInstanceThatALaunchBroughtIsSeenToByItsGroup) {
  for (const IntentState state :
       {IntentState::kAccepted, IntentState::kAdopted, IntentState::kAbandoned}) {
    LaunchIntent launch = LaunchIn(state);
    launch.instance_id = domain::InstanceId("i-1");
    EXPECT_EQ(Judge(launch), OrphanVerdict::kTracked) << IntentStateName(state);
  }
}

TEST(OrphanTest, AYoungOneIsLeftToTheLookUpsByMarker) {
  const LaunchIntent launch = LaunchIn(IntentState::kAbandoned);
  EXPECT_EQ(Judge(launch, kSent, kRules.least_age - absl::Seconds(1)), OrphanVerdict::kTracked);
  EXPECT_EQ(Judge(launch, kSent, kRules.least_age), OrphanVerdict::kOrphan);
}

TEST(OrphanTest, WhatWasMadeBeforeOrLongAfterTheLaunchIsNotItsOwn) {
  const LaunchIntent launch = LaunchIn(IntentState::kAbandoned);
  const absl::Time earliest = kSent - kRules.clock_skew;
  const absl::Time latest = kSent + kRules.latest_arrival + kRules.clock_skew;
  EXPECT_EQ(Judge(launch, earliest), OrphanVerdict::kOrphan);
  EXPECT_EQ(Judge(launch, latest), OrphanVerdict::kOrphan);
  EXPECT_EQ(Judge(launch, earliest - absl::Seconds(1)), OrphanVerdict::kDoubtful);
  EXPECT_EQ(Judge(launch, latest + absl::Seconds(1)), OrphanVerdict::kDoubtful);
  LaunchIntent unsent = launch;
  unsent.sent_at.reset();
  EXPECT_EQ(Judge(unsent), OrphanVerdict::kDoubtful);
}

TEST(OrphanTest, AnAgeThatIsNotKnownIsNone) {
  EXPECT_NE(JudgeOrphan(Seen(absl::InfiniteFuture()), nullptr, kSent, kRules),
            OrphanVerdict::kOrphan);
  const LaunchIntent launch = LaunchIn(IntentState::kAbandoned);
  EXPECT_EQ(JudgeOrphan(Seen(absl::InfiniteFuture()), &launch, kSent + absl::Hours(9), kRules),
            OrphanVerdict::kDoubtful);
}

TEST(OrphanTest, WithoutALaunchOnRecordNothingIsEnded) {
  ObservedInstance seen = Seen(kSent);
  const auto judge = [&] { return JudgeOrphan(seen, nullptr, kSent + absl::Hours(9), kRules); };
  EXPECT_EQ(judge(), OrphanVerdict::kForeign);
  seen.name = "as-537348800756654080-abcdefghij";
  EXPECT_EQ(judge(), OrphanVerdict::kDoubtful);
  seen.name = "web";
  seen.marker = domain::IntentId("abcdefghijklmnopqrstuvwxyz");
  EXPECT_EQ(judge(), OrphanVerdict::kDoubtful);
}

TEST(OrphanTest, ALaunchsDefaultNameIsKnownByItsForm) {
  EXPECT_TRUE(LooksLikeLaunchName("as-77-abcdefghij"));
  for (const char* name :
       {"", "as-", "as-77", "as-77-abcdefghi", "as-77-abcdefghijk", "as--abcdefghij",
        "as-x-abcdefghij", "as-0-abcdefghij", "web-77-abcdefghij"}) {
    EXPECT_FALSE(LooksLikeLaunchName(name)) << name;
  }
}

}  // namespace
}  // namespace accordion::activity
