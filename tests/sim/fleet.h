// The engines of a run: started, struck and restarted, and asked by tenants and agents.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "absl/types/span.h"
#include "tests/sim/engine.h"

namespace accordion::sim {

// Not thread-safe.
class Fleet {
 public:
  Fleet(Stage& stage, int engines, const control::Settings& settings);

  // A request to one engine, drawn at random.
  ApiAnswer Call(const ApiRequest& request);
  // Samples reach every engine that runs.
  void Push(const std::optional<domain::AccountId>& account,
            absl::Span<const metrics::Sample> samples);
  // Every engine that is dead is started anew, and nothing holds any back.
  void Heal();

  int starts() const { return static_cast<int>(lives_); }

 private:
  void Start(size_t place);
  // Looks now and then after the engines: restarts the dead, and strikes.
  void Watch();
  void Strike(Engine& engine);
  // A shard whose owner died is owned anew in time (I-18).
  void ExpectOwners();

  Stage& stage_;
  const control::Settings settings_;
  std::vector<std::unique_ptr<Engine>> engines_;
  std::vector<std::unique_ptr<Engine>> dead_;
  std::vector<bool> is_starting_;
  uint64_t lives_ = 0;
  std::map<uint64_t, absl::Time> died_at_;  // by life
  std::vector<absl::Time> able_since_;      // by place
};

}  // namespace accordion::sim
