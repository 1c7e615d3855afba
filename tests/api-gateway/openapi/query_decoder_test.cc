// Parameters become request messages: every list style, the reference's samples, and what is
// refused.
#include "api-gateway/openapi/query_decoder.h"

#include <google/protobuf/text_format.h>

#include <string>

#include "accordion/v1/error_reason.pb.h"
#include "accordion/v1/scaling_configuration.pb.h"
#include "accordion/v1/scaling_group.pb.h"
#include "accordion/v1/scaling_instance.pb.h"
#include "accordion/v1/scaling_policy.pb.h"
#include "accordion/v1/scheduled_task.pb.h"
#include "api-gateway/limits.h"
#include "api-gateway/openapi/json_value.h"
#include "gtest/gtest.h"

namespace accordion::gateway {
namespace {

absl::TimeZone Shanghai() {
  absl::TimeZone zone;
  EXPECT_TRUE(absl::LoadTimeZone("Asia/Shanghai", &zone));
  return zone;
}

// The decoded message as text, or `error: CODE name`.
template <typename Request>
std::string Decode(const std::string& query, const std::string& form = "") {
  const auto plan = DecodePlan::Build(Request::descriptor());
  EXPECT_TRUE(plan.ok()) << plan.status();
  const auto error_text = [](const ApiError& error) {
    return "error: " + v1::ErrorReason_Name(error.reason) + " " + error.args[0];
  };
  const OrError<RequestParameters> parameters = RequestParameters::Parse(query, form);
  if (!parameters.ok()) return error_text(parameters.error());
  Request request;
  if (MaybeError error = DecodeRequest(**plan, *parameters, Shanghai(), &request)) {
    return error_text(*error);
  }
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(request, &text);
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

using v1::CreateScalingConfigurationRequest;
using v1::CreateScalingGroupRequest;
using v1::CreateScalingPolicyRequest;
using v1::CreateScheduledTaskRequest;
using v1::DescribeScalingGroupRequest;
using v1::DetachInstanceRequest;
using v1::EnableScalingGroupRequest;
using v1::ModifyScalingGroupRequest;
using v1::ModifyScalingPolicyRequest;

TEST(QueryDecoder, ReadsTheReferencesCreateScalingGroup) {
  EXPECT_EQ(
      Decode<CreateScalingGroupRequest>(
          "Action=CreateScalingGroup&Version=2016-03-04&ScalingConfigurationId=424915383923019776"
          "&MinSize=0&MaxSize=2&DesiredCapacity=0&RemovePolicy=RemoveOldestInstance"
          "&ScalingGroupName=test-kec&Slb.0.Id=41b1&Slb.0.ServerPort.0=80&SecurityGroupId=36e0"
          "&Slb.0.ListenerId=16cb&SubnetId.0=1e3a"),
      R"(scaling_group_name: "test-kec" scaling_configuration_id: "424915383923019776" )"
      R"(min_size: 0 max_size: 2 desired_capacity: 0 remove_policy: "RemoveOldestInstance" )"
      R"(subnet_ids: "1e3a" subnet_strategy: "balanced-distribution" security_group_ids: "36e0" )"
      R"(slbs { id: "41b1" listener_id: "16cb" server_ports: 80 weight: 20 )"
      R"(health_check_type: "kec" })");
}

TEST(QueryDecoder, CountsARepeatWithTheSameValueOnce) {
  // The reference's own sample repeats SystemDisk.DiskSize.
  const std::string decoded = Decode<CreateScalingConfigurationRequest>(
      "SystemDisk.DiskSize=20&KeepImageLogin=false&ProjectId=0&ChargeType=HourlyInstantSettlement"
      "&DataDiskGb=0&SystemDisk.DiskType=SSD3.0&ScalingConfigurationName=pt-test-1218-5"
      "&SystemDisk.DiskSize=20&ImageId=IMG-2418&InstanceType=GN6I.8A1&DataDisk.1.Type=SSD3.0"
      "&DataDisk.1.Size=50&DataDisk.1.DeleteWithInstance=false&InstanceName=as"
      "&InstanceNameSuffix=1&InstanceNameTimeSuffix=true");
  EXPECT_NE(decoded.find("system_disk {"), std::string::npos) << decoded;
  EXPECT_NE(decoded.find("instance_name_time_suffix: true"), std::string::npos) << decoded;
}

TEST(QueryDecoder, RefusesARepeatWithAnotherValue) {
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("Marker=1&Marker=2"),
            "error: INVALID_QUERY_PARAMETER Marker");
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("Marker=1", "Marker=2"),
            "error: INVALID_QUERY_PARAMETER Marker");
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("ScalingGroupId.1=1&ScalingGroupId.01=2"),
            "error: INVALID_QUERY_PARAMETER ScalingGroupId.01");
}

TEST(QueryDecoder, OrdersListsByIndexWhateverTheStartAndGaps) {
  const std::string expected =
      R"(scaling_group_ids: "a" scaling_group_ids: "b" scaling_group_ids: "c" marker: 0 )"
      "max_results: 10";
  for (const char* query : {"ScalingGroupId.0=a&ScalingGroupId.1=b&ScalingGroupId.2=c",
                            "ScalingGroupId.3=c&ScalingGroupId.2=b&ScalingGroupId.1=a",
                            "ScalingGroupId.10=c&ScalingGroupId.9=b&ScalingGroupId.2=a",
                            "ScalingGroupId.7=a&ScalingGroupId.4000000000=b"
                            "&ScalingGroupId.18446744073709551615=c"}) {
    EXPECT_EQ(Decode<DescribeScalingGroupRequest>(query), expected) << query;
  }
}

TEST(QueryDecoder, TakesASingleIdForAListAndAListOfOneForASingleId) {
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("ScalingGroupId=a"),
            R"(scaling_group_ids: "a" marker: 0 max_results: 10)");
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("ScalingGroupId.1=5"), R"(scaling_group_id: "5")");
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("ScalingGroupId.1=5&ScalingGroupId.2=6"),
            "error: INVALID_PARAMETER_VALUE ScalingGroupId.2");
}

TEST(QueryDecoder, LetsTheIndexedInstanceTypesStandBesideTheSingleOne) {
  const std::string decoded = Decode<CreateScalingConfigurationRequest>(
      "ScalingConfigurationName=n&ImageId=i&ChargeType=Daily&InstanceType=X6.2C"
      "&InstanceType.1=N3.1A&InstanceType.2=S4.1A");
  EXPECT_NE(decoded.find(R"(instance_types: "N3.1A" instance_types: "S4.1A")"), std::string::npos)
      << decoded;
}

TEST(QueryDecoder, RefusesAnIndexPast64Bits) {
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("ScalingGroupId.18446744073709551616=a"),
            "error: INVALID_QUERY_PARAMETER ScalingGroupId.18446744073709551616");
}

TEST(QueryDecoder, TakesNoNumberSignForAnIndex) {
  // Patterns of the plan stand one for an index; a client's own must reach none of them.
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("ScalingGroupId.#=1&ScalingGroupId.0=2"),
            Decode<DescribeScalingGroupRequest>("ScalingGroupId.0=2"));
  EXPECT_EQ(Decode<DescribeScalingGroupRequest>("ScalingGroupId.%23=1"),
            Decode<DescribeScalingGroupRequest>(""));
}

TEST(QueryDecoder, IgnoresUnknownParametersAndTakesEmptyOnesForAbsent) {
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("ScalingGroupId=5&Status=Active&Foo.1.Bar=x"),
            R"(scaling_group_id: "5")");
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("ScalingGroupId="),
            "error: MISSING_PARAMETER ScalingGroupId");
  EXPECT_EQ(Decode<ModifyScalingGroupRequest>("ScalingGroupId=5&MinSize="),
            R"(scaling_group_id: "5")");
}

TEST(QueryDecoder, SaysMissingBeforeInvalidInTheOrderOfTheFields) {
  EXPECT_EQ(Decode<CreateScalingGroupRequest>("MinSize=x&MaxSize=1"),
            "error: MISSING_PARAMETER ScalingGroupName");
  EXPECT_EQ(Decode<CreateScalingGroupRequest>("ScalingGroupName=n&ScalingConfigurationId=1&MinSize"
                                              "=x&MaxSize=1&DesiredCapacity=1&RemovePolicy=nope"
                                              "&SubnetId.1=s&SecurityGroupId=g"),
            "error: INVALID_PARAMETER_VALUE MinSize");
}

TEST(QueryDecoder, NamesNestedParametersAsReceived) {
  const std::string base = "ScalingGroupId=5&";
  EXPECT_EQ(Decode<ModifyScalingGroupRequest>(base + "Slb.7.ServerPort.3=70000&Slb.7.Id=a"
                                                     "&Slb.7.ListenerId=b"),
            "error: INVALID_PARAMETER_VALUE Slb.7.ServerPort.3");
  EXPECT_EQ(Decode<ModifyScalingGroupRequest>(base + "Slb.7.ListenerId=b&Slb.7.ServerPort.0=80"),
            "error: MISSING_PARAMETER Slb.7.Id");
}

TEST(QueryDecoder, SplitsServerPortsAtCommas) {
  const std::string decoded = Decode<ModifyScalingGroupRequest>(
      "ScalingGroupId=5&Slb.1.Id=a&Slb.1.ListenerId=b&Slb.1.ServerPort=80,443");
  EXPECT_NE(decoded.find("server_ports: 80 server_ports: 443"), std::string::npos) << decoded;
}

TEST(QueryDecoder, ReadsMetricInBothSpellings) {
  const std::string query =
      "ScalingGroupId=447085419831828480&ScalingPolicyName=p&AdjustmentType=TotalCapacity"
      "&AdjustmentValue=1&CoolDown=60&Metric=";
  const std::string lower =
      R"({"dimensionName":"net_outtraffic","comparisonOperator":"EqualOrLess","threshold":100,)"
      R"("function":"min","repeatTimes":1,"period":60,"unknown":[]})";
  std::string upper = lower;
  upper.replace(upper.find("dimensionName"), 1, "D");
  upper.replace(upper.find("threshold"), 1, "T");
  const std::string decoded = Decode<CreateScalingPolicyRequest>(query + lower);
  EXPECT_NE(decoded.find(R"(metric { dimension_name: "net_outtraffic" )"), std::string::npos)
      << decoded;
  EXPECT_EQ(Decode<CreateScalingPolicyRequest>(query + upper), decoded);
}

TEST(QueryDecoder, RefusesMalformedMetrics) {
  const std::string query =
      "ScalingGroupId=4&ScalingPolicyName=p&AdjustmentType=TotalCapacity"
      "&AdjustmentValue=1&CoolDown=60&Metric=";
  const std::string good =
      R"("dimensionName":"cpu_usage","comparisonOperator":"Greater","function":"avg")";
  const struct {
    std::string metric;
    std::string expected;
  } rows[] = {
      {"{", "INVALID_PARAMETER_VALUE Metric"},
      {"[]", "INVALID_PARAMETER_VALUE Metric"},
      {"7", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + R"(,"threshold":1}x)", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + R"(,"threshold":1,"threshold":2})", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + R"(,"threshold":1,"Threshold":1})", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + R"(,"threshold":{"a":1}})", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + R"(,"threshold":1,"x":[[[[1]]]]})", "INVALID_PARAMETER_VALUE Metric"},
      {"{" + good + "}", "MISSING_PARAMETER Metric.threshold"},
      {"{" + good + R"(,"threshold":null})", "MISSING_PARAMETER Metric.threshold"},
      {"{" + good + R"(,"threshold":1.5})", "INVALID_PARAMETER_VALUE Metric.threshold"},
      {"{" + good + R"(,"threshold":1e1})", "INVALID_PARAMETER_VALUE Metric.threshold"},
      {"{" + good + R"(,"threshold":"1"})", "INVALID_PARAMETER_VALUE Metric.threshold"},
      {"{" + good + R"(,"threshold":1,"repeatTimes":11})",
       "INVALID_PARAMETER_VALUE Metric.repeatTimes"},
      {R"({"dimensionName":"disk","comparisonOperator":"Greater","threshold":1,"function":"avg"})",
       "INVALID_PARAMETER_VALUE Metric.dimensionName"},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(Decode<CreateScalingPolicyRequest>(query + row.metric), "error: " + row.expected)
        << row.metric;
  }
}

TEST(JsonValue, EndsAtItsEndNotAtANul) {
  EXPECT_TRUE(ParseJson("{}").ok());
  EXPECT_FALSE(ParseJson(absl::string_view("{}\0x", 4)).ok());
  EXPECT_FALSE(ParseJson(absl::string_view("{}\0", 3)).ok());
}

TEST(QueryDecoder, TakesAliases) {
  EXPECT_EQ(Decode<ModifyScalingPolicyRequest>("ScalingPolicyId=1&ScalingGroupId=2&Cooldown=360"),
            Decode<ModifyScalingPolicyRequest>("ScalingPolicyId=1&ScalingGroupId=2&CoolDown=360"));
  EXPECT_EQ(Decode<ModifyScalingPolicyRequest>(
                "ScalingPolicyId=1&ScalingGroupId=2&Cooldown=360&CoolDown=361"),
            "error: INVALID_QUERY_PARAMETER CoolDown");
}

TEST(QueryDecoder, ReadsTimesInTheRegionsZone) {
  const std::string query =
      "ScalingGroupId=4&ScalingScheduledTaskName=t&ReadjustMaxSize=3&ReadjustMinSize=1"
      "&ReadjustExpectSize=1&StartTime=";
  const std::string decoded = Decode<CreateScheduledTaskRequest>(query + "2020-12-18+11:50:24");
  EXPECT_NE(decoded.find("start_time { seconds: 1608263424 }"), std::string::npos) << decoded;
  for (const char* bad : {"2020-12-18", "2020-02-30+11:50:24", "2020-12-18T11:50:24",
                          "2020-12-18+24:00:00", "2020-12-18+11:50:60", "x"}) {
    EXPECT_EQ(Decode<CreateScheduledTaskRequest>(query + bad),
              "error: INVALID_PARAMETER_VALUE StartTime")
        << bad;
  }
}

TEST(QueryDecoder, ReadsFlagsOfEveryClient) {
  const std::string query =
      "ScalingConfigurationName=n&ImageId=i&ChargeType=Daily&InstanceType=X&KeepImageLogin=";
  for (const char* word : {"True", "true", "TRUE", "1"}) {
    EXPECT_NE(
        Decode<CreateScalingConfigurationRequest>(query + word).find("keep_image_login: true"),
        std::string::npos)
        << word;
  }
  EXPECT_EQ(Decode<CreateScalingConfigurationRequest>(query + "yes"),
            "error: INVALID_PARAMETER_VALUE KeepImageLogin");
}

TEST(QueryDecoder, ChecksBase64AndLengths) {
  const std::string query =
      "ScalingConfigurationName=n&ImageId=i&ChargeType=Daily&InstanceType=X&UserData=";
  EXPECT_EQ(Decode<CreateScalingConfigurationRequest>(query + "a"),
            "error: INVALID_PARAMETER_VALUE UserData");
  EXPECT_EQ(Decode<CreateScalingConfigurationRequest>(query + std::string(21848, 'A')),
            "error: INVALID_PARAMETER_VALUE UserData");  // 16 386 bytes
  EXPECT_NE(Decode<CreateScalingConfigurationRequest>(query + "YWJj").find("user_data: \"YWJj\""),
            std::string::npos);
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("ScalingGroupId=" + std::string(257, '1')),
            "error: INVALID_PARAMETER_VALUE ScalingGroupId");
}

TEST(QueryDecoder, BoundsTheNumberOfElementsNotTheIndex) {
  std::string query;
  for (int i = 0; i < 11; ++i) {
    query += "&InstanceType." + std::to_string(i * 1000) + "=t" + std::to_string(i);
  }
  EXPECT_EQ(Decode<CreateScalingConfigurationRequest>(
                "ScalingConfigurationName=n&ImageId=i&ChargeType=Daily" + query),
            "error: INVALID_PARAMETER_VALUE InstanceType.10000");
}

TEST(QueryDecoder, TakesAThousandIdsAndNoMore) {
  std::string query = "ScalingGroupId=1";
  for (int i = 1; i <= 1000; ++i) query += "&ScalingInstanceId." + std::to_string(i) + "=i";
  EXPECT_EQ(Decode<DetachInstanceRequest>(query).find("error"), std::string::npos);
  EXPECT_EQ(Decode<DetachInstanceRequest>(query + "&ScalingInstanceId.1001=i"),
            "error: INVALID_PARAMETER_VALUE ScalingInstanceId.1001");
}

TEST(RequestParameters, BoundNamesValuesAndNumber) {
  std::string many;
  for (std::size_t i = 0; i <= limits::kMaxParameters; ++i) many += "&p" + std::to_string(i) + "=1";
  EXPECT_EQ(Decode<EnableScalingGroupRequest>(many), "error: INVALID_QUERY_PARAMETER p1100");
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("v=" + std::string(24577, 'x')),
            "error: INVALID_QUERY_PARAMETER v");
  EXPECT_EQ(Decode<EnableScalingGroupRequest>("=x").substr(0, 30),
            "error: INVALID_QUERY_PARAMETER");
}

}  // namespace
}  // namespace accordion::gateway
