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
    {kPicked, kLeft, "begun; it stays running, and no listener knows it"},
    {kPicked, kCancelled, "cancelled, or the deadline passed, before it began; never a detach"},
    {kDeregistering, kDraining, "no registration is left"},
    {kDeregistering, kQuarantined, "the clean-up grace has passed"},
    {kDraining, kTerminating, "drained; Auto"},
    {kDraining, kTracing, "drained; Auto, its address isn't on record"},
    {kDraining, kLeft, "drained; Manual or detached: left running"},
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

constexpr Edge kAttachEdges[] = {
    {kVerifying, kRegistering, "it runs"},
    {kVerifying, kInService, "it runs, and the group has no listener"},
    {kVerifying, kDeregistering, "two reads, a read lag apart, missed it"},
    {kVerifying, kFailed, "it does not run, or is gone and no listener knows it"},
    {kVerifying, kCancelled, "its detach was asked for"},
    {kRegistering, kInService, "registered with every listener and port"},
    {kRegistering, kFailed, "too many failures in a row, or the deadline passed"},
    {kRegistering, kCancelled, "its detach was asked for"},
    {kDeregistering, kFailed, "gone, and no registration is left"},
    {kDeregistering, kQuarantined, "the clean-up grace has passed"},
};

constexpr Edge kRegistrationEdges[] = {
    {kRegistering, kDeregistering, "registered with every listener and port; others are left"},
    {kRegistering, kInService, "registered as the group wants it"},
    {kRegistering, kFailed, "too many failures in a row, or the deadline passed"},
    {kRegistering, kCancelled, "its detach was asked for"},
    {kDeregistering, kInService, "no other registration is left"},
    {kDeregistering, kFailed, "too many failures in a row, or the deadline passed"},
    {kDeregistering, kCancelled, "its detach was asked for"},
};

// The way of a pair's two slots to where a launch and a removal begin.
constexpr Edge kReplaceEdges[] = {
    {kWaiting, kPlanned, "a launch, at max size: the old one has left"},
    {kWaiting, kPicked, "a removal, below max size: the new one serves"},
    {kWaiting, kCancelled, "the other one ended without that, or the old one needs it no more"},
};

bool Has(absl::Span<const Edge> edges, SlotState from, SlotState to) {
  return std::any_of(edges.begin(), edges.end(),
                     [&](const Edge& edge) { return edge.from == from && edge.to == to; });
}

}  // namespace

absl::Span<const Edge> LaunchEdges() { return kLaunchEdges; }

absl::Span<const Edge> RemovalEdges() { return kRemovalEdges; }

absl::Span<const Edge> AttachEdges() { return kAttachEdges; }

absl::Span<const Edge> RegistrationEdges() { return kRegistrationEdges; }

absl::Span<const Edge> ReplaceEdges() { return kReplaceEdges; }

bool IsLegal(domain::ActivityType type, SlotState from, SlotState to) {
  if (from == to) return true;
  switch (type) {
    case domain::ActivityType::kScaleIn:
    case domain::ActivityType::kDetach:
      return Has(kRemovalEdges, from, to);
    case domain::ActivityType::kAttach:
      return Has(kAttachEdges, from, to);
    case domain::ActivityType::kRegistration:
      return Has(kRegistrationEdges, from, to);
    case domain::ActivityType::kReplace:
      if (Has(kReplaceEdges, from, to) || Has(kRemovalEdges, from, to)) return true;
      break;
    case domain::ActivityType::kScaleOut:
      break;
  }
  return Has(kLaunchEdges, from, to);
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
