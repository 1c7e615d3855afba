#include "accordion/v1/scaling_group.pb.h"
#include "engine/service/group_handlers.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class GroupDeletionTest : public ServiceFixture {
 protected:
  // A group with min size 0 and the desired capacity.
  ports::GroupKey Drained(int desired = 0) {
    return AddGroup([desired](domain::ScalingGroup& group) { group.desired_capacity = desired; });
  }
  std::string Delete(const ports::GroupKey& key) { return Delete(context_, key); }
  std::string Delete(const RequestContext& context, const ports::GroupKey& key) {
    v1::DeleteScalingGroupRequest request;
    request.set_scaling_group_id(IdOf(key));
    return ReasonOf(handlers_.Delete(context, request));
  }
  std::string DescriptionOf(const ports::GroupKey& key) {
    v1::DescribeScalingGroupRequest request;
    request.add_scaling_group_ids(IdOf(key));
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    return response->scaling_groups(0).description();
  }

  GroupHandlers handlers_{{store_, inventory_, waker_}};
};

TEST_F(GroupDeletionTest, AnIdleGroupIsGoneAtOnce) {
  const ports::GroupKey key = Drained();
  EXPECT_EQ(Delete(key), "OK");
  EXPECT_EQ(Delete(key), "SCALING_GROUP_NOT_FOUND " + IdOf(key));
}

TEST_F(GroupDeletionTest, AGroupThatStillWantsInstancesIsRefusedWithoutAnyRecord) {
  const ports::GroupKey key = Drained(2);
  AddMember(key, "i-1");
  EXPECT_THAT(Delete(key), StartsWith("SCALING_GROUP_IN_USE"));
  EXPECT_EQ(Group(key).delete_requested_at, std::nullopt);
}

TEST_F(GroupDeletionTest, ADrainedGroupRecordsTheWishAndShowsIt) {
  const ports::GroupKey key = Drained();
  AddMember(key, "i-1");
  EXPECT_THAT(Delete(key), StartsWith("SCALING_GROUP_IN_USE"));
  EXPECT_EQ(Group(key).delete_requested_at, clock_.Now());
  EXPECT_EQ(Group(key).desired_cause.kind, domain::TriggerKind::kDelete);
  EXPECT_EQ(waker_.woken, 1);
  EXPECT_NE(DescriptionOf(key), "");
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(DescriptionOf(key), "");
}

TEST_F(GroupDeletionTest, TheWordsNameProtectedInstancesAndNeverReadLikeGone) {
  const ports::GroupKey key = Drained();
  AddMember(key, "i-1");
  AddMember(key, "i-2", /*is_protected=*/true);
  AddActivity(key, /*finished=*/false);
  const std::string reason = Delete(key);
  EXPECT_THAT(reason, HasSubstr("protected instances stay: i-2"));
  for (const char* gone : {"invalid", "not found", "notfound", "not exist"}) {
    EXPECT_THAT(reason, Not(HasSubstr(gone)));
  }
}

TEST_F(GroupDeletionTest, ARunningActivityAloneKeepsTheGroup) {
  const ports::GroupKey key = Drained();
  AddActivity(key, /*finished=*/false);
  EXPECT_THAT(Delete(key), HasSubstr("an activity is in progress"));
}

TEST_F(GroupDeletionTest, ADryRunRecordsNothing) {
  const ports::GroupKey key = Drained();
  EXPECT_EQ(Delete(DryRun(), key), "DRY_RUN_OPERATION");
  AddMember(key, "i-1");
  EXPECT_THAT(Delete(DryRun(), key), StartsWith("SCALING_GROUP_IN_USE"));
  EXPECT_EQ(Group(key).delete_requested_at, std::nullopt);
}

TEST_F(GroupDeletionTest, EnableAndARaiseOfDesiredTakeTheWishBack) {
  const ports::GroupKey key = Drained();
  AddMember(key, "i-1");
  Delete(key);
  v1::EnableScalingGroupRequest enable;
  enable.set_scaling_group_id(IdOf(key));
  ASSERT_OK(handlers_.Enable(context_, enable));
  EXPECT_EQ(Group(key).delete_requested_at, std::nullopt);

  Delete(key);
  v1::ModifyScalingGroupRequest rename;
  rename.set_scaling_group_id(IdOf(key));
  rename.set_scaling_group_name("still to go");
  ASSERT_OK(handlers_.Modify(context_, rename));
  EXPECT_NE(Group(key).delete_requested_at, std::nullopt);
  v1::ModifyScalingGroupRequest raise;
  raise.set_scaling_group_id(IdOf(key));
  raise.set_desired_capacity(1);
  ASSERT_OK(handlers_.Modify(context_, raise));
  EXPECT_EQ(Group(key).delete_requested_at, std::nullopt);
}

}  // namespace
}  // namespace accordion::service
