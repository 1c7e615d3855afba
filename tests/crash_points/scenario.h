// Stories that end in one known state, wherever an engine dies in them.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/crash_points/stage.h"

namespace accordion::control {

struct Scenario {
  std::string name;  // in CamelCase, as a test case's
  GroupOptions group;
  // Brings the group to where the story begins. Boundaries don't count yet.
  std::function<void(Stage&)> prepare;
  // The story: it may let time pass by Stage::RunFor.
  std::function<void(Stage&)> act;
  // What is wrong with the end that the story must have; empty if nothing is.
  std::function<std::string(Stage&)> wrong;
  // Virtual time until the end must be reached.
  absl::Duration patience = absl::Minutes(15);
};

// For GoogleTest.
inline void PrintTo(const Scenario& scenario, std::ostream* out) { *out << scenario.name; }

std::vector<Scenario> CapacityScenarios();    // launches and removals
std::vector<Scenario> DoubtScenarios();       // calls of unknown or bad outcome
std::vector<Scenario> MembershipScenarios();  // attach, detach, load balancers
std::vector<Scenario> TriggerScenarios();     // policies, tasks, requests, notifications

// All of them.
std::vector<Scenario> AllScenarios();

// What happened in one play.
struct Played {
  int boundaries = 0;        // that the first engine came to, from the act to the end
  std::vector<int> telling;  // the ones to die at (Stage::telling)
  int unused_deaths = 0;     // boundaries that were never come to
  std::string wrong;         // empty: all is well
};
// Runs the story with the given deaths, then three quiet minutes, and looks at everything.
Played Play(const Scenario& scenario, const Deaths& deaths);

}  // namespace accordion::control
