#include "engine/control/replacement_hold.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "engine/activity/outcome.h"
#include "engine/control/outbox_event.h"

namespace accordion::control {
namespace {

activity::Activity HoldRecord(const domain::GroupFacts& facts,
                              const domain::HealthSituation& health, activity::Language language,
                              int64_t id) {
  activity::Activity record;
  record.id = domain::ActivityId(id);
  record.group_id = facts.group.id;
  record.account_id = facts.group.account_id;
  record.type = domain::ActivityType::kReplace;
  record.status = domain::ActivityStatus::kFailed;
  record.cause = {.kind = domain::TriggerKind::kHealth,
                  .text = activity::ReplacementHeldCause(language, health)};
  record.description = absl::StrCat(facts.group.configuration_id.value());
  record.start_time = facts.now;
  record.end_time = facts.now;
  record.deadline = facts.now;
  record.error_code = activity::kReplacementHeldCode;
  return record;
}

}  // namespace

absl::StatusOr<bool> RecordReplacementHold(ports::Tx& tx, domain::GroupFacts& facts,
                                           activity::Language language, base::Rng& rng) {
  const domain::HealthSituation health = domain::JudgeGroupHealth(facts.members);
  const bool was_held = facts.group.replacement_held_since.has_value();
  if (health.replacement_held == was_held) return false;
  if (was_held) {
    facts.group.replacement_held_since.reset();
    RETURN_IF_ERROR(tx.groups().Update(facts.group));
    return false;
  }
  // Nobody would be replaced in a group that rests.
  if (facts.group.status == domain::GroupStatus::kUnActive) return false;
  facts.group.replacement_held_since = facts.now;
  RETURN_IF_ERROR(tx.groups().Update(facts.group));
  ASSIGN_OR_RETURN(const int64_t id, tx.NewId());
  const activity::Activity record = HoldRecord(facts, health, language, id);
  RETURN_IF_ERROR(tx.activities().Open(record, {}, {}));
  RETURN_IF_ERROR(tx.activities().Finish(record));
  RETURN_IF_ERROR(AddOutboxEvent(tx, record, rng));
  return true;
}

}  // namespace accordion::control
