#include "engine/service/configuration_handlers.h"

#include "accordion/v1/scaling_configuration.pb.h"
#include "gmock/gmock.h"
#include "tests/engine/service/service_fixture.h"

namespace accordion::service {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class ConfigurationHandlersTest : public ServiceFixture {
 protected:
  v1::CreateScalingConfigurationRequest NewConfiguration() {
    v1::CreateScalingConfigurationRequest request;
    request.set_scaling_configuration_name("template");
    request.set_image_id("img-1");
    request.add_instance_types("t.large");
    request.add_instance_types("t.small");
    request.set_password("Hunter2-hunter2");
    request.set_user_data("aGVsbG8=");
    return request;
  }
  std::string Create(const v1::CreateScalingConfigurationRequest& request) {
    const auto response = handlers_.Create(context_, request);
    EXPECT_OK(response);
    return response.ok() ? response->scaling_configuration_id() : "";
  }
  v1::ScalingConfiguration Described(const std::string& id) {
    v1::DescribeScalingConfigurationRequest request;
    request.add_scaling_configuration_ids(id);
    const auto response = handlers_.Describe(context_, request);
    EXPECT_OK(response);
    EXPECT_EQ(response->scaling_configurations_size(), 1);
    return response->scaling_configurations(0);
  }

  ConfigurationHandlers handlers_{store_, inventory_};
};

TEST_F(ConfigurationHandlersTest, CreatedConfigurationReadsBackWithFactsOfItsTypes) {
  v1::CreateScalingConfigurationRequest request = NewConfiguration();
  v1::DataDisk* disk = request.add_data_disks();
  disk->set_type("SSD3.0");
  disk->set_size(50);
  request.add_key_ids("key-1");
  request.mutable_system_disk()->set_disk_type("SSD3.0");
  request.mutable_system_disk()->set_disk_size(20);
  v1::Tag* tag = request.add_tags();
  tag->set_key("team");
  tag->set_value("web");
  const v1::ScalingConfiguration shown = Described(Create(request));
  EXPECT_EQ(shown.scaling_configuration_name(), "template");
  EXPECT_EQ(shown.instance_type(), "t.large,t.small");
  EXPECT_THAT(shown.instance_types(), ElementsAre("t.large", "t.small"));
  EXPECT_EQ(shown.cpu(), 8);
  EXPECT_EQ(shown.mem(), 32);
  EXPECT_THAT(shown.support_availability_zones(), ElementsAre("zone-a", "zone-b"));
  EXPECT_EQ(shown.charge_type(), "HourlyInstantSettlement");
  EXPECT_EQ(shown.data_disks_json(), R"([{"deleteWithInstance":false,"size":50,"type":"SSD3.0"}])");
  EXPECT_EQ(shown.key_ids_json(), R"(["key-1"])");
  EXPECT_EQ(shown.user_data(), "aGVsbG8=");
  EXPECT_EQ(shown.need_monitor_agent(), 1);
  EXPECT_EQ(shown.tags(0).key(), "team");
  EXPECT_THAT(shown.DebugString(), Not(HasSubstr("Hunter2")));
}

// Everything that is accepted is kept and shown, secrets excepted.
TEST_F(ConfigurationHandlersTest, EverySettingReadsBackAsGiven) {
  v1::CreateScalingConfigurationRequest request = NewConfiguration();
  request.set_charge_type("Daily");
  request.set_data_disk_gb(100);
  request.set_project_id(7);
  request.set_keep_image_login(true);
  request.mutable_system_disk()->set_resize_type("online");
  v1::DataDisk* disk = request.add_data_disks();
  disk->set_type("SSD3.0");
  disk->set_size(50);
  disk->set_snapshot_id("snap-1");
  request.set_address_band_width(5);
  request.set_band_width_share_id("share");
  request.set_line_id("BGP");
  request.set_address_project_id(8);
  request.set_address_charge_type("Peak");
  request.set_instance_name("web");
  request.set_instance_name_suffix("-prod");
  request.set_instance_name_time_suffix(true);
  request.set_need_monitor_agent(0);
  request.set_need_security_agent(0);
  request.set_sync_tag(true);
  const std::string id = Create(request);
  v1::ModifyScalingConfigurationRequest after;
  after.set_scaling_configuration_id(id);
  after.set_login_set_after(true);
  after.set_ip_bind_after(true);
  after.set_instance_name_random(false);
  ASSERT_OK(handlers_.Modify(context_, after));

  const v1::ScalingConfiguration shown = Described(id);
  EXPECT_EQ(shown.charge_type(), "Daily");
  EXPECT_EQ(shown.storage_size(), 100);
  EXPECT_EQ(shown.project_id(), 7);
  EXPECT_TRUE(shown.keep_image_login());
  EXPECT_EQ(shown.system_disk_resize_type(), "online");
  EXPECT_EQ(shown.data_disks_json(),
            R"([{"deleteWithInstance":false,"size":50,"snapshotId":"snap-1","type":"SSD3.0"}])");
  EXPECT_EQ(shown.address_band_width(), 5);
  EXPECT_EQ(shown.band_width_share_id(), "share");
  EXPECT_EQ(shown.line_id(), "BGP");
  EXPECT_EQ(shown.address_project_id(), 8);
  EXPECT_EQ(shown.address_charge_type(), "Peak");
  EXPECT_EQ(shown.instance_name(), "web");
  EXPECT_EQ(shown.instance_name_suffix(), "-prod");
  EXPECT_TRUE(shown.instance_name_time_suffix());
  EXPECT_EQ(shown.need_monitor_agent(), 0);
  EXPECT_EQ(shown.need_security_agent(), 0);
  EXPECT_TRUE(shown.sync_tag());
  EXPECT_TRUE(shown.login_set_after());
  EXPECT_TRUE(shown.ip_bind_after());
  ASSERT_TRUE(shown.has_instance_name_random());
  EXPECT_FALSE(shown.instance_name_random());
  EXPECT_EQ(shown.user_data(), "aGVsbG8=");
  EXPECT_EQ(shown.project().project_id(), 7);
  EXPECT_EQ(shown.project().account_id(), "73400123");
  EXPECT_EQ(shown.project().krn(), "krn:ksc:iam:73400123:project/7");
  EXPECT_FALSE(shown.project().has_status()) << "nobody has told us";
  EXPECT_THAT(shown.DebugString(), Not(HasSubstr("Hunter2")));
}

TEST_F(ConfigurationHandlersTest, ListsWithoutElementsAreAbsentWhereClientsWantAString) {
  const v1::ScalingConfiguration shown = Described(Create(NewConfiguration()));
  EXPECT_EQ(shown.data_disks_json(), "");
  EXPECT_EQ(shown.key_ids_json(), "");
}

TEST_F(ConfigurationHandlersTest, CreateRefusesWhatCannotBe) {
  struct Row {
    const char* why;
    void (*spoil)(v1::CreateScalingConfigurationRequest&);
    const char* reason;
  };
  using R = v1::CreateScalingConfigurationRequest;
  const Row rows[] = {
      {"no type", [](R& r) { r.clear_instance_types(); }, "MISSING_PARAMETER InstanceType"},
      {"a type twice", [](R& r) { r.add_instance_types("t.small"); },
       "INVALID_PARAMETER_VALUE InstanceType.N"},
      {"an unknown type", [](R& r) { r.set_instance_types(1, "t.none"); },
       "INVALID_PARAMETER_VALUE InstanceType.N"},
      {"an unknown image", [](R& r) { r.set_image_id("img-9"); },
       "INVALID_PARAMETER_VALUE ImageId"},
      {"a line without bandwidth", [](R& r) { r.set_line_id("BGP"); },
       "MISSING_PARAMETER AddressBandWidth"},
      {"a disk without a size", [](R& r) { r.add_data_disks()->set_type("SSD3.0"); },
       "MISSING_PARAMETER DataDisk.N.Size"},
  };
  for (const Row& row : rows) {
    v1::CreateScalingConfigurationRequest request = NewConfiguration();
    row.spoil(request);
    EXPECT_EQ(ReasonOf(handlers_.Create(context_, request)), row.reason) << row.why;
  }
}

TEST_F(ConfigurationHandlersTest, OneTypeIsTakenWhereNoListIsGiven) {
  v1::CreateScalingConfigurationRequest request = NewConfiguration();
  request.clear_instance_types();
  request.set_instance_type("t.small");
  EXPECT_EQ(Described(Create(request)).instance_type(), "t.small");
}

TEST_F(ConfigurationHandlersTest, CreateStopsAtTheQuota) {
  SetQuota("configurations", 1);
  Create(NewConfiguration());
  EXPECT_EQ(ReasonOf(handlers_.Create(context_, NewConfiguration())),
            "QUOTA_EXCEEDED configurations 1");
}

TEST_F(ConfigurationHandlersTest, ModifyKeepsWhatIsNotGivenAndReplacesLists) {
  const std::string id = Create(NewConfiguration());
  v1::ModifyScalingConfigurationRequest request;
  request.set_scaling_configuration_id(id);
  request.add_instance_types("t.small");
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Modify(context_, request));
  EXPECT_TRUE(response.return_());
  const v1::ScalingConfiguration shown = Described(id);
  EXPECT_EQ(shown.instance_type(), "t.small");
  EXPECT_EQ(shown.cpu(), 1);
  EXPECT_EQ(shown.scaling_configuration_name(), "template");
  EXPECT_EQ(shown.user_data(), "aGVsbG8=");
}

TEST_F(ConfigurationHandlersTest, ModifyOfAnUnknownOneIsNotFound) {
  v1::ModifyScalingConfigurationRequest request;
  request.set_scaling_configuration_id("17");
  EXPECT_EQ(ReasonOf(handlers_.Modify(context_, request)), "SCALING_CONFIGURATION_NOT_FOUND 17");
}

TEST_F(ConfigurationHandlersTest, DeleteTakesAllOrNone) {
  const std::string first = Create(NewConfiguration());
  const std::string second = Create(NewConfiguration());
  v1::DeleteScalingConfigurationRequest request;
  request.add_scaling_configuration_ids(first);
  request.add_scaling_configuration_ids("17");
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, request)), "SCALING_CONFIGURATION_NOT_FOUND 17");
  EXPECT_EQ(Described(first).scaling_configuration_id(), first);

  request.set_scaling_configuration_ids(1, second);
  ASSERT_OK_AND_ASSIGN(const auto response, handlers_.Delete(context_, request));
  EXPECT_EQ(response.return_set_size(), 2);
  ASSERT_OK_AND_ASSIGN(const auto all, handlers_.Describe(context_, {}));
  EXPECT_EQ(all.scaling_configuration_count(), 0);
}

TEST_F(ConfigurationHandlersTest, OneThatAGroupUsesIsNotDeletedAndShowsTheGroup) {
  const ports::GroupKey key = AddGroup();
  const std::string used = std::to_string(Group(key).configuration_id.value());
  v1::DeleteScalingConfigurationRequest request;
  request.add_scaling_configuration_ids(used);
  EXPECT_EQ(ReasonOf(handlers_.Delete(context_, request)),
            "SCALING_CONFIGURATION_IN_USE " + used + " " + IdOf(key));
  ASSERT_EQ(Described(used).scaling_groups_size(), 1);
  EXPECT_EQ(Described(used).scaling_groups(0).scaling_group_name(), "group");
}

TEST_F(ConfigurationHandlersTest, DescribeFiltersByProject) {
  v1::CreateScalingConfigurationRequest request = NewConfiguration();
  request.set_project_id(12);
  Create(request);
  Create(NewConfiguration());
  struct Row {
    const char* project;
    int count;
  };
  for (const Row& row : {Row{"12", 1}, Row{"0", 1}, Row{"13", 0}, Row{"x", 0}}) {
    v1::DescribeScalingConfigurationRequest filter;
    filter.add_project_ids(row.project);
    ASSERT_OK_AND_ASSIGN(const auto shown, handlers_.Describe(context_, filter));
    EXPECT_EQ(shown.scaling_configuration_count(), row.count) << row.project;
  }
}

}  // namespace
}  // namespace accordion::service
