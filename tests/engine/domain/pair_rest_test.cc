#include "engine/domain/pair_rest.h"

#include <gtest/gtest.h>

#include "engine/domain/limits.h"
#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

const PlacementPair kPair{SubnetId("a"), "S1"};

TEST(PairRest, DoublesFromAMinuteToHalfAnHourWithEachTryThatFails) {
  std::optional<PairRest> rest;
  absl::Time now = kNow;
  std::vector<int64_t> minutes;
  for (int i = 0; i < 7; ++i) {
    rest = RestAfterRefusal(rest, kPair, now);
    EXPECT_EQ(rest->since, now);
    minutes.push_back(absl::ToInt64Minutes(rest->until - now));
    now = rest->until;  // tried at once
  }
  EXPECT_EQ(minutes, (std::vector<int64_t>{1, 2, 4, 8, 16, 30, 30}));
  EXPECT_EQ(rest->failures, 7);
  rest->failures = 1'000'000;
  EXPECT_EQ(RestAfterRefusal(rest, kPair, now).until, now + kStockBackoffMax);
}

TEST(PairRest, RefusalsDuringARestLengthenNothing) {
  const PairRest first = RestAfterRefusal(std::nullopt, kPair, kNow);
  const PairRest again = RestAfterRefusal(first, kPair, first.until - absl::Microseconds(1));
  EXPECT_EQ(again.until, first.until);
  EXPECT_EQ(again.failures, 1);
  EXPECT_EQ(again.since, first.until - absl::Microseconds(1));
  // Of two engines' clocks, the later says when the pair was last refused.
  EXPECT_EQ(RestAfterRefusal(again, kPair, kNow).since, again.since);
}

TEST(PairRest, ARestThatEndedLongAgoIsForgotten) {
  PairRest rest = RestAfterRefusal(std::nullopt, kPair, kNow);
  rest.failures = 5;
  EXPECT_EQ(RestAfterRefusal(rest, kPair, rest.until + kStockMemory - absl::Seconds(1)).failures,
            6);
  const absl::Time later = rest.until + kStockMemory;
  EXPECT_EQ(RestAfterRefusal(rest, kPair, later), RestAfterRefusal(std::nullopt, kPair, later));
}

TEST(PairRest, APairRestsUntilItsEndExactly) {
  const PairRest rest = RestAfterRefusal(std::nullopt, kPair, kNow);
  EXPECT_TRUE(RestingPairs({rest}, rest.until - absl::Microseconds(1)).contains(kPair));
  EXPECT_TRUE(RestingPairs({rest}, rest.until).empty());
}

TEST(PairRest, TheFirstEndThatMattersIsTheOneOfAnOwnType) {
  const auto rest = [](const std::string& type, int minutes) {
    return PairRest{.pair = {SubnetId("a"), type}, .until = kNow + absl::Minutes(minutes)};
  };
  const std::vector<PairRest> rests = {rest("S1", 9), rest("foreign", 1), rest("S2", 5),
                                       rest("S1", 0)};
  EXPECT_EQ(FirstRestEnd(rests, {"S1", "S2"}, kNow), kNow + absl::Minutes(5));
  EXPECT_EQ(FirstRestEnd(rests, {"S3"}, kNow), std::nullopt);
  EXPECT_EQ(FirstRestEnd({rest(kAnyType, 3)}, {"S3"}, kNow), kNow + absl::Minutes(3));
  EXPECT_EQ(FirstRestEnd({}, {"S1"}, kNow), std::nullopt);
}

}  // namespace
}  // namespace accordion::domain
