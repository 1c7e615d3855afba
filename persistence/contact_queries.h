// The accounts' contacts in PostgreSQL; secrets are sealed.
#pragma once

#include "engine/ports/contact_store.h"
#include "persistence/sealed_columns.h"
#include "persistence/sql_transaction.h"

namespace accordion::persistence {

class RowReader;

class ContactQueries final : public ports::ContactStore {
 public:
  ContactQueries(SqlTransaction& sql, SealedColumns& sealed) : sql_(sql), sealed_(sealed) {}

  absl::Status Put(const ports::Contact& contact) override;
  absl::StatusOr<ports::Contact> Get(const domain::AccountId& account,
                                     absl::string_view id) override;
  absl::StatusOr<std::vector<ports::Contact>> List(const domain::AccountId& account) override;
  absl::Status Delete(const domain::AccountId& account, absl::string_view id) override;

 private:
  void DropDeliveries(const domain::AccountId& account, absl::string_view id);

  SqlTransaction& sql_;
  SealedColumns& sealed_;
};

// What ReadContact reads, of a table named `contact`.
inline constexpr SqlText kContactColumns(
    "contact.id, contact.account_id, contact.kind, contact.address, contact.sealed_secret, "
    "contact.enabled");
absl::StatusOr<ports::Contact> ReadContact(RowReader& row, SealedColumns& sealed);

}  // namespace accordion::persistence
