// Client tokens of the in-memory store.
#include <string>

#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

absl::StatusOr<std::optional<ports::ClientTokenRecord>> MemoryClientTokens::Find(
    const domain::AccountId& account, absl::string_view token, absl::Time since) {
  using Found = std::optional<ports::ClientTokenRecord>;
  const MemoryClientTokenRow* row = state_.client_tokens.Find({account, std::string(token)});
  return row == nullptr || row->created_at <= since ? Found() : Found(row->record);
}

absl::StatusOr<std::optional<ports::ClientTokenRecord>> MemoryClientTokens::Lock(
    const domain::AccountId& account, absl::string_view token, absl::Time since) {
  return Find(account, token, since);  // transactions run one after the other
}

absl::Status MemoryClientTokens::Put(const ports::ClientTokenRecord& record) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(record.account_id));
  state_.client_tokens.Put({record.account_id, record.token}, {record, state_.now});
  return absl::OkStatus();
}

absl::StatusOr<int> MemoryClientTokens::Prune(absl::Time before, int limit) {
  RETURN_IF_ERROR(state_.RequireWritable());
  int pruned = 0;
  state_.client_tokens.EraseIf([&](const auto&, const MemoryClientTokenRow& row) {
    return row.created_at < before && pruned < limit && ++pruned > 0;
  });
  return pruned;
}

}  // namespace accordion::testing
