#include "engine/activity/scale_out.h"

#include <functional>

#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using Power = ObservedInstance::Power;
using enum SlotState;

CallFailed Failed() { return {FailureClass::kTransient, "503"}; }
LaunchRejected Refused(FailureClass failure) { return {failure, "words"}; }

// One row: a slot in `state`, changed by `given`, gets `event` `after` the start.
struct Row {
  const char* sentence;
  SlotState state;
  std::function<void(Slot&)> given;
  Event event;
  absl::Duration after;
  const char* summary;
};

const std::function<void(Slot&)> kAsIs = [](Slot&) {};

void Check(const std::vector<Row>& rows, const Activity& activity = ExampleScaleOut()) {
  for (const Row& row : rows) {
    Slot slot = LaunchSlot(row.state);
    row.given(slot);
    const StepContext context = ExampleContext(activity, row.after);
    const Step step = AdvanceLaunch(context, slot, row.event);
    EXPECT_EQ(Summary(context, step), row.summary) << row.sentence;
    EXPECT_EQ(step.slot.state_since,
              row.state == step.slot.state ? step.slot.state_since : context.now)
        << row.sentence;
  }
}

TEST(ScaleOut, PlansOneSlotAndOnePreparedIntentAPlacement) {
  const Activity activity = ExampleScaleOut();
  const std::vector<domain::PlacementPair> placed = {{domain::SubnetId("a"), "t1"},
                                                     {domain::SubnetId("b"), "t2"}};
  const ScaleOutPlan plan = PlanScaleOut(
      activity, placed, {domain::IntentId("m0"), domain::IntentId("m1")}, ExampleStart());
  ASSERT_EQ(plan.slots.size(), 2u);
  ASSERT_EQ(plan.intents.size(), 2u);
  for (int i = 0; i < 2; ++i) {
    const Slot& slot = plan.slots[static_cast<size_t>(i)];
    const LaunchIntent& intent = plan.intents[static_cast<size_t>(i)];
    EXPECT_EQ(slot.number, i);
    EXPECT_EQ(slot.state, kPlanned);
    EXPECT_EQ(slot.pair, placed[static_cast<size_t>(i)]);
    EXPECT_EQ(slot.activity_id, activity.id);
    EXPECT_EQ(slot.project_id, 42);
    EXPECT_EQ(slot.wake_at, ExampleStart());
    EXPECT_EQ(intent.id, slot.intent_id);
    EXPECT_EQ(intent.slot, i);
    EXPECT_EQ(intent.state, IntentState::kPrepared);
    EXPECT_EQ(intent.pair, slot.pair);
    EXPECT_EQ(intent.account_id, activity.account_id);
    EXPECT_EQ(intent.group_id, activity.group_id);
    EXPECT_EQ(intent.activity_id, activity.id);
    EXPECT_FALSE(intent.sent_at.has_value());
  }
}

TEST(ScaleOut, SendsAPlannedIntentOnce) {
  const auto waits = [](Slot& slot) { slot.wake_at = ExampleStart() + absl::Seconds(9); };
  const auto unsent = [](Slot& slot) { slot.sent_at = ExampleStart(), slot.attempts = 3; };
  Check({
      {"begins", kPlanned, kAsIs, Resumed{}, absl::Seconds(1),
       "Sending intent:Prepared>Sent do:Launch"},
      {"woken after a back-off", kPlanned, waits, Woken{}, absl::Seconds(9),
       "Sending intent:Prepared>Sent do:Launch"},
      {"a restart keeps the back-off", kPlanned, waits, Resumed{}, absl::Seconds(1),
       "Planned wake:8s"},
      {"zero bytes were written: same intent", kPlanned, unsent, Woken{}, absl::Seconds(59),
       "Sending do:Launch"},
      {"not sent in time: a fresh one", kPlanned, unsent, Woken{}, absl::Seconds(60),
       "Sending intent:Sent>Rejected intent:new>Sent do:Launch"},
      {"cancelled", kPlanned, kAsIs, CancelRequested{}, absl::Seconds(1),
       "Cancelled intent:Prepared>Rejected"},
      {"cancelled, unsent", kPlanned, unsent, CancelRequested{}, absl::Seconds(1),
       "Cancelled intent:Sent>Rejected"},
      {"never sends past the deadline", kPlanned, kAsIs, Resumed{}, absl::Minutes(60),
       "Cancelled intent:Prepared>Rejected"},
      {"an answer to nothing", kPlanned, kAsIs, LaunchAccepted{}, absl::Seconds(1), "Planned"},
  });
}

TEST(ScaleOut, TheSentIntentSaysWhenAndUntilWhen) {
  const Activity activity = ExampleScaleOut();
  const StepContext context = ExampleContext(activity, absl::Seconds(3));
  const Step step = AdvanceLaunch(context, LaunchSlot(kPlanned), Resumed{});
  EXPECT_EQ(step.slot.sent_at, context.now);
  ASSERT_EQ(step.intents.size(), 1u);
  EXPECT_EQ(step.intents[0].intent.sent_at, context.now);
  EXPECT_EQ(step.intents[0].intent.send_not_after, context.now + absl::Minutes(1));
  EXPECT_EQ(std::get<Launch>(*step.effect).intent_id, domain::IntentId("first"));
}

TEST(ScaleOut, ResendsTheSameBytesOnlyWhenNoneWereWritten) {
  const Activity activity = ExampleScaleOut();
  const Step back = AdvanceLaunch(ExampleContext(activity, absl::Seconds(1)), LaunchSlot(kSending),
                                  LaunchNotSent{"x"});
  EXPECT_EQ(back.slot.state, kPlanned);
  const Step again = AdvanceLaunch(ExampleContext(activity, absl::Seconds(2)), back.slot, Woken{});
  EXPECT_EQ(std::get<Launch>(*again.effect).intent_id, domain::IntentId("first"));
  EXPECT_EQ(again.slot.sent_at, ExampleStart()) << "signed once, never again";
  EXPECT_EQ(again.slot.attempts, 1) << "or the back-off would not grow";
}

TEST(ScaleOut, TakesTheAnswerToTheCall) {
  const auto last = [](Slot& slot) { slot.launches = 4; };
  const char* later = "Planned intent:Sent>Rejected intent:new>Prepared wake:2s";
  const char* much_later = "Planned intent:Sent>Rejected intent:new>Prepared wake:1m";
  const auto refused_before = [](Slot& slot) {
    slot.refusals = {{slot.pair, FailureClass::kQuota, 1}};
  };
  Check({
      {"accepted", kSending, kAsIs, LaunchAccepted{domain::InstanceId("i-1"), "n"},
       absl::Seconds(1), "Booting intent:Sent>Accepted do:ReadInstance member:Pending"},
      {"out of stock", kSending, kAsIs, Refused(FailureClass::kStock), absl::Seconds(1),
       "Sending intent:Sent>Rejected intent:new>Sent do:Launch"},
      {"nothing is sent past the deadline", kSending, kAsIs, Refused(FailureClass::kStock),
       absl::Minutes(60), "Failed intent:Sent>Rejected"},
      {"throttled", kSending, kAsIs, Refused(FailureClass::kThrottled), absl::Seconds(1), later},
      {"quota", kSending, kAsIs, Refused(FailureClass::kQuota), absl::Seconds(1), much_later},
      {"credential", kSending, kAsIs, Refused(FailureClass::kAuth), absl::Seconds(1), much_later},
      {"quota for the second time", kSending, refused_before, Refused(FailureClass::kQuota),
       absl::Seconds(1), "Failed intent:Sent>Rejected"},
      {"throttled for the first time", kSending, refused_before, Refused(FailureClass::kThrottled),
       absl::Seconds(1), later},
      {"the last launch", kSending, last, Refused(FailureClass::kThrottled), absl::Seconds(1),
       "Failed intent:Sent>Rejected"},
      {"refused for good", kSending, kAsIs, Refused(FailureClass::kPermanent), absl::Seconds(1),
       "Failed intent:Sent>Rejected"},
      {"unknown", kSending, kAsIs, LaunchUnknown{"502"}, absl::Seconds(1),
       "Looking intent:Sent>Unknown wake:5s"},
      {"the engine died", kSending, kAsIs, Resumed{}, absl::Seconds(1),
       "Looking intent:Sent>Unknown wake:5s"},
      {"zero bytes", kSending, kAsIs, LaunchNotSent{"no route"}, absl::Seconds(1),
       "Planned wake:1s"},
      {"cancelled in flight", kSending, kAsIs, CancelRequested{}, absl::Seconds(1), "Sending"},
      {"the deadline", kSending, kAsIs, CancelRequested{}, absl::Minutes(60),
       "Quarantined intent:Sent>Unknown"},
      {"not its event", kSending, kAsIs, Woken{}, absl::Seconds(1), "Sending"},
  });
}

TEST(ScaleOut, OutOfStockGoesThroughEveryPairInOrder) {
  const Activity activity = ExampleScaleOut();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  Slot slot = LaunchSlot(kSending);
  std::vector<std::string> pairs;
  while (slot.state == kSending && pairs.size() < 20) {
    pairs.push_back(slot.pair.subnet_id.value() + "/" + slot.pair.instance_type);
    slot = AdvanceLaunch(context, slot, Refused(FailureClass::kStock)).slot;
  }
  EXPECT_EQ(pairs, (std::vector<std::string>{"subnet-a/S4.2A", "subnet-a/S4.4A", "subnet-b/S4.2A",
                                             "subnet-b/S4.4A"}));
  EXPECT_EQ(slot.state, kFailed);
  EXPECT_EQ(slot.failure, FailureClass::kStock);
  EXPECT_EQ(slot.failure_words, "words");
  EXPECT_EQ(slot.launches, 0) << "stock-outs don't use up launches";
}

TEST(ScaleOut, AFullSubnetIsPassedOverWithAllItsTypes) {
  const Activity activity = ExampleScaleOut();
  const Step step = AdvanceLaunch(ExampleContext(activity, absl::Seconds(1)), LaunchSlot(kSending),
                                  Refused(FailureClass::kNoAddress));
  EXPECT_EQ(step.slot.pair, (domain::PlacementPair{domain::SubnetId("subnet-b"), "S4.2A"}));
  EXPECT_EQ(step.slot.tried,
            (std::vector<domain::PlacementPair>{{domain::SubnetId("subnet-a"), domain::kAnyType}}));
  EXPECT_EQ(step.slot.intent_id, domain::IntentId("fresh"));
  EXPECT_EQ(step.intents[0].intent.id, domain::IntentId("first"));
  EXPECT_EQ(step.intents[1].intent.id, domain::IntentId("fresh"));
  EXPECT_EQ(step.intents[1].intent.pair, step.slot.pair);
}

TEST(ScaleOut, PairsThatRestAreNotTried) {
  const Activity activity = ExampleScaleOut();
  StepContext context = ExampleContext(activity, absl::Seconds(1));
  context.resting = {{domain::SubnetId("subnet-a"), "S4.4A"},
                     {domain::SubnetId("subnet-b"), domain::kAnyType}};
  const Step step = AdvanceLaunch(context, LaunchSlot(kSending), Refused(FailureClass::kStock));
  EXPECT_EQ(step.slot.state, kFailed);
  context.resting.erase({domain::SubnetId("subnet-b"), domain::kAnyType});
  EXPECT_EQ(AdvanceLaunch(context, LaunchSlot(kSending), Refused(FailureClass::kStock)).slot.pair,
            (domain::PlacementPair{domain::SubnetId("subnet-b"), "S4.2A"}));
}

TEST(ScaleOut, FindsOutAboutItsPairFromStockAloneAndFromSuccess) {
  const Activity activity = ExampleScaleOut();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  const Slot slot = LaunchSlot(kSending);
  const auto finding = [&](const Event& event) {
    return AdvanceLaunch(context, slot, event).finding;
  };
  EXPECT_EQ(finding(Refused(FailureClass::kStock)), (PairFinding{slot.pair, false, *slot.sent_at}));
  EXPECT_EQ(finding(Refused(FailureClass::kNoAddress)),
            (PairFinding{{slot.pair.subnet_id, domain::kAnyType}, false, *slot.sent_at}));
  EXPECT_EQ(finding(LaunchAccepted{domain::InstanceId("i-1"), "n"}),
            (PairFinding{slot.pair, true, *slot.sent_at}));
  for (const FailureClass failure :
       {FailureClass::kThrottled, FailureClass::kQuota, FailureClass::kAuth,
        FailureClass::kTransient, FailureClass::kPermanent}) {
    EXPECT_EQ(finding(Refused(failure)), std::nullopt) << "says nothing of the pair";
  }
  EXPECT_EQ(finding(LaunchUnknown{"502"}), std::nullopt);
  EXPECT_EQ(finding(LaunchNotSent{"no route"}), std::nullopt);
}

TEST(ScaleOut, CountsItsRefusalsByPairAndKind) {
  const Activity activity = ExampleScaleOut();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  Slot slot = LaunchSlot(kSending);
  const domain::PlacementPair first = slot.pair;
  for (const FailureClass failure :
       {FailureClass::kThrottled, FailureClass::kThrottled, FailureClass::kStock}) {
    slot = AdvanceLaunch(context, slot, Refused(failure)).slot;
    slot.state = kSending;
    slot.sent_at = context.now;
  }
  slot = AdvanceLaunch(context, slot, Refused(FailureClass::kPermanent)).slot;
  EXPECT_EQ(slot.refusals, (std::vector<Refusal>{{first, FailureClass::kThrottled, 2},
                                                 {first, FailureClass::kStock, 1},
                                                 {slot.pair, FailureClass::kPermanent, 1}}));
}

TEST(ScaleOut, LooksForTheMarkerUntilTheHorizon) {
  const auto looked = [](int times) {
    return [times](Slot& slot) { slot.negative_lookups = slot.attempts = times; };
  };
  const auto last = [&](Slot& slot) { looked(9)(slot), slot.launches = 5; };
  const MarkerLookedUp found{{Observed(Power::kInProgress)}};
  Check({
      {"time to look", kLooking, kAsIs, Woken{}, absl::Seconds(5), "Looking do:LookUpMarker"},
      {"resumed", kLooking, kAsIs, Resumed{}, absl::Seconds(5), "Looking do:LookUpMarker"},
      {"not there", kLooking, kAsIs, MarkerLookedUp{}, absl::Seconds(5), "Looking wake:10s"},
      {"still not there", kLooking, looked(1), MarkerLookedUp{}, absl::Seconds(15),
       "Looking wake:20s"},
      {"a minute at most", kLooking, looked(9), MarkerLookedUp{}, absl::Minutes(9),
       "Looking wake:1m"},
      {"at the horizon exactly", kLooking, looked(9), MarkerLookedUp{}, absl::Seconds(20 * 60 - 7),
       "Looking wake:7s"},
      {"too few sweeps", kLooking, looked(1), MarkerLookedUp{}, absl::Minutes(20),
       "Looking wake:20s"},
      {"abandoned", kLooking, looked(2), MarkerLookedUp{}, absl::Minutes(20),
       "Sending intent:Unknown>Abandoned intent:new>Sent do:Launch"},
      {"nothing is sent past the deadline", kLooking, looked(2), MarkerLookedUp{},
       absl::Minutes(60), "Failed intent:Unknown>Abandoned"},
      {"no launch left", kLooking, last, MarkerLookedUp{}, absl::Minutes(20),
       "Failed intent:Unknown>Abandoned"},
      {"an error says nothing", kLooking, looked(9), Failed(), absl::Minutes(20),
       "Looking wake:1m"},
      {"found", kLooking, kAsIs, found, absl::Seconds(5),
       "Booting intent:Unknown>Adopted do:ReadInstance member:Pending"},
      {"cancelled", kLooking, kAsIs, CancelRequested{}, absl::Seconds(5), "Looking"},
      {"the deadline", kLooking, kAsIs, Woken{}, absl::Minutes(60), "Quarantined"},
  });
}

TEST(ScaleOut, LooksSoonerWhereReadsLagLess) {
  const Activity activity = ExampleScaleOut();
  StepContext context = ExampleContext(activity, absl::Seconds(0));
  context.settings.read_lag = absl::Seconds(2);
  EXPECT_EQ(Summary(context, AdvanceLaunch(context, LaunchSlot(kSending), LaunchUnknown{})),
            "Looking intent:Sent>Unknown wake:500ms");
}

TEST(ScaleOut, AnAbandonedIntentIsNeverReused) {
  const Activity activity = ExampleScaleOut();
  Slot slot = LaunchSlot(kLooking);
  slot.negative_lookups = 5;
  const Step step =
      AdvanceLaunch(ExampleContext(activity, absl::Minutes(20)), slot, MarkerLookedUp{});
  EXPECT_EQ(step.slot.intent_id, domain::IntentId("fresh"));
  EXPECT_EQ(step.slot.sent_at, ExampleStart() + absl::Minutes(20));
  EXPECT_EQ(step.slot.negative_lookups, 0);
}

TEST(ScaleOut, SeveralInstancesOfOneMarkerAreReported) {
  const Activity activity = ExampleScaleOut();
  ObservedInstance other = Observed(Power::kRunning);
  other.instance_id = domain::InstanceId("i-0");
  const Step step = AdvanceLaunch(ExampleContext(activity, absl::Seconds(5)), LaunchSlot(kLooking),
                                  MarkerLookedUp{{Observed(Power::kRunning), other}});
  EXPECT_EQ(step.slot.instance_id, domain::InstanceId("i-0"));
  EXPECT_EQ(step.slot.failure_words, "one marker, several instances: i-0, i-1");
  EXPECT_EQ(step.intents[0].intent.instance_id, domain::InstanceId("i-0"));
}

TEST(ScaleOut, BootsUntilItRuns) {
  const InstanceRead running{Observed(Power::kRunning)};
  InstanceRead no_address = running;
  no_address.instance->private_ip.clear();
  const auto no_ip = [](Slot& slot) { slot.private_ip.clear(); };
  Check({
      {"in progress", kBooting, kAsIs, InstanceRead{Observed(Power::kInProgress)}, absl::Seconds(3),
       "Booting wake:2s member:Pending"},
      {"a read that misses it proves nothing", kBooting, kAsIs, InstanceRead{}, absl::Minutes(14),
       "Booting wake:2s"},
      {"not up in time", kBooting, kAsIs, InstanceRead{}, absl::Minutes(15),
       "Undoing wake:0 member:Terminating"},
      {"a read failed", kBooting, kAsIs, Failed(), absl::Seconds(3), "Booting wake:1s"},
      {"reads fail too long", kBooting, kAsIs, Failed(), absl::Minutes(15),
       "Undoing wake:0 member:Terminating"},
      {"woken", kBooting, kAsIs, Woken{}, absl::Seconds(3), "Booting do:ReadInstance"},
      {"resumed", kBooting, kAsIs, Resumed{}, absl::Seconds(3), "Booting do:ReadInstance"},
      {"error", kBooting, kAsIs, InstanceRead{Observed(Power::kError)}, absl::Seconds(3),
       "Undoing wake:0 member:Terminating"},
      {"stopped", kBooting, kAsIs, InstanceRead{Observed(Power::kStopped)}, absl::Seconds(3),
       "Undoing wake:0 member:Terminating"},
      {"runs", kBooting, kAsIs, running, absl::Seconds(3),
       "Registering do:Register member:Pending"},
      {"runs, but its address isn't shown yet", kBooting, no_ip, no_address, absl::Seconds(3),
       "Booting wake:2s member:Pending"},
      {"cancelled", kBooting, kAsIs, CancelRequested{}, absl::Seconds(3), "Booting"},
      {"the deadline", kBooting, kAsIs, CancelRequested{}, absl::Minutes(60),
       "Undoing wake:0 member:Terminating"},
      {"not its event", kBooting, kAsIs, Registered{}, absl::Seconds(3), "Booting"},
  });
}

TEST(ScaleOut, WithoutListenersRunningIsInService) {
  Activity activity = ExampleScaleOut();
  activity.slb_configs.clear();
  Check({{"runs", kBooting, kAsIs, InstanceRead{Observed(Power::kRunning)}, absl::Seconds(3),
          "InService member:InService"}},
        activity);
}

TEST(ScaleOut, RegistersEveryListenerAndPort) {
  const InstanceRead running{Observed(Power::kRunning)};
  const auto one = [](Slot& slot) { slot.registrations = {RegistrationAt(80)}; };
  const auto doubt = [](Slot& slot) { slot.must_list = true; };
  Check({
      {"the next", kRegistering, kAsIs, Registered{RegistrationAt(80)}, absl::Seconds(3),
       "Registering do:Register member:Pending"},
      {"the last", kRegistering, one, Registered{RegistrationAt(81)}, absl::Seconds(3),
       "InService member:InService"},
      {"a failure may have registered it", kRegistering, kAsIs, Failed(), absl::Seconds(3),
       "Registering wake:1s"},
      {"so it lists", kRegistering, doubt, Woken{}, absl::Seconds(3),
       "Registering do:ListRegistrations"},
      {"a restart lists, too", kRegistering, kAsIs, Resumed{}, absl::Seconds(3),
       "Registering do:ListRegistrations"},
      {"woken without doubt", kRegistering, one, Woken{}, absl::Seconds(3),
       "Registering do:Register"},
      {"the list has one", kRegistering, doubt, RegistrationsListed{{RegistrationAt(80)}},
       absl::Seconds(3), "Registering do:Register member:Pending"},
      {"the list has all", kRegistering, doubt,
       RegistrationsListed{{RegistrationAt(80), RegistrationAt(81)}}, absl::Seconds(3),
       "InService member:InService"},
      {"not in time", kRegistering, kAsIs, Failed(), absl::Minutes(15),
       "Undoing wake:0 member:Terminating"},
      {"the deadline", kRegistering, kAsIs, Woken{}, absl::Minutes(60),
       "Undoing wake:0 member:Terminating"},
      {"cancelled", kRegistering, kAsIs, CancelRequested{}, absl::Seconds(3), "Registering"},
      {"not its event", kRegistering, kAsIs, running, absl::Seconds(3), "Registering"},
  });
}

TEST(ScaleOut, RegistersWithTheInstancesAddressAndTheListenersWeight) {
  Activity activity = ExampleScaleOut();
  activity.slb_configs[0].weight = 7;
  const Step step = AdvanceLaunch(ExampleContext(activity, absl::Seconds(3)), LaunchSlot(kBooting),
                                  InstanceRead{Observed(Power::kRunning)});
  const auto& call = std::get<Register>(*step.effect);
  EXPECT_EQ(call.instance_id, domain::InstanceId("i-1"));
  EXPECT_EQ(call.listener_id, domain::ListenerId("lsn"));
  EXPECT_EQ(call.port, 80);
  EXPECT_EQ(call.weight, 7);
  EXPECT_EQ(call.private_ip, "10.0.0.5");
  EXPECT_EQ(call.network_interface_id, "eni");
}

TEST(ScaleOut, UndoesInOrder) {
  const auto bare = [](Slot& slot) { slot.registrations.clear(); };
  const auto doubt = [](Slot& slot) { slot.registrations.clear(), slot.must_list = true; };
  const auto one = [](Slot& slot) { slot.registrations = {RegistrationAt(80)}; };
  Check({
      {"deregisters first", kUndoing, kAsIs, Woken{}, absl::Seconds(3), "Undoing do:Deregister"},
      {"one by one", kUndoing, kAsIs, Deregistered{"r80"}, absl::Seconds(3),
       "Undoing do:Deregister member:Terminating"},
      {"then terminates", kUndoing, one, Deregistered{"r80"}, absl::Seconds(3),
       "Terminating do:Terminate member:Terminating"},
      {"nothing to deregister", kUndoing, bare, Resumed{}, absl::Seconds(3),
       "Terminating do:Terminate"},
      {"registrations in doubt", kUndoing, doubt, Woken{}, absl::Seconds(3),
       "Undoing do:ListRegistrations"},
      {"listed", kUndoing, doubt, RegistrationsListed{{RegistrationAt(80)}}, absl::Seconds(3),
       "Undoing do:Deregister member:Terminating"},
      {"failed", kUndoing, kAsIs, Failed(), absl::Seconds(3), "Undoing wake:1s"},
      {"goes on past the deadline", kUndoing, kAsIs, CancelRequested{}, absl::Minutes(61),
       "Undoing"},
      {"but not for ever", kUndoing, kAsIs, Woken{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
      {"accepted", kTerminating, kAsIs, TerminateAccepted{}, absl::Seconds(3),
       "Proving do:ReadInstance"},
      {"terminates again", kTerminating, kAsIs, Resumed{}, absl::Seconds(3),
       "Terminating do:Terminate"},
      {"terminate failed", kTerminating, kAsIs, Failed(), absl::Seconds(3), "Terminating wake:1s"},
      {"never accepted", kTerminating, kAsIs, Woken{}, absl::Minutes(70),
       "Quarantined member:Terminating"},
  });
}

TEST(ScaleOut, ProvesThatTheInstanceIsGone) {
  const auto once = [](Slot& slot) { slot.absent_reads = 1; };
  const InstanceRead there{Observed(Power::kInProgress)};
  Check({
      {"missed once", kProving, kAsIs, InstanceRead{}, absl::Seconds(0), "Proving wake:4m"},
      {"a second look too soon", kProving, once, InstanceRead{}, absl::Minutes(3),
       "Proving wake:1m"},
      {"woken too soon by a fast clock", kProving, once, Woken{}, absl::Minutes(3),
       "Proving wake:2m"},
      {"a read lag later", kProving, once, Woken{}, absl::Minutes(4), "Proving do:ReadInstance"},
      {"missed twice", kProving, once, InstanceRead{}, absl::Minutes(4), "Failed member:Closed"},
      {"still there", kProving, once, there, absl::Minutes(3), "Proving wake:2s"},
      {"still there a read lag later", kProving, kAsIs, there, absl::Minutes(4),
       "Terminating do:Terminate"},
      {"a read failed", kProving, kAsIs, Failed(), absl::Seconds(3), "Proving wake:1s"},
      {"woken", kProving, kAsIs, Woken{}, absl::Seconds(3), "Proving do:ReadInstance"},
      {"never gone", kProving, kAsIs, Woken{}, absl::Minutes(70), "Quarantined member:Terminating"},
      {"not its event", kProving, kAsIs, Registered{}, absl::Seconds(3), "Proving"},
  });
}

TEST(ScaleOut, UnknownOutcomesUseUpLaunches) {
  Activity activity = ExampleScaleOut();
  activity.deadline = absl::InfiniteFuture();
  Slot slot = LaunchSlot(kSending);
  absl::Duration after = absl::ZeroDuration();
  int sent = 0;
  while (slot.state == kSending && sent < 20) {
    ++sent;
    slot = AdvanceLaunch(ExampleContext(activity, after), slot, LaunchUnknown{"502"}).slot;
    after += absl::Minutes(20);
    slot.negative_lookups = 2;
    slot = AdvanceLaunch(ExampleContext(activity, after), slot, MarkerLookedUp{}).slot;
  }
  EXPECT_EQ(sent, StepSettings().max_launches);
  EXPECT_EQ(slot.state, kFailed);
  EXPECT_EQ(slot.failure, FailureClass::kUnresolved);
}

TEST(ScaleOut, TheReadsThatProveAreAReadLagApart) {
  const Activity activity = ExampleScaleOut();
  // The first read that misses it comes long after the terminate was accepted.
  const StepContext first = ExampleContext(activity, absl::Minutes(10));
  const Step missed = AdvanceLaunch(first, LaunchSlot(kProving), InstanceRead{});
  const StepContext soon = ExampleContext(activity, absl::Minutes(13));
  EXPECT_EQ(Summary(soon, AdvanceLaunch(soon, missed.slot, InstanceRead{})), "Proving wake:1m");
  const StepContext later = ExampleContext(activity, absl::Minutes(14));
  EXPECT_EQ(Summary(later, AdvanceLaunch(later, missed.slot, InstanceRead{})),
            "Failed member:Closed");
}

TEST(ScaleOut, ListsAfterAFailedRegistration) {
  const Activity activity = ExampleScaleOut();
  const Step failed =
      AdvanceLaunch(ExampleContext(activity, absl::Seconds(1)), LaunchSlot(kRegistering), Failed());
  const StepContext context = ExampleContext(activity, absl::Seconds(2));
  EXPECT_EQ(Summary(context, AdvanceLaunch(context, failed.slot, Woken{})),
            "Registering do:ListRegistrations");
}

TEST(ScaleOut, TheMemberRowFollowsTheSlot) {
  const Activity activity = ExampleScaleOut();
  const Step accepted =
      AdvanceLaunch(ExampleContext(activity, absl::Seconds(1)), LaunchSlot(kSending),
                    LaunchAccepted{domain::InstanceId("i-1"), "name"});
  ASSERT_TRUE(accepted.member.has_value());
  EXPECT_EQ(accepted.member->instance_id, domain::InstanceId("i-1"));
  EXPECT_EQ(accepted.member->group_id, activity.group_id);
  EXPECT_EQ(accepted.member->account_id, activity.account_id);
  EXPECT_EQ(accepted.member->activity_id, activity.id);
  EXPECT_EQ(accepted.member->creation_type, domain::CreationType::kAuto);
  EXPECT_EQ(accepted.member->subnet_id, domain::SubnetId("subnet-a"));
  EXPECT_EQ(accepted.member->instance_type, "S4.2A");
  EXPECT_EQ(accepted.member->project_id, 42);
  EXPECT_EQ(accepted.member->add_time, ExampleStart()) << "when its launch was sent";

  Slot slot = LaunchSlot(kRegistering);
  slot.registrations = {RegistrationAt(80)};
  const StepContext context = ExampleContext(activity, absl::Seconds(9));
  const Step in_service = AdvanceLaunch(context, slot, Registered{RegistrationAt(81)});
  ASSERT_TRUE(in_service.member.has_value());
  EXPECT_EQ(in_service.member->in_service_at, context.now);
  EXPECT_FALSE(in_service.member->activity_id.has_value());
  EXPECT_EQ(in_service.member->registrations.size(), 2u);
  EXPECT_EQ(in_service.member->add_time, ExampleStart());
}

TEST(ScaleOut, NothingMovesAFinalSlot) {
  const std::vector<Event> events = {Resumed{},        Woken{},          CancelRequested{},
                                     LaunchAccepted{}, LaunchRejected{}, LaunchUnknown{},
                                     MarkerLookedUp{}, InstanceRead{}};
  for (const SlotState state : {kInService, kFailed, kQuarantined, kCancelled, kLeft}) {
    for (const Event& event : events) {
      const Activity activity = ExampleScaleOut();
      const Slot slot = LaunchSlot(state);
      const Step step = AdvanceLaunch(ExampleContext(activity, absl::Hours(2)), slot, event);
      EXPECT_EQ(step.slot, slot) << EventName(event);
      EXPECT_TRUE(step.intents.empty() && !step.member.has_value() && !step.effect.has_value())
          << EventName(event);
    }
  }
}

}  // namespace
}  // namespace accordion::activity
