#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/contract/notification_contract.h"
#include "tests/contract/task_contract.h"
#include "tests/support/test_database.h"

namespace accordion::testing {

namespace {

class PostgresBackend final : public StoreBackend {
 public:
  PostgresBackend() : database_(*persistence::OpenDatabase(test_database_.options())) {}

  ports::Store& store() override { return database_->store(); }
  ports::LeaseStore& leases() override { return database_->leases(); }
  void Expire(int64_t session) override {
    RunSql(test_database_.dsn(),
           absl::StrCat("UPDATE engine_session SET expires_at = clock_timestamp() WHERE sid = ",
                        session));
  }
  void Subscribe(const ports::GroupKey& group, const std::vector<int>& types) override {
    RunSql(
        test_database_.dsn(),
        absl::StrCat("INSERT INTO scaling_notification (group_id, id, account_id, types) VALUES (",
                     group.group_id.value(), ", next_id(), '", group.account_id.value(), "', '{",
                     absl::StrJoin(types, ","), "}')"));
  }

 private:
  TestDatabase test_database_;
  std::unique_ptr<persistence::Database> database_;
};

std::unique_ptr<StoreBackend> MakePostgres() { return std::make_unique<PostgresBackend>(); }

}  // namespace

INSTANTIATE_TEST_SUITE_P(PostgreSQL, StoreContract,
                         ::testing::Values(BackendKind{"postgresql", &MakePostgres}),
                         [](const auto&) { return "Store"; });
INSTANTIATE_TEST_SUITE_P(PostgreSQL, NotificationContract,
                         ::testing::Values(BackendKind{"postgresql", &MakePostgres}),
                         [](const auto&) { return "Store"; });
INSTANTIATE_TEST_SUITE_P(PostgreSQL, TaskContract,
                         ::testing::Values(BackendKind{"postgresql", &MakePostgres}),
                         [](const auto&) { return "Store"; });

}  // namespace accordion::testing
