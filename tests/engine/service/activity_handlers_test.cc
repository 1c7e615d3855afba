#include "engine/service/activity_handlers.h"

#include "accordion/v1/scaling_activity.pb.h"
#include "engine/service/timestamps.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::ElementsAre;

class ActivityHandlersTest : public ServiceFixture {
 protected:
  v1::DescribeScalingActivityResponse Describe(const v1::DescribeScalingActivityRequest& request) {
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::DescribeScalingActivityResponse();
  }
  v1::DescribeScalingActivityRequest Of(const ports::GroupKey& key) {
    v1::DescribeScalingActivityRequest request;
    request.set_scaling_group_id(IdOf(key));
    return request;
  }

  ActivityHandlers handlers_{store_};
};

TEST_F(ActivityHandlersTest, ShowsFinishedAndOpenOnesNewestFirst) {
  const ports::GroupKey key = AddGroup();
  const activity::Activity first = AddActivity(key, /*finished=*/true);
  clock_.Advance(absl::Minutes(5));
  const activity::Activity second = AddActivity(key, /*finished=*/false);
  const auto all = Describe(Of(key));
  EXPECT_EQ(all.scaling_activity_count(), 2);
  EXPECT_EQ(all.availability_zone(), "zone-a");
  ASSERT_EQ(all.scaling_activities_size(), 2);
  EXPECT_EQ(all.scaling_activities(0).scaling_activity_id(), std::to_string(second.id.value()));
  EXPECT_EQ(all.scaling_activities(0).status(), 1);
  EXPECT_FALSE(all.scaling_activities(0).has_end_time());
  const v1::ScalingActivity& finished = all.scaling_activities(1);
  EXPECT_EQ(finished.scaling_activity_id(), std::to_string(first.id.value()));
  EXPECT_EQ(finished.status(), 2);
  EXPECT_EQ(finished.type(), 0);
  EXPECT_EQ(finished.cause(), "创建伸缩组触发");
  EXPECT_EQ(finished.description(), "424915383923019776");
  EXPECT_THAT(finished.succeeded_instance_ids(), ElementsAre("i-1"));
  EXPECT_EQ(finished.error_code(), 0);
  EXPECT_EQ(TimeOf(finished.end_time()) - TimeOf(finished.start_time()), absl::Minutes(2));
}

TEST_F(ActivityHandlersTest, TimesFilterByStartBothEndsIncluded) {
  const ports::GroupKey key = AddGroup();
  clock_.Advance(absl::Milliseconds(700));  // a start within a second
  const activity::Activity activity = AddActivity(key, /*finished=*/true);
  const absl::Time second = absl::FromUnixSeconds(absl::ToUnixSeconds(activity.start_time));
  struct Row {
    absl::Duration from;
    absl::Duration to;
    int count;
  };
  const Row rows[] = {{absl::ZeroDuration(), absl::ZeroDuration(), 1},
                      {-absl::Hours(1), -absl::Seconds(1), 0},
                      {absl::Seconds(1), absl::Hours(1), 0}};
  for (const Row& row : rows) {
    v1::DescribeScalingActivityRequest request = Of(key);
    SetTimestamp(second + row.from, request.mutable_start_time());
    SetTimestamp(second + row.to, request.mutable_end_time());
    EXPECT_EQ(Describe(request).scaling_activity_count(), row.count) << row.from << " " << row.to;
  }
}

TEST_F(ActivityHandlersTest, UnknownIdsSelectNothing) {
  const ports::GroupKey key = AddGroup();
  AddActivity(key, /*finished=*/true);
  for (const char* id : {"1", "x"}) {
    v1::DescribeScalingActivityRequest request = Of(key);
    request.add_scaling_activity_ids(id);
    EXPECT_EQ(Describe(request).scaling_activity_count(), 0) << id;
  }
}

TEST_F(ActivityHandlersTest, AnUnknownGroupIsNotFoundButADeletedOnesHistoryStays) {
  const ports::GroupKey key = AddGroup();
  const v1::DescribeScalingActivityRequest request = Of(key);
  AddActivity(key, /*finished=*/true);
  EXPECT_OK(store_.Transact([&](ports::Tx& tx) { return tx.groups().Delete(key); }));
  EXPECT_EQ(Describe(request).scaling_activity_count(), 1);
  EXPECT_EQ(Describe(request).availability_zone(), "") << "nobody knows it any more";
  EXPECT_EQ(ReasonOf(handlers_.Describe(OtherAccount(), request)),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key));
}

}  // namespace
}  // namespace accordion::service
