#include "tests/cloudsim/region/address_book.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/cloudsim/region/cloud_error.h"

namespace accordion::cloudsim {
namespace {

absl::Status InUse(absl::string_view what) {
  return CloudError(409, "AddressInUse", absl::StrCat(what, " is associated already"));
}

// Null when it is unknown or another account's.
template <typename Addresses>
auto FindIn(Addresses& addresses, absl::string_view account_id, absl::string_view allocation_id)
    -> decltype(&addresses.begin()->second) {
  for (auto& [sequence, address] : addresses) {
    if (address.allocation_id == allocation_id && address.account_id == account_id) {
      return &address;
    }
  }
  return nullptr;
}

}  // namespace

const Address& AddressBook::Buy(IdSource& ids, absl::string_view account_id, AddressTerms terms,
                                absl::Time now) {
  const uint64_t sequence = next_sequence_++;
  return by_sequence_
      .emplace(sequence, Address{.allocation_id = ids.NewUuid(),
                                 .account_id = std::string(account_id),
                                 .public_ip = absl::StrFormat("203.0.%d.%d", (sequence >> 8) & 255,
                                                              sequence & 255),
                                 .terms = std::move(terms),
                                 .created_at = now,
                                 .user = {}})
      .first->second;
}

Address* AddressBook::FindOwn(absl::string_view account_id, absl::string_view allocation_id) {
  return FindIn(by_sequence_, account_id, allocation_id);
}

absl::StatusOr<const Address*> AddressBook::Find(absl::string_view account_id,
                                                 absl::string_view allocation_id) const {
  const Address* address = FindIn(by_sequence_, account_id, allocation_id);
  if (address == nullptr) return NotFoundError("Address", allocation_id);
  return address;
}

absl::Status AddressBook::Associate(absl::string_view account_id, absl::string_view allocation_id,
                                    AddressUser user) {
  Address* address = FindOwn(account_id, allocation_id);
  if (address == nullptr) return NotFoundError("Address", allocation_id);
  if (address->user.has_value()) return InUse("the address");
  if (OfInstance(user.instance_id) != nullptr) return InUse("the instance");
  address->user = std::move(user);
  return absl::OkStatus();
}

absl::Status AddressBook::Disassociate(absl::string_view account_id,
                                       absl::string_view allocation_id) {
  Address* address = FindOwn(account_id, allocation_id);
  if (address == nullptr) return NotFoundError("Address", allocation_id);
  if (!address->user.has_value()) {
    return CloudError(409, "AddressNotAssociated", "the address is associated with nothing");
  }
  address->user.reset();
  return absl::OkStatus();
}

absl::Status AddressBook::Release(absl::string_view account_id, absl::string_view allocation_id) {
  Address* address = FindOwn(account_id, allocation_id);
  if (address == nullptr) return NotFoundError("Address", allocation_id);
  if (address->user.has_value()) return InUse("the address");
  std::erase_if(by_sequence_,
                [&](const auto& entry) { return entry.second.allocation_id == allocation_id; });
  return absl::OkStatus();
}

void AddressBook::InstanceGone(absl::string_view instance_id) {
  for (auto& [sequence, address] : by_sequence_) {
    if (address.user.has_value() && address.user->instance_id == instance_id) address.user.reset();
  }
}

const Address* AddressBook::OfInstance(absl::string_view instance_id) const {
  for (const auto& [sequence, address] : by_sequence_) {
    if (address.user.has_value() && address.user->instance_id == instance_id) return &address;
  }
  return nullptr;
}

std::vector<const Address*> AddressBook::List() const {
  std::vector<const Address*> list;
  for (const auto& [sequence, address] : by_sequence_) list.push_back(&address);
  return list;
}

}  // namespace accordion::cloudsim
