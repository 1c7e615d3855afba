#include "engine/cloud/manners/gathered_load_balancer.h"

#include <memory>
#include <optional>
#include <string>

#include "engine/ports/compute_cloud.h"

namespace accordion::cloud {

absl::StatusOr<std::string> GatheredLoadBalancer::Register(const domain::AccountId& account,
                                                           const activity::Register& call) {
  return inner_.Register(account, call);
}

absl::StatusOr<std::vector<ports::RealServer>> GatheredLoadBalancer::List(
    const domain::AccountId& account, const domain::ListenerId& listener) {
  const auto result = rounds_.Join(
      {account, listener}, {},
      [&]() -> std::shared_ptr<void> {
        std::optional<AccountSeats::Seat> seat = seats_.Take(account);
        if (!seat.has_value()) return nullptr;
        return std::make_shared<AccountSeats::Seat>(*std::move(seat));
      },
      [&](const std::vector<Nothing>&) { return inner_.List(account, listener); });
  if (result == nullptr) {
    return ports::CloudError(activity::FailureClass::kThrottled,
                             "the account has as many reads waiting as it may");
  }
  return *result;
}

absl::Status GatheredLoadBalancer::Deregister(const domain::AccountId& account,
                                              absl::string_view register_id) {
  return inner_.Deregister(account, register_id);
}

}  // namespace accordion::cloud
