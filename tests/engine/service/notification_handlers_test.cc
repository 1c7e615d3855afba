#include "engine/service/notification_handlers.h"

#include "accordion/v1/scaling_notification.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class NotificationHandlersTest : public ServiceFixture {
 protected:
  NotificationHandlersTest() : key_(AddGroup()) {}

  v1::CreateScalingNotificationRequest NewNotification(const std::vector<int>& types) {
    v1::CreateScalingNotificationRequest request;
    request.set_scaling_group_id(IdOf(key_));
    for (const int type : types) request.add_notification_types(type);
    return request;
  }
  std::string Create(const std::vector<int>& types) {
    const auto response = handlers_.Create(context_, NewNotification(types));
    EXPECT_OK(response);
    return response.ok() ? response->scaling_notification_id() : "";
  }
  v1::ModifyScalingNotificationRequest Modification(const std::string& id) {
    v1::ModifyScalingNotificationRequest request;
    request.set_scaling_group_id(IdOf(key_));
    request.set_scaling_notification_id(id);
    return request;
  }
  v1::DescribeScalingNotificationResponse Describe(const std::vector<std::string>& ids = {}) {
    v1::DescribeScalingNotificationRequest request;
    request.set_scaling_group_id(IdOf(key_));
    for (const std::string& id : ids) request.add_notification_ids(id);
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    return response.value_or(v1::DescribeScalingNotificationResponse());
  }
  std::vector<int> Subscribed() {
    std::vector<int> types;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      types = *tx.outbox().SubscribedTypes(key_);
      return absl::OkStatus();
    }));
    return types;
  }

  const ports::GroupKey key_;
  NotificationHandlers handlers_{store_};
};

TEST_F(NotificationHandlersTest, ACreatedNotificationReadsBackWithItsTypesAsStrings) {
  const std::string id = Create({6, 1, 1});
  EXPECT_GE(id.size(), 18U);
  const auto response = Describe();
  EXPECT_EQ(response.scaling_notification_count(), 1);
  ASSERT_THAT(response.scaling_notifications(), SizeIs(1));
  const v1::ScalingNotification& one = response.scaling_notifications(0);
  EXPECT_EQ(one.scaling_notification_id(), id);
  EXPECT_EQ(one.scaling_group_id(), IdOf(key_));
  EXPECT_THAT(one.scaling_notification_types(), ElementsAre("1", "6"));
  EXPECT_EQ(one.availability_zone(), "zone-a");
  EXPECT_THAT(Subscribed(), ElementsAre(1, 6));
}

TEST_F(NotificationHandlersTest, ASecondCreateReplacesTheTypesUnderTheSameId) {
  const std::string id = Create({1, 2});
  EXPECT_EQ(Create({3}), id);
  EXPECT_THAT(Subscribed(), ElementsAre(3));
  EXPECT_EQ(Describe().scaling_notification_count(), 1);
}

TEST_F(NotificationHandlersTest, ModifyWithoutTypesUnsubscribesAsOftenAsItIsSent) {
  const std::string id = Create({1, 2});
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Modify(context_, Modification(id)));
    EXPECT_TRUE(response.return_());
    EXPECT_EQ(response.scaling_notification_id(), id);
    EXPECT_THAT(Subscribed(), IsEmpty());
  }
  v1::ModifyScalingNotificationRequest again = Modification(id);
  again.add_notification_types(4);
  EXPECT_OK(handlers_.Modify(context_, again));
  EXPECT_THAT(Subscribed(), ElementsAre(4));
}

TEST_F(NotificationHandlersTest, UnknownIdsAreNotFoundWhereAddressedAndNothingWhereFiltered) {
  EXPECT_EQ(Describe().scaling_notification_count(), 0);
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, Modification("5"))),
            "SCALING_NOTIFICATION_NOT_FOUND 5");
  const std::string id = Create({1});
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, Modification("abc"))),
            "SCALING_NOTIFICATION_NOT_FOUND abc");
  EXPECT_EQ(ReasonOf(handlers_.Modify(OtherAccount(), Modification(id))),
            "SCALING_GROUP_NOT_FOUND " + IdOf(key_));
  EXPECT_EQ(Describe({"5"}).scaling_notification_count(), 0);
  EXPECT_EQ(Describe({"5", id}).scaling_notification_count(), 1);
  v1::DescribeScalingNotificationRequest unknown;
  unknown.set_scaling_group_id("5");
  EXPECT_EQ(ReasonOf(handlers_.Describe(context_, unknown)), "SCALING_GROUP_NOT_FOUND 5");
}

TEST_F(NotificationHandlersTest, ATypeOutsideOneToSixAndADryRunChangeNothing) {
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, NewNotification({1, 7}))),
            "INVALID_PARAMETER_VALUE NotificationType.N");
  EXPECT_EQ(ReasonOf(handlers_.Create(DryRun(), NewNotification({1}))), "DRY_RUN_OPERATION");
  EXPECT_EQ(Describe().scaling_notification_count(), 0);
}

TEST_F(NotificationHandlersTest, ShowsTheGroupsZoneWithoutAskingTheCloud) {
  Create({1});
  inventory_.outage = absl::UnavailableError("down");
  const auto response = Describe();
  ASSERT_THAT(response.scaling_notifications(), SizeIs(1));
  EXPECT_EQ(response.scaling_notifications(0).availability_zone(), "zone-a");
}

TEST_F(NotificationHandlersTest, ThePageMayBeginAfterTheOnlyOne) {
  Create({1});
  v1::DescribeScalingNotificationRequest request;
  request.set_scaling_group_id(IdOf(key_));
  request.set_marker(1);
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Describe(context_, request));
  EXPECT_EQ(response.scaling_notification_count(), 1);
  EXPECT_THAT(response.scaling_notifications(), IsEmpty());
}

}  // namespace
}  // namespace accordion::service
