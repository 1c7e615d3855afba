#include "tests/sim/fleet.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

constexpr absl::Duration kWatch = absl::Seconds(5);
constexpr absl::Duration kLongestRestart = absl::Minutes(2);
constexpr absl::Duration kLongestOutage = absl::Minutes(10);
// Faults of an engine's surroundings are drawn once in so many looks.
constexpr int kStrikeEvery = 12;

}  // namespace

Fleet::Fleet(Stage& stage, int engines, const control::Settings& settings)
    : stage_(stage),
      settings_(settings),
      engines_(static_cast<size_t>(engines)),
      is_starting_(static_cast<size_t>(engines), false),
      able_since_(static_cast<size_t>(engines), absl::InfiniteFuture()) {
  for (size_t place = 0; place < engines_.size(); ++place) Start(place);
  stage_.In(kWatch, [this] { Watch(); });
}

void Fleet::Start(size_t place) {
  is_starting_[place] = false;
  if (engines_[place] != nullptr) {
    died_at_.try_emplace(engines_[place]->life(), stage_.time.Now());
    dead_.push_back(std::move(engines_[place]));
  }
  engines_[place] = std::make_unique<Engine>(stage_, static_cast<int>(place), ++lives_, settings_);
}

void Fleet::Watch() {
  stage_.In(kWatch, [this] { Watch(); });
  if (!stage_.Nested()) dead_.clear();
  ExpectOwners();
  for (size_t place = 0; place < engines_.size(); ++place) {
    if (engines_[place]->dead()) {
      if (is_starting_[place]) continue;
      is_starting_[place] = true;
      stage_.In(kLongestRestart * base::UniformUnit(stage_.faults.rng()), [this, place] {
        if (is_starting_[place]) Start(place);
      });
    } else if (base::UniformBelow(stage_.rng, kStrikeEvery) == 0) {
      Strike(*engines_[place]);
    }
  }
}

void Fleet::ExpectOwners() {
  const absl::Time now = stage_.time.Now();
  // Its own polls, and how late this one notices.
  const absl::Duration bound = settings_.lease_ttl + absl::Seconds(5) + 2 * kWatch;
  bool somebody = false;
  for (size_t place = 0; place < engines_.size(); ++place) {
    absl::Time& since = able_since_[place];
    since = engines_[place]->able() ? std::min(since, now) : absl::InfiniteFuture();
    somebody |= since + bound < now;
    if (engines_[place]->dead()) died_at_.try_emplace(engines_[place]->life(), now);
  }
  if (!somebody) return;
  for (int shard = 0; shard < ports::kShardCount; ++shard) {
    const auto died = died_at_.find(stage_.fences.OwnerOf(shard).life);
    if (died == died_at_.end()) continue;
    stage_.verdict.Expect(18, true, died->second + bound >= now, now, [&] {
      return absl::StrCat("shard ", shard, " still belongs to an engine that died at ",
                          absl::FormatTime(died->second));
    });
  }
}

void Fleet::Strike(Engine& engine) {
  Faults& faults = stage_.faults;
  const auto span = [&] { return kLongestOutage * base::UniformUnit(faults.rng()); };
  // By place and life: the engine may be another one, or gone, when the time has come.
  const auto later = [&](absl::Duration delay, void (*end)(Engine&)) {
    Engine* const struck = &engine;
    stage_.In(delay, [this, struck, end] {
      for (const auto& one : engines_) {
        if (one.get() == struck) end(*one);
      }
    });
  };
  if (faults.Strikes(Fault::kStoreOutage)) {
    engine.SetStoreDown(true);
    later(span(), [](Engine& one) { one.SetStoreDown(false); });
  }
  if (faults.Strikes(Fault::kLeaseOutage)) {
    engine.SetLeaseDown(true);
    later(span(), [](Engine& one) { one.SetLeaseDown(false); });
  }
  if (faults.Strikes(Fault::kFullLane)) {
    engine.executor().SetFull(ports::Lane::kWork, true);
    later(absl::Seconds(30) * base::UniformUnit(faults.rng()),
          [](Engine& one) { one.executor().SetFull(ports::Lane::kWork, false); });
  }
}

ApiAnswer Fleet::Call(const ApiRequest& request) {
  return engines_[base::UniformBelow(stage_.rng, engines_.size())]->Call(request);
}

void Fleet::Push(const std::optional<domain::AccountId>& account,
                 absl::Span<const metrics::Sample> samples) {
  for (const auto& engine : engines_) {
    if (!engine->dead() && !engine->stopped()) {
      engine->samples().Apply(account, samples, stage_.time.Now());
    }
  }
}

void Fleet::Heal() {
  for (size_t place = 0; place < engines_.size(); ++place) {
    if (engines_[place]->dead()) Start(place);
    Engine& engine = *engines_[place];
    engine.SetStoreDown(false);
    engine.SetLeaseDown(false);
    engine.executor().SetFull(ports::Lane::kWork, false);
  }
}

}  // namespace accordion::sim
