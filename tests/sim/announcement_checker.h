// Announcements: an ended activity that a group subscribes to has exactly one event, and every
// event reaches its receivers (I-19).
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "tests/sim/checker.h"

namespace accordion::sim {

class AnnouncementChecker final : public Checker {
 public:
  using Checker::Checker;

  void OnCommit(const CommitNotice& notice) override;
  void AtRest(absl::Time now) override;
  // A receiver took the event.
  void Delivered(const std::string& event) { delivered_.insert(event); }

 private:
  void Ended(const CommitNotice& notice, const activity::Activity& ended);

  std::map<std::string, bool> done_;  // by event
  std::set<std::string> delivered_;
  std::map<std::pair<int64_t, int>, bool> failed_before_;  // by group and activity type
};

}  // namespace accordion::sim
