#include "engine/domain/endpoint.h"

#include <gtest/gtest.h>

namespace accordion::domain {
namespace {

const ListenerId kA("a");
const ListenerId kB("b");

std::vector<SlbConfig> Wanted() {
  return {{.load_balancer_id = "lb", .listener_id = kA, .ports = {80, 81}, .weight = 30},
          {.load_balancer_id = "lb", .listener_id = kB, .ports = {90}}};
}

TEST(Endpoint, MissesWhatNoCertainRegistrationHas) {
  EXPECT_EQ(MissingEndpoints(Wanted(), {}),
            (std::vector<Endpoint>{{kA, 80, 30}, {kA, 81, 30}, {kB, 90, 20}}));
  EXPECT_EQ(MissingEndpoints(Wanted(), {{kA, 81, "r"}, {kB, 80, "other"}}),
            (std::vector<Endpoint>{{kA, 80, 30}, {kB, 90, 20}}));
  EXPECT_EQ(MissingEndpoints(Wanted(), {{kA, 80, ""}, {kA, 81, "r"}, {kB, 90, "s"}}),
            (std::vector<Endpoint>{{kA, 80, 30}}))
      << "in doubt";
  EXPECT_TRUE(MissingEndpoints({}, {{kA, 80, "r"}}).empty());
}

TEST(Endpoint, WantsAListenerAtItsOwnPortsOnly) {
  EXPECT_TRUE(IsWanted(Wanted(), {kA, 81, "r"}));
  EXPECT_FALSE(IsWanted(Wanted(), {kB, 81, "r"}));
  EXPECT_FALSE(IsWanted(Wanted(), {kA, 90, "r"}));
  EXPECT_FALSE(IsWanted({}, {kA, 81, "r"}));
}

TEST(Endpoint, IsAsWantedWithAllAndNothingElse) {
  const std::vector<Registration> all = {{kA, 80, "r"}, {kA, 81, "s"}, {kB, 90, "t"}};
  EXPECT_TRUE(IsRegisteredAsWanted(Wanted(), all));
  EXPECT_TRUE(IsRegisteredAsWanted({}, {}));
  EXPECT_FALSE(IsRegisteredAsWanted({}, all));
  EXPECT_FALSE(IsRegisteredAsWanted(Wanted(), {all[0], all[1]}));
  std::vector<Registration> more = all;
  more.push_back({kB, 91, "u"});
  EXPECT_FALSE(IsRegisteredAsWanted(Wanted(), more));
  more.back().register_id.clear();
  EXPECT_FALSE(IsRegisteredAsWanted(Wanted(), more)) << "it may exist";
}

}  // namespace
}  // namespace accordion::domain
