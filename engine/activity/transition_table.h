// The legal edges of the slot machines, as data: each with the fact that causes it.
//
// The machines (scale_out.cc, scale_in.cc, attach.cc, registration.cc, replace.cc) decide;
// `IsLegal` is asserted on every step that is committed, the diagrams of docs/activities.md are
// printed from these rows, and a property test drives random events against them.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "engine/activity/activity.h"

namespace accordion::activity {

struct Edge {
  SlotState from;
  SlotState to;
  absl::string_view because;
};

absl::Span<const Edge> LaunchEdges();
absl::Span<const Edge> RemovalEdges();
absl::Span<const Edge> AttachEdges();
absl::Span<const Edge> RegistrationEdges();
// Of a replacement, besides those of its launches and removals.
absl::Span<const Edge> ReplaceEdges();

// Staying in a state is always legal; leaving a final state never is.
bool IsLegal(domain::ActivityType type, SlotState from, SlotState to);

// A Mermaid state diagram of the edges.
std::string Diagram(absl::Span<const Edge> edges);

}  // namespace accordion::activity
