#include "tests/crash_points/scenario.h"

#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/activity/outcome.h"

namespace accordion::control {
namespace {

// Each activity that succeeded was announced, under one event's id; no other one under two (I-19).
std::string WrongAnnouncements(Stage& stage) {
  std::map<int64_t, std::set<std::string>> events;  // by activity
  for (const ReluctantContact::Taken& one : stage.contact.taken) {
    events[one.activity.value()].insert(one.event);
  }
  for (const activity::Activity& one : stage.world.Activities(stage.key)) {
    const size_t announced = events[one.id.value()].size();
    const bool must =
        one.status == domain::ActivityStatus::kSucceeded && activity::NotificationType(one) != 0;
    if (announced > 1 || (must && announced == 0))
      return absl::StrCat("activity ", one.id.value(), " was announced ", announced, " times");
  }
  return "";
}

// What holds at the end of every story.
std::string WrongAfterwards(Stage& stage) {
  World& world = stage.world;
  if (std::string misdeeds = world.Misdeeds(); !misdeeds.empty()) return misdeeds;
  if (!stage.lost_sight_of().empty())
    return absl::StrCat(stage.lost_sight_of(), " was accounted for by nothing");
  for (const std::string& id : stage.untouchable) {
    if (!Runs(world, id)) return absl::StrCat(id, " was not to be touched");
  }
  return WrongAnnouncements(stage);
}

}  // namespace

std::vector<Scenario> AllScenarios() {
  std::vector<Scenario> all;
  for (auto* some :
       {&CapacityScenarios, &DoubtScenarios, &MembershipScenarios, &TriggerScenarios}) {
    std::vector<Scenario> these = some();
    std::move(these.begin(), these.end(), std::back_inserter(all));
  }
  return all;
}

Played Play(const Scenario& scenario, const Deaths& deaths) {
  Stage stage(deaths);
  stage.Open(scenario.group);
  if (scenario.prepare) scenario.prepare(stage);
  stage.Arm();
  scenario.act(stage);
  Played played;
  const auto wrong = [&] { return scenario.wrong(stage); };
  played.wrong = stage.RunUntilNothing(wrong, scenario.patience);
  played.boundaries = stage.passed();
  played.telling = stage.telling();
  if (played.wrong.empty()) {
    // Nothing late comes up either.
    stage.RunFor(absl::Minutes(3));
    played.wrong = wrong();
  }
  if (played.wrong.empty()) played.wrong = WrongAfterwards(stage);
  if (!played.wrong.empty()) absl::StrAppend(&played.wrong, " (", stage.Story(), ")");
  played.unused_deaths = stage.unused_deaths();
  return played;
}

}  // namespace accordion::control
