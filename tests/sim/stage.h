// What all parts of a run share: time, truth, faults, the trace, and the checkers that look after
// every event.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/random.h"
#include "tests/sim/announcement_checker.h"
#include "tests/sim/checker.h"
#include "tests/sim/fault.h"
#include "tests/sim/fence_checker.h"
#include "tests/sim/request_checker.h"
#include "tests/sim/sample_log.h"
#include "tests/sim/trace.h"
#include "tests/sim/truth.h"
#include "tests/sim/verdict.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"
#include "tests/support/simulated_cloud.h"
#include "tests/support/virtual_executor.h"

namespace accordion::sim {

// Not thread-safe. A run stops at the first violation: Run returns, whatever is left.
class Stage final : public testing::CommitWatch {
 public:
  struct Options {
    uint64_t seed = 1;
    bool calm = false;
    Trace::Lines lines = Trace::Lines::kNone;
  };
  Stage(const Options& options, cloudsim::RegionSpec region, absl::Duration signature_window);
  ~Stage() override;

  // Returns the checker, which the stage owns.
  template <typename One>
  One& Add(std::unique_ptr<One> checker) {
    One& one = *checker;
    checkers_.push_back(std::move(checker));
    return one;
  }
  // Something that the world does at `when`, whatever engines do.
  void At(absl::Time when, std::function<void()> happening) {
    hand_.SubmitAt(ports::Lane::kWork, when, std::move(happening));
  }
  void In(absl::Duration delay, std::function<void()> happening) {
    At(time.Now() + delay, std::move(happening));
  }

  // Runs all work until `end`, with a look after each piece; false if a violation ended it.
  bool RunUntil(absl::Time end);
  // The caller is in the middle of a call, or stopped, for that long, while the others go on. At
  // most a few deep: beyond that no time passes.
  void Meanwhile(absl::Duration time);
  bool CanWait() const { return depth_ < kMaxDepth; }
  // Whether somebody waits in Meanwhile: its frames are on the stack.
  bool Nested() const { return depth_ > 0; }

  // One transaction ended, or a call to the cloud, of `actor`.
  void AfterTransaction();
  void AfterCall();
  // Who is at work with the store from now on.
  void SetActor(const Actor& actor) {
    actor_ = actor;
    if (actor.is_request) actor_.request = request_;
  }
  // The tenant's request that is being served from now on; the one before.
  std::string SetRequest(std::string id) { return std::exchange(request_, std::move(id)); }
  // The checks of a run that has come to rest.
  void Rest();
  void OnCommit(const testing::MemoryState& state, const ports::Fence* fence) override;

  bool ok() const { return verdict.ok(); }
  int64_t events() const { return events_; }

  const uint64_t seed;
  testing::FakeClock clock;
  testing::VirtualTime time{clock};
  const absl::Time start = clock.Now();
  Trace trace;
  Faults faults;
  base::SeededRng rng;  // of the world's own choices
  testing::MemoryStore store{clock};
  testing::SimulatedCloud cloud;
  Truth truth;
  Verdict verdict;
  SampleLog samples;

 private:
  std::vector<std::unique_ptr<Checker>> checkers_;

 public:
  // Those that are told of more than commits and calls.
  FenceChecker& fences;
  AnnouncementChecker& announcements;
  RequestChecker& requests;

 private:
  static constexpr int kMaxDepth = 4;

  void Look();

  testing::VirtualExecutor hand_{time};
  Actor actor_;
  std::string request_;
  int depth_ = 0;
  int64_t events_ = 0;
  uint64_t records_seen_ = 0;
  absl::Time next_arrival_ = absl::InfiniteFuture();
};

}  // namespace accordion::sim
