#include "engine/domain/capacity.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

constexpr CapacityBounds kWide{0, 1000};

int Percent(int base, int value) {
  return Adjust(base, {AdjustmentType::kPercentChange, value}, kWide).desired;
}

TEST(Capacity, PercentRoundsTowardZeroButMovesAtLeastOne) {
  struct Row {
    int base, percent, desired;
  };
  for (const Row& row : {
           Row{10, 10, 11},   Row{10, 15, 11},  Row{10, 19, 11},   Row{10, 20, 12}, Row{10, 1, 11},
           Row{10, 100, 20},  Row{3, 50, 4},    Row{3, 33, 4},     Row{3, 99, 5},   Row{1, 50, 2},
           Row{0, 50, 1},     Row{0, 100, 1},   Row{10, -10, 9},   Row{10, -15, 9}, Row{10, -19, 9},
           Row{10, -20, 8},   Row{10, -1, 9},   Row{10, -100, 0},  Row{3, -50, 2},  Row{3, -99, 1},
           Row{1, -50, 0},    Row{7, -30, 5},   Row{7, 30, 9},     Row{10, 0, 10},  Row{0, 0, 0},
           Row{200, 50, 300}, Row{199, 1, 200}, Row{201, -1, 199},
       }) {
    EXPECT_EQ(Percent(row.base, row.percent), row.desired) << row.percent << " % of " << row.base;
  }
}

TEST(Capacity, PercentOfAnEmptyGroupStillMoves) {
  EXPECT_EQ(Percent(0, 1), 1);
  // Below zero there is nothing to want; the bounds hold.
  const AdjustedCapacity down = Adjust(0, {AdjustmentType::kPercentChange, -50}, kWide);
  EXPECT_EQ(down.wanted, -1);
  EXPECT_EQ(down.desired, 0);
  EXPECT_EQ(down.clamp, Clamp::kAtMin);
}

TEST(Capacity, QuantityAddsAndTotalSets) {
  EXPECT_EQ(Adjust(5, {AdjustmentType::kQuantityChange, 3}, kWide).desired, 8);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kQuantityChange, -3}, kWide).desired, 2);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kQuantityChange, 0}, kWide).desired, 5);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kTotalCapacity, 3}, kWide).desired, 3);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kTotalCapacity, 0}, kWide).desired, 0);
}

TEST(Capacity, TheResultIsClampedAndSaysAtWhichEnd) {
  const CapacityBounds bounds{2, 6};
  const AdjustedCapacity high = Adjust(5, {AdjustmentType::kQuantityChange, 4}, bounds);
  EXPECT_EQ(high.wanted, 9);
  EXPECT_EQ(high.desired, 6);
  EXPECT_EQ(high.clamp, Clamp::kAtMax);
  const AdjustedCapacity low = Adjust(5, {AdjustmentType::kTotalCapacity, 1}, bounds);
  EXPECT_EQ(low.wanted, 1);
  EXPECT_EQ(low.desired, 2);
  EXPECT_EQ(low.clamp, Clamp::kAtMin);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kQuantityChange, 1}, bounds).clamp, Clamp::kNone);
  EXPECT_EQ(Adjust(5, {AdjustmentType::kQuantityChange, -3}, bounds).clamp, Clamp::kNone);
}

TEST(Capacity, NothingOverflows) {
  constexpr int kMax = std::numeric_limits<int>::max();
  constexpr int kMin = std::numeric_limits<int>::min();
  for (AdjustmentType type : {AdjustmentType::kTotalCapacity, AdjustmentType::kQuantityChange,
                              AdjustmentType::kPercentChange}) {
    EXPECT_EQ(Adjust(kMax, {type, kMax}, {0, kMax}).desired, kMax);
    EXPECT_EQ(Adjust(kMax, {type, kMax}, {0, kMax}).wanted, kMax);
    EXPECT_EQ(Adjust(kMax, {type, kMin}, {0, kMax}).desired, 0);
  }
  EXPECT_EQ(Adjust(kMax, {AdjustmentType::kPercentChange, kMin}, {0, 10}).wanted, kMin);
}

TEST(Capacity, OnlyANegativeChangeOrASmallerTotalLowers) {
  EXPECT_TRUE(LowersCapacity({AdjustmentType::kQuantityChange, -1}, 5));
  EXPECT_FALSE(LowersCapacity({AdjustmentType::kQuantityChange, 0}, 5));
  EXPECT_FALSE(LowersCapacity({AdjustmentType::kQuantityChange, 1}, 5));
  EXPECT_TRUE(LowersCapacity({AdjustmentType::kPercentChange, -1}, 5));
  EXPECT_FALSE(LowersCapacity({AdjustmentType::kPercentChange, 0}, 5));
  EXPECT_TRUE(LowersCapacity({AdjustmentType::kTotalCapacity, 4}, 5));
  EXPECT_FALSE(LowersCapacity({AdjustmentType::kTotalCapacity, 5}, 5));
  EXPECT_FALSE(LowersCapacity({AdjustmentType::kTotalCapacity, 6}, 5));
}

TEST(Capacity, DesiredMovesIntoNewBounds) {
  EXPECT_EQ(ClampCapacity(1, {2, 6}), 2);
  EXPECT_EQ(ClampCapacity(2, {2, 6}), 2);
  EXPECT_EQ(ClampCapacity(6, {2, 6}), 6);
  EXPECT_EQ(ClampCapacity(7, {2, 6}), 6);
}

TEST(Capacity, EveryAdjustmentStaysWithinBoundsAndGoesItsWay) {
  ForAll([](Random& random) {
    const ScalingGroup group = random.Group();
    const CapacityBounds bounds{group.min_size, group.max_size};
    const Adjustment adjustment{
        random.OneOf({AdjustmentType::kTotalCapacity, AdjustmentType::kQuantityChange,
                      AdjustmentType::kPercentChange}),
        random.Int(-100, 100)};
    const int desired = group.desired_capacity;
    const AdjustedCapacity result = Adjust(desired, adjustment, bounds);
    EXPECT_GE(result.desired, bounds.min_size);
    EXPECT_LE(result.desired, bounds.max_size);
    EXPECT_EQ(result.clamp == Clamp::kNone, result.desired == result.wanted);
    if (LowersCapacity(adjustment, desired)) {
      EXPECT_LT(result.wanted, desired);
      EXPECT_LE(result.desired, desired);
    } else {
      EXPECT_GE(result.wanted, desired);
      EXPECT_GE(result.desired, desired);
    }
  });
}

}  // namespace
}  // namespace accordion::domain
