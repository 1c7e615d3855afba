// What sets desired capacity: policies, tasks, and requests that a client repeats until it is
// answered; and what is announced of it.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_instance.pb.h"
#include "engine/service/client_token.h"
#include "engine/service/group_handlers.h"
#include "engine/service/membership_handlers.h"
#include "tests/crash_points/scenario.h"

namespace accordion::control {
namespace {

constexpr absl::Duration kPeriod = absl::Minutes(1);
constexpr absl::Duration kCooldown = absl::Minutes(4);

void RestAt(Stage& stage, int desired) {
  stage.RunUntilNothing([&] { return stage.world.Unrest(stage.key, desired); }, absl::Minutes(5));
}

// To `before` the start of a minute that is still to come.
absl::Time ToJustBeforeAMinute(Stage& stage, absl::Duration before) {
  const absl::Time minute = domain::PeriodStart(stage.world.time.Now() + before, kPeriod) + kPeriod;
  stage.RunFor(minute - before - stage.world.time.Now());
  return minute;
}

// Agents push in the middle of each of `periods`.
void PassPeriods(Stage& stage, int periods, double cpu) {
  for (int i = 0; i < periods; ++i) {
    const absl::Time middle =
        domain::PeriodStart(stage.world.time.Now(), kPeriod) + kPeriod + kPeriod / 2;
    stage.RunFor(middle - stage.world.time.Now());
    stage.engine().PushCpu(stage.world.Instances(stage.key), cpu);
  }
}

int Acted(Stage& stage) {
  const std::vector<ports::DecisionRecord> decisions = stage.world.Decisions(stage.key);
  return static_cast<int>(
      std::count_if(decisions.begin(), decisions.end(), [](const ports::DecisionRecord& one) {
        return one.decision.reason == domain::DecisionReason::kActed;
      }));
}

// Load stays high: the policy fires, and again only when its cooldown is over, which begins at the
// end of the activity; then the load is gone, and silence is no load.
Scenario PolicyFireAndCooldown() {
  const auto wrong = [](Stage& stage) -> std::string {
    const std::vector<activity::Activity> activities = stage.world.Activities(stage.key);
    for (size_t i = 0; i + 1 < activities.size(); ++i) {  // newest first
      const activity::Activity& earlier = activities[i + 1];
      if (!earlier.end_time.has_value() || earlier.cause.cooldown == absl::ZeroDuration()) continue;
      if (activities[i].start_time < *earlier.end_time + kCooldown)
        return "a policy acted within its cooldown";
    }
    if (Acted(stage) != 2) return absl::StrCat("the policy acted ", Acted(stage), " times");
    return stage.world.Unrest(stage.key, 4);
  };
  return {.name = "PolicyFireAndCooldown",
          .group = {.desired = 2, .max_size = 20},
          .prepare =
              [](Stage& stage) {
                stage.world.AddPolicy(stage.key, domain::Comparison::kGreater, 70, 1, 1, kCooldown);
                stage.world.AddPolicy(stage.key, domain::Comparison::kLess, 10, -1, 1, kCooldown);
                stage.engine().plane->DefinitionChanged(stage.key);
                RestAt(stage, 2);
              },
          .act =
              [](Stage& stage) {
                while (Acted(stage) < 2 && stage.world.time.Now() < absl::InfiniteFuture())
                  PassPeriods(stage, 1, 90);
                // As long as it takes until the last activity and its cooldown are over.
                stage.RunFor(absl::Minutes(8));
              },
          .wrong = wrong};
}

// Three one-shots and a repeating task within a few seconds: every instant has one effect.
Scenario ScheduledTasks() {
  struct Tasks {
    std::vector<domain::TaskId> one_shots;
    domain::TaskId repeating;
    absl::Time minute;
  };
  const auto tasks = std::make_shared<Tasks>();
  const auto act = [tasks](Stage& stage) {
    *tasks = Tasks();
    World& world = stage.world;
    const absl::Time minute = tasks->minute = ToJustBeforeAMinute(stage, absl::Seconds(3));
    const auto one_shot = [&](absl::Duration offset, int expect) {
      tasks->one_shots.push_back(world.AddTask(stage.key, minute + offset, expect));
    };
    one_shot(absl::Milliseconds(-1500), 3);
    one_shot(absl::Milliseconds(1200), 4);
    one_shot(absl::Milliseconds(2500), 2);
    tasks->repeating = world.AddTask(stage.key, minute, 1, "0-59 0-23 * * *");
    stage.RunFor(absl::Seconds(56));  // less than to the next minute
  };
  const auto wrong = [tasks](Stage& stage) -> std::string {
    World& world = stage.world;
    for (const domain::TaskId& task : tasks->one_shots) {
      const auto rows = world.Occurrences(stage.key, task);
      if (rows.size() != 1 || rows[0].occurrence.outcome != domain::OccurrenceOutcome::kFired)
        return "a one-shot did not fire exactly once";
    }
    const auto rows = world.Occurrences(stage.key, tasks->repeating);
    if (rows.empty() || rows[0].occurrence.due_at != tasks->minute ||
        rows[0].occurrence.outcome != domain::OccurrenceOutcome::kFired)
      return "the repeating task did not fire at its minute";
    std::set<absl::Time> due;
    for (const ports::TaskOccurrence& row : rows) due.insert(row.occurrence.due_at);
    if (due.size() != rows.size()) return "an instant has two rows";
    // The task that is due last wins; from the next minute on it is the repeating one.
    if (rows.size() > 1) return world.Unrest(stage.key, 1);
    return world.Group(stage.key).desired_capacity == 2 ? "" : "another desired capacity";
  };
  return {.name = "ScheduledTasks",
          .group = {.desired = 1},
          .prepare = [](Stage& stage) { RestAt(stage, 1); },
          .act = act,
          .wrong = wrong};
}

// An activity ends, and its contact, which refuses each event once, hears of it.
Scenario NotificationDelivery() {
  const auto wrong = [](Stage& stage) -> std::string {
    std::vector<std::string> order;  // each event where it was taken first
    for (const ReluctantContact::Taken& one : stage.contact.taken) {
      if (std::find(order.begin(), order.end(), one.event) == order.end())
        order.push_back(one.event);
    }
    const std::vector<activity::Activity> activities = stage.world.Activities(stage.key);
    if (order.size() != activities.size()) return "not every activity was announced";
    std::map<std::string, domain::ActivityId> of;
    for (const ReluctantContact::Taken& one : stage.contact.taken) of[one.event] = one.activity;
    for (size_t i = 0; i < order.size(); ++i) {
      if (of[order[i]] != activities[order.size() - 1 - i].id) return "announced out of order";
    }
    return stage.world.Unrest(stage.key, 1);
  };
  return {.name = "NotificationDelivery",
          .group = {.max_size = 2, .with_listener = false},
          .prepare = [](Stage& stage) { RestAt(stage, 0); },
          .act =
              [](Stage& stage) {
                stage.world.SetDesired(stage.key, 2);
                stage.RunFor(absl::Seconds(4));
                stage.world.SetDesired(stage.key, 1);
              },
          .wrong = wrong};
}

service::RequestContext Caller(Stage& stage) {
  service::RequestContext context;
  context.account_id = stage.world.account;
  context.principal = "user";
  context.access_key_id = "AKTEST";
  return context;
}

// One write with a token, repeated against whichever engine lives until one answers.
Scenario ClientTokenWrite() {
  const auto attach = [](Stage& stage) -> absl::Status {
    v1::AttachInstanceRequest request;
    request.set_scaling_group_id(absl::StrCat(stage.key.group_id.value()));
    request.add_scaling_instance_ids(stage.ids[0]);
    service::RequestContext context = Caller(stage);
    context.client_token = "attach-once";
    if (absl::Status known = service::IdentifyRequest("AttachInstance", request, context);
        !known.ok())
      return known;
    Engine& engine = stage.engine();
    service::MembershipHandlers handlers({engine.store, stage.world.cloud, *engine.plane});
    return service::AnswerOnce<v1::AttachInstanceResponse>(
               engine.store, context, [&] { return handlers.Attach(context, request); })
        .status();
  };
  return {.name = "ClientTokenWrite",
          .group = {.desired = 1, .max_size = 4},
          .prepare =
              [](Stage& stage) {
                stage.ids = RunInstances(stage.world, 1);
                stage.untouchable.insert(stage.ids[0]);
                stage.RunUntilNothing([&] { return Wrong(stage.world, stage.key, 1); },
                                      absl::Minutes(5));
              },
          .act =
              [attach](Stage& stage) {
                while (absl::IsUnavailable(attach(stage))) stage.RunFor(absl::Seconds(1));
              },
          .wrong = [attach](Stage& stage) -> std::string {
            // Whatever was answered is answered again, and does nothing.
            if (const absl::Status again = attach(stage); !again.ok()) return again.ToString();
            return Wrong(stage.world, stage.key, 2);
          }};
}

// A client deletes a disabled group that has members: 409 until they are gone.
Scenario DeleteOfAGroupWithMembers() {
  const auto remove = [](Stage& stage) -> absl::Status {
    v1::DeleteScalingGroupRequest request;
    request.set_scaling_group_id(absl::StrCat(stage.key.group_id.value()));
    Engine& engine = stage.engine();
    service::GroupHandlers handlers({engine.store, stage.world.cloud, *engine.plane});
    return handlers.Delete(Caller(stage), request).status();
  };
  const auto exists = [](Stage& stage) {
    return stage.world.store
        .Read([&](ports::Tx& tx) { return tx.groups().Get(stage.key).status(); })
        .ok();
  };
  return {.name = "DeleteOfAGroupWithMembers",
          .group = {.desired = 2, .max_size = 2},
          .prepare =
              [](Stage& stage) {
                RestAt(stage, 2);
                stage.world.Edit(stage.key, [](domain::ScalingGroup& group) {
                  group.status = domain::GroupStatus::kUnActive;
                  group.desired_capacity = 0;
                });
              },
          .act =
              [remove, exists](Stage& stage) {
                for (int i = 0; i < 300 && exists(stage); ++i) {
                  remove(stage).IgnoreError();
                  stage.RunFor(absl::Seconds(2));
                }
              },
          .wrong = [exists](Stage& stage) -> std::string {
            if (exists(stage)) return "the group is still there";
            if (!stage.world.Instances(stage.key).empty()) return "an instance was left";
            return RealServers(stage.world).empty() ? "" : "a registration was left";
          }};
}

}  // namespace

std::vector<Scenario> TriggerScenarios() {
  return {PolicyFireAndCooldown(), ScheduledTasks(), NotificationDelivery(), ClientTokenWrite(),
          DeleteOfAGroupWithMembers()};
}

}  // namespace accordion::control
