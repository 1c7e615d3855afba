#include "persistence/contact_queries.h"

#include <optional>
#include <pqxx/pqxx>
#include <utility>

#include "absl/status/status.h"
#include "base/status_macros.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr Statement kPut(
    "contact_put",
    "INSERT INTO contact (account_id, id, kind, address, endpoint, sealed_secret, enabled) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (account_id, id) DO UPDATE "
    "SET kind = $3, address = $4, endpoint = $5, sealed_secret = $6, enabled = $7");
constexpr Statement kGet("contact_get",
                         SqlText("SELECT ") + kContactColumns +
                             SqlText(" FROM contact WHERE account_id = $1 AND id = $2"));
constexpr Statement kList("contact_list",
                          SqlText("SELECT ") + kContactColumns +
                              SqlText(" FROM contact WHERE account_id = $1 ORDER BY id"));
constexpr Statement kDelete("contact_delete",
                            "DELETE FROM contact WHERE account_id = $1 AND id = $2");
// Fan-out holds the contact's row FOR SHARE: all that it made is seen here, and none comes after.
constexpr Statement kDropDeliveries(
    "contact_drop_deliveries",
    "WITH dropped AS (UPDATE outbox_delivery SET state = 'Dropped', ended_at = now() "
    "WHERE account_id = $1 AND contact_id = $2 AND state = 'Open' RETURNING event_id) "
    "UPDATE outbox SET done_at = now() FROM dropped WHERE outbox.event_id = dropped.event_id "
    "AND NOT EXISTS (SELECT 1 FROM outbox_delivery AS other "
    "WHERE other.event_id = dropped.event_id AND other.contact_id <> $2 AND other.state = 'Open')");

SealedPlace SecretPlace(const ports::Contact& contact) {
  return {.account_id = contact.account_id,
          .table = "contact",
          .column = "sealed_secret",
          .row_id = contact.id};
}

}  // namespace

absl::StatusOr<ports::Contact> ReadContact(RowReader& row, SealedColumns& sealed) {
  ports::Contact contact;
  std::optional<Bytes> secret;
  row.Read(contact.id, contact.account_id, contact.kind, contact.address, secret, contact.enabled);
  ASSIGN_OR_RETURN(contact.secret, sealed.Open(SecretPlace(contact), secret));
  return contact;
}

absl::Status ContactQueries::Put(const ports::Contact& contact) {
  return sql_.Guard([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<Bytes> secret,
                     sealed_.Seal(SecretPlace(contact), contact.secret));
    sql_.Run(kPut, Params(contact.account_id, contact.id, contact.kind, contact.address,
                          ports::EndpointOf(contact), secret, contact.enabled));
    if (!contact.enabled) DropDeliveries(contact.account_id, contact.id);
    return absl::OkStatus();
  });
}

absl::StatusOr<ports::Contact> ContactQueries::Get(const domain::AccountId& account,
                                                   absl::string_view id) {
  return sql_.Guard([&]() -> absl::StatusOr<ports::Contact> {
    const pqxx::result result = sql_.Run(kGet, Params(account, id));
    if (result.empty()) return absl::NotFoundError("contact");
    const pqxx::row row = result[0];
    RowReader reader(row);
    return ReadContact(reader, sealed_);
  });
}

absl::StatusOr<std::vector<ports::Contact>> ContactQueries::List(const domain::AccountId& account) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<ports::Contact>> {
    std::vector<ports::Contact> contacts;
    const pqxx::result result = sql_.Run(kList, Params(account));
    for (const auto& row : result) {
      RowReader reader(row);
      ASSIGN_OR_RETURN(contacts.emplace_back(), ReadContact(reader, sealed_));
    }
    return contacts;
  });
}

absl::Status ContactQueries::Delete(const domain::AccountId& account, absl::string_view id) {
  return sql_.Guard([&]() -> absl::Status {
    if (sql_.Run(kDelete, Params(account, id)).affected_rows() == 0) {
      return absl::NotFoundError("contact");
    }
    DropDeliveries(account, id);
    return absl::OkStatus();
  });
}

void ContactQueries::DropDeliveries(const domain::AccountId& account, absl::string_view id) {
  sql_.Run(kDropDeliveries, Params(account, id));
}

}  // namespace accordion::persistence
