#include <algorithm>
#include <map>

#include "engine/cloud/failure_taxonomy.h"
#include "engine/cloud/kec_compute.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::cloud {
namespace {

using activity::FailureClass;
using ::testing::Contains;
using ::testing::Pair;

const absl::Time kSignedAt = absl::FromUnixSeconds(1'795'507'200);

std::map<std::string, std::string> Parameters(const domain::ScalingConfiguration& configuration,
                                              std::vector<std::string> groups = {"sg-1"}) {
  const base::sigv4::Parameters list =
      RunInstancesParameters({.marker = domain::IntentId("abcdefghijklmnopqrstuvwxyz"),
                              .group_id = domain::GroupId(7),
                              .pair = {domain::SubnetId("subnet"), "N3.1A"},
                              .security_group_ids = std::move(groups),
                              .configuration = &configuration,
                              .signed_at = kSignedAt});
  return {list.begin(), list.end()};
}

TEST(RunInstances, AsksForExactlyOneWithItsMarker) {
  domain::ScalingConfiguration configuration;
  configuration.image_id = "IMG";
  configuration.project_id = 42;
  const std::map<std::string, std::string> expected = {
      {"ImageId", "IMG"},
      {"InstanceType", "N3.1A"},
      {"MinCount", "1"},
      {"MaxCount", "1"},
      {"SubnetId", "subnet"},
      {"SecurityGroupId", "sg-1"},
      {"ChargeType", "HourlyInstantSettlement"},
      {"ProjectId", "42"},
      {"InstanceName", "as-7-abcdefghij"},
      {"Tag.1.Key", "as.intent"},
      {"Tag.1.Value", "abcdefghijklmnopqrstuvwxyz"},
      {"Tag.2.Key", "as.group"},
      {"Tag.2.Value", "7"},
  };
  EXPECT_EQ(Parameters(configuration), expected);
}

TEST(RunInstances, SaysAllOfTheConfiguration) {
  domain::ScalingConfiguration configuration;
  configuration.password = base::SecretString("Passw0rd");
  configuration.user_data = base::SecretString("ZWNobw==");
  configuration.key_ids = {"key-1", "key-2"};
  configuration.keep_image_login = true;
  configuration.system_disk = {.type = "SSD3.0", .size_gb = 40};
  configuration.data_disk_gb = 20;
  configuration.data_disks = {{.type = "EHDD", .size_gb = 100},
                              {.type = "SSD3.0", .size_gb = 50, .delete_with_instance = true}};
  configuration.instance_name = "web";
  configuration.instance_name_suffix = "-prod";
  configuration.instance_name_time_suffix = true;
  configuration.tags = {{.key = "role", .value = "front"}};
  const auto parameters = Parameters(configuration, {"sg-1", "sg-2"});
  const std::pair<const char*, const char*> expected[] = {
      {"InstancePassword", "Passw0rd"},
      {"UserData", "ZWNobw=="},
      {"KeyId.1", "key-1"},
      {"KeyId.2", "key-2"},
      {"KeepImageLogin", "true"},
      {"SystemDisk.DiskType", "SSD3.0"},
      {"SystemDisk.DiskSize", "40"},
      {"DataDiskGb", "20"},
      {"DataDisk.1.Type", "EHDD"},
      {"DataDisk.1.Size", "100"},
      {"DataDisk.1.DeleteWithInstance", "false"},  // omitted means false (semantics.md §13)
      {"DataDisk.2.DeleteWithInstance", "true"},
      {"SecurityGroupId.1", "sg-1"},
      {"SecurityGroupId.2", "sg-2"},
      {"InstanceName", "web-prod-20261124080000-abcdefghij"},
      {"Tag.3.Key", "role"},
      {"Tag.3.Value", "front"},
  };
  for (const auto& [name, value] : expected) {
    EXPECT_THAT(parameters, Contains(Pair(name, value)));
  }
}

TEST(RunInstances, BuysAnAddressOnlyIfABandwidthIsGiven) {
  domain::ScalingConfiguration configuration;
  configuration.address.line_id = "line";
  EXPECT_EQ(Parameters(configuration).count("LineId"), 0u);
  configuration.address.bandwidth_mbps = 5;
  configuration.address.charge_type = "Daily";
  configuration.address.project_id = 3;
  const auto parameters = Parameters(configuration);
  EXPECT_THAT(parameters, Contains(Pair("AddressBandWidth", "5")));
  EXPECT_THAT(parameters, Contains(Pair("LineId", "line")));
  EXPECT_THAT(parameters, Contains(Pair("AddressChargeType", "Daily")));
  EXPECT_THAT(parameters, Contains(Pair("AddressProjectId", "3")));
}

struct ClassRow {
  int status;
  const char* code;
  const char* message;
  FailureClass failure;
};

TEST(FailureTaxonomy, GoesByStatusAndWords) {
  const ClassRow rows[] = {
      {409, "InstanceSoldOut", "", FailureClass::kStock},
      {400, "Whatever", "The stock of this type is used up", FailureClass::kStock},
      {409, "SubnetAvailableIpNotEnough", "", FailureClass::kNoAddress},
      {400, "InstanceQuotaExceeded", "", FailureClass::kQuota},
      {409, "LimitExceeded", "The request was limited", FailureClass::kThrottled},
      {429, "", "", FailureClass::kThrottled},
      {409, "SomethingElse", "", FailureClass::kThrottled},
      {401, "Unknown", "", FailureClass::kAuth},
      {403, "Unknown", "", FailureClass::kAuth},
      {400, "InsufficientBalance", "", FailureClass::kPermanent},
      {404, "ImageNotFound", "", FailureClass::kPermanent},
      {400, "InvalidParameterValue", "", FailureClass::kPermanent},
      {500, "InstanceSoldOut", "", FailureClass::kTransient},  // a 5xx proves nothing
      {503, "", "", FailureClass::kTransient},
  };
  const FailureTaxonomy taxonomy = FailureTaxonomy::Defaults();
  for (const ClassRow& row : rows) {
    EXPECT_EQ(taxonomy.Classify(row.status, row.code, row.message), row.failure)
        << row.status << " " << row.code;
  }
}

TEST(FailureTaxonomy, AnOperatorsRulesDecideInOrder) {
  const FailureTaxonomy taxonomy{
      .rules = {{FailureClass::kStock, {"zone-full"}}, {FailureClass::kQuota, {"zone"}}}};
  EXPECT_EQ(taxonomy.Classify(409, "Zone-Full", ""), FailureClass::kStock);
  EXPECT_EQ(taxonomy.Classify(409, "ZoneX", ""), FailureClass::kQuota);
}

}  // namespace
}  // namespace accordion::cloud
