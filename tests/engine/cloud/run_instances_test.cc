#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/cloud/failure_taxonomy.h"
#include "engine/cloud/kec_compute.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace accordion::cloud {
namespace {

using activity::FailureClass;
using ::testing::Contains;
using ::testing::Pair;

// What every launch of these tests says besides its configuration.
ports::LaunchCall CallOf(const domain::ScalingConfiguration& configuration) {
  return {.marker = domain::IntentId("abcdefghijklmnopqrstuvwxyz"),
          .group_id = domain::GroupId(7),
          .pair = {domain::SubnetId("subnet"), "N3.1A"},
          .security_group_ids = {"sg-1"},
          .configuration = &configuration,
          .name = "as-7-abcdefghij",
          .signed_at = absl::FromUnixSeconds(1'795'507'200)};
}

using Pairs = std::map<std::string, std::string>;

Pairs Parameters(const domain::ScalingConfiguration& configuration,
                 const AddressTerms& terms = {}) {
  const base::sigv4::Parameters list = RunInstancesParameters(CallOf(configuration), terms);
  Pairs pairs(list.begin(), list.end());
  EXPECT_EQ(pairs.size(), list.size()) << "a parameter comes twice";
  return pairs;
}

// The form of a launch whose configuration says nothing but its image.
Pairs Plain() {
  return {{"ImageId", "IMG"},
          {"InstanceType", "N3.1A"},
          {"MinCount", "1"},
          {"MaxCount", "1"},
          {"SubnetId", "subnet"},
          {"SecurityGroupId", "sg-1"},
          {"ChargeType", "HourlyInstantSettlement"},
          {"ProjectId", "0"},
          {"InstanceName", "as-7-abcdefghij"},
          {"Tag.1.Key", "as.intent"},
          {"Tag.1.Value", "abcdefghijklmnopqrstuvwxyz"},
          {"Tag.2.Key", "as.group"},
          {"Tag.2.Value", "7"}};
}

// A setting of the configuration, and exactly what it adds to the plain form (an empty value: takes
// away).
struct SettingRow {
  const char* setting;
  std::function<void(domain::ScalingConfiguration&)> set;
  Pairs form;
};

using Configuration = domain::ScalingConfiguration;

void Check(const std::vector<SettingRow>& rows, const AddressTerms& terms = {}) {
  for (const SettingRow& row : rows) {
    Configuration configuration;
    configuration.image_id = "IMG";
    row.set(configuration);
    Pairs expected = Plain();
    for (const auto& [name, value] : row.form) {
      if (value.empty()) {
        expected.erase(name);
      } else {
        expected[name] = value;
      }
    }
    EXPECT_EQ(Parameters(configuration, terms), expected) << row.setting;
  }
}

TEST(RunInstances, SaysExactlyWhatTheConfigurationSays) {
  Check({
      {"nothing", [](Configuration&) {}, {}},
      {"ImageId", [](Configuration& c) { c.image_id = "IMG-2"; }, {{"ImageId", "IMG-2"}}},
      {"InstanceType: the pair's",
       [](Configuration& c) {
         c.instance_types = {"A", "B"};
       },
       {}},
      {"ChargeType", [](Configuration& c) { c.charge_type = "Daily"; }, {{"ChargeType", "Daily"}}},
      {"ProjectId", [](Configuration& c) { c.project_id = 42; }, {{"ProjectId", "42"}}},
      {"Password",
       [](Configuration& c) { c.password = base::SecretString("Passw0rd"); },
       {{"InstancePassword", "Passw0rd"}}},
      {"KeyId.N",
       [](Configuration& c) {
         c.key_ids = {"key-1", "key-2"};
       },
       {{"KeyId.1", "key-1"}, {"KeyId.2", "key-2"}}},
      {"KeepImageLogin",
       [](Configuration& c) { c.keep_image_login = true; },
       {{"KeepImageLogin", "true"}}},
      {"LoginSetAfter: the user sets the login",
       [](Configuration& c) {
         c.login_set_after = true;
         c.password = base::SecretString("Passw0rd");
         c.key_ids = {"key-1"};
         c.keep_image_login = true;
       },
       {}},
      {"LoginSetAfter=false",
       [](Configuration& c) {
         c.login_set_after = false;
         c.key_ids = {"key-1"};
       },
       {{"KeyId.1", "key-1"}}},
      {"UserData",
       [](Configuration& c) { c.user_data = base::SecretString("ZWNobw=="); },
       {{"UserData", "ZWNobw=="}}},
      {"no agents",
       [](Configuration& c) {
         c.need_monitor_agent = 0;
         c.need_security_agent = 0;
       },
       {{"NeedMonitorAgent", "0"}, {"NeedSecurityAgent", "0"}}},
      {"the cloud's own agents",
       [](Configuration& c) {
         c.need_monitor_agent = 1;
         c.need_security_agent = 1;
       },
       {}},
      {"Tag.N, after the marks",
       [](Configuration& c) {
         c.tags = {{.key = "role", .value = "网"}, {.key = "bare", .value = ""}};
       },
       {{"Tag.3.Key", "role"}, {"Tag.3.Value", "网"}, {"Tag.4.Key", "bare"}}},
      {"SyncTag", [](Configuration& c) { c.sync_tag = true; }, {{"SyncTag", "true"}}},
      {"SyncTag=false", [](Configuration& c) { c.sync_tag = false; }, {{"SyncTag", "false"}}},
  });
}

TEST(RunInstances, SaysTheDisks) {
  Check({
      {"SystemDisk",
       [](Configuration& c) {
         c.system_disk = {.type = "SSD3.0", .size_gb = 40, .resize_type = "online"};
       },
       {{"SystemDisk.DiskType", "SSD3.0"},
        {"SystemDisk.DiskSize", "40"},
        {"SystemDisk.ResizeType", "online"}}},
      {"SystemDisk without a size",
       [](Configuration& c) { c.system_disk.type = "Local_SSD"; },
       {{"SystemDisk.DiskType", "Local_SSD"}}},
      {"DataDiskGb", [](Configuration& c) { c.data_disk_gb = 0; }, {{"DataDiskGb", "0"}}},
      {"DataDisk.N in order, DeleteWithInstance always said",
       [](Configuration& c) {
         c.data_disks = {
             {.type = "EHDD", .size_gb = 100},
             {.type = "SSD3.0", .size_gb = 50, .delete_with_instance = true, .snapshot_id = "s"}};
       },
       {{"DataDisk.1.Type", "EHDD"},
        {"DataDisk.1.Size", "100"},
        {"DataDisk.1.DeleteWithInstance", "false"},
        {"DataDisk.2.Type", "SSD3.0"},
        {"DataDisk.2.Size", "50"},
        {"DataDisk.2.DeleteWithInstance", "true"},
        {"DataDisk.2.SnapshotId", "s"}}},
  });
}

TEST(RunInstances, BuysAnAddressIffABandwidthOrAShareIsGiven) {
  const AddressTerms terms{.line_ids = {{"BGP", "line-of-bgp"}, {"Unicom", "line-of-unicom"}},
                           .charge_types = {{"Daily", "DailyPaidByTransfer"}}};
  Check(
      {
          {"a line alone buys nothing", [](Configuration& c) { c.address.line_id = "line"; }, {}},
          {"AddressBandWidth alone: the region's line, paid like the instance",
           [](Configuration& c) { c.address.bandwidth_mbps = 5; },
           {{"AddressBandWidth", "5"},
            {"LineId", "line-of-bgp"},
            {"AddressChargeType", "HourlyInstantSettlement"}}},
          {"the charge type of the instance's",
           [](Configuration& c) {
             c.charge_type = "Daily";
             c.address.bandwidth_mbps = 5;
           },
           {{"ChargeType", "Daily"},
            {"AddressBandWidth", "5"},
            {"LineId", "line-of-bgp"},
            {"AddressChargeType", "DailyPaidByTransfer"}}},
          {"a name of a line",
           [](Configuration& c) {
             c.address = {.bandwidth_mbps = 5, .line_id = "Unicom", .charge_type = "Peak"};
           },
           {{"AddressBandWidth", "5"},
            {"LineId", "line-of-unicom"},
            {"AddressChargeType", "Peak"}}},
          {"the id of a line, and a project",
           [](Configuration& c) {
             c.address = {.bandwidth_mbps = 5, .line_id = "0d29", .project_id = 3};
           },
           {{"AddressBandWidth", "5"},
            {"LineId", "0d29"},
            {"AddressChargeType", "HourlyInstantSettlement"},
            {"AddressProjectId", "3"}}},
          {"BandWidthShareId alone: the line and the bill are the share's",
           [](Configuration& c) {
             c.address = {.bandwidth_share_id = "share", .line_id = "BGP", .project_id = 0};
           },
           {{"BandWidthShareId", "share"}, {"AddressProjectId", "0"}}},
          {"BandWidthShareId and AddressBandWidth",
           [](Configuration& c) {
             c.address = {.bandwidth_mbps = 5, .bandwidth_share_id = "share"};
           },
           {{"AddressBandWidth", "5"},
            {"BandWidthShareId", "share"},
            {"LineId", "line-of-bgp"},
            {"AddressChargeType", "HourlyInstantSettlement"}}},
          {"IpBindAfter: the user binds one of their own",
           [](Configuration& c) {
             c.ip_bind_after = true;
             c.address.bandwidth_mbps = 5;
           },
           {}},
      },
      terms);
}

TEST(RunInstances, NamesSeveralSecurityGroupsByNumber) {
  Configuration configuration;
  ports::LaunchCall call = CallOf(configuration);
  call.security_group_ids = {"sg-1", "sg-2"};
  const base::sigv4::Parameters list = RunInstancesParameters(call, {});
  const Pairs pairs(list.begin(), list.end());
  EXPECT_THAT(pairs, Contains(Pair("SecurityGroupId.1", "sg-1")));
  EXPECT_THAT(pairs, Contains(Pair("SecurityGroupId.2", "sg-2")));
  EXPECT_EQ(pairs.count("SecurityGroupId"), 0u);
}

TEST(AddressTerms, AreReadFromPairs) {
  const auto pairs = ParsePairs({"BGP=2c26=x", "A=b"});
  ASSERT_TRUE(pairs.ok());
  EXPECT_EQ(*pairs, (Pairs{{"A", "b"}, {"BGP", "2c26=x"}}));
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"BGP"}, {"=x"}, {"BGP="}, {""}, {"BGP=1", "BGP=2"}}) {
    EXPECT_EQ(ParsePairs(wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong[0];
  }
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
      {409, "SomethingElse", "", FailureClass::kTransient},
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
      .rows = {},
      .rules = {{FailureClass::kStock, {"zone-full"}}, {FailureClass::kQuota, {"zone"}}}};
  EXPECT_EQ(taxonomy.Classify(409, "Zone-Full", ""), FailureClass::kStock);
  EXPECT_EQ(taxonomy.Classify(409, "ZoneX", ""), FailureClass::kQuota);
}

}  // namespace
}  // namespace accordion::cloud
