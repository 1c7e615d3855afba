// What users do to a group's members, as the handlers write it, and how a group rests whose members
// are theirs.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/engine/control/world.h"

namespace accordion::control {

// Instances that their user runs, in the order of ids.
std::vector<std::string> RunInstances(World& world, int count, int subnet = 0);
// As AttachInstance does.
void Attach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause = "attached by a user");
// As DetachInstance does.
void Detach(World& world, const ports::GroupKey& key, const std::vector<std::string>& ids,
            const std::string& cause = "detached by a user");
// The group's listener 0 at port 80, or listener 1 at ports 90 and 91, or none.
void UseListener(World& world, const ports::GroupKey& key, int listener);

// Everything that is registered anywhere: "listener:port" -> instances.
std::map<std::string, std::multiset<std::string>> RealServers(World& world);
// What is wrong if the group should rest with `desired` members, each registered once at each
// endpoint, and nothing registered besides.
std::string Wrong(World& world, const ports::GroupKey& key, int desired);
// Runs until nothing is; what is left after `limit`.
std::string Settle(World& world, const ports::GroupKey& key, int desired,
                   absl::Duration limit = absl::Minutes(10));
bool Runs(World& world, const std::string& id);
std::string IdOf(const domain::Member& member);

}  // namespace accordion::control
