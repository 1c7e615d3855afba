// What is true: the simulated cloud's state by its call log, and the committed rows, both kept up
// to date change by change, so that a look at a group costs the same in a long run as in a short
// one.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"
#include "engine/activity/event.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"
#include "tests/cloudsim/region/call_log.h"
#include "tests/support/memory_state.h"

namespace accordion::sim {

// An instance that the cloud has or had.
struct InstanceTruth {
  std::string id;
  std::string account;
  std::string intent;    // of its marker; empty: nobody's, or a user's own
  int64_t group = 0;     // of its marker
  bool lives = true;     // until a terminate was accepted, or it died
  bool let_go = false;   // a detach left it running: the user's again
  bool stopped = false;  // it does not run any more, though it lives
  absl::Time launched_at;
  absl::Time listed_at;  // when a whole list last had it, or it was launched
  absl::Time ended_at = absl::InfiniteFuture();
  std::set<std::string> registrations;                // register ids
  absl::Time deregistered_at = absl::InfinitePast();  // the last one
};

struct IntentTruth {
  activity::LaunchIntent row;
  int bound = 0;     // the largest max size of its group since it was planned
  int arrivals = 0;  // requests that reached the cloud
  int executions = 0;
  bool was_sent = false;  // SENT has been committed
};

struct GroupTruth {
  int64_t id = 0;
  std::string account;
  std::optional<domain::ScalingGroup> row;        // none once it is deleted
  std::map<std::string, domain::Member> members;  // unclosed ones
  std::set<std::string> unresolved;               // intents: PREPARED, SENT, UNKNOWN
  int living = 0;  // instances with its marker that live and were not let go, and attached ones
  std::optional<domain::ActivityId> open;
  absl::Time edited_at = absl::InfinitePast();  // when its sizes last changed
  int open_bound = 0;  // the largest max size since the open activity was planned
  absl::Time blocked_until = absl::InfinitePast();  // by the cooldowns of ended activities
};

class Truth {
 public:
  GroupTruth& Group(int64_t id);
  const std::map<int64_t, GroupTruth>& groups() const { return groups_; }
  // Null where the cloud never had it.
  InstanceTruth* Instance(const std::string& id);
  const std::map<std::string, InstanceTruth>& instances() const { return instances_; }
  // The unclosed member, of whichever group; null where there is none.
  const domain::Member* MemberOf(const std::string& id) const;
  // Null where no such intent was committed.
  IntentTruth* Intent(const std::string& id);
  std::map<std::string, IntentTruth>& intents() { return intents_; }

  // An engine got the account's whole list.
  void TakeIn(const std::string& account, absl::Span<const activity::ObservedInstance> list,
              absl::Time at);
  // When the account was listed since `since`, oldest first.
  std::vector<absl::Time> ListsSince(const std::string& account, absl::Time since) const;

  // Take in what a transaction changed, or what a call did. Checkers look before and after.
  void TakeIn(const testing::MemoryState& state);
  void TakeIn(const cloudsim::CallRecord& record);

 private:
  void Launched(const cloudsim::CallRecord& record, const cloudsim::CallEffect& effect);
  void Ended(const std::string& id, absl::Time at);
  void MemberChanged(const domain::Member* before, const domain::Member* after);
  void IntentChanged(const activity::LaunchIntent& row);
  void GroupChanged(const domain::GroupId& id, const testing::MemoryGroupRow* after);

  std::map<int64_t, GroupTruth> groups_;
  std::map<std::string, InstanceTruth> instances_;
  std::map<std::string, IntentTruth> intents_;
  std::map<std::string, int64_t> group_of_member_;
  std::map<std::string, std::deque<absl::Time>> lists_;  // by account; the newest
};

// The value of a tag; empty where there is none.
std::string TagOf(const std::vector<cloudsim::Tag>& tags, absl::string_view key);
bool IsUnresolved(activity::IntentState state);

}  // namespace accordion::sim
