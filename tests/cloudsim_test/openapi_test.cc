#include <set>

#include "gmock/gmock.h"
#include "tests/cloudsim_test/simulator_fixture.h"

namespace accordion::cloudsim {
namespace {

using ::testing::HasSubstr;

using OpenApiTest = SimulatorTest;

TEST_F(OpenApiTest, LaunchedInstanceIsDescribedAsTheCloudDescribesIt) {
  const Reply launched =
      Send(Signed(Credentials("kec"), Action("RunInstances", LaunchParameters()), "POST"));
  ASSERT_EQ(launched.status, 200) << ToText(launched.body);
  EXPECT_FALSE(launched.Text("RequestId").empty());
  ASSERT_EQ(launched.List("InstancesSet").size(), 1u);
  EXPECT_EQ(TextOf(launched.List("InstancesSet")[0], "InstanceName"), "as-1-abc");

  const Reply found = Ask("kec", "DescribeInstances",
                          {{"Filter.1.Name", "instance-name"}, {"Filter.1.Value.1", "as-1-abc"}});
  EXPECT_EQ(found.Int("Marker"), 0);
  EXPECT_EQ(found.Int("InstanceCount"), 1);
  const Json instance = found.List("InstancesSet")[0];
  EXPECT_EQ(TextOf(*instance.Find("InstanceState"), "Name"), "pending");
  EXPECT_EQ(TextOf(instance, "SubnetId"), region_.subnets[0].id);
  EXPECT_EQ(TextOf(instance, "AvailabilityZone"), "cn-beijing-6a");
  EXPECT_EQ(TextOf(instance, "PrivateIpAddress"), "10.1.1.4");
  const Json network_interface = instance.Find("NetworkInterfaceSet")->items()[0];
  EXPECT_EQ(TextOf(network_interface, "VpcId"), region_.vpcs[0].id);

  clock_.Advance(region_.boot_max);
  const Reply later = Ask("kec", "DescribeInstances");
  EXPECT_EQ(TextOf(*later.List("InstancesSet")[0].Find("InstanceState"), "Name"), "active");
}

TEST_F(OpenApiTest, TerminateAnswersForEachInstanceInsideA200) {
  const std::string id = RunActive();
  const Reply reply =
      Ask("kec", "TerminateInstances",
          {{"InstanceId.0", id}, {"InstanceId.5", "i-none"}, {"ForceDelete", "True"}});
  ASSERT_EQ(reply.status, 200);
  const std::vector<Json> set = reply.List("InstancesSet");
  ASSERT_EQ(set.size(), 2u);
  EXPECT_EQ(set[0].Find("Return")->AsBool(), true);
  EXPECT_EQ(set[1].Find("Return")->AsBool(), false);
  EXPECT_EQ(TextOf(set[1], "Message"), "InstanceNotFound");
  clock_.Advance(region_.terminate_time);
  EXPECT_EQ(Ask("kec", "DescribeInstances").Int("InstanceCount"), 0);
}

TEST_F(OpenApiTest, TerminateWithoutForceDeleteLeavesTheInstanceInTheRecycleBin) {
  const std::string id = RunActive();
  ASSERT_EQ(Ask("kec", "TerminateInstances", {{"InstanceId.1", id}}).status, 200);
  clock_.Advance(absl::Hours(1));
  const Reply reply = Ask("kec", "DescribeInstances");
  ASSERT_EQ(reply.Int("InstanceCount"), 1);
  EXPECT_EQ(TextOf(*reply.List("InstancesSet")[0].Find("InstanceState"), "Name"), "recycling");
}

TEST_F(OpenApiTest, RequiredParametersOfALaunchAreMissedByName) {
  for (const char* name :
       {"ImageId", "InstanceType", "MinCount", "MaxCount", "SubnetId", "ChargeType"}) {
    Pairs parameters = LaunchParameters();
    for (auto& [key, value] : parameters) {
      if (key == name) value.clear();
    }
    const Reply reply = Ask("kec", "RunInstances", parameters);
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_EQ(reply.ErrorCode(), "MissingParameter") << name;
    EXPECT_THAT(reply.ErrorMessage(), HasSubstr(name));
  }
  EXPECT_EQ(Ask("kec", "DescribeInstances").Int("InstanceCount"), 0);
}

TEST_F(OpenApiTest, AddressParametersComeTogetherOrNotAtAll) {
  Pairs parameters = LaunchParameters();
  parameters.emplace_back("AddressBandWidth", "10");
  EXPECT_EQ(Ask("kec", "RunInstances", parameters).ErrorCode(), "MissingParameter");
  parameters.emplace_back("LineId", "line");
  parameters.emplace_back("AddressChargeType", "TrafficMonthly");
  ASSERT_EQ(Ask("kec", "RunInstances", parameters).status, 200);
  const std::vector<Json> addresses = Ask("eip", "DescribeAddresses").List("AddressesSet");
  ASSERT_EQ(addresses.size(), 1u);
  EXPECT_EQ(TextOf(addresses[0], "PublicIp"), "203.0.0.1");
}

TEST_F(OpenApiTest, SubnetsTellTheirFreeAddressesAsText) {
  RunActive();
  const Reply reply = Ask("vpc", "DescribeSubnets", {{"SubnetId.1", region_.subnets[0].id}});
  const std::vector<Json> set = reply.List("SubnetSet");
  ASSERT_EQ(set.size(), 1u);
  EXPECT_EQ(TextOf(set[0], "AvailableIpNumber"), "58");
  EXPECT_EQ(TextOf(set[0], "AvailbleIPNumber"), "58");
  EXPECT_EQ(TextOf(set[0], "VpcId"), region_.vpcs[0].id);
  EXPECT_EQ(Ask("vpc", "DescribeSubnets").List("SubnetSet").size(), 3u);
  EXPECT_EQ(
      Ask("vpc", "DescribeSubnets",
          {{"Filter.1.Name", "availability-zone-name"}, {"Filter.1.Value.1", "cn-beijing-6b"}})
          .List("SubnetSet")
          .size(),
      1u);
}

TEST_F(OpenApiTest, SubnetsPageByNextToken) {
  for (int i = 4; i <= 8; ++i) {
    SubnetSpec subnet = region_.subnets[0];
    subnet.id = absl::StrCat("extra-", i);
    subnet.cidr = absl::StrCat("10.1.", i, ".0/24");
    region_.subnets.push_back(subnet);
  }
  Restart(absl::Minutes(15));
  const Reply first = Ask("vpc", "DescribeSubnets", {{"MaxResults", "5"}});
  EXPECT_EQ(first.List("SubnetSet").size(), 5u);
  EXPECT_EQ(first.Text("NextToken"), "5");
  const Reply second = Ask("vpc", "DescribeSubnets", {{"MaxResults", "5"}, {"NextToken", "5"}});
  EXPECT_EQ(second.List("SubnetSet").size(), 3u);
  EXPECT_EQ(second.body.Find("NextToken"), nullptr);
}

TEST_F(OpenApiTest, TypesTellZonesAndWhetherTheyAreSoldOut) {
  ASSERT_EQ(Admin("PUT", "/stock", R"({"type":"N3.1A","zone":"cn-beijing-6b","count":0})").status,
            200);
  const Reply reply = Ask("kec", "DescribeInstanceTypeConfigs",
                          {{"Filter.1.Name", "instance-type"}, {"Filter.1.Value.1", "N3.1A"}});
  const std::vector<Json> set = reply.List("InstanceTypeConfigSet");
  ASSERT_EQ(set.size(), 1u);
  EXPECT_EQ(set[0].Find("CPU")->AsInt(), 1);
  EXPECT_EQ(set[0].Find("AvailabilityZoneSet")->items().size(), 3u);
  const Json disks = set[0].Find("DataDiskQuotaSet")->items()[0];
  for (const Json& zone : disks.Find("AvailabilityZoneSet")->items()) {
    EXPECT_EQ(*zone.Find("IsSellOut")->AsBool(), TextOf(zone, "AzCode") == "cn-beijing-6b");
  }
}

TEST_F(OpenApiTest, ImagesSecurityGroupsAndLoadBalancersAreListed) {
  EXPECT_EQ(
      Ask("kec", "DescribeImages", {{"ImageId", region_.images[0].id}}).List("ImagesSet").size(),
      1u);
  EXPECT_TRUE(Ask("kec", "DescribeImages", {{"ImageId", "none"}}).List("ImagesSet").empty());
  const std::vector<Json> groups = Ask("vpc", "DescribeSecurityGroups").List("SecurityGroupSet");
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(TextOf(groups[0], "VpcId"), region_.vpcs[0].id);
  const std::vector<Json> balancers =
      Ask("slb", "DescribeLoadBalancers").List("LoadBalancerDescriptions");
  ASSERT_EQ(balancers.size(), 1u);
  EXPECT_EQ(TextOf(balancers[0], "VpcId"), region_.vpcs[0].id);
}

TEST_F(OpenApiTest, RegistersShowsAndDeregistersARealServer) {
  const std::string id = RunActive();
  const std::string listener = region_.load_balancers[0].listeners[0].id;
  const Pairs registration = {{"ListenerId", listener},   {"InstanceId", id},
                              {"RealServerType", "host"}, {"RealServerIp", "10.1.1.4"},
                              {"RealServerPort", "80"},   {"Weight", "20"}};
  const Reply registered = Ask("slb", "RegisterInstancesWithListener", registration);
  ASSERT_EQ(registered.status, 200) << ToText(registered.body);
  const std::string register_id = registered.Text("RegisterId");
  EXPECT_EQ(registered.Text("RealServerState"), "unhealthy");

  clock_.Advance(region_.health_check_interval);
  const Pairs filter = {{"Filter.1.Name", "listener-id"}, {"Filter.1.Value.1", listener}};
  const std::vector<Json> servers =
      Ask("slb", "DescribeInstancesWithListener", filter).List("RealServerSet");
  ASSERT_EQ(servers.size(), 1u);
  EXPECT_EQ(TextOf(servers[0], "RegisterId"), register_id);
  EXPECT_EQ(TextOf(servers[0], "RealServerState"), "healthy");
  EXPECT_EQ(servers[0].Find("RealServerPort")->AsInt(), 80);
  EXPECT_EQ(servers[0].Find("Weight")->AsInt(), 20);

  const std::vector<Json> listeners =
      Ask("slb", "DescribeListeners", {{"ListenerId.1", listener}}).List("ListenerSet");
  ASSERT_EQ(listeners.size(), 1u);
  EXPECT_EQ(listeners[0].Find("RealServer")->items().size(), 1u);

  EXPECT_EQ(Ask("slb", "DeregisterInstancesFromListener", {{"RegisterId", register_id}}).status,
            200);
  const Reply again = Ask("slb", "DeregisterInstancesFromListener", {{"RegisterId", register_id}});
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(again.ErrorCode(), "RegisterIdNotFound");
}

TEST_F(OpenApiTest, AnotherAccountSeesNothingOfIt) {
  const std::string id = RunActive();
  EXPECT_EQ(Ask("kec", "DescribeInstances", {{"InstanceId.1", id}}, 1).Int("InstanceCount"), 0);
  EXPECT_TRUE(Ask("vpc", "DescribeSubnets", {{"SubnetId.1", region_.subnets[0].id}}, 1)
                  .List("SubnetSet")
                  .empty());
  EXPECT_TRUE(Ask("slb", "DescribeListeners",
                  {{"ListenerId.1", region_.load_balancers[0].listeners[0].id}}, 1)
                  .List("ListenerSet")
                  .empty());
}

TEST_F(OpenApiTest, RefusesAnActionOfAnotherServiceAnotherVersionAndConflictingValues) {
  EXPECT_EQ(Ask("vpc", "RunInstances").status, 404);
  EXPECT_EQ(Ask("kec", "RunInstances", LaunchParameters()).status, 200);
  EXPECT_EQ(Send(Signed(Credentials("kec"), {{"Action", "DescribeInstances"}})).ErrorCode(),
            "InvalidQueryParameter");
  EXPECT_EQ(Ask("kec", "DescribeInstances", {{"Marker", "1"}, {"Marker", "2"}}).ErrorCode(),
            "InvalidQueryParameter");
  EXPECT_EQ(Ask("kec", "DescribeInstances", {{"MaxResults", "4"}}).ErrorCode(),
            "InvalidParameterValue");
  EXPECT_EQ(Ask("kec", "DescribeInstances", {{"MaxResults", "ten"}}).ErrorCode(),
            "InvalidParameterValue");
}

// --- signatures ---

TEST_F(OpenApiTest, RefusesWhatIsNotSignedWithTheAccountsKey) {
  base::sigv4::SigningCredentials wrong = Credentials("kec");
  wrong.secret_key = base::SecretString("guess");
  EXPECT_EQ(Send(Signed(wrong, Action("DescribeInstances"))).ErrorCode(), "SignatureDoesNotMatch");
  wrong = Credentials("kec");
  wrong.access_key = "AKLTnobody";
  EXPECT_EQ(Send(Signed(wrong, Action("DescribeInstances"))).ErrorCode(), "InvalidClientTokenId");
  wrong = Credentials("kec");
  wrong.region = "cn-shanghai-2";
  EXPECT_THAT(Send(Signed(wrong, Action("DescribeInstances"))).ErrorMessage(), HasSubstr("region"));
  EXPECT_THAT(Ask("iam", "DescribeInstances").ErrorMessage(), HasSubstr("service"));
  base::HttpCall unsigned_call = Signed(Credentials("kec"), Action("DescribeInstances"));
  unsigned_call.headers = {};
  EXPECT_EQ(Send(unsigned_call).ErrorCode(), "MissingAuthentication");
}

TEST_F(OpenApiTest, RefusesABodyOrAQueryOtherThanTheSignedOne) {
  base::HttpCall call =
      Signed(Credentials("kec"), Action("RunInstances", LaunchParameters()), "POST");
  call.body += "&HostName=x";
  EXPECT_EQ(Send(call).ErrorCode(), "SignatureDoesNotMatch");
  call = Signed(Credentials("kec"), Action("DescribeInstances"));
  call.url += "&Search=x";
  EXPECT_EQ(Send(call).ErrorCode(), "SignatureDoesNotMatch");
  EXPECT_EQ(Ask("kec", "DescribeInstances").Int("InstanceCount"), 0);
}

TEST_F(OpenApiTest, SignatureOutsideTheWindowIsExpiredEitherWay) {
  Restart(absl::Seconds(2));
  const base::HttpCall call =
      Signed(Credentials("kec"), Action("RunInstances", LaunchParameters()));
  clock_.Advance(absl::Seconds(2));
  EXPECT_EQ(Send(call).status, 200);
  clock_.Advance(absl::Seconds(1));
  const Reply late = Send(call);
  EXPECT_EQ(late.status, 403);
  EXPECT_EQ(late.ErrorCode(), "SignatureDoesNotMatch");
  EXPECT_THAT(late.ErrorMessage(), HasSubstr("Signature expired"));
  clock_.Advance(-absl::Seconds(6));
  EXPECT_THAT(Send(call).ErrorMessage(), HasSubstr("Signature expired"));

  const std::vector<Json> calls = Admin("GET", "/calls").List("calls");
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(TextOf(calls[0], "outcome"), "executed");
  EXPECT_EQ(TextOf(calls[1], "outcome"), "refused");
  EXPECT_EQ(TextOf(calls[1], "error"), "SignatureDoesNotMatch");
}

TEST_F(OpenApiTest, EqualRequestsHaveEqualDigestsAndIdsOfTheirOwn) {
  const Reply first = Ask("kec", "RunInstances", LaunchParameters());
  const Reply second = Ask("kec", "RunInstances", LaunchParameters());
  EXPECT_NE(first.Text("RequestId"), second.Text("RequestId"));
  const std::vector<Json> calls = Admin("GET", "/calls").List("calls");
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(TextOf(calls[0], "digest"), TextOf(calls[1], "digest"));
  EXPECT_EQ(TextOf(calls[0], "request_id"), first.Text("RequestId"));
  EXPECT_EQ(calls[0].Find("time_us")->AsInt(), absl::ToUnixMicros(clock_.Now()));
  const Json effect = calls[0].Find("effects")->items()[0];
  EXPECT_EQ(TextOf(*effect.Find("tags"), "as.intent"), "abc");
  EXPECT_EQ(TextOf(effect, "subnet_id"), region_.subnets[0].id);
  EXPECT_EQ(TextOf(calls[0], "instance_id"), TextOf(effect, "instance_id"));
}

}  // namespace
}  // namespace accordion::cloudsim
