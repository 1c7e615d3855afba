// EIP: elastic IPs of accounts.
#include <utility>

#include "base/status_macros.h"
#include "tests/cloudsim/region/cloud_error.h"
#include "tests/cloudsim/region/region.h"

namespace accordion::cloudsim {

absl::Status Region::LogAddress(const Call& call, absl::string_view allocation_id,
                                absl::string_view instance_id, const absl::Status& status,
                                absl::Time now) {
  if (!status.ok()) {
    call_log_.Refuse(call, now, status);
  } else {
    call_log_.Execute(call, now,
                      {{.instance_id = std::string(instance_id),
                        .tags = {},
                        .allocation_id = std::string(allocation_id)}});
  }
  return status;
}

absl::StatusOr<const Address*> Region::AllocateAddress(const Call& call, AddressTerms terms,
                                                       absl::Time now) {
  Advance(now);
  const Address& address = addresses_.Buy(ids_, call.account_id, std::move(terms), now);
  RETURN_IF_ERROR(LogAddress(call, address.allocation_id, "", absl::OkStatus(), now));
  return &address;
}

absl::Status Region::AssociateAddress(const Call& call, absl::string_view allocation_id,
                                      absl::string_view instance_id, absl::Time now) {
  Advance(now);
  const Instance* instance = FindOwn(call.account_id, instance_id);
  if (instance == nullptr) {
    return LogAddress(call, allocation_id, instance_id, NotFoundError("Instance", instance_id),
                      now);
  }
  return LogAddress(call, allocation_id, instance_id,
                    addresses_.Associate(call.account_id, allocation_id,
                                         {instance->id, instance->network_interface_id}),
                    now);
}

absl::Status Region::DisassociateAddress(const Call& call, absl::string_view allocation_id,
                                         absl::Time now) {
  Advance(now);
  return LogAddress(call, allocation_id, "",
                    addresses_.Disassociate(call.account_id, allocation_id), now);
}

absl::Status Region::ReleaseAddress(const Call& call, absl::string_view allocation_id,
                                    absl::Time now) {
  Advance(now);
  return LogAddress(call, allocation_id, "", addresses_.Release(call.account_id, allocation_id),
                    now);
}

}  // namespace accordion::cloudsim
