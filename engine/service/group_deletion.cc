// DeleteScalingGroup: deletes an idle group at once; else refuses, and for a group whose min size
// and desired capacity are 0 records the wish, by which reconcile removes the members also while
// the group is disabled (semantics.md §4).
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "accordion/v1/scaling_group.pb.h"
#include "base/status_macros.h"
#include "engine/domain/errors.h"
#include "engine/domain/limits.h"
#include "engine/service/group_handlers.h"
#include "engine/service/group_key.h"
#include "engine/service/resource_id.h"
#include "engine/service/transaction.h"

namespace accordion::service {
namespace {

// What keeps a group from being deleted.
struct Occupation {
  std::vector<domain::Member> members;
  bool activity_open = false;
  int unresolved_intents = 0;  // launches that may still bring an instance

  bool Idle() const { return members.empty() && !activity_open && unresolved_intents == 0; }
};

absl::StatusOr<Occupation> OccupationOf(ports::Tx& tx, const ports::GroupKey& key) {
  Occupation occupation;
  ASSIGN_OR_RETURN(const auto open, tx.activities().LockOpen(key));
  occupation.activity_open = open.has_value();
  ASSIGN_OR_RETURN(occupation.unresolved_intents, tx.activities().UnresolvedIntents(key));
  ASSIGN_OR_RETURN(occupation.members, tx.members().Unclosed(key));
  return occupation;
}

// Words of the 409. They must not read like "gone" to a client.
std::string WordsOf(const Occupation& occupation) {
  std::vector<std::string> parts;
  if (!occupation.members.empty()) {
    parts.push_back(absl::StrCat("it has ", occupation.members.size(), " instances"));
  }
  if (occupation.activity_open) parts.push_back("an activity is in progress");
  if (occupation.unresolved_intents > 0) {
    parts.push_back(absl::StrCat("the outcome of ", occupation.unresolved_intents,
                                 " launches is being looked up"));
  }
  std::vector<std::string> protected_ids;
  for (const domain::Member& member : occupation.members) {
    if (member.is_protected) protected_ids.push_back(member.instance_id.value());
  }
  if (!protected_ids.empty()) {
    parts.push_back(absl::StrCat("protected instances stay: ", absl::StrJoin(protected_ids, ", ")));
  }
  return absl::StrJoin(parts, "; ");
}

}  // namespace

absl::StatusOr<v1::DeleteScalingGroupResponse> GroupHandlers::Delete(
    const RequestContext& context, const v1::DeleteScalingGroupRequest& request) {
  ASSIGN_OR_RETURN(const ports::GroupKey key, GroupKeyOf(context, request.scaling_group_id()));
  absl::Status refusal;
  const auto remove = [&](ports::Tx& tx) -> absl::StatusOr<v1::DeleteScalingGroupResponse> {
    RETURN_IF_ERROR(DeleteInTx(tx, context, key, refusal));
    v1::DeleteScalingGroupResponse response;
    response.mutable_return_set()->set_scaling_group_id(FormatResourceId(key.group_id.value()));
    return response;
  };
  auto answer = Write(parts_.store, context, remove, &refusal);
  RETURN_IF_ERROR(answer.status());
  TellOfChange(key);
  RETURN_IF_ERROR(refusal);
  return answer;
}

absl::Status GroupHandlers::DeleteInTx(ports::Tx& tx, const RequestContext& context,
                                       const ports::GroupKey& key, absl::Status& refusal) {
  refusal = absl::OkStatus();
  ASSIGN_OR_RETURN(domain::ScalingGroup group, LockGroup(tx, key));
  ASSIGN_OR_RETURN(const Occupation occupation, OccupationOf(tx, key));
  if (occupation.Idle()) return tx.groups().Delete(key);

  refusal = domain::ScalingGroupInUse(FormatResourceId(key.group_id.value()), WordsOf(occupation));
  const bool drained = group.min_size == 0 && group.desired_capacity == 0;
  // A refusal that writes nothing, and that of a dry run, is the transaction's own error.
  if (!drained || context.dry_run) return refusal;
  const bool renewed = group.delete_requested_at.has_value() &&
                       tx.Now() < *group.delete_requested_at + domain::kDeleteIntentLifetime;
  if (!renewed) {
    group.desired_cause = {.kind = domain::TriggerKind::kDelete,
                           .text = activity::GroupDeletedCause(parts_.language, context.actor())};
  }
  group.delete_requested_at = tx.Now();
  return tx.groups().Update(group);
}

}  // namespace accordion::service
