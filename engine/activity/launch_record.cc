#include "engine/activity/launch_record.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "engine/domain/limits.h"

namespace accordion::activity {
namespace {

bool Launches(const Slot& slot) { return !slot.intent_id.value().empty(); }

// Whether the cloud took the slot's last launch.
bool Accepted(const Slot& slot) { return Launches(slot) && !slot.instance_id.value().empty(); }

// What became of the launches at one pair; kNone: the cloud took them.
void AddAttempt(std::vector<Refusal>& attempts, const Refusal& attempt) {
  const auto same = std::find_if(attempts.begin(), attempts.end(), [&](const Refusal& one) {
    return one.pair == attempt.pair && one.failure == attempt.failure;
  });
  if (same != attempts.end()) {
    same->count += attempt.count;
  } else {
    attempts.push_back(attempt);
  }
}

std::string AttemptText(Language language, const Refusal& attempt) {
  const bool chinese = language == Language::kChinese;
  const std::string outcome = attempt.failure == FailureClass::kNone
                                  ? (chinese ? "已受理" : "accepted")
                                  : FailureText(language, attempt.failure, "");
  return absl::StrCat(attempt.pair.subnet_id.value(), "/", attempt.pair.instance_type, " ", outcome,
                      chinese ? " ×" : " x", attempt.count);
}

}  // namespace

bool ApplyLaunches(Language language, absl::Span<const Slot> slots, Activity& finished,
                   domain::ScalingGroup& group) {
  const bool launched = std::any_of(slots.begin(), slots.end(), [](const Slot& slot) {
    return Launches(slot) && slot.state != SlotState::kCancelled;
  });
  if (!launched) return false;
  const bool was_paused = domain::LaunchesPaused(group);
  domain::CountLaunches(group, TallyLaunches(slots), *finished.end_time);
  if (!domain::LaunchesPaused(group)) return false;
  absl::StrAppend(&finished.cause.text, language == Language::kChinese ? "；" : "; ",
                  LaunchesPausedText(language, group.launch_errors_in_a_row));
  return !was_paused;
}

domain::LaunchTally TallyLaunches(absl::Span<const Slot> slots) {
  domain::LaunchTally tally;
  for (const Slot& slot : slots) {
    if (!Launches(slot)) continue;
    if (slot.state == SlotState::kInService) {
      ++tally.served;
    } else if (slot.failure == FailureClass::kPermanent || slot.failure == FailureClass::kTimeout) {
      ++tally.failed_for_good;
    }
  }
  return tally;
}

std::string AttemptsWords(Language language, absl::Span<const Slot> slots) {
  std::vector<Refusal> attempts;  // refusals first: they explain the rest
  for (const Slot& slot : slots) {
    for (const Refusal& refusal : slot.refusals) AddAttempt(attempts, refusal);
  }
  if (attempts.empty()) return "";
  for (const Slot& slot : slots) {
    if (Accepted(slot))
      AddAttempt(attempts, {.pair = slot.pair, .failure = FailureClass::kNone, .count = 1});
  }
  int total = 0;
  std::vector<std::string> words;
  for (const Refusal& attempt : attempts) {
    total += attempt.count;
    if (words.size() < kMaxListedAttempts) words.push_back(AttemptText(language, attempt));
  }
  const size_t unlisted = attempts.size() - words.size();
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("；尝试 ", total, " 次：", absl::StrJoin(words, "、"),
                          unlisted > 0 ? absl::StrCat("，另有 ", unlisted, " 项") : "");
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("; ", total, " attempts: ", absl::StrJoin(words, ", "),
                      unlisted > 0 ? absl::StrCat(", and ", unlisted, " more") : "");
}

std::string LaunchesPausedText(Language language, int errors_in_a_row) {
  const int64_t minutes = absl::ToInt64Minutes(domain::kLaunchProbeInterval);
  switch (language) {
    case Language::kChinese:
      return absl::StrCat("连续 ", errors_in_a_row,
                          " 次启动实例失败，已暂停扩容；修改伸缩组或启动配置、启用伸缩组，或每 ",
                          minutes, " 分钟一次的试探成功后恢复");
    case Language::kEnglish:
      break;
  }
  return absl::StrCat("Launches are paused after ", errors_in_a_row,
                      " failures in a row, until the group or its configuration is modified, the "
                      "group is enabled, or a probe, one launch every ",
                      minutes, " minutes, succeeds");
}

}  // namespace accordion::activity
