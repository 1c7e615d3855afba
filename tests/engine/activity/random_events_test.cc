// Drives both machines with random events, most of them outcomes of what was asked, some out of
// place, and checks the rules that must hold whatever comes.

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/activity/transition_table.h"
#include "gtest/gtest.h"
#include "tests/engine/activity/examples.h"

namespace accordion::activity {
namespace {

using Power = ObservedInstance::Power;
using Random = std::mt19937_64;

int Below(Random& random, int bound) {
  return static_cast<int>(random() % static_cast<uint64_t>(bound));
}

FailureClass AnyFailure(Random& random) {
  return static_cast<FailureClass>(Below(random, static_cast<int>(FailureClass::kUnresolved) + 1));
}

InstanceRead AnyRead(Random& random) {
  if (Below(random, 3) == 0) return {};
  ObservedInstance seen = Observed(static_cast<Power>(Below(random, 4)));
  if (Below(random, 4) == 0) seen.private_ip.clear();
  return {std::move(seen)};
}

// Ours, ours with somebody else, or free.
ObservedAddress AnyAddress(Random& random) {
  const int whose = Below(random, 4);
  return {.allocation_id = "eip-1",
          .associated = whose < 3,
          .instance_id = domain::InstanceId(whose == 3   ? ""
                                            : whose == 2 ? "i-2"
                                                         : "i-1")};
}

AddressesListed AnyAddresses(Random& random) {
  if (Below(random, 2) == 0) return {};
  return {{AnyAddress(random)}};
}

AddressRead AnyAddressRead(Random& random) {
  if (Below(random, 4) == 0) return {};
  return {AnyAddress(random)};
}

Event AnyEvent(Random& random) {
  switch (Below(random, 17)) {
    case 0:
      return Resumed{};
    case 1:
      return Woken{};
    case 2:
      return CancelRequested{};
    case 3:
      return LaunchAccepted{domain::InstanceId("i-1"), "n"};
    case 4:
      return LaunchRejected{AnyFailure(random), "w"};
    case 5:
      return LaunchNotSent{};
    case 6:
      return LaunchUnknown{};
    case 7:
      return MarkerLookedUp{Below(random, 2) == 0
                                ? std::vector<ObservedInstance>()
                                : std::vector<ObservedInstance>{Observed(Power::kRunning)}};
    case 8:
      return AnyRead(random);
    case 9:
      return Registered{RegistrationAt(80 + Below(random, 2))};
    case 10:
      return RegistrationsListed{{RegistrationAt(80)}};
    case 11:
      return Deregistered{absl::StrCat("r", 80 + Below(random, 2))};
    case 12:
      return TerminateAccepted{};
    case 13:
      return AnyAddresses(random);
    case 14:
      return AnyAddressRead(random);
    case 15:
      return AddressReleased{};
    default:
      return CallFailed{AnyFailure(random), "w"};
  }
}

// What the world may answer; with `well`, the answer of a world where nothing fails.
struct Answer {
  Random& random;
  bool well;

  bool Fails() const { return !well && Below(random, 4) == 0; }
  Event operator()(const Launch&) const {
    if (well) return LaunchAccepted{domain::InstanceId("i-1"), "n"};
    switch (Below(random, 4)) {
      case 0:
        return LaunchAccepted{domain::InstanceId("i-1"), "n"};
      case 1:
        return LaunchRejected{AnyFailure(random), "w"};
      case 2:
        return LaunchNotSent{};
      default:
        return LaunchUnknown{};
    }
  }
  Event operator()(const LookUpMarker&) const {
    if (Fails()) return CallFailed{};
    return MarkerLookedUp{Below(random, 4) > 0 && !well
                              ? std::vector<ObservedInstance>()
                              : std::vector<ObservedInstance>{Observed(Power::kRunning)}};
  }
  Event operator()(const ReadInstance&) const {
    return Fails() ? Event(CallFailed{}) : Event(AnyRead(random));
  }
  Event operator()(const ListRegistrations& call) const {
    if (Fails()) return CallFailed{};
    if (call.listener_id.has_value()) {
      RegistrationsListed listed{.registrations = {}, .listener_id = call.listener_id};
      if (Below(random, 2) == 0) listed.registrations = {{*call.listener_id, 80, "found"}};
      return listed;
    }
    return RegistrationsListed{Below(random, 2) == 0
                                   ? std::vector<domain::Registration>()
                                   : std::vector<domain::Registration>{RegistrationAt(81)}};
  }
  Event operator()(const Register& call) const {
    return Fails() ? Event(CallFailed{}) : Event(Registered{RegistrationAt(call.port)});
  }
  Event operator()(const Deregister& call) const {
    return Fails() ? Event(CallFailed{}) : Event(Deregistered{call.register_id});
  }
  Event operator()(const Terminate&) const {
    return Fails() ? Event(CallFailed{}) : Event(TerminateAccepted{});
  }
  Event operator()(const ListAddresses&) const {
    if (well) return AddressesListed{{{"eip-1", true, domain::InstanceId("i-1")}}};
    return Fails() ? Event(CallFailed{}) : Event(AnyAddresses(random));
  }
  Event operator()(const ReadAddress&) const {
    if (well) return AddressRead{ObservedAddress{.allocation_id = "eip-1"}};
    return Fails() ? Event(CallFailed{}) : Event(AnyAddressRead(random));
  }
  Event operator()(const ReleaseAddress&) const {
    return Fails() ? Event(CallFailed{}) : Event(AddressReleased{});
  }
};

// One slot from its plan to its end, with the books that the rules are checked against.
class Run {
 public:
  Run(domain::ActivityType type, uint64_t seed) : random_(seed) {
    activity_ = type == domain::ActivityType::kScaleOut ? ExampleScaleOut() : ExampleScaleIn();
    activity_.type = type;
    if (Below(random_, 4) == 0) activity_.slb_configs.clear();
    if (type == domain::ActivityType::kAttach) {
      member_ = AttachingMember();
      slot_ = PlanAttach(activity_, {member_}, now_)[0];
    } else if (type == domain::ActivityType::kRegistration) {
      member_ = ExampleMember();
      member_.life_cycle = domain::LifeCycle::kInService;
      member_.registrations = {
          {domain::ListenerId("old"), 80, "o80"},
          {domain::ListenerId("old"), 81, Below(random_, 2) == 0 ? "" : "o81"}};
      if (Below(random_, 3) == 0) member_.registrations = {RegistrationAt(80)};
      slot_ = PlanRegistration(activity_, {member_}, now_)[0];
    } else if (type == domain::ActivityType::kScaleOut) {
      if (Below(random_, 2) == 0) activity_.configuration->address.bandwidth_mbps = 5;
      const ScaleOutPlan plan = PlanScaleOut(activity_, {{domain::SubnetId("subnet-a"), "S4.2A"}},
                                             {domain::IntentId("m0")}, now_);
      slot_ = plan.slots[0];
      intents_[plan.intents[0].id] = plan.intents[0];
    } else {
      const bool manual = Below(random_, 3) == 0;
      member_ = ExampleMember(manual ? domain::CreationType::kManual : domain::CreationType::kAuto);
      if (Below(random_, 3) == 0) member_.registrations.clear();
      if (Below(random_, 2) == 0) member_.address.emplace();
      if (Below(random_, 2) == 0 && member_.address.has_value())
        member_.address->allocation_id = "eip-1";
      slot_ = Below(random_, 2) == 0 ? PlanScaleIn(activity_, {member_}, now_)[0]
                                     : PlanFinishRemoval(activity_, {member_}, now_)[0];
    }
  }

  const Slot& slot() const { return slot_; }
  int steps() const { return steps_; }
  const std::set<std::pair<SlotState, SlotState>>& moves() const { return moves_; }

  // A random event: mostly the outcome of what was asked, sometimes a restart or something out of
  // place.
  void StepAtRandom() {
    const bool serves_no_removal = activity_.type == domain::ActivityType::kAttach ||
                                   activity_.type == domain::ActivityType::kRegistration;
    // Its user asks for its detach.
    if (serves_no_removal && Below(random_, 60) == 0)
      member_.life_cycle = domain::LifeCycle::kDetaching;
    const int dice = Below(random_, 20);
    now_ +=
        dice == 0 ? absl::Minutes(Below(random_, 75)) : absl::Milliseconds(Below(random_, 3000));
    if (dice < 2) return Feed(AnyEvent(random_));
    if (dice == 2) return Feed(Resumed{});  // also with a call out: its outcome is lost
    if (effect_.has_value()) return Feed(std::visit(Answer{random_, false}, *effect_));
    if (slot_.wake_at.has_value()) {
      now_ = std::max(now_, *slot_.wake_at);
      return Feed(Woken{});
    }
    Feed(Resumed{});
  }

  // The worker's loop in a world that answers everything.
  void StepWell() {
    now_ += absl::Milliseconds(100);
    if (effect_.has_value()) {
      if (std::holds_alternative<ReadInstance>(*effect_)) {
        const bool going = slot_.state == SlotState::kProving;
        return Feed(going ? InstanceRead{} : InstanceRead{Observed(Power::kRunning)});
      }
      return Feed(std::visit(Answer{random_, true}, *effect_));
    }
    if (!slot_.wake_at.has_value()) return Feed(Resumed{});
    now_ = std::max(now_, *slot_.wake_at);
    Feed(Woken{});
  }

 private:
  bool IsLaunch() const { return activity_.type == domain::ActivityType::kScaleOut; }

  Step Advance(const StepContext& context, const Event& event) {
    switch (activity_.type) {
      case domain::ActivityType::kScaleOut:
      case domain::ActivityType::kReplace:
        return AdvanceLaunch(context, slot_, event);
      case domain::ActivityType::kAttach:
        return AdvanceAttach(context, slot_, member_, event);
      case domain::ActivityType::kRegistration:
        return AdvanceRegistration(context, slot_, member_, event);
      case domain::ActivityType::kScaleIn:
      case domain::ActivityType::kDetach:
        break;
    }
    return AdvanceRemoval(context, slot_, member_, event);
  }

  void Feed(const Event& event) {
    StepContext context = ExampleContext(activity_, now_ - ExampleStart());
    context.fresh_intent = domain::IntentId(absl::StrCat("m", ++markers_));
    context.jitter = random_();
    const Slot before = slot_;
    const Step step = Advance(context, event);
    SCOPED_TRACE(absl::StrCat(SlotStateName(before.state), " + ", EventName(event), " = ",
                              Summary(context, step)));
    CheckMove(before, step);
    CheckAddress(before, step, event);
    CheckIntents(context, step);
    const bool answered = effect_.has_value() && !std::holds_alternative<Resumed>(event);
    CheckEffect(before, step, answered, event);
    if (step.member.has_value()) member_ = *step.member;
    // An event out of place leaves a call that is out where it is.
    if (step.effect.has_value() || step.slot != before || std::holds_alternative<Resumed>(event))
      effect_ = step.effect;
    slot_ = step.slot;
    ++steps_;
  }

  void CheckMove(const Slot& before, const Step& step) {
    ASSERT_TRUE(IsLegal(activity_.type, before.state, step.slot.state));
    if (before.state != step.slot.state) moves_.insert({before.state, step.slot.state});
    if (IsFinal(before.state)) {
      ASSERT_EQ(step.slot, before);
      ASSERT_TRUE(step.intents.empty() && !step.member.has_value() && !step.effect.has_value());
      return;
    }
    // Something always comes next: a call, a time, or, when nothing changed, what was there before.
    if (step.slot != before || step.effect.has_value()) {
      ASSERT_TRUE(IsFinal(step.slot.state) || step.effect.has_value() ||
                  step.slot.wake_at.has_value());
      ASSERT_FALSE(step.effect.has_value() && step.slot.wake_at.has_value());
    }
    if (IsFinal(step.slot.state)) {
      ASSERT_FALSE(step.slot.wake_at.has_value());
      ASSERT_FALSE(step.effect.has_value());
    }
  }

  // Never released but by its id, when its instance is gone and nobody else has it; and never
  // forgotten.
  void CheckAddress(const Slot& before, const Step& step, const Event& event) {
    const std::optional<domain::BoughtAddress>& address = step.slot.address;
    if (step.effect.has_value()) {
      if (const auto* release = std::get_if<ReleaseAddress>(&*step.effect)) {
        ASSERT_EQ(before.state, SlotState::kReleasing);
        ASSERT_EQ(release->allocation_id, before.address->allocation_id);
        const auto* read = std::get_if<AddressRead>(&event);
        ASSERT_NE(read, nullptr);
        ASSERT_FALSE(read->address.has_value() && read->address->associated);
      }
      if (std::holds_alternative<Terminate>(*step.effect)) {
        ASSERT_FALSE(address.has_value() && address->allocation_id.empty());
      }
    }
    if (step.slot.state == SlotState::kInService) {
      ASSERT_FALSE(address.has_value() && address->allocation_id.empty());
    }
    const bool went = terminated_ && (step.slot.state == SlotState::kFailed ||
                                      step.slot.state == SlotState::kLeft);
    if (went && !IsFinal(before.state) && address.has_value()) {
      ASSERT_TRUE(std::holds_alternative<AddressReleased>(event));
    }
  }

  void CheckIntents(const StepContext& context, const Step& step) {
    for (const IntentChange& change : step.intents) {
      const domain::IntentId& id = change.intent.id;
      if (change.from.has_value()) {
        ASSERT_EQ(intents_.at(id).state, *change.from);
      } else {
        ASSERT_EQ(intents_.count(id), 0u);
      }
      if (change.intent.state == IntentState::kAbandoned) {
        ASSERT_GE(now_, *change.intent.sent_at + context.settings.UnknownHorizon());
        ASSERT_GE(slot_.negative_lookups, 2) << "and the one that was just fed";
      }
      intents_[id] = change.intent;
    }
    // Never a second one while another may still act, none beside an instance.
    int live = 0;
    for (const auto& [id, intent] : intents_) {
      if (intent.state != IntentState::kRejected && intent.state != IntentState::kAbandoned) ++live;
    }
    ASSERT_LE(live, 1);
    if (IsLaunch() && !IsFinal(step.slot.state)) {
      ASSERT_EQ(live, 1);
    }
    if (step.slot.state == SlotState::kQuarantined && step.slot.instance_id.value().empty()) {
      ASSERT_EQ(intents_.at(step.slot.intent_id).state, IntentState::kUnknown)
          << "it stays counted";
    }
  }

  void CheckEffect(const Slot& before, const Step& step, bool answered, const Event& event) {
    if (answered && std::holds_alternative<LaunchNotSent>(event) &&
        before.state == SlotState::kSending) {
      unsent_.insert(before.intent_id);
    }
    if (before.state == SlotState::kDeregistering && std::holds_alternative<Deregistered>(event))
      deregistered_at_ = now_;
    if (!step.effect.has_value()) return;
    ASSERT_FALSE(IsFinal(step.slot.state));
    if (const auto* launch = std::get_if<Launch>(&*step.effect)) {
      ASSERT_EQ(launch->intent_id, step.slot.intent_id);
      ASSERT_EQ(intents_.at(launch->intent_id).state, IntentState::kSent);
      ASSERT_LT(now_, *intents_.at(launch->intent_id).send_not_after);
      ASSERT_TRUE(launched_.insert(launch->intent_id).second ||
                  unsent_.count(launch->intent_id) > 0);
      unsent_.erase(launch->intent_id);
      ASSERT_LT(now_, activity_.deadline);
    }
    if (const auto* call = std::get_if<Register>(&*step.effect); call != nullptr && !IsLaunch()) {
      // Written down first, in the slot and in the member's row.
      const domain::Registration doubt{call->listener_id, call->port, ""};
      const auto& written = step.slot.registrations;
      ASSERT_NE(std::find(written.begin(), written.end(), doubt), written.end());
      ASSERT_EQ((step.member ? *step.member : member_).registrations, written);
    }
    if (const auto* call = std::get_if<Deregister>(&*step.effect)) {
      ASSERT_FALSE(call->register_id.empty());
    }
    if (std::holds_alternative<Terminate>(*step.effect)) {
      ASSERT_TRUE(IsLaunch() || activity_.type == domain::ActivityType::kScaleIn);
      ASSERT_TRUE(step.slot.registrations.empty());
      ASSERT_FALSE(step.slot.must_list);
      ASSERT_EQ(step.slot.creation_type, domain::CreationType::kAuto);
      if (!IsLaunch()) {
        ASSERT_GE(now_, deregistered_at_ + StepSettings().drain);
      }
      terminated_ = true;
    }
    if (terminated_) {
      ASSERT_FALSE(std::holds_alternative<Register>(*step.effect));
    }
  }

  Random random_;
  Activity activity_;
  Slot slot_;
  domain::Member member_;
  absl::Time now_ = ExampleStart();
  std::optional<Effect> effect_;
  std::map<domain::IntentId, LaunchIntent> intents_;
  std::set<domain::IntentId> launched_;
  std::set<domain::IntentId> unsent_;  // launches of which zero bytes were written
  std::set<std::pair<SlotState, SlotState>> moves_;
  absl::Time deregistered_at_ = absl::InfinitePast();
  bool terminated_ = false;
  int markers_ = 0;
  int steps_ = 0;
};

void DriveMany(domain::ActivityType type, absl::Span<const Edge> edges) {
  constexpr int kSteps = 150'000;
  constexpr int kBenignSteps = 400;
  std::set<std::pair<SlotState, SlotState>> moves;
  int steps = 0;
  for (uint64_t seed = 1; steps < kSteps; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Run run(type, seed);
    const auto faulty = static_cast<int>(seed % 200);
    for (int i = 0; i < faulty; ++i) run.StepAtRandom();
    // Whatever happened, in a world that answers the slot ends.
    for (int i = 0; i < kBenignSteps && !IsFinal(run.slot().state); ++i) run.StepWell();
    ASSERT_TRUE(IsFinal(run.slot().state)) << SlotStateName(run.slot().state);
    run.StepAtRandom();
    ASSERT_FALSE(testing::Test::HasFailure());
    moves.insert(run.moves().begin(), run.moves().end());
    steps += run.steps();
  }
  for (const Edge& edge : edges) {
    EXPECT_TRUE(moves.count({edge.from, edge.to}) > 0)
        << "never seen: " << SlotStateName(edge.from) << " -> " << SlotStateName(edge.to);
  }
}

TEST(RandomEvents, NeverBreakALaunch) { DriveMany(domain::ActivityType::kScaleOut, LaunchEdges()); }

TEST(RandomEvents, NeverBreakAnAttach) { DriveMany(domain::ActivityType::kAttach, AttachEdges()); }

TEST(RandomEvents, NeverBreakARegistration) {
  DriveMany(domain::ActivityType::kRegistration, RegistrationEdges());
}

TEST(RandomEvents, NeverBreakARemoval) {
  DriveMany(domain::ActivityType::kScaleIn, RemovalEdges());
}

}  // namespace
}  // namespace accordion::activity
