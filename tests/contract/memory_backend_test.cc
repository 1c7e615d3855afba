#include "tests/contract/notification_contract.h"
#include "tests/contract/task_contract.h"
#include "tests/support/fake_clock.h"
#include "tests/support/memory_store.h"

namespace accordion::testing {

namespace {

class MemoryBackend final : public StoreBackend {
 public:
  ports::Store& store() override { return store_; }
  ports::LeaseStore& leases() override { return store_; }
  void Expire(int64_t session) override { store_.Expire(session); }
  void Subscribe(const ports::GroupKey& group, const std::vector<int>& types) override {
    store_.Subscribe(group, types);
  }

 private:
  FakeClock clock_;
  MemoryStore store_{clock_};
};

std::unique_ptr<StoreBackend> MakeMemory() { return std::make_unique<MemoryBackend>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         ::testing::Values(BackendKind{"memory", &MakeMemory}),
                         [](const auto&) { return "Store"; });
INSTANTIATE_TEST_SUITE_P(Memory, NotificationContract,
                         ::testing::Values(BackendKind{"memory", &MakeMemory}),
                         [](const auto&) { return "Store"; });
INSTANTIATE_TEST_SUITE_P(Memory, TaskContract,
                         ::testing::Values(BackendKind{"memory", &MakeMemory}),
                         [](const auto&) { return "Store"; });

}  // namespace accordion::testing
