// ports::LoadBalancerCloud with lists of a listener gathered: while one is under way, those who ask
// for the same listener share the next.
#pragma once

#include <utility>
#include <vector>

#include "engine/cloud/manners/account_seats.h"
#include "engine/cloud/manners/read_rounds.h"
#include "engine/ports/load_balancer_cloud.h"

namespace accordion::cloud {

// Thread-safe. `inner` and `seats` outlive it.
class GatheredLoadBalancer final : public ports::LoadBalancerCloud {
 public:
  GatheredLoadBalancer(ports::LoadBalancerCloud& inner, AccountSeats& seats)
      : inner_(inner), seats_(seats) {}

  absl::StatusOr<std::string> Register(const domain::AccountId& account,
                                       const activity::Register& call) override;
  // kThrottled where too many of the account's threads wait already.
  absl::StatusOr<std::vector<ports::RealServer>> List(const domain::AccountId& account,
                                                      const domain::ListenerId& listener) override;
  absl::Status Deregister(const domain::AccountId& account, absl::string_view register_id) override;

 private:
  struct Nothing {};  // the key says it all

  ports::LoadBalancerCloud& inner_;
  AccountSeats& seats_;
  ReadRounds<std::pair<domain::AccountId, domain::ListenerId>, Nothing,
             std::vector<ports::RealServer>>
      rounds_;
};

}  // namespace accordion::cloud
