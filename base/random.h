// Randomness as a dependency, so that a seed reproduces a run.
#pragma once

#include <array>
#include <cstdint>

namespace accordion::base {

// A source of uniformly distributed 64-bit words.
class Rng {
 public:
  virtual ~Rng() = default;
  virtual uint64_t Next() = 0;
};

// Uniform in [0, bound), without modulo bias. Requires bound > 0.
uint64_t UniformBelow(Rng& rng, uint64_t bound);

// Uniform in [low, high], both included. Requires low <= high.
int64_t UniformBetween(Rng& rng, int64_t low, int64_t high);

// Uniform in [0, 1), with 53 random bits.
double UniformUnit(Rng& rng);

// The kernel's generator; fit for keys and tokens. Thread-safe. Aborts if the kernel gives none,
// since a predictable token is worse than no process.
class SystemRng final : public Rng {
 public:
  uint64_t Next() override;
};

// xoshiro256** seeded by splitmix64: the same seed gives the same words on every machine. Not for
// secrets; not thread-safe.
class SeededRng final : public Rng {
 public:
  explicit SeededRng(uint64_t seed);
  uint64_t Next() override;

 private:
  std::array<uint64_t, 4> state_;
};

}  // namespace accordion::base
