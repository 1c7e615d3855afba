#include "persistence/client_token_queries.h"

#include <pqxx/pqxx>

#include "base/status_macros.h"
#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

// A token that nobody has used yet has no row to lock. Two tokens of one hash wait for each other
// now and then, which harms nobody: a transaction holds one token, and takes it before any row.
constexpr Statement kLock(
    "client_token_lock",
    "SELECT pg_advisory_xact_lock(hashtextextended($1::text || '/' || $2::text, 0))");
constexpr Statement kFind("client_token_find",
                          "SELECT account_id, token, action, sealed_request, answer "
                          "FROM client_token "
                          "WHERE account_id = $1 AND token = $2 AND created_at > $3");
constexpr Statement kPut(
    "client_token_put",
    "INSERT INTO client_token (account_id, token, action, sealed_request, answer, created_at) "
    "VALUES ($1, $2, $3, $4, $5, now()) ON CONFLICT (account_id, token) DO UPDATE "
    "SET action = $3, sealed_request = $4, answer = $5, created_at = now()");
// tidy:allow(account) by age
constexpr Statement kPrune(
    "client_token_prune",
    "DELETE FROM client_token WHERE (account_id, token) IN (SELECT account_id, token "
    "FROM client_token WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)");

SealedPlace RequestPlace(const ports::ClientTokenRecord& record) {
  return {.account_id = record.account_id,
          .table = "client_token",
          .column = "sealed_request",
          .row_id = record.token};
}

}  // namespace

absl::StatusOr<std::optional<ports::ClientTokenRecord>> ClientTokenQueries::Find(
    const domain::AccountId& account, absl::string_view token, absl::Time since) {
  using Found = std::optional<ports::ClientTokenRecord>;
  return sql_.Guard([&]() -> absl::StatusOr<Found> {
    const pqxx::result result = sql_.Run(kFind, Params(account, token, since));
    if (result.empty()) return Found();
    ports::ClientTokenRecord record;
    std::optional<Bytes> sealed;
    Bytes answer;
    ReadFirst(result, record.account_id, record.token, record.action, sealed, answer);
    ASSIGN_OR_RETURN(const base::SecretString request, sealed_.Open(RequestPlace(record), sealed));
    record.request_sha256 = std::string(request.Reveal());
    record.answer = std::move(answer.value);
    return Found(std::move(record));
  });
}

absl::StatusOr<std::optional<ports::ClientTokenRecord>> ClientTokenQueries::Lock(
    const domain::AccountId& account, absl::string_view token, absl::Time since) {
  // A statement of its own: the next one must see what the token's last holder committed.
  const absl::Status held = sql_.Guard([&]() -> absl::Status {
    sql_.Run(kLock, Params(account, token));
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(held);
  return Find(account, token, since);
}

absl::Status ClientTokenQueries::Put(const ports::ClientTokenRecord& record) {
  return sql_.Guard([&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<Bytes> sealed,
                     sealed_.Seal(RequestPlace(record), base::SecretString(record.request_sha256)));
    sql_.Run(kPut,
             Params(record.account_id, record.token, record.action, sealed, Bytes{record.answer}));
    return absl::OkStatus();
  });
}

absl::StatusOr<int> ClientTokenQueries::Prune(absl::Time before, int limit) {
  return sql_.Guard([&]() -> absl::StatusOr<int> {
    return static_cast<int>(sql_.Run(kPrune, Params(before, limit)).affected_rows());
  });
}

}  // namespace accordion::persistence
