#include "engine/domain/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/engine/domain/facts.h"

namespace accordion::domain {
namespace {

PlacementPair Pair(const std::string& subnet, const std::string& type) {
  return {SubnetId(subnet), type};
}

PlacementRequest Request(int count, std::vector<SubnetFacts> subnets,
                         SubnetStrategy strategy = SubnetStrategy::kBalancedDistribution) {
  return {.count = count,
          .strategy = strategy,
          .subnets = std::move(subnets),
          .instance_types = {"S1", "S2"}};
}

std::string SubnetsOf(const Placement& placement) {
  std::string subnets;
  for (const PlacementPair& pair : placement.placed) subnets += pair.subnet_id.value();
  return subnets;
}

TEST(Placement, BalancedGoesToTheFewestMembersTiesByListOrder) {
  const Placement placement =
      Place(Request(5, {{SubnetId("b"), 2}, {SubnetId("a"), 0}, {SubnetId("c"), 1}}));
  EXPECT_EQ(SubnetsOf(placement), "aacba");
  EXPECT_EQ(placement.shortfall, 0);
}

TEST(Placement, ChoiceFirstFillsTheFirstSubnetThatHasRoom) {
  const Placement placement =
      Place(Request(4, {{SubnetId("b"), 9, 2}, {SubnetId("a"), 0, 1}, {SubnetId("c"), 0}},
                    SubnetStrategy::kChoiceFirst));
  EXPECT_EQ(SubnetsOf(placement), "bbac");
}

TEST(Placement, ASubnetWithoutAddressesIsPassedOverAndShortfallIsSaid) {
  const Placement placement =
      Place(Request(5, {{SubnetId("a"), 0, 1}, {SubnetId("b"), 5, 2}, {SubnetId("c"), 0, 0}}));
  EXPECT_EQ(SubnetsOf(placement), "abb");
  EXPECT_EQ(placement.shortfall, 2);
}

TEST(Placement, TypesAreTriedInOrderPerSubnet) {
  PlacementRequest request = Request(4, {{SubnetId("a"), 0}, {SubnetId("b"), 0}});
  request.resting = {Pair("a", "S1")};
  EXPECT_EQ(Place(request).placed, (std::vector<PlacementPair>{Pair("a", "S2"), Pair("b", "S1"),
                                                               Pair("a", "S2"), Pair("b", "S1")}));
}

TEST(Placement, ASubnetWithAllPairsRestingIsClosed) {
  PlacementRequest request = Request(2, {{SubnetId("a"), 0}, {SubnetId("b"), 9}});
  request.resting = {Pair("a", "S1"), Pair("a", "S2")};
  EXPECT_EQ(Place(request).placed, (std::vector<PlacementPair>{Pair("b", "S1"), Pair("b", "S1")}));
}

TEST(Placement, ASubnetThatRestsWholeIsClosedForEveryType) {
  PlacementRequest request = Request(2, {{SubnetId("a"), 0}, {SubnetId("b"), 9}});
  request.resting = {Pair("a", kAnyType)};
  EXPECT_EQ(Place(request).placed, (std::vector<PlacementPair>{Pair("b", "S1"), Pair("b", "S1")}));
}

TEST(Placement, NothingOpenPlacesNothing) {
  EXPECT_EQ(Place(Request(3, {})).shortfall, 3);
  PlacementRequest no_types = Request(2, {{SubnetId("a"), 0}});
  no_types.instance_types.clear();
  EXPECT_EQ(Place(no_types).shortfall, 2);
  EXPECT_EQ(Place(Request(0, {{SubnetId("a"), 0}})).placed.size(), 0u);
  EXPECT_EQ(Place(Request(0, {})).shortfall, 0);
}

PlacementRequest RandomRequest(Random& random) {
  PlacementRequest request = Request(random.Int(0, 20), {});
  for (const char* subnet : {"a", "b", "c", "d"}) {
    if (random.Chance(20)) continue;
    SubnetFacts facts{.subnet_id = SubnetId(subnet), .members = random.Int(0, 5)};
    if (random.Chance(40)) facts.free_addresses = random.Int(0, 6);
    if (random.Chance(10)) request.resting.insert(Pair(subnet, kAnyType));
    for (const std::string& type : request.instance_types) {
      if (random.Chance(25)) request.resting.insert(Pair(subnet, type));
    }
    request.subnets.push_back(facts);
  }
  return request;
}

bool HasPair(const PlacementRequest& request, const std::string& subnet) {
  return !request.resting.contains(Pair(subnet, kAnyType)) &&
         (!request.resting.contains(Pair(subnet, "S1")) ||
          !request.resting.contains(Pair(subnet, "S2")));
}

TEST(Placement, EveryInstanceGetsAnOpenPairAndNoOpenPairIsLeftBehind) {
  ForAll([](Random& random) {
    PlacementRequest request = RandomRequest(random);
    request.strategy =
        random.OneOf({SubnetStrategy::kBalancedDistribution, SubnetStrategy::kChoiceFirst});
    const Placement placement = Place(request);
    EXPECT_EQ(static_cast<int>(placement.placed.size()) + placement.shortfall, request.count);
    std::map<std::string, int> placed;
    for (const PlacementPair& pair : placement.placed) {
      EXPECT_FALSE(request.resting.contains(pair));
      EXPECT_TRUE(HasPair(request, pair.subnet_id.value()));
      EXPECT_TRUE(pair.instance_type == "S1" || request.resting.contains({pair.subnet_id, "S1"}));
      ++placed[pair.subnet_id.value()];
    }
    for (const SubnetFacts& subnet : request.subnets) {
      const std::string& id = subnet.subnet_id.value();
      if (subnet.free_addresses.has_value()) {
        EXPECT_LE(placed[id], *subnet.free_addresses);
      }
      const bool has_pair = HasPair(request, id);
      const bool has_room =
          !subnet.free_addresses.has_value() || placed[id] < *subnet.free_addresses;
      if (placement.shortfall > 0) {
        EXPECT_FALSE(has_pair && has_room) << id;
      }
    }
  });
}

TEST(Placement, BalancedKeepsOpenSubnetsWithinOneOfEachOther) {
  ForAll([](Random& random) {
    PlacementRequest request = RandomRequest(random);
    for (SubnetFacts& subnet : request.subnets) subnet.members = random.Int(2, 3);
    const Placement placement = Place(request);
    std::map<std::string, int> members;
    for (const SubnetFacts& subnet : request.subnets) {
      members[subnet.subnet_id.value()] = subnet.members;
    }
    const std::map<std::string, int> before = members;
    for (const PlacementPair& pair : placement.placed) ++members[pair.subnet_id.value()];
    // Open to the end: with a pair, and addresses left.
    int smallest = 1000;
    int largest_grown = 0;
    for (const SubnetFacts& subnet : request.subnets) {
      const std::string& id = subnet.subnet_id.value();
      const int grown = members[id] - before.at(id);
      if (grown > 0) largest_grown = std::max(largest_grown, members[id]);
      if (HasPair(request, id) &&
          (!subnet.free_addresses.has_value() || grown < *subnet.free_addresses)) {
        smallest = std::min(smallest, members[id]);
      }
    }
    EXPECT_LE(largest_grown, smallest + 1);
  });
}

TEST(Placement, ChoiceFirstLeavesNoRoomBeforeTheSubnetThatItTakes) {
  ForAll([](Random& random) {
    PlacementRequest request = RandomRequest(random);
    request.strategy = SubnetStrategy::kChoiceFirst;
    const Placement placement = Place(request);
    std::map<std::string, int> placed;
    for (const PlacementPair& pair : placement.placed) {
      for (const SubnetFacts& before : request.subnets) {
        const std::string& id = before.subnet_id.value();
        if (id == pair.subnet_id.value()) break;
        const bool full = before.free_addresses.has_value() && placed[id] >= *before.free_addresses;
        EXPECT_TRUE(full || !HasPair(request, id)) << id << " before " << pair.subnet_id.value();
      }
      ++placed[pair.subnet_id.value()];
    }
  });
}

}  // namespace
}  // namespace accordion::domain
