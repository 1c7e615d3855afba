// The cloud's elastic IPs, as the engine needs them: those that were bought with launches are given
// back with their instances. Blocking; see compute_cloud.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/activity/event.h"
#include "engine/domain/types.h"

namespace accordion::ports {

class AddressCloud {
 public:
  virtual ~AddressCloud() = default;

  // Every address of the project that the instance has: all pages. An error infers nothing.
  virtual absl::StatusOr<std::vector<activity::ObservedAddress>> AddressesOf(
      const domain::AccountId& account, const activity::ListAddresses& look) = 0;
  // nullopt if this read does not have it.
  virtual absl::StatusOr<std::optional<activity::ObservedAddress>> ReadAddress(
      const domain::AccountId& account, const activity::ReadAddress& read) = 0;
  // OK if the cloud did it or does not have the address. Only one that is associated with nothing
  // can be released.
  virtual absl::Status ReleaseAddress(const domain::AccountId& account,
                                      absl::string_view allocation_id) = 0;
};

}  // namespace accordion::ports
