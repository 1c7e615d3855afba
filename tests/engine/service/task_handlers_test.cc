#include "engine/service/task_handlers.h"

#include <functional>
#include <string>
#include <vector>

#include "accordion/v1/scheduled_task.pb.h"
#include "engine/service/timestamps.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using CreateRequest = v1::CreateScheduledTaskRequest;
using ModifyRequest = v1::ModifyScheduledTaskRequest;

class TaskHandlersTest : public ServiceFixture {
 protected:
  TaskHandlersTest() : key_(AddGroup()) {}

  absl::Time In(absl::Duration time) { return clock_.Now() + time; }

  // A one-shot in an hour.
  CreateRequest OneShot() {
    CreateRequest request;
    request.set_scaling_group_id(IdOf(key_));
    request.set_scaling_scheduled_task_name("nightly");
    request.set_readjust_max_size(4);
    request.set_readjust_min_size(1);
    request.set_readjust_expect_size(3);
    SetTimestamp(In(absl::Hours(1)), request.mutable_start_time());
    return request;
  }
  // Every second day for a year.
  CreateRequest Repeating() {
    CreateRequest request = OneShot();
    SetTimestamp(In(absl::Hours(24 * 365)), request.mutable_end_time());
    request.set_repeat_unit("Day");
    request.add_repeat_cycle(2);
    return request;
  }
  std::string Create(const CreateRequest& request) {
    const auto response = handlers_.Create(context_, request);
    EXPECT_OK(response);
    return response.ok() ? response->return_set().scaling_schedule_task_id() : "";
  }
  ModifyRequest ModifyOf(const std::string& id) {
    ModifyRequest request;
    request.set_scaling_scheduled_task_id(id);
    return request;
  }
  v1::DescribeScheduledTaskRequest DescribeRequest() {
    v1::DescribeScheduledTaskRequest request;
    request.set_scaling_group_id(IdOf(key_));
    return request;
  }
  v1::DescribeScheduledTaskResponse All() {
    const auto response = handlers_.Describe(context_, DescribeRequest());
    EXPECT_OK(response);
    return response.value_or(v1::DescribeScheduledTaskResponse());
  }
  domain::ScheduledTask Stored(const std::string& id) {
    domain::ScheduledTask task;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      const auto found = tx.tasks().Find(context_.account_id, domain::TaskId(std::stoll(id)));
      if (found.ok()) task = *found;
      return found.status();
    }));
    return task;
  }

  const ports::GroupKey key_;
  TaskHandlers handlers_{{store_, waker_, absl::FixedTimeZone(8 * 60 * 60)}};
};

TEST_F(TaskHandlersTest, ACreatedTaskReadsBackAsGivenAndIsDueAtItsStart) {
  const std::string id = Create(OneShot());
  EXPECT_EQ(waker_.tasks_changed, 1);
  EXPECT_EQ(Stored(id).next_due_at, In(absl::Hours(1)));

  const v1::DescribeScheduledTaskResponse all = All();
  EXPECT_EQ(all.scheduled_task_size(), 1);
  ASSERT_EQ(all.scheduled_tasks_size(), 1);
  const v1::ScheduledTask& task = all.scheduled_tasks(0);
  EXPECT_EQ(task.scaling_scheduled_task_id(), id);
  EXPECT_EQ(task.scaling_group_id(), IdOf(key_));
  EXPECT_EQ(task.scaling_scheduled_task_name(), "nightly");
  EXPECT_EQ(task.readjust_max_size(), 4);
  EXPECT_EQ(task.readjust_min_size(), 1);
  EXPECT_EQ(task.readjust_expect_size(), 3);
  EXPECT_EQ(TimeOf(task.start_time()), In(absl::Hours(1)));
  EXPECT_FALSE(task.has_end_time());
  EXPECT_EQ(task.recurrence() + task.repeat_unit() + task.repeat_cycle(), "");
  EXPECT_EQ(TimeOf(task.create_time()), clock_.Now());
  EXPECT_EQ(task.description(), "");
  EXPECT_EQ(task.availability_zone(), "zone-a");
}

TEST_F(TaskHandlersTest, ACycleIsEchoedWithCommasAndBothFormsAreKept) {
  CreateRequest request = Repeating();
  request.set_repeat_unit("Month");
  request.set_repeat_cycle(0, 5);
  request.add_repeat_cycle(8);
  request.set_recurrence("0 3 * * MON");
  const std::string id = Create(request);
  const v1::DescribeScheduledTaskResponse all = All();
  const v1::ScheduledTask& task = all.scheduled_tasks(0);
  EXPECT_EQ(task.recurrence(), "0 3 * * MON");
  EXPECT_EQ(task.repeat_unit(), "Month");
  EXPECT_EQ(task.repeat_cycle(), "5,8");
  EXPECT_EQ(TimeOf(task.end_time()), In(absl::Hours(24 * 365)));
  // Recurrence decides: a Monday, at three o'clock of the region.
  ASSERT_TRUE(Stored(id).next_due_at.has_value());
  EXPECT_EQ(
      absl::FormatTime("%a %H:%M:%S", *Stored(id).next_due_at, absl::FixedTimeZone(8 * 60 * 60)),
      "Mon 03:00:00");
}

TEST_F(TaskHandlersTest, CreateRefusesWhatCannotBe) {
  struct Row {
    const char* why;
    std::function<void(CreateRequest&)> spoil;
    const char* reason;
  };
  using R = CreateRequest;
  const absl::Time now = clock_.Now();
  const Row rows[] = {
      {"no room", [](R& r) { r.set_readjust_max_size(0); },
       "INVALID_PARAMETER_VALUE ReadjustMaxSize"},
      {"above the quota", [](R& r) { r.set_readjust_max_size(51); }, "QUOTA_EXCEEDED max_size 50"},
      {"min above max", [](R& r) { r.set_readjust_min_size(5); },
       "INVALID_PARAMETER_VALUE ReadjustMinSize"},
      {"expect above max", [](R& r) { r.set_readjust_expect_size(5); },
       "INVALID_PARAMETER_VALUE ReadjustExpectSize"},
      {"expect below min", [](R& r) { r.set_readjust_expect_size(0); },
       "INVALID_PARAMETER_VALUE ReadjustExpectSize"},
      {"a one-shot of now",
       [&](R& r) {
         SetTimestamp(now, r.mutable_start_time());
         r.clear_end_time();
         r.clear_repeat_unit();
         r.clear_repeat_cycle();
       },
       "INVALID_PARAMETER_VALUE StartTime"},
      {"an end without a repetition",
       [](R& r) {
         r.clear_repeat_unit();
         r.clear_repeat_cycle();
       },
       "INVALID_PARAMETER_VALUE EndTime"},
      {"a repetition without an end", [](R& r) { r.clear_end_time(); },
       "MISSING_PARAMETER EndTime"},
      {"an end before the start", [&](R& r) { SetTimestamp(now, r.mutable_end_time()); },
       "INVALID_PARAMETER_VALUE EndTime"},
      {"every minute", [](R& r) { r.set_recurrence("* 3 * * *"); },
       "INVALID_PARAMETER_VALUE Recurrence"},
      {"four fields", [](R& r) { r.set_recurrence("0 3 * *"); },
       "INVALID_PARAMETER_VALUE Recurrence"},
      {"an unknown unit", [](R& r) { r.set_repeat_unit("Hour"); },
       "INVALID_PARAMETER_VALUE RepeatUnit"},
      {"no unit", [](R& r) { r.clear_repeat_unit(); }, "MISSING_PARAMETER RepeatUnit"},
      {"no cycle", [](R& r) { r.clear_repeat_cycle(); }, "MISSING_PARAMETER RepeatCycle"},
      {"an eighth weekday",
       [](R& r) {
         r.set_repeat_unit("Week");
         r.add_repeat_cycle(8);
       },
       "INVALID_PARAMETER_VALUE RepeatCycle"},
      {"a fault before an unknown group",
       [](R& r) {
         r.set_scaling_group_id("5");
         r.set_readjust_min_size(5);
       },
       "INVALID_PARAMETER_VALUE ReadjustMinSize"},
      {"an unknown group", [](R& r) { r.set_scaling_group_id("5"); }, "SCALING_GROUP_NOT_FOUND 5"},
  };
  for (const Row& row : rows) {
    CreateRequest request = Repeating();
    row.spoil(request);
    EXPECT_EQ(ReasonOf(handlers_.Create(context_, request)), row.reason) << row.why;
  }
  EXPECT_EQ(ReasonOf(handlers_.Create(OtherAccount(), OneShot())),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  EXPECT_EQ(All().scheduled_task_size(), 0);
  EXPECT_EQ(waker_.tasks_changed, 0);
}

TEST_F(TaskHandlersTest, CreateStopsAtTheQuota) {
  SetQuota("tasks_per_group", 2);
  Create(OneShot());
  Create(Repeating());
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, OneShot())), "QUOTA_EXCEEDED tasks_per_group 2");
}

TEST_F(TaskHandlersTest, ADryRunMakesEveryCheckAndNoChange) {
  EXPECT_EQ(ReasonOf(handlers_.Create(DryRun(), OneShot())), "DRY_RUN_OPERATION");
  EXPECT_EQ(All().scheduled_task_size(), 0);
  const std::string id = Create(OneShot());
  ModifyRequest modify = ModifyOf(id);
  modify.set_scaling_scheduled_task_name("other");
  EXPECT_EQ(ReasonOf(handlers_.Modify(DryRun(), modify)), "DRY_RUN_OPERATION");
  EXPECT_EQ(Stored(id).name, "nightly");
  v1::DeleteScheduledTaskRequest remove;
  remove.set_scaling_group_id(IdOf(key_));
  remove.set_scaling_scheduled_task_id("7");
  EXPECT_EQ(ReasonOf(handlers_.Delete(DryRun(), remove)), "SCALING_SCHEDULED_TASK_NOT_FOUND 7");
  remove.set_scaling_scheduled_task_id(id);
  EXPECT_EQ(ReasonOf(handlers_.Delete(DryRun(), remove)), "DRY_RUN_OPERATION");
  EXPECT_EQ(All().scheduled_task_size(), 1);
}

TEST_F(TaskHandlersTest, ModifyKeepsWhatIsNotGivenAndFindsTheNextInstantAgain) {
  const std::string id = Create(Repeating());
  const domain::ScheduledTask before = Stored(id);
  clock_.Advance(absl::Hours(2));  // the first instant passed, and nobody decided it
  ModifyRequest request = ModifyOf(id);
  request.set_readjust_max_size(9);
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Modify(context_, request));
  EXPECT_TRUE(response.return_());
  EXPECT_EQ(response.return_set().scaling_schedule_task_id(), id);
  EXPECT_EQ(waker_.tasks_changed, 2);
  domain::ScheduledTask after = before;
  after.readjust.max_size = 9;
  after.next_due_at = before.start_time + absl::Hours(48);
  after.version = before.version + 1;
  EXPECT_EQ(Stored(id), after);
  // The instant that the edit dropped has its row.
  EXPECT_EQ(
      All().scheduled_tasks(0).description(),
      absl::FormatTime("%Y-%m-%d %H:%M:%S", before.start_time, absl::FixedTimeZone(8 * 60 * 60)) +
          "：已错过，由后来的代替");

  request = ModifyOf(id);
  request.add_repeat_cycle(3);
  ASSERT_OK(handlers_.Modify(context_, request));
  EXPECT_EQ(
      All().scheduled_tasks(0).description().rfind(
          absl::FormatTime("%Y-%m-%d", before.start_time, absl::FixedTimeZone(8 * 60 * 60)), 0),
      0u);
  EXPECT_EQ(Stored(id).next_due_at, before.start_time + absl::Hours(72));
}

TEST_F(TaskHandlersTest, ModifyIsJudgedOnTheMergedTask) {
  const std::string id = Create(OneShot());
  const domain::ScheduledTask before = Stored(id);
  struct Row {
    const char* why;
    std::function<void(ModifyRequest&)> edit;
    const char* reason;
  };
  using R = ModifyRequest;
  const absl::Time now = clock_.Now();
  const Row rows[] = {
      {"max below min", [](R& r) { r.set_readjust_max_size(2); },
       "INVALID_PARAMETER_VALUE ReadjustMaxSize"},
      {"a start that is past", [&](R& r) { SetTimestamp(now, r.mutable_start_time()); },
       "INVALID_PARAMETER_VALUE StartTime"},
      {"an end of a one-shot",
       [&](R& r) { SetTimestamp(now + absl::Hours(5), r.mutable_end_time()); },
       "INVALID_PARAMETER_VALUE EndTime"},
      {"a repetition without an end", [](R& r) { r.set_recurrence("0 3 * * *"); },
       "MISSING_PARAMETER EndTime"},
      {"a wrong word before an unknown id",
       [](R& r) {
         r.set_repeat_unit("Hour");
         r.set_scaling_scheduled_task_id("7");
       },
       "INVALID_PARAMETER_VALUE RepeatUnit"},
      {"cron before an unknown id",
       [](R& r) {
         r.set_recurrence("* * * * *");
         r.set_scaling_scheduled_task_id("7");
       },
       "INVALID_PARAMETER_VALUE Recurrence"},
      {"an unknown id", [](R& r) { r.set_scaling_scheduled_task_id("7"); },
       "SCALING_SCHEDULED_TASK_NOT_FOUND 7"},
      {"no id of ours", [](R& r) { r.set_scaling_scheduled_task_id("x"); },
       "SCALING_SCHEDULED_TASK_NOT_FOUND x"},
  };
  for (const Row& row : rows) {
    ModifyRequest request = ModifyOf(id);
    row.edit(request);
    EXPECT_EQ(ReasonOf(handlers_.Modify(context_, request)), row.reason) << row.why;
  }
  EXPECT_EQ(Stored(id), before);
}

TEST_F(TaskHandlersTest, AStartThatStaysMayBePast) {
  const std::string id = Create(OneShot());
  const absl::Time start = In(absl::Hours(1));
  clock_.Advance(absl::Hours(2));
  ModifyRequest request = ModifyOf(id);
  SetTimestamp(start, request.mutable_start_time());
  request.set_scaling_scheduled_task_name("renamed");
  ASSERT_OK(handlers_.Modify(context_, request));
  EXPECT_EQ(Stored(id).name, "renamed");
  EXPECT_NE(All().scheduled_tasks(0).description(), "");
  EXPECT_EQ(Stored(id).next_due_at, std::nullopt);
}

TEST_F(TaskHandlersTest, TasksAreFoundOnlyInTheirOwnGroupAndAccount) {
  const std::string id = Create(OneShot());
  const std::string unknown = "SCALING_SCHEDULED_TASK_NOT_FOUND " + id;
  const ports::GroupKey other = AddGroup();
  ModifyRequest modify = ModifyOf(id);
  EXPECT_EQ(ReasonOf(handlers_.Modify(OtherAccount(), modify)), unknown);
  modify.set_scaling_group_id(IdOf(other));
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, modify)), unknown);
  modify.set_scaling_group_id("5");
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, modify)), "SCALING_GROUP_NOT_FOUND 5");
  modify.set_scaling_group_id(IdOf(key_));
  EXPECT_OK(handlers_.Modify(context_, modify));

  v1::DeleteScheduledTaskRequest remove;
  remove.set_scaling_scheduled_task_id(id);
  remove.set_scaling_group_id(IdOf(other));
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, remove)), unknown);
  remove.set_scaling_group_id(IdOf(key_));
  EXPECT_EQ(ReasonOf(handlers_.Delete(OtherAccount(), remove)),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  ASSERT_OK_AND_ASSIGN(const auto removed, handlers_.Delete(context_, remove));
  EXPECT_EQ(removed.return_set().scaling_schedule_task_id(), id);
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, remove)), unknown);
}

TEST_F(TaskHandlersTest, DescribePagesByTwentyAndFilters) {
  std::vector<std::string> ids;
  for (int i = 0; i < 23; ++i) {
    CreateRequest request = OneShot();
    request.set_scaling_scheduled_task_name("task-" + std::to_string(i));
    ids.push_back(Create(request));
  }
  EXPECT_EQ(All().scheduled_task_size(), 23);
  EXPECT_EQ(All().scheduled_tasks_size(), 20);
  EXPECT_EQ(All().scheduled_tasks(0).scaling_scheduled_task_id(), ids[0]);
  v1::DescribeScheduledTaskRequest request = DescribeRequest();
  request.set_marker(22);
  request.set_max_results(1);
  ASSERT_OK_AND_ASSIGN(const auto last, handlers_.Describe(context_, request));
  ASSERT_EQ(last.scheduled_tasks_size(), 1);
  EXPECT_EQ(last.scheduled_tasks(0).scaling_scheduled_task_id(), ids[22]);

  request = DescribeRequest();
  request.add_scaling_scheduled_task_ids(ids[3]);
  request.add_scaling_scheduled_task_ids("not an id");
  ASSERT_OK_AND_ASSIGN(const auto one, handlers_.Describe(context_, request));
  EXPECT_EQ(one.scheduled_task_size(), 1);
  request = DescribeRequest();
  request.set_scaling_scheduled_task_name("k-1");
  ASSERT_OK_AND_ASSIGN(const auto named, handlers_.Describe(context_, request));
  EXPECT_EQ(named.scheduled_task_size(), 11);
  request.set_scaling_group_id("5");
  EXPECT_EQ(ReasonOf(handlers_.Describe(context_, request)), "SCALING_GROUP_NOT_FOUND 5");
  EXPECT_EQ(ReasonOf(handlers_.Describe(OtherAccount(), DescribeRequest())),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
}

TEST_F(TaskHandlersTest, DescribeTellsHowATaskLastFiredAndNeedsNoCloud) {
  const std::string id = Create(OneShot());
  const absl::Time due = absl::FromUnixSeconds(1767234660);  // 10:31:00 in the region
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) {
    return tx.tasks()
        .AddOccurrences(key_, {{.occurrence = {.task_id = domain::TaskId(std::stoll(id)),
                                               .due_at = due,
                                               .outcome = domain::OccurrenceOutcome::kFailed},
                                .words = "最大实例数 4 超出配额 3"}})
        .status();
  }));
  const v1::DescribeScheduledTaskResponse all = All();
  EXPECT_EQ(all.scheduled_tasks(0).description(),
            "2026-01-01 10:31:00：执行失败：最大实例数 4 超出配额 3");
  EXPECT_EQ(all.scheduled_tasks(0).availability_zone(), "zone-a");
}

}  // namespace
}  // namespace accordion::service
