#include "tests/contract/store_contract.h"

namespace accordion::testing {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

namespace {

const domain::SubnetId kSubnetA("subnet-a");
const domain::SubnetId kSubnetB("subnet-b");

domain::PairRest RestOf(const domain::SubnetId& subnet, const std::string& type,
                        absl::Duration rest = absl::Minutes(1)) {
  return {.pair = {.subnet_id = subnet, .instance_type = type},
          .since = kLongAgo,
          .until = kLongAgo + rest,
          .failures = 2};
}

}  // namespace

TEST_P(StoreContract, ARestIsReadAsWrittenByItsAccountOnly) {
  const domain::PairRest rest = RestOf(kSubnetA, "N3.1A");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, rest, kLongAgo); }));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.pair_rests().Resting(own, {kSubnetA}, kLongAgo); }),
      IsOkAndHolds(ElementsAre(rest)));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.pair_rests().Lock(own, rest.pair); }),
              IsOkAndHolds(Optional(rest)));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.pair_rests().Resting(foreign, {kSubnetA}, kLongAgo); }),
      IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Write([&](ports::Tx& tx) { return tx.pair_rests().Lock(foreign, rest.pair); }),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_P(StoreContract, RestsAreListedForTheirSubnetsUntilTheyEnd) {
  const domain::PairRest whole = RestOf(kSubnetA, domain::kAnyType);
  const domain::PairRest first = RestOf(kSubnetA, "N3.1A", absl::Minutes(2));
  const domain::PairRest other = RestOf(kSubnetB, "N3.1A", absl::Minutes(3));
  for (const domain::PairRest& rest : {other, first, whole}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, rest, kLongAgo); }));
  }
  const auto resting = [&](std::vector<domain::SubnetId> subnets, absl::Time now) {
    return Read([&](ports::Tx& tx) { return tx.pair_rests().Resting(own, subnets, now); });
  };
  EXPECT_THAT(resting({kSubnetB, kSubnetA}, kLongAgo),
              IsOkAndHolds(ElementsAre(whole, first, other)));
  EXPECT_THAT(resting({kSubnetA}, kLongAgo), IsOkAndHolds(ElementsAre(whole, first)));
  EXPECT_THAT(resting({kSubnetA}, whole.until), IsOkAndHolds(ElementsAre(first)));
  EXPECT_THAT(resting({}, kLongAgo), IsOkAndHolds(IsEmpty()));
}

TEST_P(StoreContract, ALaterRestReplacesTheFormer) {
  domain::PairRest rest = RestOf(kSubnetA, "N3.1A");
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, rest, kLongAgo); }));
  rest.since += absl::Hours(1);
  rest.until += absl::Hours(2);
  rest.failures = 3;
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, rest, kLongAgo); }));
  EXPECT_THAT(
      Read([&](ports::Tx& tx) { return tx.pair_rests().Resting(own, {kSubnetA}, kLongAgo); }),
      IsOkAndHolds(ElementsAre(rest)));
}

TEST_P(StoreContract, PuttingARestForgetsTheAccountsOldOnes) {
  const domain::PairRest old = RestOf(kSubnetA, "old", absl::Minutes(1));
  const domain::PairRest kept = RestOf(kSubnetA, "kept", absl::Minutes(2));
  for (const domain::AccountId& account : {own, foreign}) {
    for (const domain::PairRest& rest : {old, kept}) {
      ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(account, rest, kLongAgo); }));
    }
  }
  const domain::PairRest fresh = RestOf(kSubnetB, "new", absl::Hours(1));
  ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, fresh, kept.until); }));
  const auto known = [&](const domain::AccountId& account, const domain::PairRest& rest) {
    return Write([&](ports::Tx& tx) { return tx.pair_rests().Lock(account, rest.pair); });
  };
  EXPECT_THAT(known(own, old), IsOkAndHolds(Eq(std::nullopt)));
  EXPECT_THAT(known(own, kept), IsOkAndHolds(Optional(kept)));
  EXPECT_THAT(known(own, fresh), IsOkAndHolds(Optional(fresh)));
  EXPECT_THAT(known(foreign, old), IsOkAndHolds(Optional(old)));
}

TEST_P(StoreContract, ALaunchThatWasTakenClearsTheRestsThatBeganBeforeIt) {
  const domain::PairRest pair = RestOf(kSubnetA, "N3.1A");
  const domain::PairRest whole = RestOf(kSubnetA, domain::kAnyType);
  const domain::PairRest type = RestOf(kSubnetA, "N3.2B");
  const domain::PairRest subnet = RestOf(kSubnetB, "N3.1A");
  for (const domain::PairRest& rest : {pair, whole, type, subnet}) {
    ASSERT_OK(Write([&](ports::Tx& tx) { return tx.pair_rests().Put(own, rest, kLongAgo); }));
  }
  const auto clear = [&](absl::Time sent_at) {
    return Write([&](ports::Tx& tx) { return tx.pair_rests().Clear(own, pair.pair, sent_at); });
  };
  const auto resting = [&] {
    return Read([&](ports::Tx& tx) {
      return tx.pair_rests().Resting(own, {kSubnetA, kSubnetB}, kLongAgo);
    });
  };
  ASSERT_OK(clear(kLongAgo));  // sent before the cloud refused another one
  EXPECT_THAT(resting(), IsOkAndHolds(ElementsAre(whole, pair, type, subnet)));
  ASSERT_OK(clear(kLongAgo + absl::Microseconds(1)));
  EXPECT_THAT(resting(), IsOkAndHolds(ElementsAre(type, subnet)));
}

}  // namespace accordion::testing
