// Facts for the domain's tests: small groups and members by hand, and random ones by seed.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "engine/domain/group_diff.h"
#include "engine/domain/member.h"
#include "engine/domain/scaling_group.h"

namespace accordion::domain {

// "Now" of the tests: on a boundary of every period that they use.
inline const absl::Time kNow = absl::UnixEpoch() + absl::Hours(24 * 20000);

inline ScalingGroup MakeGroup(int min_size, int desired, int max_size) {
  ScalingGroup group;
  group.id = GroupId(1);
  group.min_size = min_size;
  group.desired_capacity = desired;
  group.max_size = max_size;
  group.desired_cause.text = "the cause";
  group.subnet_ids = {SubnetId("a"), SubnetId("b")};
  return group;
}

// A healthy member in service, `age` minutes old.
inline Member MakeMember(const std::string& id, const std::string& subnet = "a", int age = 10) {
  Member member;
  member.instance_id = InstanceId(id);
  member.subnet_id = SubnetId(subnet);
  member.life_cycle = LifeCycle::kInService;
  member.add_time = kNow - absl::Minutes(age);
  return member;
}

inline std::vector<Member> MakeMembers(int count) {
  std::vector<Member> members;
  for (int i = 0; i < count; ++i)
    members.push_back(MakeMember(absl::StrCat("i-", i), "a", 100 - i));
  return members;
}

// Random facts from a seed, the same on every run.
class Random {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}

  int Int(int low, int high) {  // both inclusive
    return low + static_cast<int>(engine_() % (static_cast<uint64_t>(high - low) + 1));
  }
  bool Chance(int percent) { return Int(1, 100) <= percent; }
  template <typename T>
  T OneOf(std::initializer_list<T> values) {
    return *(values.begin() + Int(0, static_cast<int>(values.size()) - 1));
  }

  ScalingGroup Group() {
    const int min_size = Int(0, 5);
    const int max_size = min_size + Int(0, 10);
    ScalingGroup group = MakeGroup(min_size, Int(min_size, max_size), max_size);
    group.remove_policy = OneOf({RemovePolicy::kOldestInstance, RemovePolicy::kNewestInstance});
    group.subnet_strategy =
        OneOf({SubnetStrategy::kBalancedDistribution, SubnetStrategy::kChoiceFirst});
    return group;
  }

  std::vector<Member> Members(int at_most) {
    std::vector<Member> members(static_cast<size_t>(Int(0, at_most)));
    int number = 0;
    for (Member& member : members) {
      member = MakeMember(absl::StrCat("i-", number++), OneOf<std::string>({"a", "b", "c"}),
                          Int(0, 8));  // few ages, so that some tie
      if (Chance(30)) {
        member.life_cycle = OneOf({LifeCycle::kPending, LifeCycle::kAttaching,
                                   LifeCycle::kDetaching, LifeCycle::kTerminating});
      }
      if (Chance(20)) {
        member.health = Health::kUnHealthy;
        member.unhealthy_since = kNow - absl::Minutes(Int(0, 200));
      }
      if (Chance(25)) member.is_protected = true;
      if (Chance(10)) member.activity_id = ActivityId(7);
    }
    return members;
  }

 private:
  std::mt19937_64 engine_;
};

// Runs `check(random)` with many seeds up to the first failure, whose trace names the seed.
template <typename Check>
void ForAll(const Check& check, uint64_t seeds = 2000) {
  for (uint64_t seed = 1; seed <= seeds && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    Random random(seed);
    check(random);
  }
}

}  // namespace accordion::domain
