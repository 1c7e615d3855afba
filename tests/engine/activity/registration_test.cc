#include "engine/activity/registration.h"

#include <functional>

#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using enum SlotState;

const domain::Registration kOld = {domain::ListenerId("old"), 80, "o80"};
const domain::Registration kOldInDoubt = {domain::ListenerId("old"), 80, ""};

Activity Example() {
  Activity activity = ExampleScaleIn();
  activity.type = domain::ActivityType::kRegistration;
  return activity;
}

domain::Member Serving(std::vector<domain::Registration> registrations) {
  domain::Member member = ExampleMember();
  member.life_cycle = domain::LifeCycle::kInService;
  member.registrations = std::move(registrations);
  return member;
}

RegistrationsListed Listed(std::vector<domain::Registration> found, const char* listener) {
  return {.registrations = std::move(found), .listener_id = domain::ListenerId(listener)};
}

struct Row {
  const char* sentence;
  SlotState state;
  std::vector<domain::Registration> registrations;
  Event event;
  absl::Duration after;
  const char* summary;
};

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const Activity activity = Example();
    const domain::Member member = Serving(row.registrations);
    Slot slot = PlanRegistration(activity, {member}, ExampleStart()).front();
    slot.state = row.state;
    slot.wake_at.reset();
    const StepContext context = ExampleContext(activity, row.after);
    EXPECT_EQ(Summary(context, AdvanceRegistration(context, slot, member, row.event)), row.summary)
        << row.sentence;
  }
}

TEST(Registration, RegistersWithTheNewBeforeItLeavesTheOld) {
  const domain::Registration r80 = RegistrationAt(80);
  const domain::Registration r81 = RegistrationAt(81);
  Check({
      {"begins",
       kRegistering,
       {kOld},
       Woken{},
       absl::Seconds(1),
       "Registering do:Register member:InService"},
      {"what was in doubt is looked up",
       kRegistering,
       {kOld, InDoubtAt(80)},
       Resumed{},
       absl::Seconds(1),
       "Registering do:ListRegistrations"},
      {"the next",
       kRegistering,
       {kOld, InDoubtAt(80)},
       Registered{r80},
       absl::Seconds(1),
       "Registering do:Register member:InService"},
      {"the last",
       kRegistering,
       {kOld, r80, InDoubtAt(81)},
       Registered{r81},
       absl::Seconds(1),
       "Deregistering do:Deregister member:InService"},
      {"nothing is left",
       kRegistering,
       {r80, InDoubtAt(81)},
       Registered{r81},
       absl::Seconds(1),
       "InService member:InService"},
      {"the old one is in doubt",
       kRegistering,
       {kOldInDoubt, r80, r81},
       Woken{},
       absl::Seconds(1),
       "Deregistering do:ListRegistrations"},
      {"it is there",
       kDeregistering,
       {kOldInDoubt, r80, r81},
       Listed({kOld}, "old"),
       absl::Seconds(1),
       "Deregistering do:Deregister member:InService"},
      {"it is not",
       kDeregistering,
       {kOldInDoubt, r80, r81},
       Listed({}, "old"),
       absl::Seconds(1),
       "InService member:InService"},
      {"one that is not ours stays",
       kDeregistering,
       {kOldInDoubt, r80, r81},
       Listed({{domain::ListenerId("old"), 99, "theirs"}}, "old"),
       absl::Seconds(1),
       "InService member:InService"},
      {"gone",
       kDeregistering,
       {kOld, r80, r81},
       Deregistered{"o80"},
       absl::Seconds(1),
       "InService member:InService"},
      {"refused",
       kDeregistering,
       {kOld, r80, r81},
       CallFailed{},
       absl::Seconds(1),
       "Deregistering wake:1s"},
      {"again",
       kDeregistering,
       {kOld, r80, r81},
       Woken{},
       absl::Seconds(1),
       "Deregistering do:Deregister"},
      {"not its event",
       kDeregistering,
       {kOld, r80, r81},
       TerminateAccepted{},
       absl::Seconds(1),
       "Deregistering"},
      {"overdue", kRegistering, {kOld}, Woken{}, absl::Minutes(60), "Failed member:InService"},
      {"overdue",
       kDeregistering,
       {kOld},
       CancelRequested{},
       absl::Minutes(60),
       "Failed member:InService"},
      {"cancelled", kRegistering, {kOld}, CancelRequested{}, absl::Seconds(1), "Registering"},
  });
}

TEST(Registration, AFailureGivesTheNextItsTurnUntilThereWereTooMany) {
  for (const SlotState state : {kRegistering, kDeregistering}) {
    const Activity activity = Example();
    const StepContext context = ExampleContext(activity, absl::Seconds(1));
    domain::Member member = Serving({kOld, {domain::ListenerId("old"), 81, "o81"}});
    if (state == kDeregistering) {
      member.registrations.push_back(RegistrationAt(80));
      member.registrations.push_back(RegistrationAt(81));
    }
    Slot slot = PlanRegistration(activity, {member}, ExampleStart()).front();
    slot.state = state;
    std::vector<std::string> calls;
    while (!IsFinal(slot.state)) {
      Step step = AdvanceRegistration(context, slot, member, Woken{});
      if (std::holds_alternative<ListRegistrations>(*step.effect))
        step = AdvanceRegistration(context, step.slot, member, Listed({}, "lsn"));
      if (const auto* call = std::get_if<Register>(&*step.effect))
        calls.push_back(absl::StrCat("register ", call->port));
      if (const auto* call = std::get_if<Deregister>(&*step.effect))
        calls.push_back(call->register_id);
      slot = AdvanceRegistration(context, step.slot, member, CallFailed{}).slot;
    }
    EXPECT_EQ(slot.state, kFailed);
    ASSERT_EQ(calls.size(), 8u);
    const bool registers = state == kRegistering;
    EXPECT_EQ(calls[0], registers ? "register 80" : "o80");
    EXPECT_EQ(calls[1], registers ? "register 81" : "o81");
    EXPECT_EQ(calls[2], calls[0]);
  }
}

TEST(Registration, BeingTooFastIsNeverTheFailureTooMany) {
  const Activity activity = Example();
  const StepContext context = ExampleContext(activity, absl::Seconds(1));
  const domain::Member member = Serving({kOld});
  Slot slot = PlanRegistration(activity, {member}, ExampleStart()).front();
  slot.state = kRegistering;
  const CallFailed throttled{.failure = FailureClass::kThrottled, .words = "too fast"};
  for (int call = 0; call < 30; ++call) {
    slot = AdvanceRegistration(context, slot, member, Woken{}).slot;
    slot = AdvanceRegistration(context, slot, member, throttled).slot;
    ASSERT_EQ(slot.state, kRegistering);
    ASSERT_TRUE(slot.wake_at.has_value());
  }
  slot = AdvanceRegistration(context, slot, member, CallFailed{}).slot;
  EXPECT_EQ(slot.state, kRegistering);
}

TEST(Registration, EndsWhenItsMemberLeaves) {
  const Activity activity = Example();
  domain::Member member = Serving({kOld, InDoubtAt(80)});
  member.life_cycle = domain::LifeCycle::kDetaching;
  for (const SlotState state : {kRegistering, kDeregistering}) {
    Slot slot = PlanRegistration(activity, {member}, ExampleStart()).front();
    slot.state = state;
    const Step step = AdvanceRegistration(ExampleContext(activity, absl::Seconds(1)), slot, member,
                                          Registered{RegistrationAt(80)});
    EXPECT_EQ(step.slot.state, kCancelled);
    EXPECT_EQ(step.member->registrations[1], RegistrationAt(80)) << "the detach must know of it";
    EXPECT_EQ(step.member->life_cycle, domain::LifeCycle::kDetaching);
    EXPECT_FALSE(step.member->activity_id.has_value());
  }
}

TEST(Registration, NothingMovesAFinalSlot) {
  for (const SlotState state : {kInService, kFailed, kCancelled}) {
    Check({{"final", state, {kOld}, Woken{}, absl::Hours(2), SlotStateName(state)}});
  }
}

}  // namespace
}  // namespace accordion::activity
