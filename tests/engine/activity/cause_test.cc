#include "engine/activity/cause.h"

#include <set>

#include "gtest/gtest.h"

namespace accordion::activity {
namespace {

domain::Decision ExampleDecision() {
  domain::Decision decision;
  domain::ScalingPolicy& policy = decision.firing.policy;
  policy.id = domain::PolicyId(10000001);
  policy.name = "cpu-high";
  policy.rule = {.dimension = domain::Dimension::kCpuUsage,
                 .comparison = domain::Comparison::kGreater,
                 .statistic = domain::Statistic::kAvg,
                 .threshold = 50,
                 .repeat_times = 2,
                 .period = absl::Seconds(60)};
  const absl::Time start = absl::FromUnixSeconds(1767234660);  // 02:31:00 UTC
  domain::PeriodVerdict first;
  first.start = start;
  first.value = 63.25;
  domain::PeriodVerdict second;
  second.start = start + absl::Seconds(60);
  second.value = 200.0 / 3;
  decision.firing.periods = {first, second};
  decision.desired_before = 2;
  decision.desired_after = 4;
  return decision;
}

const Actor kActor{.principal = "alice", .access_key_id = "AKIDexample"};

TEST(Cause, APolicyShowsItsNumbersInTheRegionsTime) {
  const absl::TimeZone zone = absl::FixedTimeZone(8 * 60 * 60);
  EXPECT_EQ(PolicyCause(Language::kChinese, ExampleDecision(), zone),
            "伸缩策略\"cpu-high\"(10000001)触发：cpu_usage avg 在连续 2 个周期(60 秒)内 > "
            "50：63.25@10:31:00、66.66666667@10:32:00；期望实例数 2 → 4");
  EXPECT_EQ(PolicyCause(Language::kEnglish, ExampleDecision(), absl::UTCTimeZone()),
            "Scaling policy \"cpu-high\" (10000001) fired: cpu_usage avg > 50 for 2 consecutive "
            "periods (60 s): "
            "63.25@02:31:00, 66.66666667@02:32:00; desired capacity 2 -> 4");
}

TEST(Cause, UsersActsNameTheUserAndTheKey) {
  EXPECT_EQ(GroupCreatedCause(Language::kChinese), "创建伸缩组触发");
  EXPECT_EQ(GroupCreatedCause(Language::kEnglish), "Scaling group created");
  EXPECT_EQ(GroupModifiedCause(Language::kChinese, kActor, 2, 3, false),
            "修改伸缩组触发（用户 alice，密钥 AKIDexample）：期望实例数 2 → 3");
  EXPECT_EQ(
      GroupModifiedCause(Language::kChinese, kActor, 2, 3, true),
      "修改伸缩组触发（用户 alice，密钥 AKIDexample）：期望实例数 2 → 3（调整至新的实例数范围内）");
  EXPECT_EQ(GroupModifiedCause(Language::kEnglish, kActor, 2, 3, true),
            "Scaling group modified (user alice, key AKIDexample): desired capacity 2 -> 3 (moved "
            "into the new range of "
            "sizes)");
  EXPECT_EQ(GroupModifiedCause(Language::kEnglish, kActor, 2, 3, false),
            "Scaling group modified (user alice, key AKIDexample): desired capacity 2 -> 3");
  EXPECT_EQ(GroupDeletedCause(Language::kChinese, kActor),
            "删除伸缩组触发（用户 alice，密钥 AKIDexample）");
  EXPECT_EQ(GroupDeletedCause(Language::kEnglish, kActor),
            "Scaling group deleted (user alice, key AKIDexample)");
  EXPECT_EQ(GroupEnabledCause(Language::kChinese, kActor),
            "启用伸缩组触发（用户 alice，密钥 AKIDexample）");
  EXPECT_EQ(GroupEnabledCause(Language::kEnglish, kActor),
            "Scaling group enabled (user alice, key AKIDexample)");
}

TEST(Cause, EveryFailureHasWordsOfItsOwnInBothLanguages) {
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    std::set<std::string> texts = {CancelledText(language)};
    for (int i = 0; i <= static_cast<int>(FailureClass::kUnresolved); ++i) {
      texts.insert(FailureText(language, static_cast<FailureClass>(i), ""));
    }
    EXPECT_EQ(texts.size(), 11u);
  }
  EXPECT_EQ(FailureText(Language::kEnglish, FailureClass::kQuota, "QuotaExceeded"),
            "quota exceeded (QuotaExceeded)");
}

TEST(Cause, NamesAreThoseOfTheApi) {
  const char* dimensions[] = {"cpu_usage",     "mem_usage",           "net_outtraffic",
                              "net_intraffic", "listener_outtraffic", "listener_intraffic"};
  for (int i = 0; i < domain::kDimensionCount; ++i) {
    EXPECT_STREQ(DimensionName(static_cast<domain::Dimension>(i)), dimensions[i]);
  }
  const char* signs[] = {">", ">=", "<", "<=", "=", "!="};
  for (int i = 0; i < 6; ++i)
    EXPECT_STREQ(ComparisonSign(static_cast<domain::Comparison>(i)), signs[i]);
  const char* statistics[] = {"avg", "min", "max"};
  for (int i = 0; i < 3; ++i)
    EXPECT_STREQ(StatisticName(static_cast<domain::Statistic>(i)), statistics[i]);
}

domain::ScheduledTask ExampleTask() {
  domain::ScheduledTask task;
  task.id = domain::TaskId(537276906367950848);
  task.name = "夜间";
  task.readjust = {.max_size = 6, .min_size = 1, .expect_size = 4};
  return task;
}

TEST(Cause, ATaskIsNamedWithTheInstantThatWasDue) {
  const absl::Time due = absl::FromUnixSeconds(1767234660);  // 02:31:00 UTC
  EXPECT_EQ(TaskCause(Language::kChinese, ExampleTask(), due, 2, absl::FixedTimeZone(8 * 60 * 60)),
            "定时任务\"夜间\"(537276906367950848)触发：计划时间 2026-01-01 10:31:00，实例数范围 "
            "1~6；期望实例数 2 → 4");
  EXPECT_EQ(TaskCause(Language::kEnglish, ExampleTask(), due, 2, absl::UTCTimeZone()),
            "Scheduled task \"夜间\" (537276906367950848) fired: due at 2026-01-01 02:31:00, sizes "
            "1~6; desired capacity 2 -> 4");
}

TEST(Cause, WhatBecameOfADueInstantIsSaidWithTheReason) {
  using Outcome = domain::OccurrenceOutcome;
  const absl::Time due = absl::FromUnixSeconds(1767234660);
  const domain::TaskFault fault{.kind = domain::FaultKind::kAboveQuota, .limit = 5};
  const domain::Occurrence failed{.due_at = due, .outcome = Outcome::kFailed};
  const auto text = [&](Language language) {
    return OccurrenceText(language, failed, TaskFaultText(language, ExampleTask().readjust, fault),
                          absl::UTCTimeZone());
  };
  EXPECT_EQ(text(Language::kChinese), "2026-01-01 02:31:00：执行失败：最大实例数 6 超出配额 5");
  EXPECT_EQ(text(Language::kEnglish),
            "2026-01-01 02:31:00: failed: max size 6 is above the quota 5");
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    std::set<std::string> texts;
    for (const Outcome outcome : {Outcome::kFired, Outcome::kFailed, Outcome::kCoalesced,
                                  Outcome::kExpired, Outcome::kDisabled}) {
      texts.insert(
          OccurrenceText(language, {.due_at = due, .outcome = outcome}, "", absl::UTCTimeZone()));
    }
    EXPECT_EQ(texts.size(), 5u);
    EXPECT_NE(TaskFaultText(language, {}, {}), TaskFaultText(language, {}, fault));
  }
}

}  // namespace
}  // namespace accordion::activity
