#include "persistence/postgres_tx.h"

#include <pqxx/pqxx>

#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kNewId("new_id", "SELECT next_id()");

}  // namespace

absl::StatusOr<int64_t> PostgresTx::NewId() {
  return sql_.Guard([&]() -> absl::StatusOr<int64_t> {
    int64_t id = 0;
    ReadFirst(sql_.Run(kNewId), id);
    return id;
  });
}

}  // namespace accordion::persistence
