#include "engine/activity/transition_table.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace accordion::activity {
namespace {

using enum SlotState;

constexpr Edge kLaunchEdges[] = {
    {kPlanned, kSending, "the intent was committed as SENT"},
    {kPlanned, kCancelled, "cancelled, or the deadline passed, before anything was sent"},
    {kSending, kBooting, "the cloud accepted"},
    {kSending, kLooking, "no clear answer, or the engine restarted"},
    {kSending, kPlanned, "zero bytes were written, or refused for now: again after a back-off"},
    {kSending, kFailed, "refused for good, or no open pair or launch is left"},
    {kSending, kQuarantined, "the deadline passed without an answer"},
    {kLooking, kBooting, "the marker was found: adopted"},
    {kLooking, kSending, "abandoned past the horizon: a fresh intent"},
    {kLooking, kFailed, "abandoned past the horizon, no launch left"},
    {kLooking, kQuarantined, "the deadline passed, outcome unknown"},
    {kBooting, kRegistering, "it runs"},
    {kBooting, kInService, "it runs, and the group has no listener"},
    {kBooting, kUndoing, "in error, stopped, or not up in time"},
    {kRegistering, kInService, "registered with every listener and port"},
    {kRegistering, kUndoing, "not registered in time"},
    {kUndoing, kTracing, "no registration is left; its address isn't on record"},
    {kUndoing, kTerminating, "no registration is left"},
    {kUndoing, kQuarantined, "the clean-up grace has passed"},
    {kTracing, kTerminating, "found, or surely not there"},
    {kTracing, kQuarantined, "the clean-up grace has passed"},
    {kTerminating, kProving, "the cloud accepted the terminate"},
    {kTerminating, kQuarantined, "the clean-up grace has passed"},
    {kProving, kTerminating, "still there a read lag later: once more"},
    {kProving, kFailed, "two reads, a read lag apart, missed it"},
    {kProving, kReleasing, "two reads missed it; an address was bought with it"},
    {kProving, kQuarantined, "the clean-up grace has passed"},
    {kReleasing, kFailed, "the address is given back, or somebody else has it"},
    {kReleasing, kQuarantined, "the clean-up grace has passed"},
};

constexpr Edge kRemovalEdges[] = {
    {kPicked, kDeregistering, "begun"},
    {kPicked, kTerminating, "begun; no listener knows it"},
    {kPicked, kLeft, "begun; Manual, and no listener knows it"},
    {kPicked, kCancelled, "cancelled, or the deadline passed, before it began"},
    {kDeregistering, kDraining, "no registration is left"},
    {kDeregistering, kQuarantined, "the clean-up grace has passed"},
    {kDraining, kTerminating, "drained; Auto"},
    {kDraining, kTracing, "drained; Auto, its address isn't on record"},
    {kDraining, kLeft, "drained; Manual: left running"},
    {kDraining, kQuarantined, "the clean-up grace has passed"},
    {kTracing, kTerminating, "found, or surely not there"},
    {kTracing, kQuarantined, "the clean-up grace has passed"},
    {kTerminating, kProving, "the cloud accepted the terminate"},
    {kTerminating, kQuarantined, "the clean-up grace has passed"},
    {kProving, kTerminating, "still there a read lag later: once more"},
    {kProving, kLeft, "two reads, a read lag apart, missed it"},
    {kProving, kReleasing, "two reads missed it; an address was bought with it"},
    {kProving, kQuarantined, "the clean-up grace has passed"},
    {kReleasing, kLeft, "the address is given back, or somebody else has it"},
    {kReleasing, kQuarantined, "the clean-up grace has passed"},
};

bool IsRemoval(domain::ActivityType type) {
  return type == domain::ActivityType::kScaleIn || type == domain::ActivityType::kDetach;
}

}  // namespace

absl::Span<const Edge> LaunchEdges() { return kLaunchEdges; }

absl::Span<const Edge> RemovalEdges() { return kRemovalEdges; }

bool IsLegal(domain::ActivityType type, SlotState from, SlotState to) {
  if (from == to) return true;
  const absl::Span<const Edge> edges = IsRemoval(type) ? RemovalEdges() : LaunchEdges();
  return std::any_of(edges.begin(), edges.end(),
                     [&](const Edge& edge) { return edge.from == from && edge.to == to; });
}

std::string Diagram(absl::Span<const Edge> edges) {
  std::string diagram = "stateDiagram-v2\n";
  absl::StrAppend(&diagram, "    [*] --> ", SlotStateName(edges.front().from), "\n");
  std::vector<SlotState> ends;
  for (const Edge& edge : edges) {
    absl::StrAppend(&diagram, "    ", SlotStateName(edge.from), " --> ", SlotStateName(edge.to),
                    ": ", edge.because, "\n");
    if (IsFinal(edge.to) && std::find(ends.begin(), ends.end(), edge.to) == ends.end())
      ends.push_back(edge.to);
  }
  for (const SlotState end : ends)
    absl::StrAppend(&diagram, "    ", SlotStateName(end), " --> [*]\n");
  return diagram;
}

}  // namespace accordion::activity
