// What ends a group's pause of launches, and where a user reads of it.
#include "accordion/v1/scaling_configuration.pb.h"
#include "accordion/v1/scaling_group.pb.h"
#include "engine/domain/launch_breaker.h"
#include "engine/service/configuration_handlers.h"
#include "engine/service/group_description.h"
#include "engine/service/group_handlers.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class LaunchPauseTest : public ServiceFixture {
 protected:
  ports::GroupKey AddPaused() {
    return AddGroup([&](domain::ScalingGroup& group) {
      domain::CountLaunches(group, {.failed_for_good = 11}, clock_.Now());
      group.failed_in_a_row = 3;
      group.retry_not_before = clock_.Now() + absl::Minutes(9);
    });
  }
  bool Paused(const ports::GroupKey& key) {
    const domain::ScalingGroup group = Group(key);
    return domain::LaunchesPaused(group) || group.launch_errors_in_a_row != 0 ||
           group.retry_not_before.has_value();
  }

  GroupHandlers groups_{{store_, inventory_, waker_}};
  ConfigurationHandlers configurations_{store_, inventory_};
};

TEST_F(LaunchPauseTest, AnEnableEndsIt) {
  const ports::GroupKey key = AddPaused();
  v1::EnableScalingGroupRequest request;
  request.set_scaling_group_id(IdOf(key));
  EXPECT_FALSE(groups_.Enable(DryRun(), request).ok());
  EXPECT_TRUE(Paused(key)) << "a dry run ends nothing";
  ASSERT_OK(groups_.Enable(context_, request));
  EXPECT_FALSE(Paused(key));
}

TEST_F(LaunchPauseTest, AnEditOfTheGroupEndsIt) {
  const ports::GroupKey key = AddPaused();
  v1::ModifyScalingGroupRequest request;
  request.set_scaling_group_id(IdOf(key));
  request.set_scaling_group_name("renamed");
  ASSERT_OK(groups_.Modify(context_, request));
  EXPECT_FALSE(Paused(key));
}

TEST_F(LaunchPauseTest, AnEditOfItsConfigurationEndsItForItsGroupsAlone) {
  const ports::GroupKey own = AddPaused();
  const ports::GroupKey other = AddPaused();  // of another configuration
  v1::ModifyScalingConfigurationRequest request;
  request.set_scaling_configuration_id(std::to_string(Group(own).configuration_id.value()));
  request.set_image_id("img-1");
  ASSERT_OK(configurations_.Modify(context_, request));
  EXPECT_FALSE(Paused(own));
  EXPECT_TRUE(Paused(other));
}

TEST_F(LaunchPauseTest, AnEditOfTheConfigurationLeavesGroupsThatLaunchAlone) {
  const ports::GroupKey key =
      AddGroup([&](domain::ScalingGroup& group) { group.retry_not_before = clock_.Now(); });
  const domain::ScalingGroup before = Group(key);
  v1::ModifyScalingConfigurationRequest request;
  request.set_scaling_configuration_id(std::to_string(before.configuration_id.value()));
  request.set_image_id("img-1");
  ASSERT_OK(configurations_.Modify(context_, request));
  EXPECT_EQ(Group(key), before);
}

TEST_F(LaunchPauseTest, TheGroupsDescriptionTellsOfIt) {
  domain::ScalingGroup group;
  const auto words = [&](activity::Language language) {
    return DescribeGroup(group, clock_.Now(), language);
  };
  EXPECT_EQ(words(activity::Language::kEnglish), "");
  domain::CountLaunches(group, {.failed_for_good = 11}, clock_.Now());
  EXPECT_THAT(words(activity::Language::kChinese), HasSubstr("连续 11 次启动实例失败"));
  EXPECT_THAT(words(activity::Language::kEnglish), HasSubstr("paused after 11 failures in a row"));
  group.delete_requested_at = clock_.Now();
  EXPECT_THAT(words(activity::Language::kEnglish),
              AllOf(HasSubstr("Deletion was requested"), HasSubstr("; Launches are paused")));
}

}  // namespace
}  // namespace accordion::service
