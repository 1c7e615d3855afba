// The fixture of the store's contract suite: two accounts, rows with every field set, and short
// ways into transactions.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/contract/store_backend.h"
#include "tests/support/status_matchers.h"

namespace accordion::testing {

// Times with microseconds, which must survive.
inline const absl::Time kLongAgo = absl::FromUnixMicros(1'700'000'000'123'456);

class StoreContract : public ::testing::TestWithParam<BackendKind> {
 protected:
  StoreContract();

  ports::Store& store() { return backend_->store(); }
  ports::LeaseStore& leases() { return backend_->leases(); }
  StoreBackend& backend() { return *backend_; }

  // Runs `body(tx)`, which returns absl::Status or absl::StatusOr, in a transaction and gives its
  // result; of the store's failure if that fails.
  template <typename Body>
  auto Write(Body body) {
    return Run(body, [this](ports::Store::Work work) { return store().Transact(work); });
  }
  template <typename Body>
  auto Read(Body body) {
    return Run(body, [this](ports::Store::Work work) { return store().Read(work); });
  }

  int64_t NewId();
  // Rows of `own` unless said otherwise, with a fresh id, not written yet.
  domain::ScalingConfiguration MakeConfiguration();
  domain::ScalingGroup MakeGroup();
  domain::ScalingPolicy MakePolicy(const domain::ScalingGroup& group);
  domain::Member MakeMember(const domain::ScalingGroup& group, const std::string& instance_id);
  activity::Activity MakeActivity(const domain::ScalingGroup& group);
  // Written.
  domain::ScalingGroup AddGroup();
  domain::Member AddMember(const domain::ScalingGroup& group, const std::string& instance_id);
  activity::Activity AddActivity(const domain::ScalingGroup& group);

  static ports::GroupKey KeyOf(const domain::ScalingGroup& group) {
    return {group.account_id, group.id};
  }
  // The same group as another account would ask for it.
  ports::GroupKey ForeignKeyOf(const domain::ScalingGroup& group) const {
    return {foreign, group.id};
  }
  static std::vector<int> AllShards();

  const domain::AccountId own{"2000012345"};
  const domain::AccountId foreign{"2000099999"};
  domain::ConfigurationId configuration_id;  // of `own`

 private:
  template <typename Body, typename Transaction>
  auto Run(Body body, Transaction transaction) {
    using Result = decltype(body(std::declval<ports::Tx&>()));
    Result result = absl::UnknownError("the transaction did not run");
    const absl::Status status = transaction([&](ports::Tx& tx) {
      result = body(tx);
      return StatusOf(result);
    });
    if (!status.ok()) result = status;
    return result;
  }

  std::unique_ptr<StoreBackend> backend_;
};

}  // namespace accordion::testing
