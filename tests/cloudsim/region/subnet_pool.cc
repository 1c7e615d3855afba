#include "tests/cloudsim/region/subnet_pool.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region/limits.h"

namespace accordion::cloudsim {
namespace {

constexpr int kMinPrefix = 16;
constexpr int kMaxPrefix = 29;

std::optional<uint32_t> ParseAddress(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '.');
  if (parts.size() != 4) return std::nullopt;
  uint32_t address = 0;
  for (const absl::string_view part : parts) {
    uint32_t byte = 0;
    if (!absl::SimpleAtoi(part, &byte) || byte > 255) return std::nullopt;
    address = (address << 8) | byte;
  }
  return address;
}

std::string FormatAddress(uint32_t address) {
  return absl::StrFormat("%d.%d.%d.%d", address >> 24, (address >> 16) & 255, (address >> 8) & 255,
                         address & 255);
}

}  // namespace

absl::Status SubnetPool::Add(SubnetSpec spec, absl::string_view account_id) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(spec.cidr, '/');
  const std::optional<uint32_t> base = ParseAddress(parts.first);
  int prefix = 0;
  if (!base || !absl::SimpleAtoi(parts.second, &prefix) || prefix < kMinPrefix ||
      prefix > kMaxPrefix) {
    return absl::InvalidArgumentError(
        absl::StrCat("subnet ", spec.id, ": '", spec.cidr, "' is no IPv4 CIDR of /16../29"));
  }
  const uint32_t size = 1u << (32 - prefix);
  Subnet subnet;
  subnet.account_id = std::string(account_id);
  // All reserved ones but the broadcast address stand at the front.
  subnet.first_address = (*base & ~(size - 1)) + kReservedAddressesPerSubnet - 1;
  subnet.capacity = static_cast<int>(size) - kReservedAddressesPerSubnet;
  subnet.spec = std::move(spec);
  const std::string id = subnet.spec.id;
  if (!subnets_.emplace(id, std::move(subnet)).second) {
    return absl::InvalidArgumentError(absl::StrCat("two subnets have the id ", id));
  }
  order_.push_back(id);
  return absl::OkStatus();
}

const Subnet* SubnetPool::Find(absl::string_view account_id, absl::string_view subnet_id) const {
  const auto it = subnets_.find(std::string(subnet_id));
  if (it == subnets_.end() || it->second.account_id != account_id) return nullptr;
  return &it->second;
}

std::vector<const Subnet*> SubnetPool::List(absl::string_view account_id) const {
  std::vector<const Subnet*> list;
  for (const Subnet* subnet : ListAll()) {
    if (subnet->account_id == account_id) list.push_back(subnet);
  }
  return list;
}

std::vector<const Subnet*> SubnetPool::ListAll() const {
  std::vector<const Subnet*> list;
  for (const std::string& id : order_) list.push_back(&subnets_.at(id));
  return list;
}

absl::StatusOr<std::string> SubnetPool::TakeAddress(absl::string_view subnet_id) {
  Subnet& subnet = subnets_.at(std::string(subnet_id));
  if (subnet.available() <= 0) {
    return CloudError(
        409, "SubnetAvailableIpNotEnough",
        absl::StrCat("The subnet '", subnet_id, "' has no available ip address left"));
  }
  const uint32_t capacity = static_cast<uint32_t>(subnet.capacity);
  while (subnet.used.count(subnet.next) != 0) subnet.next = (subnet.next + 1) % capacity;
  const uint32_t offset = subnet.next;
  subnet.used.insert(offset);
  subnet.next = (offset + 1) % capacity;
  return FormatAddress(subnet.first_address + offset);
}

void SubnetPool::ReturnAddress(absl::string_view subnet_id, absl::string_view address) {
  Subnet& subnet = subnets_.at(std::string(subnet_id));
  if (const std::optional<uint32_t> parsed = ParseAddress(address)) {
    subnet.used.erase(*parsed - subnet.first_address);
  }
}

}  // namespace accordion::cloudsim
