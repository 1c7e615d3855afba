#include "base/random.h"

#include <sys/random.h>

#include <bit>
#include <cstdlib>
#include <limits>

namespace accordion::base {
namespace {

uint64_t SplitMix64(uint64_t& state) {
  uint64_t word = (state += 0x9e3779b97f4a7c15u);
  word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9u;
  word = (word ^ (word >> 27)) * 0x94d049bb133111ebu;
  return word ^ (word >> 31);
}

}  // namespace

uint64_t UniformBelow(Rng& rng, uint64_t bound) {
  // Words below 2^64 mod bound would make small results likelier; they are drawn again.
  const uint64_t reject_below = (std::numeric_limits<uint64_t>::max() - bound + 1) % bound;
  while (true) {
    const uint64_t word = rng.Next();
    if (word >= reject_below) return word % bound;
  }
}

int64_t UniformBetween(Rng& rng, int64_t low, int64_t high) {
  // Unsigned arithmetic, since high - low may exceed int64_t.
  const uint64_t span = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  const uint64_t offset =
      span == std::numeric_limits<uint64_t>::max() ? rng.Next() : UniformBelow(rng, span + 1);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + offset);
}

double UniformUnit(Rng& rng) { return static_cast<double>(rng.Next() >> 11) * 0x1.0p-53; }

uint64_t SystemRng::Next() {
  uint64_t word = 0;
  // Eight bytes are never cut short or interrupted by a signal (getrandom(2)).
  if (getrandom(&word, sizeof(word), 0) != sizeof(word)) std::abort();
  return word;
}

SeededRng::SeededRng(uint64_t seed) {
  for (uint64_t& word : state_) word = SplitMix64(seed);
}

uint64_t SeededRng::Next() {
  const uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

}  // namespace accordion::base
