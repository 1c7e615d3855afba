#include "engine/domain/placement.h"

#include <utility>

namespace accordion::domain {
namespace {

// A subnet that could take an instance, as it fills up.
struct OpenSubnet {
  PlacementPair pair;  // with the first type that isn't resting; that doesn't change while placing
  int members = 0;
  std::optional<int> free_addresses;

  bool HasRoom() const { return !free_addresses.has_value() || *free_addresses > 0; }
};

std::vector<OpenSubnet> OpenSubnets(const PlacementRequest& request) {
  std::vector<OpenSubnet> open;
  for (const SubnetFacts& subnet : request.subnets) {
    if (request.resting.contains({subnet.subnet_id, kAnyType})) continue;
    for (const std::string& type : request.instance_types) {
      PlacementPair pair{subnet.subnet_id, type};
      if (request.resting.contains(pair)) continue;
      open.push_back({std::move(pair), subnet.members, subnet.free_addresses});
      break;
    }
  }
  return open;
}

OpenSubnet* Choose(std::vector<OpenSubnet>& subnets, SubnetStrategy strategy) {
  OpenSubnet* chosen = nullptr;
  for (OpenSubnet& subnet : subnets) {
    if (!subnet.HasRoom()) continue;
    if (strategy == SubnetStrategy::kChoiceFirst) return &subnet;
    if (chosen == nullptr || subnet.members < chosen->members) chosen = &subnet;
  }
  return chosen;
}

}  // namespace

Placement Place(const PlacementRequest& request) {
  std::vector<OpenSubnet> subnets = OpenSubnets(request);
  Placement result;
  for (int i = 0; i < request.count; ++i) {
    OpenSubnet* subnet = Choose(subnets, request.strategy);
    if (subnet == nullptr) {
      result.shortfall = request.count - i;
      break;
    }
    ++subnet->members;
    if (subnet->free_addresses.has_value()) --*subnet->free_addresses;
    result.placed.push_back(subnet->pair);
  }
  return result;
}

}  // namespace accordion::domain
