// The addresses of the region's subnets.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/cloudsim/region/region_spec.h"

namespace accordion::cloudsim {

struct Subnet {
  SubnetSpec spec;
  std::string account_id;
  uint32_t first_address = 0;  // the first one handed out, host order
  int capacity = 0;            // addresses for instances
  std::set<uint32_t> used;
  uint32_t next = 0;  // offset where the search for a free address goes on

  int available() const { return capacity - static_cast<int>(used.size()); }
};

// Hands out each subnet's real CIDR addresses, never the same one twice at a time and, like a
// cloud, not the one just freed as long as there is another. Not thread-safe.
class SubnetPool {
 public:
  // InvalidArgument for a CIDR that isn't IPv4 or leaves no room.
  absl::Status Add(SubnetSpec spec, absl::string_view account_id);

  // Null when unknown or of another account.
  const Subnet* Find(absl::string_view account_id, absl::string_view subnet_id) const;
  // In the order of `Add`.
  std::vector<const Subnet*> List(absl::string_view account_id) const;
  std::vector<const Subnet*> ListAll() const;

  // 409 SubnetAvailableIpNotEnough when none is left. `subnet_id` is known.
  absl::StatusOr<std::string> TakeAddress(absl::string_view subnet_id);
  void ReturnAddress(absl::string_view subnet_id, absl::string_view address);

 private:
  std::vector<std::string> order_;
  std::map<std::string, Subnet> subnets_;
};

}  // namespace accordion::cloudsim
