#include "tests/crash_points/stage.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace accordion::control {

ports::DeliveryResult ReluctantContact::Deliver(const ports::Contact&,
                                                const ports::Announcement& announcement) {
  ++calls;
  const std::string& event = announcement.event.event_id;
  if (refused_.insert(event).second)
    return {.outcome = ports::DeliveryOutcome::kRetry, .words = "HTTP 500"};
  taken.push_back({event, announcement.event.activity_id});
  return {.outcome = ports::DeliveryOutcome::kDelivered};
}

void Stage::Open(const GroupOptions& options) {
  key = world.MakeGroup(options);
  world.store.Subscribe(key, {1, 2, 3, 4, 5, 6});
  const absl::Status put = world.store.Transact([&](ports::Tx& tx) {
    return tx.contacts().Put({.id = "ops",
                              .account_id = world.account,
                              .address = "https://ops.test/",
                              .secret = base::SecretString("0123456789abcdef")});
  });
  EXPECT_TRUE(put.ok()) << put;
  StartEngine();
}

void Stage::StartEngine() {
  const uint64_t seed = engines_.size() + 1;
  engines_.push_back(std::make_unique<Engine>(world, seed, TestSettings(), &contact));
  if (armed_ != nullptr && died_ < deaths_.size()) engine().lifeline.DieAt(deaths_[died_]);
}

uint64_t Stage::Durable() {
  return static_cast<uint64_t>(world.store.commits()) +
         world.cloud.region().call_log().last_sequence() + contact.calls;
}

void Stage::Arm() {
  constexpr int kIdleStride = 40;
  armed_ = &engine();
  armed_at_ = armed_->lifeline.passed();
  armed_->lifeline.AtBoundary([this](absl::string_view) {
    const uint64_t durable = Durable();
    idle_ = durable == durable_before_ ? idle_ + 1 : 0;
    if (idle_ % kIdleStride == 0) telling_.push_back(passed());
    durable_before_ = durable;
  });
  if (!deaths_.empty()) armed_->lifeline.DieAt(armed_at_ + deaths_.front());
}

void Stage::RunFor(absl::Duration time) {
  const absl::Time end = world.time.Now() + time;
  while (true) {
    world.time.RunUntil(std::min(end, world.time.Now() + absl::Seconds(1)));
    LookForTheUntracked();
    if (engine().lifeline.dead()) {
      ++died_;
      StartEngine();
    }
    if (world.time.Now() >= end) return;
  }
}

void Stage::LookForTheUntracked() {
  std::set<std::string> tracked = untouchable;
  for (const domain::Member& member : world.Members(key)) tracked.insert(IdOf(member));
  std::vector<std::string> untracked;
  for (const cloudsim::Instance* instance : world.cloud.region().fleet().List()) {
    const bool ours =
        std::any_of(instance->tags.begin(), instance->tags.end(), [&](const auto& tag) {
          return tag.key == "as.group" && tag.value == absl::StrCat(key.group_id.value());
        });
    if (ours && tracked.count(instance->id) == 0) untracked.push_back(instance->id);
  }
  // A launch of unknown outcome may have made one.
  if (static_cast<int>(untracked.size()) > world.UnresolvedIntents(key))
    lost_sight_of_ = untracked.front();
}

int Stage::unused_deaths() const { return static_cast<int>(deaths_.size() - died_); }

std::string Stage::Story() const {
  std::string story;
  for (const std::unique_ptr<Engine>& one : engines_) {
    if (one->lifeline.dead()) absl::StrAppend(&story, "died ", one->lifeline.died_at(), "; ");
  }
  return story;
}

}  // namespace accordion::control
