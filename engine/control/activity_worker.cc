#include "engine/control/activity_worker.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "engine/activity/attach.h"
#include "engine/activity/launch_record.h"
#include "engine/activity/outcome.h"
#include "engine/activity/registration.h"
#include "engine/activity/replace.h"
#include "engine/activity/scale_in.h"
#include "engine/activity/scale_out.h"
#include "engine/activity/transition_table.h"
#include "engine/control/marker.h"
#include "engine/control/outbox_event.h"
#include "engine/control/subnet_count.h"
#include "engine/domain/limits.h"
#include "engine/domain/pair_rest.h"

namespace accordion::control {
namespace {

// Members of the group, and launches of this activity that have no member yet, by subnet.
std::vector<domain::SubnetFacts> CountWithLaunches(const domain::ScalingGroup& group,
                                                   const std::vector<domain::Member>& members,
                                                   const std::vector<activity::Slot>& slots,
                                                   int except) {
  std::vector<domain::SubnetFacts> facts = CountSubnets(group, members);
  for (domain::SubnetFacts& subnet : facts) {
    for (const activity::Slot& slot : slots) {
      const bool launching = !activity::IsFinal(slot.state) && slot.instance_id.value().empty();
      if (slot.number != except && launching && slot.pair.subnet_id == subnet.subnet_id)
        ++subnet.members;
    }
  }
  return facts;
}

// Pairs that any slot of the activity found out of stock needn't be tried by this one.
void LearnTried(const std::vector<activity::Slot>& slots, activity::Slot& slot) {
  for (const activity::Slot& other : slots) {
    for (const domain::PlacementPair& pair : other.tried) {
      if (std::find(slot.tried.begin(), slot.tried.end(), pair) == slot.tried.end())
        slot.tried.push_back(pair);
    }
  }
}

// Whether placement chooses again for the slot. Slots of one activity do that one after the other
// (the open activity's row is their lock, taken before the slot's), or those that are refused at
// once would all choose the subnet that had the fewest members before any of them.
bool ChoosesAnotherPair(const activity::Event& event) {
  const auto* rejected = std::get_if<activity::LaunchRejected>(&event);
  return rejected != nullptr && (rejected->failure == activity::FailureClass::kStock ||
                                 rejected->failure == activity::FailureClass::kNoAddress);
}

}  // namespace

ActivityWorker::ActivityWorker(Parts parts, Settings settings)
    : parts_(parts), settings_(std::move(settings)) {}

void ActivityWorker::Start(const ports::OpenActivity& open) {
  const ports::GroupKey group{open.activity.account_id, open.activity.group_id};
  const auto shared = std::make_shared<const activity::Activity>(open.activity);
  std::vector<SlotKey> fresh;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    for (const activity::Slot& slot : open.slots) {
      if (activity::IsFinal(slot.state)) continue;
      const SlotKey key{open.activity.id, slot.number};
      if (drives_.try_emplace(key, Drive{.group = group, .activity = shared}).second)
        fresh.push_back(key);
    }
  }
  for (const SlotKey& key : fresh) Feed(key, activity::Resumed{});
  if (activity::AllFinal(open.slots)) FinishIfDone({.group = group, .activity = shared}, false);
  if (fresh.empty()) return;
  // The deadline reaches every slot, whatever it waits for.
  parts_.executor.SubmitAt(ports::Lane::kWork, open.activity.deadline,
                           [this, group, shared, fresh] {
                             std::vector<int> numbers;
                             for (const SlotKey& key : fresh) numbers.push_back(key.number);
                             Cancel(group, shared->id, numbers);
                           });
}

absl::Status ActivityWorker::Resume(const std::vector<int>& shards) {
  std::vector<ports::OpenActivity> open;
  const absl::Status read = parts_.store.Read([&](ports::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(open, tx.activities().ScanOpen(shards));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(read);
  for (const ports::OpenActivity& one : open) Start(one);
  return absl::OkStatus();
}

void ActivityWorker::Cancel(const ports::GroupKey&, const domain::ActivityId& id,
                            const std::vector<int>& numbers) {
  std::vector<SlotKey> idle;
  {
    absl::MutexLock lock(&mutex_);
    for (const int number : numbers) {
      const auto drive = drives_.find(SlotKey{id, number});
      if (drive == drives_.end()) continue;
      drive->second.cancel = true;
      if (!drive->second.running) idle.push_back(drive->first);
    }
  }
  for (const SlotKey& key : idle) {
    if (TakeCancel(key)) Feed(key, activity::CancelRequested{});
  }
}

void ActivityWorker::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  drives_.clear();
}

void ActivityWorker::Feed(const SlotKey& key, activity::Event event) {
  // A full lane is no reason to forget a slot: the event waits a moment.
  if (parts_.executor.Submit(ports::Lane::kWork, [this, key, event] { Run(key, event); })) return;
  parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.store_retry,
                           [this, key, event] { Run(key, event); });
}

void ActivityWorker::Sleep(const SlotKey& key, absl::Time wake_at) {
  uint64_t timer = 0;
  {
    absl::MutexLock lock(&mutex_);
    const auto drive = drives_.find(key);
    if (drive == drives_.end()) return;
    drive->second.running = false;
    timer = drive->second.timer = ++timers_;
  }
  parts_.executor.SubmitAt(ports::Lane::kWork, wake_at, [this, key, timer] {
    {
      absl::MutexLock lock(&mutex_);
      const auto drive = drives_.find(key);
      if (drive == drives_.end() || drive->second.timer != timer || drive->second.running) return;
    }
    Run(key, activity::Woken{});
  });
}

bool ActivityWorker::Claim(const SlotKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto drive = drives_.find(key);
  if (stopped_ || drive == drives_.end() || drive->second.running) return false;
  drive->second.running = true;
  return true;
}

std::optional<ActivityWorker::Drive> ActivityWorker::Find(const SlotKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto drive = drives_.find(key);
  if (stopped_ || drive == drives_.end()) return std::nullopt;
  return drive->second;
}

bool ActivityWorker::TakeCancel(const SlotKey& key) {
  absl::MutexLock lock(&mutex_);
  const auto drive = drives_.find(key);
  return drive != drives_.end() && std::exchange(drive->second.cancel, false);
}

void ActivityWorker::Drop(const SlotKey& key) {
  absl::MutexLock lock(&mutex_);
  drives_.erase(key);
}

void ActivityWorker::Run(const SlotKey& key, activity::Event event) {
  if (Claim(key)) DriveOn(key, {std::move(event)});
}

void ActivityWorker::DriveOn(const SlotKey& key, Fact fact) {
  const std::optional<Drive> drive = Find(key);
  if (!drive.has_value()) return;
  while (true) {
    const std::optional<ports::Fence> fence = parts_.leases.FenceFor(drive->group.group_id);
    if (!fence.has_value())
      return GiveUp(key, absl::FailedPreconditionError("fence: the shard is not held"));
    // Another engine may have had the slot in between: what became of the call is then looked up,
    // as after a restart.
    if (fact.epoch != 0 && fact.epoch != fence->epoch) fact = {activity::Resumed{}};
    const absl::StatusOr<Committed> committed = CommitStep(*drive, key, *fence, fact.event);
    if (!committed.ok()) return NotCommitted(key, *drive, committed.status(), std::move(fact));
    const activity::Slot& slot = committed->step.slot;
    if (committed->ended || activity::IsFinal(slot.state)) {
      Drop(key);
      if (drive->activity->type == domain::ActivityType::kReplace)
        Feed({key.activity, activity::PartnerOf(key.number)}, activity::Woken{});
      // Samples count from entering service, so evaluation must hear of it now.
      parts_.waker.DefinitionChanged(drive->group);
      if (!committed->ended) FinishIfDone(*drive, false);
      return;
    }
    if (committed->step.effect.has_value()) {
      fact = {parts_.effects.Run(*drive->activity, slot, *committed->step.effect), fence->epoch};
    } else if (TakeCancel(key)) {
      fact = {activity::CancelRequested{}};
    } else if (slot.wake_at.has_value()) {
      return Sleep(key, *slot.wake_at);
    } else if (!std::holds_alternative<activity::Resumed>(fact.event)) {
      // The event did not fit the state, as after a commit whose answer was lost: take the slot up
      // as a restart would.
      fact = {activity::Resumed{}};
    } else {
      base::LogError("slot has nothing to do", {{"activity", absl::StrCat(key.activity.value())},
                                                {"slot", absl::StrCat(key.number)},
                                                {"state", activity::SlotStateName(slot.state)}});
      return Sleep(key, parts_.clock.Now() + settings_.resync);
    }
  }
}

void ActivityWorker::NotCommitted(const SlotKey& key, const Drive& drive,
                                  const absl::Status& status, Fact fact) {
  if (absl::IsFailedPrecondition(status)) {
    if (!parts_.leases.FenceFor(drive.group.group_id).has_value()) return GiveUp(key, status);
    fact = {activity::Resumed{}};  // the row isn't what this engine thinks: begin with what it is
  }
  parts_.telemetry.StoreRetry("activity");
  // The slot stays claimed: nothing but this fact may drive it on, which may be the only knowledge
  // of what the cloud did.
  parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.store_retry,
                           [this, key, fact] { DriveOn(key, fact); });
}

void ActivityWorker::GiveUp(const SlotKey& key, const absl::Status& why) {
  // Another engine owns the shard; it resumes the slot and looks up what this one did.
  base::LogWarning("slot given up", {{"activity", absl::StrCat(key.activity.value())},
                                     {"slot", absl::StrCat(key.number)},
                                     {"error", why.ToString()}});
  Drop(key);
}

absl::StatusOr<ActivityWorker::Committed> ActivityWorker::CommitStep(const Drive& drive,
                                                                     const SlotKey& key,
                                                                     const ports::Fence& fence,
                                                                     const activity::Event& event) {
  Committed committed;
  const absl::Status status = parts_.store.Transact(fence, [&](ports::Tx& tx) -> absl::Status {
    committed = Committed();
    if (ChoosesAnotherPair(event)) {
      RETURN_IF_ERROR(tx.activities().LockOpen(drive.group).status());
    }
    const absl::StatusOr<activity::Slot> slot =
        tx.activities().LockSlot(drive.group, key.activity, key.number);
    if (absl::IsNotFound(slot.status())) {
      committed.ended = true;
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(slot.status());
    ASSIGN_OR_RETURN(committed.step, Advance(tx, drive, *slot, event));
    committed.moved = committed.step.slot.state != slot->state;
    return Write(tx, drive, *slot, committed.step);
  });
  RETURN_IF_ERROR(status);
  if (committed.moved) {
    const activity::SlotState to = committed.step.slot.state;
    parts_.telemetry.SlotMoved(to);
    base::LogDebug("slot moved", {{"activity", absl::StrCat(key.activity.value())},
                                  {"slot", absl::StrCat(key.number)},
                                  {"to", activity::SlotStateName(to)},
                                  {"on", activity::EventName(event)}});
  }
  return committed;
}

absl::StatusOr<activity::Step> ActivityWorker::Advance(ports::Tx& tx, const Drive& drive,
                                                       activity::Slot slot,
                                                       const activity::Event& event) {
  activity::StepContext context;
  context.activity = drive.activity.get();
  context.settings = settings_.steps;
  context.now = tx.Now();
  context.fresh_intent = NewMarker(parts_.rng);
  context.jitter = parts_.rng.Next();
  switch (drive.activity->type) {
    case domain::ActivityType::kScaleOut:
      RETURN_IF_ERROR(LookAround(tx, drive, event, context, slot));
      return activity::AdvanceLaunch(context, slot, event);
    case domain::ActivityType::kReplace:
      return AdvanceReplace(tx, drive, context, std::move(slot), event);
    case domain::ActivityType::kScaleIn:
    case domain::ActivityType::kDetach:
    case domain::ActivityType::kAttach:
    case domain::ActivityType::kRegistration:
      break;
  }
  ASSIGN_OR_RETURN(const domain::Member member, tx.members().Lock(drive.group, slot.instance_id));
  if (drive.activity->type == domain::ActivityType::kAttach)
    return activity::AdvanceAttach(context, slot, member, event);
  if (drive.activity->type == domain::ActivityType::kRegistration)
    return activity::AdvanceRegistration(context, slot, member, event);
  return activity::AdvanceRemoval(context, slot, member, event);
}

absl::Status ActivityWorker::LookAround(ports::Tx& tx, const Drive& drive,
                                        const activity::Event& event,
                                        activity::StepContext& context, activity::Slot& slot) {
  if (!std::holds_alternative<activity::LaunchRejected>(event)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const domain::ScalingGroup group, tx.groups().Get(drive.group));
  ASSIGN_OR_RETURN(const std::vector<domain::Member> members, tx.members().Unclosed(drive.group));
  ASSIGN_OR_RETURN(const std::optional<ports::OpenActivity> open,
                   tx.activities().GetOpen(drive.group));
  const std::vector<activity::Slot> siblings =
      open.has_value() ? open->slots : std::vector<activity::Slot>();
  context.strategy = group.subnet_strategy;
  context.subnets = CountWithLaunches(group, members, siblings, slot.number);
  LearnTried(siblings, slot);
  ASSIGN_OR_RETURN(const std::vector<domain::PairRest> rests,
                   tx.pair_rests().Resting(drive.group.account_id, group.subnet_ids, context.now));
  context.resting = domain::RestingPairs(rests, context.now);
  return absl::OkStatus();
}

absl::StatusOr<activity::Step> ActivityWorker::AdvanceReplace(ports::Tx& tx, const Drive& drive,
                                                              activity::StepContext context,
                                                              activity::Slot slot,
                                                              const activity::Event& event) {
  // A plain read: what a slot waits for is its partner's end, which nothing takes back.
  ASSIGN_OR_RETURN(const std::optional<ports::OpenActivity> open,
                   tx.activities().GetOpen(drive.group));
  activity::ReplacePair pair;
  for (const activity::Slot& other : open->slots) {
    if (other.number == activity::PartnerOf(slot.number)) pair.partner = other;
  }
  if (activity::IsLaunchOfPair(slot)) {
    RETURN_IF_ERROR(LookAround(tx, drive, event, context, slot));
    ASSIGN_OR_RETURN(const std::vector<domain::Member> members, tx.members().Unclosed(drive.group));
    for (const domain::Member& member : members) {
      if (member.instance_id == pair.partner.instance_id) pair.old = member;
    }
  } else {
    ASSIGN_OR_RETURN(pair.old, tx.members().Lock(drive.group, slot.instance_id));
  }
  return activity::AdvanceReplace(context, slot, pair, event);
}

absl::Status ActivityWorker::Learn(ports::Tx& tx, const Drive& drive,
                                   const activity::PairFinding& finding) {
  const domain::AccountId& account = drive.group.account_id;
  if (finding.available) return tx.pair_rests().Clear(account, finding.pair, finding.sent_at);
  ASSIGN_OR_RETURN(const std::optional<domain::PairRest> before,
                   tx.pair_rests().Lock(account, finding.pair));
  return tx.pair_rests().Put(account, domain::RestAfterRefusal(before, finding.pair, tx.Now()),
                             tx.Now() - domain::kStockMemory);
}

absl::Status ActivityWorker::Write(ports::Tx& tx, const Drive& drive, const activity::Slot& before,
                                   const activity::Step& step) {
  if (!activity::IsLegal(drive.activity->type, before.state, step.slot.state)) {
    return absl::InternalError(absl::StrCat("illegal step from ",
                                            activity::SlotStateName(before.state), " to ",
                                            activity::SlotStateName(step.slot.state)));
  }
  for (const activity::IntentChange& change : step.intents) {
    RETURN_IF_ERROR(change.from.has_value()
                        ? tx.activities().UpdateIntent(change.intent, *change.from)
                        : tx.activities().InsertIntent(change.intent));
  }
  if (step.member.has_value()) {
    const bool is_new = before.instance_id.value().empty();
    RETURN_IF_ERROR(is_new ? tx.members().Insert(*step.member) : tx.members().Update(*step.member));
  }
  if (step.finding.has_value()) RETURN_IF_ERROR(Learn(tx, drive, *step.finding));
  if (step.slot == before) return absl::OkStatus();
  return tx.activities().UpdateSlot(drive.group, step.slot);
}

void ActivityWorker::FinishIfDone(const Drive& drive, bool again) {
  const std::optional<ports::Fence> fence = parts_.leases.FenceFor(drive.group.group_id);
  if (!fence.has_value()) return;  // the new owner finishes it
  std::optional<activity::Activity> finished;
  bool paused = false;
  const absl::Status done = parts_.store.Transact(*fence, [&](ports::Tx& tx) {
    finished.reset();
    return FinishInTx(tx, drive, finished, paused);
  });
  if (!done.ok()) {
    if (absl::IsFailedPrecondition(done)) return;
    parts_.telemetry.StoreRetry("finish");
    parts_.executor.SubmitAt(ports::Lane::kWork, parts_.clock.Now() + settings_.store_retry,
                             [this, drive] { FinishIfDone(drive, true); });
    return;
  }
  // A commit whose answer was lost has finished it; then those who wait for that must hear of it
  // all the same.
  if (finished.has_value()) Tell(*finished, paused);
  if (!finished.has_value() && !again) return;
  parts_.waker.DefinitionChanged(drive.group);
  parts_.waker.Wake(drive.group);
  parts_.waker.ActivityEnded(drive.group);
}

void ActivityWorker::Tell(const activity::Activity& finished, bool paused) {
  if (paused) {
    parts_.telemetry.LaunchesPaused();
    base::LogWarning("launches paused", {{"group", absl::StrCat(finished.group_id.value())},
                                         {"activity", absl::StrCat(finished.id.value())},
                                         {"error_code", absl::StrCat(finished.error_code)}});
  }
  parts_.telemetry.ActivityFinished(finished.type, finished.status,
                                    *finished.end_time - finished.start_time);
  base::LogInfo("activity finished", {{"group", absl::StrCat(finished.group_id.value())},
                                      {"activity", absl::StrCat(finished.id.value())},
                                      {"type", absl::StrCat(static_cast<int>(finished.type))},
                                      {"status", absl::StrCat(static_cast<int>(finished.status))},
                                      {"succeeded", absl::StrCat(finished.succeeded.size())},
                                      {"failed", absl::StrCat(finished.failed.size())}});
}

absl::Status ActivityWorker::FinishInTx(ports::Tx& tx, const Drive& drive,
                                        std::optional<activity::Activity>& finished, bool& paused) {
  ASSIGN_OR_RETURN(const domain::ScalingGroup group, tx.groups().Lock(drive.group));
  ASSIGN_OR_RETURN(const std::optional<ports::OpenActivity> open,
                   tx.activities().LockOpen(drive.group));
  if (!open.has_value() || open->activity.id != drive.activity->id ||
      !activity::AllFinal(open->slots)) {
    return absl::OkStatus();  // a sibling finishes it, or has
  }
  finished = activity::Finish(open->activity, open->slots, tx.Now(), settings_.language);
  domain::ScalingGroup after = activity::ApplyToGroup(group, *finished, parts_.rng.Next());
  paused = activity::ApplyLaunches(settings_.language, open->slots, *finished, after);
  RETURN_IF_ERROR(tx.activities().Finish(*finished));
  RETURN_IF_ERROR(tx.groups().Update(after));
  return AddOutboxEvent(tx, *finished, parts_.rng);
}

}  // namespace accordion::control
