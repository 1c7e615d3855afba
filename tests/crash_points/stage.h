// A world with one group, and engines that follow one another: what a crash-point scenario plays
// on.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/ports/notifier.h"
#include "tests/engine/control/member_acts.h"
#include "tests/engine/control/world.h"

namespace accordion::control {

// A contact that refuses each event once. Not thread-safe.
class ReluctantContact final : public ports::Notifier {
 public:
  ports::DeliveryResult Deliver(const ports::Contact& contact,
                                const ports::Announcement& announcement) override;
  struct Taken {
    std::string event;
    domain::ActivityId activity;
  };
  std::vector<Taken> taken;  // in order; repeats included
  uint64_t calls = 0;

 private:
  std::set<std::string> refused_;
};

// Where engines die: the first at its `die_at[0]`-th boundary after Arm, the one that takes over at
// its `die_at[1]`-th from its start, and so on. Those after the last live.
using Deaths = std::vector<int>;

// Not thread-safe.
class Stage {
 public:
  explicit Stage(Deaths deaths) : deaths_(std::move(deaths)) {}

  // Begins: one group, to all of whose notifications the contact is subscribed, and an engine.
  void Open(const GroupOptions& options);
  // Boundaries count from now on.
  void Arm();
  // Time passes; an engine that has died is followed by another one within a second.
  void RunFor(absl::Duration time);
  // Runs until `wrong()` is empty or patience ends; what is wrong then.
  template <typename Check>
  std::string RunUntilNothing(Check wrong, absl::Duration patience) {
    const absl::Time end = world.time.Now() + patience;
    std::string words = wrong();
    while (!words.empty() && world.time.Now() < end) {
      RunFor(absl::Seconds(1));
      words = wrong();
    }
    return words;
  }

  Engine& engine() { return *engines_.back(); }
  // Boundaries that the armed engine has come to.
  int passed() const { return armed_->lifeline.passed() - armed_at_; }
  // Those of them where a death tells something of its own: whatever outlives an engine has changed
  // since the boundary before. Of the others, where polls found nothing to do, each fortieth, for
  // the time that has passed.
  const std::vector<int>& telling() const { return telling_; }
  // An instance that the group launched and that, at some moment, neither a member's row nor an
  // unresolved launch accounted for (I-6, I-12); empty if there never was one.
  const std::string& lost_sight_of() const { return lost_sight_of_; }
  // Deaths that did not happen.
  int unused_deaths() const;
  // Where engines died, for a reader.
  std::string Story() const;

  // Instances take a while to go, so that one whose end was only accepted is still there.
  World world{[](cloudsim::RegionSpec& spec) { spec.terminate_time = absl::Seconds(4); }};
  ports::GroupKey key;
  std::vector<std::string> ids;       // instances that a user runs, if the scenario has any
  std::set<std::string> untouchable;  // must run to the end
  ReluctantContact contact;

 private:
  // What outlives an engine, in so far as engines change it: a number that only grows.
  uint64_t Durable();
  void StartEngine();
  void LookForTheUntracked();

  Deaths deaths_;
  size_t died_ = 0;
  std::vector<std::unique_ptr<Engine>> engines_;
  Engine* armed_ = nullptr;
  int armed_at_ = 0;
  uint64_t durable_before_ = 0;
  int idle_ = 0;
  std::vector<int> telling_;
  std::string lost_sight_of_;
};

}  // namespace accordion::control
