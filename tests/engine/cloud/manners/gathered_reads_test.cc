// Reads gathered: how many calls reach the cloud, and that nobody is answered with what is old.
#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "engine/cloud/manners/gathered_compute.h"
#include "engine/cloud/manners/gathered_load_balancer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace accordion::cloud {
namespace {

using domain::AccountId;
using domain::InstanceId;

// Has instances, counts reads, and can hold them until it is told to go on.
class CountingCloud final : public ports::ComputeCloud, public ports::LoadBalancerCloud {
 public:
  activity::Event Launch(const AccountId&, const ports::LaunchCall&) override {
    return activity::LaunchUnknown{};
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> FindByMarker(
      const AccountId&, int64_t, absl::string_view, const domain::IntentId&) override {
    return std::vector<activity::ObservedInstance>();
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ReadInstances(
      const AccountId&, int64_t, absl::Span<const InstanceId> ids) override {
    const absl::Status status = Enter({ids.begin(), ids.end()});
    if (!status.ok()) return status;
    absl::MutexLock lock(&mutex_);
    std::vector<activity::ObservedInstance> found;
    for (const InstanceId& id : ids) {
      if (instances_.contains(id)) {
        found.emplace_back();
        found.back().instance_id = id;
      }
    }
    return found;
  }
  absl::StatusOr<std::vector<activity::ObservedInstance>> ListInstances(
      const AccountId&, absl::Span<const int64_t>) override {
    return std::vector<activity::ObservedInstance>();
  }
  absl::Status Terminate(const AccountId&, const InstanceId&) override { return absl::OkStatus(); }
  absl::StatusOr<std::string> Register(const AccountId&, const activity::Register&) override {
    return std::string("r");
  }
  absl::StatusOr<std::vector<ports::RealServer>> List(const AccountId&,
                                                      const domain::ListenerId& id) override {
    const absl::Status status = Enter({});
    if (!status.ok()) return status;
    std::vector<ports::RealServer> servers(1);
    servers.front().listener_id = id;
    return servers;
  }
  absl::Status Deregister(const AccountId&, absl::string_view) override { return absl::OkStatus(); }

  void Put(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    instances_.insert(InstanceId(id));
  }
  void Remove(const std::string& id) {
    absl::MutexLock lock(&mutex_);
    instances_.erase(InstanceId(id));
  }
  void Hold(bool hold) {
    absl::MutexLock lock(&mutex_);
    hold_ = hold;
  }
  void Fail(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    failure_ = std::move(status);
  }
  void WaitForCalls(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto there = [this, count] { return calls_.size() >= count; };
    mutex_.Await(absl::Condition(&there));
  }
  // The ids of each read so far.
  std::vector<std::vector<InstanceId>> calls() {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }

 private:
  absl::Status Enter(std::vector<InstanceId> ids) {
    absl::MutexLock lock(&mutex_);
    calls_.push_back(std::move(ids));
    mutex_.Await(absl::Condition(
        +[](bool* hold) { return !*hold; }, &hold_));
    return failure_;
  }

  absl::Mutex mutex_;
  std::set<InstanceId> instances_;
  std::vector<std::vector<InstanceId>> calls_;
  bool hold_ = false;
  absl::Status failure_;
};

class GatheredReads : public ::testing::Test {
 protected:
  std::vector<std::string> Read(const std::string& id, int64_t project = 0) {
    const auto found = compute_.ReadInstances(account_, project, {InstanceId(id)});
    std::vector<std::string> ids;
    if (!found.ok()) return {"error"};
    for (const activity::ObservedInstance& one : *found) ids.push_back(one.instance_id.value());
    return ids;
  }

  const AccountId account_{"1"};
  testing::FakeClock clock_;
  CountingCloud cloud_;
  AccountSeats seats_{30};
  GatheredCompute compute_{
      cloud_, seats_, clock_, {.share = absl::Seconds(1), .watch = absl::Seconds(6)}};
  GatheredLoadBalancer load_balancers_{cloud_, seats_};
};

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(GatheredReads, WhoAsksWhileAReadIsUnderWayGoesWithTheNext) {
  constexpr int kSlots = 24;
  for (int slot = 0; slot < kSlots; ++slot) cloud_.Put(absl::StrCat("i", slot));
  cloud_.Hold(true);
  std::vector<std::vector<std::string>> answers(kSlots);
  std::vector<std::thread> threads;
  threads.emplace_back([&] { answers[0] = Read("i0"); });
  cloud_.WaitForCalls(1);
  for (int slot = 1; slot < kSlots; ++slot) {
    threads.emplace_back([&, slot] { answers[slot] = Read(absl::StrCat("i", slot)); });
  }
  ASSERT_TRUE(testing::Eventually([&] { return seats_.Taken(account_) == kSlots - 1; }));
  cloud_.Hold(false);
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(cloud_.calls().size(), 2u);
  EXPECT_EQ(cloud_.calls().back().size(), static_cast<size_t>(kSlots));  // "i0" is watched
  for (int slot = 0; slot < kSlots; ++slot) {
    EXPECT_THAT(answers[slot], ElementsAre(absl::StrCat("i", slot)));
  }
}

// 90 slots that poll every 2 s for a minute: a call a second or so, not 45.
TEST_F(GatheredReads, CallsGrowWithAccountsAndNotWithSlots) {
  constexpr int kSlots = 90;
  for (int slot = 0; slot < kSlots; ++slot) cloud_.Put(absl::StrCat("i", slot));
  for (int tick = 0; tick < 30 * kSlots; ++tick) {  // spread over the 2 s
    const std::string id = absl::StrCat("i", tick % kSlots);
    ASSERT_THAT(Read(id), ElementsAre(id));
    clock_.Advance(absl::Seconds(2) / kSlots);
  }
  // The first round meets each slot for the first time.
  EXPECT_LE(cloud_.calls().size(), 60u + kSlots);
  EXPECT_GE(cloud_.calls().size(), 60u);
  for (const auto& call : cloud_.calls()) EXPECT_LE(call.size(), 100u);
}

TEST_F(GatheredReads, AnAnswerIsSharedForItsTimeOnly) {
  cloud_.Put("a");
  EXPECT_THAT(Read("a"), ElementsAre("a"));
  cloud_.Remove("a");
  clock_.Advance(absl::Seconds(1) - absl::Nanoseconds(1));
  EXPECT_THAT(Read("a"), ElementsAre("a"));
  clock_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(Read("a"), IsEmpty());
}

TEST_F(GatheredReads, AbsenceIsReadEachTimeAndAlone) {
  cloud_.Put("a");
  EXPECT_THAT(Read("gone"), IsEmpty());
  EXPECT_THAT(Read("gone"), IsEmpty());
  EXPECT_THAT(Read("a"), ElementsAre("a"));
  EXPECT_THAT(cloud_.calls(),
              ElementsAre(ElementsAre(InstanceId("gone")), ElementsAre(InstanceId("gone")),
                          ElementsAre(InstanceId("a"))));
}

TEST_F(GatheredReads, WhatNobodyAsksForAnyMoreIsNotTakenAlong) {
  cloud_.Put("a");
  cloud_.Put("b");
  Read("a");
  clock_.Advance(absl::Seconds(5));
  Read("b");
  clock_.Advance(absl::Seconds(2));
  Read("b");
  EXPECT_THAT(cloud_.calls(), ElementsAre(ElementsAre(InstanceId("a")),
                                          ElementsAre(InstanceId("b"), InstanceId("a")),
                                          ElementsAre(InstanceId("b"))));
}

TEST_F(GatheredReads, ProjectsAndAccountsHaveReadsOfTheirOwn) {
  cloud_.Put("a");
  Read("a", 1);
  Read("a", 2);
  EXPECT_EQ(cloud_.calls().size(), 2u);
  EXPECT_OK(compute_.ReadInstances(AccountId("2"), 1, {InstanceId("a")}).status());
  EXPECT_EQ(cloud_.calls().size(), 3u);
}

TEST_F(GatheredReads, AFailureIsNotRemembered) {
  cloud_.Put("a");
  cloud_.Fail(absl::UnavailableError("away"));
  EXPECT_THAT(Read("a"), ElementsAre("error"));
  cloud_.Fail(absl::OkStatus());
  EXPECT_THAT(Read("a"), ElementsAre("a"));
}

TEST_F(GatheredReads, ThoseForWhomThereIsNoSeatComeBackLater) {
  AccountSeats seats(1);
  GatheredCompute compute(cloud_, seats, clock_, {});
  cloud_.Put("a");
  cloud_.Hold(true);
  std::thread reader([&] { EXPECT_OK(compute.ReadInstances(account_, 0, {InstanceId("a")})); });
  cloud_.WaitForCalls(1);
  const auto seat = seats.Take(account_);  // as the call under way has
  const auto late = compute.ReadInstances(account_, 0, {InstanceId("b")});
  EXPECT_EQ(ports::FailureClassOf(late.status()), activity::FailureClass::kThrottled);
  cloud_.Hold(false);
  reader.join();
}

TEST_F(GatheredReads, ListsOfOneListenerAreShared) {
  cloud_.Hold(true);
  std::vector<std::thread> threads;
  for (int slot = 0; slot < 20; ++slot) {
    threads.emplace_back([&] {
      const auto servers = load_balancers_.List(account_, domain::ListenerId("l"));
      ASSERT_OK(servers.status());
      EXPECT_EQ(servers->front().listener_id, domain::ListenerId("l"));
    });
  }
  ASSERT_TRUE(testing::Eventually([&] { return seats_.Taken(account_) == 19; }));
  cloud_.Hold(false);
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(cloud_.calls().size(), 2u);
  // Without anybody under way each list is a fresh one.
  const size_t before = cloud_.calls().size();
  EXPECT_OK(load_balancers_.List(account_, domain::ListenerId("l")).status());
  EXPECT_EQ(cloud_.calls().size(), before + 1);
}

}  // namespace
}  // namespace accordion::cloud
