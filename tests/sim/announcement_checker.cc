#include "tests/sim/announcement_checker.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace accordion::sim {
namespace {

using domain::ActivityStatus;
using domain::ActivityType;

// The reference's numbers; 0: not announced.
int TypeOf(const activity::Activity& ended) {
  const int failure = ended.status == ActivityStatus::kFailed ? 1 : 0;
  if (ended.status != ActivityStatus::kSucceeded && failure == 0) return 0;
  if (ended.type == ActivityType::kScaleOut) return 1 + failure;
  if (ended.type == ActivityType::kScaleIn) return 3 + failure;
  if (ended.type == ActivityType::kReplace) return 5 + failure;
  return 0;
}

}  // namespace

void AnnouncementChecker::OnCommit(const CommitNotice& notice) {
  notice.state.history.ForEachChange(
      [&](const auto&, const activity::Activity* before, const activity::Activity* after) {
        if (before == nullptr && after != nullptr) Ended(notice, *after);
      });
  notice.state.outbox.ForEachChange([&](const auto&, const testing::MemoryOutboxRow* before,
                                        const testing::MemoryOutboxRow* after) {
    if (after != nullptr) done_[after->event.event_id] = after->done_at.has_value();
    if (after == nullptr && before != nullptr) done_.erase(before->event.event_id);
  });
}

void AnnouncementChecker::Ended(const CommitNotice& notice, const activity::Activity& ended) {
  const int type = TypeOf(ended);
  const domain::ScalingNotification* row = notice.state.notifications.Find(ended.group_id);
  const bool subscribed = type != 0 && row != nullptr &&
                          std::find(row->types.begin(), row->types.end(), type) != row->types.end();
  int events = 0;
  notice.state.outbox.ForEachChange(
      [&](const auto&, const auto* before, const testing::MemoryOutboxRow* after) {
        if (before == nullptr && after != nullptr && after->event.activity_id == ended.id) ++events;
      });
  // Of failures in a row only the first needs to be told.
  bool& failed_before = failed_before_[{ended.group_id.value(), static_cast<int>(ended.type)}];
  const bool failed = ended.status == ActivityStatus::kFailed;
  const bool right =
      subscribed ? events == 1 || (events == 0 && failed && failed_before) : events == 0;
  verdict_.Expect(19, subscribed, right, notice.at, [&] {
    return absl::StrCat("activity ", ended.id.value(), " has ", events, " events, ",
                        subscribed ? "subscribed" : "not subscribed");
  });
  failed_before = failed;
}

void AnnouncementChecker::AtRest(absl::Time now) {
  for (const auto& [event, done] : done_) {
    verdict_.Expect(19, true, done && delivered_.count(event) != 0, now, [&, id = event] {
      return absl::StrCat("event ", id, done ? " is done but reached nobody" : " is not done");
    });
  }
}

}  // namespace accordion::sim
