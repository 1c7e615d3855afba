// Accounts as a whole, and their orphans, of the in-memory store.
#include <algorithm>
#include <set>
#include <utility>

#include "base/status_macros.h"
#include "tests/support/memory_resources.h"

namespace accordion::testing {

using domain::AccountId;
using domain::InstanceId;
using ports::Orphan;

absl::StatusOr<std::vector<AccountId>> MemorySweeps::Accounts() {
  std::set<AccountId> accounts;
  for (const auto& [id, row] : state_.groups.rows()) accounts.insert(row.group.account_id);
  for (const auto& [id, intent] : state_.intents.rows()) {
    if (intent.sent_at.has_value()) accounts.insert(intent.account_id);
  }
  for (const auto& [key, orphan] : state_.orphans.rows()) {
    if (!orphan.gone_at.has_value()) accounts.insert(orphan.account_id);
  }
  return std::vector<AccountId>(accounts.begin(), accounts.end());
}

absl::StatusOr<std::vector<int64_t>> MemorySweeps::Projects(const AccountId& account) {
  std::set<int64_t> projects;
  for (const auto& [key, member] : state_.members.rows()) {
    if (member.account_id == account && member.life_cycle != domain::LifeCycle::kClosed)
      projects.insert(member.project_id);
  }
  for (const auto& [id, intent] : state_.intents.rows()) {
    if (intent.account_id == account && intent.sent_at.has_value())
      projects.insert(intent.project_id);
  }
  return std::vector<int64_t>(projects.begin(), projects.end());
}

absl::StatusOr<std::vector<InstanceId>> MemorySweeps::EverMembers(
    const AccountId& account, absl::Span<const InstanceId> ids) {
  std::set<InstanceId> found;
  for (const auto& [key, member] : state_.members.rows()) {
    if (member.account_id == account &&
        std::find(ids.begin(), ids.end(), member.instance_id) != ids.end()) {
      found.insert(member.instance_id);
    }
  }
  return std::vector<InstanceId>(found.begin(), found.end());
}

absl::Status MemorySweeps::InsertOrphan(const Orphan& orphan) {
  RETURN_IF_ERROR(state_.RequireWritable());
  RETURN_IF_ERROR(state_.RequireAccount(orphan.account_id));
  const std::pair key(orphan.account_id, orphan.instance_id);
  if (state_.orphans.Find(key) != nullptr) return absl::AlreadyExistsError("orphan");
  state_.orphans.Put(key, orphan);
  return absl::OkStatus();
}

absl::Status MemorySweeps::UpdateOrphan(const Orphan& orphan) {
  RETURN_IF_ERROR(state_.RequireWritable());
  const std::pair key(orphan.account_id, orphan.instance_id);
  if (state_.orphans.Find(key) == nullptr) return absl::NotFoundError("orphan");
  state_.orphans.Put(key, orphan);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Orphan>> MemorySweeps::OpenOrphans(const AccountId& account) {
  std::vector<Orphan> open;
  for (const auto& [key, orphan] : state_.orphans.rows()) {
    if (orphan.account_id == account && !orphan.gone_at.has_value()) open.push_back(orphan);
  }
  std::stable_sort(open.begin(), open.end(),
                   [](const Orphan& a, const Orphan& b) { return a.found_at < b.found_at; });
  return open;
}

absl::StatusOr<int> MemorySweeps::OrphansSince(const AccountId& account, absl::Time time) {
  int count = 0;
  for (const auto& [key, orphan] : state_.orphans.rows()) {
    if (orphan.account_id == account && orphan.found_at > time) ++count;
  }
  return count;
}

}  // namespace accordion::testing
