#include "engine/activity/step.h"

#include <set>
#include <string>

#include "engine/activity/launch_name.h"
#include "gtest/gtest.h"

namespace accordion::activity {
namespace {

constexpr absl::Duration kMin = absl::Seconds(1);
constexpr absl::Duration kMax = absl::Seconds(60);

TEST(Backoff, DoublesUpToItsMaximum) {
  EXPECT_EQ(Backoff(0, kMin, kMax, UINT64_MAX), absl::Seconds(1));
  EXPECT_EQ(Backoff(3, kMin, kMax, UINT64_MAX), absl::Seconds(8));
  EXPECT_EQ(Backoff(6, kMin, kMax, UINT64_MAX), kMax);
  EXPECT_EQ(Backoff(1'000'000, kMin, kMax, UINT64_MAX), kMax);
  EXPECT_EQ(Backoff(-1, kMin, kMax, UINT64_MAX), kMin);
}

TEST(Backoff, IsUniformAndNeverZero) {
  EXPECT_EQ(Backoff(6, kMin, kMax, 0), absl::Milliseconds(1));
  EXPECT_EQ(Backoff(6, kMin, kMax, (uint64_t{1} << 63) - 1), absl::Seconds(30));
}

TEST(StepSettings, TheHorizonOutlastsSignatureCallAndReadLag) {
  EXPECT_EQ(StepSettings().UnknownHorizon(), absl::Minutes(20));
}

TEST(Event, EveryEventAndEffectHasItsName) {
  EXPECT_STREQ(EventName(Resumed{}), "Resumed");
  EXPECT_STREQ(EventName(LaunchAccepted{}), "LaunchAccepted");
  EXPECT_STREQ(EventName(LaunchUnknown{}), "LaunchUnknown");
  EXPECT_STREQ(EventName(RegistrationsListed{}), "RegistrationsListed");
  EXPECT_STREQ(EventName(CallFailed{}), "CallFailed");
  EXPECT_STREQ(EffectName(Launch{}), "Launch");
  EXPECT_STREQ(EffectName(ListRegistrations{}), "ListRegistrations");
  EXPECT_STREQ(EffectName(Terminate{}), "Terminate");
}

TEST(Event, OnlyReadsMayRunWithoutTheLease) {
  EXPECT_TRUE(Mutates(Launch{}) && Mutates(Register{}) && Mutates(Deregister{}) &&
              Mutates(Terminate{}));
  EXPECT_FALSE(Mutates(LookUpMarker{}) || Mutates(ReadInstance{}) || Mutates(ListRegistrations{}));
}

TEST(Intent, EveryStateHasItsName) {
  std::set<std::string> names;
  for (int i = 0; i <= static_cast<int>(IntentState::kAbandoned); ++i) {
    names.insert(IntentStateName(static_cast<IntentState>(i)));
  }
  EXPECT_EQ(names, (std::set<std::string>{"Prepared", "Sent", "Accepted", "Rejected", "Unknown",
                                          "Adopted", "Abandoned"}));
}

TEST(LaunchName, HasTheUsersPartsTheRegionsTimeAndTheMarker) {
  const domain::IntentId marker("abcdefghijklmnopqrstuvwxyz");
  const absl::Time signed_at = absl::FromUnixSeconds(1'795'507'200);  // 2026-11-24 08:00:00 UTC
  const auto name = [&](const domain::ScalingConfiguration& configuration) {
    return LaunchName(configuration, domain::GroupId(7), marker, signed_at,
                      absl::FixedTimeZone(8 * 60 * 60));
  };
  domain::ScalingConfiguration configuration;
  EXPECT_EQ(name(configuration), "as-7-abcdefghij");
  configuration.instance_name = "web";
  EXPECT_EQ(name(configuration), "web-abcdefghij");
  configuration.instance_name_suffix = "1";
  EXPECT_EQ(name(configuration), "web1-abcdefghij");
  configuration.instance_name_time_suffix = true;
  EXPECT_EQ(name(configuration), "web1-20261124160000-abcdefghij");
}

}  // namespace
}  // namespace accordion::activity
