// Elastic IPs that are bought with launches: on record before the instance serves, released after
// it is gone, and never anybody else's.
#include <functional>

#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using Power = ObservedInstance::Power;
using enum SlotState;

constexpr int64_t kProject = 3;

domain::BoughtAddress Bought(const char* allocation_id) { return {allocation_id, kProject}; }
ObservedAddress With(const char* instance, const char* allocation_id = "eip-1") {
  return {.allocation_id = allocation_id,
          .associated = true,
          .instance_id = domain::InstanceId(instance)};
}
AddressRead Read(std::optional<ObservedAddress> address) { return {std::move(address)}; }
ObservedAddress Free() { return {.allocation_id = "eip-1"}; }
CallFailed Failed() { return {FailureClass::kTransient, "503"}; }

Activity Buying() {
  Activity activity = ExampleScaleOut();
  activity.configuration->address.bandwidth_mbps = 5;
  activity.configuration->address.project_id = kProject;
  return activity;
}

struct Row {
  const char* sentence;
  SlotState state;
  std::function<void(Slot&)> given;
  Event event;
  absl::Duration after;
  const char* summary;
};

void Unknown(Slot& slot) { slot.address = Bought(""); }
void Known(Slot& slot) { slot.address = Bought("eip-1"); }
void None(Slot& slot) { slot.address.reset(); }
void GoneSoon(Slot& slot) {
  Known(slot);
  slot.absent_reads = 1;
}

void CheckLaunch(const std::vector<Row>& rows) {
  const Activity activity = Buying();
  for (const Row& row : rows) {
    Slot slot = LaunchSlot(row.state);
    slot.registrations.clear();
    row.given(slot);
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceLaunch(context, slot, row.event)), row.summary)
        << row.sentence;
  }
}

void CheckRemoval(const std::vector<Row>& rows) {
  const Activity activity = ExampleScaleIn();
  for (const Row& row : rows) {
    Slot slot = RemovalSlot(row.state);
    domain::Member member = ExampleMember();
    row.given(slot);
    member.registrations = slot.registrations;
    member.address = slot.address;
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceRemoval(context, slot, member, row.event)), row.summary)
        << row.sentence;
  }
}

TEST(Address, IsBoughtWithEachLaunchThatNamesABandwidth) {
  const auto plan = [](const Activity& activity) {
    return PlanScaleOut(activity, {{domain::SubnetId("a"), "t"}}, {domain::IntentId("m")},
                        ExampleStart())
        .slots[0]
        .address;
  };
  EXPECT_EQ(plan(Buying()), Bought(""));
  EXPECT_EQ(plan(ExampleScaleOut()), std::nullopt);
  Activity shared = ExampleScaleOut();
  shared.configuration->address.bandwidth_share_id = "share";
  EXPECT_EQ(plan(shared), (domain::BoughtAddress{"", 0})) << "the default project";
  Activity bound_after = Buying();
  bound_after.configuration->ip_bind_after = true;
  EXPECT_EQ(plan(bound_after), std::nullopt) << "the user binds one of their own";
}

TEST(Address, TheIntentSaysWhereALateArrivalsIs) {
  Slot slot = LaunchSlot(kPlanned);
  const StepContext context = ExampleContext(Buying(), absl::Seconds(1));
  const Activity buying = Buying();
  StepContext with = context;
  with.activity = &buying;
  const Step sent = AdvanceLaunch(with, slot, Woken{});
  ASSERT_EQ(sent.intents.size(), 1u);
  EXPECT_EQ(sent.intents[0].intent.address_project_id, kProject);
  const Activity plain = ExampleScaleOut();
  with.activity = &plain;
  EXPECT_EQ(AdvanceLaunch(with, slot, Woken{}).intents[0].intent.address_project_id, std::nullopt);
}

TEST(Address, IsOnRecordBeforeTheInstanceServes) {
  const InstanceRead running{Observed(Power::kRunning)};
  CheckLaunch({
      {"looked for as soon as it runs", kBooting, Unknown, running, absl::Seconds(9),
       "Booting do:ListAddresses member:Pending"},
      {"found", kBooting, Unknown, AddressesListed{{With("i-1")}}, absl::Seconds(9),
       "Registering do:Register member:Pending"},
      {"not there yet", kBooting, Unknown, AddressesListed{}, absl::Seconds(9), "Booting wake:2s"},
      {"another instance's", kBooting, Unknown, AddressesListed{{With("i-2")}}, absl::Seconds(9),
       "Booting wake:2s"},
      {"the list failed", kBooting, Unknown, Failed(), absl::Seconds(9), "Booting wake:1s"},
      {"it never shows up", kBooting, Unknown, AddressesListed{}, absl::Minutes(15),
       "Undoing wake:0 member:Terminating"},
      {"known from an earlier try", kBooting, Known, running, absl::Seconds(9),
       "Registering do:Register member:Pending"},
      {"none was bought", kBooting, None, running, absl::Seconds(9),
       "Registering do:Register member:Pending"},
  });
}

TEST(Address, OfALaunchThatIsUndoneIsLookedForBeforeTheInstanceGoes) {
  const Event look = Woken{};
  CheckLaunch({
      {"not on record", kUndoing, Unknown, look, absl::Seconds(3), "Tracing do:ListAddresses"},
      {"on record", kUndoing, Known, look, absl::Seconds(3), "Terminating do:Terminate"},
      {"found", kTracing, Unknown, AddressesListed{{With("i-1")}}, absl::Seconds(3),
       "Terminating do:Terminate member:Terminating"},
      {"a list that may lag", kTracing, Unknown, AddressesListed{}, absl::Minutes(1),
       "Tracing wake:3m"},
      {"looks again", kTracing, Unknown, look, absl::Minutes(4), "Tracing do:ListAddresses"},
      {"looks again after a restart", kTracing, Unknown, Resumed{}, absl::Minutes(1),
       "Tracing do:ListAddresses"},
      {"surely none", kTracing, Unknown, AddressesListed{}, absl::Minutes(4),
       "Terminating do:Terminate member:Terminating"},
      {"the list failed", kTracing, Unknown, Failed(), absl::Minutes(5), "Tracing wake:1s"},
      {"for ever", kTracing, Unknown, look, absl::Minutes(70), "Quarantined member:Terminating"},
  });
}

TEST(Address, IsReleasedOnceItsInstanceIsGone) {
  const std::vector<Row> rows = {
      {"gone", kProving, GoneSoon, InstanceRead{}, absl::Minutes(4), "Releasing do:ReadAddress"},
      {"free", kReleasing, Known, Read(Free()), absl::Seconds(1), "Releasing do:ReleaseAddress"},
      {"a read that misses it proves nothing", kReleasing, Known, Read(std::nullopt),
       absl::Seconds(1), "Releasing do:ReleaseAddress"},
      {"still with the instance that is gone", kReleasing, Known, Read(With("i-1")),
       absl::Seconds(1), "Releasing wake:1s"},
      {"woken", kReleasing, Known, Woken{}, absl::Seconds(1), "Releasing do:ReadAddress"},
      {"resumed after a crash", kReleasing, Known, Resumed{}, absl::Seconds(1),
       "Releasing do:ReadAddress"},
      {"refused", kReleasing, Known, Failed(), absl::Seconds(1), "Releasing wake:1s"},
      {"for ever", kReleasing, Known, Woken{}, absl::Minutes(70), "Quarantined member:Terminating"},
  };
  CheckRemoval(rows);
  std::vector<Row> undone(rows);
  undone[0].summary = "Releasing do:ReadAddress";
  CheckLaunch(undone);
  CheckLaunch(
      {{"released", kReleasing, Known, AddressReleased{}, absl::Seconds(1), "Failed member:Closed"},
       {"no address", kProving, [](Slot& slot) { slot.absent_reads = 1; }, InstanceRead{},
        absl::Minutes(4), "Failed member:Closed"}});
  CheckRemoval(
      {{"released", kReleasing, Known, AddressReleased{}, absl::Seconds(1), "Left member:Closed"}});
}

TEST(Address, ThatItsAccountGaveToSomethingElseIsLeftAlone) {
  ObservedAddress balancer = With("");
  CheckRemoval({
      {"another instance", kReleasing, Known, Read(With("i-2")), absl::Seconds(1),
       "Left member:Closed"},
      {"no instance at all", kReleasing, Known, Read(balancer), absl::Seconds(1),
       "Left member:Closed"},
  });
  const Activity activity = ExampleScaleIn();
  Slot slot = RemovalSlot(kReleasing);
  Known(slot);
  const Step left = AdvanceRemoval(ExampleContext(activity, absl::Seconds(1)), slot,
                                   ExampleMember(), Read(With("i-2")));
  EXPECT_EQ(left.slot.address, std::nullopt) << "nothing of ours any more";
}

TEST(Address, OfAMemberGoesWithItsSlotAndBack) {
  domain::Member member = ExampleMember();
  member.address = Bought("eip-1");
  member.in_service_at = ExampleStart();
  EXPECT_EQ(PlanScaleIn(ExampleScaleIn(), {member}, ExampleStart())[0].address, Bought("eip-1"));
  // Nothing tells an address that isn't on record from one that the user gave a serving member.
  member.address = Bought("");
  EXPECT_EQ(PlanScaleIn(ExampleScaleIn(), {member}, ExampleStart())[0].address, std::nullopt);
  // A late arrival never served.
  member.in_service_at.reset();
  const Slot late = PlanFinishRemoval(ExampleScaleIn(), {member}, ExampleStart())[0];
  EXPECT_EQ(late.address, Bought(""));
  CheckRemoval({
      {"a late arrival's is looked for", kDraining, Unknown, Woken{}, absl::Seconds(30),
       "Tracing do:ListAddresses"},
      {"and goes to the member's row", kTracing, Unknown, AddressesListed{{With("i-1")}},
       absl::Seconds(30), "Terminating do:Terminate member:Terminating"},
  });
  Activity without_listener = ExampleScaleIn();
  without_listener.slb_configs.clear();
  member.registrations.clear();
  EXPECT_EQ(PlanFinishRemoval(without_listener, {member}, ExampleStart())[0].state, kTracing);
}

TEST(Address, OfAManualMemberIsItsUsers) {
  CheckRemoval({{"detached", kDraining,
                 [](Slot& slot) {
                   Known(slot);
                   slot.creation_type = domain::CreationType::kManual;
                 },
                 Woken{}, absl::Seconds(30), "Left member:Closed"}});
}

}  // namespace
}  // namespace accordion::activity
