// What the region's log and the rows say against the rules. The log is the truth: what the engine
// believes of the cloud is only asked for what it had to write down before.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/engine/control/world.h"

namespace accordion::control {
namespace {

std::string TagOf(const std::vector<cloudsim::Tag>& tags, absl::string_view key) {
  for (const cloudsim::Tag& tag : tags) {
    if (tag.key == key) return tag.value;
  }
  return "";
}

// Reads the executed calls in order.
class Reader {
 public:
  explicit Reader(World& world) : world_(world) {}

  void Read(const cloudsim::CallRecord& record) {
    const std::string& action = record.call.action;
    for (const cloudsim::CallEffect& effect : record.effects) {
      if (action == "RunInstances") {
        Launched(record, effect);
      } else if (action == "RegisterInstancesWithListener") {
        ++registrations_[effect.instance_id];
      } else if (action == "DeregisterInstancesFromListener") {
        --registrations_[effect.instance_id];
        deregistered_at_[effect.instance_id] = record.executed_at;
      } else if (action == "TerminateInstances") {
        Terminated(record, effect);
      } else if (action == "Kill") {
        // Somebody else's doing.
        if (const auto one = group_of_.find(effect.instance_id); one != group_of_.end())
          alive_[one->second].erase(effect.instance_id);
      }
    }
  }

  void Say(std::string words) { wrong_.push_back(std::move(words)); }
  std::string Words() const { return absl::StrJoin(wrong_, "; "); }

 private:
  void Launched(const cloudsim::CallRecord& record, const cloudsim::CallEffect& effect) {
    const std::string intent = TagOf(effect.tags, "as.intent");
    if (!intents_.insert(intent).second) Say("launched twice: " + intent);
    launched_.insert(effect.instance_id);
    int64_t group = 0;
    if (!absl::SimpleAtoi(TagOf(effect.tags, "as.group"), &group)) return;  // a user's own
    CheckIntent(domain::IntentId(intent), record.executed_at);
    group_of_[effect.instance_id] = group;
    alive_[group].insert(effect.instance_id);
    const std::optional<int> max_size = MaxSizeOf({world_.account, domain::GroupId(group)});
    if (max_size.has_value() && static_cast<int>(alive_[group].size()) > *max_size)
      Say(absl::StrCat(alive_[group].size(), " alive, max size is ", *max_size));
  }

  void Terminated(const cloudsim::CallRecord& record, const cloudsim::CallEffect& effect) {
    const std::string& id = effect.instance_id;
    if (registrations_[id] > 0) Say("terminated before it was deregistered: " + id);
    if (launched_.count(id) == 0) Say("terminated, but not ours: " + id);
    const auto gone = deregistered_at_.find(id);
    // The store keeps microseconds.
    const absl::Duration drain = TestSettings().steps.drain - absl::Milliseconds(1);
    if (gone != deregistered_at_.end() && Served(id) && record.executed_at < gone->second + drain)
      Say(absl::StrCat("drained for ", absl::FormatDuration(record.executed_at - gone->second),
                       " only: ", id));
    if (const auto one = group_of_.find(id); one != group_of_.end()) alive_[one->second].erase(id);
  }

  void CheckIntent(const domain::IntentId& id, absl::Time executed_at) {
    std::optional<activity::LaunchIntent> intent;
    const absl::Status read = world_.store.Read([&](ports::Tx& tx) -> absl::Status {
      const auto found = tx.activities().GetIntent(world_.account, id);
      if (found.ok()) intent = *found;
      return absl::OkStatus();
    });
    if (!read.ok() || !intent.has_value()) return Say("launched without an intent: " + id.value());
    const bool sent = intent->sent_at.has_value() && *intent->sent_at <= executed_at;
    if (!sent) Say("launched before its intent was sent: " + id.value());
    if (intent->state == activity::IntentState::kRejected)
      Say("launched, and written down as rejected: " + id.value());
  }

  std::optional<int> MaxSizeOf(const ports::GroupKey& key) {
    std::optional<int> size;
    const absl::Status read = world_.store.Read([&](ports::Tx& tx) -> absl::Status {
      const auto group = tx.groups().Get(key);
      if (group.ok()) size = group->max_size;
      return absl::OkStatus();
    });
    return read.ok() ? size : std::nullopt;  // none: the group was deleted
  }

  bool HasListeners(const ports::GroupKey& key) {
    bool has = true;  // also where the group was deleted
    const absl::Status read = world_.store.Read([&](ports::Tx& tx) -> absl::Status {
      const auto group = tx.groups().Get(key);
      if (group.ok()) has = !group->slb_configs.empty();
      return absl::OkStatus();
    });
    return !read.ok() || has;
  }

  // Whether a scale-in removed it from a group with listeners: an undone launch never served and
  // has nothing to drain, and where the group has no listener the drain time is 0 (semantics.md
  // §8).
  bool Served(const std::string& id) {
    const auto group = group_of_.find(id);
    if (group == group_of_.end()) return true;
    const ports::GroupKey key{world_.account, domain::GroupId(group->second)};
    if (!HasListeners(key)) return false;
    const std::vector<activity::Activity> activities = world_.Activities(key);
    return std::any_of(activities.begin(), activities.end(), [&](const activity::Activity& one) {
      const bool launches =
          one.type == domain::ActivityType::kScaleOut || one.type == domain::ActivityType::kReplace;
      return launches &&
             std::count(one.succeeded.begin(), one.succeeded.end(), domain::InstanceId(id)) > 0;
    });
  }

  World& world_;
  std::vector<std::string> wrong_;
  std::set<std::string> intents_;
  std::set<std::string> launched_;
  std::map<std::string, int64_t> group_of_;
  std::map<int64_t, std::set<std::string>> alive_;  // by group
  std::map<std::string, int> registrations_;
  std::map<std::string, absl::Time> deregistered_at_;
};

}  // namespace

std::string World::Misdeeds() {
  Reader reader(*this);
  for (const cloudsim::CallRecord& record : cloud.region().call_log().Since(0, 1'000'000)) {
    if (record.phase == cloudsim::CallPhase::kExecuted) reader.Read(record);
  }
  return reader.Words();
}

}  // namespace accordion::control
