#include "engine/activity/scale_in.h"

#include <functional>

#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using Power = ObservedInstance::Power;
using enum SlotState;

struct Row {
  const char* sentence;
  SlotState state;
  std::function<void(Slot&, domain::Member&)> given;
  Event event;
  absl::Duration after;
  const char* summary;
};

const std::function<void(Slot&, domain::Member&)> kAsIs = [](Slot&, domain::Member&) {};

void Check(const std::vector<Row>& rows, const Activity& activity = ExampleScaleIn()) {
  for (const Row& row : rows) {
    Slot slot = RemovalSlot(row.state);
    domain::Member member = ExampleMember();
    if (row.state != kPicked) member.registrations = slot.registrations;
    row.given(slot, member);
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceRemoval(context, slot, member, row.event)), row.summary)
        << row.sentence;
  }
}

void Manual(Slot& slot, domain::Member& member) {
  slot.creation_type = member.creation_type = domain::CreationType::kManual;
}

void Unregistered(Slot&, domain::Member& member) { member.registrations.clear(); }

TEST(ScaleIn, AnUnfinishedRemovalBeginsWhereNothingCanBeTakenBack) {
  const domain::Member registered = ExampleMember();
  domain::Member bare = ExampleMember();
  bare.registrations.clear();
  domain::Member manual = ExampleMember(domain::CreationType::kManual);
  manual.registrations.clear();
  Activity without_listener = ExampleScaleIn();
  without_listener.slb_configs.clear();

  std::vector<Slot> slots = PlanFinishRemoval(ExampleScaleIn(), {registered, bare}, ExampleStart());
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0].number, 0);
  EXPECT_EQ(slots[1].number, 1);
  for (const Slot& slot : slots) {
    EXPECT_EQ(slot.state, kDeregistering);
    EXPECT_TRUE(slot.must_list);  // the lost call may have been a registration
    EXPECT_EQ(slot.wake_at, ExampleStart());
  }
  EXPECT_EQ(slots[0].registrations, registered.registrations);

  slots = PlanFinishRemoval(without_listener, {bare, manual, registered}, ExampleStart());
  EXPECT_EQ(slots[0].state, kTerminating);
  EXPECT_EQ(slots[1].state, kDeregistering);  // only let go
  EXPECT_EQ(slots[2].state, kDeregistering);
  EXPECT_FALSE(slots[2].must_list);

  // Neither a disabled group nor the deadline rolls it back.
  for (const Slot& slot : slots) {
    const Activity activity = ExampleScaleIn();
    const StepContext context = ExampleContext(activity, absl::Minutes(61));
    EXPECT_FALSE(IsFinal(AdvanceRemoval(context, slot, registered, CancelRequested{}).slot.state));
  }
}

TEST(ScaleIn, PlansOneSlotAVictim) {
  domain::Member member = ExampleMember(domain::CreationType::kManual);
  member.subnet_id = domain::SubnetId("subnet-a");
  member.instance_type = "S4.2A";
  member.project_id = 42;
  member.name = "web";
  member.zone = "zone-a";
  const std::vector<Slot> slots =
      PlanScaleIn(ExampleScaleIn(), {ExampleMember(), member}, ExampleStart());
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0].number, 0);
  EXPECT_EQ(slots[0].creation_type, domain::CreationType::kAuto);
  EXPECT_EQ(slots[1].number, 1);
  EXPECT_EQ(slots[1].state, kPicked);
  EXPECT_EQ(slots[1].creation_type, domain::CreationType::kManual);
  EXPECT_EQ(slots[1].instance_id, member.instance_id);
  EXPECT_EQ(slots[1].pair, (domain::PlacementPair{member.subnet_id, "S4.2A"}));
  EXPECT_EQ(slots[1].project_id, 42);
  EXPECT_EQ(slots[1].instance_name, "web");
  EXPECT_EQ(slots[1].zone, "zone-a");
  EXPECT_EQ(slots[1].state_since, ExampleStart());
}

TEST(ScaleIn, RemovesInOrder) {
  const auto one = [](Slot& slot, domain::Member&) { slot.registrations = {RegistrationAt(80)}; };
  const auto doubt = [](Slot& slot, domain::Member&) {
    slot.registrations.clear(), slot.must_list = true;
  };
  const auto last = [](Slot& slot, domain::Member&) {
    slot.registrations = {RegistrationAt(80)}, slot.must_list = true;
  };
  Check({
      {"deregisters first", kPicked, kAsIs, Resumed{}, absl::Seconds(1),
       "Deregistering do:Deregister"},
      {"lists if none is recorded", kPicked, Unregistered, Resumed{}, absl::Seconds(1),
       "Deregistering do:ListRegistrations"},
      {"lists before it drains: a registration may have been made twice", kDeregistering, last,
       Deregistered{"r80"}, absl::Seconds(1),
       "Deregistering do:ListRegistrations member:Terminating"},
      {"what is known goes before the list", kDeregistering, last, Woken{}, absl::Seconds(1),
       "Deregistering do:Deregister member:Terminating"},
      {"listed", kDeregistering, doubt, RegistrationsListed{{RegistrationAt(80)}}, absl::Seconds(1),
       "Deregistering do:Deregister member:Terminating"},
      {"the list is empty", kDeregistering, doubt, RegistrationsListed{}, absl::Seconds(1),
       "Draining wake:30s member:Terminating"},
      {"one by one", kDeregistering, kAsIs, Deregistered{"r80"}, absl::Seconds(1),
       "Deregistering do:Deregister member:Terminating"},
      {"then drains", kDeregistering, one, Deregistered{"r80"}, absl::Seconds(1),
       "Draining wake:30s member:Terminating"},
      {"deregistration failed", kDeregistering, kAsIs, CallFailed{}, absl::Seconds(1),
       "Deregistering wake:1s"},
      {"tries again", kDeregistering, kAsIs, Woken{}, absl::Seconds(1),
       "Deregistering do:Deregister"},
      {"woken too soon by a fast clock", kDraining, kAsIs, Woken{}, absl::Seconds(29),
       "Draining wake:2s"},
      {"drained", kDraining, kAsIs, Woken{}, absl::Seconds(30), "Terminating do:Terminate"},
      {"drained over a restart", kDraining, kAsIs, Resumed{}, absl::Seconds(31),
       "Terminating do:Terminate"},
      {"accepted", kTerminating, kAsIs, TerminateAccepted{}, absl::Seconds(1),
       "Proving do:ReadInstance"},
      {"missed once", kProving, kAsIs, InstanceRead{}, absl::Seconds(1), "Proving wake:4m"},
      {"not its event", kDraining, kAsIs, TerminateAccepted{}, absl::Seconds(31), "Draining"},
      {"not its event", kPicked, kAsIs, TerminateAccepted{}, absl::Seconds(1), "Picked"},
  });
}

TEST(ScaleIn, LooksForRegistrationsThatNobodyRecordedUnlessTheyMayBeItsUsers) {
  const Activity activity = ExampleScaleIn();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  Slot slot = RemovalSlot(kPicked);
  domain::Member member = ExampleMember();
  ASSERT_FALSE(member.registrations.empty());
  EXPECT_TRUE(AdvanceRemoval(context, slot, member, Resumed{}).slot.must_list);
  Manual(slot, member);
  EXPECT_FALSE(AdvanceRemoval(context, slot, member, Resumed{}).slot.must_list);
}

TEST(ScaleIn, IsGoneAfterTwoReads) {
  const auto once = [](Slot& slot, domain::Member&) { slot.absent_reads = 1; };
  Check({{"missed twice", kProving, once, InstanceRead{}, absl::Minutes(4), "Left member:Closed"},
         {"still there", kProving, once, InstanceRead{Observed(Power::kRunning)}, absl::Minutes(4),
          "Terminating do:Terminate"}});
}

TEST(ScaleIn, WithoutListenersNothingDrains) {
  Activity activity = ExampleScaleIn();
  activity.slb_configs.clear();
  const auto manual = [](Slot& slot, domain::Member& member) {
    Manual(slot, member), Unregistered(slot, member);
  };
  Check({{"Auto", kPicked, Unregistered, Resumed{}, absl::Seconds(1), "Terminating do:Terminate"},
         {"Manual", kPicked, manual, Resumed{}, absl::Seconds(1), "Left member:Closed"},
         {"registered while the group had one", kPicked, kAsIs, Resumed{}, absl::Seconds(1),
          "Deregistering do:Deregister"}},
        activity);
}

TEST(ScaleIn, LeavesManualInstancesRunning) {
  Check(
      {{"deregisters", kPicked, Manual, Resumed{}, absl::Seconds(1), "Deregistering do:Deregister"},
       {"drained", kDraining, Manual, Woken{}, absl::Seconds(30), "Left member:Closed"}});
}

TEST(Detach, LeavesEveryInstanceRunningAndIsNeverCancelled) {
  const Activity activity = ExampleDetach();
  const auto bare = [](Slot&, domain::Member& member) { member.registrations.clear(); };
  const auto doubt = [](Slot&, domain::Member& member) { member.registrations = {InDoubtAt(80)}; };
  const auto doubtful = [](Slot& slot, domain::Member&) { slot.registrations = {InDoubtAt(80)}; };
  const RegistrationsListed found{.registrations = {RegistrationAt(80)},
                                  .listener_id = domain::ListenerId("lsn")};
  Check(
      {
          {"deregisters", kPicked, kAsIs, Resumed{}, absl::Seconds(1),
           "Deregistering do:Deregister"},
          {"what was in doubt is looked up", kPicked, doubt, Resumed{}, absl::Seconds(1),
           "Deregistering do:ListRegistrations"},
          {"and taken away", kDeregistering, doubtful, found, absl::Seconds(1),
           "Deregistering do:Deregister member:Terminating"},
          {"none of ours", kPicked, bare, Resumed{}, absl::Seconds(1), "Left member:Closed"},
          {"drained; Auto", kDraining, kAsIs, Woken{}, absl::Seconds(30), "Left member:Closed"},
          {"cancelled", kPicked, kAsIs, CancelRequested{}, absl::Seconds(1), "Picked"},
          {"overdue", kPicked, kAsIs, Resumed{}, absl::Minutes(60), "Deregistering do:Deregister"},
      },
      activity);
}

TEST(ScaleIn, IsCancelledOnlyBeforeItBegins) {
  Check({
      {"picked", kPicked, kAsIs, CancelRequested{}, absl::Seconds(1), "Cancelled member:InService"},
      {"picked, and the deadline has passed", kPicked, kAsIs, Resumed{}, absl::Minutes(60),
       "Cancelled member:InService"},
      {"deregistering", kDeregistering, kAsIs, CancelRequested{}, absl::Seconds(1),
       "Deregistering"},
      {"past the deadline", kDeregistering, kAsIs, Woken{}, absl::Minutes(60),
       "Deregistering do:Deregister"},
      {"past the grace", kDeregistering, kAsIs, Woken{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
      {"past the grace", kDraining, kAsIs, Woken{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
      {"past the grace", kTerminating, kAsIs, Woken{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
      {"past the grace", kProving, kAsIs, CancelRequested{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
  });
}

TEST(ScaleIn, TheMemberRowFollowsTheSlot) {
  const Activity activity = ExampleScaleIn();
  const StepContext context = ExampleContext(activity, absl::Minutes(4));
  Slot slot = RemovalSlot(kProving);
  slot.absent_reads = 1;
  const Step gone = AdvanceRemoval(context, slot, ExampleMember(), InstanceRead{});
  ASSERT_TRUE(gone.member.has_value());
  EXPECT_EQ(gone.member->closed_at, context.now);
  EXPECT_FALSE(gone.member->activity_id.has_value());

  const Step cancelled =
      AdvanceRemoval(context, RemovalSlot(kPicked), ExampleMember(), CancelRequested{});
  ASSERT_TRUE(cancelled.member.has_value());
  EXPECT_FALSE(cancelled.member->activity_id.has_value());
  EXPECT_EQ(cancelled.member->registrations.size(), 2u) << "it still serves";
}

TEST(ScaleIn, NothingMovesAFinalSlot) {
  const Activity activity = ExampleScaleIn();
  for (const SlotState state : {kLeft, kCancelled, kQuarantined, kFailed, kInService}) {
    for (const Event& event :
         {Event(Resumed{}), Event(Woken{}), Event(CancelRequested{}), Event(InstanceRead{})}) {
      const Slot slot = RemovalSlot(state);
      const Step step =
          AdvanceRemoval(ExampleContext(activity, absl::Hours(2)), slot, ExampleMember(), event);
      EXPECT_EQ(step.slot, slot);
      EXPECT_TRUE(!step.member.has_value() && !step.effect.has_value());
    }
  }
}

}  // namespace
}  // namespace accordion::activity
