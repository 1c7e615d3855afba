#include "engine/activity/launch_record.h"

#include "engine/domain/limits.h"
#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using enum SlotState;

Slot Launched(SlotState state, FailureClass failure = FailureClass::kNone) {
  Slot slot = LaunchSlot(kSending);
  slot.state = state;
  slot.failure = failure;
  if (state == kInService) slot.instance_id = domain::InstanceId("i-1");
  return slot;
}

domain::PlacementPair Pair(const char* subnet, const char* type) {
  return {domain::SubnetId(subnet), type};
}

Activity Ended() {
  Activity activity = ExampleScaleOut();
  activity.end_time = ExampleStart() + absl::Minutes(1);
  return activity;
}

TEST(TallyLaunches, CountsWhatServesAndWhatFailedForGood) {
  Slot removal = RemovalSlot(kQuarantined);  // of a replacement: no launch
  removal.failure = FailureClass::kPermanent;
  const std::vector<Slot> slots = {
      Launched(kInService),
      Launched(kFailed, FailureClass::kPermanent),
      Launched(kFailed, FailureClass::kTimeout),
      Launched(kQuarantined, FailureClass::kTimeout),
      Launched(kFailed, FailureClass::kStock),
      Launched(kFailed, FailureClass::kNoAddress),
      Launched(kFailed, FailureClass::kQuota),
      Launched(kFailed, FailureClass::kThrottled),
      Launched(kFailed, FailureClass::kAuth),
      Launched(kFailed, FailureClass::kTransient),
      Launched(kFailed, FailureClass::kUnresolved),
      Launched(kCancelled),
      RemovalSlot(kLeft),
      removal,
  };
  EXPECT_EQ(TallyLaunches(slots), (domain::LaunchTally{.served = 1, .failed_for_good = 3}));
}

TEST(AttemptsWords, NamesEveryPairThatWasTriedAndWhatBecameOfIt) {
  std::vector<Slot> slots(3, Launched(kInService));
  slots[0].pair = slots[1].pair = Pair("a", "S2");
  slots[0].refusals = {{Pair("a", "S1"), FailureClass::kStock, 1}};
  slots[1].refusals = {{Pair("b", "S1"), FailureClass::kNoAddress, 1},
                       {Pair("a", "S1"), FailureClass::kStock, 1}};
  slots[2].pair = Pair("c", "S1");
  slots[2].refusals = {{Pair("a", "S1"), FailureClass::kThrottled, 2}};
  EXPECT_EQ(AttemptsWords(Language::kChinese, slots),
            "；尝试 8 次：a/S1 库存不足 ×2、b/S1 子网无可用地址 ×1、a/S1 请求被限流 ×2、"
            "a/S2 已受理 ×2、c/S1 已受理 ×1");
  EXPECT_EQ(AttemptsWords(Language::kEnglish, slots),
            "; 8 attempts: a/S1 out of stock x2, b/S1 no free address in the subnet x1, "
            "a/S1 throttled x2, a/S2 accepted x2, c/S1 accepted x1");
}

TEST(AttemptsWords, SayNothingWhereNothingWasRefused) {
  EXPECT_EQ(AttemptsWords(Language::kChinese, {Launched(kInService), Launched(kInService)}), "");
  EXPECT_EQ(AttemptsWords(Language::kChinese, {RemovalSlot(kLeft)}), "");
}

TEST(AttemptsWords, AreBounded) {
  Slot slot = Launched(kInService);
  for (int i = 0; i < 100; ++i) {
    slot.refusals.push_back({{domain::SubnetId(std::string(36, 's')), "type-" + std::to_string(i)},
                             FailureClass::kStock,
                             1});
  }
  const std::string words = AttemptsWords(Language::kEnglish, {slot});
  EXPECT_NE(words.find("; 101 attempts: "), std::string::npos);
  EXPECT_NE(words.find(", and 81 more"), std::string::npos) << words;
  EXPECT_NE(AttemptsWords(Language::kChinese, {slot}).find("，另有 81 项"), std::string::npos);
  EXPECT_LT(words.size(), 2000u);
}

TEST(ApplyLaunches, SaysSoWhenLaunchesPauseAndWhileTheyDo) {
  domain::ScalingGroup group;
  const std::vector<Slot> ten(10, Launched(kFailed, FailureClass::kPermanent));
  Activity first = Ended();
  EXPECT_TRUE(ApplyLaunches(Language::kEnglish, ten, first, group)) << "it begins here";
  EXPECT_EQ(group.launch_probe_at, *first.end_time + domain::kLaunchProbeInterval);
  EXPECT_NE(first.cause.text.find("; Launches are paused after 10 failures in a row"),
            std::string::npos)
      << first.cause.text;
  Activity probe = Ended();
  EXPECT_FALSE(ApplyLaunches(Language::kChinese, {ten[0]}, probe, group));
  EXPECT_NE(probe.cause.text.find("；连续 11 次启动实例失败"), std::string::npos)
      << probe.cause.text;
  Activity served = Ended();
  EXPECT_FALSE(ApplyLaunches(Language::kEnglish, {Launched(kInService)}, served, group));
  EXPECT_EQ(served.cause.text, "cause");
  EXPECT_FALSE(domain::LaunchesPaused(group));
}

TEST(ApplyLaunches, AnActivityWithoutLaunchesLeavesTheBreakerAlone) {
  domain::ScalingGroup group;
  group.launch_errors_in_a_row = 10;
  group.launch_probe_at = ExampleStart();
  const domain::ScalingGroup before = group;
  for (const Slot& slot : {RemovalSlot(kLeft), Launched(kCancelled)}) {
    Activity activity = Ended();
    EXPECT_FALSE(ApplyLaunches(Language::kEnglish, {slot}, activity, group));
    EXPECT_EQ(group, before);
    EXPECT_EQ(activity.cause.text, "cause");
  }
}

}  // namespace
}  // namespace accordion::activity
