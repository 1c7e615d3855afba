#include "engine/activity/outcome.h"

#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using enum SlotState;
using domain::ActivityStatus;
using domain::ActivityType;

Slot Ended(SlotState state, const char* instance, FailureClass failure = FailureClass::kNone,
           const char* words = "") {
  Slot slot;
  slot.state = state;
  slot.instance_id = domain::InstanceId(instance);
  slot.failure = failure;
  slot.failure_words = words;
  slot.launches = state == kCancelled ? 0 : 1;
  return slot;
}

const absl::Time kEnd = absl::FromUnixSeconds(1767229200);

TEST(Finish, SucceedsIfEverySlotDid) {
  const Activity done =
      Finish(ExampleScaleOut(), {Ended(kInService, "i-1"), Ended(kInService, "i-2")}, kEnd);
  EXPECT_EQ(done.status, ActivityStatus::kSucceeded);
  EXPECT_EQ(done.end_time, kEnd);
  EXPECT_EQ(done.error_code, 0);
  EXPECT_EQ(done.cause.text, "cause");
  EXPECT_EQ(done.succeeded, (std::vector<domain::InstanceId>{domain::InstanceId("i-1"),
                                                             domain::InstanceId("i-2")}));
  EXPECT_TRUE(done.failed.empty());
}

TEST(Finish, APartialFailureFillsBothListsAndSaysWhy) {
  const std::vector<Slot> slots = {Ended(kInService, "i-1"),
                                   Ended(kFailed, "", FailureClass::kStock, "SoldOut"),
                                   Ended(kFailed, "", FailureClass::kStock, "SoldOut"),
                                   Ended(kFailed, "i-4", FailureClass::kTimeout)};
  const Activity done = Finish(ExampleScaleOut(), slots, kEnd);
  EXPECT_EQ(done.status, ActivityStatus::kFailed);
  EXPECT_EQ(done.succeeded, std::vector<domain::InstanceId>{domain::InstanceId("i-1")});
  EXPECT_EQ(done.failed, std::vector<domain::InstanceId>{domain::InstanceId("i-4")});
  EXPECT_EQ(done.error_code, ErrorCodeOf(FailureClass::kTimeout)) << "the most severe one's";
  EXPECT_EQ(done.cause.text, "cause；失败 3 台：库存不足 (SoldOut)、超时未就绪");
  EXPECT_EQ(Finish(ExampleScaleOut(), slots, kEnd, Language::kEnglish).cause.text,
            "cause; 3 failed: out of stock (SoldOut), not ready in time");
}

TEST(Finish, NamesTheDisksThatOutliveTheirInstances) {
  std::vector<Slot> slots = {Ended(kLeft, "i-1"), Ended(kLeft, "i-2"), Ended(kLeft, "i-3")};
  slots[0].surviving_disks = {"d-1", "d-2"};
  slots[1].surviving_disks = {"d-3"};
  slots[1].creation_type = domain::CreationType::kManual;  // left running, with its disk
  slots[2].surviving_disks = {"d-4"};
  EXPECT_EQ(Finish(ExampleScaleIn(), slots, kEnd).cause.text,
            "cause；未随实例删除的数据盘：i-1 的 d-1、d-2，i-3 的 d-4");
  EXPECT_EQ(Finish(ExampleScaleIn(), slots, kEnd, Language::kEnglish).cause.text,
            "cause; data disks that outlive their instance: i-1: d-1 d-2, i-3: d-4");

  // A launch that was undone leaves them, too; members in service have theirs.
  std::vector<Slot> launched = {Ended(kInService, "i-1"),
                                Ended(kFailed, "i-2", FailureClass::kTimeout),
                                Ended(kFailed, "", FailureClass::kStock)};
  for (Slot& slot : launched) slot.surviving_disks = {"d-1"};
  EXPECT_EQ(Finish(ExampleScaleOut(), launched, kEnd, Language::kEnglish).cause.text,
            "cause; 2 failed: not ready in time, out of stock; data disks that outlive their "
            "instance: i-2: d-1");
}

TEST(Finish, TheErrorCodeIsTheMostSevereFailures) {
  const FailureClass by_severity[] = {
      FailureClass::kTransient, FailureClass::kThrottled, FailureClass::kNoAddress,
      FailureClass::kStock,     FailureClass::kTimeout,   FailureClass::kQuota,
      FailureClass::kPermanent, FailureClass::kAuth,      FailureClass::kUnresolved};
  std::vector<Slot> slots;
  for (const FailureClass failure : by_severity) {
    slots.insert(slots.begin(), Ended(kFailed, "", failure));
    EXPECT_EQ(Finish(ExampleScaleOut(), slots, kEnd).error_code, ErrorCodeOf(failure));
    slots.push_back(slots.front());
  }
}

TEST(Finish, IsCancelledOnlyIfNothingWasSent) {
  const Slot cancelled = Ended(kCancelled, "");
  EXPECT_EQ(Finish(ExampleScaleOut(), {cancelled, cancelled}, kEnd).status,
            ActivityStatus::kCancelled);
  EXPECT_EQ(Finish(ExampleScaleOut(), {cancelled}, kEnd).cause.text, "cause");

  const Activity partly = Finish(ExampleScaleOut(), {Ended(kInService, "i-1"), cancelled}, kEnd);
  EXPECT_EQ(partly.status, ActivityStatus::kFailed);
  EXPECT_EQ(partly.error_code, kPartlyCancelledCode);
  EXPECT_EQ(partly.cause.text, "cause；失败 1 台：执行前已取消");

  Slot throttled = cancelled;
  throttled.launches = 1;
  EXPECT_EQ(Finish(ExampleScaleOut(), {throttled}, kEnd).status, ActivityStatus::kFailed);
  Slot sold_out = cancelled;
  sold_out.tried = {sold_out.pair};
  EXPECT_EQ(Finish(ExampleScaleOut(), {sold_out}, kEnd).status, ActivityStatus::kFailed);
}

TEST(Finish, AnInstanceThatMayRemainIsListedAsFailed) {
  const Activity done =
      Finish(ExampleScaleIn(),
             {Ended(kLeft, "i-1"), Ended(kQuarantined, "i-2", FailureClass::kUnresolved)}, kEnd);
  EXPECT_EQ(done.failed, std::vector<domain::InstanceId>{domain::InstanceId("i-2")});
  EXPECT_EQ(done.error_code, ErrorCodeOf(FailureClass::kUnresolved));
}

TEST(Finish, AllFinalNeedsEverySlotAtItsEnd) {
  EXPECT_TRUE(AllFinal({Ended(kLeft, "i-1"), Ended(kFailed, "")}));
  EXPECT_FALSE(AllFinal({Ended(kLeft, "i-1"), Ended(kProving, "i-2")}));
}

Activity Finished(ActivityType type, ActivityStatus status, int succeeded) {
  Activity activity;
  activity.type = type;
  activity.status = status;
  activity.end_time = kEnd;
  activity.cause.cooldown = absl::Seconds(60);
  activity.succeeded.resize(static_cast<size_t>(succeeded));
  return activity;
}

TEST(ApplyToGroup, StartsTheCooldownWhenCapacityChanged) {
  EXPECT_EQ(ApplyToGroup({}, Finished(ActivityType::kScaleOut, ActivityStatus::kSucceeded, 1), 0)
                .cooldown_until,
            kEnd + absl::Seconds(60));
  EXPECT_EQ(ApplyToGroup({}, Finished(ActivityType::kScaleOut, ActivityStatus::kFailed, 1), 0)
                .cooldown_until,
            kEnd + absl::Seconds(60))
      << "partial";
  EXPECT_FALSE(ApplyToGroup({}, Finished(ActivityType::kScaleOut, ActivityStatus::kFailed, 0), 0)
                   .cooldown_until.has_value());
}

TEST(ApplyToGroup, RemembersWhenMembersChanged) {
  const auto after = [](ActivityType type, int succeeded) {
    return ApplyToGroup({}, Finished(type, ActivityStatus::kSucceeded, succeeded), 0);
  };
  for (const ActivityType type : {ActivityType::kScaleOut, ActivityType::kAttach}) {
    EXPECT_EQ(after(type, 1).capacity_added_at, kEnd);
    EXPECT_EQ(after(type, 1).membership_changed_at, kEnd);
    EXPECT_FALSE(after(type, 0).membership_changed_at.has_value());
  }
  for (const ActivityType type :
       {ActivityType::kScaleIn, ActivityType::kDetach, ActivityType::kReplace}) {
    EXPECT_FALSE(after(type, 1).capacity_added_at.has_value());
    EXPECT_EQ(after(type, 1).membership_changed_at, kEnd);
  }
}

TEST(ApplyToGroup, FailuresInARowRestLonger) {
  domain::ScalingGroup group;
  const Activity failed = Finished(ActivityType::kScaleOut, ActivityStatus::kFailed, 0);
  std::vector<absl::Duration> rests;
  for (int i = 0; i < 8; ++i) {
    group = ApplyToGroup(group, failed, UINT64_MAX);
    rests.push_back(*group.retry_not_before - kEnd);
  }
  EXPECT_EQ(group.failed_in_a_row, 8);
  EXPECT_EQ(rests,
            (std::vector<absl::Duration>{absl::Seconds(15), absl::Seconds(30), absl::Seconds(60),
                                         absl::Seconds(120), absl::Seconds(240), absl::Seconds(480),
                                         absl::Seconds(900), absl::Seconds(900)}));
  EXPECT_EQ(*ApplyToGroup(group, failed, 0).retry_not_before - kEnd, absl::Seconds(15))
      << "whatever the jitter";

  const domain::ScalingGroup cancelled =
      ApplyToGroup(group, Finished(ActivityType::kScaleOut, ActivityStatus::kCancelled, 0), 0);
  EXPECT_EQ(cancelled, group);
  group = ApplyToGroup(group, Finished(ActivityType::kScaleOut, ActivityStatus::kSucceeded, 1), 0);
  EXPECT_EQ(group.failed_in_a_row, 0);
  EXPECT_FALSE(group.retry_not_before.has_value());
}

TEST(ApplyToGroup, AttachesAndRegistrationsRestApartFromTheOthers) {
  for (const ActivityType type : {ActivityType::kAttach, ActivityType::kRegistration}) {
    domain::ScalingGroup group;
    group.failed_in_a_row = 3;
    group.retry_not_before = kEnd + absl::Hours(1);
    domain::ScalingGroup after = ApplyToGroup(group, Finished(type, ActivityStatus::kFailed, 0), 0);
    EXPECT_EQ(after.registrations_failed_in_a_row, 1);
    EXPECT_EQ(after.registrations_not_before, kEnd + absl::Seconds(15));
    EXPECT_EQ(after.failed_in_a_row, 3);
    EXPECT_EQ(after.retry_not_before, group.retry_not_before);
    after = ApplyToGroup(after, Finished(type, ActivityStatus::kSucceeded, 1), 0);
    EXPECT_EQ(after.registrations_failed_in_a_row, 0);
    EXPECT_FALSE(after.registrations_not_before.has_value());
    EXPECT_EQ(after.failed_in_a_row, 3);
  }
}

TEST(ApplyToGroup, ARegistrationChangesNoMembership) {
  const domain::ScalingGroup group;
  EXPECT_EQ(
      ApplyToGroup(group, Finished(ActivityType::kRegistration, ActivityStatus::kSucceeded, 2), 0),
      group);
}

TEST(NotificationType, IsByTypeAndSuccess) {
  const auto of = [](ActivityType type, ActivityStatus status) {
    return NotificationType(Finished(type, status, 0));
  };
  EXPECT_EQ(of(ActivityType::kScaleOut, ActivityStatus::kSucceeded), 1);
  EXPECT_EQ(of(ActivityType::kScaleOut, ActivityStatus::kFailed), 2);
  EXPECT_EQ(of(ActivityType::kScaleIn, ActivityStatus::kSucceeded), 3);
  EXPECT_EQ(of(ActivityType::kScaleIn, ActivityStatus::kFailed), 4);
  EXPECT_EQ(of(ActivityType::kReplace, ActivityStatus::kSucceeded), 5);
  EXPECT_EQ(of(ActivityType::kReplace, ActivityStatus::kFailed), 6);
  for (const ActivityType type :
       {ActivityType::kScaleOut, ActivityType::kScaleIn, ActivityType::kReplace}) {
    EXPECT_EQ(of(type, ActivityStatus::kCancelled), 0);
    EXPECT_EQ(of(type, ActivityStatus::kRunning), 0);
  }
  EXPECT_EQ(of(ActivityType::kAttach, ActivityStatus::kSucceeded), 0);
  EXPECT_EQ(of(ActivityType::kDetach, ActivityStatus::kFailed), 0);
  EXPECT_EQ(of(ActivityType::kRegistration, ActivityStatus::kFailed), 0);
}

}  // namespace
}  // namespace accordion::activity
