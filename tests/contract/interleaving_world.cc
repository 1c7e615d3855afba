#include "tests/contract/interleaving_world.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace accordion::testing {
namespace {

using World = InterleavingWorld;

const absl::Time kStart = absl::FromUnixSeconds(1'700'000'000);

domain::ScalingConfiguration ConfigurationOf(const World& world, domain::ConfigurationId id) {
  domain::ScalingConfiguration configuration;
  configuration.id = id;
  configuration.account_id = world.account;
  configuration.name = "configuration";
  configuration.image_id = "image";
  configuration.instance_types = {"type"};
  configuration.create_time = kStart;
  return configuration;
}

domain::ScalingGroup GroupOf(const World& world, const ports::GroupKey& key) {
  domain::ScalingGroup group;
  group.id = key.group_id;
  group.account_id = key.account_id;
  group.name = "group";
  group.max_size = 9;
  group.desired_capacity = 3;
  group.desired_cause.text = "created";
  group.configuration_id = world.configuration;
  group.vpc_id = "vpc";
  group.subnet_ids = {domain::SubnetId("subnet")};
  group.create_time = kStart;
  return group;
}

domain::Member MemberOf(const ports::GroupKey& key, const std::string& id) {
  domain::Member member;
  member.instance_id = domain::InstanceId(id);
  member.group_id = key.group_id;
  member.account_id = key.account_id;
  member.life_cycle = domain::LifeCycle::kInService;
  member.add_time = kStart;
  member.in_service_at = kStart;
  return member;
}

activity::Activity ActivityOf(const ports::GroupKey& key, domain::ActivityId id) {
  activity::Activity activity;
  activity.id = id;
  activity.group_id = key.group_id;
  activity.account_id = key.account_id;
  activity.cause.text = "created";
  activity.start_time = kStart;
  activity.deadline = kStart + absl::Hours(1);
  return activity;
}

activity::LaunchIntent IntentOf(const World& world) {
  return {.id = world.intent,
          .account_id = world.account,
          .group_id = world.group.group_id,
          .activity_id = world.open};
}

absl::Status MakeRows(World& world, ports::Tx& tx) {
  const auto new_id = [&] { return tx.NewId().value_or(0); };
  RETURN_IF_ERROR(tx.accounts().PutAccount({.id = world.account, .name = "account"}));
  RETURN_IF_ERROR(tx.accounts().PutQuota(world.account, "configurations", 2));
  world.configuration = domain::ConfigurationId(new_id());
  RETURN_IF_ERROR(tx.configurations().Insert(ConfigurationOf(world, world.configuration)));
  for (ports::GroupKey* key : {&world.group, &world.busy, &world.empty}) {
    *key = {world.account, domain::GroupId(new_id())};
    RETURN_IF_ERROR(tx.groups().Insert(GroupOf(world, *key)));
  }
  for (const char* id : {"i-1", "i-2"}) {
    RETURN_IF_ERROR(tx.members().Insert(MemberOf(world.group, id)));
  }
  for (int who : {0, 1}) {
    world.made[who] = domain::ActivityId(new_id());
    world.copied[who] = domain::ConfigurationId(new_id());
  }
  world.open = domain::ActivityId(new_id());
  const activity::Slot slot{.activity_id = world.open};
  RETURN_IF_ERROR(
      tx.activities().Open(ActivityOf(world.busy, world.open), {slot}, {IntentOf(world)}));
  domain::ScheduledTask task;
  world.task = domain::TaskId(new_id());
  task.id = world.task;
  task.account_id = world.account;
  task.group_id = world.group.group_id;
  task.name = "task";
  task.readjust = {.max_size = 9, .min_size = 0, .expect_size = 4};
  task.start_time = kStart;
  task.next_due_at = kStart;
  task.create_time = kStart;
  return tx.tasks().Insert(task);
}

// ---- what a transaction may do ----

Operation Count(ports::GroupKey World::*of) {
  return {[of](World& world, ports::Tx& tx, int) -> absl::Status {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(world.*of));
    ++group.failed_in_a_row;
    return tx.groups().Update(group);
  }};
}

Operation Desire(int capacity) {
  return {[capacity](World& world, ports::Tx& tx, int who) -> absl::Status {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(world.group));
    group.desired_capacity = capacity;
    group.desired_cause.text = absl::StrCat("wanted by ", who);
    return tx.groups().Update(group);
  }};
}

Operation DesireWithoutCause() {
  return {[](World& world, ports::Tx& tx, int) -> absl::Status {
    ASSIGN_OR_RETURN(domain::ScalingGroup group, tx.groups().Lock(world.group));
    group.desired_capacity -= 1;
    return tx.groups().Update(group);
  }};
}

Operation Pick(const char* id) {
  return {[id](World& world, ports::Tx& tx, int who) -> absl::Status {
    const auto picked = tx.members().Pick(world.group, {domain::InstanceId(id)},
                                          domain::LifeCycle::kTerminating, world.made[who]);
    if (!picked.ok()) return picked.status();
    return picked->empty() ? absl::NotFoundError("nothing to pick") : absl::OkStatus();
  }};
}

Operation Protect(const char* id, bool is_protected) {
  return {[id, is_protected](World& world, ports::Tx& tx, int) {
    return tx.members().Protect(world.group, {domain::InstanceId(id)}, is_protected).status();
  }};
}

Operation Close(const char* id) {
  return {[id](World& world, ports::Tx& tx, int) -> absl::Status {
    ASSIGN_OR_RETURN(domain::Member member, tx.members().Lock(world.group, domain::InstanceId(id)));
    member.life_cycle = domain::LifeCycle::kClosed;
    member.closed_at = kStart;
    return tx.members().Update(member);
  }};
}

Operation Join(ports::GroupKey World::*to, const char* id) {
  return {[to, id](World& world, ports::Tx& tx, int) {
    return tx.members().Insert(MemberOf(world.*to, id));
  }};
}

Operation Open() {
  return {[](World& world, ports::Tx& tx, int who) {
    return tx.activities().Open(ActivityOf(world.group, world.made[who]), {}, {});
  }};
}

Operation Resolve(activity::IntentState to) {
  return {[to](World& world, ports::Tx& tx, int) {
    activity::LaunchIntent intent = IntentOf(world);
    intent.state = to;
    return tx.activities().UpdateIntent(intent, activity::IntentState::kPrepared);
  }};
}

Operation Step() {
  return {[](World& world, ports::Tx& tx, int) -> absl::Status {
    ASSIGN_OR_RETURN(activity::Slot slot, tx.activities().LockSlot(world.busy, world.open, 0));
    ++slot.attempts;
    return tx.activities().UpdateSlot(world.busy, slot);
  }};
}

Operation Finish() {
  return {[](World& world, ports::Tx& tx, int who) -> absl::Status {
    RETURN_IF_ERROR(tx.groups().Lock(world.busy).status());
    ASSIGN_OR_RETURN(const auto open, tx.activities().LockOpen(world.busy));
    if (!open.has_value()) return absl::NotFoundError("it has ended");
    activity::Activity finished = open->activity;
    finished.status = domain::ActivityStatus::kSucceeded;
    finished.end_time = kStart;
    finished.description = absl::StrCat("finished by ", who);
    return tx.activities().Finish(finished);
  }};
}

Operation Announce(bool same_event) {
  return {[same_event](World& world, ports::Tx& tx, int who) {
    return tx.outbox().Add({.event_id = world.event[same_event ? 0 : who],
                            .group = world.busy,
                            .activity_id = world.open,
                            .notification_type = 1 + who,
                            .created_at = kStart});
  }};
}

Operation Occur() {
  return {[](World& world, ports::Tx& tx, int who) -> absl::Status {
    const ports::TaskOccurrence occurrence{
        .occurrence = {.task_id = world.task,
                       .due_at = kStart,
                       .outcome = domain::OccurrenceOutcome::kFired},
        .decided_at = kStart,
        .desired_before = 3,
        .desired_after = 4,
        .words = absl::StrCat("by ", who)};
    ASSIGN_OR_RETURN(const auto fresh, tx.tasks().AddOccurrences(world.group, {occurrence}));
    return fresh.empty() ? absl::AlreadyExistsError("decided") : absl::OkStatus();
  }};
}

Operation FireDueTasks() {
  return {[](World& world, ports::Tx& tx, int) -> absl::Status {
    RETURN_IF_ERROR(tx.groups().Lock(world.group).status());
    ASSIGN_OR_RETURN(const auto due, tx.tasks().LockDue(world.group, kStart));
    if (due.empty()) return absl::NotFoundError("nothing is due");
    domain::ScheduledTask task = due.front();
    task.next_due_at.reset();
    return tx.tasks().Update(task);
  }};
}

Operation OncePerToken() {
  return {[](World& world, ports::Tx& tx, int who) -> absl::Status {
    ASSIGN_OR_RETURN(const auto earlier,
                     tx.client_tokens().Lock(world.account, world.token, absl::InfinitePast()));
    if (earlier.has_value()) return absl::AlreadyExistsError(earlier->answer);
    return tx.client_tokens().Put({.account_id = world.account,
                                   .token = world.token,
                                   .action = "Create",
                                   .request_sha256 = "same",
                                   .answer = absl::StrCat("answer to ", who)});
  }};
}

Operation CreateWithinQuota() {
  return {[](World& world, ports::Tx& tx, int who) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::Quotas quotas, tx.accounts().LockQuotas(world.account));
    ASSIGN_OR_RETURN(const int count, tx.configurations().Count(world.account));
    if (count >= quotas.configurations) return absl::ResourceExhaustedError("quota");
    return tx.configurations().Insert(ConfigurationOf(world, world.copied[who]));
  }};
}

Operation DeleteEmptyGroup() {
  return {[](World& world, ports::Tx& tx, int) { return tx.groups().Delete(world.empty); }};
}

Operation ChangeMind() {
  return {[](World&, ports::Tx&, int) -> absl::Status { return absl::CancelledError("no"); }};
}

// A snapshot sees the same at its end as at its beginning.
Operation Look() {
  return {[](World& world, ports::Tx& tx, int) -> absl::Status {
    ASSIGN_OR_RETURN(const domain::ScalingGroup group, tx.groups().Get(world.group));
    ASSIGN_OR_RETURN(const auto members, tx.members().Unclosed(world.group));
    ASSIGN_OR_RETURN(const auto open, tx.activities().GetOpen(world.group));
    // The version counts every change of the row; the status carries what was seen.
    return absl::AlreadyExistsError(absl::StrCat("version ", group.version, ", ", members.size(),
                                                 " members, open ", open.has_value()));
  }};
}
Operation LookAway() {
  return {[](World& world, ports::Tx& tx, int) { return tx.groups().Get(world.group).status(); }};
}

}  // namespace

World World::Make(ports::Store& store, ports::LeaseStore& leases,
                  std::function<void(int64_t)> expire, const std::string& name, bool with_lease) {
  World world{.store = store, .leases = leases, .expire = std::move(expire)};
  world.account = domain::AccountId(absl::StrCat("account-", name));
  world.intent = domain::IntentId(absl::StrCat("intent-", name));
  world.token = absl::StrCat("token-", name);
  for (int who : {0, 1}) {
    world.event[who] = absl::StrCat("00000000-0000-0000-", who, "000-",
                                    absl::Dec(std::stoll(name), absl::kZeroPad12));
  }
  EXPECT_OK(store.Transact([&](ports::Tx& tx) { return MakeRows(world, tx); }));
  if (!with_lease) return world;
  const absl::StatusOr<int64_t> session = leases.OpenSession("engine", absl::Minutes(1));
  EXPECT_OK(session);
  const auto held = leases.Acquire(session.value_or(0));
  EXPECT_OK(held);
  world.fence = {.shard = ports::ShardOf(world.group.group_id), .session = session.value_or(0)};
  for (const ports::HeldShard& one : *held) {
    if (one.shard == world.fence.shard) world.fence.epoch = one.epoch;
  }
  return world;
}

std::string World::Describe() const {
  std::string words;
  EXPECT_OK(store.Read([&](ports::Tx& tx) -> absl::Status {
    for (const ports::GroupKey& key : {group, busy, empty}) {
      const auto row = tx.groups().Get(key);
      if (!row.ok()) {
        absl::StrAppend(&words, "group: ", row.status().ToString(), "\n");
        continue;
      }
      absl::StrAppend(&words, "group: failed ", row->failed_in_a_row, ", desired ",
                      row->desired_capacity, " ", row->desired_cause.text, ", version ",
                      row->version, "\n");
      ASSIGN_OR_RETURN(const auto members, tx.members().Unclosed(key));
      for (const domain::Member& member : members) {
        const int picker = !member.activity_id.has_value()  ? -1
                           : *member.activity_id == made[0] ? 0
                                                            : 1;
        absl::StrAppend(&words, "  member ", member.instance_id.value(), " ",
                        static_cast<int>(member.life_cycle), " ", member.is_protected, " by ",
                        picker, "\n");
      }
      ASSIGN_OR_RETURN(const auto activities, tx.activities().List(key, {}, {}));
      for (const activity::Activity& one : activities.rows) {
        absl::StrAppend(&words, "  activity ",
                        one.id == made[0]   ? "made by 0"
                        : one.id == made[1] ? "made by 1"
                                            : "first",
                        " ", static_cast<int>(one.status), " ", one.description, "\n");
      }
    }
    const auto slots = tx.activities().GetOpen(busy);
    if (slots.ok() && slots->has_value()) {
      absl::StrAppend(&words, "slot attempts ", (*slots)->slots.front().attempts, "\n");
    }
    ASSIGN_OR_RETURN(const auto state, tx.activities().GetIntent(account, intent));
    absl::StrAppend(&words, "intent ", static_cast<int>(state.state), "\n");
    ASSIGN_OR_RETURN(const int configurations, tx.configurations().Count(account));
    absl::StrAppend(&words, configurations, " configurations\n");
    ASSIGN_OR_RETURN(const auto record,
                     tx.client_tokens().Find(account, token, absl::InfinitePast()));
    absl::StrAppend(&words, "token: ", record.has_value() ? record->answer : "none", "\n");
    ASSIGN_OR_RETURN(const auto occurrences, tx.tasks().Occurrences(group, task, {}));
    for (const ports::TaskOccurrence& one : occurrences.rows) {
      absl::StrAppend(&words, "occurrence ", one.words, "\n");
    }
    ASSIGN_OR_RETURN(const auto found, tx.tasks().Find(account, task));
    absl::StrAppend(&words, "task is due: ", found.next_due_at.has_value(), "\n");
    ASSIGN_OR_RETURN(const auto events, tx.outbox().Pending(1'000'000));
    for (const ports::OutboxEvent& one : events) {
      if (one.activity_id != open) continue;
      absl::StrAppend(&words, "event of type ", one.notification_type, "\n");
    }
    return absl::OkStatus();
  }));
  return words;
}

const std::vector<Program>& Programs() {
  using Kind = Program::Kind;
  static const std::vector<Program> kPrograms = {
      {"count", Kind::kWrite, {Count(&World::group)}},
      {"desire 5", Kind::kWrite, {Desire(5)}},
      {"desire 99", Kind::kWrite, {Desire(99)}},
      {"desire without a cause", Kind::kWrite, {DesireWithoutCause()}},
      {"pick", Kind::kWrite, {Pick("i-1")}},
      {"protect", Kind::kWrite, {Protect("i-1", true)}},
      {"open", Kind::kWrite, {Open()}},
      {"send", Kind::kWrite, {Resolve(activity::IntentState::kSent)}},
      {"reject", Kind::kWrite, {Resolve(activity::IntentState::kRejected)}},
      {"join", Kind::kWrite, {Join(&World::group, "i-3")}},
      {"join the other", Kind::kWrite, {Join(&World::busy, "i-3")}},
      {"join the empty", Kind::kWrite, {Join(&World::empty, "i-4")}},
      {"delete the empty", Kind::kWrite, {DeleteEmptyGroup()}},
      {"token", Kind::kWrite, {OncePerToken()}},
      {"occur", Kind::kWrite, {Occur()}},
      {"fire", Kind::kWrite, {FireDueTasks()}},
      {"announce", Kind::kWrite, {Announce(true)}},
      {"announce apart", Kind::kWrite, {Announce(false)}},
      {"step", Kind::kWrite, {Step()}},
      {"finish", Kind::kWrite, {Finish()}},
      {"create within the quota", Kind::kWrite, {CreateWithinQuota()}},
      {"fenced count", Kind::kFenced, {Count(&World::group)}},
      {"take over", Kind::kTakeOver, {}},
      {"look", Kind::kRead, {LookAway(), Look()}},
      {"pick both", Kind::kWrite, {Pick("i-1"), Pick("i-2")}},
      {"pick both, reversed", Kind::kWrite, {Pick("i-2"), Pick("i-1")}},
      {"protect and close", Kind::kWrite, {Protect("i-1", true), Close("i-2")}},
      {"count both", Kind::kWrite, {Count(&World::group), Count(&World::busy)}},
      {"count both, reversed", Kind::kWrite, {Count(&World::busy), Count(&World::group)}},
      {"count and change one's mind", Kind::kWrite, {Count(&World::group), ChangeMind()}},
      {"token and count", Kind::kWrite, {OncePerToken(), Count(&World::group)}},
      {"finish and announce", Kind::kWrite, {Finish(), Announce(false)}},
      {"fenced step and count", Kind::kFenced, {Step(), Count(&World::group)}},
  };
  return kPrograms;
}

}  // namespace accordion::testing
