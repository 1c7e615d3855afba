// The region's elastic IPs. One that is bought outlives the instance that it was bought with: it
// stays allocated, and is paid for, until somebody releases it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/cloudsim/region/id_source.h"

namespace accordion::cloudsim {

// What an address is bought with.
struct AddressTerms {
  int band_width = 0;  // Mbps; 0 with a shared bandwidth
  std::string band_width_share_id;
  std::string line_id;
  std::string charge_type;
  int64_t project_id = 0;
};

// Whom an address is associated with.
struct AddressUser {
  std::string instance_id;
  std::string network_interface_id;
};

struct Address {
  std::string allocation_id;
  std::string account_id;
  std::string public_ip;
  AddressTerms terms;
  absl::Time created_at;
  std::optional<AddressUser> user;
};

// Not thread-safe. Pointers stay valid until the address is released.
class AddressBook {
 public:
  const Address& Buy(IdSource& ids, absl::string_view account_id, AddressTerms terms,
                     absl::Time now);
  // 404 AddressNotFound when it is unknown or another account's, here and below.
  absl::StatusOr<const Address*> Find(absl::string_view account_id,
                                      absl::string_view allocation_id) const;
  // 409 AddressInUse when it, or `user`, is associated already.
  absl::Status Associate(absl::string_view account_id, absl::string_view allocation_id,
                         AddressUser user);
  // 409 AddressNotAssociated.
  absl::Status Disassociate(absl::string_view account_id, absl::string_view allocation_id);
  // 409 AddressInUse when it is associated.
  absl::Status Release(absl::string_view account_id, absl::string_view allocation_id);
  // Takes what the instance has from it; the addresses stay.
  void InstanceGone(absl::string_view instance_id);

  // Null when the instance has none.
  const Address* OfInstance(absl::string_view instance_id) const;
  // Oldest first, of all accounts.
  std::vector<const Address*> List() const;

 private:
  Address* FindOwn(absl::string_view account_id, absl::string_view allocation_id);

  std::map<uint64_t, Address> by_sequence_;
  uint64_t next_sequence_ = 1;
};

}  // namespace accordion::cloudsim
