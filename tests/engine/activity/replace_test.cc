#include "engine/activity/replace.h"

#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "engine/activity/outcome.h"
#include "engine/activity/transition_table.h"
#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using domain::ActivityStatus;
using domain::Health;
using domain::LifeCycle;
using Power = ObservedInstance::Power;
using enum SlotState;

Activity ExampleReplace() {
  Activity activity = ExampleScaleOut();
  activity.type = domain::ActivityType::kReplace;
  return activity;
}

// In service, UnHealthy, and held by the activity.
domain::Member Old(const char* id = "i-old") {
  domain::Member member = ExampleMember();
  member.instance_id = domain::InstanceId(id);
  member.life_cycle = LifeCycle::kInService;
  member.health = Health::kUnHealthy;
  member.project_id = 7;
  return member;
}

ReplacePlan Plan(ReplaceOrder order, int pairs) {
  std::vector<domain::Member> old;
  std::vector<domain::PlacementPair> placed;
  std::vector<domain::IntentId> markers;
  for (int i = 0; i < pairs; ++i) {
    old.push_back(Old(i == 0 ? "i-old" : "i-old-2"));
    placed.push_back({domain::SubnetId("subnet-a"), "S4.2A"});
    markers.emplace_back(absl::StrCat("m-", i));
  }
  return PlanReplace(ExampleReplace(), order, old, placed, markers, ExampleStart());
}

TEST(Replace, PairsALaunchWithARemovalThatWaits) {
  const ReplacePlan plan = Plan(ReplaceOrder::kLaunchFirst, 2);
  ASSERT_EQ(plan.slots.size(), 4u);
  ASSERT_EQ(plan.intents.size(), 2u);
  for (int i = 0; i < 4; ++i) {
    const Slot& slot = plan.slots[static_cast<size_t>(i)];
    EXPECT_EQ(slot.number, i);
    EXPECT_EQ(slot.wake_at, ExampleStart());
    EXPECT_EQ(IsLaunchOfPair(slot), i % 2 == 0);
    EXPECT_EQ(PartnerOf(PartnerOf(i)), i);
    EXPECT_EQ(PartnerOf(i) / 2, i / 2);
    EXPECT_EQ(slot.state, i % 2 == 0 ? kPlanned : kWaiting);
    EXPECT_EQ(slot.project_id, i % 2 == 0 ? 42 : 7) << "each instance is read in its own project";
  }
  EXPECT_EQ(plan.intents[1].slot, 2);
  EXPECT_EQ(plan.intents[1].id, plan.slots[2].intent_id);
  EXPECT_EQ(plan.slots[3].instance_id, domain::InstanceId("i-old-2"));
}

TEST(Replace, AtMaxSizeTheLaunchWaitsAndHasNoIntentYet) {
  const ReplacePlan plan = Plan(ReplaceOrder::kOldFirst, 1);
  ASSERT_EQ(plan.slots.size(), 2u);
  EXPECT_TRUE(plan.intents.empty());
  EXPECT_EQ(plan.slots[0].state, kWaiting);
  EXPECT_EQ(plan.slots[0].intent_id, domain::IntentId());
  EXPECT_EQ(plan.slots[1].state, kPicked);
}

struct Row {
  const char* sentence;
  bool launch;  // the slot: the launch of the pair, or the removal
  SlotState state;
  SlotState partner;
  std::optional<domain::Member> old;
  Event event;
  absl::Duration after;
  const char* summary;
};

domain::Member With(const std::function<void(domain::Member&)>& change) {
  domain::Member member = Old();
  change(member);
  return member;
}

void Check(const std::vector<Row>& rows) {
  const Activity activity = ExampleReplace();
  for (const Row& row : rows) {
    const ReplacePlan plan =
        Plan(row.state == kPicked ? ReplaceOrder::kOldFirst : ReplaceOrder::kLaunchFirst, 1);
    Slot slot = plan.slots[row.launch ? 0 : 1];
    slot.state = row.state;
    ReplacePair pair{.partner = plan.slots[row.launch ? 1 : 0], .old = row.old};
    pair.partner.state = row.partner;
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceReplace(context, slot, pair, row.event)), row.summary)
        << row.sentence;
  }
}

constexpr absl::Duration kSoon = absl::Minutes(1);
constexpr absl::Duration kLate = absl::Minutes(60);

TEST(Replace, TheOldOneGoesOnlyWhenTheNewOneServes) {
  const domain::Member manual =
      With([](auto& member) { member.creation_type = domain::CreationType::kManual; });
  const domain::Member guarded = With([](auto& member) { member.is_protected = true; });
  const domain::Member well = With([](auto& member) { member.health = Health::kHealthy; });
  const domain::Member detached =
      With([](auto& member) { member.life_cycle = LifeCycle::kDetaching; });
  Check({
      {"it waits", false, kWaiting, kBooting, Old(), Woken{}, kSoon, "Waiting wake:1m"},
      {"after a restart, too", false, kWaiting, kPlanned, Old(), Resumed{}, kSoon,
       "Waiting wake:1m"},
      {"a disabled group cancels the launch, not who waits for it", false, kWaiting, kSending,
       Old(), CancelRequested{}, kSoon, "Waiting wake:1m"},
      {"also while its launch is being undone", false, kWaiting, kUndoing, Old(), Woken{}, kSoon,
       "Waiting wake:1m"},
      {"the new one serves", false, kWaiting, kInService, Old(), Woken{}, kSoon,
       "Picked wake:0 member:Terminating"},
      {"a Manual one is let go", false, kWaiting, kInService, manual, Woken{}, kSoon,
       "Picked wake:0 member:Detaching"},
      {"protected meanwhile", false, kWaiting, kInService, guarded, Woken{}, kSoon,
       "Cancelled member:InService"},
      {"well again", false, kWaiting, kInService, well, Woken{}, kSoon,
       "Cancelled member:InService"},
      {"detached meanwhile", false, kWaiting, kInService, detached, Woken{}, kSoon,
       "Cancelled member:Detaching"},
      {"the launch failed", false, kWaiting, kFailed, Old(), Woken{}, kSoon,
       "Cancelled member:InService"},
      {"what became of the launch is unknown", false, kWaiting, kQuarantined, Old(), Woken{}, kSoon,
       "Cancelled member:InService"},
      {"the launch was cancelled", false, kWaiting, kCancelled, Old(), Woken{}, kSoon,
       "Cancelled member:InService"},
      {"past the deadline nothing is begun", false, kWaiting, kInService, Old(), Woken{}, kLate,
       "Cancelled member:InService"},
      {"nor waited for", false, kWaiting, kBooting, Old(), Woken{}, kLate,
       "Cancelled member:InService"},
      {"once picked it goes as any other", false, kPicked, kInService, Old(), Woken{}, kSoon,
       "Deregistering do:Deregister"},
  });
}

TEST(Replace, TheNewOneIsLaunchedForWhoNeedsIt) {
  const domain::Member guarded = With([](auto& member) { member.is_protected = true; });
  const domain::Member well = With([](auto& member) { member.health = Health::kHealthy; });
  Check({
      {"needed", true, kPlanned, kWaiting, Old(), Woken{}, kSoon,
       "Sending intent:Prepared>Sent do:Launch"},
      {"well again", true, kPlanned, kWaiting, well, Woken{}, kSoon,
       "Cancelled intent:Prepared>Rejected"},
      {"well again before a restart", true, kPlanned, kWaiting, well, Resumed{}, kSoon,
       "Cancelled intent:Prepared>Rejected"},
      {"protected", true, kPlanned, kWaiting, guarded, Woken{}, kSoon,
       "Cancelled intent:Prepared>Rejected"},
      {"gone", true, kPlanned, kWaiting, std::nullopt, Woken{}, kSoon,
       "Cancelled intent:Prepared>Rejected"},
      {"what is sent goes on", true, kSending, kWaiting, well, LaunchUnknown{"reset"}, kSoon,
       "Looking intent:Sent>Unknown wake:5s"},
  });
}

TEST(Replace, AtMaxSizeTheNewOneComesWhenTheOldOneHasLeft) {
  Check({
      {"it waits", true, kWaiting, kProving, Old(), Woken{}, kSoon, "Waiting wake:1m"},
      {"the old one has left", true, kWaiting, kLeft, std::nullopt, Woken{}, kSoon,
       "Planned intent:new>Prepared wake:0"},
      {"then it is sent", true, kPlanned, kLeft, std::nullopt, Woken{}, kSoon,
       "Sending intent:Prepared>Sent do:Launch"},
      {"the old one was kept", true, kWaiting, kCancelled, Old(), Woken{}, kSoon, "Cancelled"},
      {"the old one may remain", true, kWaiting, kQuarantined, Old(), Woken{}, kSoon, "Cancelled"},
      {"past the deadline nothing is begun", true, kWaiting, kLeft, std::nullopt, Woken{}, kLate,
       "Cancelled"},
  });
}

TEST(Replace, ExtraLaunchesAreThoseBesideWhoStays) {
  std::vector<Slot> slots = Plan(ReplaceOrder::kLaunchFirst, 2).slots;
  EXPECT_EQ(CountExtraLaunches(slots), 2);
  slots[0].state = kInService;
  EXPECT_EQ(CountExtraLaunches(slots), 2);
  slots[1].state = kPicked;
  EXPECT_EQ(CountExtraLaunches(slots), 1);
  slots[2].state = kUndoing;
  EXPECT_EQ(CountExtraLaunches(slots), 0);
  slots[2].state = kQuarantined;
  EXPECT_EQ(CountExtraLaunches(slots), 1) << "its intent stays counted";
  slots[2].instance_id = domain::InstanceId("i-new");
  EXPECT_EQ(CountExtraLaunches(slots), 0) << "its instance is on its way out";
  EXPECT_EQ(CountExtraLaunches(Plan(ReplaceOrder::kOldFirst, 1).slots), 0);
}

// Two pairs that ended so, with i-1 and i-3 launched for i-2 and i-4.
Activity Ended(std::vector<SlotState> states) {
  std::vector<Slot> slots;
  for (const SlotState state : states) {
    Slot slot;
    slot.number = static_cast<int>(slots.size());
    slot.state = state;
    const bool has_instance = !IsLaunchOfPair(slot) || state == kInService;
    if (has_instance) slot.instance_id = domain::InstanceId(absl::StrCat("i-", slot.number + 1));
    if (state == kFailed) slot.failure = FailureClass::kStock;
    if (state == kQuarantined) slot.failure = FailureClass::kUnresolved;
    if (IsLaunchOfPair(slot) && state != kCancelled) slot.launches = 1;
    slots.push_back(slot);
  }
  return Finish(ExampleReplace(), slots, ExampleStart() + kSoon, Language::kEnglish);
}

TEST(Replace, EndsWithBothListsAndTheWordsOfWhatStoppedAPair) {
  Activity done = Ended({kInService, kLeft, kInService, kLeft});
  EXPECT_EQ(done.status, ActivityStatus::kSucceeded);
  EXPECT_EQ(done.succeeded.size(), 4u);
  EXPECT_EQ(NotificationType(done), 5);

  done = Ended({kInService, kLeft, kFailed, kCancelled});
  EXPECT_EQ(done.status, ActivityStatus::kFailed);
  EXPECT_EQ(done.succeeded.size(), 2u);
  EXPECT_TRUE(done.failed.empty()) << "who was kept has not failed";
  EXPECT_EQ(done.error_code, ErrorCodeOf(FailureClass::kStock));
  EXPECT_EQ(done.cause.text, "cause; 1 failed: out of stock");
  EXPECT_EQ(NotificationType(done), 6);

  // At max size: the old one may remain, so nothing was launched.
  done = Ended({kCancelled, kQuarantined});
  EXPECT_EQ(done.cause.text, "cause; 1 failed: outcome could not be confirmed");
  EXPECT_EQ(done.failed, std::vector<domain::InstanceId>{domain::InstanceId("i-2")});

  done = Ended({kInService, kCancelled});
  EXPECT_EQ(done.status, ActivityStatus::kFailed);
  EXPECT_EQ(done.error_code, kPartlyCancelledCode);

  done = Ended({kInService, kLeft, kCancelled, kCancelled});
  EXPECT_EQ(done.cause.text, "cause; 1 failed: cancelled before it began") << "one pair, not two";

  done = Ended({kCancelled, kCancelled});
  EXPECT_EQ(done.status, ActivityStatus::kCancelled);
  EXPECT_EQ(NotificationType(done), 0);
}

TEST(Replace, HasABackOffOfItsOwnAndAPause) {
  domain::ScalingGroup group;
  group.failed_in_a_row = 3;
  const auto after = [&](std::vector<SlotState> states) {
    return ApplyToGroup(group, Ended(std::move(states)), UINT64_MAX);
  };
  const absl::Time end = ExampleStart() + kSoon;
  group = after({kInService, kLeft});
  EXPECT_EQ(group.replacements_not_before, end + domain::kReplacementPause);
  EXPECT_EQ(group.membership_changed_at, end);
  EXPECT_EQ(group.capacity_added_at, std::nullopt) << "runs of raises go on";
  EXPECT_EQ(group.cooldown_until, std::nullopt);
  group = after({kFailed, kCancelled});
  group = after({kFailed, kCancelled});
  EXPECT_EQ(group.replacements_failed_in_a_row, 2);
  EXPECT_EQ(group.replacements_not_before, end + 2 * domain::kGroupBackoffMin);
  EXPECT_EQ(group.failed_in_a_row, 3) << "launches and removals don't rest";
  EXPECT_EQ(group.retry_not_before, std::nullopt);
}

// One pair in a world that fails now and then: its two slots driven in any interleaving, with
// restarts, protections, recoveries and detaches in between.
class PairRun {
 public:
  PairRun(ReplaceOrder order, uint64_t seed)
      : random_(seed), activity_(ExampleReplace()), old_(Old()), order_(order) {
    ReplacePlan plan =
        PlanReplace(activity_, order, {old_}, {{domain::SubnetId("subnet-a"), "S4.2A"}},
                    {domain::IntentId("m")}, ExampleStart());
    slots_ = std::move(plan.slots);
    if (order == ReplaceOrder::kOldFirst) old_.life_cycle = LifeCycle::kTerminating;
  }

  bool Done() const { return AllFinal(slots_); }
  const std::vector<Slot>& slots() const { return slots_; }
  const std::set<std::pair<SlotState, SlotState>>& moves() const { return moves_; }

  // One event of one slot; what goes wrong does so `percent` of the time.
  void Step(int percent) {
    now_ += absl::Milliseconds(Int(1, 5000));
    if (Chance(percent) && order_ == ReplaceOrder::kLaunchFirst) Meddle();
    const size_t i = static_cast<size_t>(Int(0, 1));
    Slot& slot = slots_[i];
    if (IsFinal(slot.state)) return;
    if (Chance(percent)) {
      if (Chance(30)) now_ += absl::Minutes(Int(1, 40));
      return Feed(i, Chance(50) ? Event(Resumed{}) : Event(CancelRequested{}));
    }
    if (effects_[i].has_value()) return Feed(i, Answer(*effects_[i], slot, Chance(percent)));
    if (!slot.wake_at.has_value()) return Feed(i, Resumed{});
    now_ = std::max(now_, *slot.wake_at);
    Feed(i, Woken{});
  }

 private:
  int Int(int low, int high) {
    return low + static_cast<int>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }

  // What others may do to a member that waits; never to one that leaves.
  void Meddle() {
    if (old_.life_cycle != LifeCycle::kInService) return;
    switch (Int(0, 3)) {
      case 0:
        old_.health = old_.health == Health::kHealthy ? Health::kUnHealthy : Health::kHealthy;
        break;
      case 1:
        old_.is_protected = !old_.is_protected;
        break;
      case 2:
        if (!old_.is_protected) old_.life_cycle = LifeCycle::kDetaching;
        break;
      case 3:
        break;
    }
  }

  Event Answer(const Effect& effect, const Slot& slot, bool fails) {
    if (std::holds_alternative<Launch>(effect)) {
      if (!fails) return LaunchAccepted{domain::InstanceId("i-new"), "name"};
      if (Chance(30)) return LaunchUnknown{"reset"};
      return LaunchRejected{Chance(50) ? FailureClass::kStock : FailureClass::kThrottled, "no"};
    }
    if (fails) return CallFailed{FailureClass::kTransient, "503"};
    if (const auto* call = std::get_if<Register>(&effect))
      return Registered{{call->listener_id, call->port, absl::StrCat("r-", ++registrations_)}};
    if (const auto* call = std::get_if<Deregister>(&effect)) return Deregistered{call->register_id};
    if (std::holds_alternative<LookUpMarker>(effect)) return MarkerLookedUp{};
    if (std::holds_alternative<ListRegistrations>(effect)) return RegistrationsListed{};
    if (std::holds_alternative<Terminate>(effect)) return TerminateAccepted{};
    ObservedInstance seen = Observed(Chance(90) ? Power::kRunning : Power::kError);
    seen.instance_id = slot.instance_id;
    return slot.state == kProving ? InstanceRead{} : InstanceRead{std::move(seen)};
  }

  void Feed(size_t i, const Event& event) {
    StepContext context = ExampleContext(activity_, now_ - ExampleStart());
    context.fresh_intent = domain::IntentId(absl::StrCat("f", ++markers_));
    context.jitter = random_();
    const Slot before = slots_[i];
    ReplacePair pair{.partner = slots_[1 - i], .old = old_};
    if (old_.life_cycle == LifeCycle::kClosed) pair.old.reset();
    const activity::Step step = AdvanceReplace(context, before, pair, event);
    SCOPED_TRACE(absl::StrCat(i, " ", SlotStateName(before.state), " + ", EventName(event), " = ",
                              Summary(context, step)));
    ASSERT_TRUE(IsLegal(activity_.type, before.state, step.slot.state));
    if (before.state != step.slot.state) moves_.insert({before.state, step.slot.state});
    ASSERT_TRUE(IsFinal(step.slot.state) || step.effect.has_value() ||
                step.slot.wake_at.has_value() || step.slot == before);
    if (i == 0) {
      CheckLaunch(step);
    } else {
      CheckRemoval(before, step);
      if (step.member.has_value()) old_ = *step.member;
    }
    if (step.effect.has_value() || step.slot != before || std::holds_alternative<Resumed>(event))
      effects_[i] = step.effect;
    slots_[i] = step.slot;
  }

  void CheckLaunch(const activity::Step& step) {
    if (!step.effect.has_value() || !std::holds_alternative<Launch>(*step.effect)) return;
    if (order_ == ReplaceOrder::kOldFirst) {
      ASSERT_EQ(slots_[1].state, kLeft) << "never above max size";
    }
  }

  void CheckRemoval(const Slot& before, const activity::Step& step) {
    if (before.state == kWaiting && step.slot.state == kPicked) {
      ASSERT_EQ(slots_[0].state, kInService) << "never without a successor";
      ASSERT_TRUE(old_.life_cycle == LifeCycle::kInService && !old_.is_protected) << "I-3";
      ASSERT_EQ(old_.health, Health::kUnHealthy) << "I-2";
    }
    if (step.effect.has_value()) {
      ASSERT_NE(step.slot.state, kWaiting);
      if (order_ == ReplaceOrder::kLaunchFirst) {
        ASSERT_EQ(slots_[0].state, kInService);
      }
    }
    if (IsFinal(step.slot.state)) {
      ASSERT_FALSE((step.member ? *step.member : old_).activity_id.has_value());
    }
  }

  std::mt19937_64 random_;
  Activity activity_;
  domain::Member old_;
  const ReplaceOrder order_;
  std::vector<Slot> slots_;
  std::map<size_t, std::optional<Effect>> effects_;
  std::set<std::pair<SlotState, SlotState>> moves_;
  absl::Time now_ = ExampleStart();
  int markers_ = 0;
  int registrations_ = 0;
};

TEST(Replace, NoInterleavingBreaksAPair) {
  std::set<std::pair<SlotState, SlotState>> moves;
  std::map<std::pair<SlotState, SlotState>, int> ends;
  for (uint64_t seed = 1; seed <= 4000; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const bool old_first = seed % 2 == 0;
    PairRun run(old_first ? ReplaceOrder::kOldFirst : ReplaceOrder::kLaunchFirst, seed);
    for (int i = 0; i < static_cast<int>(seed % 40) && !run.Done(); ++i) run.Step(20);
    for (int i = 0; i < 2000 && !run.Done(); ++i) run.Step(0);
    ASSERT_TRUE(run.Done());
    ASSERT_FALSE(testing::Test::HasFailure());
    moves.insert(run.moves().begin(), run.moves().end());
    const std::pair<SlotState, SlotState> end = {run.slots()[0].state, run.slots()[1].state};
    ++ends[end];
    if (!old_first && end.first != kInService) {
      ASSERT_EQ(end.second, kCancelled);
    }
  }
  for (const Edge& edge : ReplaceEdges()) EXPECT_EQ(moves.count({edge.from, edge.to}), 1u);
  EXPECT_GT((ends[{kInService, kLeft}]), 1000);
  EXPECT_GT((ends[{kFailed, kCancelled}]), 10);
  EXPECT_GT((ends[{kCancelled, kCancelled}]), 10);
  EXPECT_GT((ends[{kInService, kCancelled}]), 10);
}

}  // namespace
}  // namespace accordion::activity
