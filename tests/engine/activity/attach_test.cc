#include "engine/activity/attach.h"

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

void Detached(Slot&, domain::Member& member) { member.life_cycle = domain::LifeCycle::kDetaching; }

void Certain(Slot& slot, domain::Member&) {
  slot.registrations = {RegistrationAt(80), RegistrationAt(81)};
}

Registered At(int port) { return {RegistrationAt(port)}; }

RegistrationsListed Listed(std::vector<domain::Registration> found) {
  return {.registrations = std::move(found), .listener_id = domain::ListenerId("lsn")};
}

// The slot as it was planned, in `state`, with its member's row as the plan left it.
void Check(const std::vector<Row>& rows, const Activity& activity = ExampleAttach()) {
  for (const Row& row : rows) {
    domain::Member member = AttachingMember();
    Slot slot = PlanAttach(activity, {member}, ExampleStart()).front();
    slot.state = row.state;
    slot.wake_at.reset();
    row.given(slot, member);
    member.registrations = slot.registrations;
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceAttach(context, slot, member, row.event)), row.summary)
        << row.sentence;
  }
}

TEST(Attach, PlansOneSlotAnInstanceWithItsEndpointsInDoubt) {
  domain::Member member = AttachingMember();
  member.registrations = {RegistrationAt(81)};
  const std::vector<Slot> slots =
      PlanAttach(ExampleAttach(), {AttachingMember(), member}, ExampleStart());
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[1].number, 1);
  EXPECT_EQ(slots[1].state, kVerifying);
  EXPECT_EQ(slots[1].wake_at, ExampleStart());
  EXPECT_EQ(slots[1].creation_type, domain::CreationType::kManual);
  EXPECT_EQ(slots[0].registrations,
            (std::vector<domain::Registration>{InDoubtAt(80), InDoubtAt(81)}));
  EXPECT_EQ(slots[1].registrations,
            (std::vector<domain::Registration>{RegistrationAt(81), InDoubtAt(80)}));
}

TEST(Attach, VerifiesThatTheInstanceRuns) {
  const auto once = [](Slot& slot, domain::Member&) { slot.absent_reads = 1; };
  Check({
      {"reads", kVerifying, kAsIs, Resumed{}, absl::Seconds(1), "Verifying do:ReadInstance"},
      {"runs", kVerifying, kAsIs, InstanceRead{Observed(Power::kRunning)}, absl::Seconds(1),
       "Registering do:ListRegistrations member:Attaching"},
      {"registered already", kVerifying, Certain, InstanceRead{Observed(Power::kRunning)},
       absl::Seconds(1), "InService member:InService"},
      {"stopped", kVerifying, kAsIs, InstanceRead{Observed(Power::kStopped)}, absl::Seconds(1),
       "Failed member:Attaching"},
      {"in error", kVerifying, kAsIs, InstanceRead{Observed(Power::kError)}, absl::Seconds(1),
       "Failed member:Attaching"},
      {"starting", kVerifying, kAsIs, InstanceRead{Observed(Power::kInProgress)}, absl::Seconds(1),
       "Verifying wake:2s member:Attaching"},
      {"starting for too long", kVerifying, kAsIs, InstanceRead{Observed(Power::kInProgress)},
       absl::Minutes(15), "Failed member:Attaching"},
      {"no answer", kVerifying, kAsIs, CallFailed{}, absl::Seconds(1), "Verifying wake:1s"},
      {"no answer for too long", kVerifying, kAsIs, CallFailed{}, absl::Minutes(15),
       "Failed member:Attaching"},
      {"missed", kVerifying, kAsIs, InstanceRead{}, absl::Seconds(1), "Verifying wake:4m"},
      {"missed again too soon", kVerifying, once, InstanceRead{}, absl::Minutes(3),
       "Verifying wake:1m"},
      {"woken too soon", kVerifying, once, Woken{}, absl::Minutes(3), "Verifying wake:2m"},
      {"missed twice", kVerifying, once, InstanceRead{}, absl::Minutes(4),
       "Deregistering do:ListRegistrations"},
      {"there again", kVerifying, once, InstanceRead{Observed(Power::kRunning)}, absl::Minutes(4),
       "Registering do:ListRegistrations member:Attaching"},
      {"not its event", kVerifying, kAsIs, At(80), absl::Seconds(1), "Verifying"},
  });
}

TEST(Attach, WithoutListenersItEntersServiceAtOnce) {
  Activity activity = ExampleAttach();
  activity.slb_configs.clear();
  const auto once = [](Slot& slot, domain::Member&) { slot.absent_reads = 1; };
  Check({{"runs", kVerifying, kAsIs, InstanceRead{Observed(Power::kRunning)}, absl::Seconds(1),
          "InService member:InService"},
         {"gone", kVerifying, once, InstanceRead{}, absl::Minutes(4), "Failed member:Closed"}},
        activity);
}

TEST(Attach, RegistersEachEndpointOnce) {
  const auto second = [](Slot& slot, domain::Member&) {
    slot.registrations = {RegistrationAt(80), InDoubtAt(81)};
  };
  const auto clean = [](Slot& slot, domain::Member&) { slot.registrations.clear(); };
  Check({
      {"none there: registers", kRegistering, kAsIs, Listed({}), absl::Seconds(1),
       "Registering do:Register member:Attaching"},
      {"the list lacks one only", kRegistering, kAsIs, Listed({RegistrationAt(80)}),
       absl::Seconds(1), "Registering do:Register member:Attaching"},
      {"its user did it all", kRegistering, kAsIs, Listed({RegistrationAt(80), RegistrationAt(81)}),
       absl::Seconds(1), "InService member:InService"},
      {"registered: the next", kRegistering, kAsIs, At(80), absl::Seconds(1),
       "Registering do:ListRegistrations member:Attaching"},
      {"clean: no list is needed", kRegistering, clean, Woken{}, absl::Seconds(1),
       "Registering do:Register member:Attaching"},
      {"the last one", kRegistering, second, At(81), absl::Seconds(1),
       "InService member:InService"},
      {"a failed call waits", kRegistering, second, CallFailed{}, absl::Seconds(1),
       "Registering wake:1s"},
      {"then looks", kRegistering, second, Woken{}, absl::Seconds(1),
       "Registering do:ListRegistrations"},
      {"looks after a restart", kRegistering, second, Resumed{}, absl::Seconds(1),
       "Registering do:ListRegistrations"},
      {"not its event", kRegistering, kAsIs, Deregistered{"r80"}, absl::Seconds(1), "Registering"},
  });
}

TEST(Attach, WritesAnEndpointDownBeforeTheCall) {
  const Activity activity = ExampleAttach();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  Slot slot = PlanAttach(activity, {AttachingMember()}, ExampleStart()).front();
  slot.state = kRegistering;
  const Step step = AdvanceAttach(context, slot, AttachingMember(), Listed({}));
  const auto& call = std::get<Register>(*step.effect);
  EXPECT_EQ(call.port, 80);
  EXPECT_EQ(call.private_ip, "10.0.0.9");
  EXPECT_EQ(step.slot.registrations, (std::vector<domain::Registration>{InDoubtAt(80)}));
  EXPECT_EQ(step.member->registrations, step.slot.registrations);
}

TEST(Attach, AFailureGivesTheNextEndpointItsTurnUntilThereWereTooMany) {
  const Activity activity = ExampleAttach();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  Slot slot = PlanAttach(activity, {AttachingMember()}, ExampleStart()).front();
  slot.state = kRegistering;
  slot.registrations.clear();
  std::vector<int> ports;
  domain::Member member = AttachingMember();
  for (int i = 0; i < 8; ++i) {
    Step step = AdvanceAttach(context, slot, member, Woken{});
    // What was called before is looked up first.
    if (std::holds_alternative<ListRegistrations>(*step.effect))
      step = AdvanceAttach(context, step.slot, member, Listed({}));
    ports.push_back(std::get<Register>(*step.effect).port);
    step = AdvanceAttach(context, step.slot, member,
                         CallFailed{FailureClass::kPermanent, "no such listener"});
    slot = step.slot;
    if (step.member) member = *step.member;
  }
  EXPECT_EQ(ports, (std::vector<int>{80, 81, 80, 81, 80, 81, 80, 81}));
  EXPECT_EQ(slot.state, kFailed);
  EXPECT_EQ(slot.failure, FailureClass::kPermanent);
  EXPECT_EQ(member.life_cycle, domain::LifeCycle::kAttaching) << "desired is not lowered";
  EXPECT_FALSE(member.activity_id.has_value());
  EXPECT_TRUE(member.request_cause.has_value());
}

TEST(Attach, EndsWhenItsDetachIsAskedFor) {
  Check({
      {"verifying", kVerifying, Detached, Woken{}, absl::Seconds(1), "Cancelled member:Detaching"},
      {"registering", kRegistering, Detached, CallFailed{}, absl::Seconds(1),
       "Cancelled member:Detaching"},
      {"registered meanwhile", kRegistering, Detached, At(80), absl::Seconds(1),
       "Cancelled member:Detaching"},
  });
  const Activity activity = ExampleAttach();
  domain::Member member = AttachingMember();
  member.life_cycle = domain::LifeCycle::kDetaching;
  Slot slot = PlanAttach(activity, {member}, ExampleStart()).front();
  slot.state = kRegistering;
  const Step step = AdvanceAttach(ExampleContext(activity, absl::Seconds(1)), slot, member, At(80));
  EXPECT_EQ(step.member->registrations[0], RegistrationAt(80)) << "the detach must know of it";
  EXPECT_FALSE(step.member->activity_id.has_value());
}

TEST(Attach, HasItsDeadline) {
  const auto gone = [](Slot& slot, domain::Member&) { slot.absent_reads = 2; };
  Check({
      {"cancelled", kRegistering, kAsIs, CancelRequested{}, absl::Seconds(1), "Registering"},
      {"overdue", kRegistering, kAsIs, Woken{}, absl::Minutes(60), "Failed member:Attaching"},
      {"overdue", kVerifying, kAsIs, CancelRequested{}, absl::Minutes(60),
       "Failed member:Attaching"},
      {"gone, and overdue", kDeregistering, gone, Woken{}, absl::Minutes(60),
       "Deregistering do:ListRegistrations"},
      {"gone, and past the grace", kDeregistering, gone, Woken{}, absl::Minutes(70),
       "Quarantined member:Attaching"},
  });
}

TEST(Attach, TheRowOfAnInstanceThatIsGoneIsClosed) {
  const auto gone = [](Slot& slot, domain::Member&) { slot.absent_reads = 2; };
  Check({
      {"nothing is registered", kDeregistering, gone, Listed({}), absl::Seconds(1),
       "Failed member:Closed"},
      {"something is", kDeregistering, gone, Listed({RegistrationAt(80)}), absl::Seconds(1),
       "Deregistering do:Deregister member:Attaching"},
  });
}

TEST(Attach, NothingMovesAFinalSlot) {
  for (const SlotState state : {kInService, kFailed, kCancelled, kQuarantined}) {
    Check({{"final", state, Detached, Woken{}, absl::Hours(2), SlotStateName(state)}});
  }
}

}  // namespace
}  // namespace accordion::activity
