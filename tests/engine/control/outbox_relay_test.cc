// The relay in virtual time: what reaches whom, when, in which order, and what a failure costs.
#include "engine/control/outbox_relay.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

using ports::DeliveryOutcome;
using ports::DeliveryResult;
using ports::DeliveryState;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Contacts answer as scripted; then they take everything.
class FakeNotifier final : public ports::Notifier {
 public:
  struct Sent {
    std::string contact;
    std::string event;
    absl::Time at;
  };
  explicit FakeNotifier(const base::Clock& clock) : clock_(clock) {}

  DeliveryResult Deliver(const ports::Contact& contact,
                         const ports::Announcement& announcement) override {
    sent.push_back({contact.id, announcement.event.event_id, clock_.Now()});
    EXPECT_EQ(announcement.activity.id, announcement.event.activity_id);
    if (const auto always = forever.find(contact.id); always != forever.end()) {
      return always->second;
    }
    std::vector<DeliveryResult>& script = next[contact.id];
    if (script.empty()) return {.outcome = DeliveryOutcome::kDelivered};
    const DeliveryResult result = script.front();
    script.erase(script.begin());
    return result;
  }

  std::vector<std::string> EventsOf(const std::string& contact) const {
    std::vector<std::string> events;
    for (const Sent& one : sent) {
      if (one.contact == contact) events.push_back(one.event);
    }
    return events;
  }

  std::map<std::string, std::vector<DeliveryResult>> next;
  std::map<std::string, DeliveryResult> forever;
  std::vector<Sent> sent;

 private:
  const base::Clock& clock_;
};

const DeliveryResult kFailure{.outcome = DeliveryOutcome::kRetry, .words = "HTTP 500"};
const DeliveryResult kSilence{
    .outcome = DeliveryOutcome::kRetry, .words = "no answer", .reached = false};

class OutboxRelayTest : public ::testing::Test {
 protected:
  OutboxRelayTest() {
    leases_.Start([](const std::vector<int>&) {});
    relay_.Start();
    world_.time.RunReady();
  }
  ~OutboxRelayTest() override { executor_.Crash(); }

  void AddContact(const std::string& id, const std::string& host) {
    Commit([&](ports::Tx& tx) {
      return tx.contacts().Put({.id = id,
                                .account_id = world_.account,
                                .address = absl::StrCat("https://", host, "/"),
                                .secret = base::SecretString("0123456789abcdef")});
    });
  }
  // An activity that has just finished; the id of its event.
  std::string AddEvent(const ports::GroupKey& key) {
    const std::string id = absl::StrCat("event-", ++events_);
    Commit([&](ports::Tx& tx) -> absl::Status {
      activity::Activity activity;
      activity.id = domain::ActivityId(*tx.NewId());
      activity.account_id = key.account_id;
      activity.group_id = key.group_id;
      activity.start_time = tx.Now();
      activity.deadline = tx.Now() + absl::Hours(1);
      if (absl::Status opened = tx.activities().Open(activity, {}, {}); !opened.ok()) return opened;
      activity.status = domain::ActivityStatus::kSucceeded;
      activity.end_time = tx.Now();
      if (absl::Status ended = tx.activities().Finish(activity); !ended.ok()) return ended;
      return tx.outbox().Add({.event_id = id,
                              .group = key,
                              .activity_id = activity.id,
                              .notification_type = 1,
                              .created_at = tx.Now()});
    });
    return id;
  }
  DeliveryState StateOf(const std::string& event) {
    std::vector<ports::Delivery> found;
    EXPECT_TRUE(world_.store
                    .Read([&](ports::Tx& tx) -> absl::Status {
                      found = *tx.outbox().Deliveries(event);
                      return absl::OkStatus();
                    })
                    .ok());
    return found.at(0).state;
  }
  void Commit(ports::Store::Work work) {
    const absl::Status done = world_.store.Transact(work);
    EXPECT_TRUE(done.ok()) << done;
  }

  World world_;
  testing::VirtualExecutor executor_{world_.time};
  ports::NullTelemetry telemetry_;
  base::SeededRng rng_{1};
  FakeNotifier notifier_{world_.clock};
  NotifySettings settings_;
  LeaseKeeper leases_{{world_.store, executor_, world_.clock, telemetry_}, TestSettings()};
  OutboxRelay relay_{{world_.store, leases_, notifier_, executor_, world_.clock, rng_, telemetry_},
                     settings_};
  const ports::GroupKey group_ = world_.MakeGroup();

 private:
  int events_ = 0;
};

TEST_F(OutboxRelayTest, AHintSendsAtOnceAndADroppedHintOnlyDelays) {
  AddContact("hook", "a.test");
  const std::string first = AddEvent(group_);
  relay_.Wake();
  world_.time.RunReady();
  EXPECT_THAT(notifier_.EventsOf("hook"), ElementsAre(first));
  const std::string second = AddEvent(group_);
  world_.time.RunFor(settings_.poll);
  EXPECT_THAT(notifier_.EventsOf("hook"), ElementsAre(first, second));
  EXPECT_EQ(StateOf(second), DeliveryState::kDelivered);
}

TEST_F(OutboxRelayTest, AfterFiveFailuresAllArriveInOrderUnderTheirIds) {
  AddContact("hook", "a.test");
  notifier_.next["hook"].assign(5, kFailure);
  const std::string first = AddEvent(group_);
  const std::string second = AddEvent(group_);
  world_.time.RunFor(absl::Minutes(10));
  EXPECT_THAT(notifier_.EventsOf("hook"),
              ElementsAre(first, first, first, first, first, first, second));
  EXPECT_EQ(StateOf(first), DeliveryState::kDelivered);
  EXPECT_EQ(StateOf(second), DeliveryState::kDelivered);
}

TEST_F(OutboxRelayTest, ABadEndpointHoldsUpNobodyElse) {
  AddContact("bad", "bad.test");
  AddContact("good", "good.test");
  notifier_.forever["bad"] = kSilence;
  std::vector<std::string> events;
  for (int i = 0; i < 30; ++i) events.push_back(AddEvent(world_.MakeGroup()));
  world_.time.RunFor(absl::Minutes(1));
  EXPECT_EQ(notifier_.EventsOf("good").size(), events.size());
  // Two at a time until it was left alone after the third silence, then two a pause.
  EXPECT_LE(notifier_.EventsOf("bad").size(), 12U);
}

TEST_F(OutboxRelayTest, ASilentEndpointIsTriedAgainWhenItIsBack) {
  AddContact("hook", "a.test");
  notifier_.forever["hook"] = kSilence;
  const std::string event = AddEvent(group_);
  world_.time.RunFor(absl::Minutes(30));
  EXPECT_EQ(StateOf(event), DeliveryState::kOpen);
  notifier_.forever.clear();
  world_.time.RunFor(absl::Hours(2));
  EXPECT_EQ(StateOf(event), DeliveryState::kDelivered);
}

TEST_F(OutboxRelayTest, ADayOfFailuresIsADeadLetterAndTheNextEventGoesOut) {
  AddContact("hook", "a.test");
  notifier_.forever["hook"] = kFailure;
  const std::string first = AddEvent(group_);
  world_.time.RunFor(absl::Hours(20));
  const std::string second = AddEvent(group_);
  EXPECT_EQ(StateOf(first), DeliveryState::kOpen);
  world_.time.RunFor(absl::Hours(6));
  EXPECT_EQ(StateOf(first), DeliveryState::kDead);
  notifier_.forever.clear();
  world_.time.RunFor(absl::Hours(1));
  EXPECT_EQ(StateOf(second), DeliveryState::kDelivered);
  // Full jitter up to an hour: a day's tries are few.
  EXPECT_LE(notifier_.EventsOf("hook").size(), 120U);
}

TEST_F(OutboxRelayTest, APermanentRefusalIsNotRepeated) {
  AddContact("hook", "a.test");
  notifier_.next["hook"] = {{.outcome = DeliveryOutcome::kPermanent, .words = "refused"}};
  const std::string event = AddEvent(group_);
  world_.time.RunFor(absl::Hours(1));
  EXPECT_THAT(notifier_.EventsOf("hook"), ElementsAre(event));
  EXPECT_EQ(StateOf(event), DeliveryState::kDead);
}

TEST_F(OutboxRelayTest, WithoutItsLeaseAnEngineSendsNothing) {
  AddContact("hook", "a.test");
  leases_.Stop();
  AddEvent(group_);
  relay_.Wake();
  world_.time.RunFor(absl::Seconds(5));
  EXPECT_THAT(notifier_.sent, IsEmpty());
}

TEST_F(OutboxRelayTest, AClaimOfADeadEngineIsSentByTheNext) {
  AddContact("hook", "a.test");
  const std::string event = AddEvent(group_);
  Commit([&](ports::Tx& tx) -> absl::Status {
    const std::vector<int> shards = {ports::ShardOf(group_.group_id)};
    EXPECT_EQ(*tx.outbox().FanOut(shards, 10), 1);
    EXPECT_EQ(tx.outbox().Claim({.shards = shards, .limit = 1, .claim = settings_.claim})->size(),
              1U);
    return absl::OkStatus();
  });
  world_.time.RunFor(settings_.claim - absl::Seconds(2));
  EXPECT_THAT(notifier_.sent, IsEmpty());
  world_.time.RunFor(absl::Seconds(5));
  EXPECT_THAT(notifier_.EventsOf("hook"), ElementsAre(event));
}

TEST(RetryDelay, IsUniformUpToACeilingThatDoublesToAnHour) {
  base::SeededRng rng(7);
  const NotifySettings settings;
  const struct {
    int attempt;
    absl::Duration ceiling;
  } rows[] = {{1, absl::Seconds(5)},
              {2, absl::Seconds(10)},
              {5, absl::Seconds(80)},
              {11, absl::Hours(1)},
              {1000, absl::Hours(1)}};
  for (const auto& row : rows) {
    absl::Duration longest = absl::ZeroDuration();
    for (int i = 0; i < 1000; ++i) {
      const absl::Duration delay = RetryDelay(settings, row.attempt, rng);
      EXPECT_GE(delay, absl::ZeroDuration());
      EXPECT_LE(delay, row.ceiling);
      longest = std::max(longest, delay);
    }
    EXPECT_GE(longest, 0.95 * row.ceiling) << row.attempt;
  }
}

}  // namespace
}  // namespace accordion::control
