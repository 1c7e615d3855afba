// A tenant: one account's users, who create, change and delete through the API what they please,
// valid or not, and repeat what was not answered.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/sim/fleet.h"

namespace accordion::sim {

// What the tenant knows, by the answers that it got.
struct OwnGroup {
  std::string id;
  int min_size = 0;
  int max_size = 0;
  int desired = 0;
  std::vector<std::string> policies;
  std::vector<std::string> tasks;
};

// Not thread-safe.
class Tenant {
 public:
  // Creates its configurations and `groups` groups at once, then acts every so often until Rest.
  Tenant(Stage& stage, Fleet& fleet, int number, int groups);

  void Rest() { rests_ = true; }
  // What was acknowledged must still be there.
  void Account();
  const std::vector<OwnGroup>& groups() const { return groups_; }
  int64_t requests() const { return requests_; }

 private:
  using Parameters = std::vector<std::pair<std::string, std::string>>;

  void Begin();
  void CreateGroup();
  void Act();
  // Sends it, again and again with the same token while the answer is 5xx; the last answer.
  ApiAnswer Send(const std::string& action, Parameters parameters);
  void Repeat(const ApiRequest& request);
  void Trespass();

  void ModifyGroup(OwnGroup& group);
  void SwitchGroup(OwnGroup& group);
  void DeleteGroup(size_t index);
  void CreatePolicy(OwnGroup& group);
  void EditPolicy(OwnGroup& group);
  void CreateTask(OwnGroup& group);
  void EditTask(OwnGroup& group);
  void Subscribe(OwnGroup& group);
  void Protect(OwnGroup& group);
  void Attach(OwnGroup& group);
  void Detach(OwnGroup& group);
  void ChangeLoadBalancers(OwnGroup& group);

  // The group that it knows by this id; null once it has forgotten it.
  OwnGroup* Known(const std::string& id);
  // An unclosed member of the group, at random; empty if it has none.
  std::string SomeMember(const OwnGroup& group);
  int64_t Draw(int64_t low, int64_t high) { return base::UniformBetween(stage_.rng, low, high); }
  void AddListeners(Parameters& parameters, int count);

  Stage& stage_;
  Fleet& fleet_;
  const int number_;
  const domain::AccountId account_;
  std::vector<std::string> configurations_;
  std::vector<OwnGroup> groups_;
  bool rests_ = false;
  int64_t requests_ = 0;
};

}  // namespace accordion::sim
