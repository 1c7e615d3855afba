#include "base/random.h"

#include <limits>
#include <set>
#include <vector>

#include "gtest/gtest.h"

namespace accordion::base {
namespace {

// Gives the words of a list.
class ListedRng final : public Rng {
 public:
  explicit ListedRng(std::vector<uint64_t> words) : words_(std::move(words)) {}
  uint64_t Next() override { return words_.at(next_++); }
  size_t used() const { return next_; }

 private:
  std::vector<uint64_t> words_;
  size_t next_ = 0;
};

constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();

TEST(SeededRng, TheSameSeedGivesTheSameWords) {
  SeededRng a(7);
  SeededRng b(7);
  SeededRng other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const uint64_t word = a.Next();
    ASSERT_EQ(word, b.Next());
    differs |= word != other.Next();
  }
  EXPECT_TRUE(differs);
}

TEST(SeededRng, GivesTheReferenceSequence) {
  // splitmix64(0) begins e220a8397b1dcdaf, 6e789e6aa1b965f4, ...; xoshiro256**'s first word is
  // rotl(state[1] * 5, 7) * 9.
  SeededRng rng(0);
  const uint64_t product = uint64_t{0x6e789e6aa1b965f4} * 5;
  EXPECT_EQ(rng.Next(), (product << 7 | product >> 57) * 9);
}

TEST(Uniform, DrawsAgainWhatWouldFavourSmallNumbers) {
  // 2^64 mod 3 = 1, so the word 0 is one too many.
  ListedRng rng({0, 5});
  EXPECT_EQ(UniformBelow(rng, 3), 2u);
  EXPECT_EQ(rng.used(), 2u);
}

TEST(Uniform, ReachesBothEndsAndNothingBeyond) {
  SeededRng rng(1);
  std::set<int64_t> seen;
  for (int i = 0; i < 500; ++i) seen.insert(UniformBetween(rng, -2, 3));
  EXPECT_EQ(seen, (std::set<int64_t>{-2, -1, 0, 1, 2, 3}));
}

TEST(Uniform, CoversTheWholeRangeOfIntegers) {
  ListedRng rng({0, kMax});
  constexpr int64_t kLow = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHigh = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(UniformBetween(rng, kLow, kHigh), kLow);
  EXPECT_EQ(UniformBetween(rng, kLow, kHigh), kHigh);
}

TEST(Uniform, TheUnitIntervalIsOpenAbove) {
  ListedRng rng({0, kMax});
  EXPECT_EQ(UniformUnit(rng), 0.0);
  EXPECT_LT(UniformUnit(rng), 1.0);
}

TEST(SystemRng, DoesNotRepeatItself) {
  SystemRng rng;
  std::set<uint64_t> words;
  for (int i = 0; i < 100; ++i) words.insert(rng.Next());
  EXPECT_EQ(words.size(), 100u);
}

}  // namespace
}  // namespace accordion::base
