// Hints from requests to the loops: latency only, never correctness (I-24).
#pragma once

#include "engine/ports/group_store.h"

namespace accordion::ports {

// Thread-safe; must not block. Called after the commit that it tells of.
class GroupWaker {
 public:
  virtual ~GroupWaker() = default;

  // The group's row, members or activity changed: reconcile it soon.
  virtual void Wake(const GroupKey& group) = 0;
  // The group's policies, listeners or existence changed: read its definition again before the next
  // evaluation.
  virtual void DefinitionChanged(const GroupKey& group) = 0;
  // A scheduled task of the group was created or edited, and may be due soon.
  virtual void TaskChanged(const GroupKey&) {}
  // An activity of the group ended: there may be an event to announce.
  virtual void ActivityEnded(const GroupKey&) {}
};

}  // namespace accordion::ports
