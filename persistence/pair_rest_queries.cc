#include "persistence/pair_rest_queries.h"

#include <pqxx/pqxx>

#include "persistence/row_reader.h"

namespace accordion::persistence {

namespace {

constexpr SqlText kSelect(
    "SELECT subnet_id, instance_type, since, rest_until, failures FROM pair_rest ");
constexpr Statement kResting(
    "pair_rest_resting",
    kSelect + SqlText("WHERE account_id = $1 AND subnet_id = ANY ($2::text[]) AND rest_until > $3 "
                      "ORDER BY subnet_id, instance_type"));
constexpr Statement kLock(
    "pair_rest_lock",
    kSelect +
        SqlText("WHERE account_id = $1 AND subnet_id = $2 AND instance_type = $3 FOR UPDATE"));
constexpr Statement kPut(
    "pair_rest_put",
    "INSERT INTO pair_rest (account_id, subnet_id, instance_type, since, rest_until, failures) "
    "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, subnet_id, instance_type) "
    "DO UPDATE SET since = $4, rest_until = $5, failures = $6");
// Skips what others hold, so that two of them never wait for each other.
constexpr Statement kForget(
    "pair_rest_forget",
    "DELETE FROM pair_rest WHERE (account_id, subnet_id, instance_type) IN (SELECT account_id, "
    "subnet_id, instance_type FROM pair_rest WHERE account_id = $1 AND rest_until < $2 "
    "FOR UPDATE SKIP LOCKED)");
constexpr Statement kClear(
    "pair_rest_clear",
    "DELETE FROM pair_rest WHERE (account_id, subnet_id, instance_type) IN (SELECT account_id, "
    "subnet_id, instance_type FROM pair_rest WHERE account_id = $1 AND subnet_id = $2 "
    "AND instance_type IN ($3, '') AND since < $4 ORDER BY instance_type FOR UPDATE)");

domain::PairRest FromRow(RowReader& row) {
  domain::PairRest rest;
  row.Read(rest.pair.subnet_id, rest.pair.instance_type, rest.since, rest.until, rest.failures);
  return rest;
}

}  // namespace

absl::StatusOr<std::vector<domain::PairRest>> PairRestQueries::Resting(
    const domain::AccountId& account, absl::Span<const domain::SubnetId> subnets, absl::Time now) {
  return sql_.Guard([&]() -> absl::StatusOr<std::vector<domain::PairRest>> {
    return ReadAll(sql_.Run(kResting, Params(account, subnets, now)), FromRow);
  });
}

absl::StatusOr<std::optional<domain::PairRest>> PairRestQueries::Lock(
    const domain::AccountId& account, const domain::PlacementPair& pair) {
  using Found = std::optional<domain::PairRest>;
  return sql_.Guard([&]() -> absl::StatusOr<Found> {
    const pqxx::result result =
        sql_.Run(kLock, Params(account, pair.subnet_id, pair.instance_type));
    if (result.empty()) return Found();
    return Found(std::move(ReadAll(result, FromRow).front()));
  });
}

absl::Status PairRestQueries::Put(const domain::AccountId& account, const domain::PairRest& rest,
                                  absl::Time forget_before) {
  return sql_.Guard([&]() -> absl::Status {
    sql_.Run(kPut, Params(account, rest.pair.subnet_id, rest.pair.instance_type, rest.since,
                          rest.until, rest.failures));
    sql_.Run(kForget, Params(account, forget_before));
    return absl::OkStatus();
  });
}

absl::Status PairRestQueries::Clear(const domain::AccountId& account,
                                    const domain::PlacementPair& pair, absl::Time sent_at) {
  return sql_.Guard([&]() -> absl::Status {
    sql_.Run(kClear, Params(account, pair.subnet_id, pair.instance_type, sent_at));
    return absl::OkStatus();
  });
}

}  // namespace accordion::persistence
