#include "engine/activity/step.h"

#include <set>
#include <string>

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

}  // namespace
}  // namespace accordion::activity
